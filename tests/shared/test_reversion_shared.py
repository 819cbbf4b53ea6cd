"""Protein lengths of published reversion pairs, as another program worked them out (revmut)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from acquired.annotate import Annotator
from acquired.reference import Reference
from acquired.reversion import candidate, rebuild, truncates
from acquired.reversion.named import allele_of

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT.parent / "shared" / "samples" / "reversion"
TABLES = sorted(FOLDER.glob("*maf.out.tsv")) if FOLDER.exists() else []
GENES = {"ENST00000357654": "BRCA1", "ENST00000380152": "BRCA2"}

pytestmark = [pytest.mark.shared, pytest.mark.skipif(not TABLES, reason="no ../shared")]


def rows() -> list[dict[str, str]]:
    return [row for table in TABLES for row in csv.DictReader(table.open(), delimiter="\t")]


@pytest.mark.parametrize("build", ["GRCh37", "GRCh38"])
def test_every_published_length(build: str) -> None:
    annotator = Annotator(Reference.open(ROOT / "resources", build))
    seen = 0
    for row in rows():
        template = annotator.template(annotator.reference.clinical(GENES[row["transcript"]]))
        one, two = allele_of(row["mut"], template), allele_of(row["revmut"], template)
        alone, both = rebuild(template, [one]), rebuild(template, [one, two])
        assert alone.reference_length == int(row["normal_protein_length"])
        assert alone.length == int(row["mut_protein_length"]), row
        # revmut reads to the end of the unchanged coding bases at most; a frame without a stop there reads on
        net = sum(len(a.alt) - len(a.ref) for a in (one, two))
        most = (template.cds_end - template.cds + net) // 3
        assert min(both.length, most) == int(row["revmut_protein_length"]), row
        found = candidate(template, one, two)
        assert bool(found) == (truncates(template, one) and both.stop_kept), row
        seen += 1
    assert seen == 35 + 14 + 3


def test_the_pairs_of_the_paper_are_candidates() -> None:
    annotator = Annotator(Reference.open(ROOT / "resources", "GRCh37"))
    template = annotator.template(annotator.reference.clinical("BRCA1"))
    one = allele_of("c.68_69delAG", template)
    for second in ("c.85delG", "c.108delC", "c.113delA"):
        found = candidate(template, one, allele_of(second, template))
        assert found.how == "restores the frame"
        assert (found.protein.length, found.protein.start_kept, found.protein.stop_kept) == (1862, True, True)
