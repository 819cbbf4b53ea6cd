"""Depth files of mosdepth and others: what each kind says, and what is refused with its line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pysam
import pytest
from acquired.compare.depth import DepthTrack
from acquired.depth import prepare_coverage
from acquired.intake import normalize_specimen
from acquired.model import Specimen
from acquired.reference import Reference

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
RANKS = {chrom: i for i, chrom in enumerate(Reference.open(RESOURCES, "GRCh38").contigs)}
SETTINGS = {"assays": {"panel": {"min_depth": 200}}, "reads": {"max_alleles": 20000}}
VCF = """##fileformat=VCFv4.2
##contig=<ID=chr7,length=159345973>
##FORMAT=<ID=GT,Number=1,Type=String,Description="g">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS
chr7\t1000005\t.\tA\tT\t.\tPASS\t.\tGT\t0/1
"""


@pytest.fixture
def prepare(tmp_path: Path):
    """`prepare(text, assay)`: the account of a depth file with this text, and its rows."""
    calls = tmp_path / "calls.vcf"
    calls.write_text(VCF)
    out = [tmp_path / f"s{end}" for end in (".normalized.bcf", ".depth.bed.gz", ".normalized.json")]
    plain = Specimen("P1", "s", (str(calls),), build="GRCh38")
    assert normalize_specimen(plain, RESOURCES, {"GRCh37": None, "GRCh38": None}, *out, {})["status"] == "ok"

    def run(text: str | bytes, assay: str = "") -> tuple[dict[str, Any], list[str]]:
        path = tmp_path / "given.bed"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        specimen = Specimen("P1", "s", (str(calls),), files={"depth": str(path)}, assay=assay)
        bed, account = tmp_path / "s.coverage.bed.gz", tmp_path / "s.coverage.json"
        told = prepare_coverage(specimen, {"s": out[2]}, RESOURCES, bed, account, SETTINGS)
        assert json.loads(account.read_text()) == told
        if told["status"] != "ok":
            assert bed.stat().st_size == 0
            return told, []
        with gzip.open(bed, "rt") as rows:
            return told, [" ".join(row.split("\t")).strip() for row in rows]

    return run


def test_per_base(prepare):
    told, rows = prepare("chr7\t0\t55181377\t0\nchr7\t55181377\t55181400\t812\nchr7\t55181400\t159345973\t3\n")
    assert told["kind"] == "per base" and told["outside"] == "unknown" and told["lines"] == 3
    assert "chr7 55181377 55181400 812 coverage file" in rows


def test_rows_that_nobody_asks_for_are_not_kept(prepare):
    """Kept: EGFR T790 (bundled) and the patient's allele at 1000005. Not kept: a base where neither is."""
    text = "chr7\t900000\t900100\t50\nchr7\t1000000\t1000100\t60\nchr7\t55181370\t55181400\t70\n"
    told, rows = prepare(text)
    assert rows == ["chr7 1000000 1000100 60 coverage file", "chr7 55181370 55181400 70 coverage file"]
    assert told["lines"] == 3 and told["rows"] == 2


def test_the_comparison_reads_it_as_a_depth_track(prepare, tmp_path):
    prepare("7\t55181300\t55181378\t500\n7\t55181378\t55181400\t40\n")
    track = DepthTrack.open(tmp_path / "s.coverage.bed.gz", RANKS)
    assert track.depth(RANKS["chr7"], 55181378, 55181378, 55181378) == (500, "coverage file")
    assert track.depth(RANKS["chr7"], 55181378, 55181378, 55181379) == (40, "coverage file")
    assert track.depth(RANKS["chr7"], 55181400, 55181400, 55181401) is None


@pytest.mark.parametrize(
    ("line", "kind", "row"),
    [
        ("chr7\t55181300\t55181400\tEGFR\t812.53", "means of regions", "812 mean of a region"),
        ("chr7\t55181300\t55181400\t99.00", "means of regions", "99 mean of a region"),
        ("chr7\t55181300\t55181400\t100:500", "quantized", "100 coverage file (at least)"),
        ("chr7\t55181300\t55181400\t500:inf", "quantized", "500 coverage file (at least)"),
        ("#chrom\tstart\tend\tregion\t1X\t100X\t500X\nchr7\t55181300\t55181400\tEGFR\t100\t100\t98",
         "thresholds of regions", "100 coverage file (at least)"),
        ("chr7\t55181300\t55181400", "callable regions", "200 callable regions"),
        ("chr7\t55181300\t55181400\tEGFR_exon20", "callable regions", "200 callable regions"),
        ("chr7\t55181300\t55181400\tCALLABLE", "callable states", "200 callable regions"),
    ],
)  # fmt: skip
def test_kinds(prepare, line, kind, row):
    told, rows = prepare(line + "\n", "panel")
    assert told["kind"] == kind
    assert rows == [f"chr7 55181300 55181400 {row}"]
    assert told["outside"] == ("not assessed" if "callable" in kind else "unknown")


def test_what_is_not_callable_was_not_looked_at(prepare):
    text = "chr7\t55181300\t55181370\tCALLABLE\nchr7\t55181370\t55181400\tLOW_COVERAGE\n"
    assert prepare(text, "panel")[1] == ["chr7 55181300 55181370 200 callable regions"]


def test_callable_regions_without_a_stated_depth(prepare):
    told, rows = prepare("chr7\t55181300\t55181400\n")
    assert told["status"] == "ok" and rows == [] and "min_depth" in told["warnings"][0]
    assert told["outside"] == "not assessed"


@pytest.mark.parametrize(
    "head",
    [
        "track name=panel\n",
        "browser position chr7\ntrack type=bedGraph\n",
        "#chrom\tstart\tend\n",
        "chrom\tchromStart\tchromEnd\n",
        "\n",
    ],
)
def test_headings(prepare, head):
    told, rows = prepare(head + "chr7\t55181300\t55181400\t31\r\n")
    assert told["kind"] == "per base" and rows == ["chr7 55181300 55181400 31 coverage file"]


def test_packed_unsorted_and_other_contigs(prepare):
    text = "chr7\t55181300\t55181400\t2\nchrUn_x\t0\t10\t5\nchr1\t1787331\t1787400\t1\n"
    told, rows = prepare(gzip.compress(text.encode(), mtime=0))
    assert [row.split()[0] for row in rows] == ["chr1", "chr7"]
    assert any("chrUn_x" in w for w in told["warnings"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("chr7\t55181300\t55181400\t5\nchr7\t55181500\t55181450\t5\n", ["line 2", "before its start"]),
        ("chr7\t55181378\t55181378\n", ["line 1", "1-based", "0-based"]),
        ("chr7\t55181378\t812\n", ["line 1", "samtools depth"]),
        ("chr7\t159345900\t159345999\t5\n", ["line 1", "beyond chr7", "159,345,973", "another build"]),
        ("chr7\t1\t100\t5\nchr7\t101\t200\t5\nchr7\t201\t300\t6\nchr7\t301\t400\t5\n", ["one base after", "1-based"]),
        ("chr7\t55181300\t55181400\t5\nchr7\tfifty\t60\t5\n", ["line 2", "is not chromosome, start and end"]),
        ("chr7\t55181300\t55181400\t5\nchr7\t55181400\t55181500\tlow\n", ["line 2", "has no depth", "per base"]),
        ("chr7\t-5\t60\t5\n", ["line 1"]),
        ("#only a heading\n", ["no line of data"]),
        (gzip.compress(b"chr7\t55181300\t55181400\t5\n" * 999, mtime=0)[:-20], ["cannot be read", "cut off"]),
        (b"\xff\xfe\x00\x01\x02", ["cannot be read"]),
    ],
)
def test_refused(prepare, text, said):
    told, _ = prepare(text)
    assert told["status"] == "refused"
    shown = " ".join(" ".join(p.values()) for p in told["problems"])
    assert [s for s in said if s not in shown] == [], shown
    assert all(p["cause"] and p["remedy"] for p in told["problems"])


def test_all_bad_lines_are_told_up_to_twenty(prepare):
    told, _ = prepare("chr7\t10\t5\n" * 3)
    assert len(told["problems"]) == 3
    told, _ = prepare("chr7\t10\t5\n" * 100)
    assert len(told["problems"]) == 20


def test_through_the_index_the_same_is_read(prepare, tmp_path, monkeypatch):
    rows = [f"chr7\t{at}\t{at + 37}\t{at % 501}" for at in range(55_100_000, 55_220_000, 37)]
    whole = prepare("\n".join(rows) + "\n")[1]
    packed = tmp_path / "given.bed"
    pysam.tabix_compress(str(packed), str(tmp_path / "packed"), force=True)
    data = (tmp_path / "packed").read_bytes()
    pysam.tabix_index(str(tmp_path / "packed"), preset="bed", csi=True, keep_original=True)
    (tmp_path / "packed.csi").rename(f"{packed}.csi")
    monkeypatch.setattr("acquired.depth.files._LARGE", 0)
    told, found = prepare(data)
    assert found == whole and 0 < told["lines"] < len(rows)
