"""The real longitudinal file: four patients in one GRCh37 VCF, through intake and compare.

What is expected was read off the file by eye: reads of ESR1 Y537N (6:152419922 T>A) and of its neighbours.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pysam
import pytest
from acquired.compare import compare_patient
from acquired.intake import normalize_specimen
from acquired.model import Specimen, Therapy
from acquired.reference.build import build_reference

ROOT = Path(__file__).parents[2]
VCF = ROOT.parent / "shared" / "samples" / "longitudinal" / "oncogemini__test.oncogemini.vcf"
Y537N = "chr6:152419922:T>A"

pytestmark = [pytest.mark.shared, pytest.mark.skipif(not VCF.exists(), reason="needs ../shared")]


@pytest.fixture(scope="module")
def references(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference")
    built = {build: folder / build for build in ("GRCh37", "GRCh38")}
    for build, path in built.items():
        build_reference(ROOT / "resources", build, path, None, None)
    return built


@pytest.fixture
def compare(tmp_path, references):
    def run(patient: str, samples: str, *starts: int):
        specimens = [
            Specimen(patient, name, (str(VCF),), day=day, order=day, sample=name)
            for day, name in enumerate(samples.split())
        ]
        files = {}
        for specimen in specimens:
            stem = str(tmp_path / specimen.specimen)
            files[specimen.specimen] = Path(stem + ".normalized.json")
            outs = Path(stem + ".normalized.bcf"), Path(stem + ".depth.bed.gz"), files[specimen.specimen]
            normalize_specimen(specimen, ROOT / "resources", references, *outs, {})
        therapies = [Therapy(patient, f"drug {i}", "", start) for i, start in enumerate(starts, 1)]
        out = tmp_path / "compared.bcf", tmp_path / "compared.json"
        result = compare_patient(patient, specimens, therapies, files, *out, {}, {}, ROOT / "resources")
        subprocess.run(["bcftools", "view", out[0]], check=True, capture_output=True)
        with pysam.VariantFile(str(out[0])) as file:
            return result, {f"{r.chrom}:{r.pos}:{r.ref}>{r.alts[0]}": r for r in file}

    return run


def said(record, key, place=0):
    values = record.info.get(key)
    return None if values is None else values[place]


def test_c_y537n_emerged_by_depth(compare):
    result, alleles = compare("C", "C0 C1 C2", 1)
    assert result["status"] == "compared" and result["build"] == "GRCh37"
    assert result["comparisons"][0]["baseline"] == ["C1"] and result["comparisons"][0]["window"] == ["C2"]
    record = alleles[Y537N]
    shown = [(s["ST"], s["AD"][1], s["DP"]) for s in record.samples.values()]
    assert shown == [("absent", 0, 68), ("absent", 0, 69), ("called", 19, 48)]
    assert [said(record, key) for key in ("TRAJECTORY", "BASIS", "BEFORE", "AFTER")] == ["emerged", "depth", "C1", "C2"]
    assert said(record, "CHANGE_P") < 1e-6
    assert len(alleles) == 9  # every record of the file, none lost
    # Called at C0 and C1, 3 of 48 reads and not called at C2: fallen, and not cleared.
    falling = alleles["chr3:10089730:C>T"]
    assert falling.samples["C2"]["ST"] == "genotyped"


def test_b_ten_reads_are_low(compare):
    result, alleles = compare("B", "B0 B1 B2 B3 B4", 1)
    record = alleles[Y537N]
    statuses = [sample["ST"] for sample in record.samples.values()]
    assert statuses == ["low", "low", "called", "called", "genotyped"]
    assert record.samples["B1"]["HV"] == pytest.approx(1 - 0.05**0.1, rel=1e-5)
    assert (said(record, "TRAJECTORY"), said(record, "BASIS"), said(record, "BEFORE")) == ("unresolved", None, "B1")
    assert result["comparisons"][0]["window"] == ["B2", "B3", "B4"]


def test_d_is_not_compared(compare):
    result, alleles = compare("D", "D0 D1", 0)
    assert result["status"] == "not compared" and result["comparisons"] == []
    assert {note["code"] for note in result["notes"]} == {"calls_missing", "one_day"}
    assert {record.info["TRAJECTORY"] for record in alleles.values()} == {("not_compared",)}
    assert {sample["ST"] for record in alleles.values() for sample in record.samples.values()} == {"low"}
    # Its eight silent records are counted for each specimen, not dropped.
    assert [(entry["specimen"], entry["count"]) for entry in result["set_aside"]] == [("D0", 8), ("D1", 8)]


def test_a_without_a_therapy_is_compared_as_a_whole_course(compare):
    result, alleles = compare("A", "A1 A2 A3")
    assert result["comparisons"][0]["baseline"] == ["A1"] and result["comparisons"][0]["window"] == ["A2", "A3"]
    assert said(alleles[Y537N], "TRAJECTORY") == "persistent"
