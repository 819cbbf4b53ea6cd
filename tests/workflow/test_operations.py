"""A night on the cluster: overrides that are checked, a look before the run, logs without a person, versions in each
result, and past patients by another catalogue."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from acquired.cli import main
from test_refusals import GOOD, T790M, lay

ROOT = Path(__file__).resolve().parents[2]
LAB = ("action", "id", "gene", "alteration", "match", "context", "drug", "effect", "level", "disease", "mechanism",
       "evidence_for", "evidence_against", "sources", "pmids", "pmids_unverified", "citation_status", "added",
       "changed", "note")  # fmt: skip
PERSON = "Zebulon Quackenbush"


def results_of(workdir: Path) -> dict[str, dict]:
    return {p.parent.name: json.loads(p.read_text()) for p in sorted(workdir.glob("results/patients/*/result.json"))}


def lab_file(path: Path, **row: str) -> Path:
    path.write_text("\t".join(LAB) + "\n" + "\t".join(row.get(c, "") for c in LAB) + "\n", encoding="utf-8")
    return path


# ---- configuration ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("override", "hint"),
    [("compare={alfa: 0.05}", "“alpha” was meant"), ("judge={levels: [Z]}", "“Z” is not one of"),
     ("asays={}", "“assays” was meant"), ("compare={alpha: lots}", "is not of the type number")],
)  # fmt: skip
def test_a_wrong_override_stops_the_run_before_its_first_job(bench, run, override, hint):
    said = run(bench, "--config", override)
    assert said.returncode == 2 and hint in said.stderr + said.stdout
    assert "Traceback" not in said.stderr and not (bench / "results").exists()


def test_a_labs_bad_claims_stop_the_run_before_its_first_job(bench, run):
    lab_file(bench / "own.tsv", action="add", id="LAB-1", gene="EGRF", alteration="T790M", match="protein T790M",
             drug="erlotinb", effect="resistance", level="Q")  # fmt: skip
    said = run(bench, "--config", "catalogue=[own.tsv]")
    told = said.stderr + said.stdout
    assert said.returncode == 2 and "Traceback" not in told and not (bench / "results").exists()
    for hint in ("own.tsv row 2", "“EGRF”", "“EGFR”", "“erlotinb”", "“erlotinib”", "“Q”"):
        assert hint in told, hint


# ---- a look before the run -------------------------------------------------------------------------------------------


def test_check_tells_what_would_be_run_and_writes_no_result(bench, run):
    said = run(bench, "check")
    told = said.stderr + said.stdout
    assert said.returncode == 0, told[-2000:]
    assert "18 patients" in told and "Mutect2 by its header" in told and "GRCh38 by REF" in told
    assert not (bench / "results").exists()


def test_check_tells_every_problem_of_every_file_at_once(bench, run, capsys, monkeypatch):
    bad = GOOD + T790M.replace("\tC\tT\t", "\tA\tT\t") * 3
    two = GOOD.replace("FORMAT\tS\n", "FORMAT\tA\tB\n").replace("0/1:700,300:1000\n", "0/1:7,3:10\t0/1:7,3:10\n")
    lay(bench, "patient specimen day variants disease build therapy alignments assay\n"
        "P1 a 0 a.vcf lung_adenocarcinomma GRCh38 osimertinib reads.bam panl\n"
        "P1 b 60 bad.vcf lung_adenocarcinomma GRCh38 osimertinib x.bam panel\n"
        "P2 c 0 two.vcf NSCLC GRCh38 osimertinib  \n", a=GOOD, bad=bad, two=two)  # fmt: skip
    import pysam

    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": "chr7", "LN": 159345973}],
              "RG": [{"ID": "1", "SM": "someone"}]}  # fmt: skip
    pysam.AlignmentFile(str(bench / "reads.bam"), "wb", header=header).close()
    (bench / "x.bam").write_bytes(b"no bam")
    (bench / "panel.bed").write_text("chr7\t55019016\t55211628\n")
    config = "assays={panel: {limit: 0.01, regions: panel.bed}}"
    said = run(bench, "check", "--config", config)
    told = said.stderr + said.stdout
    assert said.returncode == 2 and not (bench / "results").exists()
    for hint in ("P1 b, bad.vcf", "P2 c, two.vcf", "“A”, “B”", "x.bam", "reads.bam has no index", "“someone”",
                 "“panel” was meant", "“Lung adenocarcinoma”", "BAM; GRCh38 by the lengths"):  # fmt: skip
        assert hint in told, hint
    monkeypatch.chdir(bench)
    assert main(["check"]) == 2
    assert "PROBLEM: P2 c, two.vcf" in capsys.readouterr().err


# ---- logs and versions -----------------------------------------------------------------------------------------------


def test_no_log_holds_anything_of_a_person(bench, run):
    """The name stands in the header of the calls, as a sample's name and as a free column of the sheet's file."""
    named = GOOD.replace("##FORMAT=<ID=GT", f"##patient_name={PERSON}\n##FORMAT=<ID=GT").replace(
        "FORMAT\tS\n", f"FORMAT\t{PERSON}\n"
    )
    lay(bench, "patient specimen day variants build therapy\nP1 a 0 a.vcf GRCh38 erlotinib\nP1 b 90 b.vcf GRCh38 "
        "erlotinib\n", a=named, b=named + T790M)  # fmt: skip
    said = run(bench)
    assert said.returncode == 0, said.stderr[-2000:]
    logs = [*bench.glob("logs/**/*.log"), *bench.glob(".snakemake/log/*")]
    assert len(logs) > 8
    for log in logs:
        assert "uackenbush" not in log.read_text(encoding="utf-8"), log
    assert "uackenbush" not in said.stdout + said.stderr
    for log in bench.glob("logs/**/*.log"):  # one line a step: step, patient, counts, seconds
        text = log.read_text(encoding="utf-8")
        assert re.fullmatch(r"[a-z ]+( [\w.+-]+)?( [\w ]+=\S+)* seconds=\d+\.\d\d\n", text), f"{log}: {text}"
    assert (bench / "logs/P1/a.normalize.log").read_text().startswith("normalize P1 specimen=a status=ok read=1 kept=1")


def test_each_result_holds_the_versions_of_all_it_rests_on(demo):
    catalogue = json.loads((demo[0] / "results/catalogue/catalogue.json").read_text())["provenance"]
    for patient, result in results_of(demo[0]).items():
        told = result["provenance"]
        assert re.fullmatch(r"\d+\.\d+\.\d+\S*", told["workflow"]["version"]) and told["workflow"]["digest"], patient
        assert {k: told["catalogue"][k] for k in ("version", "date", "digest")} == {
            k: catalogue[k] for k in ("version", "date", "digest")
        }
        assert told["catalogue"]["files"]["claims.tsv"]
        assert told["reference"]["build"] == result["build"] and told["reference"]["digest"]
        assert {"python", "pysam", "htslib", "bcftools"} <= set(told["tools"])
        assert told["parameters"]["judge"]["levels"] and told["inputs"]
        assert all(re.fullmatch(r"[0-9a-f]{64}", i["sha256"]) for i in told["inputs"])


def test_version_changelog_and_citation_agree():
    import acquired
    import yaml

    assert f"## {acquired.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == acquired.__version__ and citation["license"] == "MIT"


# ---- past patients ---------------------------------------------------------------------------------------------------


def reanalyzed(workdir: Path, out: Path, *catalogue: Path) -> set[str]:
    """Patients that the table tells of as differing."""
    arguments = [text for path in catalogue for text in ("--catalogue", str(path))]
    assert main(["reanalyze", str(workdir / "results"), *arguments, "--out", str(out)]) == 0
    rows = [line.split("\t") for line in (out / "differences.tsv").read_text().splitlines()[1:]]
    return {row[0] for row in rows if row[1] in ("verdict", "finding")}


def test_the_same_catalogue_changes_nothing_in_the_whole_cohort(demo, tmp_path, capsys):
    assert reanalyzed(demo[0], tmp_path, demo[0] / "results/catalogue/catalogue.json") == set()
    assert reanalyzed(demo[0], tmp_path, ROOT / "resources/catalogue") == set()
    assert "loci of which" not in capsys.readouterr().out, "each locus is in the stored results"


def meets(results: dict[str, dict], claim: str) -> set[str]:
    return {p for p, r in results.items() if any(c["claim"] == claim for a in r["alterations"] for c in a["claims"])}


@pytest.mark.parametrize("claim", ["ACQ-001428", "ACQ-002635", "ACQ-000655"])
def test_a_withdrawn_claim_concerns_exactly_those_who_met_it(demo, tmp_path, claim):
    own = lab_file(tmp_path / "own.tsv", action="withdraw", id=claim, note="for the test")
    expected = meets(results_of(demo[0]), claim)
    assert expected, "the test needs a claim that somebody meets"
    assert reanalyzed(demo[0], tmp_path / "out", own) == expected


def test_a_new_claim_concerns_exactly_those_who_have_its_alteration(demo, tmp_path):
    own = lab_file(tmp_path / "own.tsv", action="add", id="LAB-000001", gene="KIT", alteration="D816G",
                   match="protein D816G", drug="crizotinib", effect="resistance", level="C", disease="nsclc",
                   mechanism="bypass", evidence_for="1", pmids="1", citation_status="confirmed",
                   note="for the test")  # fmt: skip
    have = {p for p, r in results_of(demo[0]).items()
            if any(a["protein"].startswith("D816") and a["gene"] == "KIT" for a in r["alterations"])}  # fmt: skip
    differ = reanalyzed(demo[0], tmp_path / "out", own)
    assert "CD74-ROS1-KIT" in differ and differ <= have
    page = (tmp_path / "out/index.html").read_text(encoding="utf-8")
    assert "LAB-000001" in page and "Resistance emerged" in page
