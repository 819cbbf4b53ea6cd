"""The parts of result.json, in the shape of workflow/schemas/result.schema.yaml."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import acquired
from acquired.catalogue import Catalogue
from acquired.catalogue.proteins import parse_protein
from acquired.catalogue.rank import raising
from acquired.catalogue.store import public
from acquired.judge.findings import Finding
from acquired.judge.settle import is_driver
from acquired.model import Annotation, Kind

SCHEMA_VERSION = "1.0.0"
#: Which trajectory says most, for an alteration without a claim on a drug given.
_TELLING = ("emerged", "unresolved", "risen", "fallen", "cleared", "persistent", "not seen", "not compared")
_SPECIMEN = (
    "id", "role", "day", "date", "order", "assay", "material", "site", "caller", "caller_source", "sample",
    "sample_source", "records", "vaf_keys", "build_evidence", "limit", "depth_source", "histology",
    "tumour_fraction", "informative", "therapies", "warnings",
)  # fmt: skip


def empty(compared: Mapping[str, Any], facts: Mapping[str, Any], identity: str) -> dict[str, Any]:
    """A result with nothing in it but who, what was refused and why."""
    return {
        "schema_version": SCHEMA_VERSION,
        "status": compared["status"],
        "patient": str(facts.get("patient") or compared["patient"]),
        "disease": {"given": str(facts.get("disease", "")), "name": "", "id": "", "ancestors": []},
        "build": compared.get("build", ""),
        "demo": bool(facts.get("demo", False)),
        "problems": [problem(p) for p in compared.get("problems", [])],
        "notes": [{"code": n["code"], "text": n["text"]} for n in compared.get("notes", [])],
        "specimens": [specimen(s) for s in compared.get("specimens", [])],
        "therapies": [],
        "comparisons": [],
        "verdicts": [],
        "alterations": [],
        "negatives": [],
        "set_aside": {"records": set_aside(compared), "not_listed": []},
        "quality": {
            "identity": {"verdict": "not checked", "why": identity, "pairs": []},
            "outside_reference": int(compared.get("outside_reference", 0)),
        },
        "provenance": {},
    }


def dumps(result: Mapping[str, Any]) -> str:
    """The result as JSON, one line for each entry of a list: short, quick to write, and fit for `diff`."""

    def value(v: Any) -> str:
        if isinstance(v, list) and v:
            return "[\n  " + ",\n  ".join(json.dumps(item, ensure_ascii=False) for item in v) + "\n ]"
        return json.dumps(v, ensure_ascii=False)

    return "{\n " + ",\n ".join(f"{json.dumps(k)}: {value(v)}" for k, v in result.items()) + "\n}\n"


def problem(p: Mapping[str, Any]) -> dict[str, str]:
    """A problem without fields the contract does not have."""
    return {k: str(p[k]) for k in ("where", "what", "cause", "remedy", "specimen") if p.get(k) is not None}


def specimen(s: Mapping[str, Any]) -> dict[str, Any]:
    """A specimen of compared.json as the contract has it; warnings as sentences."""
    told = {k: s[k] for k in _SPECIMEN if k in s}
    told["warnings"] = [_sentence(w) for w in s.get("warnings", [])]
    return told


def _sentence(warning: Any) -> str:
    if not isinstance(warning, Mapping):
        return str(warning)
    return str(warning.get("text") or " ".join(str(warning[k]) for k in ("where", "what", "remedy") if warning.get(k)))


def set_aside(compared: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Records set aside at intake, by specimen and reason."""
    return [
        {"specimen": r["specimen"], "reason": r["reason"], "count": r["count"], "examples": list(r["examples"])[:5]}
        for r in compared.get("set_aside", [])
    ]


def headline(
    f: Finding, comparisons: Sequence[Mapping[str, Any]], drugs: Sequence[str], levels: Sequence[str]
) -> tuple[str, str]:
    """The trajectory and basis an alteration is headed by.

    That of the comparison of the therapy it is resistance to (of several, the one that says most); else of the therapy
    its strongest claim speaks of; else the one that says most of all.
    """
    if not f.trajectories:
        return "not compared", ""
    resisted = {drug for drug in drugs if raising(f.matches, drug, levels)}
    strongest = next((m for m in f.matches if m["relation"] == "given" and m["applies"]), None)
    for concerned in (resisted, set(strongest["concerns"]) if strongest else set()):
        own = [c["id"] for c in comparisons if concerned & set(c["drugs"])]
        told = [t for t in f.trajectories if t["comparison"] in own]
        if told:
            return _most_telling(told)
    return _most_telling(f.trajectories)


def _most_telling(trajectories: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    best = min(trajectories, key=lambda t: _TELLING.index(t["trajectory"]))
    return best["trajectory"], best["basis"]


def alteration(
    f: Finding, comparisons: Sequence[Mapping[str, Any]], drugs: Sequence[str], levels: Sequence[str]
) -> dict[str, Any]:
    """A finding as result.json has it."""
    a, row = f.annotation, f.row
    told: dict[str, Any] = {
        "id": f.id,
        "kind": str(f.kind),
        "gene": f.gene,
        "name": f.name,
        "transcript": a.transcript if a else "",
        "hgvs_c": a.hgvs_c if a else "",
        "hgvs_p": a.hgvs_p if a else "",
        "protein": a.protein if a else "",
        "consequence": a.consequence if a else "",
        "annotation_origin": a.origin if a else "",
        "chrom": row.allele.chrom if row else "",
        "pos": row.allele.pos if row else None,
        "ref": row.allele.ref if row else "",
        "alt": row.allele.alt if row else "",
        **judged(f, comparisons, drugs, levels),
        "observations": f.observations,
        "phase": f.phase,
    }
    if a and a.exon:
        told["exon"] = a.exon
    if aliases := sorted({f"{x.transcript}:{x.protein}" for x in f.annotations if not x.clinical and x.protein}):
        told["aliases"] = aliases
    if row and row.given:
        told["given"] = row.given
    if f.parts:
        told["parts"] = f.parts
    if f.details:
        told["details"] = f.details
    if f.reversion:
        told["reversion"] = f.reversion
    if f.state:
        told["state"] = f.state
    if (matched := matched_by(f.annotations)) != matched_by([annotation_of(told)] if a else []):
        told["annotations"] = matched
    return told


def judged(
    f: Finding, comparisons: Sequence[Mapping[str, Any]], drugs: Sequence[str], levels: Sequence[str]
) -> dict[str, Any]:
    """What of an alteration depends on the catalogue."""
    trajectory, basis = headline(f, comparisons, drugs, levels)
    raised = {m["claim"] for drug in drugs for m in raising(f.matches, drug, levels)}
    driver = is_driver(f, drugs, levels)
    return {
        "trajectory": trajectory,
        "basis": basis,
        "trajectories": f.trajectories,
        "mechanism": _mechanism(f, driver),
        "driver": driver,
        "claims": [_claim(m, m["claim"] in raised) for m in f.matches],
        "flags": f.flags,
    }


#: What the matcher reads of an annotation.
_MATCHED = (
    "gene", "transcript", "hgvs_c", "protein", "consequence", "protein_start", "protein_end", "exon", "clinical",
)  # fmt: skip


def matched_by(annotations: Sequence[Annotation]) -> list[dict[str, Any]]:
    """What claims are met by, in the fields that matter: of each gene the clinical annotations if it has any."""
    clinical = {a.gene for a in annotations if a.clinical}
    return [{k: getattr(a, k) for k in _MATCHED} for a in annotations if a.clinical or a.gene not in clinical]


def annotation_of(told: Mapping[str, Any]) -> Annotation:
    """The annotation that an alteration of result.json is named by."""
    change = parse_protein(told["protein"]) if told["protein"] else None
    return Annotation(
        told["gene"], told["transcript"], hgvs_c=told["hgvs_c"], hgvs_p=told["hgvs_p"], protein=told["protein"],
        consequence=told["consequence"], protein_start=change.start if change else 0,
        protein_end=change.end if change else 0, exon=told.get("exon", 0), origin=told["annotation_origin"],
    )  # fmt: skip


def _mechanism(f: Finding, driver: bool) -> str:
    """Mechanism of the strongest resistance claim; a driver has one only by a claim on a drug given, in its tumour."""
    for m in f.matches:
        own = m["relation"] == "given" and m["disease_match"] != "other"
        if m["effect"] != "sensitivity" and m["applies"] and (own or not driver):
            return str(m["mechanism"])
    return f.state if f.state == "reversion" else ""


def _claim(match: Mapping[str, Any], raises: bool) -> dict[str, Any]:
    """A match without its private fields and without empty texts."""
    told = {**public(dict(match)), "raises_verdict": raises}
    return {k: v for k, v in told.items() if v or k not in ("context", "conflict", "note", "overcome_by")}


def order(
    f: Finding, comparisons: Sequence[Mapping[str, Any]], drugs: Sequence[str], levels: Sequence[str]
) -> tuple[Any, ...]:
    """Sort key of alterations: on a given drug first, resistance before drivers, then by what moved, then by place."""
    first = f.matches[0] if f.matches else None
    relation = ("given", "same class", "other").index(first["relation"]) if first else 3
    resists = any(m["relation"] == "given" and m["effect"] != "sensitivity" and m["applies"] for m in f.matches)
    telling = _TELLING.index(headline(f, comparisons, drugs, levels)[0])
    place = (f.row.allele.chrom, f.row.allele.pos, f.row.allele.ref, f.row.allele.alt) if f.row else ("", 0, "", "")
    return not resists, relation, telling, f.kind != Kind.SMALL, place, f.id


def not_listed(counts: Counter[str]) -> list[dict[str, Any]]:
    """Counts by reason, most first."""
    return [{"reason": r, "count": n} for r, n in sorted(counts.items(), key=lambda c: (-c[1], c[0])) if n]


def provenance(
    compared: Mapping[str, Any],
    catalogue: Catalogue,
    built: Path | None,
    library: str,
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """Versions, digests and settings. No absolute path and no time: the same inputs give the same bytes.

    library: digest of the library's files.
    """
    import pysam.version as version

    reference: dict[str, Any] = {"build": compared.get("build", "")}
    if built is not None and (built / "reference.json").exists():
        text = (built / "reference.json").read_bytes()
        described = json.loads(text)
        reference |= {k: described[k] for k in ("build", "source", "assembly", "transcripts", "bundle", "genome", "gff")
                      if k in described}  # fmt: skip
        reference["digest"] = described.get("digest") or described.get("gff3_sha256", "")
    own = catalogue.provenance
    lab = [f["file"] for f in own["files"] if f["kind"] == "lab"]
    return {
        "workflow": {"version": acquired.__version__, "digest": library},
        "catalogue": {
            "name": own["name"],
            "version": own["version"],
            "date": own["date"],
            "digest": own["digest"],
            "claims": own["claims"],
            "files": {f["file"]: f["sha256"] for f in own["files"]},
            **({"lab": lab} if lab else {}),
        },
        "reference": reference,
        "tools": {
            "python": ".".join(map(str, sys.version_info[:3])),
            "pysam": version.__version__,
            "htslib": version.__htslib_version__,
            "bcftools": version.__bcftools_version__,
        },
        "parameters": _named_only(settings),
        "inputs": [
            {k: i[k] for k in ("specimen", "kind", "path", "sha256", "bytes") if k in i}
            for i in compared.get("inputs", [])
        ],
    }


def _named_only(value: Any) -> Any:
    """Settings with files by name only: folders of this machine say nothing of the result."""
    if isinstance(value, Mapping):
        return {str(k): (Path(v).name if k == "regions" and v else _named_only(v)) for k, v in sorted(value.items())}
    if isinstance(value, (list, tuple)):
        return [_named_only(v) for v in value]
    return value
