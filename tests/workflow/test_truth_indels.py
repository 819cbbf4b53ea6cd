"""Indels and MNVs of resistance through a real aligner: read back without bias, however bwa placed or clipped them.

Each is in a fifth of the molecules. freebayes with the settings of the truth suite finds no FLT3 duplication longer
than 21 bases and no deletion of 57; the reads still tell.
"""

from __future__ import annotations

from math import sqrt
from pathlib import Path

import pysam
import pytest
from acquired.intake.alleles import Bases, canonical
from acquired.model import Allele
from acquired.reads.count import Filters, Source, count_alleles
from truth_kit import MISSING, sequence

pytestmark = [pytest.mark.heavy, pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")]

from reads_kit import GRCH38  # noqa: E402 - truth_kit makes it importable

DEPTH = 800


def deletion(chrom: str, pos: int, length: int) -> tuple[str, int, str, str]:
    ref = GRCH38.fetch(chrom, pos, pos + length)
    return chrom, pos, ref, ref[0]


def duplication(chrom: str, end: int, length: int) -> tuple[str, int, str, str]:
    """The bases up to `end` twice, in tandem."""
    ref = GRCH38.fetch(chrom, end, end)
    return chrom, end, ref, ref + GRCH38.fetch(chrom, end - length + 1, end)


VARIANTS = {
    "EGFR E746_A750del": deletion("chr7", 55174771, 15),
    "EGFR L747_P753delinsS": ("chr7", 55174777, GRCH38.fetch("chr7", 55174777, 55174795), "T"),
    "EGFR exon 20 insertion": ("chr7", 55181312, "G", "GCAGGCTTCC"),
    "FLT3 duplication of 21": duplication("chr13", 28034100, 21),
    "FLT3 duplication of 45": duplication("chr13", 28034100, 45),
    "FLT3 duplication of 69": duplication("chr13", 28034100, 69),
    "KIT deletion of 30": deletion("chr4", 54727416, 30),
    "KIT deletion of 57": deletion("chr4", 54727410, 57),
    "BRAF V600K": ("chr7", 140753336, "AC", "TT"),
    "BRCA2 frameshift": deletion("chr13", 32340300, 1),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_read_back_without_bias(name: str, tmp_path: Path):
    chrom, *spiked = VARIANTS[name]
    pos, ref, alt, outside = canonical(Bases(GRCH38), chrom, *spiked)
    assert not outside
    (block,) = (b for b in GRCH38.blocks(chrom) if b[0] <= pos <= b[1])
    window = (chrom, max(block[0], pos - 500), min(block[1], pos + 500))
    bam, _, _ = sequence(tmp_path, "s", {window: [(0.2, [tuple(spiked)])]}, DEPTH, seed=31)
    with pysam.AlignmentFile(str(bam)) as file:
        source = Source(file, {chrom: chrom}, Filters())
        ranks = {c: i for i, c in enumerate(GRCH38.contigs)}
        counts, _ = count_alleles(source, [Allele(chrom, pos, ref, alt)], GRCH38.fetch, lambda a: frozenset(), ranks)
    (n,) = counts.values()
    assert n.depth > 0.4 * DEPTH and n.other <= 0.01 * n.depth
    assert n.alt_fwd and n.alt_rev
    assert abs(n.alt / n.depth - 0.2) < 3.3 * sqrt(0.16 / n.depth), n
