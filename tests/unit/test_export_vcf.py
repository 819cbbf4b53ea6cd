"""The annotated VCF: bcftools reads it, and every value is the result's."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from acquired.export.vcf import Writer
from acquired.export.vrs import Identifier
from acquired.export.write import write_vcf
from acquired.reference import Reference
from export_kit import NAMES, RESOURCES, load

REFERENCES = {build: Reference.open(RESOURCES, build) for build in ("GRCh38", "GRCh37")}
WRITER = Writer(
    RESOURCES,
    {build: reference.contigs for build, reference in REFERENCES.items()},
    {build: Identifier(RESOURCES, build, reference) for build, reference in REFERENCES.items()},
)
HEADER = yaml.safe_load((RESOURCES / "export" / "vcf.yaml").read_text(encoding="utf-8"))
bcftools = pytest.mark.skipif(shutil.which("bcftools") is None, reason="bcftools is not here")


def alleles(result: dict[str, Any]) -> list[dict[str, Any]]:
    return [a for a in result["alterations"] if a["kind"] == "small variant" and a["pos"]]


def query(path: Path, form: str) -> list[list[str]]:
    told = subprocess.run(["bcftools", "query", "-f", form, str(path)], capture_output=True, text=True, check=False)
    assert told.returncode == 0 and not told.stderr, told.stderr
    return [line.split("\t") for line in told.stdout.splitlines()]


@bcftools
@pytest.mark.parametrize("name", NAMES)
def test_bcftools_reads_every_result_without_a_warning(name: str, tmp_path: Path) -> None:
    result, path = load(name), tmp_path / "annotated.vcf.gz"
    write_vcf(WRITER.text(result), path)
    view = subprocess.run(["bcftools", "view", str(path)], capture_output=True, text=True, check=False)
    assert view.returncode == 0 and not view.stderr, view.stderr
    assert sum(not line.startswith("#") for line in view.stdout.splitlines()) == len(alleles(result))
    assert path.with_name("annotated.vcf.gz.tbi").is_file() and len(list(tmp_path.iterdir())) == 2
    samples = subprocess.run(["bcftools", "query", "-l", str(path)], capture_output=True, text=True, check=False)
    assert samples.stdout.split() == [s["id"] for s in result["specimens"]]


@bcftools
def test_every_value_is_the_results(tmp_path: Path) -> None:
    result, path = load("egfr_five_time_points"), tmp_path / "a.vcf"
    path.write_text(WRITER.text(result))
    by = {(a["chrom"], a["pos"], a["ref"], a["alt"]): a for a in alleles(result)}
    form = (
        "%CHROM\t%POS\t%REF\t%ALT\t%ACQ_GENE\t%ACQ_TRAJECTORY\t%ACQ_BASIS\t%ACQ_DRUG\t%ACQ_HGVSP\t%ACQ_CLAIMS\t%FILTER"
    )
    for row in query(path, form + r"[\t%ST|%DP|%AO|%VAF|%HV|%GT|%FT]\n"):
        allele = by.pop((row[0], int(row[1]), row[2], row[3]))
        drugs = [v["drug"] for v in result["verdicts"] if allele["id"] in v["alterations"]]
        assert row[4:6] == [allele["gene"], allele["trajectory"].replace(" ", "_")]
        assert row[6] == (allele["basis"] or ".")
        assert row[7] == (",".join(drugs) or ".")
        assert unquote(row[8]) == (allele["hgvs_p"] or ".")
        claims = [] if row[9] == "." else row[9].split(",")
        assert [unquote(c.split("|")[0]) for c in claims] == [c["claim"] for c in allele["claims"]]
        for told, observation in zip(row[11:], allele["observations"], strict=True):
            status, depth, alt, vaf, hidden, genotype, filters = told.split("|")
            assert status == observation["status"].replace(" ", "_")
            for text, value in ((depth, "depth"), (alt, "alt_count"), (vaf, "vaf"), (hidden, "hidden_vaf")):
                known = observation[value]
                assert text == "." if known is None else float(text) == pytest.approx(known, rel=1e-4)
            carried = observation["status"] in ("called", "filtered", "genotyped")
            assert genotype == ("0/1" if carried else "0/0" if observation["status"] == "absent" else "./.")
            assert unquote(filters) == (";".join(observation["filters"]) or ".")
    assert not by, "an allele is missing"


@bcftools
def test_sorted_with_contigs_of_true_length(tmp_path: Path) -> None:
    result = load("egfr_five_time_points")
    result["alterations"].reverse()
    text, path = WRITER.text(result), tmp_path / "a.vcf"
    path.write_text(text)
    contigs = REFERENCES["GRCh38"].contigs
    assert all(f"##contig=<ID={contig},length={length}>" in text for contig, length in contigs.items())
    order = [(list(contigs).index(row[0]), int(row[1])) for row in query(path, r"%CHROM\t%POS\n")]
    assert order == sorted(order) and len(order) > 1
    assert WRITER.text(load("egfr_five_time_points")) == text, "the order of the result makes no difference"


def test_every_field_is_described_and_every_description_is_used() -> None:
    info, formats = set(), set()
    for name in NAMES:
        for line in WRITER.text(load(name)).splitlines():
            if not line.startswith("#"):
                columns = line.split("\t")
                info |= {entry.split("=")[0] for entry in columns[7].split(";")}
                formats |= set(columns[8].split(":"))
    assert formats == {f["id"] for f in HEADER["format"]}
    assert info <= {f["id"] for f in HEADER["info"]} and len(info) > 12
    assert all(f["description"] and '"' not in f["description"] for f in HEADER["info"] + HEADER["format"])


def test_what_is_no_allele_is_counted_and_named() -> None:
    result = load("many_kinds_bare_files")
    line = next(t for t in WRITER.text(result).splitlines() if t.startswith("##acquired_left_out"))
    others = [a["name"] for a in result["alterations"] if a not in alleles(result)]
    assert f"Count={len(others)}" in line and all(name in line for name in others) and "CCDC6::RET" in line


def test_vrs_identifiers_where_bases_are_known() -> None:
    text = WRITER.text(load("egfr_five_time_points"))
    t790m = next(line for line in text.splitlines() if line.startswith("chr7\t55181378\t"))
    assert "ACQ_VRS=ga4gh:VA._1-3emZcNV1di2ClHh5aSJOjrv0Grf75" in t790m, "published by MetaKB"


def test_a_refused_patient_has_a_header_and_no_record() -> None:
    text = WRITER.text(load("refused"))
    assert "##acquired_status=refused" in text and all(line.startswith("#") for line in text.splitlines())
