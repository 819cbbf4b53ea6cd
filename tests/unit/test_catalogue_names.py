"""Claims meet real alleles whatever spelling of a protein change their source uses; names do not say a gene twice."""

from __future__ import annotations

import json

import pytest
from acquired.annotate import Annotator
from acquired.catalogue import Catalogue, Subject
from acquired.catalogue.ask import subject_of
from acquired.catalogue.build import compile_sources
from acquired.catalogue.records import full_name
from acquired.model import Allele, Kind
from acquired.reference import Reference
from small_catalogue import ROOT

RESOURCES = ROOT / "resources"


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference.open(RESOURCES, "GRCh38")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(json.loads(json.dumps(compile_sources(RESOURCES, [], check=False))))


def inserted(reference: Reference, gene: str, residue: int, bases: str) -> Allele:
    """An insertion behind a residue, on the strand of the gene (these lie on the plus strand)."""
    (chrom, _, last), *_ = reference.clinical(gene).codons(residue, residue)
    base = reference.fetch(chrom, last, last)
    return Allele(chrom, last, base, base + bases)


def deleted(reference: Reference, gene: str, first: int, last: int) -> Allele:
    (chrom, start, end), *_ = reference.clinical(gene).codons(first, last)
    bases = reference.fetch(chrom, start - 1, end)
    return Allele(chrom, start - 1, bases, bases[0])


@pytest.mark.parametrize(
    ("gene", "claimed", "make"),
    [
        ("EGFR", "M766_A767insAI", lambda r: inserted(r, "EGFR", 766, "GCCATC")),
        ("EGFR", "D770_N771insSVD", lambda r: inserted(r, "EGFR", 770, "AGCGTGGAC")),
        ("EGFR", "H773_V774insH", lambda r: inserted(r, "EGFR", 773, "CAC")),
        ("ERBB2", "A775_G776insYVMA", lambda r: inserted(r, "ERBB2", 775, "TACGTGATGGCT")),
        ("KIT", "V555_V559del", lambda r: deleted(r, "KIT", 555, 559)),
    ],
)
def test_a_real_allele_meets_the_claim_whatever_its_source_calls_it(reference, catalogue, gene, claimed, make):
    annotations = Annotator(reference).annotate(make(reference))
    own = [c.id for c in catalogue.claims_of(gene) if c.alteration == claimed and not c.context]
    assert own, f"the catalogue has no claim called {gene} {claimed}"
    met = catalogue.match([Subject("x", Kind.SMALL, gene, annotations)], [], "")["x"]
    exact = {m["claim"] for m in met if m["precision"] == "exact"}
    assert set(own) <= exact, f"annotated as {annotations[0].protein}"


@pytest.mark.parametrize("typed", ["EGFR M766_A767insAI", "EGFR A767_S768insIA", "EGFR p.M766_A767insAI"])
def test_the_command_line_understands_every_spelling(reference, catalogue, typed):
    subject, _ = subject_of(typed, reference, catalogue)
    met = catalogue.match([subject], ["erlotinib"], "")[subject.id]
    assert "ACQ-001364" in {m["claim"] for m in met if m["precision"] == "exact"}


def test_what_a_claim_is_called_stays_as_its_source_has_it(catalogue):
    claim = next(c for c in catalogue.claims() if c.id == "ACQ-001364")
    assert (claim.alteration, claim.match) == ("M766_A767insAI", "protein A767_S768insIA")


def test_every_claim_is_spelt_as_the_annotation_spells_it(reference, catalogue):
    """A claim that the annotation would never name so could be met by no file."""
    annotator = Annotator(reference)
    for claim in catalogue.claims():
        if claim.match.startswith("protein ") and reference.clinical(claim.gene):
            name = claim.match.removeprefix("protein ")
            assert annotator.canonical_protein(claim.gene, name) == name, claim.id


@pytest.mark.parametrize(
    ("gene", "name", "told"),
    [("AR", "AR-V7", "AR-V7"), ("EGFR", "EGFRvIII", "EGFRvIII"), ("ALK", "EML4::ALK", "EML4::ALK"),
     ("EGFR", "T790", "EGFR T790"), ("MET", "amplification", "MET amplification")],
)  # fmt: skip
def test_a_name_says_its_gene_once(gene, name, told):
    assert full_name(gene, name) == told
