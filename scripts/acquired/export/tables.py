"""Findings as tables: TSV and XLSX, with the columns of results/cohort/findings.tsv."""

from __future__ import annotations

from pathlib import Path

from acquired.export.results import read_results, write_bytes
from acquired.export.xlsx import workbook
from acquired.report import spreadsheet
from acquired.report.facts import COLUMNS, read_facts


def write_tables(result_jsons: list[Path], cohort_xlsx: Path) -> int:
    """Write findings.tsv and findings.xlsx beside each result.json, and all rows together into `cohort_xlsx`.

    A row for each patient, drug and alteration; docs/result.md says what the columns are. Returns the number of rows.
    InputError for results of another version of the schema.
    """
    together: list[list[object]] = []
    for path, result in zip(sorted(result_jsons, key=lambda p: p.parent.name), read_results(result_jsons), strict=True):
        rows = read_facts(result).rows
        write_bytes(path.with_name("findings.tsv"), spreadsheet.table(COLUMNS, rows).encode())
        write_bytes(path.with_name("findings.xlsx"), workbook([("findings", COLUMNS, rows)]))
        together += rows
    write_bytes(cohort_xlsx, workbook([("findings", COLUMNS, together)]))
    return len(together)
