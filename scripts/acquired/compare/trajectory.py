"""How one allele moved in one comparison, and what that statement rests on.

Not there before, there now
    emerged, by depth   the baseline looked deep enough (absent) and its counts exclude the fraction seen now
                        (one-sided Fisher test, p < alpha)
    emerged, by assay   the assay's stated limit excludes it, and the fraction seen now lies above that limit
    emerged, by calls   no baseline specimen lists it, and nothing says how deep that place was
    unresolved          the baseline looked too thinly (low), or cannot exclude the fraction seen now, or did
                        not look there (not assessed)
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
from typing import NamedTuple

from acquired.compare.observe import ASSAY, UNSEEN, Observation
from acquired.compare.plan import Comparison
from acquired.compare.settings import Thresholds
from acquired.compare.stats import binomial_at_most, fisher_less, fisher_two_sided
from acquired.model import Basis, Specimen, Status, Trajectory


class Change(NamedTuple):
    """trajectory: None where the allele is on neither side. before, after: places of the specimens the
    statement rests on. p: of its test. earlier: place of the last specimen before the baseline that had
    the allele, where the baseline does not."""

    trajectory: Trajectory | None
    basis: Basis | None = None
    p: float | None = None
    before: int | None = None
    after: int | None = None
    earlier: int | None = None


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
        change = _appearance(seen, before, there_now, thresholds)
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


def _appearance(seen: Sequence[Observation], before: int, there_now: list[int], thresholds: Thresholds) -> Change:
    baseline, first = seen[before], there_now[0]
    if baseline.status is Status.NOT_CALLED:
        return Change(Trajectory.EMERGED, Basis.CALLS, None, before, first)
    if baseline.status is Status.ABSENT:
        for now in there_now:
            excluded, basis, p = _excludes(baseline, seen[now], thresholds)
            if excluded:
                return Change(Trajectory.EMERGED, basis, p, before, now)
    return Change(Trajectory.UNRESOLVED, None, _excludes(baseline, seen[first], thresholds)[2], before, first)


def _excludes(unseen: Observation, there: Observation, thresholds: Thresholds) -> tuple[bool, Basis, float | None]:
    """Whether an observation without the allele excludes the fraction of one with it; the ground; the p."""
    if unseen.source == ASSAY:
        above = there.vaf is not None and unseen.hidden is not None and there.vaf > unseen.hidden
        return above, Basis.ASSAY, None
    p = None
    if unseen.n is not None and unseen.status in UNSEEN:
        if there.k is not None and there.n is not None:
            p = fisher_less(unseen.k or 0, unseen.n, there.k, there.n)
        elif there.vaf is not None:
            p = binomial_at_most(unseen.k or 0, unseen.n, min(1.0, there.vaf))
    return p is not None and p < thresholds.alpha, Basis.DEPTH, p


def _after_presence(
    seen: Sequence[Observation],
    before: int,
    comparison: Comparison,
    specimens: Sequence[Specimen],
    thresholds: Thresholds,
) -> Change:
    looked = [i for i in comparison.window if seen[i].status is not Status.NOT_ASSESSED]
    if not looked:
        return Change(Trajectory.NOT_SEEN, None, None, before, comparison.window[-1])
    last = specimens[looked[-1]].order
    day = [i for i in looked if specimens[i].order == last]
    there = [i for i in day if seen[i].present]
    if there:
        after = _strongest(seen, there)
        return _change(seen, before, after, thresholds)
    after = min(day, key=lambda i: (*_ignorance(seen[i]), i))
    excluded, basis, p = _excludes(seen[after], seen[before], thresholds)
    if excluded and seen[after].status is Status.ABSENT:
        return Change(Trajectory.CLEARED, basis, p, before, after)
    return Change(Trajectory.NOT_SEEN, None, p, before, after)


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
