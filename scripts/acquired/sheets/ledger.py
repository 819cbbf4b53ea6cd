"""Everything wrong with the sheets, collected while reading and told at once in the order of the sheets."""

from __future__ import annotations

from dataclasses import dataclass, field

from acquired.errors import InputError, Problem
from acquired.tables import Table

#: At most so many problems are printed; the rest are counted. Ten thousand lines help nobody.
MAX_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a sheet: the table, its number among the sheets, and the line."""

    table: Table
    sheet: int
    line: int

    def __str__(self) -> str:
        return self.table.where(self.line)


@dataclass
class Ledger:
    """Problems and warnings with their place; `close` raises if there is any problem."""

    problems: list[tuple[tuple[int, int, int, int], Problem]] = field(default_factory=list)
    warnings: list[tuple[tuple[int, int, int, int], Problem]] = field(default_factory=list)

    def refuse(self, place: Place, column: str, what: str, cause: str = "", remedy: str = "") -> None:
        """Note a problem with a cell (or, with no column, with a row)."""
        self._note(self.problems, place, column, what, cause, remedy)

    def warn(self, place: Place, column: str, what: str, cause: str = "", remedy: str = "") -> None:
        """Note something that is accepted but that the person should know."""
        self._note(self.warnings, place, column, what, cause, remedy)

    def adopt(self, table: Table, sheet: int) -> None:
        """Take over what reading a table found."""
        self.problems += [((sheet, 0, 0, len(self.problems) + i), p) for i, p in enumerate(table.problems)]
        self.warnings += [((sheet, 0, 0, len(self.warnings) + i), w) for i, w in enumerate(table.warnings)]

    def add(self, problem: Problem) -> None:
        """Note a problem that belongs to no sheet; it comes first."""
        self.problems.append(((-1, 0, 0, len(self.problems)), problem))

    def close(self) -> list[Problem]:
        """The warnings in the order of the sheets. Raises InputError with the problems in that order."""
        problems = [problem for _, problem in sorted(self.problems, key=lambda item: item[0])]
        if len(problems) > MAX_SHOWN:
            more = len(problems) - MAX_SHOWN
            problems = [*problems[:MAX_SHOWN], Problem("sheets", f"{more} more problems are not shown.")]
        if problems:
            raise InputError(*problems)
        return [warning for _, warning in sorted(self.warnings, key=lambda item: item[0])]

    @staticmethod
    def _note(
        notes: list[tuple[tuple[int, int, int, int], Problem]],
        place: Place,
        column: str,
        what: str,
        cause: str,
        remedy: str,
    ) -> None:
        columns = place.table.columns
        index = columns.index(column) if column in columns else len(columns)
        problem = Problem(place.table.where(place.line, column), what, cause, remedy)
        notes.append(((place.sheet, place.line, index, len(notes)), problem))
