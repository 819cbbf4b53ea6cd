"""Coding exons in residues, from the bundled transcripts: what the drawings and the recurrence need of a gene."""

from __future__ import annotations

from pathlib import Path

#: (number of the exon in transcript order, first residue, last residue), residues 1-based and inclusive. A residue
#: whose codon spans two exons belongs to the exon with its first base.
Exons = list[tuple[int, int, int]]


def coding_exons(resources: Path, genes: set[str] | None = None) -> dict[str, Exons]:
    """The coding exons of the clinical transcript of each gene (of `genes`, or of all bundled genes).

    Read from resources/reference/transcripts.GRCh38.tsv; the residues are those of both builds, since both hold the
    same transcripts. Genes without a coding span are left out.
    """
    found: dict[str, Exons] = {}
    with (resources / "reference" / "transcripts.GRCh38.tsv").open(encoding="utf-8") as handle:
        header = handle.readline().rstrip("\n").split("\t")
        gene, clinical, strand, first, last, exons = (
            header.index(name) for name in ("gene", "clinical", "strand", "cds_start", "cds_end", "exons")
        )
        for line in handle:
            if genes is not None and line.split("\t", 1)[0] not in genes:
                continue
            row = line.rstrip("\n").split("\t")
            if row[clinical] == "yes" and row[first]:
                coding = _coding(row[exons], int(row[first]), int(row[last]), row[strand] == "-")
                if coding:
                    found[row[gene]] = coding
    return found


def length(exons: Exons) -> int:
    """Residues of the protein, without the stop."""
    return exons[-1][2]


def _coding(text: str, first: int, last: int, reverse: bool) -> Exons:
    spans = [tuple(int(x) for x in exon.split("-")) for exon in text.split(",")]
    if reverse:
        spans.reverse()
    coding: Exons = []
    done = 0  # coding bases so far
    for number, (start, end) in enumerate(spans, 1):
        bases = min(end, last) - max(start, first) + 1
        if bases <= 0:
            continue
        coding.append((number, (done + 2) // 3 + 1, (done + bases + 2) // 3))
        done += bases
    residues = done // 3 - 1  # without the stop codon
    return [(number, a, min(b, residues)) for number, a, b in coding if a <= residues]
