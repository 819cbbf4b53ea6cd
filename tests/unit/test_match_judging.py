"""Order of matches, contexts, compounds, conflicts, what overcomes, and what may raise a verdict."""

import itertools

import pytest
from acquired.catalogue import Subject
from acquired.catalogue.rank import raising, strength
from acquired.model import Kind
from small_catalogue import claims, small, variant

T790M = variant("EGFR", "T790M", "missense_variant", exon=20)
C797S = variant("EGFR", "C797S", "missense_variant", exon=20)


def order(subject: Subject, given: list[str], disease: str = "LUAD") -> list[str]:
    return list(claims(small(), subject, given, disease))


def test_the_drugs_own_claim_comes_before_its_class() -> None:
    assert order(T790M, ["erlotinib"]) == ["ACQ-000001", "ACQ-000002", "ACQ-000034", "ACQ-000003"]
    assert order(T790M, ["osimertinib"])[0] == "ACQ-000003"


def test_strength_is_decided_in_the_documented_order() -> None:
    """Each step alone turns the order, whatever all later steps say."""
    best = {
        "applies": True, "relation": "given", "drug_is_class": False, "disease_match": "same", "precision": "exact",
        "level": "A", "citation_status": "confirmed", "effect": "resistance", "claim": "ACQ-000001",
    }  # fmt: skip
    worse = {
        "applies": False, "relation": "same class", "drug_is_class": True, "disease_match": "unknown",
        "precision": "codon", "level": "B", "citation_status": "unverified", "effect": "sensitivity",
        "claim": "ACQ-000002",
    }  # fmt: skip
    keys = list(best)
    for i, key in enumerate(keys):
        first = best | {k: worse[k] for k in keys[i + 1 :]}
        second = best | {key: worse[key]}
        assert strength(first) < strength(second), key
    assert strength(best | {"precision": "range"})[:-1] == strength(best | {"precision": "class"})[:-1]
    assert strength(best | {"disease_match": "wider"}) == strength(best)
    assert strength(best | {"relation": "same class"}) < strength(best | {"relation": "other"})


def test_a_class_claim_does_not_speak_against_the_drugs_own() -> None:
    """T790M resists EGFR inhibitors as a class (claim 2) but is what osimertinib is for (claim 3)."""
    assert not claims(small(), T790M, ["osimertinib"])["ACQ-000002"]["raises_verdict"]
    assert claims(small(), T790M, ["lazertinib"])["ACQ-000002"]["raises_verdict"]
    found = list(claims(small(), T790M, ["erlotinib", "osimertinib"]).values())
    assert {m["claim"] for m in raising(found, "erlotinib")} == {"ACQ-000001", "ACQ-000002"}
    assert raising(found, "osimertinib") == []


def test_levels_and_citations_decide_what_raises() -> None:
    found = list(claims(small(), C797S, ["osimertinib"]).values())
    assert [m["claim"] for m in raising(found, "osimertinib", "AB")] == ["ACQ-000004"]
    assert [m["claim"] for m in raising(found, "osimertinib", "ABC")] == ["ACQ-000004", "ACQ-000005"]
    unverified = claims(small(), variant("EGFR", "L718Q", "missense_variant"), ["osimertinib"])["ACQ-000028"]
    assert not unverified["raises_verdict"]
    assert unverified["sources"][0]["citation"] == "no confirmed citation"
    assert unverified["sources"][0]["pmids"] == []
    gene_only = claims(small(), variant("NF1", "R1276*", "stop_gained"), ["erlotinib"])["ACQ-000027"]
    assert not gene_only["raises_verdict"]


def test_evidence_against_is_shown_not_netted() -> None:
    match = claims(small(), T790M, ["erlotinib"])["ACQ-000001"]
    assert match["conflict"] == "conflicting: 3 items for, 1 against"
    assert match["sources"][0]["id"] == "EID1, EID2 (against)"
    assert match["sources"][0]["pmids"] == ["111"] and match["sources"][1]["pmids"] == []


def test_what_overcomes_comes_with_status_and_warning() -> None:
    [over] = claims(small(), T790M, ["erlotinib"])["ACQ-000001"]["overcome_by"]
    assert (over["drug"], over["claim"], over["level"], over["status"]) == (
        "osimertinib",
        "ACQ-000003",
        "A",
        "approved",
    )
    both = small().match([T790M, C797S], ["osimertinib"], "LUAD")
    [gefitinib] = both[C797S.id][0]["overcome_by"]
    assert gefitinib["drug"] == "gefitinib" and "EGFR T790M, also found, resists it (ACQ-000034)" in gefitinib["note"]


@pytest.mark.parametrize(("phase", "met", "raises"), [("cis", True, True), ("trans", False, False), ("", True, False)])
def test_compounds_need_their_phase(phase: str, met: bool, raises: bool) -> None:
    subjects = [variant("EGFR", p, "missense_variant", id_=p) for p in ("T790M", "C797S")]
    if phase:
        subjects[0].phase["C797S"] = phase
    for id_ in ("T790M", "C797S"):
        found = {m["claim"]: m for m in small().match(subjects, ["erlotinib"], "NSCLC")[id_]}
        assert ("ACQ-000006" in found) == met
        if met:
            match = found["ACQ-000006"]
            assert match["raises_verdict"] == raises
            assert match["precision"] == ("exact" if phase else "class")
            assert ("in cis" in match["context"]) and (("phase unknown" in match["context"]) != bool(phase))


def test_one_alteration_is_no_compound() -> None:
    assert "ACQ-000006" not in claims(small(), C797S, ["erlotinib"])


def test_contexts_hold_or_are_told() -> None:
    nras = variant("NRAS", "Q61K", "missense_variant")
    braf = variant("BRAF", "V600E", "missense_variant")

    def claim14(subjects: list[Subject], given: str) -> dict:  # type: ignore[type-arg]
        return next(m for m in small().match(subjects, [given], "MEL")[nras.id] if m["claim"] == "ACQ-000014")

    assert claim14([nras, braf], "vemurafenib")["raises_verdict"]
    assert claim14([nras, braf], "vemurafenib")["context"] == "with BRAF:protein V600E: found"
    # vemurafenib was given because of BRAF: a file without V600E must not hide the resistance to it
    assert claim14([nras], "vemurafenib")["raises_verdict"]
    assert "not seen here, presumed from the therapy" in claim14([nras], "vemurafenib")["context"]
    assert not claim14([nras], "imatinib")["raises_verdict"]


def test_a_context_that_does_not_hold_takes_the_claim_down() -> None:
    g724s = variant("EGFR", "G724S", "missense_variant")
    alone = small().match([g724s], ["osimertinib"], "LUAD")[g724s.id][0]
    beside = small().match([g724s, T790M], ["osimertinib"], "LUAD")[g724s.id][0]
    assert alone["raises_verdict"] and not beside["raises_verdict"]
    assert beside["context"] == "without EGFR:protein T790M: does not hold, it was found here"


def test_measured_activity_stands_with_the_drug() -> None:
    match = claims(small(), variant("ABL1", "T315I", "missense_variant"), ["imatinib"], "CML")["ACQ-000021"]
    assert [a["value"] for a in match["activity"]] == ["9221"]


def test_matches_do_not_depend_on_the_order_of_subjects() -> None:
    subjects = [T790M, C797S, Subject("m", Kind.COPY_NUMBER, "MET", state="amplification")]
    first = small().match(subjects, ["erlotinib", "osimertinib"], "LUAD")
    for turned in itertools.permutations(subjects):
        assert small().match(list(turned), ["osimertinib", "erlotinib"], "LUAD") == first


def test_drug_names() -> None:
    catalogue = small()
    for name in ("Tagrisso", "AZD9291", "azd-9291", "Osimertinib mesylate", "OSIMERTINIB"):
        drug = catalogue.drug(name)
        assert drug and drug.name == "osimertinib"
    combination = catalogue.drug("trametinib+Tafinlar")
    assert combination and combination.name == "dabrafenib + trametinib" and combination.status == "approved"
    assert combination.parts == ("dabrafenib", "trametinib")
    assert catalogue.drug("osimertinb") is None and catalogue.suggest("osimertinb")[0] == "osimertinib"
    assert catalogue.drug("dabrafenib + nonsense") is None and catalogue.drug("") is None
    assert catalogue.class_of("Tagrisso") == ["EGFR inhibitor, third generation", "EGFR inhibitor"]


def test_loci_of_a_drug() -> None:
    loci = {f"{x.gene} {x.name}": x for x in small().loci("lazertinib", disease="LUAD")}
    assert set(loci) == {"EGFR T790", "EGFR C797"}  # through its class; the compound gives its parts
    own = {f"{x.gene} {x.name}": x for x in small().loci("Tagrisso", disease="LUAD")}
    assert set(own) == {"EGFR C797", "EGFR G724", "EGFR histology small cell", "MET amplification"}
    assert own["EGFR C797"].claims == ("ACQ-000004", "ACQ-000005", "ACQ-000006") and own["EGFR C797"].level == "B"
    exon17 = next(x for x in small().loci("imatinib", disease="GIST") if x.name == "exon 17")
    assert exon17.start <= 816 <= exon17.end
    assert {x.gene for x in small().loci("imatinib", disease="CML")} == {"ABL1"}
    assert {x.gene for x in small().loci("imatinib")} == {"ABL1", "KIT"}
    assert small().loci("dabrafenib", disease="MEL") == []
    assert [x.name for x in small().loci("dabrafenib", ["trametinib"], "MEL")] == ["Q61"]


def test_work_grows_with_the_alterations_not_with_their_square(monkeypatch: pytest.MonkeyPatch) -> None:
    """A genome has tens of thousands of alterations in bundled genes; compounds must not ask all of all."""
    from acquired.catalogue import match

    calls = 0

    def counted(*args: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        return meet(*args, **named)  # type: ignore[arg-type]

    meet = match.meet
    monkeypatch.setattr(match, "meet", counted)
    told = []
    for n in (50, 100, 200):
        calls = 0
        subjects = [variant("EGFR", f"A{i}V", "missense_variant", id_=str(i)) for i in range(20, 20 + n)]
        small().match(subjects, ["erlotinib"], "LUAD")
        told.append(calls)
    assert told[2] - told[1] == 2 * (told[1] - told[0])
