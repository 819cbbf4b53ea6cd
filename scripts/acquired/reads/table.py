"""`<specimen>.reads.tsv.gz`: what was counted in a specimen's alignments; written whole or not at all, and read back.

Four kinds of rows, each under a header line of its own (`#allele …`); coordinates are 1-based and inclusive:

allele  chrom pos ref alt depth ref_count alt_count other_count ref_fwd ref_rev alt_fwd alt_rev disagreeing
        Fragments (or UMI families) that tell the place apart: depth = ref + alt + other. fwd and rev: those with a
        read on that strand; a fragment whose two mates both show the allele is in both. disagreeing: fragments whose
        mates contradict each other (families without a majority); in none of the other numbers.
depth   chrom start end depth
        Fragments with a base of sufficient quality, for each run of bases of equal depth.
phase   chrom pos1 ref1 alt1 pos2 ref2 alt2 both first_only second_only neither
        Fragments that tell both alleles of a pair apart.
error   change errors bases
        Wrong bases among all bases read where the reference is known, by substitution class (C>T stands for G>A too).
"""

from __future__ import annotations

import gzip
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from acquired.model import Allele
from acquired.whole import whole

HEADERS = {
    "allele": "chrom pos ref alt depth ref_count alt_count other_count ref_fwd ref_rev alt_fwd alt_rev disagreeing",
    "depth": "chrom start end depth",
    "phase": "chrom pos1 ref1 alt1 pos2 ref2 alt2 both first_only second_only neither",
    "error": "change errors bases",
}

_COMPLEMENT = str.maketrans("ACGT", "TGCA")


class AlleleCount(NamedTuple):
    """Fragments at one allele; see the module's text for each number."""

    depth: int
    ref: int
    alt: int
    other: int
    ref_fwd: int
    ref_rev: int
    alt_fwd: int
    alt_rev: int
    disagreeing: int


class PhaseCount(NamedTuple):
    """Fragments that tell both alleles of a pair: how many carry both, the first only, the second only, neither."""

    both: int
    first_only: int
    second_only: int
    neither: int


class ErrorRate(NamedTuple):
    """Wrong bases among all bases that could have shown this substitution."""

    errors: int
    bases: int

    @property
    def rate(self) -> float:
        """Errors a base; 0 where no base was read."""
        return self.errors / self.bases if self.bases else 0.0


def substitution_class(ref: str, alt: str) -> str:
    """The class of a single-base change, named from its pyrimidine: G>A is C>T."""
    if ref in "AG":
        ref, alt = ref.translate(_COMPLEMENT), alt.translate(_COMPLEMENT)
    return f"{ref}>{alt}"


@dataclass
class ReadCounts:
    """Everything counted in one specimen's alignments.

    alleles: by allele. phases: by pair of alleles in order of place. errors: by substitution class. depths: chromosome
    to runs (start, end, depth), ascending, 1-based inclusive.
    """

    alleles: dict[Allele, AlleleCount] = field(default_factory=dict)
    phases: dict[tuple[Allele, Allele], PhaseCount] = field(default_factory=dict)
    errors: dict[str, ErrorRate] = field(default_factory=dict)
    depths: dict[str, list[tuple[int, int, int]]] = field(default_factory=dict)

    def allele(self, chrom: str, pos: int, ref: str, alt: str) -> AlleleCount | None:
        """The counts of an allele (left-aligned, trimmed; pos 1-based); None where it was not read back."""
        return self.alleles.get(Allele(chrom, pos, ref, alt))

    def depth(self, chrom: str, first: int, last: int) -> int | None:
        """Smallest depth over first … last (1-based inclusive); None if any base was not asked for."""
        runs = self.depths.get(chrom, [])
        i = bisect_right(runs, first, key=lambda run: run[0]) - 1
        least: int | None = None
        while 0 <= i < len(runs) and runs[i][0] <= first <= runs[i][1]:
            least = runs[i][2] if least is None else min(least, runs[i][2])
            if runs[i][1] >= last:
                return least
            first, i = runs[i][1] + 1, i + 1
        return None

    def phase(self, one: Allele, other: Allele) -> PhaseCount | None:
        """The counts of a pair of alleles, whichever is named first; None where no fragment could span both."""
        found = self.phases.get((one, other))
        if found is None and (swapped := self.phases.get((other, one))) is not None:
            found = PhaseCount(swapped.both, swapped.second_only, swapped.first_only, swapped.neither)
        return found

    def error_rate(self, ref: str, alt: str) -> ErrorRate | None:
        """The error rate of a single-base change; None for other changes and where nothing was counted."""
        return self.errors.get(substitution_class(ref, alt)) if len(ref) == len(alt) == 1 else None


def load(path: Path) -> ReadCounts:
    """Read a table that `write` wrote; one of zero bytes (a refusal) gives empty counts."""
    counts = ReadCounts()
    if path.stat().st_size == 0:
        return counts
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        for line in rows:
            kind, *cells = line.rstrip("\n").split("\t")
            if kind == "allele":
                numbers = [int(cell) for cell in cells[4:]]
                counts.alleles[Allele(cells[0], int(cells[1]), cells[2], cells[3])] = AlleleCount(*numbers)
            elif kind == "depth":
                counts.depths.setdefault(cells[0], []).append((int(cells[1]), int(cells[2]), int(cells[3])))
            elif kind == "phase":
                pair = (Allele(cells[0], int(cells[1]), *cells[2:4]), Allele(cells[0], int(cells[4]), *cells[5:7]))
                counts.phases[pair] = PhaseCount(*map(int, cells[7:]))
            elif kind == "error":
                counts.errors[cells[0]] = ErrorRate(int(cells[1]), int(cells[2]))
    return counts


def write(counts: ReadCounts, path: Path, ranks: dict[str, int]) -> None:
    """Write the table, sorted by kind and place; same counts, same bytes. ranks: order of the chromosomes."""
    with whole(path) as partial, partial.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
        for row in _rows(counts, ranks):
            packed.write(("\t".join(map(str, row)) + "\n").encode())


def _rows(counts: ReadCounts, ranks: dict[str, int]) -> Iterable[Sequence[object]]:
    def place(a: Allele) -> tuple[int, int, str, str]:
        return ranks[a.chrom], a.pos, a.ref, a.alt

    def header(kind: str) -> list[str]:
        return [f"#{kind}", *HEADERS[kind].split()]

    yield header("allele")
    for allele in sorted(counts.alleles, key=place):
        yield "allele", allele.chrom, allele.pos, allele.ref, allele.alt, *counts.alleles[allele]
    yield header("depth")
    for chrom in sorted(counts.depths, key=ranks.__getitem__):
        for run in counts.depths[chrom]:
            yield "depth", chrom, *run
    yield header("phase")
    for a, b in sorted(counts.phases, key=lambda pair: (place(pair[0]), place(pair[1]))):
        yield "phase", a.chrom, a.pos, a.ref, a.alt, b.pos, b.ref, b.alt, *counts.phases[a, b]
    yield header("error")
    for change in sorted(counts.errors):
        yield "error", change, *counts.errors[change]
