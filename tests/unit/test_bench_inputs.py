"""The bench's inputs: equal arguments make equal bytes, htslib reads them, and REF is the reference's base."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pysam
import pytest
from acquired.annotate import Annotator
from acquired.model import Allele
from acquired.reference import Reference
from acquired.sheets import load_cohort

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "resources"


@pytest.fixture(scope="module")
def inputs():
    sys.path.insert(0, str(ROOT / "bench"))
    yield importlib.import_module("inputs")
    sys.path.remove(str(ROOT / "bench"))


def _read(path: Path) -> list[pysam.VariantRecord]:
    with pysam.VariantFile(str(path)) as file:
        return list(file)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _unlike(records: list[pysam.VariantRecord], reference: Reference) -> tuple[int, list[str]]:
    """How many records lie where the bundle knows every base of REF, and those whose REF is another."""
    known, wrong = 0, []
    for record in records:
        there = reference.fetch(record.chrom, record.start + 1, record.stop)
        if "N" not in there:
            known += 1
            if there != record.ref:
                wrong.append(f"{record.chrom}:{record.pos} {record.ref}")
    return known, wrong


def test_panel_cohort(inputs, tmp_path):
    reference = Reference.open(RESOURCES, "GRCh38")
    counts = inputs.panel_cohort(tmp_path / "one", 3)
    assert inputs.panel_cohort(tmp_path / "two", 3) == counts
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two")
    cohort = load_cohort({}, tmp_path / "one", RESOURCES)
    assert list(cohort.patients) == ["P00001", "P00002", "P00003"]
    seen = []
    for patient in cohort.patients.values():
        assert len(patient.specimens) == 2 and len(patient.therapies) == 1
        for specimen in patient.specimens:
            records = _read(tmp_path / "one" / specimen.variants[0])
            seen.append(len(records))
            assert 230 <= len(records) <= 370
            assert _unlike(records, reference) == (len(records), [])
    assert seen == counts


def test_stories_are_what_they_are_called(inputs):
    annotator = Annotator(Reference.open(RESOURCES, "GRCh38"))
    names = [
        [
            (a := annotator.annotate(Allele(*allele))[0]).gene + " " + a.protein
            for allele in (story.driver, story.emerged)
        ]
        for story in inputs.STORIES
    ]
    assert names == [
        ["EGFR L858R", "EGFR T790M"],
        ["EGFR L858R", "EGFR C797S"],
        ["BRAF V600E", "NRAS Q61K"],
        ["KRAS G12C", "KRAS G12D"],
        ["PIK3CA H1047R", "ESR1 Y537S"],
    ]


def test_emerged_allele_is_in_the_follow_up_alone(inputs, tmp_path):
    inputs.panel_cohort(tmp_path, 1)
    chrom, pos, ref, alt = inputs.STORIES[0].emerged
    found = {
        name: [r for r in _read(tmp_path / f"calls/P00001-{name}.vcf.gz") if (r.chrom, r.pos) == (chrom, pos)]
        for name in ("before", "after")
    }
    assert not found["before"]
    assert [(r.ref, r.alts) for r in found["after"]] == [(ref, (alt,))]


def test_pair(inputs, tmp_path):
    """Small and of two chromosomes here; the same code makes the five million."""
    chroms = ("chr21", "chr22")
    counts = inputs.exome_pair(tmp_path / "one", 3_000, chroms=chroms)
    assert inputs.exome_pair(tmp_path / "two", 3_000, chroms=chroms) == counts
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two")
    both = [_read(tmp_path / f"one/calls/PAIR-{name}.vcf.gz") for name in ("before", "after")]
    assert [len(records) for records in both] == counts
    assert all(abs(count - 3_000) < 150 for count in counts)
    for records in both:
        places = [(chroms.index(r.chrom), r.pos) for r in records]
        assert places == sorted(places) and len({chrom for chrom, _ in places}) == 2
        known, wrong = _unlike(records, Reference.open(RESOURCES, "GRCh38"))
        assert known > 50 and not wrong
        assert 0.07 < sum(len(r.ref) != len(r.alts[0]) for r in records) / len(records) < 0.13
        assert 0.005 < sum(len(r.alts) > 1 for r in records) / len(records) < 0.03
    shared = {(r.chrom, r.pos, r.ref, r.alts) for r in both[0]} & {(r.chrom, r.pos, r.ref, r.alts) for r in both[1]}
    assert len(shared) / counts[0] > 0.95


def test_files_of_many_patients_are_found(inputs, tmp_path):
    inputs.many_patients(tmp_path, 30)
    cohort = load_cohort({}, tmp_path, RESOURCES)
    assert len(cohort.patients) == 30 and not cohort.warnings
    assert len(_read(tmp_path / "calls/P00030-after.vcf.gz")) == 1
