"""Other alterations as the judge takes them: matched, flagged, noted, and their negatives."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from acquired.annotate import Annotator
from acquired.annotate.annotator import Annotation
from acquired.catalogue.records import Locus
from acquired.judge import other
from acquired.judge.findings import Finding
from acquired.judge.other import Other
from acquired.model import Kind
from acquired.reference import Reference

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
WORDS = other.words_of(RESOURCES)
SPECIMENS = [{"id": "s0", "order": 0, "histology": ""}, {"id": "s1", "order": 1, "histology": ""}]


def seen(*statuses: str, **more) -> list[dict]:
    return [{"specimen": f"s{i}", "status": status, **more} for i, status in enumerate(statuses)]


def moved(word: str = "emerged") -> list[dict]:
    return [{"comparison": "c1", "trajectory": word, "basis": "", "before": "s0", "after": "s1", "p": None}]


def small(gene: str, name: str, consequence: str, *statuses: str, protein: str = "") -> Finding:
    a = Annotation(gene, "NM_1", consequence=consequence, protein=protein)
    return Finding(name, Kind.SMALL, gene, name, seen(*statuses), moved(), annotation=a, annotations=[a])


def copies(gene: str, state: str, *statuses: str, focal: bool | None = None) -> Other:
    return Other(f"cn-{gene}-{state}", Kind.COPY_NUMBER, gene, f"{gene} {state}", seen(*statuses), moved(), state=state,
                 details={"focal": focal} if focal is not None else {})  # fmt: skip


def match(**more) -> dict:
    return {"claim": "ACQ-1", "relation": "given", "precision": "exact", "context": "", "applies": True,
            "raises_verdict": True, **more}  # fmt: skip


# ---- lineage --------------------------------------------------------------------------------------------------------

RB1 = small("RB1", "RB1 R445*", "stop_gained", "not called", "called")
TP53 = small("TP53", "TP53 R248Q", "missense_variant", "called", "called")


def histology() -> Finding:
    return Finding("histology", Kind.HISTOLOGY, "", "Small cell carcinoma", seen("absent", "called"), moved(),
                   state="Small cell carcinoma")  # fmt: skip


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ([RB1, TP53], "lineage_supported"),
        ([RB1], "lineage_partly"),
        ([], "lineage_alone"),
        ([copies("RB1", "deletion", "absent", "called"), TP53], "lineage_supported"),
        ([copies("RB1", "loss", "absent", "called"), TP53], "lineage_partly"),
        ([small("RB1", "RB1 A1V", "missense_variant", "absent", "called"), TP53], "lineage_partly"),
        ([small("RB1", "RB1 R445*", "stop_gained", "called", "absent"), TP53], "lineage_partly"),
    ],
)
def test_a_small_cell_histology_says_what_supports_it(found: list[Finding], code: str):
    told = histology()
    assert other.lineage([told, *found], SPECIMENS, ["luad", "nsclc"], WORDS) == []
    assert [f["code"] for f in told.flags] == [code]


def test_a_germline_change_is_no_loss():
    inborn = small("TP53", "TP53 P72R", "missense_variant", "called", "called")
    inborn.flag("probable_germline", "x")
    assert other.losses([inborn, RB1], "s1") == {"RB1": ["RB1 R445*"]}


def test_both_losses_suggest_where_no_histology_is_given():
    (note,) = other.lineage([RB1, TP53], SPECIMENS, ["luad", "nsclc"], WORDS)
    assert note["code"] == "lineage_suggested"
    assert "does not show it" in note["text"] and "s1" in note["text"]
    given = [SPECIMENS[0], {**SPECIMENS[1], "histology": "adenocarcinoma"}]
    assert not other.lineage([RB1, TP53], given, ["luad", "nsclc"], WORDS)
    assert not other.lineage([RB1, TP53], SPECIMENS, ["breast_cancer"], WORDS)
    assert not other.lineage([RB1], SPECIMENS, ["nsclc"], WORDS)


# ---- what is listed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("finding", "matches", "listed"),
    [
        (copies("MET", "amplification", "absent", "called"), [], True),
        (copies("MET", "gain", "absent", "called"), [], False),
        (copies("MET", "gain", "absent", "called"), [match()], True),
        (copies("TP53", "loss", "absent", "called"), [match(relation="other", precision="gene")], False),
        (copies("FANCA", "deletion", "absent", "called"), [], True),
    ],
)
def test_which_copy_numbers_are_listed(finding: Other, matches: list[dict], listed: bool):
    finding.matches, left = matches, Counter()
    assert bool(other.sort_out([finding], left, WORDS, frozenset())) == listed
    assert sum(left.values()) == (not listed)


def test_a_broad_amplification_that_does_not_move_is_counted():
    still = copies("FANCA", "amplification", "called", "called", focal=False)
    still.trajectories = moved("persistent")
    assert not other.sort_out([still], Counter(), WORDS, frozenset())


def test_expression_alone_raises_no_verdict():
    up = Other(
        "e", Kind.EXPRESSION, "EGFR", "EGFR expression high", seen("called", "called"), moved("risen"), state="high"
    )
    up.matches = [match()]
    other.after_matching([up], {}, WORDS)
    (told,) = up.matches
    assert told["applies"] is told["raises_verdict"] is False
    assert "without a test" in told["context"]


def test_an_exon_lost_out_of_frame_is_a_lost_gene():
    exon = Other("splice-RB1", Kind.SPLICE, "RB1", "RB1 exon 3 skipping", seen("absent", "called"), moved(),
                 state="exon 3 skipping", details={"frame": "out-of-frame"})  # fmt: skip
    (subject,) = other.lost_exons([exon])
    assert (subject.id, subject.kind) == ("splice-RB1#lof", Kind.SMALL)
    other.after_matching([exon], {subject.id: [match(claim="ACQ-9")]}, WORDS)
    assert [m["claim"] for m in exon.matches] == ["ACQ-9"]


def test_kinases_are_told_together():
    up = [
        Other(g, Kind.EXPRESSION, g, g, seen("called", "called"), moved("risen"), state="high") for g in ("AXL", "EGFR")
    ]
    looked = [{"specimen": "s1", "expression": ["AXL", "EGFR", "MET", "ESR1"]}]
    (note,) = other.kinase_notes(up, looked, frozenset({"AXL", "EGFR", "MET"}), WORDS)
    assert "2 of 3 measured receptor tyrosine kinases" in note["text"] and "AXL, EGFR" in note["text"]
    assert not other.kinase_notes(up[:1], looked, frozenset({"AXL", "EGFR", "MET"}), WORDS)


# ---- names without a place ------------------------------------------------------------------------------------------

COMPARED = {
    "specimens": SPECIMENS,
    "comparisons": [{"id": "c1", "baseline": ["s0"], "follow_ups": ["s1"], "window": ["s1"], "why": ""}],
}


def named(protein: str) -> dict:
    return {"id": "named", "kind": "small variant", "gene": "EGFR", "name": f"EGFR {protein}", "state": "",
            "partners": None, "observations": seen("not called", "called", vaf=0.05), "trajectories": moved(),
            "protein": protein, "hgvs_p": "p.Thr790Met", "hgvs_c": ""}  # fmt: skip


def test_a_vendors_name_joins_the_variant_with_coordinates():
    with_place = small("EGFR", "EGFR T790M", "missense_variant", "called", "not called", protein="T790M")
    assert other.other_findings({**COMPARED, "other": [named("T790M")]}, [with_place], WORDS) == []
    assert [o["status"] for o in with_place.observations] == ["called", "called"]
    assert with_place.trajectories[0]["trajectory"] == "persistent"
    assert [f["code"] for f in with_place.flags] == ["named_by_vendor"]


def test_a_name_without_its_variant_stands_alone():
    (alone,) = other.other_findings({**COMPARED, "other": [named("T790M")]}, [], WORDS)
    assert alone.annotation is not None
    assert (alone.annotation.protein, alone.annotation.protein_start, alone.annotation.origin) == (
        "T790M",
        790,
        "vendor",
    )
    other.add_other_flags([alone], {}, WORDS)
    assert [f["code"] for f in alone.flags] == ["named_by_vendor"]


# ---- negatives ------------------------------------------------------------------------------------------------------


def looked(**more) -> dict:
    return {"specimen": "s1", "copy_number": [], "copy_number_listed": [], "blind": False, "fusions": [], "dna": False,
            "expression": [], "negatives": [], **more}  # fmt: skip


def locus(kind: Kind, gene: str, form: str) -> Locus:
    return Locus(gene, form, kind, 0, 0, "B", ("ACQ-1",), form=form)


AMPLIFICATION = locus(Kind.COPY_NUMBER, "MET", "amplification")


@pytest.mark.parametrize(
    ("place", "what", "found", "status"),
    [
        (AMPLIFICATION, looked(), [], "not assessed"),
        (AMPLIFICATION, looked(copy_number=["MET"]), [], "absent"),
        (AMPLIFICATION, looked(copy_number=["MET"], blind=True), [], "low"),
        (AMPLIFICATION, looked(copy_number_listed="all"), [], "not called"),
        (AMPLIFICATION, looked(copy_number=["MET"]), [copies("MET", "amplification", "absent", "called")], "found"),
        (AMPLIFICATION, looked(copy_number=["MET"]), [copies("MET", "deletion", "absent", "called")], "absent"),
        (AMPLIFICATION, looked(negatives=[{"gene": "MET", "kind": "any"}]), [], "absent"),
        (locus(Kind.FUSION, "ALK", "fusion *::ALK"), looked(fusions="all"), [], "not called"),
        (locus(Kind.FUSION, "ALK", "fusion *::ALK"), looked(fusions=["ROS1"]), [], "not assessed"),
        (locus(Kind.SPLICE, "AR", "splice AR-V7"), looked(fusions="all", dna=True), [], "not assessed"),
        (locus(Kind.SPLICE, "AR", "splice AR-V7"), looked(fusions="all"), [], "not called"),
        (locus(Kind.EXPRESSION, "AXL", "expression high"), looked(expression=["AXL"]), [], "not assessed"),
    ],
)
def test_a_locus_that_reads_cannot_tell(place: Locus, what: dict, found: list[Finding], status: str):
    assessed = {(0, "s1"): {"status": "not assessed", "depth": None, "hidden_vaf": None, "source": ""}}
    other.assess_other([place], assessed, [what], found)
    assert assessed[0, "s1"]["status"] == status


def test_expression_is_high_against_an_earlier_specimen_only():
    assessed = {(0, s): {"status": "not assessed", "source": ""} for s in ("s0", "s1")}
    both = [looked(specimen=s, expression=["AXL"]) for s in ("s0", "s1")]
    other.assess_other([locus(Kind.EXPRESSION, "AXL", "expression high")], assessed, both, [])
    assert [entry["status"] for entry in assessed.values()] == ["not assessed", "absent"]


def test_what_reads_tell_stays():
    assessed = {(0, "s1"): {"status": "low", "depth": 9, "hidden_vaf": 0.3, "source": "record"}}
    other.assess_other([AMPLIFICATION], assessed, [looked(copy_number=["MET"])], [])
    assert assessed[0, "s1"]["status"] == "low"


def test_a_vendors_spelling_is_the_spelling_that_claims_are_matched_on():
    """M766_A767insAI and A767_S768insIA are one insertion; a claim on either must be met."""
    annotator = Annotator(Reference.open(Path(__file__).resolve().parents[2] / "resources", "GRCh38"))
    entry = {**named("M766_A767insAI"), "hgvs_p": "p.Met766_Ala767insAlaIle"}
    (alone,) = other.other_findings({**COMPARED, "other": [entry]}, [], WORDS, annotator.canonical_protein)
    assert alone.annotation is not None and alone.annotation.protein == "A767_S768insIA"
