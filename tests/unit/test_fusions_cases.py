"""Scenarios of fusion and structural-variant files, a folder each: tests/cases/fusions/<the_point>/case.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from acquired.errors import InputError
from acquired.fusions import read_fusions
from acquired.model import Specimen
from acquired.reference import Reference

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests/cases/fusions"


def read(folder: Path, case: dict) -> dict:
    specimen = Specimen("p", "s1", (), sample=case.get("sample", ""), normal=case.get("normal", ""))
    reference = Reference.open(ROOT / "resources", case.get("build", "GRCh38"))
    return read_fusions(folder / case["file"], specimen, reference, ROOT / "resources")


@pytest.mark.parametrize("name", sorted(p.name for p in CASES.iterdir()))
def test_case(name: str):
    folder = CASES / name
    case = yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))
    if "problems" in case:
        with pytest.raises(InputError) as refused:
            read(folder, case)
        told = [str(p) for p in refused.value.problems]
        assert len(told) == len(case["problems"]), told
        for wanted, text in zip(case["problems"], told, strict=True):
            assert all(part in text for part in wanted), text
        return
    found = read(folder, case)
    for section in ("fusions", "splice", "rearrangements"):
        rows = {row["name"]: row for row in found[section]}
        assert set(rows) == set(case.get(section, {})), (section, rows)
        for wanted, values in case.get(section, {}).items():
            for key, value in values.items():
                assert rows[wanted][key] == value, (wanted, key)
    account = found["account"]
    assert account["format"] == case["format"]
    assert {s["reason"]: s["count"] for s in account["set_aside"]} == case.get("set_aside", {})
    for part in case.get("warnings", []):
        assert any(part in warning for warning in account["warnings"]), account["warnings"]
