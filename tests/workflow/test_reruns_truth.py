"""After an edit the results are those of the edit: the same bytes as of a fresh run."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from steady_kit import (
    EXAMPLE,
    contents,
    copied,
    differing,
    jobs_of,
    lay,
    rows,
    snake,
    steady_run,  # noqa: F401 - a fixture
    write_sheet,
)

KRAS = "KRAS-G12C"


def with_day(day: str) -> list[list[str]]:
    table = [[*cells] for cells in rows("samples")]
    for cells in table:
        if cells[:2] == [KRAS, "plasma-2"]:
            cells[table[0].index("day")] = day
    return table


def days_of(workdir: Path) -> list[int]:
    result = json.loads((workdir / f"results/patients/{KRAS}/result.json").read_text("utf-8"))
    return [specimen["day"] for specimen in result["specimens"]]


def test_an_edited_row_reaches_its_jobs_in_the_same_run(steady, tmp_path):
    """There, and back again: then nothing differs from the run before both."""
    workdir = copied(steady, tmp_path / "run")
    write_sheet(workdir, "samples", with_day("240"))
    said = snake(workdir)
    assert said.returncode == 0, said.stderr
    jobs = jobs_of(said.stdout + said.stderr)
    assert jobs == {f"compare {KRAS}", f"annotate {KRAS}", f"report {KRAS}", "cohort", "summary"}
    assert days_of(workdir) == [0, 240]
    differ = differing(contents(workdir), contents(steady))
    assert f"patients/{KRAS}/report.html" in differ and all(p == "jobs.jsonl" or KRAS in p for p in differ)
    write_sheet(workdir, "samples", rows("samples"))
    assert snake(workdir).returncode == 0
    assert days_of(workdir) == [0, 238] and differing(contents(workdir), contents(steady)) == []


def edit(workdir: Path) -> None:
    """A day, a therapy, a threshold, an assay, calls, a patient more, a patient less, and rows in another order."""
    head, *body = with_day("240")
    body = [cells for cells in body if cells[0] != "EGFR-EX19DEL"]
    new = ["CD74-ROS1-KIT", "biopsy-1", "baseline", "", "", "calls/CD74-ROS1-KIT.biopsy-1.vcf"]
    later = ["CD74-ROS1-KIT", "biopsy-2", "follow-up", "", "", "calls/CD74-ROS1-KIT.biopsy-2.vcf"]
    for cells in (new, later):
        shutil.copy(EXAMPLE / cells[5], workdir / "config" / cells[5])
        more = dict(zip(head, cells, strict=False)) | {"build": "GRCh38", "disease": "lung adenocarcinoma"}
        body.append([more.get(column, "") for column in head])
    write_sheet(workdir, "samples", [head, *reversed(body)])
    therapies = [[cell.replace("1100", "1090") for cell in cells] for cells in rows("therapies")]
    write_sheet(workdir, "therapies", [cells for cells in therapies if cells[0] != "EGFR-EX19DEL"])
    config = workdir / "config" / "config.yaml"
    config.write_text(config.read_text("utf-8").replace("alpha: 0.01", "alpha: 0.02").replace(
        "GRCh37: {limit: 0.005", "GRCh37: {limit: 0.004"), "utf-8")  # fmt: skip
    calls = workdir / "config" / "calls" / "CLL-IBRUTINIB.blood-2.vcf"
    calls.write_text("".join(line for line in calls.read_text("utf-8").splitlines(True) if "29193615" not in line))


@pytest.mark.heavy
def test_many_edits_at_once_give_what_a_fresh_run_gives(steady, tmp_path):
    edited, fresh = copied(steady, tmp_path / "edited"), lay(tmp_path / "fresh")
    for workdir in (edited, fresh):
        edit(workdir)
        said = snake(workdir)
        assert said.returncode == 0, said.stdout + said.stderr
    # What was written of a patient who is no longer in the sheet stays; no page of the cohort names it.
    shutil.rmtree(edited / "results/patients/EGFR-EX19DEL")
    assert differing(contents(edited), contents(fresh)) == []
    assert "Nothing to be done" in (said := snake(edited)).stdout + said.stderr


def test_results_whose_history_is_lost_are_not_taken_for_current(steady, tmp_path):
    """Without .snakemake, Snakemake goes by times alone: an edited sheet would change nothing, in silence."""
    workdir = copied(steady, tmp_path / "run")
    shutil.rmtree(workdir / ".snakemake")
    assert "Nothing to be done" in (said := snake(workdir, "-n")).stdout + said.stderr, "the same sheets: all is well"
    write_sheet(workdir, "samples", with_day("240"))
    for file in (workdir / "results").rglob("*"):
        os.utime(file)
    said = snake(workdir)
    assert said.returncode == 2 and "--forceall" in said.stderr and "Traceback" not in said.stderr
