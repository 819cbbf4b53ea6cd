"""How one allele moved in one comparison, and what that statement rests on.

Not there before, there now
    emerged, by depth   the baseline looked deep enough (absent) and its counts exclude the fraction seen now
                        (one-sided Fisher test, p < alpha)
    emerged, by assay   the assay's stated limit excludes it: the reads seen now are too many for a fraction at
                        that limit (binomial test, p < alpha)
    emerged, by calls   no baseline specimen lists it, and nothing says how deep that place was
    unresolved          the baseline looked too thinly (low), or cannot exclude the fraction seen now, or did
                        not look there (not assessed); or the reads seen now may be wrong ones (binomial test
                        at the error rate); or the baseline held too little tumour DNA to show a clone
    It is the first appearance with the best ground that counts: it stays emerged if it goes again.
There before, there at the last look
    risen, fallen       the fraction differs (two-sided Fisher test, p < alpha)
    persistent          it does not, or cannot be tested
There before, not there at the last look
    cleared             absent, and depth (one-sided Fisher test) or the assay's limit excludes the fraction it had
    not seen            not there, without that power
The last look is the last day of the window on which the place was not outside of what was looked at.
An allele that is there neither in baseline nor in window has no trajectory.
Of several specimens on a day the most informative one decides; all are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from acquired.compare.observe import ASSAY, UNSEEN, Observation
from acquired.compare.plan import Comparison
from acquired.compare.settings import Thresholds
from acquired.compare.stats import binomial_at_least, binomial_at_most, fisher_less, fisher_two_sided
from acquired.model import Basis, Specimen, Status, Trajectory


class Doubt(StrEnum):
    """Why a change is not claimed: what `unresolved` and `not seen` rest on."""

    THIN = "thin"  # looked at, but so thinly that the fraction it could hide is too large
    NOT_ASSESSED = "not assessed"
    NOT_CALLED = "not called"  # gone from the calls, and nothing says how deep that place was
    LIMIT = "limit"  # no more than the assay's stated limit allows
    SAME = "same"  # the two fractions do not differ significantly
    ERRORS = "errors"  # so few reads have it that they may be wrong ones
    TUMOUR_FRACTION = "tumour fraction"  # so little tumour DNA that a clone would have been below the bound
    MANY_TESTS = "many tests"  # significant alone, not among all alleles tested
    NOT_INFORMATIVE = "not informative"  # plasma in which none of the patient's known alleles is seen


class Change(NamedTuple):
    """trajectory: None where the allele is on neither side. before, after: places of the specimens the
    statement rests on. p: of its test. earlier: place of the last specimen before the baseline that had
    the allele, where the baseline does not. doubt: why no more is claimed of an unresolved or unseen one."""

    trajectory: Trajectory | None
    basis: Basis | None = None
    p: float | None = None
    before: int | None = None
    after: int | None = None
    earlier: int | None = None
    doubt: Doubt | None = None


class Ground(NamedTuple):
    """Whether an observation without an allele excludes the fraction of one with it: basis or doubt, and the p."""

    basis: Basis | None
    p: float | None = None
    doubt: Doubt | None = None


def judge(
    seen: Sequence[Observation], comparison: Comparison, specimens: Sequence[Specimen], thresholds: Thresholds
) -> Change:
    """The change of one allele. seen: one observation for each of `specimens`, in order of time."""
    there_before = [i for i in comparison.baseline if seen[i].present]
    there_now = [i for i in comparison.window if seen[i].present]
    if there_before:
        before = _strongest(seen, there_before)
        return _after_presence(seen, before, comparison, specimens, thresholds)
    if there_now:
        start = specimens[comparison.baseline[0]].order
        history = [i for i in range(len(seen)) if specimens[i].order < start and seen[i].present]
        before = min(comparison.baseline, key=lambda i: (*_ignorance(seen[i]), i))
        change = _appearance(seen, before, there_now, specimens, thresholds)
        return change._replace(earlier=history[-1]) if history else change
    return Change(None)


def _strongest(seen: Sequence[Observation], places: list[int]) -> int:
    """Of specimens that have the allele, the one with the highest fraction; unknown fractions come last."""
    if len(places) == 1:
        return places[0]
    return max(places, key=lambda i: (seen[i].vaf is not None, seen[i].vaf or 0.0, seen[i].n or 0, -i))


def _ignorance(observation: Observation) -> tuple[int, float]:
    """Small for the observation that excludes most."""
    kinds = (Status.ABSENT, Status.LOW, Status.NOT_CALLED, Status.NOT_ASSESSED)
    hidden = 1.0 if observation.hidden is None else observation.hidden
    return kinds.index(observation.status), hidden


def says_nothing(hidden: float, tumour_fraction: float | None) -> bool:
    """Whether absence means nothing because there was so little tumour DNA.

    A clonal heterozygous alteration of a diploid tumour has half the tumour fraction as its allele fraction; where
    the specimen could have hidden that much, it could have hidden any clone.
    """
    return tumour_fraction is not None and hidden >= tumour_fraction / 2


def _appearance(
    seen: Sequence[Observation],
    before: int,
    there_now: list[int],
    specimens: Sequence[Specimen],
    thresholds: Thresholds,
) -> Change:
    baseline, first = seen[before], there_now[0]
    if baseline.status is Status.NOT_CALLED:
        return Change(Trajectory.EMERGED, Basis.CALLS, None, before, first)
    grounds = [(now, _ground(baseline, seen[now], specimens[before], thresholds)) for now in there_now]
    for now, ground in grounds:
        if ground.basis is not None:
            return Change(Trajectory.EMERGED, ground.basis, ground.p, before, now)
    _, p, doubt = grounds[0][1]
    return Change(Trajectory.UNRESOLVED, None, p, before, first, None, doubt)


def _ground(unseen: Observation, there: Observation, specimen: Specimen, thresholds: Thresholds) -> Ground:
    """Whether `unseen`, of `specimen`, excludes the fraction of `there`.

    Three things must be excluded: that both have the same fraction, that the reads which show it are wrong ones, and
    that there was too little tumour DNA to show a clone. p is the largest of the tests.
    """
    if unseen.status is Status.NOT_ASSESSED:
        return Ground(None, None, Doubt.NOT_ASSESSED)
    if unseen.status not in UNSEEN or unseen.hidden is None:
        return Ground(None, None, Doubt.NOT_CALLED)
    by_assay = unseen.source == ASSAY
    p = errors = None
    if there.k is not None and there.n:
        errors = binomial_at_least(there.k, there.n, there.rate)
        if by_assay:  # of an assay its limit is known, not its depth: as if the fraction had been at the limit
            p = binomial_at_least(there.k, there.n, unseen.hidden)
        elif unseen.n is not None:
            p = fisher_less(unseen.k or 0, unseen.n, there.k, there.n)
    elif there.vaf is not None:
        if by_assay:
            p = 0.0 if there.vaf > unseen.hidden else 1.0  # no counts to test; not printed
        elif unseen.n is not None:
            p = binomial_at_most(unseen.k or 0, unseen.n, min(1.0, there.vaf))
    if p is None:
        return Ground(None, None, Doubt.THIN if unseen.status is Status.LOW else Doubt.SAME)
    told = None if by_assay and errors is None else max(p, errors or 0.0)
    if unseen.status is Status.LOW:
        return Ground(None, told, Doubt.THIN)
    if p >= thresholds.alpha:
        return Ground(None, told, Doubt.LIMIT if by_assay else Doubt.SAME)
    if errors is not None and errors >= thresholds.alpha:
        return Ground(None, told, Doubt.ERRORS)
    if says_nothing(unseen.hidden, _tumour_fraction(specimen)):
        return Ground(None, told, Doubt.TUMOUR_FRACTION)
    return Ground(Basis.ASSAY if by_assay else Basis.DEPTH, told)


def _tumour_fraction(specimen: Specimen) -> float | None:
    """As the sheet gives it, which has checked that it is a number from 0 to 1."""
    given = specimen.facts.get("tumour_fraction", "")
    return float(given) if given else None


def _after_presence(
    seen: Sequence[Observation],
    before: int,
    comparison: Comparison,
    specimens: Sequence[Specimen],
    thresholds: Thresholds,
) -> Change:
    looked = [i for i in comparison.window if seen[i].status is not Status.NOT_ASSESSED]
    if not looked:
        return Change(Trajectory.NOT_SEEN, None, None, before, comparison.window[-1], None, Doubt.NOT_ASSESSED)
    last = specimens[looked[-1]].order
    day = [i for i in looked if specimens[i].order == last]
    there = [i for i in day if seen[i].present]
    if there:
        after = _strongest(seen, there)
        return _change(seen, before, after, thresholds)
    after = min(day, key=lambda i: (*_ignorance(seen[i]), i))
    ground = _ground(seen[after], seen[before], specimens[after], thresholds)
    if ground.basis is not None:
        return Change(Trajectory.CLEARED, ground.basis, ground.p, before, after)
    return Change(Trajectory.NOT_SEEN, None, ground.p, before, after, None, ground.doubt)


def _change(seen: Sequence[Observation], before: int, after: int, thresholds: Thresholds) -> Change:
    was, now = seen[before], seen[after]
    if was.k is None or was.n is None or now.k is None or now.n is None:
        return Change(Trajectory.PERSISTENT, None, None, before, after)
    p = fisher_two_sided(was.k, was.n, now.k, now.n)
    trajectory = Trajectory.PERSISTENT
    if p < thresholds.alpha:
        trajectory = Trajectory.RISEN if now.k * was.n > was.k * now.n else Trajectory.FALLEN
    return Change(trajectory, None, p, before, after)


def differ(one: Observation, other: Observation, thresholds: Thresholds) -> bool:
    """Whether two observations of one specimen have significantly different fractions; False if untestable."""
    if one.k is None or one.n is None or other.k is None or other.n is None:
        return False
    return fisher_two_sided(one.k, one.n, other.k, other.n) < thresholds.alpha
