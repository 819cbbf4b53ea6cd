"""What speaks for an allele without a record: alignments, another allele's record, blocks, depth files, the assay."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import compare_kit as kit
import pytest
from acquired.compare.observe import Observer, same_kind, substitution_class
from acquired.compare.settings import Assay, Thresholds
from acquired.model import Allele, Specimen, Status, Therapy
from acquired.reads.table import AlleleCount, ErrorRate, ReadCounts, write
from acquired.reads.table import substitution_class as class_in_reads

T790M = ("chr7", 500, "C", "T")
NAME = "chr7:500:C>T"
NOW = kit.record(*T790M, 60, 200)
DRUG = [Therapy("p1", "erlotinib", "Tarceva", 1)]


def course(pre: dict[str, str] | None = None, **facts) -> list[Specimen]:
    before = Specimen("p1", "pre", (), day=0, order=0, files=pre or {}, **facts)
    return [before, Specimen("p1", "post", (), day=100, order=1)]


def files(folder: Path, before: str = "", depth: str = "", after: str = NOW) -> dict[str, Path]:
    return {"pre": kit.normalized(folder, "pre", before, depth), "post": kit.normalized(folder, "post", after)}


def aligned(folder: Path, alt: int, depth: int, errors: tuple[int, int] = (0, 0), problems: list | None = None) -> None:
    """Alignments of `pre` read back: T790M with `alt` of `depth` fragments."""
    counts = ReadCounts(
        {Allele(*T790M): AlleleCount(depth, depth - alt, alt, 0, 9, 9, alt, 0, 0)}, {}, {"C>T": ErrorRate(*errors)}, {}
    )
    write(counts, folder / "pre.reads.tsv.gz", {"chr7": 0})
    told = {"status": "refused" if problems else "ok", "problems": problems or [], "inputs": [], "warnings": ["old"]}
    (folder / "pre.reads.json").write_text(json.dumps(told))


def covered(folder: Path, rows: str, outside: str = "unknown") -> None:
    with gzip.open(folder / "pre.coverage.bed.gz", "wt") as out:
        out.write(rows)
    told = {"status": "ok", "problems": [], "inputs": [], "outside": outside}
    (folder / "pre.coverage.json").write_text(json.dumps(told))


def said(folder: Path) -> tuple[str, str]:
    record = kit.alleles(folder)[NAME]
    return kit.observation(record, "pre"), kit.statement(record)


def test_alignments_speak_before_blocks_and_depth_files(tmp_path):
    given = files(tmp_path, depth="chr7\t0\t900\t12\treference block\n")
    aligned(tmp_path, 0, 400)
    covered(tmp_path, "chr7\t0\t900\t90\tcoverage file\n")
    both = {"alignments": "a.bam", "depth": "d.bed"}
    result = kit.run(tmp_path, course(both), DRUG, given)
    assert said(tmp_path) == ("absent 0/400 alignments", "emerged depth pre post")
    first = result["specimens"][0]
    assert first["depth_source"] == "alignments, coverage file" and first["warnings"] == ["old"]
    # Files that no sheet row names (any more) are not read: then the block speaks, and it is too thin.
    kit.run(tmp_path, course({"depth": "d.bed"}), DRUG, given)
    assert said(tmp_path) == ("low 0/12 reference_block", "unresolved . pre post")
    given = files(tmp_path)
    kit.run(tmp_path, course({"depth": "d.bed"}), DRUG, given)
    assert said(tmp_path) == ("absent 0/90 coverage_file", "emerged depth pre post")
    kit.run(tmp_path, course(), DRUG, given)
    assert said(tmp_path) == ("not_called ./. .", "emerged calls pre post")


def test_reads_in_the_alignments_make_it_risen(tmp_path):
    aligned(tmp_path, 9, 900)
    kit.run(tmp_path, course({"alignments": "a.bam"}), DRUG, files(tmp_path))
    assert said(tmp_path) == ("genotyped 9/900 alignments", "risen . pre post")
    sample = kit.alleles(tmp_path)[NAME].samples["pre"]
    assert sample["SB"] == (9, 9, 9, 0)


def test_a_refused_alignment_file_refuses_the_patient(tmp_path):
    aligned(tmp_path, 0, 400, problems=[{"where": "a.bam", "what": "is of another sample."}])
    result = kit.run(tmp_path, course({"alignments": "a.bam"}), DRUG, files(tmp_path))
    assert result["status"] == "refused" and result["problems"][0]["specimen"] == "pre"


@pytest.mark.parametrize(
    "before, seen",
    [
        ("./.:.:.:.:.", "absent 0/400 alignments"),  # a record that says nothing does not hide what the reads say
        ("0/0:.:.:.:.", "absent 0/400 alignments"),
        ("0/0:70:70,0:0:AD/DP", "absent 0/70 AD/DP"),  # the record is the best source
        ("0/1:.:.:.:.", "called 0/400 alignments"),  # a call without counts stays a call
    ],
)
def test_records_and_alignments_together(tmp_path, before, seen):
    line = f"chr7\t500\t.\tC\tT\t.\tPASS\t.\tGT:DP:AD:VAF:KEY\t{before}\n"
    aligned(tmp_path, 0, 400)
    kit.run(tmp_path, course({"alignments": "a.bam"}), DRUG, files(tmp_path, line))
    assert said(tmp_path)[0] == seen


def test_an_assay_does_not_speak_where_a_record_knows_nothing(tmp_path):
    bed = tmp_path / "panel.bed"
    bed.write_text("chr7\t0\t900\n")
    assays = {"panel": {"limit": 0.01, "regions": str(bed)}}
    other = kit.record("chr7", 700, "A", "G", 50, 100)  # without it the calls of `pre` would count as missing
    silent = "chr7\t500\t.\tC\tT\t.\tPASS\t.\tGT:DP:AD:VAF:KEY\t./.:.:.:.:.\n"
    kit.run(tmp_path, course(assay="panel"), DRUG, files(tmp_path, silent + other), assays)
    assert said(tmp_path) == ("not_called ./. .", "emerged calls pre post")
    kit.run(tmp_path, course(assay="panel"), DRUG, files(tmp_path), assays)
    assert said(tmp_path) == ("absent ./. assay", "emerged assay pre post")


def test_a_depth_file_that_lists_all_that_was_looked_at(tmp_path):
    covered(tmp_path, "chr7\t0\t100\t90\tcallable regions\n", "not assessed")
    kit.run(tmp_path, course({"depth": "d.bed"}), DRUG, files(tmp_path))
    assert said(tmp_path) == ("not_assessed ./. coverage_file", "unresolved . pre post")


@pytest.mark.parametrize(
    "beside, seen",
    [
        ((("C", "G", 5, 400, 395),), "absent 0/400 record_of_another_allele"),
        # 40 of 400 reads are for neither: they may show it
        ((("C", "G", 5, 400, 355),), "low ./400 record_of_another_allele"),
        ((("C", "CT", 5, 400, 395),), "not_called ./. ."),  # reads told apart for an indel say nothing of a base
        ((("C", "G", 5, 400, 300), ("C", "A", 95, 400, 300)), "absent 0/400 record_of_another_allele"),
    ],
)
def test_the_record_of_another_allele_of_the_place(tmp_path, beside, seen):
    lines = "".join(
        f"chr7\t500\t.\t{ref}\t{alt}\t.\tPASS\t.\tGT:DP:AD:VAF:KEY\t0/1:{n}:{refs},{k}:{k / n}:AD/DP\n"
        for ref, alt, k, n, refs in beside
    )
    kit.run(tmp_path, course(), DRUG, files(tmp_path, lines))
    assert said(tmp_path)[0] == seen


def test_kinds_of_alleles():
    assert same_kind("C", "G", "C", "T") and same_kind("CA", "C", "C", "CAA")
    assert not same_kind("C", "G", "C", "CT") and not same_kind("C", "G", "CA", "TG")
    for ref in "ACGT":
        for alt in set("ACGT") - {ref}:
            assert substitution_class(ref, alt) == class_in_reads(ref, alt)
    assert substitution_class("CA", "C") == ""


def test_the_specimens_own_error_rate_holds_for_its_substitution_class(tmp_path):
    """3 of 900 reads: more than one error in 10,000 explains, less than FFPE's C>T of 3 in 1,000."""
    for errors, word in (((0, 0), "absent"), ((90, 1_000_000), "genotyped"), ((3_000, 1_000_000), "absent")):
        aligned(tmp_path, 3, 900, errors)
        kit.run(tmp_path, course({"alignments": "a.bam"}), DRUG, files(tmp_path))
        assert said(tmp_path)[0] == f"{word} 3/900 alignments", errors
        kit.run(tmp_path, course({"alignments": "a.bam"}), DRUG, files(tmp_path, kit.record(*T790M, 3, 900, "0/0")))
        assert said(tmp_path)[0] == f"{word} 3/900 AD/DP", errors
    aligned(tmp_path, 3, 900, (90, 1_000_000))  # the larger of a stated and a measured rate is believed
    kit.run(tmp_path, course({"alignments": "a.bam"}, assay="x"), DRUG, files(tmp_path), {"x": {"error_rate": 0.003}})
    assert said(tmp_path)[0] == "absent 3/900 alignments"


def test_each_material_and_assay_has_its_own_bound():
    base = Thresholds()
    assert base.of_specimen("tissue", Assay()).absent_below == base.of_specimen("", Assay()).absent_below == 0.05
    assert base.of_specimen("plasma", Assay()).absent_below == 0.0027
    assert base.of_specimen("plasma", Assay(absent_below=0.01)).absent_below == 0.01
    assert replace(base, absent_below=0.001).of_specimen("plasma", Assay()).absent_below == 0.001
    words = [
        Observer(base.of_specimen(material, Assay()), Assay()).record(f"PASS\t.\tGT:DP:AD\t0/0:{n}:{n},0")[0].status
        for material, n in (("tissue", 68), ("tissue", 10), ("plasma", 68), ("plasma", 1_243))
    ]
    assert words == [Status.ABSENT, Status.LOW, Status.LOW, Status.ABSENT]
