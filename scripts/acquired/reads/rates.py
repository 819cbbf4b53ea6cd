"""How often reads of this specimen show a wrong base, by substitution class, from its own alignments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice

from acquired.model import Allele
from acquired.reads.count import Source
from acquired.reads.sites import Read
from acquired.reads.table import ErrorRate, substitution_class

#: So many reads are sampled, about two million bases; at many places, so many at each.
_READS, _AT_ONE = 18_000, 300
#: A base that more than this share of the fragments show is a variant and no error.
_VARIANT = 0.05
#: Bases beside an allele that are left out too: reads may be misaligned there.
_BESIDE = 5
CLASSES = ("C>A", "C>G", "C>T", "T>A", "T>C", "T>G")


def error_rates(
    source: Source,
    places: Sequence[tuple[str, int, int]],
    alleles: Sequence[Allele],
    fetch: Callable[[str, int, int], str],
) -> dict[str, ErrorRate]:
    """Errors and bases of each of the six substitution classes; classes of which no base was read have 0 of 0.

    places: stretches (chromosome, first, last; 1-based) that are read anyway; reads over a sample of them are compared
    with the reference wherever its base is known. alleles: left out, with their surroundings, like every base that
    more than 5 % of the fragments show. Bases of overlapping mates count once, and not where the mates differ. UMI
    families are not merged here, so that for tagged raw reads the rate is an upper bound.
    """
    apart = {(a.chrom, p) for a in alleles for p in range(a.pos - _BESIDE, a.pos + len(a.ref) + _BESIDE)}
    step = max(1, -(-len(places) * _AT_ONE // _READS))
    errors: Counter[str] = Counter()
    bases: Counter[str] = Counter()
    done: set[tuple[str, int]] = set()
    left = _READS
    for chrom, first, last in (place for offset in range(step) for place in places[offset::step]):
        shown, number = _shown(source, chrom, first - 1, last, min(left, max(_AT_ONE, _READS // len(places))))
        left -= number
        for place, seen in _by_place(shown).items():
            base = fetch(chrom, place + 1, place + 1)
            if base == "N" or (chrom, place + 1) in apart or (chrom, place) in done:
                continue
            done.add((chrom, place))
            depth = sum(seen.values())
            if any(n > max(1, _VARIANT * depth) for b, n in seen.items() if b != base):
                continue
            for other in "ACGT":
                if other != base:
                    change = substitution_class(base, other)
                    bases[change] += depth
                    errors[change] += seen.get(other, 0)
        if left <= 0:
            break
    return {change: ErrorRate(errors[change], bases[change]) for change in CLASSES}


def _shown(source: Source, chrom: str, start0: int, end0: int, most: int) -> tuple[Counter[tuple[int, str]], int]:
    """How many fragments show a base at a place (0-based), and the number of reads, at most `most`."""
    fragments: dict[str, dict[int, str]] = {}
    number = 0
    for _, name, _, read in islice(source.reads(chrom, start0, end0), most):
        number += 1
        seen = _good(read, source.filters.base_quality)
        before = fragments.setdefault(name, seen)
        if before is not seen:
            for place in before.keys() & seen.keys():
                if before[place] != seen[place]:
                    seen[place] = "N"
            before.update(seen)
    shown: Counter[tuple[int, str]] = Counter()
    for fragment in fragments.values():
        shown.update(fragment.items())
    return shown, number


def _by_place(shown: Counter[tuple[int, str]]) -> dict[int, dict[str, int]]:
    places: dict[int, dict[str, int]] = {}
    for (place, base), number in sorted(shown.items()):
        if base != "N":
            places.setdefault(place, {})[base] = number
    return places


def _good(read: Read, least: int) -> dict[int, str]:
    """The read's bases of sufficient quality by place (0-based)."""
    found: dict[int, str] = {}
    for first, end, index in read.blocks:
        found.update(zip(range(first, end), read.sequence[index : index + end - first], strict=True))
        if read.qualities is not None and min(read.qualities[index : index + end - first]) < least:
            for at in range(index, index + end - first):
                if read.qualities[at] < least:
                    del found[first + at - index]
    return found
