"""What the negative of a known locus rests on: alignments, call file, depth file, assay; each by its own bound."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from acquired.catalogue import Locus
from acquired.compare.looked import Sources
from acquired.compare.settings import Assay, Regions, Thresholds
from acquired.judge.negatives import Coverage, Place, assess
from acquired.judge.rows import Spans
from acquired.model import Kind
from acquired.reads.table import ReadCounts

LOCUS = Locus("EGFR", "T790", Kind.SMALL, 790, 790, "A", ("X-1",))
SPANS = [("chr7", 101, 102), ("chr7", 201, 201)]  # a codon that an intron splits


def track(path: Path, *rows: tuple[int, int, int], source: str) -> Path:
    with gzip.open(path, "wt") as out:
        out.writelines(f"chr7\t{start}\t{end}\t{depth}\t{source}\n" for start, end, depth in rows)
    return path


def negative(folder: Path, blocks=(), file=None, outside="unknown", reads=None, assay=None, material="tissue"):
    assay = assay or Assay()
    beside = track(folder / "s.depth.bed.gz", *blocks, source="reference block")
    covered = None
    if file is not None:
        covered = track(folder / "s.coverage.bed.gz", *file, source="coverage file")
        (folder / "s.coverage.json").write_text(json.dumps({"outside": outside}))
    counts = ReadCounts(depths={"chr7": reads}) if reads is not None else None
    bounds = Thresholds().of_specimen(material, assay)
    coverage = Coverage(beside, Spans(SPANS), assay, bounds, counts, Sources(beside, None, covered))
    found = assess([Place(LOCUS, SPANS)], [{"id": "s"}], {"s": coverage}, {}, [])[0, "s"]
    return found["status"], found["depth"], found["source"]


INSIDE = Regions({"chr7": [(0, 900)]})


@pytest.mark.parametrize(
    "given, wanted",
    [
        ({}, ("not called", None, "")),
        ({"reads": [(101, 102, 700), (201, 201, 650)], "blocks": [(0, 900, 12)]}, ("absent", 650, "alignments")),
        ({"reads": [(101, 102, 700)], "blocks": [(0, 900, 80)]}, ("absent", 80, "reference block")),
        ({"reads": [(101, 102, 0), (201, 201, 650)]}, ("low", 0, "alignments")),
        ({"blocks": [(0, 900, 80)], "file": [(0, 900, 400)]}, ("absent", 80, "reference block")),
        ({"blocks": [(0, 150, 80)], "file": [(0, 900, 400)]}, ("absent", 400, "coverage file")),
        ({"file": [(0, 150, 400), (150, 900, 9)]}, ("low", 9, "coverage file")),
        ({"file": [(0, 150, 400)], "assay": Assay(0.01, INSIDE)}, ("absent", None, "assay")),
        # a file that lists all that was looked at: half of the locus was not
        ({"file": [(0, 150, 400)], "outside": "not assessed"}, ("not assessed", None, "coverage file")),
        ({"assay": Assay(0.01, Regions({"chr7": [(0, 150)]}))}, ("not assessed", None, "assay")),
        # 400 reads are enough in tissue, not in plasma, unless its assay says so
        ({"file": [(0, 900, 400)], "material": "plasma"}, ("low", 400, "coverage file")),
        ({"file": [(0, 900, 1200)], "material": "plasma"}, ("absent", 1200, "coverage file")),
        (
            {"file": [(0, 900, 400)], "material": "plasma", "assay": Assay(absent_below=0.01)},
            ("absent", 400, "coverage file"),
        ),
    ],
)
def test_a_negative_names_its_source(tmp_path, given, wanted):
    assert negative(tmp_path, **given) == wanted
