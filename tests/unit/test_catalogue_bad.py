"""Bad catalogue files: each scenario of tests/cases/catalogue/bad tells every problem, with file, row and remedy."""

from pathlib import Path

import pytest
from acquired.catalogue import compile_catalogue
from acquired.errors import InputError
from small_catalogue import ROOT, resources_in

CASES = sorted(p for p in (ROOT / "tests" / "cases" / "catalogue" / "bad").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_every_problem_is_told(case: Path, tmp_path: Path) -> None:
    """A case: `lab.tsv`, rows to append (`append.TABLE.tsv`) or `remove`; each line of expected.txt must be told."""
    resources = resources_in(tmp_path)
    for extra in case.glob("append.*.tsv"):
        table = resources / "catalogue" / extra.name.removeprefix("append.")
        table.write_text(table.read_text() + extra.read_text())
    if (case / "remove").exists():
        (resources / "catalogue" / (case / "remove").read_text().strip()).unlink()
    lab = [case / "lab.tsv"] if (case / "lab.tsv").exists() else []
    out = tmp_path / "out" / "catalogue.json"
    with pytest.raises(InputError) as raised:
        compile_catalogue(resources, lab, out)
    told = [str(problem) for problem in raised.value.problems]
    for line in (case / "expected.txt").read_text().splitlines():
        assert any(line in problem for problem in told), (line, told)
    assert not out.exists()
    assert all(problem.remedy for problem in raised.value.problems), told


def test_problems_of_all_files_come_together(tmp_path: Path) -> None:
    lab = [case / "lab.tsv" for case in CASES if case.name in ("unknown_gene", "unknown_region", "unreadable_file")]
    with pytest.raises(InputError) as raised:
        compile_catalogue(resources_in(tmp_path), lab, tmp_path / "c.json")
    assert len(raised.value.problems) == 3
