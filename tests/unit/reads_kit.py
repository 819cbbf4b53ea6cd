"""A read simulator of the tests' own: fragments of haplotypes with known variants, base qualities and errors, seeded.

Reads come as FASTQ, for a real aligner, or as a BAM with the alignments that are true by construction.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pysam
from acquired.reference import Reference

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
GRCH38 = Reference.open(RESOURCES, "GRCh38")
_COMPLEMENT = str.maketrans("ACGTN", "TGCAN")

Variant = tuple[int, str, str]  # pos (1-based), ref, alt


@dataclass
class Haplotype:
    """One molecule's sequence: bases, and for each the reference base it lies on (0-based; None: inserted)."""

    chrom: str
    bases: str
    places: list[int | None]


def haplotype(chrom: str, first: int, last: int, variants: Sequence[Variant] = (), genome=GRCH38) -> Haplotype:
    """The reference from first to last (1-based inclusive) with `variants` in it."""
    reference = genome.fetch(chrom, first, last)
    bases: list[str] = []
    places: list[int | None] = []
    at = first
    for pos, ref, alt in sorted(variants):
        assert reference[pos - first : pos - first + len(ref)] == ref, f"{chrom}:{pos} is not {ref}"
        bases.extend(reference[at - first : pos - first])
        places.extend(range(at - 1, pos - 1))
        for i, base in enumerate(alt):
            bases.append(base)
            places.append(pos - 1 + i if i < len(ref) else None)
        at = pos + len(ref)
    bases.extend(reference[at - first :])
    places.extend(range(at - 1, last))
    return Haplotype(chrom, "".join(bases), places)


@dataclass
class Read:
    """One read as the sequencer gives it on the plus strand; start0 and cigar are its true alignment."""

    start0: int
    sequence: str
    qualities: list[int]
    cigar: list[tuple[int, int]]


@dataclass
class Fragment:
    """A molecule with its two reads, the left one on the plus strand. source: index of the haplotype it is of."""

    name: str
    chrom: str
    left: Read
    right: Read
    flipped: bool  # read 1 is the right one
    source: int
    tags: dict[str, str] = field(default_factory=dict)


def simulate(
    seed: int,
    mixture: Sequence[tuple[float, Haplotype]],
    depth: int,
    length: int = 150,
    size: tuple[int, int] = (140, 320),
    error: float = 0.001,
    poor: float = 0.02,
) -> list[Fragment]:
    """Fragments that cover the haplotypes about `depth` times. mixture: fraction and haplotype; fractions sum to 1.

    error: rate of wrong bases of quality 37. poor: share of bases of quality 12, of which one in ten is wrong.
    """
    dice = random.Random(seed)
    span = len(mixture[0][1].bases)
    number = depth * (span + size[1]) // (sum(size) // 2)
    fragments = []
    for i in range(number):
        source = dice.choices(range(len(mixture)), [share for share, _ in mixture])[0]
        whole = mixture[source][1]
        width = dice.randint(*size)
        start = dice.randint(-width + 1, len(whole.bases) - 1)
        begin, end = max(start, 0), min(start + width, len(whole.bases))
        if end - begin < 40:
            continue
        left = _read(whole, begin, min(begin + length, end), dice, error, poor)
        right = _read(whole, max(begin, end - length), end, dice, error, poor)
        fragments.append(Fragment(f"f{seed}.{i}", whole.chrom, left, right, dice.random() < 0.5, source))
    return fragments


def _read(whole: Haplotype, begin: int, end: int, dice: random.Random, error: float, poor: float) -> Read:
    bases, qualities = list(whole.bases[begin:end]), []
    for i, base in enumerate(bases):
        bad = dice.random() < poor
        qualities.append(12 if bad else 37)
        if dice.random() < (0.1 if bad else error):
            bases[i] = dice.choice([b for b in "ACGT" if b != base])
    start0, cigar = _align(whole.places[begin:end])
    return Read(start0, "".join(bases), qualities, cigar)


def _align(places: list[int | None]) -> tuple[int, list[tuple[int, int]]]:
    on = [p for p in places if p is not None]
    cigar: list[tuple[int, int]] = []

    def add(operation: int, n: int = 1) -> None:
        if cigar and cigar[-1][0] == operation:
            cigar[-1] = (operation, cigar[-1][1] + n)
        else:
            cigar.append((operation, n))

    before: int | None = None
    for i, place in enumerate(places):
        if place is None:
            outer = before is None or all(p is None for p in places[i:])
            add(4 if outer else 1)
            continue
        if before is not None and place > before + 1:
            add(2, place - before - 1)
        add(0)
        before = place
    return on[0], cigar


def header(sample: str = "S1", genome=GRCH38, sort: str = "coordinate", prefix: str = "chr") -> dict:
    """A BAM header with the build's contigs and one read group."""
    contigs = [{"SN": prefix + c.removeprefix("chr"), "LN": n} for c, n in genome.contigs.items()]
    return {"HD": {"VN": "1.6", "SO": sort}, "SQ": contigs, "RG": [{"ID": "rg1", "SM": sample}]}


def segments(fragments: Sequence[Fragment], head: pysam.AlignmentHeader, group: str = "rg1"):
    """Both alignments of each fragment, in order of place."""
    found = []
    for f in fragments:
        for read, mate, reverse in ((f.left, f.right, False), (f.right, f.left, True)):
            s = pysam.AlignedSegment(head)
            s.query_name, s.query_sequence = f.name, read.sequence
            first = reverse == f.flipped
            s.flag = 0x1 | 0x2 | (0x10 if reverse else 0x20) | (0x40 if first else 0x80)
            s.reference_name = f.chrom if f.chrom in head.references else f.chrom.removeprefix("chr")
            s.reference_start, s.mapping_quality, s.cigartuples = read.start0, 60, read.cigar
            s.query_qualities = pysam.qualitystring_to_array("".join(chr(q + 33) for q in read.qualities))
            s.next_reference_id, s.next_reference_start = s.reference_id, mate.start0
            s.set_tag("RG", group)
            for tag, value in f.tags.items():
                s.set_tag(tag, value)
            found.append(s)
    return sorted(found, key=lambda s: (s.reference_id, s.reference_start))


def write_bam(path: Path, fragments: Sequence[Fragment], head: dict | None = None, index: bool = True) -> Path:
    """The true alignments as an indexed BAM."""
    made = pysam.AlignmentHeader.from_dict(head or header())
    with pysam.AlignmentFile(str(path), "wb", header=made) as out:
        for s in segments(fragments, made):
            out.write(s)
    if index:
        pysam.index(str(path))
    return path


def write_fastq(folder: Path, name: str, fragments: Sequence[Fragment]) -> tuple[Path, Path]:
    """Both reads of each fragment as the sequencer gives them."""
    paths = folder / f"{name}_1.fq", folder / f"{name}_2.fq"
    with paths[0].open("w") as one, paths[1].open("w") as two:
        for f in fragments:
            texts = []
            for read, reverse in ((f.left, False), (f.right, True)):
                bases = read.sequence.translate(_COMPLEMENT)[::-1] if reverse else read.sequence
                quality = read.qualities[::-1] if reverse else read.qualities
                texts.append(f"@{f.name}\n{bases}\n+\n{''.join(chr(q + 33) for q in quality)}\n")
            for out, text in zip((one, two), texts[::-1] if f.flipped else texts, strict=True):
                out.write(text)
    return paths
