"""Do the residues that the catalogue names stand in the bundled transcripts?"""

from __future__ import annotations

from acquired.catalogue.language import parse_context, parse_match, residues_of
from acquired.catalogue.load import Sources
from acquired.errors import quote
from acquired.reference import Reference, Transcript

_CODONS = {
    a + b + c: "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"[16 * i + 4 * j + k]
    for i, a in enumerate("TCAG")
    for j, b in enumerate("TCAG")
    for k, c in enumerate("TCAG")
}
_COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


def coding_sequence(reference: Reference, transcript: Transcript) -> str:
    """The coding DNA of a transcript in its own direction, N where the reference has no base."""
    parts = [reference.fetch(transcript.chrom, start, end) for start, end in transcript.coding]
    text = "".join(parts)
    return text.translate(_COMPLEMENT)[::-1] if transcript.strand == "-" else text


def protein_of(reference: Reference, gene: str) -> str:
    """The protein of the gene's clinical transcript, X where bases are not known; empty where there is no transcript.

    A start codon that is not ATG (WT1) still begins with M.
    """
    transcript = reference.clinical(gene)
    if transcript is None or not transcript.coding:
        return ""
    bases = coding_sequence(reference, transcript)
    protein = "".join(_CODONS.get(bases[i : i + 3], "X") for i in range(0, len(bases) - 2, 3))
    return "M" + protein[1:] if protein[:1] != "X" else protein


def coding_exons(transcript: Transcript) -> dict[int, tuple[int, int]]:
    """Number of each coding exon -> first and last base of the coding DNA in it (1-based), in transcript order."""
    exons = transcript.exons if transcript.strand == "+" else transcript.exons[::-1]
    found: dict[int, tuple[int, int]] = {}
    done = 0
    for number, (start, end) in enumerate(exons, 1):
        size = min(end, transcript.cds_end) - max(start, transcript.cds_start) + 1
        if transcript.cds_start and size > 0:
            found[number] = (done + 1, done + size)
            done += size
    return found


def check_residues(sources: Sources, reference: Reference) -> dict[str, int]:
    """Note a problem for each residue a claim names that the clinical transcript does not have.

    Returns counts: checked (residues with a letter or number compared), unchecked (no bases bundled for the gene).
    """
    counts = {"checked": 0, "unchecked": 0}
    proteins: dict[str, str] = {}
    for claim in sources.claims.values():
        wanted = residues_of(parse_match(claim.match), claim.gene)
        wanted += [r for c in parse_context(claim.context) for r in residues_of(c.match, c.match.gene)]
        for gene, letter, residue in wanted:
            if gene not in proteins:
                proteins[gene] = protein_of(reference, gene)
            protein = proteins[gene]
            there = protein[residue - 1] if 0 < residue <= len(protein) else ""
            if not protein or there == "X":
                counts["unchecked"] += 1
                continue
            counts["checked"] += 1
            if there and letter in ("", there):
                continue
            _refuse(sources, reference, claim.id, gene, letter, residue, protein)
    return counts


def _refuse(
    sources: Sources, reference: Reference, claim: str, gene: str, letter: str, residue: int, protein: str
) -> None:
    transcript = reference.clinical(gene)
    name = transcript.name if transcript else "the transcript"
    is_there = (
        f"has {protein[residue - 1]} at residue {residue}"
        if residue <= len(protein)
        else f"ends at residue {len(protein) - protein.endswith('*')}"
    )
    cause = ""
    for other, first, last, offset in sources.aliases.get(gene, ()):
        fits = first <= residue <= last and 0 < residue + offset <= len(protein)
        if fits and protein[residue + offset - 1] == letter:
            cause = f"numbered on {other}; on {name} it is {letter}{residue + offset}"
            break
    if not cause and letter:
        near = [i for i in range(max(1, residue - 40), residue + 41) if protein[i - 1 : i] == letter]
        closest = min(near, key=lambda i: abs(i - residue), default=0)
        cause = f"another numbering or a slip; the nearest {letter} is {letter}{closest}" if closest else ""
    sources.refuse(
        f"{sources.where[claim]} ({claim}), column match",
        f"residue {quote(f'{letter}{residue}')} does not fit: {name} of {gene} {is_there}.",
        cause,
        "write the residue as the gene's clinical transcript numbers it.",
    )
