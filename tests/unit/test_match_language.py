"""The match language and protein changes, taken apart."""

import contextlib

import pytest
from acquired.catalogue.language import MatchError, genes_of, parse_context, parse_match, residues_of
from acquired.catalogue.meet import shift
from acquired.catalogue.proteins import parse_protein, same_change
from hypothesis import given
from hypothesis import strategies as st

GOOD = {
    "protein T790M": ("protein", 790, 790),
    "protein E746_A750del": ("protein", 746, 750),
    "protein D770_N771insSVD": ("protein", 770, 771),
    "protein W288fs": ("protein", 288, 288),
    "codon C797": ("codon", 797, 797),
    "range 729-761 inframe_deletion": ("range", 729, 761),
    "exon 19 inframe_deletion": ("exon", 19, 19),
    "region kinase domain missense": ("region", 0, 0),
    "splice exon 14 skipping": ("splice", 14, 14),
    "splice AR-V7": ("splice", 0, 0),
    "cdna c.3028+1G>T": ("cdna", 0, 0),
    "cdna c.2888-17_2894del": ("cdna", 0, 0),
    "fusion *::ALK": ("fusion", 0, 0),
    "histology small cell": ("histology", 0, 0),
    "lof": ("lof", 0, 0),
}


@pytest.mark.parametrize("text", GOOD)
def test_forms_are_understood(text: str) -> None:
    match = parse_match(text)
    assert (match.form, match.start, match.end) == GOOD[text]


@pytest.mark.parametrize(
    "text",
    ["", "protein", "protein T790", "protein p.T790M", "codon 797", "range 761-729 missense", "range 7-9", "exon 19",
     "exon x any", "region missense", "lof now", "fusion EML4-ALK", "fusion *::*", "expression medium", "T790M",
     "compound cis protein T790M", "compound both protein T790M & protein C797S", "cdna 3028+1G>T",
     "EGFR:protein T790M",
     "compound cis compound any lof & lof & lof", "protein D770_A773insS", "protein Z12A"],
)  # fmt: skip
def test_others_are_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(MatchError) as raised:
        parse_match(text)
    assert raised.value.what and raised.value.remedy


def test_compounds_name_every_gene_and_residue() -> None:
    match = parse_match("compound trans protein T790M & KRAS:codon G12")
    assert genes_of(match, "EGFR") == ("EGFR", "KRAS")
    assert residues_of(match, "EGFR") == [("EGFR", "T", 790), ("KRAS", "G", 12)]


def test_contexts() -> None:
    wanted, unwanted = parse_context("with BRAF:protein V600E; without EGFR:exon 19 inframe_deletion")
    assert (wanted.wanted, wanted.match.gene, wanted.match.value) == (True, "BRAF", "V600E")
    assert (unwanted.wanted, unwanted.match.gene, unwanted.match.form) == (False, "EGFR", "exon")
    for bad in ("BRAF:protein V600E", "with protein V600E", "with BRAF:"):
        with pytest.raises(MatchError):
            parse_context(bad)


CLASSES = {
    "T790M": {"missense", "any"},
    "Q22*": {"nonsense", "truncating", "any"},
    "W288Cfs*12": {"frameshift", "truncating", "any"},
    "E746_A750del": {"inframe", "inframe_deletion", "any"},
    "L747_A750delinsP": {"inframe", "inframe_deletion", "any"},
    "D770_N771insSVD": {"inframe", "inframe_insertion", "any"},
    "Y772_A775dup": {"inframe", "inframe_insertion", "any"},
    "V600_K601delinsEN": {"inframe", "missense", "any"},
    "E746_T751delinsV*": {"nonsense", "truncating", "any"},
    "T790=": set(),
    "T790T": set(),
    "M1?": set(),
    "*1211Qext*14": set(),
}


@pytest.mark.parametrize("text", CLASSES)
def test_classes_of_changes(text: str) -> None:
    change = parse_protein(text)
    assert change is not None and change.classes == CLASSES[text]


@pytest.mark.parametrize(
    "text", ["p.(Thr790Met)", "p.Thr790Met", "p.T790M", "T790M", "p.Glu746_Ala750del", "p.Trp288CysfsTer12", "S338X"]
)
def test_spellings(text: str) -> None:
    assert parse_protein(text) in [parse_protein(t) for t in ("T790M", "E746_A750del", "W288Cfs*12", "S338*")]


def test_same_change() -> None:
    def same(a: str, b: str) -> bool:
        left, right = parse_protein(a), parse_protein(b)
        assert left and right and same_change(left, right) == same_change(right, left)
        return same_change(left, right)

    assert same("W288fs", "W288Cfs*12") and not same("W288fs", "Q289fs") and not same("W288Cfs*12", "W288Rfs*3")
    assert same("Y772_A775dup", "A775_G776insYVMA") and not same("Y772_A775dup", "A775_G776insYVMV")
    assert same("E746_A750delELREA", "E746_A750del") and not same("E746_A750del", "L747_A750del")
    assert not same("T790M", "T790A")


@given(st.text(max_size=40))
def test_no_text_breaks_the_parsers(text: str) -> None:
    parse_protein(text)
    with contextlib.suppress(MatchError):
        parse_match(text)


@given(
    st.sampled_from("ACDEFGHIKLMNPQRSTVWY"),
    st.integers(20, 4000),
    st.sampled_from("ACDEFGHIKLMNPQRSTVWY"),
    st.integers(-18, 18),
)
def test_shifting_there_and_back(first: str, residue: int, last: str, offset: int) -> None:
    for text in (f"{first}{residue}{last}", f"{first}{residue}_{last}{residue + 3}del", f"{first}{residue}{last}fs*12"):
        moved = shift(text, offset)
        assert shift(moved, -offset) == text
        change, there = parse_protein(text), parse_protein(moved)
        assert change and there and there.start == change.start + offset and there.inserted == change.inserted
