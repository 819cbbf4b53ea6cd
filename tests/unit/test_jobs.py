"""What a job is told: the same by the rule's parameters and by the script that reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from acquired import provenance
from acquired.jobs import SETTINGS_OF, digest, job, read_job, record, write_jobs
from acquired.sheets import load_cohort

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def cohort():
    return load_cohort({"demo": True}, ROOT, ROOT / "resources")


@pytest.fixture(scope="module")
def records(cohort):
    return {name: record(patient, cohort.demo) for name, patient in cohort.patients.items()}


@pytest.mark.parametrize("step", sorted(SETTINGS_OF))
def test_a_script_reads_what_its_rule_was_told(cohort, records, step, tmp_path):
    write_jobs(records, cohort.settings, "digest", tmp_path / "jobs.jsonl")
    for name, patient in cohort.patients.items():
        for specimen in patient.specimens:
            told = job(step, records[name], cohort.settings, specimen.specimen)
            assert read_job(tmp_path / "jobs.jsonl", step, name, specimen.specimen) == (told, "digest")
            assert set(told["settings"]) == set(SETTINGS_OF[step])


def test_a_specimens_own_steps_see_no_other(cohort, records):
    for step in ("normalize", "coverage"):
        told = job(step, records["EGFR-L858R"], cohort.settings, "plasma-2")
        assert [s["specimen"] for s in told["specimens"]] == ["plasma-2"]
    assert len(job("compare", records["EGFR-L858R"], cohort.settings)["specimens"]) == 5


def test_a_step_sees_the_assays_of_its_specimens_alone(cohort, records):
    """Another laboratory's panel changes nothing here."""
    assert set(cohort.settings["assays"]) == {"panel-GRCh37", "panel-GRCh38"}
    for step in ("compare", "annotate"):
        assert set(job(step, records["KRAS-G12C"], cohort.settings)["settings"]["assays"]) == {"panel-GRCh37"}
        assert job(step, records["EGFR-L858R"], cohort.settings)["settings"]["assays"] == {}


def test_nothing_of_a_row_number_counts(records):
    """A row that moves within its sheet is the same row."""
    assert all("source" not in s for r in records.values() for s in (*r["specimens"], *r["therapies"]))


def test_the_digest_tells_a_change_of_anything(cohort, records):
    one = digest(records, cohort.settings, "a")
    assert digest(dict(records), dict(cohort.settings), "a") == one
    fewer = {name: values for name, values in records.items() if name != "EGFR-L858R"}
    others = [(records, cohort.settings, "b"), (records, {**cohort.settings, "compare": {}}, "a"),
              (fewer, cohort.settings, "a")]  # fmt: skip
    assert len({one, *(digest(*other) for other in others)}) == 4


def test_each_import_is_found_as_python_finds_it():
    """The digests rest on imports found by their lines; the parser is the oracle."""
    import ast

    for path in [*(ROOT / "scripts").rglob("*.py")]:
        names, tree = set(), ast.parse(path.read_text(encoding="utf-8"))
        # What is imported for a type checker alone never runs.
        tree.body = [n for n in tree.body if not (isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING")]
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        names = {name for name in names if name.split(".")[0] == "acquired"}
        assert names <= provenance._imported_names(path), path


def test_what_a_type_checker_alone_imports_does_not_count():
    found = provenance._imported_names(ROOT / "scripts/acquired/jobs.py")
    assert "acquired.whole" in found and not any(name.startswith("acquired.sheets") for name in found)


def test_where_things_lie_on_this_machine_is_no_jobs_business(cohort, records, tmp_path):
    settings = {**cohort.settings, "reference_cache": "/somewhere"}
    assert digest(records, settings, "a") == digest(records, cohort.settings, "a")
    write_jobs(records, settings, "a", tmp_path / "jobs.jsonl")
    assert "/somewhere" not in (tmp_path / "jobs.jsonl").read_text(encoding="utf-8")
