"""The judge weakens what does not stand, with the reason on the page; phase is said with its ground and counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from acquired.annotate import Annotator
from acquired.judge.findings import Finding
from acquired.judge.phase import add_phase
from acquired.judge.rows import Row
from acquired.judge.settle import doubt_of, settle_findings
from acquired.model import Allele, Annotation, Kind
from acquired.reads.table import PhaseCount, ReadCounts
from acquired.reference import Reference

ROOT = Path(__file__).parents[2]
RESOURCES = ROOT / "resources"
SENSITIVITY = {
    "effect": "sensitivity", "relation": "given", "applies": True, "disease_match": "same", "precision": "exact",
    "claim": "X-1", "level": "A", "drug_is_class": False, "evidence_for": 3, "evidence_against": 0,
    "drug": "erlotinib", "concerns": {"erlotinib"}, "citation_status": "confirmed",
}  # fmt: skip


def seen(specimen: str, k: int | None, n: int | None) -> dict[str, Any]:
    if k is None or n is None:
        return {
            "specimen": specimen,
            "status": "not called",
            "alt_count": k,
            "depth": n,
            "vaf": None,
            "hidden_vaf": None,
        }
    hidden = (3 + k) / n
    status = "called" if k else "absent"
    return {"specimen": specimen, "status": status, "alt_count": k, "depth": n, "vaf": k / n, "hidden_vaf": hidden}


def finding(name: str, reads, trajectories=(), claims=()) -> Finding:
    observations = [seen(s, *r) for s, r in zip(("tissue", "plasma"), reads, strict=True)]
    return Finding(name, Kind.SMALL, name.split()[0], name, observations, list(trajectories), matches=list(claims))


def told(word: str, basis: str = "depth", p: float = 1e-9) -> dict[str, Any]:
    return {"comparison": "c1", "trajectory": word, "basis": basis, "before": "tissue", "after": "plasma", "p": p}


def settled(*findings: Finding, tests: dict[str, Any] | None = None, **facts: float) -> dict[str, Any]:
    specimens = [
        {"id": name, "material": name, "tumour_fraction": facts.get(name), "order": i}
        for i, name in enumerate(("tissue", "plasma"))
    ]
    result = {"specimens": [dict(s) for s in specimens], "notes": []}
    compared = {"specimens": specimens, "tests": {"c1": tests or {}}}
    settle_findings(findings, compared, result, ["erlotinib"], ("A", "B"), 0.01, RESOURCES)
    return result


L858R = ("EGFR L858R", ((300, 1000), (0, 5000)))


def test_plasma_that_shows_nothing_known_clears_nothing():
    driver = finding(*L858R, [told("cleared")], [SENSITIVITY])
    germline = finding("TP53 P72R", ((500, 1000), (6, 14)))  # too thin to be flagged, but may well be germline
    result = settled(driver, germline)
    assert driver.trajectories[0]["trajectory"] == "not seen" and driver.trajectories[0]["basis"] == ""
    assert doubt_of(driver, driver.trajectories[0]).startswith(" plasma shows none of the alterations known")
    assert [s.get("informative") for s in result["specimens"]] == [None, False]
    assert [n["code"] for n in result["notes"]] == ["not_informative"] and "EGFR L858R" in result["notes"][0]["text"]


def test_plasma_that_shows_a_known_alteration_tells():
    driver = finding("EGFR L858R", ((300, 1000), (90, 5000)), [told("fallen", "")], [SENSITIVITY])
    gone = finding("MET Y1230C", ((80, 1000), (0, 5000)), [told("cleared")])
    result = settled(driver, gone)
    assert gone.trajectories[0]["trajectory"] == "cleared" and not result["notes"]
    assert result["specimens"][1]["informative"] is True
    estimate = {"value": 0.036, "drivers": ["EGFR L858R"]}
    assert result["specimens"][1]["tumour_fraction_estimate"] == estimate


@pytest.mark.parametrize("source", ["sheet", "drivers"])
def test_little_tumour_dna_is_said_with_where_it_is_known_from(source):
    """3 of 3,000 reads of the driver in plasma: 0.2 % tumour DNA, in which a clone hides below 0.1 %."""
    driver = finding("EGFR L858R", ((300, 1000), (3, 3000)), [told("fallen", "")], [SENSITIVITY])
    gone = finding("MET Y1230C", ((80, 1000), (0, 3000)), [told("cleared")])
    settled(driver, gone, **({"plasma": 0.002} if source == "sheet" else {}))
    assert gone.trajectories[0]["trajectory"] == "not seen"
    [flag] = gone.flags
    assert flag["code"] == "doubt_tumour_fraction" and "0.20 %" in flag["text"] and "0.10 %" in flag["text"]
    assert ("EGFR L858R" in flag["text"]) == (source == "drivers")


def test_many_tests_weaken_what_no_claim_asked_for():
    tests = {"number": 200, "q": [[1e-6, 0.0002], [0.004, 0.3]]}
    passenger = finding("TTN X1Y", ((30, 1000), (60, 1000)), [told("risen", "", 0.004)])
    strong = finding("TTN X2Y", ((30, 1000), (260, 1000)), [told("risen", "", 1e-30)])
    claimed = finding("EGFR T790M", ((30, 1000), (60, 1000)), [told("risen", "", 0.004)], [SENSITIVITY])
    settled(passenger, strong, claimed, tests=tests)
    assert [f.trajectories[0]["trajectory"] for f in (passenger, strong, claimed)] == ["persistent", "risen", "risen"]
    assert [f.trajectories[0]["q"] for f in (passenger, strong, claimed)] == [0.3, 0.0002, 0.3]
    assert "200 alleles" in passenger.flags[0]["text"] and not strong.flags and not claimed.flags


def test_every_flagged_doubt_has_its_words():
    from acquired.bundled import read_yaml
    from acquired.compare.trajectory import Doubt
    from acquired.judge.settle import FLAGGED

    assert set(Doubt) >= FLAGGED == set(read_yaml(RESOURCES / "wording" / "doubt.en.yaml")["flags"])


# ---- phase --------------------------------------------------------------------------------------------------------

ONE, OTHER = Allele("chr7", 55181378, "C", "T"), Allele("chr7", 55181398, "T", "A")


def variant(name: str, allele: Allele, protein: str, start: int) -> Finding:
    observations = [seen("plasma", 90, 1000)]
    row = Row(allele, observations, [], genotypes=[("0/1", ".")])
    annotation = Annotation("EGFR", "NM_005228.5", protein=protein, protein_start=start, protein_end=start)
    return Finding(str(allele), Kind.SMALL, "EGFR", name, observations, [], row, annotation, [annotation])


def test_phase_from_fragments_is_said_with_its_counts():
    one, other = variant("EGFR T790M", ONE, "T790M", 790), variant("EGFR C797S", OTHER, "C797S", 797)
    annotator = Annotator(Reference.open(RESOURCES, "GRCh38"))
    reads = ReadCounts(phases={(ONE, OTHER): PhaseCount(57, 31, 2, 800)})
    add_phase([one, other], annotator, {}, [reads])
    assert one.phase[0]["phase"] == other.phase[0]["phase"] == "cis"
    assert one.phase[0]["ground"] == "reads"
    assert "57 carry both, 31 EGFR T790M only and 2 EGFR C797S only" in one.phase[0]["why"]
    assert one.phase[0]["fragments"] == {"both": 57, "only_this": 31, "only_other": 2, "neither": 800}
    assert other.phase[0]["fragments"] == {"both": 57, "only_this": 2, "only_other": 31, "neither": 800}


def test_without_fragments_or_phased_calls_it_is_unknown_and_said():
    one, other = variant("EGFR T790M", ONE, "T790M", 790), variant("EGFR C797S", OTHER, "C797S", 797)
    annotator = Annotator(Reference.open(RESOURCES, "GRCh38"))
    add_phase([one, other], annotator, {})
    assert [p["phase"] for p in one.phase] == ["unknown"] and one.phase[0]["why"] == "the calls are not phased"
    assert json.dumps(one.phase)
