"""What the rooms of the other alterations share: tables in any packing, numbers that are checked, gene symbols."""

from __future__ import annotations

import gzip
import math
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from acquired.errors import InputError, Problem, quote
from acquired.intake.contigs import Naming
from acquired.intake.dialects import read_tables
from acquired.reference import Reference
from acquired.reference.core import contig_table
from acquired.tables import MAX_BYTES, Table, parse_table

#: At most so many problems of one file are told; the rest are counted.
MAX_PROBLEMS = 20
_MISSING = frozenset({"", ".", "na", "nan", "n/a", "null", "none", "-nan", "inf", "-inf"})
_SYMBOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9@._/-]{0,39}\Z")


@dataclass
class Account:
    """What became of the rows of one file. read: rows or records; kept: those that said something.

    set_aside: reason to count and up to five examples. warnings: sentences for the reader.
    """

    kind: str
    path: str
    format: str = ""
    read: int = 0
    kept: int = 0
    set_aside: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def leave(self, reason: str, example: str) -> None:
        """Set a row aside, with its reason."""
        count, examples = self.set_aside.get(reason, (0, []))
        self.set_aside[reason] = count + 1, [*examples, example][:5]

    def warn(self, text: str) -> None:
        """Tell the reader something, once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def refuse(self, where: str, what: str, cause: str = "", remedy: str = "") -> None:
        """Note a problem; all are raised together by `close`."""
        self.problems.append(Problem(where, what, cause, remedy))

    def close(self) -> None:
        """Raise InputError with what was noted; and tell a defect of ours where the sums do not agree."""
        if self.problems:
            shown = self.problems[:MAX_PROBLEMS]
            if len(self.problems) > len(shown):
                shown.append(Problem(self.path, f"{len(self.problems) - len(shown)} more problems of this file."))
            raise InputError(*shown)
        aside = sum(count for count, _ in self.set_aside.values())
        if self.read != self.kept + aside:
            raise AssertionError(f"{self.path}: {self.read} read, {self.kept} kept, {aside} set aside")

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "kind": self.kind,
            "path": self.path,
            "format": self.format,
            "read": self.read,
            "kept": self.kept,
            "set_aside": [
                {"reason": reason, "count": count, "examples": examples}
                for reason, (count, examples) in sorted(self.set_aside.items())
            ],
            "warnings": self.warnings,
        }


def load_bytes(path: Path) -> bytes:
    """The content of a table, unpacked where it is gzip. Raises InputError where it cannot be had or is too large."""
    where = path.name
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        raise InputError(
            Problem(where, f"the file cannot be read: {error.strerror}.", "", "check its name and permissions.")
        ) from None
    if data is not None and data.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(path) as packed:
                data = packed.read(MAX_BYTES + 1)
        except (OSError, EOFError, zlib.error):
            raise InputError(
                Problem(where, "the compressed file is damaged or ends too early.", "", "copy or make it again.")
            ) from None
    if data is None or len(data) > MAX_BYTES:
        raise InputError(
            Problem(where, f"the file is larger than {MAX_BYTES >> 20} MB.", "it is another file", "name the table.")
        )
    if not data.strip():
        raise InputError(
            Problem(where, "the file is empty.", "the program or a copy failed half-way", "make or copy it again.")
        )
    return data


def load_table(path: Path, account: Account) -> Table:
    """A table of a program or vendor. `@`, `##` and `# ` lines before the header are left out; its `#` is taken off.

    Raises InputError with every problem of its shape.
    """
    data = load_bytes(path)
    kept: list[bytes] = []
    header_seen = False
    for line in data.split(b"\n"):
        # left-out lines stay as blank ones, so that line numbers hold
        if not header_seen and line.startswith((b"@", b"##", b"# ")):
            line = b""
        elif not header_seen and line.strip():
            header_seen = True
            line = line.removeprefix(b"#")
        kept.append(line)
    table = parse_table(b"\n".join(kept), path.name)
    if table.problems:
        raise InputError(*table.problems)
    for warning in table.warnings:
        account.warn(f"{warning.where}: {warning.what}")
    return table


def fold(name: str) -> str:
    """A column's name without case, blanks, `_`, `-` and `.`."""
    return re.sub(r"[\s_.\-]+", "", name).casefold()


def number(text: str, where: str, what: str, account: Account) -> float | None:
    """A finite number, or None where the cell is empty or says it has none; a problem is noted for anything else."""
    value = text.strip()
    if value.casefold() in _MISSING:
        return None
    try:
        result = float(value)
    except ValueError:
        if re.fullmatch(r"[-+]?\d+,\d+", value):
            cause, remedy = "a decimal comma", "write decimal points (1.58, not 1,58)."
        elif value.endswith("%"):
            cause, remedy = "a per cent sign", "write the number itself."
        else:
            cause, remedy = "cells that slipped into another column", "correct the cell."
        account.refuse(where, f"the {what} {quote(text)} is not a number.", cause, remedy)
        return None
    return result if math.isfinite(result) else None


def position(text: str, where: str, what: str, account: Account) -> int | None:
    """A place on a chromosome as a whole number, 0 or more; a problem is noted for anything else."""
    value = number(text, where, what, account)
    if value is None and text.strip().casefold() not in _MISSING:
        return None  # told already
    if value is None or value != int(value) or value < 0:
        account.refuse(where, f"the {what} {quote(text)} is no position.", "", "give a whole number.")
        return None
    return int(value)


class Symbols:
    """Gene symbols in use, and what older ones and dates stand for (resources/dialects/gene_symbols.tsv)."""

    def __init__(self, resources: Path, genes: Iterable[str]):
        """genes: symbols in use; what the table says never shadows one of them."""
        from acquired.vendors.symbols import Symbols as Spellings  # that room calls this one

        self._spellings = Spellings(resources / "dialects" / "gene_symbols.tsv")
        self._known = frozenset(genes)

    def resolve(self, text: str, where: str, account: Account) -> str:
        """The symbol in use for `text`; "" with a problem noted where it is none.

        An older symbol is translated, and the account says so. A date (1-Mar) that may be one of several symbols is
        refused.
        """
        name = text.strip()
        if name in self._known:
            return name
        newer = self._spellings.current(name)
        if not newer:
            account.refuse(
                where,
                f"the gene {quote(text)} is a date, and which symbol it was cannot be told.",
                "a spreadsheet turned a symbol such as MARCH1 or MARC1 into a date",
                "import the column as text, or write the symbol in use (MARCHF1, MTARC1).",
            )
            return ""
        if not _SYMBOL.match(newer):
            account.refuse(where, f"the gene {quote(text)} is no gene symbol.", "", "write one HGNC symbol.")
            return ""
        if newer != name:
            account.warn(f"The gene {quote(name)} was read as {newer}.")
        return newer.upper() if newer.upper() in self._known else newer


@lru_cache(maxsize=4)
def naming(resources: Path) -> Naming:
    """How files name the chromosomes."""
    return Naming(read_tables(resources / "dialects")[1], contig_table(resources))


def beyond(chrom: str, end: int, reference: Reference, where: str, account: Account) -> bool:
    """Whether a place lies beyond the end of its chromosome; noted as a problem."""
    length = reference.contigs.get(chrom, 0)
    if end <= length:
        return False
    account.refuse(
        where,
        f"{chrom}:{end:,} lies beyond the end of {chrom} in {reference.build} ({length:,}).",
        "the file is on another genome build",
        "give the file of the build that the calls are on.",
    )
    return True
