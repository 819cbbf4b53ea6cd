"""Another way to the same names: plain lists of positions, a codon table of its own, HGVS names read and applied.

Nothing here uses acquired.annotate. Transcript models and bases come from acquired.reference, which has
its own tests.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from acquired.reference import Reference

RESOURCES = Path(__file__).parents[2] / "resources"

_BY_RESIDUE = {
    "A": "GCT GCC GCA GCG", "R": "CGT CGC CGA CGG AGA AGG", "N": "AAT AAC", "D": "GAT GAC", "C": "TGT TGC",
    "Q": "CAA CAG", "E": "GAA GAG", "G": "GGT GGC GGA GGG", "H": "CAT CAC", "I": "ATT ATC ATA",
    "L": "TTA TTG CTT CTC CTA CTG", "K": "AAA AAG", "M": "ATG", "F": "TTT TTC", "P": "CCT CCC CCA CCG",
    "S": "TCT TCC TCA TCG AGT AGC", "T": "ACT ACC ACA ACG", "W": "TGG", "Y": "TAT TAC",
    "V": "GTT GTC GTA GTG", "*": "TAA TAG TGA",
}  # fmt: skip
TABLE = {codon: residue for residue, codons in _BY_RESIDUE.items() for codon in codons.split()}
NAMES = {
    "A": "Ala", "R": "Arg", "N": "Asn", "D": "Asp", "C": "Cys", "Q": "Gln", "E": "Glu", "G": "Gly", "H": "His",
    "I": "Ile", "L": "Leu", "K": "Lys", "M": "Met", "F": "Phe", "P": "Pro", "S": "Ser", "T": "Thr", "W": "Trp",
    "Y": "Tyr", "V": "Val", "*": "Ter",
}  # fmt: skip
LETTERS = {name: letter for letter, name in NAMES.items()}
PAIR = {"A": "T", "C": "G", "G": "C", "T": "A", "N": "N"}


@lru_cache(maxsize=2)
def reference(build: str) -> Reference:
    return Reference.open(RESOURCES, build)


def other_strand(bases: str) -> str:
    return "".join(PAIR[b] for b in reversed(bases))


def residues(bases: str) -> str:
    """Translation up to and with the first stop."""
    out = ""
    while len(bases) > 2 and not out.endswith("*"):
        out += TABLE.get(bases[:3], "X")
        bases = bases[3:]
    return out


class Model:
    """A transcript as a plain list of its positions, base by base, in the order they are transcribed."""

    def __init__(self, transcript, build: str):
        self.transcript, self.build = transcript, build
        self.forward = transcript.strand == "+"
        ref = reference(build)
        pairs = []
        for start, end in transcript.exons:
            pairs += zip(range(start, end + 1), ref.fetch(transcript.chrom, start, end), strict=True)
        if not self.forward:
            pairs = [(p, PAIR[b]) for p, b in reversed(pairs)]
        self.positions = [p for p, _ in pairs]
        self.rna = "".join(b for _, b in pairs)
        ends = (transcript.cds_start, transcript.cds_end)
        self.first, self.last = self.positions.index(ends[not self.forward]), self.positions.index(ends[self.forward])
        self.index = {p: i for i, p in enumerate(self.positions)}

    @property
    def coding(self) -> str:
        return self.rna[self.first : self.last + 1]

    @property
    def protein(self) -> str:
        cds = self.coding
        return "M" + "".join(TABLE.get(cds[i : i + 3], "X") for i in range(3, len(cds), 3))

    # -- reading c. names ---------------------------------------------------------------------------

    def genome(self, position: str) -> int:
        """The genome position of `2369`, `-28`, `*12`, `3028+1`."""
        star, number, offset = re.fullmatch(r"(\*?)(-?\d+)([+-]\d+)?", position).groups()
        n = int(number)
        i = self.last + n if star else self.first + n - (n > 0)
        return self.positions[i] + (1 if self.forward else -1) * int(offset or 0)

    def apply_c(self, name: str, start: int, end: int) -> str:
        """Plus-strand bases from start to end after the change `name` (c.…) describes."""
        where, ref, op, alt = re.fullmatch(
            r"c\.([-*+_\d]+?)(?:([ACGTN])>|(delins|del|ins|dup|inv))([ACGT]*)", name
        ).groups()
        first, _, last = where.partition("_")
        low, high = sorted((self.genome(first), self.genome(last or first)))
        bases = reference(self.build).fetch(self.transcript.chrom, start, end)
        before, inside, after = bases[: low - start], bases[low - start : high - start + 1], bases[high - start + 1 :]
        new = alt if self.forward else other_strand(alt)
        if ref:
            assert inside == (ref if self.forward else other_strand(ref)), (name, inside)
            return before + new + after
        if op == "ins":
            assert high == low + 1, name
            return before + inside[0] + new + inside[1] + after
        middle = {"del": "", "delins": new, "dup": inside * 2, "inv": other_strand(inside)}[op]
        return before + middle + after


def apply_p(name: str, protein: str) -> str:
    """The protein (with `*`) after the change `name` (p.(…)) describes; for fs and ext what follows is x."""
    inner = re.fullmatch(r"p\.\((.*)\)", name).group(1)

    def letters(text: str) -> str:
        return "".join(LETTERS[text[i : i + 3]] for i in range(0, len(text), 3))

    if found := re.fullmatch(r"(\D{3})(\d+)(?:_(\D{3})(\d+))?=", inner):
        assert protein[int(found[2]) - 1] == LETTERS[found[1]]
        return protein
    if found := re.fullmatch(r"(\D{3})(\d+)(\D{3})(?:fs|ext)Ter(\d+|\?)", inner):
        at = int(found[2])
        assert protein[at - 1] == LETTERS[found[1]], name
        return f"{protein[: at - 1]}{LETTERS[found[3]]}~{found[4]}"
    if (found := re.fullmatch(r"(\D{3})(\d+)(\D{3})", inner)) and found[3] not in ("del", "dup"):
        at = int(found[2])
        assert protein[at - 1] == LETTERS[found[1]], name
        out = protein[: at - 1] + LETTERS[found[3]] + protein[at:]
        return out[: out.index("*") + 1]
    first, start, last, end, op, new = re.fullmatch(
        r"(\D{3})(\d+)(?:_(\D{3})(\d+))?(delins|del|dup|ins)((?:[A-Z][a-z]{2})*)", inner
    ).groups()
    low, high = int(start), int(end or start)
    assert protein[low - 1] == LETTERS[first] and protein[high - 1] == LETTERS[last or first], name
    if op == "ins":
        assert high == low + 1, name
        out = protein[:low] + letters(new) + protein[low:]
    elif op == "dup":
        out = protein[:high] + protein[low - 1 : high] + protein[high:]
    else:
        out = protein[: low - 1] + letters(new) + protein[high:]
    return out[: out.index("*") + 1]
