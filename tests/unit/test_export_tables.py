"""Findings as TSV and XLSX: the same rows, typed, read back by other programs, and never a formula."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from acquired.errors import InputError
from acquired.export.tables import write_tables
from acquired.export.xlsx import workbook
from acquired.report import write_cohort
from acquired.report.facts import COLUMNS
from export_kit import RESOURCES, laid_out, load, put
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    tables(folder)
    return folder


def tables(folder: Path) -> None:
    """Every table as a run writes it: beside each result, and of all."""
    paths = laid_out(folder)
    for path in paths:
        write_tables(path, path.with_name("findings.tsv"), path.with_name("findings.xlsx"))
    write_cohort(paths, folder / "index.html", folder / "findings.tsv", RESOURCES, {}, folder / "findings.xlsx")


def test_the_same_rows_in_both(written: Path) -> None:
    for tsv in sorted(written.glob("results/patients/*/findings.tsv")):
        rows = list(csv.reader(io.StringIO(tsv.read_text(encoding="utf-8")), delimiter="\t"))
        sheet = openpyxl.load_workbook(tsv.with_suffix(".xlsx")).active
        cells = list(sheet.iter_rows(values_only=True))
        assert rows[0] == list(cells[0]) == list(COLUMNS)
        assert len(rows) == len(cells) > 1
        for row, line in zip(cells[1:], rows[1:], strict=True):
            for value, text in zip(row, line, strict=True):
                if isinstance(value, bool):
                    assert text == ("yes" if value else "no")
                elif isinstance(value, int | float):
                    assert float(text) == value
                else:
                    assert text.removeprefix("'") == " ".join((value or "").split()).replace("\ufffd", "")


def test_cells_are_typed_and_the_header_stays(written: Path) -> None:
    sheet = openpyxl.load_workbook(written / "findings.xlsx").active
    assert sheet.freeze_panes == "A2"
    assert all(cell.font.b for cell in sheet[1])
    of = {name: [cell for (cell,) in sheet.iter_rows(2, None, i, i)] for i, name in enumerate(COLUMNS, start=1)}
    t790m = next(i for i, cell in enumerate(of["alteration"]) if cell.value == "EGFR T790M")
    assert (of["pos"][t790m].data_type, of["pos"][t790m].value) == ("n", 55181378)
    assert of["before_depth"][t790m].value == 1243 and of["after_vaf"][t790m].data_type == "n"
    assert of["demo"][t790m].data_type == "b"
    assert of["before_alt_count"][t790m].value == 0, "a zero is a number, not an empty cell"


def test_all_patients_in_the_cohorts_workbook(written: Path) -> None:
    sheet = openpyxl.load_workbook(written / "findings.xlsx").active
    rows = {tuple(row) for row in sheet.iter_rows(2, values_only=True)}
    alone = set()
    for path in written.glob("results/patients/*/findings.xlsx"):
        alone |= {tuple(row) for row in openpyxl.load_workbook(path).active.iter_rows(2, values_only=True)}
    assert rows < alone, "what is neither new nor claimed stands in the patient's own table alone"
    assert "refused" in {row[1] for row in sheet.iter_rows(2, values_only=True)}


def test_a_patients_table_lists_every_alteration(written: Path) -> None:
    """The page may leave rows out, and says that they are here."""
    name = COLUMNS.index("alteration")
    for path in written.glob("results/patients/*/findings.tsv"):
        listed = {row[name] for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8")), delimiter="\t")}
        result = json.loads(path.with_name("result.json").read_bytes())
        assert {a["name"] for a in result["alterations"]} <= {text.removeprefix("'") for text in listed}


HOSTILE = [
    '=HYPERLINK("x")',
    "+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1",
    " =1",
    "a\x00b\x1f",
    "\ud800",
    "<&>\"'",
    "x" * 40000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    cell = openpyxl.load_workbook(io.BytesIO(workbook([("s", ["c"], [[text]])]))).active["A2"]
    assert cell.data_type == "s" and len(cell.value) <= 32767
    if text.strip().startswith(("=", "+", "-", "@")):
        assert cell.quotePrefix, "edited, it would become a formula"
    parts = zipfile.ZipFile(io.BytesIO(workbook([("s", ["c"], [[text]])])))
    assert "<f" not in parts.read("xl/worksheets/sheet1.xml").decode()


TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=20)
CELL = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(-1e9, 1e9) | TEXT


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=5))
def test_what_is_written_is_what_is_read(rows: list[list[object]]) -> None:
    columns = ["a", "b", "c"]
    sheet = openpyxl.load_workbook(io.BytesIO(workbook([("s", columns, rows)]))).active
    back = list(sheet.iter_rows(2, 1 + len(rows), 1, 3, values_only=True)) if rows else []
    assert back == [tuple(None if value == "" else value for value in row) for row in rows]


def test_the_same_results_give_the_same_bytes(tmp_path: Path, written: Path) -> None:
    tables(tmp_path)
    assert (tmp_path / "findings.xlsx").read_bytes() == (written / "findings.xlsx").read_bytes()


def test_another_version_of_the_result_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, load("nothing_found") | {"schema_version": "2.0.0"})
    with pytest.raises(InputError, match=r"version “2\.0\.0”; this reads version 1"):
        write_tables(path, tmp_path / "findings.tsv", tmp_path / "findings.xlsx")
    minor = put(tmp_path, load("nothing_found") | {"schema_version": "1.9.0"})
    assert write_tables(minor, tmp_path / "findings.tsv", tmp_path / "findings.xlsx") > 0
