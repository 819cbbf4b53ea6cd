"""How an alteration that is not counted in reads moved: the words of trajectory.py, on looks instead of counts.

There before and there at the last look it is risen or fallen where its size differs by the stated factor, else
persistent; not there before it is emerged where the baseline measured that place, emerged by calls where the baseline's
file lists changes only, unresolved where nobody looked or a look of that kind could not have shown it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from acquired.compare.plan import Comparison
from acquired.model import Basis, Specimen, Status, Trajectory

Obs = Mapping[str, Any]
PRESENT = frozenset({Status.CALLED, Status.FILTERED, Status.GENOTYPED})
_IGNORANCE = (Status.ABSENT, Status.LOW, Status.NOT_CALLED, Status.NOT_ASSESSED)
#: Which trajectory heads an alteration that has several.
_TELLING = ("emerged", "unresolved", "risen", "fallen", "cleared", "persistent", "not seen", "not compared")


def observation(specimen: str, status: Status, source: str = "", text: str = "", **more: Any) -> dict[str, Any]:
    """An observation as result.json has it, without counts. text: what it says, in a few words."""
    told: dict[str, Any] = {"specimen": specimen, "status": str(status), "depth": None, "alt_count": None, "vaf": None,
            "hidden_vaf": None, "filters": [], "source": source}  # fmt: skip
    return told | ({"text": text} if text else {}) | more


def trajectories(
    seen: Sequence[Obs],
    comparisons: Sequence[Comparison],
    specimens: Sequence[Specimen],
    size: Callable[[Obs, Obs], Trajectory],
) -> list[dict[str, Any]]:
    """One entry for each comparison in which the alteration is on either side.

    seen: one observation a specimen, in order of time. size: risen, fallen or persistent, for two that are present.
    """
    told = []
    for comparison in comparisons:
        change = _change(seen, comparison, specimens, size)
        if change is not None:
            word, basis, before, after = change
            told.append(
                {"comparison": comparison.id, "trajectory": str(word), "basis": str(basis or ""),
                 "before": specimens[before].specimen, "after": specimens[after].specimen, "p": None}
            )  # fmt: skip
    return told


def headline(told: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """The most telling trajectory and its basis."""
    if not told:
        return str(Trajectory.NOT_COMPARED), ""
    best = min(told, key=lambda t: _TELLING.index(t["trajectory"]))
    return best["trajectory"], best["basis"]


def _change(
    seen: Sequence[Obs],
    comparison: Comparison,
    specimens: Sequence[Specimen],
    size: Callable[[Obs, Obs], Trajectory],
) -> tuple[Trajectory, Basis | None, int, int] | None:
    before = [i for i in comparison.baseline if seen[i]["status"] in PRESENT]
    now = [i for i in comparison.window if seen[i]["status"] in PRESENT]
    if before:
        looked = [i for i in comparison.window if seen[i]["status"] != Status.NOT_ASSESSED]
        if not looked:
            return Trajectory.NOT_SEEN, None, before[0], comparison.window[-1]
        last = [i for i in looked if specimens[i].order == specimens[looked[-1]].order]
        there = [i for i in last if i in now]
        if there:
            return size(seen[before[0]], seen[there[0]]), None, before[0], there[0]
        after = min(last, key=lambda i: _IGNORANCE.index(Status(seen[i]["status"])))
        gone = seen[after]["status"] == Status.ABSENT
        if gone:
            return Trajectory.CLEARED, Basis.MEASURED, before[0], after
        return Trajectory.NOT_SEEN, None, before[0], after
    if not now:
        return None
    baseline = min(comparison.baseline, key=lambda i: _IGNORANCE.index(Status(seen[i]["status"])))
    match seen[baseline]["status"]:
        case Status.ABSENT:
            return Trajectory.EMERGED, Basis.MEASURED, baseline, now[0]
        case Status.NOT_CALLED:
            return Trajectory.EMERGED, Basis.CALLS, baseline, now[0]
    return Trajectory.UNRESOLVED, None, baseline, now[0]
