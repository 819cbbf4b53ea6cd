"""Tables of expression as programs and labs write them, a folder each: tests/cases/expression/<the_point>/case.yaml."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import yaml
from acquired.compare.other import log2_fold
from acquired.errors import InputError
from acquired.expression import read_expression
from acquired.model import Specimen
from acquired.reference import Reference
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests/cases/expression"
RULE = yaml.safe_load((ROOT / "resources/dialects/expression.yaml").read_text(encoding="utf-8"))["change"]


def read(path: Path, case: dict) -> dict:
    specimen = Specimen("p", case.get("specimen", "s1"), (), sample=case.get("sample", ""))
    return read_expression(path, specimen, Reference.open(ROOT / "resources", "GRCh38"), ROOT / "resources")


@pytest.mark.parametrize("name", sorted(p.name for p in CASES.iterdir()))
def test_case(name: str):
    folder = CASES / name
    case = yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))
    if "problems" in case:
        with pytest.raises(InputError) as refused:
            read(folder / case["file"], case)
        told = [str(p) for p in refused.value.problems]
        assert len(told) == len(case["problems"]), told
        for wanted, text in zip(case["problems"], told, strict=True):
            assert all(part in text for part in wanted), text
        return
    found = read(folder / case["file"], case)
    assert {row["gene"]: row["value"] for row in found["expression"]} == case["values"]
    assert {row["unit"] for row in found["expression"]} == {case["unit"]}
    assert {s["reason"]: s["count"] for s in found["account"]["set_aside"]} == case.get("set_aside", {})
    for part in case.get("warnings", []):
        assert any(part in warning for warning in found["account"]["warnings"]), found["account"]["warnings"]


def test_counts_of_a_whole_transcriptome_become_counts_per_million(tmp_path: Path):
    rows = [f"GENE{i}\t10" for i in range(5999)] + ["EGFR\t10"]
    path = tmp_path / "counts.tsv"
    path.write_text("gene\tcount\n" + "\n".join(rows) + "\n")
    found = read(path, {})
    (row,) = found["expression"]
    assert (row["gene"], row["unit"], row["source"]) == ("EGFR", "CPM", "counts.tsv, column count")
    assert row["value"] == pytest.approx(1e6 / 6000, abs=1e-3)


def told(value: float, unit: str = "TPM") -> dict:
    return {"value": value, "unit": unit}


def test_a_fold_is_worked_out_by_hand():
    assert log2_fold(told(4.9), told(19.9), RULE) == pytest.approx(2.0)  # (19.9 + 0.1) / (4.9 + 0.1) = 4
    assert log2_fold(told(0.1), told(0.9), RULE) is None  # both below the floor of 1 TPM
    assert log2_fold(told(5), told(9, "counts"), RULE) is None  # other units
    assert log2_fold(told(-1.5, "log2"), told(2.0, "log2"), RULE) == pytest.approx(3.5)


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_back_and_forth_cancel(one: float, two: float):
    there, back = log2_fold(told(one), told(two), RULE), log2_fold(told(two), told(one), RULE)
    assert (there is None) == (back is None) == (max(one, two) < 1)
    if there is not None and back is not None:
        assert math.isclose(there, -back, abs_tol=1e-9)
