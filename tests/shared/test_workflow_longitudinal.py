"""A real multi-sample VCF of four patients with up to five time points through the whole workflow."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CALLS = ROOT.parent / "shared/samples/longitudinal/oncogemini__test.oncogemini.vcf"

pytestmark = [pytest.mark.shared, pytest.mark.skipif(not CALLS.exists(), reason="needs ../shared")]

#: patient -> its columns with their day.
COLUMNS = {
    "A": {"A1": 1, "A2": 2, "A3": 3},
    "B": {"B0": 0, "B1": 1, "B2": 2, "B3": 3, "B4": 4},
    "C": {"C0": 0, "C1": 1, "C2": 2},
    "D": {"D0": 0, "D1": 1},
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """result.json of each patient, from one run over the one file; the `sample` column picks the specimens."""
    workdir = tmp_path_factory.mktemp("longitudinal")
    (workdir / "config").mkdir()
    shutil.copy(ROOT / "config/config.yaml", workdir / "config")
    rows = ["patient\tspecimen\tday\tvariants\tsample\tdisease"]
    rows += [
        f"{p}\t{c}\t{day}\t{CALLS}\t{c}\tbreast cancer" for p, columns in COLUMNS.items() for c, day in columns.items()
    ]
    (workdir / "config/real.samples.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    therapies = "patient\tdrug\tstart\tstop\nB\tletrozole\t1\t\nC\tletrozole\t1\t\n"
    (workdir / "config/real.therapies.tsv").write_text(therapies, encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "-d", str(workdir), "--cores", "2"]
    said = subprocess.run(command, capture_output=True, text=True, env={**os.environ}, check=False)
    assert said.returncode == 0, said.stderr[-3000:]
    return {p: json.loads((workdir / f"results/patients/{p}/result.json").read_text()) for p in COLUMNS}


def named(result: dict, name: str) -> dict:
    return next(a for a in result["alterations"] if a["name"] == name)


def test_the_build_is_proved(results):
    assert {r["build"] for p, r in results.items() if p != "D"} == {"GRCh37"}


def test_esr1_y537n_of_patient_c_has_emerged_and_is_known(results):
    found = named(results["C"], "ESR1 Y537N")
    assert (found["trajectory"], found["basis"]) == ("emerged", "depth")
    reads = {o["specimen"]: (o["status"], o["alt_count"], o["depth"]) for o in found["observations"]}
    assert reads == {"C0": ("absent", 0, 68), "C1": ("absent", 0, 69), "C2": ("called", 19, 48)}
    verdict = results["C"]["verdicts"][0]
    assert verdict["verdict"] == "emerged" and found["id"] in verdict["alterations"]
    assert any(c["raises_verdict"] and c["relation"] == "given" for c in found["claims"])


def test_ten_reads_without_the_allele_are_low_and_not_absent(results):
    found = named(results["B"], "ESR1 Y537N")
    day1 = next(o for o in found["observations"] if o["specimen"] == "B1")
    assert (day1["status"], day1["alt_count"], day1["depth"]) == ("low", 0, 10)


def test_patient_d_whose_calls_are_missing_is_not_compared(results):
    assert results["D"]["status"] == "not compared"
    assert results["D"]["notes"]
