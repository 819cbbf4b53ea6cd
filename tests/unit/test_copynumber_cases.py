"""Scenarios of copy-number files, a folder each: tests/cases/copynumber/<the_point>/case.yaml and a file beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from acquired.copynumber import read_copy_number
from acquired.errors import InputError
from acquired.model import Specimen
from acquired.reference import Reference

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests/cases/copynumber"


def read(folder: Path, case: dict) -> dict:
    facts = {"tumour_fraction": str(case["purity"])} if "purity" in case else {}
    specimen = Specimen("p", case.get("specimen", "s1"), (), sample=case.get("sample", ""), facts=facts)
    reference = Reference.open(ROOT / "resources", case.get("build", "GRCh38"))
    settings = {"copy_number": case.get("settings", {})}
    return read_copy_number(folder / case["file"], specimen, reference, ROOT / "resources", settings)


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
    rows = {row["gene"]: row for row in found["copy_number"]}
    for gene, wanted in case["genes"].items():
        if wanted is None:
            assert gene not in rows
            continue
        for key, value in wanted.items():
            expected = pytest.approx(value, abs=0.006) if isinstance(value, float) else value
            assert rows[gene][key] == expected, (gene, key)
    account = found["account"]
    assert account["format"] == case["format"]
    assert {s["reason"]: s["count"] for s in account["set_aside"]} == case.get("set_aside", {})
    assert account["read"] == account["kept"] + sum(case.get("set_aside", {}).values())
    looked = found["copy_number_looked_at"]
    assert looked == "all" if case.get("looked_at") == "all" else looked == sorted(rows)
    for part in case.get("warnings", []):
        assert any(part in warning for warning in account["warnings"]), account["warnings"]
