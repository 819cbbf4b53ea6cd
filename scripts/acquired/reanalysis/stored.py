"""What a stored result.json says, in the judge's own nouns: findings, loci and what was looked at."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from acquired.catalogue import Catalogue
from acquired.judge import result as shape
from acquired.judge.findings import Finding
from acquired.judge.negatives import Place, carriers, place_of
from acquired.judge.other import Other
from acquired.judge.verdicts import Loci
from acquired.model import Annotation, Kind
from acquired.reference import Reference

Json = dict[str, Any]

_NOTHING: Json = {"depth": None, "hidden_vaf": None, "source": ""}
#: Doubts that rest on what the catalogue knows (drivers, claims); told again with another one.
_WEIGHED = ("doubt_tumour_fraction", "doubt_many_tests", "doubt_not_informative")


def findings_of(result: Mapping[str, Any]) -> list[Finding]:
    """The alterations of a result as findings, without their claims, their trajectories as the reads alone say."""
    return [_finding(copy.deepcopy(told)) for told in result["alterations"]]


def _finding(told: Json) -> Finding:
    kind = Kind(told["kind"])
    named = bool(told["gene"] and (told["transcript"] or told["hgvs_c"] or told["protein"]))
    annotation = shape.annotation_of(told) if named else None
    if "annotations" in told:
        annotations = [_annotation(cells) for cells in told["annotations"]]
    else:
        annotations = [annotation] if annotation else []
    common: Json = {
        "trajectories": [_unweakened(t) for t in told["trajectories"]],
        "annotation": annotation,
        "annotations": annotations,
        "state": told.get("state", ""),
        "phase": told["phase"],
        "flags": [f for f in told["flags"] if f["code"] not in _WEIGHED],
        "parts": told.get("parts", []),
        "reversion": told.get("reversion", {}),
        "remark": next((f["text"] for f in told["flags"] if f["code"] == "candidate_reversion"), ""),
        "details": told.get("details", {}),
    }
    who = told["id"], kind, told["gene"], told["name"], told["observations"]
    by_vendor = kind == Kind.SMALL and told["annotation_origin"] == "vendor"
    if kind in (Kind.SMALL, Kind.HISTOLOGY) and not by_vendor:
        return Finding(*who, **common)
    partners = tuple(told["parts"]) if kind == Kind.FUSION and len(told.get("parts", ())) == 2 else None
    return Other(*who, partners=partners, **common)


def _annotation(cells: Mapping[str, Any]) -> Annotation:
    known = {f.name for f in fields(Annotation)}
    return Annotation(**{k: v for k, v in cells.items() if k in known})


def _unweakened(told: Json) -> Json:
    """A trajectory before the patient's tumour DNA and the number of tests were weighed."""
    raw = told.pop("weakened_from", None)
    if raw is not None:
        told.pop("doubt", None)
        told.update(raw)
    return told


class Looked:
    """What the stored result says of places where nothing was found."""

    def __init__(self, result: Mapping[str, Any]):
        self._specimens: list[Json] = result["specimens"]
        self._own: dict[tuple[str, str, str, str], Json] = {}
        self._any: dict[tuple[str, str, str], Json] = {}
        for n in result["negatives"]:
            said = {k: n.get(k) for k in ("status", "depth", "hidden_vaf", "source")}
            self._own[n["drug"], n["gene"], n["locus"], n["specimen"]] = said
            self._any.setdefault((n["gene"], n["locus"], n["specimen"]), said)
        for n in result.get("seen_loci", ()):
            self._own[n["drug"], n["gene"], n["locus"], n["specimen"]] = {"status": "found", **_NOTHING}
        self._reverting = set(result["quality"].get("inactivated", ()))

    def loci(
        self, drug: str, drugs: Sequence[str], disease: str, catalogue: Catalogue, reference: Reference,
        findings: Sequence[Finding],
    ) -> tuple[Loci, Loci]:  # fmt: skip
        """All known loci of a drug, and those of which the result says something, with what it says of each specimen.

        It says nothing of a locus at which some specimen neither shows an alteration nor is said to have looked.
        """
        known = catalogue.loci(drug, [d for d in drugs if d != drug], disease)
        carried = carriers(findings)
        every, told = Loci(), Loci()
        for place in (place_of(locus, reference) for locus in known):
            if place.locus.form == "reversion" and self._reverting and place.locus.gene not in self._reverting:
                continue  # what no variant has switched off cannot revert
            every.places.append(place)
            said = {s["id"]: self._of(drug, place, s, carried) for s in self._specimens}
            if all(said.values()):
                told.assessed |= {(len(told.places), id_): entry for id_, entry in said.items() if entry}
                told.places.append(place)
        return every, told

    def _of(self, drug: str, place: Place, specimen: Json, carried: set[tuple[str, str]]) -> Json | None:
        locus, id_ = place.locus, specimen["id"]
        if any((claim, id_) in carried for claim in locus.claims):
            return {"status": "found", **_NOTHING}
        if locus.kind == Kind.HISTOLOGY:
            return {"status": "absent" if specimen.get("histology") else "not assessed", **_NOTHING}
        own = self._own.get((drug, locus.gene, locus.name, id_))
        return own or self._any.get((locus.gene, locus.name, id_))
