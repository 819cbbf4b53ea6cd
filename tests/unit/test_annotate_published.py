"""Names that others published come out exactly, in both builds; see tests/cases/annotate/README.md."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from acquired.annotate import Annotator
from acquired.model import Allele, Annotation
from annotate_oracle import Model, reference

CASES = Path(__file__).parents[1] / "cases" / "annotate"
BUILDS = ("GRCh38", "GRCh37")


def table(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def allele(text: str) -> Allele:
    chrom, pos, ref, alt = text.split(":")
    return Allele(chrom, int(pos), ref, alt)


def named(build: str, row: dict[str, str], annotators: dict[str, Annotator]) -> Annotation:
    said = [a for a in annotators[build].annotate(allele(row[build])) if a.clinical and a.gene == row["gene"]]
    assert len(said) == 1, row
    assert said[0].transcript.split(".")[0] == row["transcript"].split(".")[0]
    assert said[0].flags == () or said[0].flags == ("splice region",), said[0]
    return said[0]


@pytest.fixture(scope="module")
def annotators() -> dict[str, Annotator]:
    return {build: Annotator(reference(build)) for build in BUILDS}


@pytest.mark.parametrize("build", BUILDS)
def test_published_names(build: str, annotators: dict[str, Annotator]) -> None:
    rows = table("published_names.tsv")
    wrong = []
    for row in rows:
        got = named(build, row, annotators)
        protein = row["protein"]
        short = got.protein == protein or (
            protein.endswith("fs") and re.match(re.escape(protein[:-2]) + r"[A-Z]fs\*(\d+|\?)\Z", got.protein)
        )
        if got.hgvs_c != row["hgvs_c"] or (row["hgvs_p"] and got.hgvs_p != row["hgvs_p"]) or (protein and not short):
            wrong.append((row, got))
    assert not wrong, wrong[:5]
    with_protein = [row for row in rows if row["hgvs_p"] or row["protein"]]
    assert len(rows) > 600 and len(with_protein) > 300
    assert len([row for row in rows if row["source"] == "derived"]) < 30  # the others can be traced


def test_names_that_break_the_rules_mean_the_same_bases(annotators: dict[str, Annotator]) -> None:
    for row in table("published_not_normalised.tsv"):
        got = [a for a in annotators["GRCh38"].annotate(allele(row["GRCh38"])) if a.gene == row["gene"] and a.clinical]
        assert [a.hgvs_c for a in got] == [row["hgvs_c"]] != [row["as_published"]]
        transcript = reference("GRCh38").clinical(row["gene"])
        assert transcript is not None
        model, pos = Model(transcript, "GRCh38"), allele(row["GRCh38"]).pos
        assert model.apply_c(row["as_published"], pos - 200, pos + 200) == model.apply_c(
            row["hgvs_c"], pos - 200, pos + 200
        )


@pytest.mark.parametrize(
    ("gene", "written", "canonical"),
    [
        ("EGFR", "D770_N771insSVD", "S768_D770dup"),
        ("EGFR", "V769_D770insASV", "A767_V769dup"),
        ("EGFR", "A767_V769dupASV", "A767_V769dup"),
        ("EGFR", "H773_V774insH", "H773dup"),
        ("EGFR", "E746_T751>I", "E746_T751delinsI"),
        ("EGFR", "L747_P753delinsS", "L747_P753delinsS"),
        ("EGFR", "H773_V774insNPH", "N771_H773dup"),
        ("ERBB2", "A775_G776insYVMA", "Y772_A775dup"),
        ("PDGFRA", "D842_H845del", "I843_D846del"),
        ("PDGFRA", "D842_H845delDIMH", "I843_D846del"),
        ("KIT", "W557_K558delWK", "W557_K558del"),
        ("EGFR", "T790M", "T790M"),
        ("EGFR", "W790_L792del", "W790_L792del"),  # not the residues of EGFR: left alone
        ("EGFR", "L792_T790del", "L792_T790del"),
        ("EGFR", "E709_Q9999del", "E709_Q9999del"),
        ("EGFR", "exon 19 deletion", "exon 19 deletion"),
        ("NOSUCHGENE", "A1_B2del", "A1_B2del"),
    ],
)
def test_the_spelling_of_a_claim(gene: str, written: str, canonical: str, annotators: dict[str, Annotator]) -> None:
    assert annotators["GRCh38"].canonical_protein(gene, written) == canonical


@pytest.mark.parametrize(("build", "pos"), [("GRCh37", 1295228), ("GRCh38", 1295113)])
def test_the_promoter_of_tert_is_named_though_it_lies_before_the_transcript(
    build: str, pos: int, annotators: dict[str, Annotator]
) -> None:
    got = annotators[build].annotate(Allele("chr5", pos, "G", "A"))
    assert [(a.gene, a.hgvs_c, a.consequence) for a in got] == [("TERT", "c.-124C>T", "upstream_gene_variant")]
    assert annotators[build].annotate(Allele("chr5", pos + 2000, "G", "A")) == []


@pytest.mark.parametrize(
    ("alleles", "transcript", "protein"),
    [("chr7:140753336:A:T", "NM_001374258.1", "V640E"), ("chr6:117317184:C:T", "NM_001378902.1", "G2026R")],
)
def test_aliases_on_other_transcripts_come_after_the_clinical_name(
    alleles: str, transcript: str, protein: str, annotators: dict[str, Annotator]
) -> None:
    said = annotators["GRCh38"].annotate(allele(alleles))
    assert [a.clinical for a in said] == [True, False]
    assert (said[1].transcript, said[1].protein) == (transcript, protein)
    assert said[0].protein != protein
