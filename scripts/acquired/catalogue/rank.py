"""The order of matches, and which of them may raise a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from acquired.model import Precision, Relation

_RELATIONS = tuple(Relation)
_DISEASES = ("same", "wider", "unknown", "other")
_PRECISIONS = tuple(Precision)


def strength(match: dict[str, Any]) -> tuple[int | str, ...]:
    """Sort key of a match; the strongest comes first. What decides, in this order:

    1. whether the claim's context holds (a claim that needs what is not there says nothing here);
    2. relation: the drug given, before its class mates, before any other drug;
    3. a claim on the drug itself before one on its class: a class claim never outranks the drug's own;
    4. disease: the patient's own or a wider one, before an unknown one, before another tumour;
    5. precision: exact, codon, range or class, gene (range and class are equals);
    6. level: A to E, CIViC's scale;
    7. citation: confirmed before unverified;
    8. resistance before sensitivity, then the claim's id: to be deterministic.
    """
    precision = _PRECISIONS.index(match["precision"])
    return (
        0 if match["applies"] else 1,
        _RELATIONS.index(match["relation"]),
        1 if match["drug_is_class"] else 0,
        # same and wider are equals: a claim on all lung cancer holds for adenocarcinoma as it stands
        max(0, _DISEASES.index(match["disease_match"]) - 1),
        precision if precision < 3 else precision - 1,
        match["level"],
        0 if match["citation_status"] == "confirmed" else 1,
        1 if match["effect"] == "sensitivity" else 0,
        match["claim"],
    )


def raising(matches: Sequence[dict[str, Any]], drug: str, levels: Iterable[str] = "ABCDE") -> list[dict[str, Any]]:
    """The matches of one alteration that may say, of a drug that was given, that resistance to it is there.

    `matches` as `Catalogue.match` gives them (with its private fields), `drug` one canonical drug. A match raises when

    - it says resistance or reduced sensitivity, to the drug itself, its class, or a combination given with it,
    - its context holds, its disease is not known to be another one, its precision is better than the gene,
    - it has a confirmed citation and at least one supporting item, and its level is one of `levels`, and
    - no sensitivity claim on the drug itself speaks louder: for a class claim any that met at least as precisely, for
      the drug's own claim one of a strictly better level that met at least as precisely.
    """
    allowed = set(levels)
    sensitive = [
        m
        for m in matches
        if m["effect"] == "sensitivity"
        and m["applies"]
        and m["disease_match"] != "other"
        and m["citation_status"] == "confirmed"
        and drug in m["concerns"]
        and not m["drug_is_class"]
    ]
    found = []
    for m in matches:
        if m["effect"] == "sensitivity" or drug not in m["concerns"] or m["level"] not in allowed or not sound(m):
            continue
        if not any(_louder(s, m) for s in sensitive):
            found.append(m)
    return found


def sound(match: dict[str, Any]) -> bool:
    """Whether a match could raise a verdict, levels and contradicting claims aside."""
    return (
        match["relation"] == Relation.GIVEN
        and match["applies"]
        and match["disease_match"] != "other"
        and match["precision"] != Precision.GENE
        and match["citation_status"] == "confirmed"
        and match["evidence_for"] > 0
    )


def _louder(sensitive: dict[str, Any], resistant: dict[str, Any]) -> bool:
    if _PRECISIONS.index(sensitive["precision"]) > _PRECISIONS.index(resistant["precision"]):
        return False
    return resistant["drug_is_class"] or sensitive["level"] < resistant["level"]
