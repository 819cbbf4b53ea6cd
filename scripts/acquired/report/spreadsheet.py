"""Cells that a spreadsheet program opens as text, whatever they hold."""

from __future__ import annotations

from collections.abc import Iterable

#: A cell that begins so is taken for a formula by Excel, LibreOffice or Google Sheets (OWASP, "CSV injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: object) -> str:
    """`value` as one cell of a tab-separated table: no tab, no line break, and never a formula.

    Text that begins like a formula gets an apostrophe in front. Numbers stay numbers (they cannot be formulas);
    None is an empty cell.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    guard = "'" if text.startswith(_FORMULA) else ""
    # Blanks before a formula are skipped by some programs, and other line separators break rows in others.
    if not guard and text.lstrip().startswith(_FORMULA):
        guard = "'"
    return guard + " ".join(text.split())


def table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A tab-separated table with a header line and a line feed after each row."""
    lines = ["\t".join(columns)]
    lines += ["\t".join(cell(value) for value in row) for row in rows]
    return "\n".join(lines) + "\n"
