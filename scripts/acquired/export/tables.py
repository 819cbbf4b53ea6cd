"""Findings as tables: TSV and XLSX, with the columns of results/cohort/findings.tsv."""

from __future__ import annotations

from pathlib import Path

from acquired.export.results import read_result
from acquired.export.xlsx import workbook
from acquired.report import spreadsheet
from acquired.report.facts import COLUMNS, read_facts
from acquired.whole import write_bytes


def write_tables(result_json: Path, tsv: Path, xlsx: Path) -> int:
    """Write a patient's findings as `tsv` and `xlsx`.

    A row for each drug and alteration that meets a claim on it, then one for each other alteration: every one that was
    listed. docs/result.md says what the columns are. Returns the number of rows.
    InputError for a result of another version of the schema.
    """
    facts = read_facts(read_result(result_json))
    rows = facts.rows + facts.other_rows
    write_bytes(tsv, spreadsheet.table(COLUMNS, rows).encode())
    write_workbook(xlsx, rows)
    return len(rows)


def write_workbook(xlsx: Path, rows: list[list[object]]) -> None:
    """Write rows with the columns of findings.tsv as a workbook of one sheet."""
    write_bytes(xlsx, workbook([("findings", COLUMNS, rows)]))
