"""Rows of a therapies sheet, or the `therapy` column of the samples sheet, to therapies in order of start."""

from __future__ import annotations

from collections.abc import Sequence

from acquired.errors import quote
from acquired.model import Specimen, Therapy
from acquired.sheets.drugs import DrugNames
from acquired.sheets.ledger import Ledger
from acquired.sheets.rows import SheetRow
from acquired.sheets.specimens import Axis


def build_therapies(
    rows: Sequence[SheetRow], axis: Axis, specimens: Sequence[Specimen], drugs: DrugNames, ledger: Ledger
) -> list[Therapy]:
    """Therapies from a patient's rows of the therapies sheets; one for each part of a combination."""
    therapies = []
    for row in rows:
        if not row["drug"]:
            continue
        start = _day(row, "start", axis, ledger)
        stop = _day(row, "stop", axis, ledger)
        if "start" not in row.times and "start" not in row.refused and axis.kind != "roles":
            ledger.refuse(
                row.place,
                "start",
                f"nothing says when {quote(row['drug'])} was begun.",
                "",
                f"give the start in {axis.kind}, as for the specimens of patient {row['patient']}.",
            )
        if start is not None and stop is not None and stop < start:
            ledger.refuse(
                row.place,
                "stop",
                f"the therapy stops (day {stop}) before it starts (day {start}).",
                "the cells were swapped, or a date was rewritten",
                "correct one of them.",
            )
        order = min((s.order for s in specimens), default=0) if axis.kind == "roles" else None
        for drug, _ in _drugs(row, "drug", drugs, ledger):
            therapies.append(Therapy(row["patient"], drug, row["drug"], start, stop, str(row.place), order))
    return _sorted(therapies, ledger, rows)


def therapies_of_column(
    rows: Sequence[SheetRow], specimens: Sequence[Specimen], drugs: DrugNames, ledger: Ledger
) -> list[Therapy]:
    """Therapies from the `therapy` column of a patient's samples.

    The drug of a row was given from the previous time point until that row's. On the rows of the first time point
    it is understood only where it repeats that of the second, or where there is no other: then it is what follows.
    Intervals of one drug that touch are one therapy.
    """
    by_id = {s.specimen: s for s in specimens}
    orders = sorted({s.order for s in specimens})
    days = {s.order: s.day for s in specimens}
    spans: dict[str, list[tuple[int, int, str, SheetRow]]] = {}
    given = [(row, by_id[row["specimen"]]) for row in rows if row["therapy"] and row["specimen"] in by_id]
    later = {drug for row, s in given if s.order > 0 for drug, _ in drugs.parts(row["therapy"])}
    for row, specimen in sorted(given, key=lambda item: item[1].order):
        for drug, part in _drugs(row, "therapy", drugs, ledger):
            position = orders.index(specimen.order)
            if position == 0 and later and drug not in later:
                ledger.refuse(
                    row.place,
                    "therapy",
                    f"{quote(part)} at the first specimen: was it given before or after it?",
                    "the column holds what was given between the previous time point and this one",
                    "leave it out here, or use a therapies sheet with start and stop.",
                )
            elif len(orders) > 1:
                position = max(position, 1) if later or len(orders) == 2 else len(orders) - 1
                begin = 0 if not later else position - 1
                spans.setdefault(drug, []).append((begin, position, row["therapy"], row))
            else:
                spans.setdefault(drug, []).append((0, 0, row["therapy"], row))
    therapies = []
    for drug, intervals in spans.items():
        merged: list[list[int]] = []
        for begin, end, _, _ in sorted(intervals, key=lambda i: i[:2]):
            if merged and begin <= merged[-1][1]:
                merged[-1][1] = max(end, merged[-1][1])
            else:
                merged.append([begin, end])
        given_as, source = intervals[0][2], str(intervals[0][3].place)
        for begin, end in merged:
            start, stop = days[orders[begin]], days[orders[end]] if end > begin else None
            order = orders[begin] if start is None else None
            therapies.append(Therapy(rows[0]["patient"], drug, given_as, start, stop, source, order))
    return _sorted(therapies, ledger, ())


def _day(row: SheetRow, column: str, axis: Axis, ledger: Ledger) -> int | None:
    """The day of a start or stop on the patient's axis, or None."""
    time = row.times.get(column)
    if time is None:
        return None
    if axis.kind == "roles":
        ledger.refuse(
            row.place,
            column,
            f"the therapy has a day ({time.day if time.date is None else time.date}), but no specimen "
            f"of patient {row['patient']} has one.",
            "",
            "give the specimens a day or date, or leave start and stop empty.",
        )
        return None
    return axis.day(time, row, column, ledger)


def _drugs(row: SheetRow, column: str, drugs: DrugNames, ledger: Ledger) -> list[tuple[str, str]]:
    """(canonical name, as written) of each known drug of a cell; a problem for each unknown one."""
    known = []
    for drug, part in drugs.parts(row[column]):
        if drug:
            known.append((drug, part))
            continue
        near = drugs.suggest(part)
        ledger.refuse(
            row.place,
            column,
            f"the drug {quote(part)} is not known.",
            f"{' or '.join(near)} was meant" if near else "",
            "use its international name, a brand or a code name.",
        )
    return known


def _sorted(therapies: list[Therapy], ledger: Ledger, rows: Sequence[SheetRow]) -> list[Therapy]:
    """By start, then name; the same drug given twice at the same time is a problem."""
    ordered = sorted(therapies, key=lambda t: (t.start is not None, t.start or 0, t.after_order or 0, t.drug, t.source))
    places = {str(row.place): row for row in rows}
    last: dict[str, Therapy] = {}
    for therapy in ordered:
        before = last.get(therapy.drug)
        open_ended = before is not None and (before.stop is None or therapy.start is None)
        if before and (open_ended or (therapy.start or 0) < (before.stop or 0)) and therapy.source in places:
            ledger.refuse(
                places[therapy.source].place,
                "start",
                f"{therapy.drug} begins again while it is still being given ({before.source}).",
                "a row was copied, or the earlier one lacks its stop",
                "correct start or stop, or remove one row.",
            )
        last[therapy.drug] = therapy
    return ordered
