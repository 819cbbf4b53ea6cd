"""Proteins of the bundled clinical transcripts, to check the residues that claims name."""

from __future__ import annotations

import functools
from pathlib import Path

from acquired.reference import Reference

_BASES = "TCAG"
_CODE = dict(
    zip(
        (a + b + c for a in _BASES for b in _BASES for c in _BASES),
        "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
        strict=True,
    )
)
_COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


class Proteins:
    """Reference letters by gene and residue (1-based), on the clinical transcript of GRCh38."""

    def __init__(self, resources: Path):
        self._reference = Reference.open(resources, "GRCh38")
        self.protein = functools.lru_cache(maxsize=None)(self._protein)

    def known(self, gene: str) -> bool:
        """Whether the bundle has the gene's transcript at all."""
        return self._reference.clinical(gene) is not None

    def transcript(self, gene: str) -> str:
        """Name of the clinical transcript; empty if the gene is not in the bundle."""
        found = self._reference.clinical(gene)
        return found.name if found else ""

    def _protein(self, gene: str) -> str:
        """The protein; X where bases are missing; empty for a gene that the bundle has no bases of."""
        transcript = self._reference.clinical(gene)
        if transcript is None or not transcript.coding:
            return ""
        parts = [self._reference.fetch(transcript.chrom, start, end) for start, end in transcript.coding]
        dna = "".join(parts)
        if transcript.strand == "-":
            dna = dna.translate(_COMPLEMENT)[::-1]
        letters = [_CODE.get(dna[i : i + 3], "X") for i in range(0, len(dna) - 2, 3)]
        protein = "".join(letters)
        return "" if set(protein) <= {"X"} else protein

    def letter(self, gene: str, residue: int) -> str:
        """The residue's letter; "X" where the bundle has no bases for it, "" past the end of the protein."""
        protein = self.protein(gene)
        if not protein:
            return "X"
        return protein[residue - 1] if 0 < residue <= len(protein) else ""
