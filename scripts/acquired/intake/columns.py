"""Which sample column is the specimen's, and which its matched normal's: by sheet, header or name.

Only where none of these tells may the reads do (`guess`), in files that look like a tumour and its normal and nothing
else; the guess is said.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from acquired.errors import InputError, Problem, quote
from acquired.intake.dialects import Dialect
from acquired.intake.header import Header
from acquired.intake.readings import Doubt, Layout
from acquired.model import Specimen


def choose(
    header: Header, specimen: Specimen, dialect: Dialect, table: dict[str, Any], where: str
) -> tuple[int, int, str]:
    """Numbers of the specimen's and the normal's sample column (0-based; -1: none), and how the first was found.

    where: the file's name. Raises InputError where the named column is missing, or several columns could be meant.
    """
    names = header.samples
    normal, _ = _normal(names, header, specimen, table, where)
    if specimen.sample:
        chosen = _named(names, specimen.sample, "sample", specimen, where)
        return chosen, _other(chosen, normal, names, dialect), "sheet"
    if not names:
        return -1, -1, "no sample column: sites only"
    if len(names) == 1:
        return 0, -1, "the only column"
    for chosen, source in (
        (_exact(names, specimen.specimen), "column with the specimen's id"),
        (_by_header(names, header, table["columns"]["tumour_header"]), "header"),
        (_by_name(names, table["columns"]["tumour_names"]), "column name"),
        (1 - normal if len(names) == 2 and normal >= 0 else -1, "the column that is not the normal"),
        (
            0 if len(names) == 2 and dialect.tumour_column == "first" else -1,
            f"first column, as {dialect.name} writes pairs",
        ),
    ):
        if chosen >= 0 and chosen != normal:
            return chosen, _other(chosen, normal, names, dialect), source
    raise InputError(
        Problem(
            where,
            f"the file has {len(names)} sample columns and nothing says which is this specimen's: {_list(names)}.",
            "a multi-sample file without a `sample` in the sheet",
            f"write the column's name into `sample` for specimen {specimen.specimen}.",
        )
    )


#: For a guess: records with reads in both columns, and how they must differ. A file that two tumour specimens share
#: does not look like this: in a normal nearly every somatic record has next to no read of the alternative.
_GUESS_RECORDS, _GUESS_SHARE, _GUESS_NORMAL, _GUESS_TUMOUR = 10, 0.9, 0.02, 0.05
GUESS = "a guess by read counts"


def guess(
    header: Header, specimen: Specimen, dialect: Dialect, table: dict[str, Any], records: Iterable[tuple[int, str]]
) -> tuple[int, int, str] | None:
    """What `choose` gives, by the reads of the first 5,000 records; None where they do not tell.

    Of two columns one must have at most 2 % of its reads with the alternative in nine tenths of the records and the
    other at least 5 % there, in 10 records or more. Never for a specimen whose sheet row names a column.
    """
    if specimen.sample or specimen.normal or len(header.samples) != 2:
        return None
    layouts: dict[str, Layout] = {}
    seen, fits = 0, [0, 0]
    for _, line in islice(records, 5000):
        fields = line.split("\t")
        if len(fields) != 11 or "," in fields[4] or not fields[4].isalpha():
            continue
        layout = layouts.get(fields[8])
        if layout is None:
            layout = layouts[fields[8]] = Layout(fields[8], dialect, table)
        shares = [_share(layout, fields, 9 + column) for column in (0, 1)]
        if shares[0] is None or shares[1] is None:
            continue
        seen += 1
        for column in (0, 1):
            mine, other = shares[column], shares[1 - column]
            fits[column] += mine is not None and other is not None and mine >= _GUESS_TUMOUR and other <= _GUESS_NORMAL
    for column in (0, 1):
        if seen >= _GUESS_RECORDS and fits[column] >= _GUESS_SHARE * seen:
            return column, 1 - column, GUESS
    return None


def guessed(header: Header, chosen: tuple[int, int, str], where: str, specimen: str) -> str:
    """The warning that goes with a guess."""
    names = header.samples
    return (
        f"Nothing says which column of {where} is specimen {specimen}. By the reads alone, "
        f"{quote(names[chosen[0]], 40)} was taken for the tumour and {quote(names[chosen[1]], 40)} for its normal: "
        "this is a guess. "
        "Write the column's name into `sample`."
    )


def _share(layout: Layout, fields: list[str], at: int) -> float | None:
    """The fraction of the alternative in one column; None where depth or reads are not known, or fewer than 8."""
    values = fields[at].split(":")
    values += ["."] * (layout.width - len(values))
    for read in layout.readings:
        try:
            found = read(values, "", fields[3], fields[4], 1, 1)
        except Doubt:
            continue
        if found is not None:
            return found.vaf if found.depth is not None and found.depth >= 8 else None
    return None


def _other(chosen: int, normal: int, names: list[str], dialect: Dialect) -> int:
    """The normal's column: never the specimen's own; the second of a pair where the dialect fixes the order."""
    if normal < 0 and chosen == 0 and len(names) == 2 and dialect.tumour_column == "first":
        return 1
    return normal if normal != chosen else -1


def _normal(names: list[str], header: Header, specimen: Specimen, table: dict[str, Any], where: str) -> tuple[int, str]:
    if specimen.normal:
        return _named(names, specimen.normal, "normal", specimen, where), "sheet"
    if len(names) < 2:
        return -1, ""
    found = _by_header(names, header, table["columns"]["normal_header"])
    return (found, "header") if found >= 0 else (_by_name(names, table["columns"]["normal_names"]), "column name")


def _named(names: list[str], wanted: str, column: str, specimen: Specimen, where: str) -> int:
    found = _exact(names, wanted)
    if found >= 0:
        return found
    near = difflib.get_close_matches(wanted, names, 3, 0.5)
    hint = f" Nearest: {_list(near)}." if near else ""
    raise InputError(
        Problem(
            where,
            f"the sheet names the {column} column {quote(wanted)}, which the file does not have; "
            f"it has {_list(names) or 'none'}.{hint}",
            "a spelling mistake, or the wrong file",
            f"correct `{column}` for specimen {specimen.specimen}.",
        )
    )


def _exact(names: list[str], wanted: str) -> int:
    if wanted in names:
        return names.index(wanted)
    stripped = [name.strip() for name in names]
    return stripped.index(wanted.strip()) if wanted.strip() in stripped else -1


def _by_header(names: list[str], header: Header, patterns: list[str]) -> int:
    text = "\n".join(header.lines)
    for pattern in patterns:
        told = {match.strip().strip('"') for match in re.findall(pattern, text, re.MULTILINE)} & set(names)
        if len(told) == 1:
            return names.index(told.pop())
    return -1


def _by_name(names: list[str], patterns: list[str]) -> int:
    for pattern in patterns:
        told = [number for number, name in enumerate(names) if re.search(pattern, name)]
        if len(told) == 1:
            return told[0]
    return -1


def _list(names: list[str]) -> str:
    shown = ", ".join(quote(name, 40) for name in names[:20])
    return shown + (f" and {len(names) - 20} more" if len(names) > 20 else "")
