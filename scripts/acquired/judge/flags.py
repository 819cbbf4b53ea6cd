"""What makes a finding suspect: each a code and a sentence with its reason. No flag takes a finding away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from acquired.annotate import annotation_from_named
from acquired.annotate.csq import consequences_of, disagreement
from acquired.judge.findings import Finding
from acquired.model import Kind
from acquired.reference import Reference

_SEEN = ("called", "filtered", "genotyped")


def add_flags(
    findings: Sequence[Finding],
    specimens: Sequence[Mapping[str, Any]],
    comparisons: Sequence[Mapping[str, Any]],
    rules: Mapping[str, Any],
    words: Mapping[str, str],
) -> None:
    """Flag the small variants among the findings. rules: judge/rules.yaml. words: `flags` of the wording."""
    for f in findings:
        if f.kind == Kind.SMALL and f.row is not None:
            _of_calls(f, words)
            _of_origin(f, specimens, rules, words)
            _of_names(f, words)
            _of_time(f, specimens, comparisons, words)


def _of_calls(f: Finding, words: Mapping[str, str]) -> None:
    filtered = [o for o in f.observations if o["status"] == "filtered"]
    if filtered:
        filters = sorted({name for o in filtered for name in o["filters"]})
        specimens = ", ".join(o["specimen"] for o in filtered)
        f.flag("filtered", words["filtered"].format(specimens=specimens, filters=", ".join(filters) or "?"))
    if f.row and f.row.outside:
        f.flag("outside_reference", words["outside_reference"])
    if f.row and f.row.parts:
        f.flag("parts", words["parts"].format(parts=", ".join(f.row.parts)))
    if f.annotation and any("reference differs" in a.flags for a in f.annotations):
        f.flag("reference_differs", words["reference_differs"])


def _of_origin(
    f: Finding, specimens: Sequence[Mapping[str, Any]], rules: Mapping[str, Any], words: Mapping[str, str]
) -> None:
    seen = [o for o in f.observations if o["status"] in _SEEN]
    normal = f.row.normal if f.row else None
    band = rules["germline"]
    if normal and normal[1] and normal[0] / normal[1] >= band["normal"]:
        f.flag("in_normal", words["in_normal"].format(alt=normal[0], depth=normal[1]))
    elif normal is None and len(seen) >= band["specimens"] and all(_germline_like(o, band) for o in seen):
        f.flag("probable_germline", words["probable_germline"])
    if any(x["code"] in ("in_normal", "probable_germline") for x in f.flags):
        return
    material = {s["id"]: s.get("material", "") for s in specimens}
    kinds = {material[o["specimen"]] for o in seen}
    if f.gene in rules["haematopoiesis_genes"] and "plasma" in kinds and "tissue" not in kinds:
        f.flag("clonal_haematopoiesis", words["clonal_haematopoiesis"].format(gene=f.gene))


def _germline_like(o: Mapping[str, Any], band: Mapping[str, Any]) -> bool:
    if o["vaf"] is None or (o["depth"] or 0) < band["depth"]:
        return False
    return any(low <= o["vaf"] <= high for low, high in band["bands"])


def _of_names(f: Finding, words: Mapping[str, str]) -> None:
    """Whether the file's own name for the same transcript says another protein change."""
    given = annotation_from_named(f.row.named) if f.row and f.row.named else None
    if given is None or not given.protein:
        return
    ids = {given.transcript.split(".")[0], given.transcript_ensembl.split(".")[0]} - {""}
    for own in f.annotations:
        same = ids & {own.transcript.split(".")[0], own.transcript_ensembl.split(".")[0]}
        if same and own.origin == "bundled" and own.protein and own.protein != given.protein:
            f.flag("name_disagrees", words["name_disagrees"].format(named=given.protein, own=own.protein))
            return


def _of_time(
    f: Finding,
    specimens: Sequence[Mapping[str, Any]],
    comparisons: Sequence[Mapping[str, Any]],
    words: Mapping[str, str],
) -> None:
    for comparison, specimen in sorted((f.row.earlier if f.row else {}).items()):
        f.flag("seen_earlier", words["seen_earlier"].format(specimen=specimen, comparison=comparison))
    days: dict[int, list[str]] = {}
    for s in specimens:
        days.setdefault(s["order"], []).append(s["id"])
    for day in days.values():
        there = [s for s in day if f.seen_in(s)["status"] in _SEEN]
        absent = [s for s in day if f.seen_in(s)["status"] == "absent"]
        if there and absent:
            f.flag("private_site", words["private_site"].format(others=", ".join(absent)))


def add_csq(findings: Sequence[Finding], reference: Reference, words: Mapping[str, str]) -> None:
    """Ask `bcftools csq` too, and flag where it names a substitution otherwise.

    Needs the built reference; without one nothing is asked. Alleles read together on one molecule are left out, as
    csq is asked record by record.
    """
    if reference.fasta_path is None or not Path(reference.fasta_path).exists():
        return
    asked = [
        f
        for f in findings
        if f.row
        and f.annotation
        and f.annotation.origin == "bundled"
        and not any(x["code"] == "haplotype" for x in f.flags)
    ]
    said = consequences_of([f.row.allele for f in asked if f.row], reference)
    for f in asked:
        assert f.row and f.annotation
        entries = said.get(f.row.allele)
        if entries and (text := disagreement(f.annotation, entries)):
            f.flag("csq_disagrees", words["csq_disagrees"].format(said=text))
