"""Rows of one patient to specimens in order of time."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import replace

from acquired.errors import quote
from acquired.model import Specimen
from acquired.sheets.columns import Column
from acquired.sheets.files import Files
from acquired.sheets.ledger import Ledger
from acquired.sheets.rows import SheetRow
from acquired.sheets.times import Time

_ROLE = re.compile(r"(baseline|follow[-_ ]?up)(?:[-_ ]?(\d{1,3}))?\Z", re.IGNORECASE)


class Axis:
    """The time axis of one patient: its days as given, or the days from the earliest dated specimen.

    kind: "days", "dates" or "roles" (no time is given at all).
    """

    def __init__(self, rows: Sequence[SheetRow], ledger: Ledger):
        self.kind, self.zero = "roles", datetime.date.min
        timed = [(row, time) for row in rows if (time := time_of(row)) is not None]
        if not timed:
            return
        self.kind = "days" if timed[0][1].date is None else "dates"
        self.zero = min((time.date for _, time in timed if time.date), default=datetime.date.min)
        for row, time in timed:
            if "date" in row.times and "day" in row.times:
                ledger.refuse(row.place, "day", "the row has both a day and a date.", "", "keep one of them.")
            self.day(time, row, "date" if "date" in row.times else "day", ledger)
        if len(timed) < len(rows):
            for row in rows:
                if time_of(row) is None and not row.refused & {"day", "date"}:
                    ledger.refuse(
                        row.place,
                        "date" if "date" in row.place.table.columns and self.kind == "dates" else "day",
                        f"the specimen has no day, but others of the patient have one ({timed[0][0].place}).",
                        "",
                        "give a day (or date) for each specimen of the patient, or for none and roles instead.",
                    )

    def day(self, time: Time, row: SheetRow, column: str, ledger: Ledger) -> int | None:
        """The day on this axis; None, with a problem noted, where days meet dates."""
        if (time.date is None) == (self.kind == "days"):
            return time.day if time.date is None else (time.date - self.zero).days
        ledger.refuse(
            row.place,
            column,
            f"a {'day' if time.date is None else 'date'} ({time.day if time.date is None else time.date}) stands among "
            f"the {self.kind} of patient {row['patient']}.",
            "",
            "use days or dates for all specimens and therapies of a patient.",
        )
        return None


def time_of(row: SheetRow) -> Time | None:
    """When the specimen was taken, as its row says: its date before its day."""
    return row.times.get("date") or row.times.get("day")


def build_specimens(
    rows: Sequence[SheetRow],
    axis: Axis,
    columns: dict[str, Column],
    patient: dict[str, str],
    files: Files,
    ledger: Ledger,
) -> list[Specimen]:
    """The specimens of one patient in order of time. patient: what holds for all of them (build)."""
    made: list[tuple[SheetRow, Specimen]] = []
    for row in rows:
        if row["specimen"]:
            made.append((row, _specimen(row, axis, columns, patient, files, ledger)))
    _check_ids(made, ledger)
    ordered = _by_day(made, ledger) if axis.kind != "roles" else _by_role(made, ledger)
    return sorted(ordered, key=lambda s: (s.order, s.site, s.specimen))


def derive_roles(specimens: Sequence[Specimen], first_start: int | None) -> list[Specimen]:
    """Specimens with the role that they have to the first therapy, where the sheet gives none.

    The last time point on or before `first_start` (day) and all before it are baseline; without a start, the first
    time point is.
    """
    earliest = min((s.order for s in specimens), default=0)
    filled = []
    for s in specimens:
        before = s.order == earliest if first_start is None or s.day is None else s.day <= first_start
        filled.append(s if s.role else replace(s, role="baseline" if before else "follow-up"))
    return filled


def _specimen(
    row: SheetRow, axis: Axis, columns: dict[str, Column], patient: dict[str, str], files: Files, ledger: Ledger
) -> Specimen:
    """One row as a specimen; its order is set later."""
    given: dict[str, str] = {}
    for column in columns.values():
        if column.kind == "file" and row[column.name]:
            found = files.find(row[column.name], row.folder, row.place, column.name, ledger)
            if len(found) > 1:
                ledger.refuse(
                    row.place, column.name, f"{quote(row[column.name])} names several files.", "", "name one."
                )
            elif found:
                given[column.name] = found[0]
    facts = {c.name: row[c.name] for c in columns.values() if c.kind == "fact" and not c.of_patient and row[c.name]}
    variants = files.find(row["variants"], row.folder, row.place, "variants", ledger)
    if not row["variants"] and not (set(given) - {"alignments", "depth"}) and "histology" not in facts:
        ledger.refuse(row.place, "variants", "the specimen has no call file.", "", "name one, or remove the row.")
    time = time_of(row)
    return Specimen(
        patient=row["patient"],
        specimen=row["specimen"],
        variants=tuple(variants),
        role=_role(row, ledger)[0],
        day=None if time is None or axis.kind == "roles" else _quiet_day(axis, time),
        date=time.date.isoformat() if time and time.date else "",
        sample=row["sample"],
        normal=row["normal"],
        assay=row["assay"],
        site=row["site"],
        material=row["material"],
        caller=row["caller"].lower(),
        build=patient.get("build", ""),
        files=given,
        facts=facts,
        source=str(row.place),
    )


def _quiet_day(axis: Axis, time: Time) -> int | None:
    """The day, where it fits the axis; that it does not was told when the axis was made."""
    if (time.date is None) != (axis.kind == "days"):
        return None
    return time.day if time.date is None else (time.date - axis.zero).days


def _role(row: SheetRow, ledger: Ledger | None = None) -> tuple[str, int]:
    """The role and its number (baseline 0, follow-up 1, follow-up 2 …); ("", -1) if there is none."""
    if not row["role"]:
        return "", -1
    match = _ROLE.match(row["role"])
    if match and match[1].lower() == "baseline" and not match[2]:
        return "baseline", 0
    if match and match[1].lower() != "baseline" and match[2] != "0":
        return "follow-up", int(match[2] or 1)
    if ledger:
        ledger.refuse(
            row.place,
            "role",
            f"{quote(row['role'])} is not a role.",
            "",
            "write baseline, follow-up, follow-up 2 and so on, or give days.",
        )
    return "", -1


def _check_ids(made: Sequence[tuple[SheetRow, Specimen]], ledger: Ledger) -> None:
    """Specimen ids are unique, also where letters differ in case only: they become file names."""
    seen: dict[str, SheetRow] = {}
    for row, specimen in made:
        first = seen.setdefault(specimen.specimen.casefold(), row)
        if first is row:
            continue
        same = first["specimen"] == specimen.specimen
        ledger.refuse(
            row.place,
            "specimen",
            f"the specimen {quote(specimen.specimen)} of patient {specimen.patient} is also {first.place}"
            + ("." if same else f", there as {quote(first['specimen'])}."),
            "the row was copied, or one specimen has several call files",
            "give each specimen its own id; several call files of one specimen go into one cell, separated by ';'.",
        )


def _by_day(made: Sequence[tuple[SheetRow, Specimen]], ledger: Ledger) -> list[Specimen]:
    """Order from days. A baseline after a follow-up is a contradiction."""
    days = sorted({s.day for _, s in made if s.day is not None})
    first_follow_up = min((s.day for _, s in made if s.role == "follow-up" and s.day is not None), default=None)
    for row, specimen in made:
        if specimen.role != "baseline" or first_follow_up is None or specimen.day is None:
            continue
        if specimen.day >= first_follow_up:
            ledger.refuse(
                row.place,
                "role",
                f"the baseline (day {specimen.day}) is not before the first follow-up (day {first_follow_up}).",
                "role or day is wrong",
                "correct one of them, or leave the role out: days are enough.",
            )
    return [replace(s, order=days.index(s.day) if s.day is not None else 0) for _, s in made]


def _by_role(made: Sequence[tuple[SheetRow, Specimen]], ledger: Ledger) -> list[Specimen]:
    """Order from roles: numbers, not gaps, count. Two rows of one role must differ in site."""
    if len(made) == 1:
        return [replace(made[0][1], order=0)]
    numbers = sorted({number for row, _ in made if (number := _role(row)[1]) >= 0})
    sites: dict[tuple[int, str], SheetRow] = {}
    ordered = []
    for row, specimen in made:
        number = _role(row)[1]
        if number < 0:
            if not row["role"] and not row.refused & {"role", "day", "date"}:
                ledger.refuse(
                    row.place,
                    "role",
                    f"nothing says when the specimen was taken, and patient {specimen.patient} has {len(made)}.",
                    "",
                    "give each a day or date, or a role (baseline, follow-up, follow-up 2).",
                )
            continue
        twin = sites.setdefault((number, specimen.site.casefold()), row)
        if twin is not row:
            ledger.refuse(
                row.place,
                "role",
                f"the role {quote(row['role'])} is also that of specimen {twin['specimen']} ({twin.place}).",
                "",
                "number the follow-ups (follow-up 2), give days, or give each its site if they are of one time.",
            )
        ordered.append(replace(specimen, order=numbers.index(number)))
    return ordered
