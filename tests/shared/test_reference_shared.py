"""The bundle against the data it was carried over from, and contig lengths against headers of real files."""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path

import pytest
from acquired.reference import BUILDS, Reference, contig_lengths

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "resources"
SHARED = ROOT.parent / "shared"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not (SHARED / "reference").is_dir(), reason="../shared is not there"),
]


def loci(build: str) -> list[tuple[str, str, int, int, str]]:
    """(gene, chrom, start, end, bases) of every locus of the source."""
    with gzip.open(SHARED / "reference" / f"loci.{build}.fa.gz", "rt") as handle:
        records = [record.partition("\n") for record in handle.read().split(">")[1:]]
    found = []
    for header, _, lines in records:
        gene, chrom, start, end = re.match(r"(\S+) (\w+):(\d+)-(\d+) ", header).groups()  # type: ignore[union-attr]
        found.append((gene, chrom, int(start), int(end), lines.replace("\n", "")))
    return found


def rows(build: str) -> list[dict[str, str]]:
    with (SHARED / "reference" / f"transcripts.{build}.tsv").open() as handle:
        return list(csv.DictReader(handle, delimiter="\t"))


@pytest.mark.parametrize("build", BUILDS)
def test_every_base_is_the_source_s_and_none_that_was_asked_for_is_left_out(build: str) -> None:
    here, source = Reference.open(RESOURCES, build), loci(build)
    kept = 0
    for chrom in here.contigs:
        for start, end in here.blocks(chrom):
            kept += end - start + 1
            ours, met = here.fetch(chrom, start, end), 0
            for _, name, low, high, bases in source:
                first, last = max(low, start), min(high, end)
                if name != chrom or first > last:
                    continue
                theirs = bases[first - low : last - low + 1]
                met += 1
                assert all(a == b or b == "N" for a, b in zip(ours[first - start :], theirs, strict=False))
            assert met, f"{chrom}:{start}-{end} is in no locus"
    assert 4_000_000 < kept < 6_000_000
    spans: dict[str, list[tuple[int, int]]] = {}
    genes = {gene for gene, *_ in source}
    assert len(genes) == 340
    for row in rows(build):
        if row["gene"] not in genes:
            continue
        exons = zip(row["exon_starts"].split(","), row["exon_ends"].split(","), strict=True)
        spans.setdefault(row["chrom"], []).extend((int(a), int(b)) for a, b in exons)
    for _, chrom, low, high, bases in source:
        for start, end in spans[chrom]:
            first, last = max(low, start - 300), min(high, end + 300)
            if first <= last and start <= high and low <= end:
                assert here.fetch(chrom, first, last) == bases[first - low : last - low + 1]


@pytest.mark.parametrize("build", BUILDS)
def test_every_transcript_of_the_source_is_there(build: str) -> None:
    here = Reference.open(RESOURCES, build)
    ours = {t.name: t for gene in here.genes for t in here.transcripts(gene)}
    for row in rows(build):
        t = ours.pop(row["transcript_refseq"])
        exons = zip(row["exon_starts"].split(","), row["exon_ends"].split(","), strict=True)
        assert t.exons == tuple((int(a), int(b)) for a, b in exons)
        assert (t.gene, t.chrom, t.strand, t.ensembl, t.protein_refseq, str(t.cds_start), str(t.cds_end)) == (
            row["gene"], row["chrom"], row["strand"], row["transcript_ensembl"], row["protein_refseq"],
            row["cds_start"], row["cds_end"],
        )  # fmt: skip
    assert list(ours) == ["NM_002468.4"], "rebuilt for MYD88 L265"


def test_contig_lengths_are_those_of_real_headers() -> None:
    expected = {name: contig_lengths(RESOURCES, name) for name in ("GRCh38", "GRCh37", "hg19")}
    contig = re.compile(rb"##contig=<ID=(?:chr)?(\d{1,2}|X|Y|MT?)\b[^>]*length=(\d+)")
    met: set[tuple[str, str]] = set()
    for path in (SHARED / "samples").rglob("*.vcf*"):
        data = path.read_bytes()
        if data[:2] == b"\x1f\x8b":
            try:
                data = gzip.decompress(data)
            except (EOFError, OSError):
                continue  # kept truncated on purpose
        header = contig.findall(data[: data.find(b"\n#CHROM")])
        lengths = {"chr" + name.decode().replace("MT", "M"): int(size) for name, size in header}
        chroms = [chrom for chrom in lengths if chrom != "chrM"]
        builds = [build for build in expected if chroms and all(expected[build][c] == lengths[c] for c in chroms)]
        met |= {(build, chrom) for build in builds for chrom in chroms}
    for build in BUILDS:
        missing = [chrom for chrom in expected[build] if chrom != "chrM" and (build, chrom) not in met]
        assert not missing, f"{build}: no real header proves {missing}"
