"""Every real call file of ../shared/samples is normalised, each record accounted for, or refused with the reason."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path
from typing import Any

import pysam
import pytest
from acquired.intake import normalize_files
from acquired.model import Specimen
from acquired.reference import Reference
from acquired.reference.build import build_reference

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT.parent / "shared" / "samples"
FILES = (
    sorted(path for path in SAMPLES.glob("*/*") if path.name.endswith((".vcf", ".vcf.gz"))) if SAMPLES.is_dir() else []
)
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not FILES, reason="../shared/samples is not here")]

#: Columns that neither sheet nor header tells; a sheet would.
SAMPLE = {
    "biodata__sample1_sample2.vcf": "sample1",
    "cyvcf2__test-alt-repr.vcf": "sampleb",
    "oncogemini__test.oncogemini.vcf": "C2",
    "vcf_stuff__test-sage2-multitumor.vcf.gz": "APGI_1965",
    "vcf_stuff__HCC2218_manta.vcf": "HCC2218C",
    "oncogemini__test.fusions.vcf": "H_LS-E2-A14P-01A-31D-A19H-09",
}
#: Files that no statement in a sheet makes usable, and why.
REFUSED = {
    "cyvcf2__test.mnp.vcf": "none of its 6 records lies on a human chromosome",
    "freebayes__NA12878.chr22.tiny.vcf": "none of its 150 records",
    "freebayes__q_spiked.vcf.gz": "none of its 3 records",
    "freebayes__tiny_chr22_gvcf.vcf": "none of its 25 records",
    "varcode__mutect-example-headerless.vcf": "expected a header line",
    "somaticseq__MuSE.vcf.gz": "neither GRCh37 nor GRCh38",
    "somaticseq__MuTect2.vcf.gz": "neither GRCh37 nor GRCh38",
    "somaticseq__tumor_only_example_MuTect2.vcf.gz": "neither GRCh37 nor GRCh38",
    "somaticseq__Strelka.indel.vcf.gz": "neither GRCh37 nor GRCh38",
    "somaticseq__Strelka.snv.vcf.gz": "neither GRCh37 nor GRCh38",
    "somaticseq__Strelka.vcf.gz": "neither GRCh37 nor GRCh38",
}


@pytest.fixture(scope="module")
def genomes() -> dict[str, Reference]:
    return {build: Reference.open(ROOT / "resources", build) for build in ("GRCh37", "GRCh38")}


def normalise(path: Path, genomes: dict[str, Reference], out: Path, **stated: str) -> dict[str, Any]:
    specimen = Specimen("P", "S", (str(path),), **stated)
    return normalize_files(specimen, ROOT / "resources", genomes, out / "S.bcf", out / "S.bed.gz", out / "S.json")


def lines_of(path: Path) -> list[str]:
    """Record lines, counted without the library."""
    text = gzip.decompress(path.read_bytes()) if path.name.endswith(".gz") else path.read_bytes()
    return [line for line in text.decode("latin-1").splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.name}" for path in FILES])
def test_every_record_is_accounted_for(path: Path, genomes: dict[str, Reference], tmp_path: Path) -> None:
    sample = SAMPLE.get(path.name, "")
    told = normalise(path, genomes, tmp_path, sample=sample)
    if told["status"] == "refused" and "nothing proves the build" in told["problems"][0]["what"]:
        told = normalise(path, genomes, tmp_path, sample=sample, build="GRCh37")
        assert "sheet states" in told["build_evidence"]
    if path.name in REFUSED:
        assert told["status"] == "refused"
        assert REFUSED[path.name] in told["problems"][0]["what"]
        return
    assert told["status"] == "ok", told["problems"]
    records = told["records"]
    assert records["read"] == len(lines_of(path)) == records["kept"] + records["set_aside"]
    with pysam.VariantFile(str(tmp_path / "S.bcf")) as source:
        assert sum(1 for _ in source) == records["alleles"]


def test_the_longitudinal_file_says_what_its_patients_need(genomes: dict[str, Reference], tmp_path: Path) -> None:
    """ESR1 Y537N of patient C: 0 of 68, 0 of 69, then 19 of 48; patient B's second specimen: 0 of 10; D: no call."""
    path = SAMPLES / "longitudinal" / "oncogemini__test.oncogemini.vcf"
    expected = {"C0": (68, 0), "C1": (69, 0), "C2": (48, 19), "B1": (10, 0), "D0": None}
    for sample, numbers in expected.items():
        told = normalise(path, genomes, tmp_path, sample=sample)
        assert (told["status"], told["build"]) == ("ok", "GRCh37")
        with pysam.VariantFile(str(tmp_path / "S.bcf")) as source:
            rows = [
                record for record in source if (record.chrom, record.pos, record.alts) == ("chr6", 152419922, ("A",))
            ]
            found = [(row.samples[0]["DP"], row.samples[0]["AD"][1]) for row in rows]
            called = [1 in row.samples[0]["GT"] for row in rows]
        assert found == ([numbers] if numbers else [])
        assert called == ([] if numbers is None else [sample == "C2"])
    reasons = {row["reason"]: row["count"] for row in normalise(path, genomes, tmp_path, sample="D1")["set_aside"]}
    assert reasons == {"no call and no reads in this sample": 8}


def test_alleles_of_a_real_panel_are_those_of_bcftools(genomes: dict[str, Reference], tmp_path: Path) -> None:
    """Debian's bcftools norm on the same sparse genome, wherever the bases are known."""
    path = SAMPLES / "vardict" / "postprocessing_variant_calls__case_control_test.vcf"
    build_reference(ROOT / "resources", "GRCh37", tmp_path / "reference", None, None)
    told = normalise(path, genomes, tmp_path)
    renamed = tmp_path / "renamed.vcf"
    rows = [line.split("\t") for line in lines_of(path)]
    lengths = "".join(f"##contig=<ID={name},length={length}>\n" for name, length in genomes["GRCh37"].contigs.items())
    sites = "".join(f"chr{row[0]}\t{row[1]}\t.\t{row[3]}\t{row[4]}\t.\t.\t.\n" for row in rows)
    renamed.write_text(f"##fileformat=VCFv4.2\n{lengths}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n{sites}")
    norm = [
        "/usr/bin/bcftools",
        "norm",
        "-m-any",
        "-c",
        "w",
        "-f",
        str(tmp_path / "reference" / "genome.fa.gz"),
        str(renamed),
    ]
    text = subprocess.run(norm, capture_output=True, text=True, check=True).stdout
    theirs = {
        (row[0], int(row[1]), row[3], row[4])
        for row in (line.split("\t") for line in text.splitlines() if line[0] != "#")
    }
    with pysam.VariantFile(str(tmp_path / "S.bcf")) as source:
        mine = {(r.chrom, r.pos, r.ref, r.alts[0]) for r in source if "OUTSIDE" not in r.info}
    assert len(mine) > 1000
    assert mine - theirs == set()
    assert told["records"]["read"] == len(rows)
