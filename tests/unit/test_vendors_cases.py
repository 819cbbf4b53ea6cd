"""Walks tests/cases/vendors: a folder a scenario, `case.yaml` saying what must come out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from acquired.intake import normalize_files
from acquired.model import Specimen
from acquired.reference import Reference
from test_intake_cases import RESOURCES, ROOT, described

CASES = sorted(path.parent for path in (ROOT / "tests" / "cases" / "vendors").glob("*/case.yaml"))


@pytest.fixture(scope="module")
def genomes() -> dict[str, Reference]:
    return {build: Reference.open(RESOURCES, build) for build in ("GRCh37", "GRCh38")}


def shown(alterations: dict[str, Any]) -> dict[str, Any]:
    """Every row of the alterations file as one line: its values, without those that are empty."""
    lists = ("copy_number", "fusions", "rearrangements", "splice", "expression", "named", "negatives")
    told: dict[str, Any] = {}
    for name in lists:
        rows = [
            " ".join(f"{key}={'|'.join(value) if isinstance(value, list) else value}" for key, value in row.items()
                     if value not in ("", None, [], ["", ""]) and key != "source")
            for row in alterations[name]
        ]  # fmt: skip
        if rows:
            told[name] = rows
    for name in ("copy_number_looked_at", "fusions_looked_at", "histology"):
        if alterations[name]:
            told[name] = alterations[name]
    return told


@pytest.mark.parametrize("folder", CASES, ids=[path.name for path in CASES])
def test_scenario(folder: Path, tmp_path: Path, genomes: dict[str, Reference]) -> None:
    case: dict[str, Any] = yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))
    expect, given = case["expect"], dict(case["specimen"])
    files = [str(folder / name) for name in given.pop("files")]
    out = tmp_path / "out"
    bcf, depth, account = out / "S1.normalized.bcf", out / "S1.depth.bed.gz", out / "S1.normalized.json"
    specimen = Specimen("P1", "S1", tuple(files), **given)
    told = normalize_files(specimen, RESOURCES, genomes, bcf, depth, account, case.get("settings", {}))
    alterations = json.loads((out / "S1.alterations.json").read_text(encoding="utf-8"))
    assert told["status"] == alterations["status"] == expect["status"], told["problems"]
    assert json.loads(account.read_text(encoding="utf-8")) == told
    written = account.read_text(encoding="utf-8") + (out / "S1.alterations.json").read_text(encoding="utf-8")
    assert str(ROOT) not in written
    assert "ecret" not in written and "1950" not in written, "what identifies the person left the parser"
    if expect["status"] == "refused":
        assert bcf.stat().st_size == depth.stat().st_size == 0
        text = "\n".join(" ".join(problem.values()) for problem in told["problems"])
        assert [said for said in expect["says"] if said not in text] == [], text
        assert alterations["problems"] == told["problems"]
        return
    records = told["records"]
    assert records["read"] == records["kept"] + records["set_aside"]
    assert described(bcf) == expect["alleles"]
    assert shown(alterations) == expect.get("alterations", {})
    for key in ("caller", "build", "sample", "placed"):
        assert told[key] == expect.get(key, told[key]), key
    assert told["disagreements_count"] == expect.get("disagreements", 0)
    assert {row["reason"]: row["count"] for row in told["set_aside"]} == expect.get("set_aside", {})
    warnings = "\n".join(told["warnings"])
    assert [text for text in expect.get("warnings", []) if text not in warnings] == [], warnings
    if "warnings" not in expect:
        assert told["warnings"] == []
