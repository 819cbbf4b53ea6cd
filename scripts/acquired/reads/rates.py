"""How often reads of this specimen show a wrong base, by substitution class, from its own alignments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from acquired.model import Allele
from acquired.reads.count import Source
from acquired.reads.sites import Read
from acquired.reads.table import ErrorRate, substitution_class

#: At most so many places are sampled, and so many reads at each: about two million bases.
_PLACES, _READS = 60, 300
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
    step = max(1, -(-len(places) // _PLACES))
    errors: Counter[str] = Counter()
    bases: Counter[str] = Counter()
    done: set[tuple[str, int]] = set()
    for chrom, first, last in places[::step]:
        shown = _shown(source, chrom, first - 1, last)
        if not shown:
            continue
        low, high = min(shown), max(shown)
        known = fetch(chrom, low + 1, high + 1)
        for place, seen in shown.items():
            base = known[place - low]
            if base not in "ACGT" or (chrom, place + 1) in apart or (chrom, place) in done:
                continue
            done.add((chrom, place))
            depth = sum(seen.values())
            if any(n > max(1, _VARIANT * depth) for b, n in seen.items() if b != base):
                continue
            for other in "ACGT":
                if other != base:
                    change = substitution_class(base, other)
                    bases[change] += depth
                    errors[change] += seen[other]
    return {change: ErrorRate(errors[change], bases[change]) for change in CLASSES}


def _shown(source: Source, chrom: str, start0: int, end0: int) -> dict[int, Counter[str]]:
    """Reference base (0-based) to the bases that fragments show there."""
    fragments: dict[str, dict[int, str]] = {}
    for number, (_, name, _, read) in enumerate(source.reads(chrom, start0, end0)):
        if number >= _READS:
            break
        _add(fragments.setdefault(name, {}), read, source.filters.base_quality)
    shown: dict[int, Counter[str]] = {}
    for bases in fragments.values():
        for place, base in bases.items():
            if base != "N":
                shown.setdefault(place, Counter())[base] += 1
    return shown


def _add(bases: dict[int, str], read: Read, least: int) -> None:
    """The read's good bases by place; N where its mate shows another."""
    for first, end, index in read.blocks:
        for place in range(first, end):
            at = index + place - first
            if read.qualities is not None and read.qualities[at] < least:
                continue
            base = read.sequence[at]
            bases[place] = base if bases.get(place, base) == base else "N"
