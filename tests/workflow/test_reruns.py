"""Which jobs run again after which change: no more than rests on it, and no less.

CASES is the table to review. Every case is a change of a finished run; `snakemake -n` tells the jobs that would follow.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from steady_kit import (
    PATIENTS,
    ROOT,
    copied,
    planned,
    rows,
    steady_run,  # noqa: F401 - a fixture
    steps,
    tree_copy,
    write_sheet,
)

EGFR, KRAS, CLL = PATIENTS
END = {"cohort", "summary"}


def after(step: str, *patients: str) -> set[str]:
    """`step` of these patients and all that follows it, to the cohort's pages and the summary."""
    order = ["normalize", "genotype", "coverage", "compare", "annotate", "report"]
    return {job for job in steps(*patients) if order.index(job.split()[0]) >= order.index(step)} | END


@dataclass
class Bench:
    """A finished run and a copy of the repository, both to be changed and put back."""

    workdir: Path
    tree: Path


Change = Callable[[Bench], None]


def cell(kind: str, row: tuple[str, ...], column: str, value: str) -> Change:
    """One cell of a sheet. row: the first cells of its row."""

    def change(bench: Bench) -> None:
        head, *body = rows(kind)
        found = [cells for cells in body if tuple(cells[: len(row)]) == row]
        assert len(found) == 1, f"{row} is {len(found)} rows"
        found[0][head.index(column)] = value
        write_sheet(bench.workdir, kind, [head, *body])

    return change


def sheet(kind: str, how: Callable[[list[list[str]]], list[list[str]]]) -> Change:
    return lambda bench: write_sheet(bench.workdir, kind, how(rows(kind)))


def text(where: str, old: str, new: str) -> Change:
    """A word of a file: of the repository's, or (config/…) of the working directory's."""

    def change(bench: Bench) -> None:
        path = (bench.workdir if where.startswith("config/") else bench.tree) / where
        content = path.read_text("utf-8")
        assert old in content, f"{where} does not hold {old!r}"
        path.write_text(content.replace(old, new, 1), "utf-8")

    return change


def library(name: str) -> Change:
    """A library file with one more comment at its end."""
    return lambda bench: (bench.tree / "scripts" / "acquired" / name).open("a").write("# changed\n") and None


def lost(path: str) -> Change:
    return lambda bench: (bench.workdir / "results" / path).unlink()


def touched(path: str) -> Change:
    return lambda bench: os.utime(bench.workdir / path)


def new_patient(bench: Bench) -> None:
    head, *body = rows("samples")
    more = [[*cells] for cells in body if cells[0] == EGFR]
    for cells in more:
        for column in ("variants", "copy_number"):
            old = cells[head.index(column)]
            cells[head.index(column)] = old.replace(EGFR, "NEW")
            shutil.copy(bench.workdir / "config" / old, bench.workdir / "config" / old.replace(EGFR, "NEW"))
        cells[0] = "NEW"
    write_sheet(bench.workdir, "samples", [head, *body, *more])


def without(patient: str) -> Change:
    def change(bench: Bench) -> None:
        for kind in ("samples", "therapies"):
            write_sheet(bench.workdir, kind, [cells for cells in rows(kind) if cells[0] != patient])

    return change


ALL = after("normalize", *PATIENTS)
NEW = {"normalize NEW/biopsy-1", "normalize NEW/biopsy-2", "compare NEW", "annotate NEW", "report NEW"}
P1, P2 = (KRAS, "plasma-1"), (KRAS, "plasma-2")

#: What is changed, how, and the jobs that follow.
CASES: dict[str, tuple[Change, set[str]]] = {
    # ---- sheets: the patient's jobs that are told of the cell
    "nothing": (lambda bench: None, set()),
    "a specimen's day": (cell("samples", P2, "day", "240"), after("compare", KRAS)),
    "a specimen's site": (cell("samples", P2, "site", "liver"), after("compare", KRAS)),
    "a specimen's assay": (cell("samples", P2, "assay", "panel-GRCh38"), after("compare", KRAS)),
    "a specimen's caller": (cell("samples", P2, "sample", "KRAS-G12C_plasma-2"),
                            {f"normalize {KRAS}/plasma-2"} | after("compare", KRAS)),
    "a patient's disease": (sheet("samples", lambda table: [[c.replace("colorectal cancer", "lung adenocarcinoma")
                            for c in cells] for cells in table]), after("annotate", KRAS)),
    "a therapy's start": (cell("therapies", (KRAS,), "start", "6"), after("compare", KRAS)),
    "a therapy's drug": (cell("therapies", (CLL,), "drug", "venetoclax"), after("genotype", CLL) - {
                         f"coverage {CLL}/blood-1"}),
    "rows in another order": (sheet("samples", lambda table: [table[0], *reversed(table[1:])]), set()),
    "a comment in a sheet": (sheet("samples", lambda table: [["# a comment"], *table]), set()),
    "blanks around a cell": (cell("samples", P2, "material", " plasma "), set()),
    "one patient more": (new_patient, NEW | END),
    "one patient less": (without(KRAS), END),
    # ---- settings: the steps that are told of the group
    "compare": (text("config/config.yaml", "alpha: 0.01", "alpha: 0.02"), after("compare", *PATIENTS)),
    "judge": (text("config/config.yaml", "levels: [A, B, C, D]", "levels: [A, B]"),
              after("annotate", *PATIENTS)),
    "report": (text("config/config.yaml", 'lab: ""', 'lab: "Ours"'), after("report", *PATIENTS)),
    "reads": (text("config/config.yaml", "judge:", "reads: {min_base_quality: 21}\njudge:"),
              after("genotype", CLL)),
    "copy_number": (text("config/config.yaml", "judge:", "copy_number: {gain: 2.6}\njudge:"), ALL - {
                    f"genotype {CLL}/blood-2", f"coverage {CLL}/blood-1"} | after("genotype", CLL)),
    "one assay's limit": (text("config/config.yaml", "panel-GRCh37: {limit: 0.005", "panel-GRCh37: {limit: 0.004"),
                          after("compare", KRAS)),
    "one assay's regions": (text("config/panel.GRCh37.bed", "chr1", "chr2"), after("compare", KRAS)),
    # ---- library files: the steps whose scripts import them, and what follows
    "sheets/rows.py": (library("sheets/rows.py"), set()),
    "intake/columns.py": (library("intake/columns.py"), ALL),
    "reads/count.py": (library("reads/count.py"), after("genotype", CLL) - {f"coverage {CLL}/blood-1"}),
    "depth/files.py": (library("depth/files.py"), after("coverage", CLL)),
    "compare/stats.py": (library("compare/stats.py"), after("compare", *PATIENTS)),
    "judge/settle.py": (library("judge/settle.py"), after("annotate", *PATIENTS)),
    "flags/artefact.py": (library("flags/artefact.py"), after("annotate", *PATIENTS)),
    "report/chart.py": (library("report/chart.py"), after("report", *PATIENTS)),
    "report/cohort.py": (library("report/cohort.py"), END),
    "report/summary.py": (library("report/summary.py"), {"summary"}),
    "export/fhir.py": (library("export/fhir.py"), set()),
    "catalogue/page.py": (library("catalogue/page.py"), set()),
    "check/cohort.py": (library("check/cohort.py"), set()),
    # ---- bundled data: the steps that read the folder (of the wordings, the file)
    "one claim": (text("resources/catalogue/claims.tsv", "\tC\t", "\tB\t"),
                  {"catalogue"} | after("genotype", CLL) - {f"coverage {CLL}/blood-1"} | after("annotate", EGFR, KRAS)),
    "a word of the pages": (text("resources/wording/report.en.yaml", "esearch use only", "esearch  use only"),
                            after("report", *PATIENTS)),
    "a word of the results": (text("resources/wording/judge.en.yaml", "cannot_be_judged:", "cannot_be_judged: "),
                              after("annotate", *PATIENTS)),
    "a word of reanalyses": (text("resources/wording/reanalysis.en.yaml", ":", ": "), set()),
    "a page's style": (text("resources/report/page.css", "{", "{ "), after("report", *PATIENTS)),
    "a rule of the judge": (text("resources/judge/rules.yaml", "\n", "\n\n"), after("annotate", *PATIENTS)),
    "a site of identity": (text("resources/identity/sites.tsv", "\n", "\n# \n"), after("genotype", CLL) - {
                           f"coverage {CLL}/blood-1"} | after("annotate", EGFR, KRAS)),
    "a dialect": (text("resources/dialects/callers.yaml", "\n", "\n\n"), ALL),
    "a transcript": (text("resources/reference/provenance.yaml", "\n", "\n\n"),
                     ALL | {"reference GRCh37", "reference GRCh38", "references", "catalogue"}),
    # ---- inputs and results
    "calls touched": (touched(f"config/calls/{KRAS}.plasma-1.vcf"), set()),
    "calls edited": (text(f"config/calls/{KRAS}.plasma-1.vcf", "\n", "\n##edited=1\n"),
                     {f"normalize {KRAS}/plasma-1"} | after("compare", KRAS)),
    "a depth file edited": (text("config/blood-1.bed", "900", "901"), after("coverage", CLL)),
    "a lost page": (lost(f"patients/{KRAS}/report.html"), {f"report {KRAS}", "summary"}),
    "a lost table": (lost(f"patients/{KRAS}/findings.tsv"), {f"report {KRAS}", "summary"}),
    "a lost result": (lost(f"patients/{KRAS}/result.json"), after("annotate", KRAS)),
    "a lost summary": (lost("cohort/summary.txt"), {"summary"}),
    "a lost cohort page": (lost("cohort/index.html"), END),
    "a lost step in between": (lost(f"patients/{KRAS}/compared.bcf"), set()),
    "lost jobs": (lost("jobs.jsonl"), set()),
}  # fmt: skip


@pytest.fixture(scope="module")
def bench(steady, tmp_path_factory) -> Bench:
    folder = tmp_path_factory.mktemp("reruns")
    return Bench(copied(steady, folder / "run"), tree_copy(folder / "tree"))


def tried(bench: Bench, steady: Path, change: Change) -> set[str]:
    """The jobs that follow, with everything put back as it was."""
    try:
        change(bench)
        return planned(bench.workdir, tree=bench.tree)
    finally:
        for at, source in ((bench.workdir, steady), (bench.tree, ROOT)):
            _put_back(at, source)


def _put_back(at: Path, source: Path) -> None:
    for folder in ("config", "results") if (at / "results").exists() else ("scripts/acquired", "resources"):
        for file in (source / folder).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                copy = at / file.relative_to(source)
                if not copy.exists() or _state(copy) != _state(file):
                    shutil.copy2(file, copy)


def _state(file: Path) -> tuple[int, int]:
    state = file.stat()
    return state.st_size, state.st_mtime_ns


FAST = ("nothing", "a specimen's day", "rows in another order", "one patient less", "a lost page")


@pytest.mark.parametrize("name", FAST)
def test_what_runs_again(bench, steady, name):
    change, expected = CASES[name]
    assert tried(bench, steady, change) == expected


@pytest.mark.heavy
@pytest.mark.parametrize("name", [name for name in CASES if name not in FAST])
def test_what_else_runs_again(bench, steady, name):
    change, expected = CASES[name]
    assert tried(bench, steady, change) == expected
