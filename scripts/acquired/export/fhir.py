"""A patient's result as a FHIR R4 bundle in the shape of HL7's genomics reporting guide.

Patient, Specimen, a Variant observation for each alteration and specimen, a Therapeutic Implication for each drug that
a claim speaks of, both grouped, and a DiagnosticReport. Profiles and codes: resources/export/fhir.yaml.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path

from acquired.bundled import read_yaml
from acquired.export.fhir_variant import variant_components
from acquired.export.results import Genes, Json, seen
from acquired.export.vrs import Identifier

#: Kinds that are variants in the guide's sense; histology and expression stay in the report's conclusion.
_VARIANTS = ("small variant", "copy number", "fusion", "splice")
_NEW = ("emerged", "unresolved", "risen")


class Codes:
    """The guide's codes by name, as FHIR CodeableConcepts."""

    def __init__(self, resources: Path):
        data: Json = read_yaml(resources / "export" / "fhir.yaml")
        self.profile: str = data["profile"]
        self.systems: dict[str, str] = data["systems"]
        self._codes: dict[str, list[str]] = data["codes"] | data["change_types"]

    def coding(self, name: str) -> Json:
        """The code called `name` in the table, as a Coding."""
        system, code, display = self._codes[name]
        return {"system": self.systems[system], "code": code, "display": display}

    def __call__(self, name: str) -> Json:
        """The code called `name` in the table, as a CodeableConcept."""
        return {"coding": [self.coding(name)]}

    def concept(self, system: str, code: str, text: str = "") -> Json:
        """Any code of a system of the table, as a CodeableConcept."""
        made: Json = {"coding": [{"system": self.systems[system], "code": clean(code)}]}
        return made | ({"text": clean(text)} if text else {})


class Exporter:
    """Makes bundles. One for all results, as its tables are read once."""

    def __init__(self, resources: Path, identifiers: dict[str, Identifier], accessions: dict[str, dict[str, str]],
                 proteins: Callable[[str, str, str], str]):  # fmt: skip
        """identifiers: VRS identifiers by build. accessions: RefSeq accession by build and chromosome.

        proteins: (build, gene, transcript) to the RefSeq accession of its protein, empty where not known.
        """
        self.codes, self.genes = Codes(resources), Genes(resources)
        self.identifiers, self.accessions, self.proteins = identifiers, accessions, proteins

    def bundle(self, result: Json) -> Json:
        """The bundle (type collection) of one result; ids are made from the result's own, so they stay the same."""
        return _Bundle(self, result).made


class _Bundle:
    def __init__(self, tools: Exporter, result: Json):
        self.tools, self.codes, self.result = tools, tools.codes, result
        self.made: Json = {"resourceType": "Bundle", "type": "collection", "entry": []}
        if result.get("demo"):
            self.made["meta"] = {"security": [self.codes.coding("test_data")]}
        identifier = {"system": "urn:acquired:patient", "value": result["patient"]}
        self.subject = self._add({"resourceType": "Patient", "identifier": [identifier]}, "patient")
        self.specimens = {s["id"]: s for s in result["specimens"]}
        self.specimen_refs = {s["id"]: self._specimen(s) for s in result["specimens"]}
        told = [a for a in result["alterations"] if a["kind"] in _VARIANTS and self._matters(a)]
        variants, implications = [], []
        for alteration in told:
            present, mine = self._variants(alteration)
            variants += mine
            if present:
                implications += self._implications(alteration, present)
        groups = [self._group(name, members) for name, members in
                  (("variants", variants), ("therapeutic implications", implications)) if members]  # fmt: skip
        self._report(groups, len(result["alterations"]) - len(told))

    def _matters(self, alteration: Json) -> bool:
        near = any(c["relation"] != "other" for c in alteration["claims"])
        return near or alteration["trajectory"] in _NEW or any(
            alteration["id"] in v["alterations"] for v in self.result["verdicts"]
        )  # fmt: skip

    def _specimen(self, specimen: Json) -> Json:
        resource: Json = {
            "resourceType": "Specimen",
            "identifier": [{"system": "urn:acquired:specimen", "value": f"{self.result['patient']}/{specimen['id']}"}],
            "subject": self.subject,
        }
        if specimen.get("material"):
            resource["type"] = {"text": clean(specimen["material"])}
        collection: Json = {}
        if specimen.get("date"):
            collection["collectedDateTime"] = specimen["date"]
        if specimen.get("site"):
            collection["bodySite"] = {"text": clean(specimen["site"])}
        if collection:
            resource["collection"] = collection
        return self._add(resource, "specimen", specimen["id"])

    def _observation(self, profile: str, code: str) -> Json:
        resource: Json = {
            "resourceType": "Observation", "status": "preliminary",
            "category": [self.codes("laboratory"), self.codes("genetics")],
            "code": self.codes(code), "subject": self.subject,
        }  # fmt: skip
        if profile:
            resource["meta"] = {"profile": [self.codes.profile + profile]}
        return resource

    def _variants(self, alteration: Json) -> tuple[list[Json], list[Json]]:
        """References to the observations in which the alteration is present, and to all that were made."""
        present, made = [], []
        carried = {o["specimen"] for o in seen(alteration)}
        for observation in alteration["observations"]:
            if observation["specimen"] not in carried and observation["status"] != "absent":
                continue  # not known there: no statement, rather than one that could be read as absent
            here = observation["specimen"] in carried
            resource = self._observation("variant", "variant")
            resource["specimen"] = self.specimen_refs[observation["specimen"]]
            date = self.specimens[observation["specimen"]].get("date")
            if date:
                resource["effectiveDateTime"] = date
            resource["valueCodeableConcept"] = self.codes("present" if here else "absent")
            resource["method"] = self.codes("sequencing")
            resource["component"] = variant_components(self.tools, self.result, alteration, observation, here)
            reference = self._add(resource, "variant", alteration["id"], observation["specimen"])
            made.append(reference)
            if here:
                present.append(reference)
        return present, made

    def _implications(self, alteration: Json, present: list[Json]) -> list[Json]:
        """One implication for each drug and effect, from the strongest claim; drugs given and their classes only."""
        best: dict[tuple[str, str], Json] = {}
        for claim in alteration["claims"]:
            if claim["relation"] != "other":
                best.setdefault((claim["drug"], claim["effect"]), claim)
        references = []
        for (drug, effect), claim in best.items():
            resource = self._observation("therapeutic-implication", "implication")
            pmids = dict.fromkeys(p for source in claim["sources"] for p in source["pmids"])
            if pmids:
                resource["extension"] = [
                    {"url": "http://hl7.org/fhir/StructureDefinition/workflow-relatedArtifact",
                     "valueRelatedArtifact": {"type": "citation", "citation": f"PMID {pmid}"}} for pmid in pmids
                ]  # fmt: skip
            resource["method"] = self.codes("analysis")
            resource["derivedFrom"] = present
            told = self.codes(effect) if effect in ("resistance", "sensitivity") else {"text": effect}
            catalogue = self.result["provenance"]["catalogue"]
            base = clean(f"{catalogue.get('name', '')} {catalogue.get('version', '')}".strip()) or "catalogue"
            values = {
                "implication": told,
                "medication": {"text": clean(drug)},
                "evidence": {"text": f"level {claim['level']} (CIViC's scale)"},
                "knowledge_base": {"text": f"{base}, claim {claim['claim']}"},
            }
            if claim.get("disease"):
                values["context"] = {"text": clean(claim["disease"])}
            resource["component"] = [
                {"code": self.codes(code), "valueCodeableConcept": value} for code, value in values.items()
            ]
            references.append(self._add(resource, "implication", alteration["id"], drug, effect))
        return references

    def _group(self, name: str, members: list[Json]) -> Json:
        resource = self._observation("", "group")
        resource["code"] = resource["code"] | {"text": name}
        return self._add(resource | {"hasMember": members}, "group", name)

    def _report(self, groups: list[Json], others: int) -> None:
        result = self.result
        told = [f"{v['drug']}: {v['wording']}. {v['why']}" for v in result["verdicts"]]
        if result["status"] == "refused":
            told += [f"Refused. {p['where']}: {p['what']}" for p in result["problems"]]
        identity = result["quality"]["identity"]
        told.append(f"Identity of the specimens: {identity['verdict']}. {identity['why']}")
        if others:
            told.append(f"{others} further alterations are in result.json, not here.")
        told.append("For research use only.")
        report: Json = {
            "resourceType": "DiagnosticReport",
            "meta": {"profile": [self.codes.profile + "genomic-report"]},
            "status": "preliminary", "category": [self.codes("genetics")], "code": self.codes("report"),
            "subject": self.subject, "conclusion": clean(" ".join(told)),
        }  # fmt: skip
        if self.specimen_refs:
            report["specimen"] = list(self.specimen_refs.values())
        if groups:
            report["result"] = groups
        self._add(report, "report")

    def _add(self, resource: Json, *name: str) -> Json:
        """Put a resource into the bundle under an id made from the patient and `name`; a reference to it."""
        key = json.dumps([self.result["patient"], *name])
        url = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, 'acquired ' + key)}"
        self.made["entry"].append({"fullUrl": url, "resource": resource})
        return {"reference": url}


def clean(text: object) -> str:
    """Text as FHIR takes it: printable, on one line, not empty."""
    shown = "".join(c if c.isprintable() else " " for c in str(text))
    return " ".join(shown.split()) or "?"
