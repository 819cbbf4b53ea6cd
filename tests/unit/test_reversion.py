"""Candidate reversions: names to alleles, the rebuilt protein, the rule, and what the judgement makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from acquired.annotate import Annotator
from acquired.annotate.codons import translate_to_stop
from acquired.reference import Reference
from acquired.reversion import alleles_of, candidate, rebuild, truncates
from acquired.reversion.named import allele_of
from hypothesis import given, settings
from hypothesis import strategies as st
from judge_cases import judge

ROOT = Path(__file__).resolve().parents[2]
ANNOTATORS = {b: Annotator(Reference.open(ROOT / "resources", b)) for b in ("GRCh37", "GRCh38")}


def template(gene: str, build: str = "GRCh38"):
    annotator = ANNOTATORS[build]
    return annotator.template(annotator.reference.clinical(gene))


@pytest.mark.parametrize("build", ["GRCh37", "GRCh38"])
@pytest.mark.parametrize(
    ("gene", "names", "length", "kept"),
    [  # lengths published for the BRCA1 pair; the others worked out by hand from the reading frame
        ("BRCA1", [], 1863, True),
        ("BRCA1", ["c.68_69del"], 38, False),
        ("BRCA1", ["c.68_69del", "c.85del"], 1862, True),
        ("BRCA2", ["c.5946del"], 2002, False),
        ("BRCA2", ["c.5946del", "c.5959_5963del"], 3416, True),  # 6 bases are gone
        ("BRCA2", ["c.5946del", "c.5946dup"], 3418, True),
        ("BRCA1", ["c.181T>G"], 1863, True),
        ("BRCA2", ["c.7436-4A>G"], 3418, True),  # within an intron: splicing is not modelled
    ],
)
def test_lengths(build: str, gene: str, names: list[str], length: int, kept: bool) -> None:
    own = template(gene, build)
    protein = rebuild(own, [allele_of(name, own) for name in names])
    assert (protein.length, protein.start_kept, protein.stop_kept) == (length, True, kept)


def test_what_changed() -> None:
    """BRCA1 c.68_69del with c.85del: from residue 23 to 28 six residues read as five."""
    own = template("BRCA1")
    protein = rebuild(own, [allele_of("c.68_69del", own), allele_of("c.85del", own)])
    reference = rebuild(own, []).residues
    assert (protein.removed, protein.added, protein.first) == (6, 5, 23)
    assert protein.residues[:22] == reference[:22]
    assert protein.residues[27:] == reference[28:]


@given(st.integers(100, 9000), st.integers(1, 12), st.integers(3, 60), st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_rebuilding_is_plain_reading(first: int, gone: int, gap: int, more: int) -> None:
    """Two deletions anywhere in BRCA2's largest exons: as cutting the coding bases by hand and translating."""
    own = template("BRCA2")
    second = first + gone + gap
    try:
        alleles = [allele_of(f"c.{a}_{a + n - 1}del", own) for a, n in ((first, gone), (second, more))]
    except ValueError:
        return
    protein = rebuild(own, alleles)
    if protein is None:
        return  # over the border of an exon
    mrna, cds = own.mrna, own.cds
    a, b = cds + first - 1, cds + second - 1
    read = translate_to_stop(mrna[cds:a] + mrna[a + gone : b] + mrna[b + more :])
    assert protein.residues == read.removesuffix("*")
    assert protein.stop_kept == ((gone + more) % 3 == 0 and protein.length == 3418 - (gone + more) // 3)


@pytest.mark.parametrize(
    ("gene", "one", "two", "how", "length"),
    [
        ("BRCA1", "c.68_69del", "c.85del", "restores the frame", 1862),
        ("BRCA1", "c.68_69del", "c.86del", "restores the frame", 1862),
        ("BRCA1", "c.68_69del", "c.85dup", None, 0),  # the frame stays broken
        ("BRCA1", "c.68_69del", "c.1000del", None, 0),  # the stop at residue 39 comes first
        ("BRCA1", "c.68_69del", "c.66_71del", "deletes it", 1861),
        ("BRCA1", "c.68_69del", "c.66_70del", None, 0),  # it goes, and the frame with it
        ("BRCA1", "c.68_69del", "c.181T>G", None, 0),
        ("BRCA1", "c.2722G>T", "c.2722G>A", "replaces its stop", 1863),  # E908* read as E908K
        ("BRCA1", "c.2722G>T", "c.2723A>C", "replaces its stop", 1863),  # TAA read as TCA
        ("BRCA1", "c.2722G>T", "c.2720_2725del", "deletes it", 1861),
        ("BRCA1", "c.181T>G", "c.182G>A", None, 0),  # C61G does not end the protein
        ("BRCA2", "c.7435+1G>A", "c.7435+1G>T", None, 0),  # still no splice site
        ("BRCA2", "c.7435+1G>A", "c.7430_7435+5del", "deletes it", None),
    ],
)
def test_the_rule(gene: str, one: str, two: str, how: str | None, length: int | None) -> None:
    own = template(gene)
    found = candidate(own, allele_of(one, own), allele_of(two, own))
    assert (found.how if found else None) == how
    if found and length is not None:
        assert found.protein.length == length
    if how and length is None:
        assert found.protein is None


def test_truncating() -> None:
    own = template("BRCA2")
    for name, expected in (
        ("c.5946del", True), ("c.7435+1G>A", True), ("c.7436-4A>G", False), ("c.1114A>C", False),
        ("c.5944_5946del", False), ("c.7430_7435+5del", True),
    ):  # fmt: skip
        assert truncates(own, allele_of(name, own)) is expected, name


@pytest.mark.parametrize("build", ["GRCh37", "GRCh38"])
@pytest.mark.parametrize(
    "name", ["c.5946del", "c.5959_5963del", "c.3860_3863del", "c.1813dup", "c.7007G>A", "c.9252_9255delinsTT"]
)
def test_names_come_back(build: str, name: str) -> None:
    own = template("BRCA2", build)
    allele = allele_of(name, own)
    assert ANNOTATORS[build].annotate(allele)[0].hgvs_c == name


def test_cells_of_the_sheet() -> None:
    annotator = ANNOTATORS["GRCh38"]
    cell = "BRCA2 c.5946delT; brca1 NM_007294.4:c.68_69delAG;BRCA1 185delAG; BRCA2 p.S1982fs"
    found, left = alleles_of(cell, annotator)
    assert [(gene, name) for gene, name, _ in found] == [("BRCA2", "c.5946delT"), ("BRCA1", "c.68_69delAG")]
    assert left == ["BRCA1 185delAG", "BRCA2 p.S1982fs"]
    assert alleles_of("BRCA2 c.5946delA; BRCA2 c.99999del; NOGENE c.1del; c.5", annotator)[0] == []


# ---- in the judgement ----------------------------------------------------------------------------------------------

LOST, BACK = "chr13 32340300 GT G", "chr13 32340313 CCAGGT C"
CASE = {
    "disease": "ovarian cancer",
    "therapies": {"olaparib": [1, None]},
    "specimens": {"P0": {}, "P1": {}},
    "comparisons": {"c1": {"baseline": ["P0"], "window": ["P1"], "therapies": ["olaparib"]}},
}


def told(tmp_path: Path, germline: str, lost: dict | None, back: dict) -> tuple[dict, dict, dict]:
    alleles = {BACK: back} | ({LOST: lost} if lost else {})
    result = judge(CASE | {"alleles": alleles, "facts": {"germline": germline}}, tmp_path)
    return result, {a["hgvs_c"]: a for a in result["alterations"]}, result["verdicts"][0]


PERSISTENT = {"obs": {"P0": "called 371/502", "P1": "called 339/488"}, "moved": ["persistent . P0 P1"]}
EMERGED = {"obs": {"P0": "not called", "P1": "called 92/471"}, "moved": ["emerged calls P0 P1"]}


@pytest.mark.parametrize(
    ("germline", "lost", "origin"),
    [("BRCA2 c.5946del", PERSISTENT, "sheet"), ("BRCA2 c.5946del", None, "sheet"), ("", PERSISTENT, "baseline")],
)
def test_a_reversion_raises_the_verdict(tmp_path: Path, germline: str, lost: dict | None, origin: str) -> None:
    _, alterations, verdict = told(tmp_path, germline, lost, EMERGED)
    one = alterations["c.5959_5963del"]
    assert one["name"] == "BRCA2 reversion c.5959_5963del"
    assert one["mechanism"] == "reversion"
    assert one["reversion"] == {
        "of": "BRCA2 c.5946del", "origin": origin, "how": "restores the frame", "phase": "unknown", "length": 3416,
        "reference_length": 3418, "removed": 7, "added": 5, "first": 1982, "start_kept": True, "stop_kept": True,
    }  # fmt: skip
    assert {c["alteration"] for c in one["claims"]} == {"reversion"}  # a frameshift no longer: no loss of function
    assert verdict["verdict"] == "emerged"
    assert "3,416 of 3,418 residues" in verdict["why"]
    assert "is not known" in verdict["why"]


def test_without_a_known_variant_it_is_a_frameshift(tmp_path: Path) -> None:
    _, alterations, verdict = told(tmp_path, "", None, EMERGED)
    assert "reversion" not in alterations["c.5959_5963del"]
    assert verdict["verdict"] != "emerged"


def test_phase_is_said(tmp_path: Path) -> None:
    phased = {"obs": {"P0": "called 371/502 0|1 7", "P1": "called 339/488 0|1 7"}, "moved": ["persistent . P0 P1"]}
    cis = {"obs": {"P0": "not called", "P1": "called 92/471 0|1 7"}, "moved": ["emerged calls P0 P1"]}
    _, alterations, verdict = told(tmp_path, "BRCA2 c.5946del", phased, cis)
    assert alterations["c.5959_5963del"]["reversion"]["phase"] == "cis"
    assert alterations["c.5946del"]["protein"] == "S1982Rfs*22"
    assert "one molecule (phased by the caller in P1)" in verdict["why"]


def test_in_trans_it_is_none(tmp_path: Path) -> None:
    phased = {"obs": {"P0": "called 371/502 0|1 7", "P1": "called 339/488 0|1 7"}, "moved": ["persistent . P0 P1"]}
    trans = {"obs": {"P0": "not called", "P1": "called 92/471 1|0 7"}, "moved": ["emerged calls P0 P1"]}
    _, alterations, verdict = told(tmp_path, "BRCA2 c.5946del", phased, trans)
    one = alterations["c.5959_5963del"]
    assert "reversion" not in one and [f["code"] for f in one["flags"]] == ["reversion_in_trans"]
    assert verdict["verdict"] != "emerged"


def test_there_before_treatment(tmp_path: Path) -> None:
    both = {"obs": {"P0": "called 60/502", "P1": "called 92/471"}, "moved": ["risen . P0 P1"]}
    _, alterations, verdict = told(tmp_path, "", PERSISTENT, both)
    assert "reversion" in alterations["c.5959_5963del"]  # the one with fewer reads is the second change
    assert "reversion" not in alterations["c.5946del"]
    assert verdict["verdict"] == "present_before"


def test_what_is_not_understood_is_said(tmp_path: Path) -> None:
    result, _, _ = told(tmp_path, "BRCA1 185delAG", None, EMERGED)
    assert [n["code"] for n in result["notes"]] == ["germline_not_understood"]
    assert "BRCA1 185delAG" in result["notes"][0]["text"]


def test_a_claim_of_another_disease_raises_nothing_and_the_candidate_is_named(tmp_path: Path) -> None:
    alleles = {LOST: PERSISTENT, BACK: EMERGED}
    result = judge(CASE | {"disease": "LUAD", "alleles": alleles, "facts": {"germline": "BRCA2 c.5946del"}}, tmp_path)
    (verdict,) = result["verdicts"]
    assert verdict["verdict"] == "cannot_be_judged"
    assert verdict["why"].startswith("BRCA2 reversion c.5959_5963del emerged; the catalogue knows it as resistance")
    assert "3,416 of 3,418 residues" in verdict["why"]
