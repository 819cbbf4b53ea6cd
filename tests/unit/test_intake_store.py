"""Order, merging and spilling; sums that must always agree; nothing half-written."""

from __future__ import annotations

import gzip
from pathlib import Path

import pysam
import pytest
from acquired.intake import normalize_files
from acquired.intake.store import Store, merge, write_alleles, write_depth
from acquired.model import Specimen
from acquired.reference import Reference
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "resources"
GENOMES = {build: Reference.open(RESOURCES, build) for build in ("GRCh37", "GRCh38")}
CONTIGS = {"chr1": 1000, "chr2": 1000, "chrX": 1000}


def test_many_entries_come_back_in_order_from_disk(tmp_path: Path) -> None:
    """With a limit of 7 nearly everything is spilled; the result is the same as from memory."""
    drained = []
    for limit in (7, 10_000):
        store = Store(tmp_path, limit)
        for number in range(500):
            store.add(number * 7 % 3, (number * 37 % 101, "A", "C", number, "PASS\t.\tGT\t0/1"))
        drained.append(list(store.drain()))
        store.close()
    assert drained[0] == drained[1]
    assert [rank for rank, _ in drained[0]] == [0, 1, 2]
    assert all(entries == sorted(entries) for _, entries in drained[0])
    assert sum(len(entries) for _, entries in drained[0]) == 500
    assert list(tmp_path.iterdir()) == []


def entry(number: int, filters: str, gt: str, depth: str, info: str = ".") -> tuple[int, str, str, int, str]:
    return (5, "A", "C", number, f"{filters}\t{info}\tGT:DP:AD:VAF:KEY:PS:SB\t{gt}:{depth}:.:.:.:.:.")


def test_which_duplicate_is_kept() -> None:
    first, deep = entry(1, "PASS", "0/1", "30"), entry(2, "PASS", "0/1", "90")
    filtered, counted = entry(3, "weak", "0/1", "500"), entry(4, "PASS", "0/0", "900")
    assert merge([first, deep, filtered, counted]) == entry(2, "PASS", "0/1", "90", "DUPLICATES=3")
    assert merge([filtered, counted]) == entry(3, "weak", "0/1", "500", "DUPLICATES=1")
    assert merge([first, entry(5, ".", "0/1", "30")])[3] == 1
    both = [entry(1, "PASS", "0/1", "9", "GIVEN=b;OUTSIDE"), entry(2, "PASS", "0/1", "8", "GIVEN=a;NAMED=x")]
    assert merge(both) == entry(1, "PASS", "0/1", "9", "GIVEN=a,b;OUTSIDE;DUPLICATES=1;NAMED=x")


def test_neighbouring_depths_are_joined(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for start, end, depth in ((0, 1, 30), (2, 3, 31), (1, 2, 30), (5, 9, 31), (3, 5, 31)):
        store.add(0, (start, end, depth, "all-sites record"))
    assert write_depth(store, tmp_path / "d.bed.gz", CONTIGS) == 2
    with gzip.open(tmp_path / "d.bed.gz", "rt") as bed:
        assert bed.read() == "chr1\t0\t2\t30\tall-sites record\nchr1\t2\t9\t31\tall-sites record\n"


def test_an_interrupted_write_leaves_the_earlier_file(tmp_path: Path) -> None:
    out = tmp_path / "a.bcf"
    out.write_bytes(b"earlier")
    store = Store(tmp_path)
    store.add(0, (5, "A", "C", 1, "NOT_DECLARED\nbroken\t.\tGT\t0/1"))
    with pytest.raises(Exception):  # noqa: B017 - whatever htslib raises
        write_alleles(store, out, CONTIGS, set(), "S")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.bcf", b"earlier")]


LINE = st.tuples(
    st.sampled_from(["chr7", "7", "chrUn_1", "chr12"]),
    st.integers(55181370, 55181400),
    st.sampled_from(["C", "T", "*", "<NON_REF>", "<DEL>", "C,T", "C,*", "N", ".", "G]chr1:5]", "CA", "CATT,C"]),
    st.sampled_from(["PASS", ".", "weak;PASS", "a,b"]),
    st.sampled_from(["0/1", "0/0", "./.", "1|0", "1", ".", "0/2"]),
    st.sampled_from(["90,10", "90", "90,10,5", ".", "x", "-1,4", ""]),
    st.sampled_from(["100", ".", "1e9", "-3", "7.5"]),
)


@given(lines=st.lists(LINE, max_size=25))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_read_is_kept_or_set_aside(
    lines: list[tuple[str, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    tmp_path = tmp_path_factory.mktemp("sums")
    genome = GENOMES["GRCh38"]
    rows = []
    for chrom, pos, alt, filters, gt, reads, depth in lines:
        known = genome.fetch("chr7" if chrom == "7" else chrom, int(pos), int(pos))
        ref = "A" if known == "N" else known
        rows.append(f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t.\t{filters}\t.\tGT:AD:DP\t{gt}:{reads}:{depth}\n")
    calls = tmp_path / "calls.vcf"
    calls.write_text(
        "##fileformat=VCFv4.2\n##contig=<ID=chr7,length=159345973>\n"
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n" + "".join(rows)
    )
    out = tmp_path / "S.bcf"
    told = normalize_files(
        Specimen("P", "S", (str(calls),), build="GRCh38"),
        RESOURCES,
        GENOMES,
        out,
        tmp_path / "d.gz",
        tmp_path / "S.json",
    )
    if told["status"] == "refused":
        assert all(chrom == "chrUn_1" for chrom, *_ in lines)
        return
    records = told["records"]
    assert records["read"] == len(rows) == records["kept"] + records["set_aside"]
    whole = [row for row in told["set_aside"] if not row["reason"].startswith("alternative of a kept record")]
    assert sum(row["count"] for row in whole) == records["set_aside"]
    assert sum(told["vaf_keys"].values()) == records["alleles"] + records["duplicates"]
    with pysam.VariantFile(str(out)) as source:
        places = [(record.rid, record.pos) for record in source]
    assert places == sorted(places)
    assert len(places) == records["alleles"]
