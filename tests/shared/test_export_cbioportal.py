"""cBioPortal's own validator on the exported studies.

It is part of cBioPortal (repository cBioPortal/cbioportal-core, scripts/importer/validateData.py). The environment
variable ACQUIRED_CBIOPORTAL_VALIDATOR names that file; its Python needs requests, PyYAML, Jinja2 and dsnparse, and is
ACQUIRED_CBIOPORTAL_PYTHON where it is not this one. Without the variable the tests skip.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from acquired.export.results import read_results
from acquired.export.write import write_cohort_exports

ROOT = Path(__file__).resolve().parents[2]
VALIDATOR = os.environ.get("ACQUIRED_CBIOPORTAL_VALIDATOR", "")
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not VALIDATOR, reason="ACQUIRED_CBIOPORTAL_VALIDATOR names no validator"),
]

#: What it says of itself when it is run without a portal.
SKIPPED = "Skipping validations relating to"
#: Genes outside resources/export/genes.tsv have no UniProt accession; text that is no protein change is left out.
EXPECTED_OF_HOSTILE = ("Missing value in SWISSPROT column", "No Amino_Acid_Change or HGVSp_Short value")


def findings(study: Path) -> list[str]:
    """Every warning and error of the validator (-n: without a portal; -m: the strict checks of the MAF)."""
    python = os.environ.get("ACQUIRED_CBIOPORTAL_PYTHON", sys.executable)
    command = [python, VALIDATOR, "-s", str(study), "-n", "-m", "-v"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    text = told.stdout + told.stderr
    assert "Validation of data" in text, text
    assert "-: Validation complete" in text or "Validation of data succeeded" in text, text[-3000:]
    found = [line for line in text.splitlines() if line.startswith(("WARNING", "ERROR", "CRITICAL"))]
    return [line for line in found if SKIPPED not in line]


def export(folder: Path, names: list[str]) -> Path:
    paths = []
    for name in names:
        path = folder / "results" / "patients" / name / "result.json"
        path.parent.mkdir(parents=True)
        path.write_bytes((ROOT / "tests" / "cases" / "report" / name / "result.json").read_bytes())
        paths.append(path)
    tables = {name: folder / f"{name}_mqc.json" for name in ("verdicts", "specimens")}
    write_cohort_exports(paths, folder / "cbioportal", tables, folder / "reference", ROOT / "resources")
    assert len(list(read_results(paths))) == len(names)
    return folder / "cbioportal"


def test_it_finds_nothing(tmp_path: Path) -> None:
    names = ["egfr_five_time_points", "gist_two_sites", "many_kinds_bare_files", "not_compared", "nothing_found"]
    for study in export(tmp_path, names).glob("GRCh*"):
        assert findings(study) == []


def test_hostile_strings_break_nothing(tmp_path: Path) -> None:
    folder = export(tmp_path, ["hostile_strings", "refused"])
    assert "\trefused patients\t1\n" in (folder / "left_out.tsv").read_text(encoding="utf-8")
    for study in folder.glob("GRCh*"):
        assert [f for f in findings(study) if not any(e in f for e in EXPECTED_OF_HOSTILE)] == []


def test_the_validator_would_find_something(tmp_path: Path) -> None:
    (study,) = export(tmp_path, ["nothing_found"]).glob("GRCh*")
    path = study / "data_mutations.txt"
    path.write_text(
        path.read_text(encoding="utf-8").replace("Missense_Mutation", "Missense").replace("\tSNP\t", "\tINS\t")
    )
    assert findings(study)
