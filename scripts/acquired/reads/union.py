"""The union of a patient's alleles, from the normalised BCFs of all specimens."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pysam

from acquired.model import Allele
from acquired.reference import Reference


def union(accounts: Iterable[Path], bundle: Reference, most: int) -> tuple[list[Allele], int]:
    """Every allele of the normalised BCFs beside `accounts`, and how many records were left out.

    Where there are more than `most`, only alleles where the bundle knows the bases are kept; the rest is counted.
    """
    inside: set[Allele] = set()
    outside: set[Allele] = set()
    left_out = 0
    for account in accounts:
        with pysam.VariantFile(str(account).removesuffix(".json") + ".bcf") as file:
            for record in file:
                chrom, pos, _, ref, alt, _ = str(record).split("\t", 5)
                allele = Allele(chrom, int(pos), ref, alt)
                if bundle.has_bases(allele.chrom, allele.pos, allele.pos):
                    inside.add(allele)
                elif left_out:
                    left_out += 1
                else:
                    outside.add(allele)
                    if len(outside) + len(inside) > most:
                        left_out, outside = len(outside), set()
    return sorted(inside | outside), left_out
