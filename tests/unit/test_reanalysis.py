"""Stored results judged again: the same catalogue changes nothing; another one changes what a fresh run would."""

from __future__ import annotations

import json
from pathlib import Path

import judge_cases
import pytest
import yaml
from acquired.catalogue import Catalogue
from acquired.cli import main
from acquired.reanalysis.again import Judge
from acquired.reanalysis.cli import read_catalogue
from acquired.reanalysis.differ import difference
from small_catalogue import ROOT, SMALL
from test_catalogue_compile import lab

CASES = sorted((ROOT / "tests" / "cases" / "judge").iterdir())
RESOURCES = ROOT / "resources"

#: What is done to the small catalogue, as rows of a lab's file.
CHANGES = {
    "withdraw": [{"id": "ACQ-000001", "action": "withdraw"}, {"id": "ACQ-000002", "action": "withdraw"}],
    "level": [{"id": "ACQ-000001", "action": "override", "level": "C", "drug": "erlotinib", "alteration": "T790M",
               "match": "protein T790M"}],
    "unconfirmed": [{"id": "ACQ-000001", "action": "override", "citation_status": "unverified", "pmids": "",
                     "drug": "erlotinib", "alteration": "T790M", "match": "protein T790M"}],
    "new": [{"id": "LAB-1", "gene": "EGFR", "alteration": "L858R", "match": "protein L858R", "drug": "erlotinib",
             "level": "A"}],
    "overcome": [{"id": "LAB-2", "gene": "EGFR", "alteration": "T790M", "match": "protein T790M", "drug": "imatinib",
                  "effect": "sensitivity", "level": "C"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The small catalogue with each of the changes, compiled."""
    folder = tmp_path_factory.mktemp("catalogues")
    (folder / "resources").mkdir()
    (folder / "resources" / "catalogue").symlink_to(SMALL)
    (folder / "resources" / "reference").symlink_to(RESOURCES / "reference")
    made = {}
    for name, rows in CHANGES.items():
        from acquired.catalogue import compile_catalogue

        made[name] = folder / f"{name}.json"
        compile_catalogue(folder / "resources", [lab(folder / f"{name}.tsv", *rows)], made[name])
    return made


def case_of(folder: Path) -> dict:
    return yaml.safe_load((folder / "case.yaml").read_text())


def sense(result: dict) -> dict:
    """What verdicts say, without the sentences on loci, which a stored result may lack."""
    return {v["drug"]: (v["verdict"], v["basis"], v["alterations"]) for v in result["verdicts"]}


@pytest.mark.parametrize("folder", CASES, ids=lambda p: p.name)
def test_the_same_catalogue_says_the_same(folder: Path, tmp_path: Path) -> None:
    stored = judge_cases.judge(case_of(folder), tmp_path)
    if stored["status"] == "refused":
        pytest.skip("nothing was judged")
    before = json.dumps(stored)
    again = Judge(Catalogue.read(judge_cases.catalogue_json()), RESOURCES).judge(stored)
    assert again["verdicts"] == stored["verdicts"]
    assert again["unknown"] == {}
    assert not difference(stored, again)
    assert [a["trajectories"] for a in again["alterations"]] == [a["trajectories"] for a in stored["alterations"]]
    assert json.dumps(stored) == before, "the stored result was changed"


@pytest.mark.parametrize("change", CHANGES)
def test_another_catalogue_says_what_a_fresh_run_says(change, catalogues, tmp_path, monkeypatch) -> None:
    """The oracle is the judge itself, run on the BCF with the new catalogue."""
    judge, moved = Judge(Catalogue.read(catalogues[change]), RESOURCES), 0
    for folder in CASES:
        case, old, new = case_of(folder), tmp_path / f"{folder.name}-old", tmp_path / f"{folder.name}-new"
        old.mkdir()
        new.mkdir()
        stored = judge_cases.judge(case, old)
        with monkeypatch.context() as patched:
            patched.setattr(judge_cases, "catalogue_json", lambda: catalogues[change])
            fresh = judge_cases.judge(case, new)
        if stored["status"] == "refused":
            continue
        again = judge.judge(stored)
        for drug, told in sense(again).items():
            if drug not in again["unknown"]:
                assert told == sense(fresh)[drug], f"{folder.name} {drug}"
        claims = {a["id"]: a["claims"] for a in fresh["alterations"]}
        for a in again["alterations"]:
            assert a["claims"] == claims.get(a["id"], []), f"{folder.name} {a['name']}"
        differs = any(a["claims"] != claims.get(a["id"], []) for a in stored["alterations"])
        assert bool(difference(stored, again)) == (differs or sense(again) != sense(stored)), folder.name
        moved += differs
    assert 0 < moved < len(CASES), "the change must concern some patients and not others"


def test_a_new_locus_takes_back_that_everything_was_looked_at(tmp_path) -> None:
    stored = judge_cases.judge(case_of(ROOT / "tests/cases/judge/none_found_everywhere_looked"), tmp_path)
    verdict = next(v for v in stored["verdicts"] if v["verdict"] == "none_found")
    row = {"id": "LAB-9", "gene": "EGFR", "alteration": "G796R", "match": "protein G796R", "drug": verdict["drug"],
           "level": "A"}  # fmt: skip
    (tmp_path / "tables").mkdir()
    for file in SMALL.iterdir():
        (tmp_path / "tables" / file.name).write_bytes(file.read_bytes())
    catalogue = read_catalogue([tmp_path / "tables", lab(tmp_path / "own.tsv", row)], RESOURCES)
    again = Judge(catalogue, RESOURCES).judge(stored)
    now = next(v for v in again["verdicts"] if v["drug"] == verdict["drug"])
    assert now["verdict"] == "cannot_be_judged" and "EGFR G796" in now["why"]
    assert again["unknown"] == {verdict["drug"]: ["EGFR G796"]}
    assert difference(stored, again).verdicts[0].before.startswith("None found")


def stored_folder(tmp_path: Path, *names: str) -> Path:
    """A results folder with the results of some cases."""
    for name in names:
        folder = tmp_path / "results" / "patients" / name
        folder.mkdir(parents=True)
        judge_cases.judge(case_of(ROOT / "tests/cases/judge" / name), folder)
        told = json.loads((folder / "result.json").read_text()) | {"patient": name}
        (folder / "result.json").write_text(json.dumps(told))
        for beside in folder.iterdir():  # stored results alone
            if beside.name != "result.json":
                beside.unlink()
    return tmp_path / "results"


def test_the_command_writes_page_and_table_from_results_alone(tmp_path, catalogues, capsys) -> None:
    results = stored_folder(tmp_path, "emerged_by_depth", "histology_changes", "refused")
    command = ["reanalyze", str(results), "--catalogue", str(catalogues["withdraw"]), "--out", str(tmp_path / "o")]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "2 patients judged again" in said and "1 with another verdict" in said
    page, table = (tmp_path / "o" / name for name in ("index.html", "differences.tsv"))
    rows = [line.split("\t") for line in table.read_text().splitlines()]
    assert rows[0] == ["patient", "differs", "on", "what", "before", "after"]
    assert {r[0] for r in rows[1:] if r[1] == "verdict"} == {"emerged_by_depth"}
    assert ["refused", "not re-analysed", "", "refused", "", ""] in rows
    html = page.read_text()
    assert "Resistance emerged, by depth" in html and "ACQ-000001" in html and "http:" not in html
    first = page.read_bytes(), table.read_bytes()
    main(command)
    assert (page.read_bytes(), table.read_bytes()) == first


def test_hostile_text_is_escaped_and_no_cell_is_a_formula(tmp_path, catalogues) -> None:
    results = stored_folder(tmp_path, "emerged_by_depth")
    path = results / "patients/emerged_by_depth/result.json"
    told = json.loads(path.read_text())
    told["patient"] = '=cmd|"<script>alert(1)</script>'
    path.write_text(json.dumps(told))
    main(["reanalyze", str(results), "--catalogue", str(catalogues["withdraw"])])
    assert "<script>alert" not in (results / "reanalysis/index.html").read_text()
    assert "\n=" not in (results / "reanalysis/differences.tsv").read_text()


@pytest.mark.parametrize(
    ("content", "what"),
    [("", "no result"), ("[]", "no result"), ('{"schema_version": "9.0.0"}', "schema version"),
     ('{"schema_version": "1.0.0"}', "breaks the contract")],
)  # fmt: skip
def test_a_spoilt_result_is_named_and_nothing_is_written(tmp_path, catalogues, capsys, content, what) -> None:
    results = stored_folder(tmp_path, "emerged_by_depth", "histology_changes")
    (results / "patients/histology_changes/result.json").write_text(content)
    assert main(["reanalyze", str(results), "--catalogue", str(catalogues["level"])]) == 2
    said = capsys.readouterr().err
    assert "histology_changes/result.json" in said and what in said
    assert not (results / "reanalysis").exists()


@pytest.mark.parametrize(
    ("arguments", "what"),
    [(["nowhere", "--catalogue", str(SMALL)], "result.json"), (["R", "--catalogue", "none.json"], "no such file"),
     (["R", "--catalogue", "R/patients/emerged_by_depth/result.json"], "no compiled catalogue"),
     (["R", "--catalogue", "R"], "claims.tsv")],
)  # fmt: skip
def test_wrong_arguments_are_told(tmp_path, capsys, monkeypatch, arguments, what) -> None:
    stored_folder(tmp_path, "emerged_by_depth").rename(tmp_path / "R")
    monkeypatch.chdir(tmp_path)
    assert main(["reanalyze", *arguments]) == 2
    assert what in capsys.readouterr().err
