"""Every file of ../shared/samples that is no VCF, named as a call file: read with each row counted, or refused."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pysam
import pytest
from acquired.intake import normalize_files
from acquired.model import Specimen
from acquired.reference import Reference

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT.parent / "shared" / "samples"
FILES = (
    sorted(path for path in SAMPLES.glob("*/*") if path.is_file() and not path.name.endswith((".vcf", ".vcf.gz")))
    if SAMPLES.is_dir()
    else []
)
MAF = SAMPLES / "maf" / "postprocessing_variant_calls__example_input.maf"
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not FILES, reason="../shared/samples is not here")]

#: Why a file is refused as a call file; the others are read.
REFUSED = {
    "cnvkit__amplicon.cns": "the columns are those of no table that is known",
    "cnvkit__cl_seq.cns": "the columns are those of no table that is known",
    "cnvkit__p2-9_2.call.cns": "the columns are those of no table that is known",
    "arriba__fusions.tsv": "the columns are those of no table that is known",
    "oncogemini__oncogemini_test.manifest": "the columns are those of no table that is known",
    "postprocessing_variant_calls__example_input.maf": "rows of 252 samples",
    "revmut__germline_mutations__T1_test_mutation.tsv": "nothing proves the build",
    "revmut__oncotator.del.txt": "expected a header line",
    "revmut__oncotator.ins.txt": "expected a header line",
    "revmut__output__oncotator.del.maf.out.tsv": "the columns are those of no table that is known",
    "revmut__output__oncotator.ins.maf.out.tsv": "the columns are those of no table that is known",
    "revmut__paper__brca1__oncotator.ins.txt": "expected a header line",
    "revmut__paper__brca1__output__oncotator.ins.maf.out.tsv": "the columns are those of no table that is known",
    "revmut__paper__brca1__to_be_reverted_mutations.txt": "expected a header line",
    "revmut__to_be_reverted_mutations.txt": "expected a header line",
}


@pytest.fixture(scope="module")
def genomes() -> dict[str, Reference]:
    return {build: Reference.open(ROOT / "resources", build) for build in ("GRCh37", "GRCh38")}


def normalise(path: Path, genomes: dict[str, Reference], out: Path, **stated: str) -> dict[str, Any]:
    specimen = Specimen("P", "S", (str(path),), **stated)
    return normalize_files(specimen, ROOT / "resources", genomes, out / "S.bcf", out / "S.bed.gz", out / "S.json")


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.name}" for path in FILES])
def test_every_file_is_read_or_refused(path: Path, genomes: dict[str, Reference], tmp_path: Path) -> None:
    told = normalise(path, genomes, tmp_path)
    alterations = json.loads((tmp_path / "S.alterations.json").read_text(encoding="utf-8"))
    assert alterations["status"] == told["status"]
    if path.name in REFUSED:
        assert told["status"] == "refused"
        assert REFUSED[path.name] in told["problems"][0]["what"]
        return
    assert told["status"] == "ok", told["problems"]
    records = told["records"]
    assert records["read"] == records["kept"] + records["set_aside"] > 0


def test_every_row_of_a_real_maf_of_many_samples(genomes: dict[str, Reference], tmp_path: Path) -> None:
    """1,018 rows of 252 samples: each sample's rows are all there, with the depth and reads that the row has."""
    header, *rows = [line.split("\t") for line in MAF.read_text(encoding="utf-8").splitlines() if line.strip()]
    at = {name: header.index(name) for name in header}
    mine: dict[str, list[list[str]]] = {}
    for row in rows:
        if len(row) > at["t_alt_count"]:
            mine.setdefault(row[at["Tumor_Sample_Barcode"]], []).append(row)
    total = Counter[str]()
    for sample, expected in mine.items():
        told = normalise(MAF, genomes, tmp_path, sample=sample, build="GRCh37")
        total["rows"] += len(expected)
        if sample.startswith("C-TTAT7X"):  # the file's own mistake: TP53 17:7578400 is a G on GRCh37
            assert "17:7578400: REF “A”, the genome has “G”" in told["problems"][0]["what"]
            continue
        assert told["status"] == "ok", (sample, told["problems"])
        records = told["records"]
        assert records["read"] == len(expected) == records["kept"] + records["set_aside"], sample
        with pysam.VariantFile(str(tmp_path / "S.bcf")) as source:
            found = Counter((r.samples[0]["DP"], r.samples[0]["AD"][1]) for r in source)
        named = json.loads((tmp_path / "S.alterations.json").read_text(encoding="utf-8"))["named"]
        place = [at[name] for name in ("Chromosome", "Start_Position", "Reference_Allele", "Tumor_Seq_Allele2")]
        once = {tuple(row[i] for i in place): row for row in expected}  # some rows are in the file twice
        assert records["duplicates"] == len(expected) - len(once)
        wanted = Counter((int(row[at["t_depth"]]), int(row[at["t_alt_count"]])) for row in once.values())
        assert not found - wanted, sample
        # Indels outside the bundled bases are kept by their names, with their depth.
        assert sorted(depth for depth, _ in (wanted - found).elements()) == sorted(row["depth"] for row in named), (
            sample
        )
        total["compared"] += found.total()
    assert total["rows"] == 1018
    assert total["compared"] >= 940
