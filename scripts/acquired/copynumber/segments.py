"""Segments and gene rows of a copy-number file, whatever wrote it: tables by resources/dialects/copy_number.yaml."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acquired.copynumber.shared import Account, Symbols, beyond, fold, load_table, naming, number, position
from acquired.errors import InputError, Problem, quote
from acquired.reference import Reference
from acquired.tables import Row, Table


@dataclass(frozen=True)
class Segment:
    """A stretch of one copy number (1-based inclusive), or one gene's row.

    copies: total copies; None where only a ratio is given. log2: log2 of the depth ratio, tumour to normal.
    state: a word the file gives itself, "" without. gene: set where the row is of a gene; its place may then be unknown
    (chrom ""). corrected: the copies are of the tumour cells, purity is already taken out.
    """

    chrom: str
    start: int
    end: int
    copies: float | None = None
    log2: float | None = None
    state: str = ""
    gene: str = ""
    corrected: bool = False
    source: str = ""


def read_table_segments(
    path: Path, sample: str, specimen: str, reference: Reference, symbols: Symbols, dialects: Mapping[str, Any],
    resources: Path, account: Account,
) -> list[Segment]:  # fmt: skip
    """The segments or gene rows of a table. sample, specimen: names to choose by where the file holds several samples.

    Problems of rows are noted in `account`. Raises InputError where the file as a whole cannot be used.
    """
    table = load_table(path, account)
    given = {column.casefold(): column for column in table.columns}
    for row in dialects["tables"]:
        if all(column.casefold() in given for column in row["columns"]):
            dialect = row
            break
    else:
        dialect = _gene_table(table, dialects["genes"], path)
    account.format = dialect["name"]
    names = {k: _columns(dialect[k], given) for k in ("chrom", "start", "end", "copies", "log2", "ratio", "gene",
                                                      "sample", "state") if k in dialect}  # fmt: skip
    rows = _of_sample(table, names.get("sample"), sample, specimen, path, account)
    reader = _Reader(dialect, names, reference, symbols, resources, account)
    found = []
    for line in rows:
        segment = reader.segment(line, table.where(line.line))
        if segment is not None:
            found.append(segment)
            account.kept += 1
    return found


def _columns(wanted: str | list[str], given: Mapping[str, str]) -> list[str]:
    """Columns as the table spells them; [] where one is not there."""
    names = [wanted] if isinstance(wanted, str) else wanted
    return [given[n.casefold()] for n in names] if all(n.casefold() in given for n in names) else []


def _gene_table(table: Table, spellings: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """A dialect for a table of genes in a vendor's own spelling. Raises InputError where it is none."""
    folded = {fold(column): column for column in table.columns}
    dialect: dict[str, Any] = {"name": spellings["name"], "rows": "genes", "base": 1, "states": spellings["states"]}
    for key in ("gene", "copies", "log2", "ratio", "state", "sample", "chrom", "start", "end"):
        column = next((folded[s] for s in spellings[key] if s in folded), "")
        if column:
            dialect[key] = column
    if "gene" not in dialect or not {"copies", "log2", "ratio", "state"} & set(dialect):
        raise InputError(
            Problem(
                f"{path.name} row {table.header_line}",
                f"its columns ({quote(', '.join(table.columns), 200)}) are of no copy-number file that is known.",
                "a file of another kind, or a header that was cut off",
                "give segments (CNVkit, GATK, PURPLE, PureCN, FACETS, ASCAT, Sequenza, SEG), a VCF, or a table with "
                "the columns gene and one of copy_number, log2, fold_change or call.",
            )
        )
    return dialect


def _of_sample(
    table: Table, column: list[str] | None, sample: str, specimen: str, path: Path, account: Account
) -> list[Row]:
    """The rows of this specimen, where the file names samples."""
    if not column:
        account.read = len(table.rows)
        return table.rows
    names = sorted({row[column[0]] for row in table.rows})
    own = next((n for n in (sample, specimen) if n and n in names), "")
    if not own and len(names) > 1:
        raise InputError(
            Problem(
                path.name,
                f"the file holds {len(names)} samples ({quote(', '.join(names), 120)}) and none is called "
                f"{quote(sample or specimen)}.",
                "the sample is named otherwise in this file",
                "name it in the sheet's `sample` column, or give a file of this specimen only.",
            )
        )
    rows = [row for row in table.rows if not own or row[column[0]] == own]
    account.read = len(rows)
    return rows


class _Reader:
    """Rows of one table, one after the other."""

    def __init__(
        self, dialect: Mapping[str, Any], names: Mapping[str, list[str]], reference: Reference, symbols: Symbols,
        resources: Path, account: Account,
    ):  # fmt: skip
        self.dialect, self.names, self.reference, self.symbols = dialect, names, reference, symbols
        self.naming, self.account = naming(resources), account
        self.states = {
            str(word).casefold(): state for state, words in dialect.get("states", {}).items() for word in words
        }

    def _cell(self, row: Row, key: str) -> str:
        return row[self.names[key][0]] if self.names.get(key) else ""

    def _where(self, key: str, where: str) -> str:
        """A row's cell, as a message names it: by its column, if the file has one."""
        return f"{where}, column {self.names[key][0]}" if self.names.get(key) else where

    def _number(self, row: Row, key: str, where: str) -> float | None:
        """A number; the sum where the dialect names several columns."""
        values = [number(row[c], f"{where}, column {c}", key, self.account) for c in self.names.get(key, [])]
        known = [v for v in values if v is not None]
        return sum(known) if known and len(known) == len(values) else None

    def segment(self, row: Row, where: str) -> Segment | None:
        """The segment of a row; None where it was set aside or refused."""
        noted = len(self.account.problems)
        gene = ""
        if self.dialect.get("rows") == "genes":
            gene = self.symbols.resolve(
                self._cell(row, "gene"), f"{where}, column {self.names['gene'][0]}", self.account
            )
        copies, log2 = self._number(row, "copies", where), self._number(row, "log2", where)
        ratio = self._number(row, "ratio", where)
        if log2 is None and ratio is not None and ratio > 0:
            log2 = math.log2(ratio)
        chrom, start, end = "", 0, 0
        if self._cell(row, "chrom"):
            place = self._place(row, where)
            if place is None:
                return None
            chrom, start, end = place
        word = self._cell(row, "state").casefold()
        state = self.states.get(word, "")
        if len(self.account.problems) > noted:
            return None
        if copies is not None and copies < 0:
            self.account.refuse(where, f"the copy number {copies:g} is negative.", "", "correct the row.")
            return None
        if copies is None and log2 is None and not state:
            reason = f"the state {quote(word)} is not known" if word else "neither copies nor a ratio"
            self.account.leave(reason, where)
            return None
        corrected = bool(self.dialect.get("corrected"))
        return Segment(chrom, start, end, copies, log2, state, gene, corrected, self.dialect["name"])

    def _place(self, row: Row, where: str) -> tuple[str, int, int] | None:
        name = self._cell(row, "chrom")
        chrom = self.naming.place(name).chrom
        if not chrom:
            self.account.leave("not on a chromosome of the primary assembly", f"{name} ({where})")
            return None
        start = position(self._cell(row, "start"), self._where("start", where), "start", self.account)
        end = position(self._cell(row, "end"), self._where("end", where), "end", self.account)
        if start is None or end is None:
            return None
        start += 1 - self.dialect["base"]
        if end < start:
            # seen in real files of overlapping amplicons: where it lies is not known
            self.account.leave("the segment ends before it starts", f"{chrom}:{start}-{end} ({where})")
            return None
        return None if beyond(chrom, end, self.reference, where, self.account) else (chrom, start, end)
