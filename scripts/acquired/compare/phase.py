"""Whether two alleles lie on one molecule (cis), on different ones (trans), or whether that is not known.

Best ground first; the first that tells decides, over all specimens
    reads       fragments that span both places. cis: more of those that carry the rarer allele carry the other too than
                chimeric molecules explain. trans: at least so many carry one without the other, on either side, that
                half of them being in cis is excluded
    MNV         a caller wrote both as one allele, or this room read them so
    genotypes   phased by the caller in one phase set
    fractions   two allele fractions that certainly add up to more than one must overlap: cis. No two fractions can show
                trans: two small clones may be one
Specimens that contradict each other on one ground leave it unknown, and so does everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from acquired.compare.stats import binomial_at_least, binomial_at_most, clopper_pearson_upper

CIS, TRANS, UNKNOWN = "cis", "trans", "unknown"

#: Share of fragments that may join two molecules by template switching in PCR or by misalignment. Assumed high, on
#: purpose: it only keeps a few stray fragments from being read as cis.
CHIMERIC = 0.05

#: Level of the tests on fragments.
ALPHA = 0.01


class Fragments(NamedTuple):
    """Fragments that tell both alleles apart: how many carry both, the first only, the second only, neither."""

    both: int
    first_only: int
    second_only: int
    neither: int


@dataclass(frozen=True)
class Evidence:
    """What one specimen says of a pair of alleles that it has.

    genotypes: GT and PS of each (`0|1`, `7`; PS `.` if none). reads: alternative reads and depth of each, None if not
    counted. fragments: that span both, None if none could. one_allele: it shows both as one MNV.
    """

    specimen: str
    genotypes: tuple[tuple[str, str], tuple[str, str]] = (("./.", "."), ("./.", "."))
    reads: tuple[tuple[int, int] | None, tuple[int, int] | None] = (None, None)
    fragments: Fragments | None = None
    one_allele: bool = False


class Phase(NamedTuple):
    """phase: cis, trans or unknown. why: a clause for the reader. ground: reads, MNV, genotypes, fractions or ``.
    specimen: the one that tells; `` where none does. fragments: the counts it rests on, None for other grounds."""

    phase: str
    why: str
    ground: str = ""
    specimen: str = ""
    fragments: Fragments | None = None


def phase_of(evidence: Sequence[Evidence], names: tuple[str, str] = ("the first", "the second")) -> Phase:
    """The phase of a pair of alleles, from every specimen that says something of it. names: theirs, for `why`."""
    for ground, read in _GROUNDS:
        told = [(e, found) for e in evidence if (found := read(e, names))]
        phases = {phase for _, (phase, _) in told}
        if len(phases) > 1:
            said = "; ".join(f"{phase} in {e.specimen}, {why}" for e, (phase, why) in told)
            return Phase(UNKNOWN, f"the specimens contradict each other: {said}", ground)
        if told:
            # the specimen with most to say; the first in time of equal ones
            best, (phase, why) = max(told, key=lambda t: _weight(t[0]) if ground == "reads" else 0)
            return Phase(phase, why, ground, best.specimen, best.fragments if ground == "reads" else None)
    spanning = [e for e in evidence if e.fragments is not None and any(e.fragments)]
    if spanning:
        best = max(spanning, key=_weight)
        assert best.fragments is not None
        return Phase(UNKNOWN, f"{_counts(best, names)}: too few to tell", "", "", best.fragments)
    if any(e.fragments is not None for e in evidence):
        return Phase(UNKNOWN, "no fragment spans both places")
    return Phase(UNKNOWN, "the calls are not phased")


def _weight(evidence: Evidence) -> int:
    f = evidence.fragments
    return 0 if f is None else f.both + f.first_only + f.second_only


def _counts(evidence: Evidence, names: tuple[str, str]) -> str:
    f = evidence.fragments
    assert f is not None
    return (
        f"of {sum(f):,} fragments that span both places in {evidence.specimen}, {f.both:,} carry both, "
        f"{f.first_only:,} {names[0]} only and {f.second_only:,} {names[1]} only"
    )


def _by_reads(evidence: Evidence, names: tuple[str, str]) -> tuple[str, str] | None:
    f = evidence.fragments
    if f is None:
        return None
    alone = min(f.first_only, f.second_only)
    rarer = f.both + alone
    if f.both >= 2 and binomial_at_least(f.both, rarer, CHIMERIC) < ALPHA:
        apart = alone >= 2 and binomial_at_least(alone, rarer, CHIMERIC) < ALPHA
        return CIS, _counts(evidence, names) + (", so that they are on separate molecules too" if apart else "")
    # half of the rarer allele's molecules in cis, or more, would have shown more than this
    if rarer and binomial_at_most(f.both, rarer, 0.5) < ALPHA:
        return TRANS, _counts(evidence, names)
    return None


def _by_one_allele(evidence: Evidence, names: tuple[str, str]) -> tuple[str, str] | None:
    return (CIS, f"called as one allele in {evidence.specimen}") if evidence.one_allele else None


def _by_genotypes(evidence: Evidence, names: tuple[str, str]) -> tuple[str, str] | None:
    (one, set_one), (other, set_other) = evidence.genotypes
    if "|" not in one or "|" not in other or set_one != set_other:
        return None
    sides = [{i for i, allele in enumerate(gt.split("|")) if allele == "1"} for gt in (one, other)]
    if len(sides[0]) != 1 or len(sides[1]) != 1:
        return None
    return (CIS if sides[0] == sides[1] else TRANS), f"phased by the caller in {evidence.specimen}"


def _by_fractions(evidence: Evidence, names: tuple[str, str]) -> tuple[str, str] | None:
    one, other = evidence.reads
    if one is None or other is None or not one[1] or not other[1] or one[0] / one[1] + other[0] / other[1] <= 1:
        return None
    # lower one-sided 95 % bound of a fraction: 1 less the upper bound of the reads without it
    lower = [1 - clopper_pearson_upper(n - k, n) for k, n in (one, other)]
    if sum(lower) <= 1:
        return None
    return CIS, (
        f"their fractions in {evidence.specimen}, {one[0]:,} of {one[1]:,} and {other[0]:,} of {other[1]:,} reads, "
        "add up to more than one, so that they must overlap"
    )


_GROUNDS: tuple[tuple[str, Callable[[Evidence, tuple[str, str]], tuple[str, str] | None]], ...] = (
    ("reads", _by_reads),
    ("MNV", _by_one_allele),
    ("genotypes", _by_genotypes),
    ("fractions", _by_fractions),
)
