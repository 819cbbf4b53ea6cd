"""Each folder of tests/cases/sheets is a lab's config folder with what must come of it.

expected.yaml: files, folders, empty, links to make beside the sheets; config; then either `errors` (all of them, in
order: where, and a part of the rest) or `patients` (specimens as [id, role, day, order], therapies as
[drug, start, stop, after_order]) with `warnings`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from acquired.errors import InputError
from acquired.sheets import Cohort, load_cohort

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted(path.parent for path in (ROOT / "tests/cases/sheets").glob("*/expected.yaml"))


def lay_out(case: Path, expected: dict, workdir: Path) -> None:
    shutil.copytree(case, workdir)
    for name in expected.get("files", []):
        (workdir / name).parent.mkdir(parents=True, exist_ok=True)
        (workdir / name).write_text("calls\n")
    for name in expected.get("folders", []):
        (workdir / name).mkdir()
    for name in expected.get("empty", []):
        (workdir / name).touch()
    for name, target in expected.get("links", []):
        (workdir / name).symlink_to(target)


def load(case: Path, expected: dict, tmp_path: Path, resources: Path) -> Cohort:
    lay_out(case, expected, tmp_path / "lab")
    return load_cohort(expected.get("config", {}), tmp_path / "lab", resources)


@pytest.fixture
def resources(tmp_path: Path) -> Path:
    """The schemas and no drug table: these cases are about sheets, not about which drugs are known."""
    (tmp_path / "house/resources/catalogue").mkdir(parents=True)
    (tmp_path / "house/workflow").mkdir()
    (tmp_path / "house/workflow/schemas").symlink_to(ROOT / "workflow/schemas")
    return tmp_path / "house/resources"


def test_there_are_cases():
    assert len(CASES) > 20


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_case(case: Path, tmp_path: Path, resources: Path):
    expected = yaml.safe_load((case / "expected.yaml").read_text(encoding="utf-8"))
    if "errors" in expected:
        with pytest.raises(InputError) as caught:
            load(case, expected, tmp_path, resources)
        problems = caught.value.problems
        assert [p.where for p in problems] == [where for where, _ in expected["errors"]], caught.value
        for problem, (_, part) in zip(problems, expected["errors"], strict=True):
            assert part in str(problem)
            assert problem.remedy, f"no remedy: {problem}"
        return
    cohort = load(case, expected, tmp_path, resources)
    assert not cohort.demo
    assert [w.where for w in cohort.warnings] == [where for where, _ in expected.get("warnings", [])]
    assert list(cohort.patients) == list(expected["patients"])
    for name, wanted in expected["patients"].items():
        patient = cohort.patients[name]
        assert [[s.specimen, s.role, s.day, s.order] for s in patient.specimens] == wanted["specimens"]
        told = [[t.drug, t.start, t.stop, t.after_order] for t in patient.therapies]
        assert told == wanted.get("therapies", [])
        assert patient.disease == wanted.get("disease", "")
        assert {s.build for s in patient.specimens} == {wanted.get("build", "")}
        if "variants" in wanted:
            assert [list(s.variants) for s in patient.specimens] == wanted["variants"]
