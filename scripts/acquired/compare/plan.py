"""Which specimens are compared with which: a comparison for each line of therapy.

baseline    the last specimen taken before the therapy began or on the day it began (with all that share
            its day); where days are not known, the last one before the drug in the order of the sheet,
            or else the last one whose role is baseline
follow-ups  every later specimen
window      the follow-ups judged for this line: up to and with the baseline of the next therapy that starts
            later, and as long as the therapy is stated to have gone on; if that leaves none, the first
            later day
Therapies that share baseline and window share a comparison. Specimens that share a day are side by side,
never before and after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from acquired.model import Specimen, Therapy


@dataclass
class Comparison:
    """One baseline against its follow-ups. baseline, follow_ups, window: places in the list of specimens."""

    id: str
    baseline: list[int]
    follow_ups: list[int]
    window: list[int]
    why: str
    therapies: list[str] = field(default_factory=list)

    def as_dict(self, specimens: Sequence[Specimen]) -> dict[str, object]:
        """The comparison as `result.json` has it, with specimen ids."""

        def names(places: list[int]) -> list[str]:
            return [specimens[i].specimen for i in places]

        return {
            "id": self.id,
            "therapies": self.therapies,
            "baseline": names(self.baseline),
            "follow_ups": names(self.follow_ups),
            "window": names(self.window),
            "why": self.why,
        }


@dataclass
class Plan:
    """All comparisons of a patient, in order of their baselines, and what the reader must know of them.

    same_day: places of specimens that share a day, for each such day, in the order of the notes on them.
    """

    comparisons: list[Comparison] = field(default_factory=list)
    notes: list[dict[str, str]] = field(default_factory=list)
    same_day: list[list[int]] = field(default_factory=list)

    def note(self, code: str, text: str) -> None:
        """Add a note; said once, however often it comes up."""
        if {"code": code, "text": text} not in self.notes:
            self.notes.append({"code": code, "text": text})


def make_plan(
    specimens: Sequence[Specimen], therapies: Sequence[Therapy], missing: frozenset[int] = frozenset()
) -> Plan:
    """Choose baselines, follow-ups and windows.

    specimens: in order of time. missing: places of specimens whose calls are missing; they take no side.
    A therapy that finds no specimen on one side gets no comparison, and a note says why.
    """
    plan = Plan()
    for i in sorted(missing):
        plan.note(
            "calls_missing",
            f"{specimens[i].specimen}: its calls are missing (most records hold neither genotype nor counts for it, "
            "and none is called), so it is not compared.",
        )
    usable = [i for i in range(len(specimens)) if i not in missing]
    days = sorted({specimens[i].order for i in usable})
    for order in days:
        places = [i for i in usable if specimens[i].order == order]
        if len(places) > 1:
            plan.same_day.append(places)
            shared = [specimens[i] for i in places]
            listed = "; ".join(f"{s.specimen} ({s.site or s.material or 'site not given'})" for s in shared)
            plan.note(
                "same_day",
                f"Taken on the same day: {listed}. They are shown side by side, never as before and after.",
            )
    if len(specimens) == 1:
        plan.note("one_specimen", f"Only one specimen ({specimens[0].specimen}): there is nothing to compare it with.")
    elif len(days) < 2:
        left = "; ".join(specimens[i].specimen for i in usable) or "none"
        plan.note("one_day", f"What can be compared is all of one day ({left}): there is no before and after.")
    if len(days) < 2:
        return plan
    if not therapies:
        why = "No therapy is given: the first day is the baseline of the whole course."
        _add(plan, specimens, usable, days[0], days[1:], "", why)
    for therapy in sorted(therapies, key=lambda t: (t.start is None, t.start or 0, t.after_order or 0, t.drug)):
        _plan_therapy(plan, specimens, usable, days, therapy, therapies)
    plan.comparisons.sort(key=lambda c: (specimens[c.baseline[0]].order, len(c.window)))
    for number, comparison in enumerate(plan.comparisons, 1):
        comparison.id = f"c{number}"
    return plan


def _plan_therapy(
    plan: Plan,
    specimens: Sequence[Specimen],
    usable: list[int],
    days: list[int],
    therapy: Therapy,
    therapies: Sequence[Therapy],
) -> None:
    baseline, how = _baseline_order(specimens, usable, therapy)
    if baseline is None:
        plan.note(
            "no_baseline",
            f"{therapy.drug}: it began{_on(therapy)} before the first specimen that can be compared "
            f"({specimens[usable[0]].specimen}), so there is no baseline for it.",
        )
        return
    later = [order for order in days if order > baseline]
    if not later:
        plan.note(
            "no_follow_up",
            f"{therapy.drug}: no specimen that can be compared is later than its baseline"
            f" ({_names(specimens, usable, [baseline])}), so there is no follow-up for it.",
        )
        return
    window = _window(specimens, usable, later, therapy, therapies)
    _add(plan, specimens, usable, baseline, window, therapy.drug, how)


def _baseline_order(specimens: Sequence[Specimen], usable: list[int], therapy: Therapy) -> tuple[int | None, str]:
    """Order of the baseline of a therapy and how it was chosen."""
    before = [specimens[i].order for i in usable if _is_before(specimens[i], therapy)]
    if not before:
        return None, ""
    baseline = max(before)
    chosen = [s for i in usable if (s := specimens[i]).order == baseline]
    if therapy.start is not None and all(s.day is not None for s in chosen):
        return baseline, f"The last day with a specimen up to the start of therapy on day {therapy.start}."
    if therapy.start is None and therapy.after_order is not None:
        return baseline, "The last specimen before the drug in the order of the sheet, which gives no days."
    if any(s.role for s in chosen):
        return baseline, "The last specimen with the role baseline; days or the start of therapy are not known."
    return baseline, "The first specimen of the sheet; neither days nor roles tell what came before therapy."


def _is_before(specimen: Specimen, therapy: Therapy) -> bool:
    if specimen.day is not None and therapy.start is not None:
        return specimen.day <= therapy.start
    if therapy.start is None and therapy.after_order is not None:
        return specimen.order <= therapy.after_order
    if specimen.role:
        return specimen.role == "baseline"
    return specimen.order == 0


def _window(
    specimens: Sequence[Specimen], usable: list[int], later: list[int], therapy: Therapy, therapies: Sequence[Therapy]
) -> list[int]:
    """Orders of the follow-ups that are judged for one therapy."""
    nexts = [t for t in therapies if _begins_later(t, therapy)]
    if not nexts:
        return later
    following = min(nexts, key=lambda t: (t.start or 0, t.after_order or 0))
    end, _ = _baseline_order(specimens, usable, following)
    dated = [(s.day, s.order) for i in usable if (s := specimens[i]).day is not None]
    on_therapy = {order for day, order in dated if therapy.stop is not None and day is not None and day <= therapy.stop}
    window = [order for order in later if (end is not None and order <= end) or order in on_therapy]
    return window or later[:1]


def _begins_later(one: Therapy, other: Therapy) -> bool:
    """Whether a therapy begins after another; by day, or by the order of the sheet where neither has a day."""
    if one.start is not None and other.start is not None:
        return one.start > other.start
    if one.start is None and other.start is None and one.after_order is not None and other.after_order is not None:
        return one.after_order > other.after_order
    return False


def _add(
    plan: Plan, specimens: Sequence[Specimen], usable: list[int], baseline: int, window: list[int], drug: str, why: str
) -> None:
    def places(orders: list[int]) -> list[int]:
        return [i for i in usable if specimens[i].order in orders]

    before, judged = places([baseline]), places(window)
    for comparison in plan.comparisons:
        if comparison.baseline == before and comparison.window == judged:
            if drug not in comparison.therapies:
                comparison.therapies.append(drug)
            return
    follow_ups = [i for i in usable if specimens[i].order > baseline]
    plan.comparisons.append(Comparison("", before, follow_ups, judged, why, [drug] if drug else []))


def _on(therapy: Therapy) -> str:
    return "" if therapy.start is None else f" on day {therapy.start},"


def _names(specimens: Sequence[Specimen], usable: list[int], orders: list[int]) -> str:
    return ", ".join(specimens[i].specimen for i in usable if specimens[i].order in orders)
