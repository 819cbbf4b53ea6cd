"""Tables by default, `snakemake exports` and `snakemake --report` on the demo cohort."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import snakemake

pytestmark = pytest.mark.heavy

Demo = tuple[Path, subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def exported(demo: Demo) -> Path:
    workdir, first = demo
    assert first.returncode == 0, first.stderr
    default = {p.name for p in workdir.glob("results/*/**/*") if p.is_file()}
    assert {"findings.tsv", "findings.xlsx"} <= default and not {"fhir.json", "annotated.vcf.gz"} & default
    made = snakemake(workdir, "exports")
    assert made.returncode == 0, made.stderr
    again = snakemake(workdir, "exports", "--dry-run")
    assert "Nothing to be done" in again.stdout + again.stderr
    return workdir


def results(workdir: Path) -> dict[str, dict[str, Any]]:
    return {p.parent.name: json.loads(p.read_bytes()) for p in workdir.glob("results/patients/*/result.json")}


def test_every_patient_has_every_file(exported: Path) -> None:
    for patient in results(exported):
        folder = exported / "results" / "patients" / patient
        for name in ("findings.tsv", "findings.xlsx", "annotated.vcf.gz", "annotated.vcf.gz.tbi", "fhir.json"):
            assert (folder / name).stat().st_size > 0, f"{patient}/{name}"
    builds = {r["build"] for r in results(exported).values()}
    studies = {p.name for p in (exported / "results/cohort/cbioportal").iterdir() if not p.name.startswith(".")}
    assert studies == builds | {"left_out.tsv"}


def test_the_cohorts_table_opens_and_has_every_patient(exported: Path) -> None:
    sheet = openpyxl.load_workbook(exported / "results/cohort/findings.xlsx", read_only=True).active
    patients = {row[0] for row in sheet.iter_rows(2, values_only=True)}
    with_something = {p for p, r in results(exported).items() if r["verdicts"] or r["alterations"]}
    assert with_something == patients


def test_bcftools_merges_what_was_written(exported: Path) -> None:
    """A merge reads every record of every file, its index and its header."""
    if shutil.which("bcftools") is None:
        pytest.skip("bcftools is not here")
    files = [
        str(exported / "results/patients" / p / "annotated.vcf.gz")
        for p, r in sorted(results(exported).items()) if r["build"] == "GRCh38"
    ]  # fmt: skip
    merged = subprocess.run(
        ["bcftools", "merge", "--force-samples", *files], capture_output=True, text=True, check=False
    )
    assert merged.returncode == 0, merged.stderr
    alleles = {
        (a["chrom"], a["pos"], a["ref"], a["alt"])
        for r in results(exported).values() if r["build"] == "GRCh38"
        for a in r["alterations"] if a["kind"] == "small variant" and a["pos"]
    }  # fmt: skip
    records = [line.split("\t") for line in merged.stdout.splitlines() if not line.startswith("#")]
    assert sum(len(r[4].split(",")) for r in records) == len(alleles)


def test_every_bundle_is_fhir(exported: Path) -> None:
    bundle = pytest.importorskip("fhir.resources.R4B.bundle").Bundle
    for patient in results(exported):
        bundle.model_validate_json((exported / "results/patients" / patient / "fhir.json").read_bytes())


def test_multiqc_shows_every_patient_and_specimen(exported: Path, tmp_path: Path) -> None:
    """ACQUIRED_MULTIQC names the program where it is not on the path: it is too large for the development tools."""
    multiqc = os.environ.get("ACQUIRED_MULTIQC") or shutil.which("multiqc")
    if not multiqc:
        pytest.skip("MultiQC is not here")
    command = [multiqc, "--no-ansi", "-o", str(tmp_path), str(exported / "results" / "cohort")]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    page = (tmp_path / "multiqc_report.html").read_text(encoding="utf-8")
    data = tmp_path / "multiqc_data"
    for name, rows in (
        ("verdicts", [r["patient"] for r in results(exported).values()]),
        ("specimens", [f"{r['patient']} {s['id']}" for r in results(exported).values() for s in r["specimens"]]),
    ):
        table = (data / f"multiqc_acquired_{name}_table.txt").read_text(encoding="utf-8").splitlines()[1:]
        assert sorted(line.split("\t")[0] for line in table) == sorted(rows)
        assert f"acquired_{name}" in page


def _variable(page: str, name: str) -> dict[str, Any]:
    """The value of a variable that the report's page keeps in a script element of the same id."""
    script = page.index(f'<script id="{name}">')
    value = page.index(f"var {name} = ", script) + len(f"var {name} = ")
    return json.JSONDecoder().raw_decode(page, value)[0]


def test_snakemakes_own_report_carries_the_pages(exported: Path, tmp_path: Path) -> None:
    made = snakemake(exported, "--report", str(tmp_path / "report.zip"))
    assert made.returncode == 0, made.stderr
    archive = zipfile.ZipFile(tmp_path / "report.zip")
    page = archive.read("report/report.html").decode()
    held, categories = (_variable(page, name) for name in ("results", "categories"))
    patients = {f"results/patients/{p}/report.html": p for p in results(exported)}
    cohort = {"results/cohort/index.html", "results/cohort/findings.xlsx"}
    assert set(held) == set(patients) | cohort
    assert {path for group in categories["Patients"].values() for path in group} == set(patients)
    assert {path for group in categories["Cohort"].values() for path in group} == cohort
    for path, entry in held.items():
        assert "For research use only" in entry["caption"]
        assert entry["labels"] == (
            {"patient": patients[path]} if path in patients else {"content": entry["labels"]["content"]}
        )
    raw = {Path(name).name: archive.read(name) for name in archive.namelist() if "/data/raw/" in name}
    assert (exported / "results/cohort/index.html").read_bytes() == raw["index.html"]
    assert sum("/data/raw/" in name for name in archive.namelist()) == len(held)
