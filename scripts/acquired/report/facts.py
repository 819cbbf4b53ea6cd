"""What the cohort's page and table need of one patient: small, so that a thousand patients fit in memory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from acquired.report import cells
from acquired.report.cells import RESISTANCE
from acquired.report.view import complete

Json = dict[str, Any]

#: A locus as claims name it, from a protein change: T790M -> T790.
_RESIDUE = re.compile(r"([A-Z*]\d+)")

#: Columns of findings.tsv, in order.
COLUMNS = (
    "patient", "status", "disease", "drug", "verdict", "verdict_basis", "alteration", "kind", "gene", "transcript",
    "hgvs_c", "hgvs_p", "protein", "consequence", "build", "chrom", "pos", "ref", "alt", "trajectory", "basis", "p",
    "before", "before_status", "before_depth", "before_alt_count", "before_vaf", "before_hidden_vaf", "before_value",
    "after", "after_status", "after_depth", "after_alt_count", "after_vaf", "after_hidden_vaf", "after_value",
    "mechanism", "claim", "claim_drug", "effect", "level", "precision", "relation", "pmids", "source_ids",
    "citation_status", "overcome_by", "phase", "flags", "problem", "catalogue", "workflow", "demo",
)  # fmt: skip


#: Flags that say an alteration was most likely not acquired by the tumour: no candidate then.
_NOT_ACQUIRED = ("probable_germline", "in_normal", "clonal_haematopoiesis")

#: Columns taken from the alteration as they stand.
_ALTERATION = (
    "kind", "gene", "transcript", "hgvs_c", "hgvs_p", "protein", "consequence", "chrom", "pos", "ref", "alt",
)  # fmt: skip


@dataclass
class Facts:
    """One patient on the cohort's page."""

    patient: str
    status: str
    demo: bool
    disease: str
    specimens: int
    identity: str
    identity_why: str
    versions: tuple[str, str]
    verdicts: list[Json]
    problems: list[Json]
    records: dict[str, int]
    callers: str = ""
    depth_from: str = ""
    #: known loci of the drugs given at follow-up that could be judged (found or absent), of all of them
    assessable: tuple[int, int] = (0, 0)
    warnings: list[str] = field(default_factory=list)
    link: str = ""
    #: alteration name -> trajectory, for alterations with a resistance claim on a drug given
    marks: dict[str, str] = field(default_factory=dict)
    #: alteration name -> the locus its column stands for: (gene, locus)
    loci: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: (gene, locus) -> status at the last specimen that says anything of it
    negatives: dict[tuple[str, str], str] = field(default_factory=dict)
    #: (drug, mechanism, alteration name) of what verdicts stand on
    mechanisms: list[tuple[str, str, str]] = field(default_factory=list)
    #: new small variants without a resistance claim on a drug given: (gene, residue, name)
    new: list[tuple[str, str, str]] = field(default_factory=list)
    genes: set[str] = field(default_factory=set)
    rows: list[list[object]] = field(default_factory=list)
    #: what only the patient's own table lists: alterations that neither are new nor meet a claim on a drug given
    other_rows: list[list[object]] = field(default_factory=list)


def locus(alteration: Json) -> tuple[str, str]:
    """The catalogue's name of the place an alteration is at: its residue, or its state (amplification, fusion …)."""
    if alteration["kind"] == "small variant":
        match = _RESIDUE.match(alteration["protein"])
        return alteration["gene"], match[1] if match else alteration["protein"]
    return alteration["gene"], alteration["name"].removeprefix(alteration["gene"]).strip()


def read_facts(result: Json) -> Facts:
    """The facts of one result.json."""
    provenance = result["provenance"]
    records: dict[str, int] = {"read": 0, "kept": 0, "set_aside": 0}
    for specimen in result["specimens"]:
        for key in records:
            records[key] += (specimen.get("records") or {}).get(key, 0)
    facts = Facts(
        patient=result["patient"],
        status=result["status"],
        demo=result.get("demo", False),
        disease=result["disease"]["name"] or result["disease"]["given"],
        specimens=len(result["specimens"]),
        identity=result["quality"]["identity"]["verdict"],
        identity_why=result["quality"]["identity"]["why"],
        versions=(provenance["workflow"].get("version", ""), provenance["catalogue"].get("version", "")),
        verdicts=[{k: v[k] for k in ("drug", "verdict", "basis", "why")} | {"on": []} for v in result["verdicts"]],
        problems=result["problems"],
        records=records,
        callers=_each(s["caller"] for s in result["specimens"]),
        depth_from=_each(s.get("depth_source", "") for s in result["specimens"]),
        assessable=_assessable(result),
        warnings=[f"{s['id']}: {w}" for s in result["specimens"] for w in s.get("warnings", [])],
    )
    if result["status"] == "refused":
        problems = " ".join(f"{p['where']}: {p['what']}" for p in result["problems"])
        facts.rows.append(_row(facts, result, problem=problems))
        return facts
    complete(result)
    for negative in result["negatives"]:  # in order of time, so the last one stands
        facts.negatives[(negative["gene"], negative["locus"])] = negative["status"]
        if negative["status"] in ("absent", "low"):
            facts.genes.add(negative["gene"])
    _findings(facts, result)
    return facts


def _each(values: Iterable[str]) -> str:
    """Different values, each once, in the order of the specimens."""
    return ", ".join(dict.fromkeys(v for v in values if v))


def _assessable(result: Json) -> tuple[int, int]:
    counts: Counter[str] = Counter()
    for verdict in result["verdicts"]:
        counts.update(verdict.get("loci", {}))
    return counts["found"] + counts["absent"] + counts["assessable"], counts.total()


def _findings(facts: Facts, result: Json) -> None:
    """Fill in what the alterations tell: marks, mechanisms, new alterations, rows of the table."""
    classes = {t["drug"]: t["class"] for t in result["therapies"]}
    by_id = {a["id"]: a for a in result["alterations"]}
    claimed: set[str] = set()
    for told, verdict in zip(facts.verdicts, result["verdicts"], strict=True):
        drug, found = verdict["drug"], False
        told["on"] = [by_id[a]["name"] for a in verdict["alterations"] if a in by_id]
        for alteration in result["alterations"]:
            claims = [c for c in alteration["claims"] if c["effect"] in RESISTANCE and c["relation"] != "other"
                      and cells.belongs(c, drug, classes.get(drug, []))]  # fmt: skip
            if not claims and alteration["id"] in verdict["alterations"]:
                claims = [c for c in alteration["claims"] if c["effect"] in RESISTANCE]
            if not claims and alteration["id"] not in verdict["alterations"]:
                continue
            found = True
            claimed.add(alteration["id"])
            facts.marks[alteration["name"]] = alteration["trajectory"]
            facts.loci[alteration["name"]] = locus(alteration)
            if alteration["id"] in verdict["alterations"] and claims:
                facts.mechanisms.append((drug, claims[0]["mechanism"], alteration["name"]))
            facts.rows.append(_row(facts, result, verdict, alteration, claims))
        if not found:
            facts.rows.append(_row(facts, result, verdict))
    for alteration in result["alterations"]:
        facts.genes.add(alteration["gene"])
        if alteration["id"] in claimed:
            continue
        row = _row(facts, result, None, alteration)
        if alteration["trajectory"] not in ("emerged", "risen"):
            facts.other_rows.append(row)
        else:
            facts.rows.append(row)
            changes = alteration["kind"] == "small variant" and alteration["protein"][-1:] not in ("", "=")
            if changes and not any(flag["code"] in _NOT_ACQUIRED for flag in alteration["flags"]):
                facts.new.append((*locus(alteration), alteration["name"]))
    if not facts.rows:
        facts.rows.append(_row(facts, result))


def _row(
    facts: Facts,
    result: Json,
    verdict: Json | None = None,
    alteration: Json | None = None,
    claims: list[Json] | None = None,
    problem: str = "",
) -> list[object]:
    """One row of findings.tsv; cells that do not apply stay empty."""
    values: Json = {
        "patient": facts.patient, "status": facts.status, "disease": facts.disease, "build": result["build"],
        "problem": problem, "workflow": facts.versions[0], "catalogue": facts.versions[1], "demo": facts.demo,
    }  # fmt: skip
    comparison = ""
    if verdict is not None:
        values |= {"drug": verdict["drug"], "verdict": verdict["verdict"], "verdict_basis": verdict["basis"]}
        comparison = verdict["comparison"]
    if alteration is not None:
        values |= {key: alteration[key] for key in _ALTERATION}
        values["alteration"] = alteration["name"]
        key, wanted = ("comparison", comparison) if comparison else ("trajectory", alteration["trajectory"])
        told = next((t for t in alteration["trajectories"] if t[key] == wanted), None)
        if told is None:  # not compared; or seen on neither side of this drug's comparison: then no trajectory
            told = {} if comparison else alteration
        values |= {"trajectory": told.get("trajectory"), "basis": told.get("basis"), "p": told.get("p")}
        by = {o["specimen"]: o for o in alteration["observations"]}
        for side in ("before", "after"):
            obs = by.get(told.get(side, ""))
            if obs is not None:
                values[side] = obs["specimen"]
                values |= {f"{side}_{key}": obs[key] for key in ("status", "depth", "alt_count", "vaf", "hidden_vaf")}
                extra = (obs.get(key) for key in ("copy_number", "log2", "value", "support", "text"))
                values[f"{side}_value"] = next((v for v in extra if v not in (None, "")), None)
        values["flags"] = "; ".join(f["code"] for f in alteration["flags"])
        values["phase"] = "; ".join(f"{p.get('phase', '')} {p.get('with', '')}" for p in alteration.get("phase", []))
    if claims:
        best = claims[0]
        values |= {key: best[key] for key in ("claim", "effect", "level", "precision", "relation")}
        sources = [s for c in claims for s in c["sources"]]
        confirmed = [s for s in sources if s["citation_status"] == "confirmed"]
        values |= {
            "claim_drug": best["drug"], "mechanism": best.get("mechanism", ""),
            "pmids": "; ".join(dict.fromkeys(p for s in confirmed for p in s["pmids"])),
            "source_ids": "; ".join(dict.fromkeys(f"{s['source']}:{s['id']}" for s in sources)),
            "citation_status": "confirmed" if confirmed else "unverified",
            "overcome_by": "; ".join(dict.fromkeys(o["drug"] for c in claims for o in c.get("overcome_by", []))),
        }  # fmt: skip
    return [values.get(column) for column in COLUMNS]
