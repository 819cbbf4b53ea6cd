"""A stored result judged by another catalogue, with the judge's own functions."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from acquired.bundled import read_yaml
from acquired.catalogue import Catalogue
from acquired.catalogue.records import full_name
from acquired.compare.settings import Thresholds
from acquired.judge import other
from acquired.judge import result as shape
from acquired.judge.settle import settle_findings
from acquired.judge.verdicts import Case, Loci, needed_loci, not_same_person, verdict_of
from acquired.reanalysis.stored import Looked, findings_of
from acquired.reference import Reference

Json = dict[str, Any]


class Judge:
    """What all patients share: the new catalogue, the bundled reference, wordings and rules."""

    def __init__(self, catalogue: Catalogue, resources: Path):
        self.catalogue, self.resources = catalogue, resources
        self.words: Json = read_yaml(resources / "wording" / "judge.en.yaml")
        self.again: Json = read_yaml(resources / "wording" / "reanalysis.en.yaml")
        self._other = other.words_of(resources)
        self._rules: Json = read_yaml(resources / "judge" / "rules.yaml")
        self._reference = cache(lambda build: Reference.open(resources, build))

    def judge(self, stored: Mapping[str, Any]) -> Json:
        """The verdicts and alterations of `stored` by the new catalogue; nothing in `stored` changes.

        Gives {verdicts, alterations, unknown}: the first two as in result.json; unknown: the loci by drug that the
        new catalogue knows and of which the stored result says nothing.
        """
        result = copy.deepcopy(dict(stored))
        settings: Json = result["provenance"]["parameters"]
        levels: Sequence[str] = (settings.get("judge") or {}).get("levels") or ("A", "B", "C", "D")
        comparisons = [{**c, "drugs": self.catalogue.singles(c["therapies"])} for c in result["comparisons"]]
        drugs = self.catalogue.singles([v["drug"] for v in result["verdicts"]])
        known = self.catalogue.disease(result["disease"]["given"])
        disease = known.id if known else ""
        found = findings_of(result)
        matches = self.catalogue.match_fully([f.subject() for f in found] + other.lost_exons(found), drugs, disease)
        for f in found:
            f.matches = matches[f.id]
        other.after_matching(found, matches, self._other)
        asked = {
            "specimens": result["specimens"],
            "tests": {c["id"]: {"number": c.get("tests", 0)} for c in comparisons},
        }
        alpha = Thresholds.of(settings).alpha
        settle_findings(found, asked, result, drugs, levels, alpha, self.resources)
        case = Case(found, comparisons, result["specimens"], stored["notes"], levels,
                    self._rules["none_found_levels"], self.words)  # fmt: skip
        looked, reference = Looked(result), self._reference(result["build"])
        verdicts, unknown = [], {}
        for drug in drugs:
            every, told = looked.loci(drug, drugs, disease, self.catalogue, reference, found)
            verdict = verdict_of(drug, case, told)
            if lacking := _unknown(every, told, case):
                unknown[drug] = lacking
                verdict = self._caution(verdict, lacking)
            verdicts.append(verdict)
        if result["quality"]["identity"]["verdict"] == "different":
            verdicts = [not_same_person(v, self.words) for v in verdicts]
        alterations = [
            {**told, **shape.judged(f, comparisons, drugs, levels)}
            for told, f in zip(result["alterations"], found, strict=True)
        ]
        return {"verdicts": verdicts, "alterations": alterations, "unknown": unknown}

    def _caution(self, verdict: Json, lacking: Sequence[str]) -> Json:
        """A verdict that rests on every locus having been looked at does not stand where some are not in the result."""
        if verdict["verdict"] in ("emerged", "present_before"):
            return verdict
        shown = ", ".join(lacking[:5]) + (f" and {len(lacking) - 5} more" if len(lacking) > 5 else "")
        text = self.again["unknown_loci"].format(n=len(lacking), drug=verdict["drug"], names=shown)
        if verdict["verdict"] != "none_found":
            return {**verdict, "why": f"{verdict['why']} {text}"}
        wording = self.words["verdict"]["cannot_be_judged"]
        return {**verdict, "verdict": "cannot_be_judged", "wording": wording, "why": text}


def _unknown(every: Loci, told: Loci, case: Case) -> list[str]:
    """Names of the loci that a verdict would rest on and of which the stored result says nothing."""
    known = [place.locus for place in told.places]
    needed = [every.places[i].locus for i in needed_loci(every, case)]
    return [full_name(locus.gene, locus.name) for locus in needed if locus not in known]
