"""Which caller wrote a file, and so where its depth, reads and fraction stand. See resources/dialects."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from acquired.bundled import read_yaml
from acquired.intake.header import Header


@dataclass(frozen=True)
class Dialect:
    """One row of the dialect table, resolved.

    readings: specifications tried in order for each record, the dialect's own before the common ones.
    by_reads: True where the caller's GT does not tell whether the sample carries the alternative.
    estimate: the caller's fraction is a model's, not reads over depth. separator: between alternatives in ALT.
    normal_reading: of the matched normal where its reads stand in the tumour's own column.
    """

    id: str
    name: str
    readings: tuple[dict[str, Any], ...]
    by_reads: bool = False
    estimate: bool = False
    not_called: frozenset[str] = frozenset()
    tumour_column: str = ""
    separator: str = ","
    normal_reading: dict[str, Any] | None = None


@lru_cache(maxsize=4)
def read_tables(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The tables callers.yaml and contigs.yaml of `folder` (resources/dialects), as plain values."""
    return read_yaml(folder / "callers.yaml"), read_yaml(folder / "contigs.yaml")


def recognise(
    header: Header, stated: str, table: dict[str, Any], info_readings: bool
) -> tuple[Dialect, str, list[str]]:
    """The dialect of a file, how it was told ("sheet", "header", "keys", "none"), and warnings.

    stated: the sheet's `caller`; it wins where the table knows it (by id or name, in any case).
    info_readings: whether INFO may be taken as the sample's own numbers (files of one sample or none).
    """
    warnings: list[str] = []
    rows = table["dialects"]
    if stated:
        wanted = re.sub(r"[^a-z0-9]", "", stated.lower())
        for row in rows:
            if wanted in (re.sub(r"[^a-z0-9]", "", text.lower()) for text in (row["id"], row["name"])):
                return _resolve(row, table, info_readings), "sheet", warnings
        near = difflib.get_close_matches(stated.lower(), [row["id"] for row in rows], 3)
        warnings.append(
            f"The sheet names the caller “{stated[:40]}”, which the dialect table does not know"
            + (f" (near: {', '.join(near)})" if near else "")
            + "; the file itself was asked."
        )
    text = "\n".join(header.lines)
    for row in rows:
        if any(re.search(pattern, text, re.MULTILINE) for pattern in row.get("header", ())):
            return _resolve(row, table, info_readings), "header", warnings
        formats, infos = row.get("format", ()), row.get("info", ())
        if (formats or infos) and header.formats.issuperset(formats) and header.infos.issuperset(infos):
            return _resolve(row, table, info_readings), "keys", warnings
    return _resolve({"id": "", "name": "not recognised", "readings": []}, table, info_readings), "none", warnings


def _resolve(row: dict[str, Any], table: dict[str, Any], info_readings: bool) -> Dialect:
    names = (
        list(row["readings"])
        + table["common"]["readings"]
        + (table["common"]["info_readings"] if info_readings else [])
    )
    readings = table["readings"]
    return Dialect(
        row["id"],
        row["name"],
        tuple(
            readings[name]
            for name in dict.fromkeys(names)
            if info_readings or readings[name].get("where") != "info" or name in row["readings"]
        ),
        by_reads=row.get("genotype") == "by_reads",
        estimate=bool(row.get("estimate")),
        not_called=frozenset(row.get("not_called", ())),
        tumour_column=row.get("tumour_column", ""),
        separator=row.get("separator", ","),
        normal_reading=readings[row["normal_reading"]] if "normal_reading" in row else None,
    )
