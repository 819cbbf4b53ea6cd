"""The FHIR bundle against fhir.resources and the shape of HL7's guide; MultiQC's tables."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from acquired.export import multiqc
from acquired.export.fhir import Exporter
from acquired.export.vrs import Identifier
from acquired.reference import Reference
from acquired.reference.core import contig_table
from export_kit import NAMES, RESOURCES, load

REFERENCE = Reference.open(RESOURCES, "GRCh38")
EXPORTER = Exporter(
    RESOURCES,
    {"GRCh38": Identifier(RESOURCES, "GRCh38", REFERENCE)},
    {"GRCh38": {row["contig"]: row["GRCh38_refseq"] for row in contig_table(RESOURCES)}},
    lambda build, gene, transcript: "NP_005219.2" if transcript == "NM_005228.5" else "",
)
CODES = yaml.safe_load((RESOURCES / "export" / "fhir.yaml").read_text(encoding="utf-8"))


def resources(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


def code_of(concept: dict[str, Any]) -> str:
    return concept["coding"][0]["code"]


def components(observation: dict[str, Any]) -> dict[str, Any]:
    return {code_of(c["code"]): c for c in observation["component"]}


@pytest.mark.parametrize("name", NAMES)
def test_fhir_resources_accepts_every_result(name: str) -> None:
    """R4B and R4 are one for the resources that are used here; fhir.resources has no R4 of its own any more."""
    bundle_model = pytest.importorskip("fhir.resources.R4B.bundle").Bundle
    bundle = EXPORTER.bundle(load(name))
    read = bundle_model.model_validate_json(json.dumps(bundle))
    assert json.loads(read.model_dump_json()) == bundle, "nothing is lost or changed by reading it"


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_is_within_the_bundle(name: str) -> None:
    bundle = EXPORTER.bundle(load(name))
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(urls) == len(set(urls))
    assert set(re.findall(r'"reference": "([^"]+)"', json.dumps(bundle))) <= set(urls)
    assert EXPORTER.bundle(load(name)) == bundle, "ids stay the same from run to run"


def test_variants_as_the_guide_has_them() -> None:
    result = load("egfr_five_time_points")
    bundle = EXPORTER.bundle(result)
    t790m = next(a for a in result["alterations"] if a["name"] == "EGFR T790M")
    found = [
        o for o in resources(bundle, "Observation")
        if code_of(o["code"]) == "69548-6" and "T790M" in components(o)["conclusion-string"]["valueString"]
    ]  # fmt: skip
    told = {"absent": "LA9634-2", "called": "LA9633-4", "filtered": "LA9633-4", "genotyped": "LA9633-4"}
    assert [code_of(o["valueCodeableConcept"]) for o in found] == [
        told[o["status"]] for o in t790m["observations"] if o["status"] in told
    ]
    last = components(found[-1])
    assert code_of(last["48018-6"]["valueCodeableConcept"]) == "HGNC:3236"
    assert code_of(last["48004-6"]["valueCodeableConcept"]) == "NM_005228.5:c.2369C>T"
    assert code_of(last["48005-3"]["valueCodeableConcept"]) == "NP_005219.2:p.(Thr790Met)"
    assert code_of(last["81290-9"]["valueCodeableConcept"]) == "NC_000007.14:g.55181378C>T"
    assert code_of(last["62374-4"]["valueCodeableConcept"]) == "LA26806-2"
    assert last["81254-5"]["valueRange"] == {"low": {"value": 55181378}, "high": {"value": 55181378}}
    assert last["81258-6"]["valueQuantity"]["value"] == t790m["observations"][-1]["vaf"]
    assert last["82121-5"]["valueQuantity"]["value"] == t790m["observations"][-1]["depth"]
    for o in found:
        assert [code_of(c) for c in o["category"]] == ["laboratory", "GE"]
        assert o["meta"]["profile"][0].endswith("/variant") and o["specimen"] and o["subject"]


def test_absence_is_said_only_where_it_was_looked_for() -> None:
    result = load("many_kinds_bare_files")  # bare files: the baseline's status is "not called"
    bundle = EXPORTER.bundle(result)
    values = Counter(
        code_of(o["valueCodeableConcept"]) for o in resources(bundle, "Observation") if "valueCodeableConcept" in o
    )
    assert values["LA9633-4"] > 0 and "LA9634-2" not in values


def test_implications_are_derived_from_variants_that_are_present() -> None:
    result = load("egfr_five_time_points")
    bundle = EXPORTER.bundle(result)
    by_url = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    implications = [o for o in resources(bundle, "Observation") if code_of(o["code"]) == "therapeutic-implication"]
    assert implications
    claims = {c["claim"]: c for a in result["alterations"] for c in a["claims"]}
    for implication in implications:
        assert implication["derivedFrom"]
        for reference in implication["derivedFrom"]:
            assert code_of(by_url[reference["reference"]]["valueCodeableConcept"]) == "LA9633-4"
        parts = components(implication)
        told = parts["knowledge-base"]["valueCodeableConcept"]["text"]
        claim = claims[told.rsplit(" ", 1)[1]]
        assert parts["51963-7"]["valueCodeableConcept"]["text"] == claim["drug"] and claim["relation"] != "other"
        effect = parts["therapeutic-implication"]["valueCodeableConcept"]
        assert effect.get("text") == "reduced sensitivity" or code_of(effect) == {
            "resistance": "LA6676-6", "sensitivity": "LA6677-4"}[claim["effect"]]  # fmt: skip
        cited = [e["valueRelatedArtifact"]["citation"] for e in implication.get("extension", [])]
        assert cited == [f"PMID {p}" for p in dict.fromkeys(p for s in claim["sources"] for p in s["pmids"])]


@pytest.mark.parametrize("name", NAMES)
def test_the_report_groups_everything_and_says_every_verdict(name: str) -> None:
    result = load(name)
    bundle = EXPORTER.bundle(result)
    (report,) = resources(bundle, "DiagnosticReport")
    assert code_of(report["code"]) == "51969-4" and report["status"] == "preliminary"
    for verdict in result["verdicts"]:
        assert " ".join(verdict["wording"].split()) in report["conclusion"]
    by_url = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    groups = [by_url[r["reference"]] for r in report.get("result", [])]
    members = {m["reference"] for group in groups for m in group["hasMember"]}
    observations = {u for u, r in by_url.items() if r["resourceType"] == "Observation" and "hasMember" not in r}
    assert members == observations
    if result["status"] == "refused":
        assert not observations and result["problems"][0]["what"] in report["conclusion"]


def test_synthetic_patients_are_marked_as_test_data() -> None:
    for demo in (True, False):
        bundle = EXPORTER.bundle(load("nothing_found") | {"demo": demo})
        assert ("HTEST" in json.dumps(bundle)) == demo


def test_every_code_has_a_system_and_is_used() -> None:
    source = "".join(p.read_text() for p in (Path(multiqc.__file__).parent).glob("fhir*.py"))
    for name, (system, code, display) in CODES["codes"].items():
        assert system in CODES["systems"] and code and display
        by_value = name in ("GRCh37", "GRCh38", "resistance", "sensitivity", "one_based")
        assert by_value or f'"{name}"' in source, f"{name} is not used"


def test_multiqc_tables_hold_every_patient_and_specimen(tmp_path: Path) -> None:
    tables = multiqc.Tables(RESOURCES)
    for name in NAMES:
        tables.add(load(name))
    out = {name: tmp_path / f"acquired_{name}_mqc.json" for name in multiqc.TABLES}
    tables.write(out)
    read = {name: json.loads(path.read_text(encoding="utf-8")) for name, path in out.items()}
    patients = {load(n)["patient"] for n in NAMES}
    assert len(read["verdicts"]["data"]) == len(patients)
    assert len(read["specimens"]["data"]) == sum(len(load(n)["specimens"]) for n in NAMES)
    for content in read.values():
        assert content["plot_type"] == "table"
        assert all(set(row) <= set(content["headers"]) for row in content["data"].values())
    assert "<script" not in out["verdicts"].read_text() and "/" not in "".join(read["specimens"]["data"])
