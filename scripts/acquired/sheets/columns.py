"""What the columns of a sheet are and which cells they take, as their schema says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from acquired.errors import quote
from acquired.ids import check_id
from acquired.sheets.ledger import Ledger, Place
from acquired.tables import nearest


@dataclass(frozen=True)
class Column:
    """One column: its kind (id, time, files, file, fact, text, note) and what a cell may hold."""

    name: str
    kind: str
    description: str
    values: tuple[str, ...] = ()  # the only values there may be
    synonyms: tuple[tuple[str, str], ...] = ()  # folded spelling -> value
    low: float | None = None  # the cell is a number of at least
    high: float | None = None  # … and at most
    of_patient: bool = False  # all rows of a patient must agree


def load_columns(schema: Path) -> dict[str, Column]:
    """The columns of a sheet by name, from its JSON Schema, in the order in which it lists them."""
    content: dict[str, Any] = yaml.load(schema.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    columns = {}
    for name, given in content["properties"].items():
        values = tuple(given.get("enum", ()))
        synonyms = {value.casefold(): value for value in values}
        synonyms |= {key.casefold(): value for key, value in given.get("x-synonyms", {}).items()}
        columns[name] = Column(
            name,
            given["x-kind"],
            given["description"],
            values,
            tuple(sorted(synonyms.items())),
            given.get("x-minimum"),
            given.get("x-maximum"),
            given.get("x-level") == "patient",
        )
    return columns


def required_columns(schema: Path) -> list[str]:
    """The columns without which a sheet makes no sense."""
    content: dict[str, Any] = yaml.load(schema.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return list(content["required"])


def check_cell(column: Column, value: str, place: Place, ledger: Ledger) -> str:
    """The value as the library knows it; "" with a problem noted where the cell cannot be used."""
    if not value:
        return ""
    if column.kind == "id":
        problem = check_id(value, "", column.name)
        if problem:
            ledger.refuse(place, column.name, problem.what, problem.cause, problem.remedy)
            return ""
    elif column.values:
        known = dict(column.synonyms).get(value.casefold())
        if known is None:
            near = nearest(value, dict(column.synonyms))
            meant = f"{dict(column.synonyms)[near[0]]} was meant" if near else ""
            ledger.refuse(
                place,
                column.name,
                f"{quote(value)} is not a {column.name}.",
                meant,
                f"write one of {', '.join(column.values)}.",
            )
            return ""
        return known
    elif column.low is not None and column.high is not None:
        return _number(column, value, place, ledger)
    return value


def _number(column: Column, value: str, place: Place, ledger: Ledger) -> str:
    """A number within the column's bounds, as text."""
    remedy = f"write a number from {column.low:g} to {column.high:g}, with a decimal point."
    try:
        number = float(value)
    except ValueError:
        cause = "it is a percentage or has a decimal comma" if set(value) & set("%,") else ""
        ledger.refuse(place, column.name, f"{quote(value)} is not a number.", cause, remedy)
        return ""
    if not (column.low or 0) <= number <= (column.high or 0):  # also catches nan
        cause = "it is a percentage" if 1 < number <= 100 else ""
        ledger.refuse(
            place, column.name, f"{quote(value)} is not between {column.low:g} and {column.high:g}.", cause, remedy
        )
        return ""
    return value
