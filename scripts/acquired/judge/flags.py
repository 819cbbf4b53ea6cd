"""What makes a finding suspect: each a code and a sentence with its reason. No flag takes a finding away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from acquired import flags
from acquired.annotate import annotation_from_named
from acquired.annotate.csq import consequences_of, disagreement
from acquired.bundled import read_yaml
from acquired.identity import common_sites
from acquired.judge.findings import Finding
from acquired.judge.rows import Row
from acquired.judge.wording import integer, percent
from acquired.model import Kind
from acquired.reference import Reference

_SEEN = ("called", "filtered", "genotyped")


class Suspicions:
    """What flags are made by: the data of resources/flags, and the sites that show a shift of whole arms."""

    def __init__(self, resources: Path, reference: Reference, words: Mapping[str, str]):
        """words: `flags` of the wording."""
        folder = resources / "flags"
        self.rules: Mapping[str, Any] = read_yaml(folder / "rules.yaml")
        self.blood = flags.Haematopoiesis(folder / "haematopoiesis.tsv")
        self.shifts = flags.Shifts(flags.arms(folder / "arms.tsv", reference.build), self.rules["shift"])
        self.common = common_sites(resources, reference.build)
        self.reference, self.words = reference, words

    def add(
        self,
        findings: Sequence[Finding],
        specimens: Sequence[Mapping[str, Any]],
        comparisons: Sequence[Mapping[str, Any]],
    ) -> None:
        """Flag the small variants among the findings, which have met their claims already."""
        material = {s["id"]: str(s.get("material", "")) for s in specimens}
        for f in findings:
            if f.kind == Kind.SMALL and f.row is not None:
                _of_calls(f, self.words)
                for flag in self._of_origin(f, f.row, material):
                    f.flag(flag.code, self.words[flag.code].format(**_shown(flag.fill)))
                _of_names(f, self.words)
                _of_time(f, specimens, comparisons, self.words)

    def _of_origin(self, f: Finding, row: Row, material: Mapping[str, str]) -> list[flags.Flag]:
        strands = row.strands or [None] * len(f.observations)
        seen = [
            flags.Seen(o["specimen"], material[o["specimen"]], o["depth"], o["vaf"], sb)
            for o, sb in zip(f.observations, strands, strict=True)
            if o["status"] in _SEEN
        ]
        germline = [
            flags.in_normal(row.normal, self.rules),
            flags.germline(seen, row.normal, self.rules),
            flags.common(row.allele, seen, self.common, self.rules),
        ]
        found = [flag for flag in germline if flag]
        if not found:
            others = [
                flags.from_blood(f.annotation, seen, row.normal, self.blood, self.rules),
                flags.strand_bias(seen, self.rules),
                flags.fixation(row.allele, seen, self.rules),
                flags.oxidation(row.allele, seen, self.rules),
                flags.homopolymer(row.allele, seen, self.reference.fetch, self.rules),
            ]
            found = [flag for flag in others if flag]
        for t in f.trajectories:
            if t["trajectory"] in ("risen", "fallen"):
                found += filter(None, [self.shifts.explains(row.allele, t.get("before", ""), t.get("after", ""))])
        return found


def _shown(fill: Mapping[str, Any]) -> dict[str, Any]:
    """Fractions as percentages, counts with separators."""
    return {k: percent(v) if isinstance(v, float) else integer(v) if isinstance(v, int) else v for k, v in fill.items()}


def _of_calls(f: Finding, words: Mapping[str, str]) -> None:
    filtered = [o for o in f.observations if o["status"] == "filtered"]
    if filtered:
        filters = sorted({name for o in filtered for name in o["filters"]})
        specimens = ", ".join(o["specimen"] for o in filtered)
        text = words["filtered"].format(specimens=specimens, filters=", ".join(filters) or "?")
        met = next((m for m in f.matches if m["effect"] != "sensitivity" and m["relation"] != "other"), None)
        if met:
            text += words["filtered_catalogued"].format(**{k: met[k] for k in ("claim", "alteration", "drug")})
        f.flag("filtered_catalogued" if met else "filtered", text)
    if f.row and f.row.outside:
        f.flag("outside_reference", words["outside_reference"])
    if f.row and f.row.parts:
        f.flag("parts", words["parts"].format(parts=", ".join(f.row.parts)))
    if f.annotation and any("reference differs" in a.flags for a in f.annotations):
        f.flag("reference_differs", words["reference_differs"])


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
