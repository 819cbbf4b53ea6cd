"""The demo cohort through the whole workflow: every story of its sheet comes out as it is told there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

ROOT = Path(__file__).resolve().parents[2]
STORIES = yaml.safe_load((ROOT / "resources/example/stories.yaml").read_text(encoding="utf-8"))["patients"]
SCHEMA = yaml.safe_load((ROOT / "workflow/schemas/result.schema.yaml").read_text(encoding="utf-8"))


def result_of(workdir: Path, patient: str) -> dict:
    return json.loads((workdir / f"results/patients/{patient}/result.json").read_text(encoding="utf-8"))


def test_the_run_ends_well_and_says_that_it_is_the_demo(demo):
    _, said = demo
    assert said.returncode == 0, said.stderr[-3000:]
    assert "demo cohort" in said.stderr
    assert "results/cohort/index.html" in said.stdout + said.stderr


@pytest.mark.parametrize("patient", sorted(STORIES))
def test_each_result_keeps_the_contract(demo, patient):
    errors = list(Draft202012Validator(SCHEMA).iter_errors(result_of(demo[0], patient)))
    assert not errors, errors[0].message


@pytest.mark.parametrize("patient", sorted(STORIES))
def test_each_story_is_told(demo, patient):
    """Trajectory and basis of the alterations that matter, and the verdict for each drug."""
    result, expected = result_of(demo[0], patient), STORIES[patient]["expected"]
    told = {a["name"]: [a["trajectory"], a["basis"]] for a in result["alterations"]}
    for name, (trajectory, basis) in expected.get("alterations", {}).items():
        assert told.get(name) == [trajectory, basis], f"{patient} {name}"
    verdicts = {v["drug"]: v["verdict"] for v in result["verdicts"]}
    assert verdicts == expected["verdicts"]


@pytest.mark.parametrize("patient", sorted(p for p in STORIES if "mechanisms" in STORIES[p]["expected"]))
def test_each_mechanism_is_told_and_what_overcomes_it(demo, patient):
    """Mechanism of the alterations that matter, and drugs reported to work in spite of them."""
    result, expected = result_of(demo[0], patient), STORIES[patient]["expected"]
    told = {a["name"]: a for a in result["alterations"]}
    for name, mechanism in expected["mechanisms"].items():
        assert told[name]["mechanism"] == mechanism, f"{patient} {name}"
    for name, drugs in expected.get("overcome_by", {}).items():
        said = {o["drug"] for c in told[name]["claims"] for o in c.get("overcome_by", ())}
        assert set(drugs) <= said and bool(drugs) == bool(said), f"{patient} {name}: {sorted(said)}"


@pytest.mark.parametrize("patient", sorted(STORIES))
def test_each_page_says_what_it_is_and_asks_nobody(demo, patient):
    page = (demo[0] / f"results/patients/{patient}/report.html").read_text(encoding="utf-8")
    assert "research use only" in page.lower() and "synthetic" in page.lower()
    assert "wild type" not in page.lower()
    # A link a reader may follow is not a request; everything else that names an address would be one.
    asked = re.sub(r'<a [^>]*href="https://[^"]*"', "", page).replace("http://www.w3.org/2000/svg", "")
    asked = asked.replace('<link rel="icon" href="data:,"', "")  # an empty icon, so that none is asked for
    assert not re.findall(r"https?://\S{0,60}|<link [^>]*|@import[^;]*|\bsrc=\S{0,60}", asked)
    assert len(page.encode()) <= 150_000


def test_a_second_run_has_nothing_to_do(demo, run):
    said = run(demo[0])
    assert said.returncode == 0 and "Nothing to be done" in said.stdout + said.stderr
