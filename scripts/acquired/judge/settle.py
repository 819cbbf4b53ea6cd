"""What of each trajectory stands once the drivers are known: tumour DNA, plasma that tells nothing, many tests."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acquired.bundled import read_yaml
from acquired.catalogue.rank import raising
from acquired.compare.stats import binomial_at_most
from acquired.compare.tumour import Known, TumourFraction, informative, settle, tumour_fractions
from acquired.judge.findings import Finding
from acquired.judge.rows import PRESENT
from acquired.judge.wording import integer, percent
from acquired.model import Kind

Json = dict[str, Any]

#: Flags that say: this was not born of the tumour.
_NOT_SOMATIC = frozenset({"in_normal", "common_variant", "clone_in_normal", "clonal_haematopoiesis"})
_GERMLINE_LIKE = "probable_germline"

#: From this fraction on an allele may be a heterozygous germline one: tumours with gains bring it down so far.
_HETEROZYGOUS = 0.35

#: An alteration with a claim on a drug given is judged by its own p: no q is as large as this.
_NEVER_CORRECTED = 2.0

#: Doubts with a flag of their own; the others are seen in the observations themselves.
FLAGGED = frozenset({"tumour fraction", "errors", "many tests", "not informative", "limit"})


@dataclass(frozen=True)
class _Settled:
    """What was found out about the patient. fractions, informs: by specimen."""

    fractions: Mapping[str, TumourFraction]
    informs: Mapping[str, bool]
    words: Mapping[str, Any]


def settle_findings(
    findings: Sequence[Finding],
    compared: Mapping[str, Any],
    result: Json,
    drugs: Sequence[str],
    levels: Sequence[str],
    alpha: float,
    resources: Path,
) -> None:
    """Weaken what does not stand, flag it with its reason, and say in `result` which plasma is not informative.

    findings: those that are listed, flagged already and with their claims. result: its specimens and notes are filled.
    alpha: of the config, for q-values.
    """
    words = read_yaml(resources / "wording" / "doubt.en.yaml")
    specimens = compared["specimens"]
    ids = {s["id"] for s in specimens}
    known = []
    for f in findings:
        own = {o["specimen"]: o for o in f.observations}
        if ids <= set(own):
            driver, flags = is_driver(f, drugs, levels), {x["code"] for x in f.flags}
            somatic = not flags & _NOT_SOMATIC and (driver or not _may_be_germline(f))
            # where a driver looks germline its fraction says nothing of how much tumour there is
            known.append(Known(f.name, own, driver and _GERMLINE_LIKE not in flags, somatic))
    settled = _Settled(tumour_fractions(specimens, known), informative(specimens, known), words)
    for f in findings:
        claimed = any(m["relation"] != "other" for m in f.matches)
        seen = {o["specimen"]: o for o in f.observations}
        for i, told in enumerate(f.trajectories):
            tests = compared.get("tests", {}).get(told["comparison"], {})
            if (q := _q_of(told.get("p"), tests)) is not None:
                told = {**told, "q": q}
            weighed = settle(told, seen, settled.fractions, settled.informs, _NEVER_CORRECTED if claimed else alpha)
            if weighed["trajectory"] != told["trajectory"]:  # another catalogue may know other drivers and claims
                weighed["weakened_from"] = {k: told[k] for k in ("trajectory", "basis")}
            f.trajectories[i] = told = weighed
            if told.get("doubt") in FLAGGED:
                _flag(f, told, seen, tests, settled)
    for s in result["specimens"]:
        _describe(s, settled, known, result["notes"])


def is_driver(f: Finding, drugs: Sequence[str], levels: Sequence[str]) -> bool:
    """Whether a sensitivity claim on a drug given, or its class, is met, and no resistance claim raises a verdict."""
    return not any(raising(f.matches, drug, levels) for drug in drugs) and any(
        m["effect"] == "sensitivity"
        and m["relation"] in ("given", "same class")
        and m["applies"]
        and m["disease_match"] != "other"
        and m["precision"] != "gene"
        for m in f.matches
    )


def _may_be_germline(f: Finding) -> bool:
    """Whether no specimen that has the alteration excludes that half of the DNA carries it, whatever its depth."""
    if f.kind != Kind.SMALL:
        return False
    for o in f.observations:
        counted = o["status"] in PRESENT and o["alt_count"] is not None and o["depth"]
        # The same as a 95 % Clopper-Pearson bound below it, at an eighth of the cost.
        if counted and binomial_at_most(o["alt_count"], o["depth"], _HETEROZYGOUS) < 0.05:
            return False
    return True


def doubt_of(f: Finding, told: Mapping[str, Any]) -> str:
    """The sentence on why no more is claimed, after a blank; empty where the observations say it themselves."""
    code = _code(str(told.get("doubt", "")))
    return next((f" {x['text']}" for x in f.flags if x["code"] == code), "")


def _code(doubt: str) -> str:
    return f"doubt_{doubt.replace(' ', '_')}"


def _q_of(p: float | None, tests: Mapping[str, Any]) -> float | None:
    """The q of a p from the steps in compared.json; None for a p that is not significant by itself.

    Very small p have left the range of the BCF's floats: the next larger step holds for them.
    """
    steps = tests.get("q") or []
    if p is None or not steps:
        return None
    i = bisect_left(steps, p * (1 - 1e-5), key=lambda step: step[0])
    return float(steps[i][1]) if i < len(steps) else None


def _flag(
    f: Finding,
    told: Mapping[str, Any],
    seen: Mapping[str, Mapping[str, Any]],
    tests: Mapping[str, Any],
    settled: _Settled,
) -> None:
    doubt = str(told["doubt"])
    specimen = told.get("before" if told["trajectory"] == "unresolved" else "after", "")
    fill: Json = {"specimen": specimen, "after": told.get("after", "")}
    if doubt == "tumour fraction":
        own = settled.fractions[specimen]
        source = settled.words["source"][own.source].format(drivers=", ".join(own.drivers))
        fill |= {"fraction": percent(own.value), "expected": percent(own.value / 2), "source": source}
        fill["hidden"] = percent(seen[specimen]["hidden_vaf"])
    if doubt == "many tests":
        fill |= {"p": f"{told['p']:.2g}", "q": f"{told['q']:.2g}", "number": integer(tests["number"])}
    f.flag(_code(doubt), settled.words["flags"][doubt].format(**fill))


def _describe(specimen: Json, settled: _Settled, known: Sequence[Known], notes: list[dict[str, str]]) -> None:
    """Whether the specimen is informative, and the tumour fraction estimated for it."""
    id_ = specimen["id"]
    specimen["informative"] = settled.informs.get(id_)
    own = settled.fractions.get(id_)
    if own is not None and own.source == "drivers":
        specimen["tumour_fraction_estimate"] = {"value": round(own.value, 6), "drivers": list(own.drivers)}
    if specimen["informative"] is False:
        unseen = [k.name for k in known if k.somatic and not k.seen(id_) and any(k.seen(o) for o in k.observations)]
        more = settled.words["more"].format(n=len(unseen) - 5) if len(unseen) > 5 else ""
        text = settled.words["note"].format(specimen=id_, names=", ".join(unseen[:5]) + more)
        notes.append({"code": "not_informative", "text": text})
