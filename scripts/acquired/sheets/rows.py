"""Rows of all sheets of a kind, read and checked cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from acquired.errors import Problem, quote
from acquired.sheets.columns import Column, check_cell
from acquired.sheets.ledger import Ledger, Place
from acquired.sheets.times import BadTimeError, Time, parse_time
from acquired.tables import scan_table


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: where it stands, the folder its paths start from, its checked cells and its times by column.

    refused: columns whose cell could not be used, so that what is missing for this reason is not told again.
    """

    place: Place
    folder: Path
    cells: dict[str, str]
    times: dict[str, Time]
    refused: frozenset[str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def find_sheets(patterns: str | Sequence[str], workdir: Path) -> list[Path]:
    """The files that match, each once, sorted; a pattern may also be a plain path. One that cannot match finds none."""
    found: set[Path] = set()
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        root = Path(Path(pattern).anchor) if Path(pattern).is_absolute() else workdir
        try:
            found.update(root.glob(str(Path(pattern).relative_to(root)) if root is not workdir else pattern))
        except (ValueError, IndexError, OSError):  # such as "**.tsv", or the root folder itself
            continue
    return sorted(found)


def read_sheets(
    sheets: Sequence[Path], columns: dict[str, Column], required: Sequence[str], root: Path, first: int, ledger: Ledger
) -> list[SheetRow]:
    """Every row of the sheets that has a usable patient. Problems are noted, not raised.

    root: names of sheets are shown relative to it. first: number of the first sheet, for the order of problems.
    """
    rows = []
    for number, path in enumerate(sheets, first):
        label = str(path.relative_to(root)) if path.is_relative_to(root) else path.name
        table = scan_table(path, list(columns), required, label)
        ledger.adopt(table, number)
        present = [columns[name] for name in table.columns if name in columns]
        for row in table.rows:
            place = Place(table, number, row.line)
            cells, times, refused = {}, {}, set()
            for column in present:
                raw = row[column.name]
                if not raw:
                    if column.name in required:
                        ledger.refuse(place, column.name, "the cell is empty.", "", f"give the {column.name}.")
                elif column.kind == "time":
                    time = _time(column.name, raw, place, ledger)
                    if time:
                        times[column.name] = time
                    else:
                        refused.add(column.name)
                else:
                    cells[column.name] = check_cell(column, raw, place, ledger)
                    if not cells[column.name]:
                        refused.add(column.name)
            if cells.get("patient"):
                rows.append(SheetRow(place, path.parent, cells, times, frozenset(refused)))
    return rows


def unread_workbooks(workdir: Path) -> list[Problem]:
    """Workbooks in config/ that look like sheets: they are not read, and that must not pass in silence."""
    return [
        Problem(
            f"config/{path.name}",
            "the sheet is an Excel workbook, which is not read.",
            "",
            "save it as tab-delimited text (name.samples.tsv, name.therapies.tsv) and move the workbook away.",
        )
        for path in sorted((workdir / "config").glob("*.xls*"))
        if any(word in path.name.lower() for word in ("samples", "therapies")) and not path.name.startswith("~$")
    ]


def agree(rows: Sequence[SheetRow], column: str, ledger: Ledger) -> str:
    """The value that holds for the patient; "" if no row has one. Rows that disagree are a problem."""
    first: SheetRow | None = None
    for row in rows:
        value = row[column]
        if not value:
            continue
        if first is None:
            first = row
        elif value.casefold() != first[column].casefold():
            ledger.refuse(
                row.place,
                column,
                f"{quote(value)} contradicts {quote(first[column])} of the same patient ({first.place}).",
                "a typing error, or two patients under one id",
                f"give one {column} a patient.",
            )
    return first[column] if first else ""


def _time(column: str, raw: str, place: Place, ledger: Ledger) -> Time | None:
    """The day or date in a cell, or None with a problem noted."""
    try:
        time = parse_time(raw)
    except BadTimeError as error:
        ledger.refuse(place, column, error.what, error.cause, error.remedy)
        return None
    if column == "date" and time.day is not None:
        ledger.refuse(place, column, f"{quote(raw)} is a day, not a date.", "", "put it into the column day.")
        return None
    if time.rewritten:
        ledger.warn(
            place,
            column,
            f"{quote(raw)} is read as the date {time.date}.",
            "Excel wrote the date as its serial number",
            "write dates as year-month-day if this is not what was meant.",
        )
    return time
