"""The cohort's page, findings.tsv and the summary."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from acquired.report import spreadsheet, summarize, write_cohort
from acquired.report.facts import COLUMNS, read_facts
from hypothesis import given
from hypothesis import strategies as st
from report_cases import CASES, NAMES, RESOURCES, load
from report_html import Page


def written(results: list[dict[str, Any]], folder: Path) -> list[Path]:
    paths = []
    for result in results:
        path = folder / "patients" / result["patient"] / "result.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(result), encoding="utf-8")
        paths.append(path)
    return paths


def cohort(results: list[dict[str, Any]], folder: Path) -> tuple[Page, list[dict[str, str]]]:
    page, table = folder / "cohort" / "index.html", folder / "cohort" / "findings.tsv"
    write_cohort(written(results, folder), page, table, RESOURCES, {})
    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8")), delimiter="\t", quoting=csv.QUOTE_NONE))
    return Page(page.read_text(encoding="utf-8")), rows


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Page, list[dict[str, str]]]:
    return cohort([load(name) for name in NAMES], tmp_path_factory.mktemp("cohort"))


def test_every_patient_stands_on_the_page_with_a_relative_link(whole: tuple[Page, list[dict[str, str]]]) -> None:
    page, _ = whole
    assert page.complaints == []
    for name in NAMES:
        result = load(name)
        assert f"../patients/{result['patient']}/report.html" in page.links()
        assert result["patient"] in page.text
        for verdict in result["verdicts"]:
            assert verdict["drug"] in page.text
    assert "7 patients, 5 compared, 1 not compared, 1 refused." in page.text


def test_a_refused_patient_stands_there_with_its_error(whole: tuple[Page, list[dict[str, str]]]) -> None:
    page, rows = whole
    row = next(r for r in rows if r["patient"] == "LAB-0042")
    for problem in load("refused")["problems"]:
        assert problem["what"] in page.text
        assert problem["what"] in row["problem"]
    assert row["status"] == "refused" and row["verdict"] == ""


def test_the_table_has_every_verdict_and_every_finding(whole: tuple[Page, list[dict[str, str]]]) -> None:
    _, rows = whole
    assert set(rows[0]) == set(COLUMNS)
    for name in NAMES:
        result = load(name)
        mine = [r for r in rows if r["patient"] == result["patient"]]
        assert mine
        for verdict in result["verdicts"]:
            of_drug = [r for r in mine if r["drug"] == verdict["drug"]]
            assert of_drug and all(r["verdict"] == verdict["verdict"] for r in of_drug)
            names = {a["id"]: a["name"] for a in result["alterations"]}
            if name != "hostile_strings":
                assert {names[a] for a in verdict["alterations"]} <= {r["alteration"] for r in of_drug}
    t790 = next(r for r in rows if r["alteration"] == "EGFR T790M" and r["drug"] == "erlotinib")
    assert (t790["before_depth"], t790["before_alt_count"], t790["after_alt_count"], t790["after_depth"]) == (
        "1243",
        "0",
        "61",
        "1167",
    )
    assert (t790["trajectory"], t790["basis"], t790["level"], t790["precision"]) == ("emerged", "depth", "A", "exact")
    new = next(r for r in rows if r["alteration"] == "DNMT3A R882H")
    assert new["drug"] == "" and new["trajectory"] == "emerged" and new["flags"] == "clonal_haematopoiesis"


def test_no_cell_is_a_formula(whole: tuple[Page, list[dict[str, str]]]) -> None:
    _, rows = whole
    values = [value for row in rows for value in row.values()]
    assert not [v for v in values if v[:1] in "=+-@\t\r" and v]
    assert '\'=HYPERLINK("http://x","y")' in values


@given(st.text())
def test_any_text_is_one_cell_and_no_formula(value: str) -> None:
    cell = spreadsheet.cell(value)
    assert not cell.lstrip("' ").startswith(("\t", "\r"))
    assert not cell.startswith(("=", "+", "-", "@"))
    assert "\t" not in cell and len(cell.splitlines()) <= 1
    assert cell.removeprefix("'").split() == value.split() or cell.split() == value.split()


def test_numbers_stay_numbers() -> None:
    assert [spreadsheet.cell(v) for v in (-7, 0.25, None, True, "-7")] == ["-7", "0.25", "", "yes", "'-7"]


def test_the_matrix_tells_absent_from_not_assessable(tmp_path: Path) -> None:
    results = [load(n) for n in ("egfr_five_time_points", "nothing_found", "many_kinds_bare_files")]
    assert results[2]["quality"]["identity"]["verdict"] == "different"
    cohort(results, tmp_path)
    html = (tmp_path / "cohort" / "index.html").read_text(encoding="utf-8")
    assert "DEMO-SCLC-1" not in html[html.index('<table class="matrix">') :], "swapped tubes are no finding"
    results[2]["quality"]["identity"]["verdict"] = "same"
    page, _ = cohort(results, tmp_path / "again")
    html = (tmp_path / "again" / "cohort" / "index.html").read_text(encoding="utf-8")
    matrix = html[html.index('<table class="matrix">') :]
    heads = [h.split("<span>")[1].split("<")[0] for h in matrix[: matrix.index("</thead>")].split("<th ")[2:]]

    def letter(patient: str, alteration: str) -> str:
        row = next(line for line in matrix.splitlines() if f"/{patient}/" in line)
        cell = row.split("<td")[1 + heads.index(alteration)]
        return cell.split(">", 1)[1].split("<")[0]

    assert letter("DEMO-EGFR-1", "EGFR T790M") == "E"
    assert letter("DEMO-SCLC-1", "EGFR T790M") == "?"  # its file does not say how deep T790 was looked at
    assert letter("DEMO-NONE-1", "KRAS G12V") == "·"  # looked at and absent
    assert letter("DEMO-NONE-1", "EGFR T790M") == ""  # no known locus of its drug
    assert letter("DEMO-SCLC-1", "AXL overexpression") == "R"
    assert "emerged" in page.text


def test_a_silent_synonymous_change_is_no_candidate() -> None:
    result = load("egfr_five_time_points")
    before = read_facts(result).new
    akt = next(a for a in result["alterations"] if a["gene"] == "AKT1")
    akt["protein"] = "E17="
    assert {n for *_, n in before} - {n for *_, n in read_facts(result).new} == {"AKT1 E17K"}


def test_what_is_likely_not_acquired_is_no_candidate() -> None:
    result = load("egfr_five_time_points")
    assert "DNMT3A R882H" not in {name for *_, name in read_facts(result).new}  # flagged clonal haematopoiesis
    next(a for a in result["alterations"] if a["gene"] == "DNMT3A")["flags"] = []
    assert ("DNMT3A", "R882", "DNMT3A R882H") in read_facts(result).new


def test_the_summary_counts_and_puts_the_refused_first() -> None:
    text, refused = summarize([CASES / name / "result.json" for name in NAMES], "results/cohort/index.html")
    lines = text.splitlines()
    assert refused == 1
    assert (
        lines[2].startswith("LAB-0042")
        and "REFUSED" in lines[2]
        and "GRCh37" in lines[2]
        and "(and 1 more)" in lines[2]
    )
    assert any("erlotinib" in x and "Resistance emerged, by depth" in x and "EGFR T790M" in x for x in lines)
    assert lines[-1] == "Cohort page: results/cohort/index.html"
    assert lines[-2] == "7 patients: 5 compared, 1 not compared, 1 refused"
    assert all(c.isprintable() for line in lines for c in line)
    assert all(len(line) < 140 for line in lines if "REFUSED" not in line)


def test_the_summary_of_a_large_cohort_says_what_it_leaves_out(tmp_path: Path) -> None:
    paths = [CASES / "nothing_found" / "result.json"] * 250
    text, refused = summarize(paths, "x")
    assert refused == 0 and "… and 50 more on the cohort page" in text and "250 patients: 250 compared" in text
