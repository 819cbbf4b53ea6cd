"""Alignment files that can and cannot be used: build, sample, index, damage, CRAM."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pysam
import pytest
from acquired.catalogue import compile_catalogue
from acquired.intake import normalize_specimen
from acquired.model import Allele, Specimen
from acquired.reads import load
from acquired.reads.specimen import genotype_specimen
from acquired.reference import Reference
from reads_kit import GRCH38, RESOURCES, haplotype, header, segments, simulate, write_bam

T790M, C797S = (55181378, "C", "T"), (55181398, "T", "A")
WINDOW = 55181201, 55181560
VCF = """##fileformat=VCFv4.2
##contig=<ID=chr7,length=159345973>
##FORMAT=<ID=GT,Number=1,Type=String,Description="g">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="a">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ttumour
"""
RECORDS = (
    "chr7\t55181378\t.\tC\tT\t.\tPASS\t.\tGT:AD\t0/1:80,20\nchr7\t55181398\t.\tT\tA\t.\tPASS\t.\tGT:AD\t0/1:90,10\n"
)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("catalogue") / "catalogue.json"
    compile_catalogue(RESOURCES, [], out)
    return out


@pytest.fixture(scope="module")
def fragments():
    plain, both = haplotype("chr7", *WINDOW), haplotype("chr7", *WINDOW, [T790M, C797S])
    return simulate(5, [(0.9, plain), (0.1, both)], 60)


@pytest.fixture
def read_back(tmp_path: Path, catalogue: Path):
    """`read_back(bam, **row)`: a patient of two specimens, whose follow-up has calls and whose baseline has none."""

    def run(path: Path, settings: dict[str, Any] | None = None, **row: Any) -> dict[str, Any]:
        specimens, normalized = [], {}
        for name, body in (("pre", ""), ("post", RECORDS)):
            calls = tmp_path / f"{name}.vcf"
            calls.write_text(VCF + body)
            files = {"alignments": str(path)} if name == "pre" else {}
            given = {"sample": "", **row} if name == "pre" else {}
            s = Specimen("P1", name, (str(calls),), files=files, build="GRCh38", **given)
            out = [tmp_path / f"{name}{end}" for end in (".normalized.bcf", ".depth.bed.gz", ".normalized.json")]
            told = normalize_specimen(s, RESOURCES, {"GRCh37": None, "GRCh38": None}, *out, {})
            assert told["status"] == "ok", told["problems"]
            specimens.append(s)
            normalized[name] = out[2]
        chosen = {"reads": {"min_base_quality": 20, "min_mapping_quality": 20, "max_alleles": 20000}, "reference": {}}
        results = tmp_path / "results"
        results.mkdir(exist_ok=True)
        outs = results / "pre.reads.tsv.gz", results / "pre.reads.json"
        told = genotype_specimen(
            specimens[0],
            specimens,
            ["osimertinib"],
            normalized,
            catalogue,
            {},
            RESOURCES,
            *outs,
            chosen | (settings or {}),
        )
        assert json.loads(outs[1].read_text()) == told
        assert str(tmp_path) not in outs[1].read_text(), "no path of this machine in a result"
        assert (outs[0].stat().st_size == 0) == (told["status"] != "ok")
        assert not list(results.glob(".*partial*"))
        return told

    return run


def refused(told: dict[str, Any], *said: str) -> None:
    assert told["status"] == "refused"
    text = " ".join(" ".join(problem.values()) for problem in told["problems"])
    assert [s for s in said if s not in text] == [], text
    assert all(p["where"] and p["cause"] and p["remedy"] for p in told["problems"])


def test_alleles_of_another_specimen_are_read_back(tmp_path, fragments, read_back):
    told = read_back(write_bam(tmp_path / "pre.bam", fragments, header("pre")))
    assert told["status"] == "ok" and told["alleles"] == {"asked": 2, "counted": 2, "left_out": 0}
    assert told["warnings"] == [] and told["samples"] == ["pre"]
    counts = load(tmp_path / "results/pre.reads.tsv.gz")
    seen = counts.allele("chr7", *T790M)
    truth = len({f.name for f in fragments if f.source == 1 and covers(f, T790M[0])})
    assert truth - 2 <= seen.alt <= truth and seen.alt > 0
    assert counts.allele("chr7", 55181378, "C", "A") is None
    assert counts.depth("chr7", 55181378, 55181380) > 40, "codon T790 is a locus of osimertinib"
    assert counts.depth("chr7", 55181203, 55181203) is None, "nobody asked for this one"
    pair = Allele("chr7", *T790M), Allele("chr7", *C797S)
    assert counts.phase(*pair).both > 0 and counts.phase(*pair[::-1]).both == counts.phase(*pair).both
    assert counts.error_rate("C", "T") == counts.error_rate("G", "A")
    assert counts.error_rate("C", "T").rate < 0.01


def covers(fragment, pos: int) -> bool:
    return any(r.start0 < pos <= r.start0 + len(r.sequence) for r in (fragment.left, fragment.right))


def test_the_same_input_gives_the_same_bytes(tmp_path, fragments, read_back):
    bam = write_bam(tmp_path / "pre.bam", fragments, header("pre"))
    written = []
    for _ in range(2):
        read_back(bam)
        written.append([p.read_bytes() for p in sorted((tmp_path / "results").glob("pre.*"))])
    assert written[0] == written[1]


def test_another_build(tmp_path, fragments, read_back):
    bam = write_bam(tmp_path / "x.bam", fragments, header("pre", Reference.open(RESOURCES, "GRCh37")))
    refused(read_back(bam), "not on GRCh38", "aligned to GRCh37", "249,250,621")


def test_contigs_without_chr_are_understood(tmp_path, fragments, read_back):
    told = read_back(write_bam(tmp_path / "x.bam", fragments, header("pre", prefix="")))
    assert told["status"] == "ok" and load(tmp_path / "results/pre.reads.tsv.gz").allele("chr7", *T790M).alt > 0


def test_no_human_contig(tmp_path, read_back):
    bam = write_bam(tmp_path / "x.bam", [], {"HD": {"SO": "coordinate"}, "SQ": [{"SN": "phiX", "LN": 5386}]})
    refused(read_back(bam), "none of the contigs", "phiX")


def test_another_sample(tmp_path, fragments, read_back):
    told = read_back(write_bam(tmp_path / "x.bam", fragments, header("someone")))
    assert told["status"] == "ok" and any("someone" in w and "check" in w for w in told["warnings"])
    refused(read_back(write_bam(tmp_path / "y.bam", fragments, header("POST"))), "specimen “post” of this patient")


def test_several_samples(tmp_path, fragments, read_back):
    head = header("pre")
    head["RG"] += [{"ID": "rg2", "SM": "other"}]
    made = pysam.AlignmentHeader.from_dict(head)
    half = len(fragments) // 2
    rows = segments(fragments[:half], made) + segments(fragments[half:], made, "rg2")
    bam = tmp_path / "x.bam"
    with pysam.AlignmentFile(str(bam), "wb", header=made) as out:
        for row in sorted(rows, key=lambda s: s.reference_start):
            out.write(row)
    pysam.index(str(bam))
    told = read_back(bam)
    assert told["status"] == "ok" and told["reads"]["of another sample"] > 0
    assert any("“other”" in w for w in told["warnings"])
    deep = load(tmp_path / "results/pre.reads.tsv.gz").allele("chr7", *T790M).depth
    head["RG"][0]["SM"] = "third"
    refused(read_back(write_bam(tmp_path / "y.bam", fragments, head)), "2 samples", "“third”", "samtools split")
    head["RG"][0]["SM"] = "TUMOUR"  # the column of the calls, in another case: all reads are in its group
    assert read_back(write_bam(tmp_path / "z.bam", fragments, head))["status"] == "ok"
    assert load(tmp_path / "results/pre.reads.tsv.gz").allele("chr7", *T790M).depth > deep


def test_no_read_groups_are_said(tmp_path, fragments, read_back):
    head = header()
    del head["RG"]
    assert any("no sample" in w for w in read_back(write_bam(tmp_path / "x.bam", fragments, head))["warnings"])


def test_no_index_one_is_made_in_the_results(tmp_path, fragments, read_back):
    folder = tmp_path / "read_only"
    folder.mkdir()
    bam = write_bam(folder / "x.bam", fragments, header("pre"), index=False)
    told = read_back(bam)
    assert told["status"] == "ok" and any("no index" in w for w in told["warnings"])
    assert [p.name for p in folder.iterdir()] == ["x.bam"], "the laboratory's folder is not written to"
    assert load(tmp_path / "results/pre.reads.tsv.gz").allele("chr7", *T790M).alt > 0


def test_the_index_of_another_file_of_that_name_is_not_used(tmp_path, fragments, read_back):
    """A sheet that now names another file, older than the index made before."""
    made = []
    for folder, some in (("one", fragments[:20]), ("two", fragments)):
        (tmp_path / folder).mkdir()
        bam = write_bam(tmp_path / folder / "x.bam", some, header("pre"), index=False)
        os.utime(bam, (1, 1))
        assert read_back(bam)["status"] == "ok"
        made.append(load(tmp_path / "results/pre.reads.tsv.gz").allele("chr7", *T790M).depth)
    assert made[1] > 2 * made[0] > 0
    assert len(list((tmp_path / "results").glob(".pre.alignments.*"))) == 1


def test_an_old_index_is_said(tmp_path, fragments, read_back):
    bam = write_bam(tmp_path / "x.bam", fragments, header("pre"))
    os.utime(f"{bam}.bai", (1, 1))
    assert any("older" in w for w in read_back(bam)["warnings"])


def test_unsorted(tmp_path, fragments, read_back):
    made = pysam.AlignmentHeader.from_dict(header("pre", sort="queryname"))
    with pysam.AlignmentFile(str(tmp_path / "x.bam"), "wb", header=made) as out:
        for row in segments(fragments, made)[::-1]:
            out.write(row)
    refused(read_back(tmp_path / "x.bam"), "no index", "queryname", "samtools sort")


@pytest.mark.parametrize("left", [0.3, 0.7])
def test_truncated(tmp_path, fragments, read_back, left):
    bam = write_bam(tmp_path / "x.bam", fragments, header("pre"))
    whole = bam.read_bytes()
    bam.write_bytes(whole[: int(len(whole) * left)])
    refused(read_back(bam), "cut off", "x.bam")


def test_not_alignments(tmp_path, read_back):
    path = tmp_path / "x.bam"
    path.write_text("chr7\t1\t2\n")
    refused(read_back(path), "x.bam")


def test_sam(tmp_path, fragments, read_back):
    made = pysam.AlignmentHeader.from_dict(header("pre"))
    with pysam.AlignmentFile(str(tmp_path / "x.sam"), "w", header=made) as out:
        for row in segments(fragments, made):
            out.write(row)
    refused(read_back(tmp_path / "x.sam"), "SAM file")


def test_cram_with_and_without_its_genome(tmp_path, fragments, read_back):
    genome = tmp_path / "genome.fa"
    sequence = "N" * (WINDOW[0] - 1001) + GRCH38.fetch("chr7", WINDOW[0] - 1000, WINDOW[1] + 1000)
    short = len(sequence)
    genome.write_text(f">chr7\n{sequence}{'N' * (GRCH38.contigs['chr7'] - short)}\n")
    pysam.faidx(str(genome))
    head = header("pre")
    head["SQ"] = [row for row in head["SQ"] if row["SN"] == "chr7"]
    made = pysam.AlignmentHeader.from_dict(head)
    cram = tmp_path / "x.cram"
    with pysam.AlignmentFile(str(cram), "wc", header=made, reference_filename=str(genome)) as out:
        for row in segments(fragments, made):
            out.write(row)
    pysam.index(str(cram))
    hidden = genome.rename(tmp_path / "elsewhere.fa")
    (tmp_path / "genome.fa.fai").rename(tmp_path / "elsewhere.fa.fai")
    refused(read_back(cram), "CRAM", "reference")
    told = read_back(cram, {"reference": {"GRCh38": {"fasta": str(hidden)}}})
    assert told["status"] == "ok", told["problems"]
    assert load(tmp_path / "results/pre.reads.tsv.gz").allele("chr7", *T790M).alt > 0


def test_more_alleles_than_are_read_back_are_counted(tmp_path, fragments, read_back):
    limited = {"reads": {"min_base_quality": 20, "min_mapping_quality": 20, "max_alleles": 1}}
    told = read_back(write_bam(tmp_path / "x.bam", fragments, header("pre")), limited)
    assert told["alleles"] == {"asked": 2, "counted": 2, "left_out": 0}, "those within the bundled loci always are"


def test_umis_and_missing_duplicates_are_said(tmp_path, fragments, read_back):
    told = read_back(write_bam(tmp_path / "x.bam", fragments, header("pre")))
    assert told["reads"]["used"] < 1000 and told["warnings"] == []
    many = [replace(f, name=f"{f.name}.{i}") for i in range(12) for f in fragments]
    told = read_back(write_bam(tmp_path / "y.bam", many, header("pre")))
    assert len(told["warnings"]) == 1 and "duplicates were not marked" in told["warnings"][0]
    told = read_back(write_bam(tmp_path / "z.bam", [replace(f, tags={"RX": "ACGT"}) for f in fragments], header("pre")))
    assert any("no families (MI)" in w for w in told["warnings"])
    tagged = [replace(f, tags={"RX": "ACGT", "MI": f.name.rpartition(".")[0]}) for f in many]
    told = read_back(write_bam(tmp_path / "t.bam", tagged, header("pre")))
    assert told["families"] and told["warnings"] == []
