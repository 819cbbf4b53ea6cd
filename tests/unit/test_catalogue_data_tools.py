"""The maintainers' tools: what sources call alterations, said in the match language; ids that stay."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from acquired.catalogue.language import parse_context, parse_match

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools" / "catalogue"))

import facts
import ledger
import merge
from alterations import Excluded, atom, protein

from profiles import read


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("T790M", "T790M"), ("Q22*", "Q22*"), ("S338X", "S338*"), ("W288FS", "W288fs"), ("M695FS*26", "M695fs"),
        ("E746_T751>I", "E746_T751delinsI"), ("D842_H845DELDIMH", "D842_H845del"), ("P551_E554delPMYE", "P551_E554del"),
        ("M774DELINSWLV", "M774delinsWLV"), ("A767_V769dupASV", "A767_V769dup"), ("Y772_A775DUP", "Y772_A775dup"),
        ("H773_V774insNPH", "H773_V774insNPH"), ("T151", None), ("AR-V7", None), ("EXPRESSION", None),
    ],
)  # fmt: skip
def test_protein_changes_of_sources(text, match):
    assert protein(text) == match


@pytest.mark.parametrize(
    ("gene", "text", "match"),
    [
        ("EGFR", "Exon 19 Deletion", "exon 19 inframe_deletion"),
        ("EGFR", "Exon 20 Insertion", "exon 20 inframe_insertion"),
        ("EGFR", "VIII", "splice EGFRvIII"),
        ("KIT", "Exon 11 Mutation", "exon 11 any"),
        ("MET", "Exon 14 Skipping Mutation", "splice exon 14 skipping"),
        ("FLT3", "D835", "codon D835"),
        ("PTEN", "Loss", "loss"),
        ("NF1", "ONCOGENIC MUTATION", "lof"),
        ("KRAS", "ONCOGENIC MUTATION", "region hotspot missense"),
        ("CTNNB1", "ONCOGENIC MUTATION", "any_mutation"),
        ("JAK2", "Splice Site (c.1641+2T>G)", "cdna c.1641+2T>G"),
        ("TYMS", "Overexpression", "expression high"),
        ("AR", "AR-V7", "splice AR-V7"),
    ],
)
def test_alterations_of_sources(gene, text, match):
    assert atom(gene, text).match == match
    parse_match(match)


@pytest.mark.parametrize(
    "text", ["RS61764370", "Promoter Methylation", "Wildtype", "PHOSPHORYLATION", "SERUM LEVELS", "Double Ph"]
)
def test_what_the_tool_cannot_read_is_left_out_with_a_reason(text):
    with pytest.raises(Excluded, match=r".{12,}"):
        atom("KRAS", text)


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("EGFR T790M", [("EGFR", "protein T790M", "")]),
        ("BCR::ABL1 Fusion AND ABL1 T315I", [("ABL1", "protein T315I", "")]),
        ("v::ALK Fusion", [("ALK", "fusion *::ALK", "")]),
        ("BRAF V600E AND KRAS G12D", [("KRAS", "protein G12D", "with BRAF:protein V600E")]),
        ("BRAF Amplification AND ( BRAF V600E OR BRAF V600K )",
         [("BRAF", "amplification", "with BRAF:protein V600E"), ("BRAF", "amplification", "with BRAF:protein V600K")]),
        ("MET Amplification AND NOT KRAS Mutation", [("MET", "amplification", "without KRAS:region hotspot missense")]),
        ("EML4::ALK Fusion AND ABCB1 Overexpression", [("ABCB1", "expression high", "with ALK:fusion EML4::ALK")]),
        ("EGFR T790M AND EGFR Exon 19 Deletion AND EGFR C797S",
         [("EGFR", "compound any protein T790M & protein C797S", "with EGFR:exon 19 inframe_deletion")]),
        ("KRAS G12/G13", [("KRAS", "codon G12", ""), ("KRAS", "codon G13", "")]),
        ("FLT3 D835H/Y", [("FLT3", "protein D835H", ""), ("FLT3", "protein D835Y", "")]),
        ("KIF5B::RET Fusion AND ( RET G810C OR RET G810S )",
         [("RET", "protein G810C", ""), ("RET", "protein G810S", "")]),
    ],
)  # fmt: skip
def test_molecular_profiles(profile, expected):
    parsed = [(a.gene, a.match, context) for a, context, _ in read(profile)]
    assert parsed == expected
    for _, match, context in parsed:
        parse_match(match)
        parse_context(context)


def test_a_fusion_of_the_gene_itself_is_told_in_the_note():
    ((_, context, note),) = read("BCR::ABL1 Fusion AND ABL1 T315I")
    assert (context, note) == ("", "shown in BCR::ABL1-positive disease")


def test_therapy_names_with_commas_stay_whole():
    assert facts.therapies("HER2 Inhibitor CP-724,714") == ["HER2 Inhibitor CP-724,714"]
    assert facts.therapies("Dasatinib,Bafetinib") == ["Dasatinib", "Bafetinib"]


def test_row_keys_depend_on_the_fact_alone():
    row = {"gene": "EGFR", "alteration": "C797S", "drug": "Lazertinib", "disease": "EGFR-mutant NSCLC", "note": "x"}
    assert facts.row_key(row) == facts.row_key({**row, "note": "y"}) != facts.row_key({**row, "drug": "Osimertinib"})


@pytest.mark.parametrize(
    ("wide", "narrow", "covers"),
    [
        ("codon G12", "protein G12C", True), ("region hotspot missense", "protein A146T", True),
        ("region hotspot missense", "protein Q22*", False), ("any_mutation", "exon 10 missense", True),
        ("protein G12C", "codon G12", False), ("amplification", "expression high", True), ("lof", "protein Q22*", True),
        ("lof", "protein G12C", False), ("fusion *::ALK", "protein G12C", False),
    ],
)  # fmt: skip
def test_what_counts_as_a_wider_claim(wide, narrow, covers):
    assert bool(merge._covers(wide, narrow)) is covers


def test_ids_stay_and_are_never_given_again(tmp_path):
    def rows(*drugs):
        base = {"gene": "G", "match": "lof", "context": "", "disease": "cancer", "effect": "resistance", "note": ""}
        return [{**base, "drug": d} for d in drugs]

    def number(table, today):
        ledger.Ledger(tmp_path / "ledger.tsv", today).number(table)
        return {r["drug"]: (r["id"], r["added"], r["changed"]) for r in table}

    first = number(rows("a", "b"), "2026-01-01")
    assert first == {
        "a": ("ACQ-000001", "2026-01-01", "2026-01-01"),
        "b": ("ACQ-000002", "2026-01-01", "2026-01-01"),
    }
    assert number(rows("c", "a"), "2026-02-01")["c"][0] == "ACQ-000003"
    third = number(rows("d", "a", "b"), "2026-03-01")
    assert third["b"] == ("ACQ-000002", "2026-01-01", "2026-01-01"), "it came back under its old id"
    assert third["d"][0] == "ACQ-000004"
    changed = [{**r, "note": "new"} for r in rows("a")]
    assert number(changed, "2026-04-01")["a"] == ("ACQ-000001", "2026-01-01", "2026-04-01")
    stronger = [{**r, "effect": "reduced sensitivity"} for r in rows("a")]
    assert number(stronger, "2026-05-01")["a"][0] == "ACQ-000001"
