"""The catalogue's tables as read, and the checks of cells that several tables share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from acquired.catalogue.records import Claim
from acquired.errors import Problem, quote
from acquired.tables import Row, Table, nearest

_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")


@dataclass
class Sources:
    """The tables as read. `where` names the place of each claim (by id) for later messages."""

    claims: dict[str, Claim] = field(default_factory=dict)
    drugs: dict[str, dict[str, str]] = field(default_factory=dict)
    classes: dict[str, list[str]] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    diseases: dict[str, dict[str, str]] = field(default_factory=dict)
    disease_parents: dict[str, list[str]] = field(default_factory=dict)
    regions: dict[str, dict[str, list[tuple[int, int]]]] = field(default_factory=dict)
    aliases: dict[str, list[tuple[str, int, int, int]]] = field(default_factory=dict)
    activity: dict[str, dict[str, list[dict[str, str]]]] = field(default_factory=dict)
    exclusions: list[dict[str, str]] = field(default_factory=list)
    drug_keys: dict[str, str] = field(default_factory=dict)
    disease_keys: dict[str, str] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)
    withdrawn: list[dict[str, str]] = field(default_factory=list)
    where: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, where: str, what: str, cause: str = "", remedy: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(where, what, cause, remedy))


def split_list(cell: str) -> list[str]:
    """The items of a cell, which `;` stands between."""
    return [item.strip() for item in cell.split(";") if item.strip()]


def unique(row: Row, column: str, seen: dict[str, int], table: Table, out: Sources) -> bool:
    name = row[column]
    if not name:
        out.refuse(table.where(row.line, column), "the cell is empty.", "", f"give the {column}.")
        return False
    if name in seen:
        out.refuse(
            table.where(row.line, column),
            f"{quote(name)} is there twice (first in row {seen[name]}).",
            "a row was copied",
            "keep one of the two rows.",
        )
        return False
    seen[name] = row.line
    return True


def one_of(row: Row, column: str, allowed: Sequence[str], table: Table, out: Sources) -> bool:
    if row[column] in allowed:
        return True
    near = nearest(row[column], allowed, 1)
    out.refuse(
        table.where(row.line, column),
        f"{quote(row[column])} is not one of the words of this column.",
        f"{quote(near[0])} was meant" if near else "",
        f"write one of: {', '.join(allowed)}.",
    )
    return False


def dated(row: Row, column: str, table: Table, out: Sources) -> bool:
    if _DATE.fullmatch(row[column]):
        return True
    out.refuse(table.where(row.line, column), f"{quote(row[column])} is no date.", "", "write it as 2026-11-21.")
    return False


def unknown_gene(table: Table, row: Row, column: str, gene: str, genes: set[str], out: Sources) -> None:
    near = nearest(gene, genes, 3)
    out.refuse(
        table.where(row.line, column),
        f"the gene {quote(gene)} is not known.",
        f"{' or '.join(map(quote, near))} was meant" if near else "an old or unofficial symbol",
        "write the current HGNC symbol, or add the gene to genes.tsv.",
    )


def unknown_drug(table: Table, row: Row, name: str, out: Sources) -> None:
    near = nearest(name, [*out.drugs, *out.classes], 3)
    out.refuse(
        table.where(row.line, "drug"),
        f"the drug {quote(name)} is neither in drugs.tsv nor in classes.tsv.",
        f"{' or '.join(map(quote, near))} was meant" if near else "",
        "write a name that is there, or add the drug.",
    )
