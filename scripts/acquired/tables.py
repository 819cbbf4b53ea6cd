"""The one place where tables are read: sheets, catalogue files, lab tables.

A table is text with one header line. What people and Excel make of such files is accepted where the
meaning is certain (delimiter, byte-order mark, UTF-16, CRLF, quotes, trailing blanks) and refused
with the line number where it is not (NUL bytes, binary content, a cell with no column, two columns
of one name). Nothing is skipped in silence: blank lines and lines that begin with `#` are the only
ones that carry no row.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from acquired.errors import InputError, Problem, quote
from acquired.unpack import long_number

#: Larger files are no tables of ours; reading one would only fill the memory.
MAX_BYTES = 64 * 2**20

#: A cell costs about 100 bytes of memory and a microsecond: an expression table of 60,000 genes and 80 samples fits.
MAX_CELLS = 5_000_000

#: At most so many problems of one kind are told for one table; the rest are counted.
MAX_SHOWN = 20

_DELIMITERS = {"\t": "tab", ",": "comma", ";": "semicolon"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_MAGIC = (
    (b"PK\x03\x04", "an Excel workbook or another ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "gzip-compressed"),
    (b"%PDF", "a PDF"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_INVISIBLE = "\ufeff\u200b\u200e\u200f\u2060"
_SAVE_AS = "save the sheet as tab-delimited text (UTF-8) and name that file."


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line of the file it begins on (1-based, the header counts) and its cells by column."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """The stripped text of a cell; empty where the table has no such column or the row ends before it."""
        return self.cells.get(column, "")


@dataclass
class Table:
    """A table as read. Where something must be mended `problems` is not empty; the readable rows are still there."""

    label: str
    columns: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    header_line: int = 0
    encoding: str = ""
    delimiter: str = ""
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def refuse(self, where: str, what: str, cause: str = "", remedy: str = "") -> None:
        """Note a problem of this table."""
        self.problems.append(Problem(where, what, cause, remedy))

    def where(self, line: int, column: str = "") -> str:
        """How a place in this table is named in a message."""
        return f"{self.label} row {line}" + (f", column {column}" if column else "")


def read_table(
    path: Path, known: Sequence[str] | None = None, required: Sequence[str] = (), label: str | None = None
) -> Table:
    """Read `path` (see `scan_table`). Raises InputError with every problem of the file."""
    table = scan_table(path, known, required, label)
    if table.problems:
        raise InputError(*table.problems)
    return table


def scan_table(
    path: Path, known: Sequence[str] | None = None, required: Sequence[str] = (), label: str | None = None
) -> Table:
    """Read a table and collect its problems instead of raising them.

    known: the columns there may be; others are a problem with the nearest name. Names are then compared
    without regard to case, with blanks and hyphens as underscores. None: any column, names taken as they are.
    required: columns there must be. label: the file's name in messages (default: the path as given).
    """
    table = Table(label or str(path))
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "Is a directory")
        if not path.is_file():
            raise FileNotFoundError(2, "No such file")
        if path.stat().st_size > MAX_BYTES:
            table.refuse(
                table.label,
                f"the file is larger than {MAX_BYTES >> 20} MB.",
                "it is not a table",
                "name a table, or split it into several.",
            )
            return table
        data = path.read_bytes()
    except OSError as error:
        table.refuse(
            table.label, f"the table cannot be read: {error.strerror}.", "", "check the name and its permissions."
        )
        return table
    return parse_table(data, table.label, known, required)


def parse_table(data: bytes, label: str, known: Sequence[str] | None = None, required: Sequence[str] = ()) -> Table:
    """`scan_table` for bytes that are already there."""
    table = Table(label)
    text = _decode(data, table)
    if text is None:
        return table
    lines = list(_records(text, table, known))
    if not lines:
        if not table.problems:
            table.refuse(label, "the table is empty.", "", "give it a header line and rows, or remove it.")
        return table
    table.header_line, header = lines[0]
    names = _header(header, table, known, required)
    table.columns = tuple(name for name in names if name)
    misplaced: list[Problem] = []
    for line, cells in lines[1:]:
        for index in range(len(cells)):
            if cells[index] and (index >= len(names) or not names[index]):
                misplaced.append(
                    Problem(
                        table.where(line),
                        f"cell {index + 1} holds {quote(cells[index])} but has no column name above it.",
                        f"the row has a {_DELIMITERS[table.delimiter]} too many",
                        "remove the cell, or name its column.",
                    )
                )
                break
        table.rows.append(Row(line, {name: cell for name, cell in zip(names, cells, strict=False) if name}))
    table.problems += misplaced[:MAX_SHOWN]
    if len(misplaced) > MAX_SHOWN:
        table.refuse(label, f"{len(misplaced) - MAX_SHOWN} more rows have cells without a column.")
    return table


def nearest(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The names of `known` that `name` was probably meant to be, nearest first, compared without case."""
    folded: dict[str, str] = {}
    for candidate in known:
        folded.setdefault(candidate.casefold(), candidate)
    return [folded[m] for m in difflib.get_close_matches(name.casefold()[:100], list(folded), count, 0.6)]


def _decode(data: bytes, table: Table) -> str | None:
    """The text of the file, or None with a problem noted."""
    for magic, what in _MAGIC:
        if data.startswith(magic):
            table.refuse(table.label, f"the file is {what}, not a text table.", "", _SAVE_AS)
            return None
    codec, name = next(((c, n) for bom, c, n in _BOMS if data.startswith(bom)), ("utf-8", "UTF-8"))
    if codec != "utf-16" and b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        table.refuse(
            table.where(line),
            "the line holds a NUL byte.",
            "the file is binary, damaged or UTF-16 without a byte-order mark",
            _SAVE_AS,
        )
        return None
    try:
        text = data.decode(codec)
        table.encoding = name
    except UnicodeDecodeError as error:
        text = _legacy(data, codec, error.start, table) or ""
        if not text:
            return None
    if long_number(text.encode("ascii", "replace")):
        table.refuse(table.label, "the file holds a number of some thousand digits.", "it is damaged", _SAVE_AS)
        return None
    bad = _CONTROL.search(text)
    if bad:
        line = len(text[: bad.start()].splitlines()) or 1
        table.refuse(
            table.where(line),
            f"the line holds the control character {quote(bad.group())}.",
            "the file is binary or damaged",
            _SAVE_AS,
        )
        return None
    return text


def _legacy(data: bytes, codec: str, start: int, table: Table) -> str | None:
    """Text in Windows' western encoding, with a warning that names the first line that needed it."""
    line = data[:start].count(b"\n") + 1
    try:
        if codec == "utf-16":
            raise UnicodeError
        text = data.removeprefix(codecs.BOM_UTF8).decode("cp1252")
        if _CONTROL.search(text):
            raise UnicodeError
    except UnicodeError:
        where = table.label if codec == "utf-16" else table.where(line)
        what = (
            "the file ends within a character."
            if codec == "utf-16"
            else "the line holds bytes that are not text in UTF-8."
        )
        table.refuse(where, what, "the file is binary, damaged or cut off", _SAVE_AS)
        return None
    table.encoding = "cp1252"
    table.warnings.append(
        Problem(
            table.where(line),
            "the line is not UTF-8; the file was read as Windows-1252.",
            "it was saved by an older Excel",
            "save it as UTF-8 text if letters such as “ä” look wrong.",
        )
    )
    return text


def _records(text: str, table: Table, known: Sequence[str] | None) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold cells, each with the number of the line it begins on; the header is the first."""
    first = 1
    if text[:4].lower() == "sep=":  # Excel's own hint
        text, first = text.partition("\n")[2], 2
    table.delimiter = _delimiter(text, known)
    if text.count(table.delimiter) + text.count("\n") > MAX_CELLS:
        what = f"the table has more than {MAX_CELLS:,} cells."
        table.refuse(table.label, what, "it is of a whole cohort, or no table", "give this patient's rows or columns.")
        return
    # newline="" keeps the line ends, so that a lone CR counts as a line too
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=table.delimiter, strict=True, skipinitialspace=True)
    begun, header_seen = first, False
    try:
        for cells in reader:
            line, begun = begun, reader.line_num + first
            if not cells:
                continue
            if cells[0].startswith("#") and (header_seen or not _is_header(cells[0], known)):
                continue
            stripped = [cell.strip().strip(_INVISIBLE).strip() for cell in cells]
            if not any(stripped):
                continue
            header_seen = True
            yield line, stripped
    except csv.Error as error:
        table.refuse(
            table.where(begun),
            f"the line cannot be split into cells: {quote(error)}.",
            'a quotation mark (") is opened and not closed, or stands within a cell',
            "remove the quotation marks.",
        )


def _is_header(cell: str, known: Sequence[str] | None) -> bool:
    """Whether a first cell such as `#patient` is a header written as a comment."""
    return known is not None and _fold(cell.lstrip("# ")) in known


def _delimiter(text: str, known: Sequence[str] | None) -> str:
    """The delimiter that makes the most of the header line: known names first, then cells."""
    best, score = "\t", (0, 1)
    lines = (line for line in text.splitlines() if line.strip(" \t,;\ufeff"))
    heads = (line for line in lines if not line.startswith("#") or _is_header(re.split("[\t,;]", line)[0], known))
    head = next(heads, "")
    for delimiter in _DELIMITERS:
        cells = [cell.strip().strip('"').lstrip("#").strip() for cell in head.split(delimiter)]
        found = len({_fold(cell) for cell in cells} & set(known)) if known else 0
        if (found, len(cells)) > score:
            best, score = delimiter, (found, len(cells))
    return best


def _fold(name: str) -> str:
    return re.sub(r"[\s\-]+", "_", name.strip().strip(_INVISIBLE)).lower()


def _header(cells: list[str], table: Table, known: Sequence[str] | None, required: Sequence[str]) -> list[str]:
    """Column names as the code knows them; empty for those that cannot be used."""
    where = table.where(table.header_line)
    names: list[str] = []
    for index, cell in enumerate(cells):
        name = cell
        if index == 0 and cell.startswith("#"):
            name = cell.lstrip("# ")
        if known is not None:
            name = _fold(name)
            if name and name not in known:
                near = nearest(name, known)
                table.refuse(
                    where,
                    f"the column {quote(cell)} is not known.",
                    f"{quote(near[0])} was meant" if near else "",
                    f"rename or remove it; known columns are {', '.join(known)}.",
                )
        if name and name in names:
            table.refuse(
                where,
                f"the column {quote(name)} is there twice (cells {names.index(name) + 1} and {index + 1}).",
                "",
                "keep one of them.",
            )
        names.append(name)
    missing = [name for name in required if name not in names]
    if missing:
        hint = "the first line is not a header" if known and not set(names) & set(known) else ""
        table.refuse(
            where,
            f"the table lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}.",
            hint,
            f"add {'them' if len(missing) > 1 else 'it'} to the header line.",
        )
    return names
