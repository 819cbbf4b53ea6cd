"""The alleles that our names and SnpEff's are compared on: published ones, and random ones of every kind and place.

Deterministic: each transcript has a random generator seeded by the run's seed, the build and its own name.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random

from acquired.annotate.codons import reverse_complement
from acquired.model import Allele
from acquired.reference import Reference
from acquired.reference.transcripts import Transcript

PUBLISHED = Path(__file__).parents[1] / "tests" / "cases" / "annotate" / "published_names.tsv"

#: Where a random change begins, with weights: coding bases most, but the places where tools part ways well filled.
REGIONS = {"coding": 44, "splice": 26, "start": 4, "stop": 5, "5' UTR": 5, "3' UTR": 5, "intron": 7, "upstream": 4}
#: What it does, with weights.
KINDS = {"SNV": 40, "MNV": 8, "insertion": 11, "duplication": 9, "deletion": 20, "delins": 10, "inversion": 2}
#: Bases of an exon and of an intron beside their border that count as the region "splice".
SPLICE_EXON, SPLICE_INTRON = 4, 10
UPSTREAM = 500
_TRIES = 20
#: Kinds that a VCF writes with the base before them.
ANCHORED = ("insertion", "duplication", "deletion")


def published(reference: Reference) -> list[Allele]:
    """Alleles of names that others published, left-aligned."""
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        texts = sorted({row[reference.build] for row in rows})
    given = [Allele(chrom, int(pos), ref, alt) for chrom, pos, ref, alt in (text.split(":") for text in texts)]
    return [left_aligned(reference, allele) or allele for allele in given]


def random_alleles(reference: Reference, transcript: Transcript, number: int, seed: int) -> Iterator[Allele]:
    """`number` changes in and around a transcript, where the bases are known; left-aligned and trimmed as in a VCF."""
    random = Random(f"{seed}|{reference.build}|{transcript.name}")
    places = _places(transcript)
    regions = [name for name in REGIONS if places[name]]
    made = 0
    for _ in range(number * _TRIES):
        if made == number:
            return
        region = random.choices(regions, [REGIONS[name] for name in regions])[0]
        first, last = random.choice(places[region])
        allele = _change(reference, random, transcript.chrom, random.randint(first, last))
        if allele is not None:
            made += 1
            yield allele


def exon_deletions(reference: Reference, transcript: Transcript, seed: int) -> Iterator[Allele]:
    """An exon that is lost with some bases on both sides, where they are known: changes that cross two borders."""
    random = Random(f"{seed}|{reference.build}|{transcript.name}|exons")
    start, end = random.choice(transcript.exons)
    start, end = start - random.randint(1, 20), end + random.randint(1, 20)
    if end - start < 300 and reference.has_bases(transcript.chrom, start - 1, end):
        ref = reference.fetch(transcript.chrom, start - 1, end)
        allele = left_aligned(reference, Allele(transcript.chrom, start - 1, ref, ref[0]))
        if allele is not None:
            yield allele


def _places(transcript: Transcript) -> dict[str, list[tuple[int, int]]]:
    """Stretches (1-based, inclusive) of each region."""
    t = transcript
    low, high = (t.cds_start, t.cds_start + 2), (t.cds_end - 2, t.cds_end)
    before = [(s, min(e, t.cds_start - 1)) for s, e in t.exons if s < t.cds_start]
    after = [(max(s, t.cds_end + 1), e) for s, e in t.exons if e > t.cds_end]
    forward = t.strand == "+"
    introns = [(a[1] + 1, b[0] - 1) for a, b in zip(t.exons, t.exons[1:], strict=False)]
    borders = [(s - SPLICE_EXON, s + SPLICE_INTRON - 1) for s, _ in introns]
    borders += [(e - SPLICE_INTRON + 1, e + SPLICE_EXON) for _, e in introns]
    near = [(s, min(s + 400, e)) for s, e in introns] + [(max(e - 400, s), e) for s, e in introns]
    return {
        "coding": list(t.coding),
        "splice": borders,
        "start": [low if forward else high],
        "stop": [high if forward else low],
        "5' UTR": before if forward else after,
        "3' UTR": after if forward else before,
        "intron": near,
        "upstream": [(t.start - UPSTREAM, t.start - 1) if forward else (t.end + 1, t.end + UPSTREAM)],
    }


def _change(reference: Reference, random: Random, chrom: str, pos: int) -> Allele | None:
    """A change that begins at `pos`; None where bases that it needs are not known, or nothing changes."""
    kind = random.choices(list(KINDS), list(KINDS.values()))[0]
    size = {"SNV": 1, "MNV": random.randint(2, 4), "inversion": random.randint(4, 12)}.get(kind, _length(random))
    known = reference.fetch(chrom, pos - 1, pos + size - 1)
    if "N" in known:
        return None
    anchor, bases = known[0], known[1:]
    if kind in ("SNV", "MNV"):
        ref, alt = bases, "".join(random.choice("ACGT".replace(base, "")) for base in bases)
    elif kind == "insertion":
        ref, alt = anchor, anchor + _bases(random, size)
    elif kind == "duplication":
        ref, alt = anchor, anchor + bases
    elif kind == "deletion":
        ref, alt = known, anchor
    elif kind == "inversion":
        ref, alt = bases, reverse_complement(bases)
    else:
        ref, alt = bases, _bases(random, _length(random))
    if ref == alt:
        return None
    return left_aligned(reference, Allele(chrom, pos - (kind in ANCHORED), ref, alt))


def _length(random: Random) -> int:
    """Mostly a few bases, whole codons among them, sometimes some dozens."""
    return random.choice((1, 1, 1, 2, 2, 3, 3, 3, 4, 5, 6, 6, 7, 9, 12, 15, 18, 21, random.randint(1, 60)))


def _bases(random: Random, size: int) -> str:
    return "".join(random.choice("ACGT") for _ in range(size))


def left_aligned(reference: Reference, allele: Allele) -> Allele | None:
    """The allele trimmed and, if it is a pure insertion or deletion, moved left; None where unknown bases are met."""
    chrom, pos, ref, alt = allele.chrom, allele.pos, allele.ref, allele.alt
    while True:
        if ref and alt and ref[-1] == alt[-1]:
            ref, alt = ref[:-1], alt[:-1]
        elif not ref or not alt:
            base = reference.fetch(chrom, pos - 1, pos - 1)
            if base == "N":
                return None
            pos, ref, alt = pos - 1, base + ref, base + alt
        else:
            break
    while len(ref) > 1 and len(alt) > 1 and ref[0] == alt[0]:
        pos, ref, alt = pos + 1, ref[1:], alt[1:]
    return Allele(chrom, pos, ref, alt)
