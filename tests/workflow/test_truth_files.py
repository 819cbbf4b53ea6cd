"""Alignments and depth files through the whole workflow: what they say, and what a bad one does to its patient only."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import truth_kit  # noqa: F401 - makes reads_kit importable
from acquired.reference import Reference
from conftest import ROOT, snakemake
from reads_kit import RESOURCES, haplotype, header, simulate, write_bam

pytestmark = pytest.mark.heavy

WINDOW = ("chr7", 55181201, 55181560)
VCF = """##fileformat=VCFv4.2
##contig=<ID=chr7,length=159345973>
##FORMAT=<ID=GT,Number=1,Type=String,Description="g">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="a">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{sample}
{records}"""
T790M = "chr7\t55181378\t.\tC\tT\t.\tPASS\t.\tGT:AD\t0/1:800,200\n"

#: Patient -> what its baseline's row names beside the calls.
FILES = {
    "COVERED": ("depth", "chr7\t55181300\t55181400\t812\n"),
    "THIN": ("depth", "chr7\t55181300\t55181400\t9\n"),
    "CALLABLE": ("depth", "chr7\t55181300\t55181400\n"),
    "ELSEWHERE": ("depth", "chr7\t55174700\t55174800\n"),
    "BAD-BED": ("depth", "chr7\t55181378\t55181378\n"),
    "WRONG-BUILD": ("alignments", "GRCh37"),
    "UNINDEXED": ("alignments", "GRCh38"),
    "NOTHING": ("", ""),
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory):
    """One run of all patients; each has T790M at follow-up and an empty call file before."""
    workdir = tmp_path_factory.mktemp("files")
    (workdir / "config").mkdir()
    config = (ROOT / "config" / "config.yaml").read_text(encoding="utf-8")
    (workdir / "config" / "config.yaml").write_text(config + "\nassays:\n  panel: {min_depth: 500}\n")
    rows = ["patient\tspecimen\tday\tvariants\tdisease\tassay\talignments\tdepth\n"]
    for patient, (kind, content) in FILES.items():
        paths = {"alignments": "", "depth": ""}
        if kind == "depth":
            paths[kind] = f"{patient}.bed"
            (workdir / paths[kind]).write_text(content)
        elif kind:
            paths[kind] = f"{patient}.bam"
            fragments = simulate(7, [(1.0, haplotype(*WINDOW))], 300)
            head = header(f"{patient}-pre", Reference.open(RESOURCES, content))
            write_bam(workdir / paths[kind], fragments, head, index=patient != "UNINDEXED")
        for specimen, day, records in (("pre", 0, ""), ("post", 100, T790M)):
            name = f"{patient}-{specimen}"
            (workdir / f"{name}.vcf").write_text(VCF.format(sample=name, records=records))
            given = paths if specimen == "pre" else {"alignments": "", "depth": ""}
            cells = [patient, name, str(day), f"{name}.vcf", "lung adenocarcinoma", "panel", *given.values()]
            rows.append("\t".join(cells) + "\n")
    (workdir / "config" / "x.samples.tsv").write_text("".join(rows))
    therapies = "".join(f"{patient}\tosimertinib\t1\t90\n" for patient in FILES)
    (workdir / "config" / "x.therapies.tsv").write_text("patient\tdrug\tstart\tstop\n" + therapies)
    said = snakemake(workdir, "--keep-going")
    return workdir, said


def result_of(workdir: Path, patient: str) -> dict:
    return json.loads((workdir / f"results/patients/{patient}/result.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("patient", "trajectory", "before"),
    [
        ("COVERED", ["emerged", "depth"], ["absent", 812, "coverage file"]),
        ("THIN", ["unresolved", ""], ["low", 9, "coverage file"]),
        ("CALLABLE", ["emerged", "depth"], ["absent", 500, "callable regions"]),
        ("ELSEWHERE", ["unresolved", ""], ["not assessed", None, None]),
        ("NOTHING", ["emerged", "calls"], ["not called", None, None]),
    ],
)
def test_what_a_depth_file_says_of_the_baseline(ran, patient, trajectory, before):
    (found,) = (a for a in result_of(ran[0], patient)["alterations"] if a["name"] == "EGFR T790M")
    seen = found["observations"][0]
    status, depth, source = before
    assert [found["trajectory"], found["basis"]] == trajectory
    assert (seen["status"], seen["depth"]) == (status, depth)
    assert source is None or source in seen["source"]


def test_an_unindexed_file_is_used_and_said(ran):
    result = result_of(ran[0], "UNINDEXED")
    assert [a["basis"] for a in result["alterations"]] == ["depth"]
    assert any("no index" in text for text in result["specimens"][0]["warnings"])


@pytest.mark.parametrize(("patient", "said"), [("WRONG-BUILD", "not on GRCh38"), ("BAD-BED", "before its start")])
def test_a_bad_file_refuses_its_patient_and_no_other(ran, patient, said):
    workdir, done = ran
    result = result_of(workdir, patient)
    assert result["status"] == "refused" and any(said in p["what"] for p in result["problems"])
    page = (workdir / f"results/patients/{patient}/report.html").read_text(encoding="utf-8")
    assert said in page
    assert done.returncode != 0 and said in done.stderr
    assert result_of(workdir, "COVERED")["status"] == "compared"


def test_the_example_of_an_edited_depth_file_runs_its_patient_again(ran, tmp_path):
    """An edited depth file re-runs what rests on it, and nothing else."""
    workdir = tmp_path / "again"
    shutil.copytree(ran[0], workdir)
    (workdir / "THIN.bed").write_text("chr7\t55181300\t55181400\t2000\n")
    said = snakemake(workdir, "--keep-going", "results/patients/THIN/result.json")
    assert said.returncode == 0, said.stderr[-2000:]
    assert [a["basis"] for a in result_of(workdir, "THIN")["alterations"]] == ["depth"]
    assert "COVERED: depth of" not in said.stderr
