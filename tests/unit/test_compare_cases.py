"""Walks tests/cases/compare: a folder a point, with case.yaml (inputs) and expected.yaml (what must be said)."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import compare_kit as kit
import pytest
import yaml
from acquired.model import Specimen, Therapy

CASES = Path(__file__).parents[1] / "cases" / "compare"


def load(case: Path, tmp_path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    given = yaml.safe_load((case / "case.yaml").read_text())
    specimens, files = [], {}
    days: list[Any] = []
    for name, facts in given["specimens"].items():
        facts = dict(facts or {})
        account = facts.pop("account", {})
        body = case / f"{name}.vcf"
        depth = case / f"{name}.depth.bed"
        files[name] = kit.normalized(
            tmp_path,
            name,
            body.read_text() if body.exists() else "",
            depth.read_text() if depth.exists() else "",
            **account,
        )
        day = facts.get("day", facts.get("role"))
        if day not in days:
            days.append(day)
        specimens.append(Specimen("p1", name, (), order=days.index(day), **facts))
    therapies = [Therapy("p1", t["drug"], t["drug"], t.get("start"), t.get("stop")) for t in given.get("therapies", [])]
    assays = given.get("assays", {})
    for assay in assays.values():
        if "regions" in assay:
            assay["regions"] = str(case / assay["regions"])
    result = kit.run(tmp_path, specimens, therapies, files, assays, {"compare": given.get("settings", {})})
    return result, yaml.safe_load((case / "expected.yaml").read_text())


@pytest.mark.parametrize("case", sorted(p for p in CASES.iterdir() if p.is_dir()), ids=lambda p: p.name)
def test_case(case, tmp_path):
    result, expected = load(case, tmp_path)
    assert result["status"] == expected["status"]
    assert sorted(n["code"] for n in result["notes"]) == sorted(expected.get("notes", []))
    if expected["status"] == "refused":
        assert (tmp_path / "compared.bcf").read_bytes() == b""
        assert len(result["problems"]) == len(expected["problems"])
        for problem, fragment in zip(result["problems"], expected["problems"], strict=True):
            assert fragment in f"{problem.get('specimen', '')}: {problem['where']}: {problem['what']}"
        return
    # Any VCF tool opens it: Debian's bcftools, another release than the one that wrote it.
    subprocess.run(["bcftools", "view", tmp_path / "compared.bcf"], check=True, capture_output=True)
    for comparison, wanted in zip(result["comparisons"], expected.get("comparisons", []), strict=True):
        assert {key: comparison[key] for key in wanted} == wanted
    found = kit.alleles(tmp_path)
    assert set(found) == set(expected["alleles"])
    assert result["alleles"] == len(found)
    assert result["absorbed"]["count"] == expected.get("absorbed", 0)
    for name, wanted in expected["alleles"].items():
        said = [kit.statement(found[name], i) for i in range(max(1, len(result["comparisons"])))]
        assert said == wanted["says"], name
        for specimen, seen in wanted.get("seen", {}).items():
            assert kit.observation(found[name], specimen) == seen, (name, specimen)


def test_there_are_cases():
    assert len(list(CASES.iterdir())) >= 20
