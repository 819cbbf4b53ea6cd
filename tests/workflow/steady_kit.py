"""A small cohort that goes through every step, run once and copied; what a run would do, and whether two runs agree."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pysam
import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "resources" / "example"
PATIENTS = ("EGFR-EX19DEL", "KRAS-G12C", "CLL-IBRUTINIB")
TREE = ("Snakefile", "workflow", "rules", "scripts", "resources", "profiles")
CONFIG = """
assays:
  panel-GRCh37: {limit: 0.005, regions: config/panel.GRCh37.bed}
  panel-GRCh38: {limit: 0.005, regions: config/panel.GRCh38.bed}
"""


def rows(kind: str) -> list[list[str]]:
    """The demo's sheet without its comment: header and the rows of PATIENTS; the samples with two further columns."""
    lines = [line.split("\t") for line in (EXAMPLE / f"cohort.{kind}.tsv").read_text("utf-8").splitlines()]
    head, *body = [cells for cells in lines if not cells[0].startswith("#")]
    body = [cells for cells in body if cells[0] in PATIENTS]
    if kind == "samples":
        head = [*head, "depth", "alignments"]
        more = {"blood-1": ["blood-1.bed", ""], "blood-2": ["", "blood-2.bam"]}
        body = [[*cells, *more.get(cells[1], ["", ""])] for cells in body]
    return [head, *body]


def write_sheet(workdir: Path, kind: str, table: list[list[str]]) -> None:
    text = "".join("\t".join(cells) + "\n" for cells in table)
    (workdir / "config" / f"cohort.{kind}.tsv").write_text(text, encoding="utf-8")


def lay(workdir: Path) -> Path:
    """Three patients of the demo: both builds, two panels, copy number; one with a depth file, one with alignments."""
    config = workdir / "config"
    config.mkdir(parents=True)
    for kind in ("samples", "therapies"):
        write_sheet(workdir, kind, rows(kind))
    for folder in ("calls", "other"):
        (config / folder).mkdir()
        for file in sorted((EXAMPLE / folder).iterdir()):
            if file.name.startswith(PATIENTS):
                shutil.copy(file, config / folder)
    for build in ("GRCh37", "GRCh38"):
        shutil.copy(EXAMPLE / f"panel.{build}.bed", config)
    (config / "config.yaml").write_text((ROOT / "config" / "config.yaml").read_text("utf-8") + CONFIG, encoding="utf-8")
    panel = [line.split("\t")[:3] for line in (EXAMPLE / "panel.GRCh38.bed").read_text("utf-8").splitlines()]
    (config / "blood-1.bed").write_text("".join("\t".join([*cells, "900"]) + "\n" for cells in panel), "utf-8")
    _write_bam(config / "blood-2.bam")
    return workdir


def _write_bam(path: Path) -> None:
    """Forty reads over BTK C481S (chrX:101356176 and around), all of them the reference."""
    sys.path.insert(0, str(ROOT / "tests" / "unit"))
    from reads_kit import GRCH38, header

    start = 101_356_100
    with pysam.AlignmentFile(str(path), "wb", header=header("CLL-IBRUTINIB_blood-2")) as out:
        for i in range(40):
            read = pysam.AlignedSegment(out.header)
            read.query_name, read.reference_id = f"r{i}", out.header.get_tid("chrX")
            read.reference_start, read.mapping_quality, read.cigarstring = start + i, 60, "100M"
            read.query_sequence = GRCH38.fetch("chrX", start + i + 1, start + i + 100)
            read.query_qualities = pysam.qualitystring_to_array("I" * 100)
            read.set_tag("RG", "rg1")
            out.write(read)
    pysam.index(str(path))


def environment(workdir: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "XDG_CACHE_HOME": str(workdir.parent / ".cache"), **more}


def command(workdir: Path, *arguments: str, tree: Path = ROOT, cores: int = 2) -> list[str]:
    return [sys.executable, "-m", "snakemake", "--snakefile", str(tree / "Snakefile"), "--directory", str(workdir),
            "--cores", str(cores), *arguments]  # fmt: skip


def snake(
    workdir: Path, *arguments: str, tree: Path = ROOT, cores: int = 2, **more: str
) -> subprocess.CompletedProcess[str]:
    """The plain command, as a person gives it."""
    return subprocess.run(
        command(workdir, *arguments, tree=tree, cores=cores),
        capture_output=True, text=True, env=environment(workdir, **more), cwd=workdir, check=False,
    )  # fmt: skip


@pytest.fixture(scope="session", name="steady")
def steady_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small cohort after a run that nothing disturbed. Read it, copy it (`copied`), never write to it."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if os.environ.get("PYTEST_XDIST_WORKER") else shared
    workdir = shared / "steady"
    with (shared / "steady.lock").open("w") as lock:  # the workers of one session make it once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (workdir / "done").exists():
            said = snake(lay(workdir))
            assert said.returncode == 0, said.stdout + said.stderr
            (workdir / "done").touch()
    return workdir


def copied(workdir: Path, to: Path) -> Path:
    """The whole working directory elsewhere, times of change included."""
    return Path(shutil.copytree(workdir, to, symlinks=True))


def tree_copy(to: Path) -> Path:
    """The repository's own files elsewhere, to be edited."""
    to.mkdir()
    for name in TREE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy(source, to / name)
    return to


def contents(workdir: Path) -> dict[str, bytes]:
    """Every file under results/ that is no hidden one, by its path."""
    results = workdir / "results"
    return {p.relative_to(results).as_posix(): p.read_bytes() for p in sorted(results.rglob("*"))
            if p.is_file() and not any(part.startswith(".") for part in p.relative_to(results).parts)}  # fmt: skip


def hidden(workdir: Path) -> list[str]:
    """Hidden files under results/, without an index of alignments, which stays by design."""
    names = [p.relative_to(workdir).as_posix() for p in (workdir / "results").rglob(".*")]
    return sorted(name for name in names if not name.endswith((".csi", ".crai")))


def differing(left: dict[str, bytes], right: dict[str, bytes]) -> list[str]:
    """Paths whose bytes differ, or that only one of both has."""
    return sorted(path for path in left.keys() | right.keys() if left.get(path) != right.get(path))


def planned(workdir: Path, *arguments: str, tree: Path = ROOT) -> set[str]:
    """The jobs of a dry run, each as `rule`, `rule patient`, `rule patient/specimen` or `rule build`; no targets."""
    said = snake(workdir, "-n", *arguments, tree=tree)
    told = said.stdout + said.stderr
    assert said.returncode == 0, told
    return jobs_of(told)


def jobs_of(told: str) -> set[str]:
    """The jobs that Snakemake's lines `Job 3: …` tell, by the rules' messages."""
    found = set()
    for line in re.findall(r"^ *Job \d+: (.*)$", told, re.M):
        for pattern, name in _MESSAGES:
            if match := re.fullmatch(pattern, line):
                found.add(match.expand(name))
                break
        else:
            assert line.startswith("All pages are made"), line
    return found


_MESSAGES = [
    (r"(sheets|references|catalogue|summary|check)", r"\1"),
    (r"reference (GRCh\d+)", r"reference \1"),
    (r"cohort page", "cohort"),
    (r"exports of the cohort", "export_cohort"),
    (r"(\S+): normalize (\S+)", r"normalize \1/\2"),
    (r"(\S+): read back (\S+)", r"genotype \1/\2"),
    (r"(\S+): depth of (\S+)", r"coverage \1/\2"),
    (r"(\S+): annotate and judge", r"annotate \1"),
    (r"(\S+): (compare|report|export)", r"\2 \1"),
]


def steps(*patients: str) -> set[str]:
    """Every job of these patients but the exports."""
    found = {f"{step} {patient}" for patient in patients for step in ("compare", "annotate", "report")}
    for patient, specimen in ((cells[0], cells[1]) for cells in rows("samples")[1:]):
        if patient in patients:
            found |= {f"{step} {patient}/{specimen}" for step in ("normalize", *_FURTHER.get(specimen, ()))}
    return found


#: Steps that only some specimens go through.
_FURTHER = {"blood-1": ("coverage",), "blood-2": ("genotype",)}


@contextlib.contextmanager
def edited(path: Path, old: str, new: str):
    """A file with `old` replaced, once; as it was, with its time of change, after the block."""
    text, state = path.read_text("utf-8"), path.stat()
    assert old in text, f"{path} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), "utf-8")
    try:
        yield
    finally:
        path.write_text(text, "utf-8")
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
