"""A specimen's alterations file and account, where its call files are packed, encoded otherwise, or absent."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from acquired.intake import normalize_files, normalize_specimen
from acquired.model import Specimen
from acquired.reference import Reference
from test_intake_cases import RESOURCES, ROOT, described

CASES = ROOT / "tests" / "cases" / "vendors"


@pytest.fixture(scope="module")
def genomes() -> dict[str, Reference]:
    return {build: Reference.open(RESOURCES, build) for build in ("GRCh37", "GRCh38")}


def run(specimen: Specimen, genomes: dict[str, Reference], out: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    told = normalize_files(specimen, RESOURCES, genomes, out / "a.bcf", out / "a.bed.gz", out / "a.json")
    return told, json.loads((out / f"{specimen.specimen}.alterations.json").read_text(encoding="utf-8"))


def test_a_packed_maf_is_the_maf(genomes: dict[str, Reference], tmp_path: Path) -> None:
    packed = tmp_path / "calls.maf.gz"
    packed.write_bytes(gzip.compress((CASES / "maf" / "calls.maf").read_bytes()))
    told, _ = run(Specimen("P", "S", (str(packed),)), genomes, tmp_path)
    here = described(tmp_path / "a.bcf")
    run(Specimen("P", "S", (str(CASES / "maf" / "calls.maf"),)), genomes, tmp_path)
    assert told["status"] == "ok" and here == described(tmp_path / "a.bcf") and len(here) == 4


def test_a_packed_table_that_was_cut_off_is_refused(genomes: dict[str, Reference], tmp_path: Path) -> None:
    rows = b"".join(b"EGFR\t7\t%d\tC\tT\n" % (55_000_000 + 7919 * n) for n in range(60_000))
    packed = gzip.compress(b"Hugo_Symbol\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\n" + rows)
    (tmp_path / "calls.maf.gz").write_bytes(packed[: len(packed) * 3 // 4])
    told, alterations = run(Specimen("P", "S", (str(tmp_path / "calls.maf.gz"),)), genomes, tmp_path)
    assert told["status"] == alterations["status"] == "refused"
    assert "cannot be read to its end" in told["problems"][0]["what"]


def test_a_report_in_utf_16_is_the_report(genomes: dict[str, Reference], tmp_path: Path) -> None:
    text = (CASES / "foundation" / "ORD-1.xml").read_text(encoding="utf-8").replace('encoding="UTF-8"', "")
    (tmp_path / "x.xml").write_bytes(text.encode("utf-16"))
    told, alterations = run(Specimen("P", "S", (str(tmp_path / "x.xml"),)), genomes, tmp_path)
    assert (told["status"], told["records"]["alleles"], len(alterations["negatives"])) == ("ok", 4, 2)


def test_a_specimen_with_a_histology_alone(genomes: dict[str, Reference], tmp_path: Path) -> None:
    told, alterations = run(Specimen("P", "S", (), facts={"histology": "small cell"}), genomes, tmp_path)
    assert (told["status"], told["placed"], told["small_variants"]) == ("ok", False, "none")
    assert told["records"]["read"] == 0 and described(tmp_path / "a.bcf") == []
    assert alterations["histology"] == "small cell"


def test_a_specimen_with_nothing_is_refused(genomes: dict[str, Reference], tmp_path: Path) -> None:
    told, alterations = run(Specimen("P", "S", ()), genomes, tmp_path)
    assert told["status"] == alterations["status"] == "refused"
    assert "the specimen has no call file" in told["problems"][0]["what"]


def test_what_kind_of_calls_a_specimen_has(genomes: dict[str, Reference], tmp_path: Path) -> None:
    both = [str(CASES / "vcf_and_table" / name) for name in ("calls.vcf", "A1.cnv_call.hdr.tsv")]
    assert run(Specimen("P", "S", tuple(both)), genomes, tmp_path)[0]["small_variants"] == "calls"
    assert run(Specimen("P", "S", (both[1],)), genomes, tmp_path)[0]["small_variants"] == "table"


def test_two_files_of_two_builds_are_refused(genomes: dict[str, Reference], tmp_path: Path) -> None:
    files = [str(CASES / "maf" / "calls.maf"), str(ROOT / "tests/cases/intake/dragen_columns/calls.vcf")]
    told, _ = run(Specimen("P", "S", tuple(files), sample="T1"), genomes, tmp_path)
    assert told["status"] == "refused"
    told, _ = run(Specimen("P", "S", tuple(files)), genomes, tmp_path)
    assert "its call files are on different builds" in told["problems"][0]["what"]


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for number in range(2):
        out = tmp_path / str(number)
        specimen = Specimen("P", "S", (str(CASES / "foundation" / "ORD-1.xml"),))
        paths = [out / name for name in ("a.bcf", "a.bed.gz", "a.json")]
        normalize_specimen(specimen, RESOURCES, {"GRCh37": None, "GRCh38": None}, *paths, {}, out / "b.json")  # type: ignore[dict-item]
        written.append({path.name: path.read_bytes() for path in sorted(out.iterdir())})
    assert written[0] == written[1] and len(written[0]) == 4


def test_a_specimen_without_calls_has_the_build_of_the_others(genomes: dict[str, Reference], tmp_path: Path) -> None:
    run(Specimen("P", "A", (str(CASES / "maf" / "calls.maf"),)), genomes, tmp_path)
    paths = [tmp_path / name for name in ("b.bcf", "b.bed.gz", "b.json")]
    specimen = Specimen("P", "B", (), facts={"histology": "small cell"})
    told = normalize_files(specimen, RESOURCES, genomes, *paths, {"siblings": [str(tmp_path / "a.json")]})
    assert (told["build"], told["placed"]) == ("GRCh37", False)
    assert "the patient's other specimens have it" in told["build_evidence"]
