"""Pages for people, from result.json alone: the patient's page, the cohort's page, the summary in the terminal.

Nothing is imported here: each job pays only for what it writes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


def write_patient(
    result_json: Path, page: Path, tsv: Path, xlsx: Path, resources: Path, settings: dict[str, Any]
) -> int:
    """Write all that people open of one patient: the page, and its findings as TSV and XLSX. Gives their rows."""
    from acquired.export.tables import write_tables

    write_report(result_json, page, resources, settings)
    return write_tables(result_json, tsv, xlsx)


def write_report(result_json: Path, out_html: Path, resources: Path, settings: dict[str, Any]) -> None:
    """Write a patient's page; see `acquired.report.page`."""
    from acquired.report import page

    page.write_report(result_json, out_html, resources, settings)


def write_cohort(
    result_jsons: list[Path],
    out_html: Path,
    out_tsv: Path,
    resources: Path,
    settings: dict[str, Any],
    out_xlsx: Path | None = None,
) -> int:
    """Write the cohort's page and tables; see `acquired.report.cohort`. Gives the rows of the tables."""
    from acquired.report import cohort

    return cohort.write_cohort(result_jsons, out_html, out_tsv, resources, settings, out_xlsx)


def summarize(result_jsons: list[Path], cohort_page: str) -> tuple[str, int]:
    """The table of verdicts for the terminal and the number of refused patients; see `acquired.report.summary`."""
    from acquired.report import summary

    return summary.summarize(result_jsons, cohort_page)
