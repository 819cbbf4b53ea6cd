"""Scenarios of the judge: each folder of tests/cases/judge holds a case and what result.json must say."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from judge_cases import judge
from small_catalogue import ROOT

CASES = sorted((ROOT / "tests" / "cases" / "judge").iterdir())
SCHEMA = yaml.safe_load((ROOT / "workflow" / "schemas" / "result.schema.yaml").read_text())


def differences(expected: Any, found: Any, where: str = "") -> list[str]:
    """Where `found` lacks or contradicts `expected`; mappings may have more keys, lists must have as many items."""
    if isinstance(expected, dict) and isinstance(found, dict):
        missing = [f"{where}.{k} is missing" for k in expected if k not in found]
        return missing + [d for k in expected if k in found for d in differences(expected[k], found[k], f"{where}.{k}")]
    if isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            return [f"{where}: {len(found)} items, not {len(expected)}: {json.dumps(found, ensure_ascii=False)[:800]}"]
        return [
            d for i, pair in enumerate(zip(expected, found, strict=True)) for d in differences(*pair, f"{where}[{i}]")
        ]
    return [] if expected == found else [f"{where}: {found!r}, not {expected!r}"]


@pytest.mark.parametrize("folder", CASES, ids=lambda p: p.name)
def test_case(folder: Path, tmp_path: Path) -> None:
    case = yaml.safe_load((folder / "case.yaml").read_text())
    result = judge(case, tmp_path)
    jsonschema.validate(result, SCHEMA)
    assert json.loads((tmp_path / "result.json").read_text()) == result
    assert differences(case["expected"], result) == []


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    case = yaml.safe_load((CASES[0] / "case.yaml").read_text())
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
        judge(case, folder)
    first, second = ((f / "result.json").read_bytes() for f in folders)
    assert first == second
    assert str(tmp_path).encode() not in first and str(ROOT).encode() not in first
