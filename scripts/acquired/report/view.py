"""The patient's page as plain values for the template: what is printed where, in the page's language."""

from __future__ import annotations

import json
from typing import Any

from acquired.report import axis, cells, chart
from acquired.report.cells import ICONS, NEW, anchor
from acquired.report.findings import Rows
from acquired.report.negatives import Negatives
from acquired.report.why import sentence
from acquired.report.words import Words, signed

Json = dict[str, Any]

_UNSEEN: Json = {"status": "not assessed", "depth": None, "alt_count": None, "vaf": None, "hidden_vaf": None,
           "filters": [], "source": ""}  # fmt: skip
_ALARM = {"different": "bad", "doubtful": "warn", "same": "good"}


def complete(result: Json) -> Json:
    """`result` with an observation of every specimen in every alteration, in order of time."""
    for alteration in result["alterations"]:
        by = {o["specimen"]: o for o in alteration["observations"]}
        alteration["observations"] = [by.get(s["id"], {"specimen": s["id"], **_UNSEEN}) for s in result["specimens"]]
    return result


def patient_view(words: Words, result: Json, proteins: Json) -> Json:
    """Everything the patient's page prints. `result` as `complete` returns it; `proteins` as `protein.read` does."""
    from acquired.report import diagrams, protein, sites  # only drawn where a patient has something to draw

    rows, negatives = Rows(words, result), Negatives(words, result)
    verdicts = [_card(words, rows, result, verdict) for verdict in result["verdicts"]]
    drugs = [
        {**card, "rows": rows.drug_table(verdict), "negatives": negatives.of(verdict["drug"])}
        for card, verdict in zip(verdicts, result["verdicts"], strict=True)
    ]
    drivers = rows.drivers()
    new, other = rows.rest()
    course = _course(words, result)
    return {
        "head": head(words, result),
        "cards": verdicts,
        "drugs": drugs,
        "drivers": drivers,
        "new": new,
        "rest": other,
        "shown": rows.shown(),
        "other_claims": rows.other_claims(),
        "flags": rows.flags(),
        "course": course,
        "sites": sites.side_by_side(words, result),
        "proteins": protein.draw_all(words, result, proteins),
        "diagrams": diagrams.draw_all(words, result, course["charted"]),
        "set_aside": _set_aside(words, result),
        "methods": _methods(words, result),
        "trajectories": [
            {"key": t, "word": words.of("trajectory", t)}
            for t in ("emerged", "unresolved", "risen", "persistent", "fallen", "cleared", "not seen", "not compared")
        ],
    }


def head(words: Words, result: Json) -> Json:
    """Who, when and what; and what must be known before the rest."""
    disease = result["disease"]
    if disease["name"]:
        name = disease["name"]
    elif disease["given"]:
        name = words("page", "disease_unmatched", given=disease["given"])
    else:
        name = words("page", "disease_unknown")
    identity = result["quality"]["identity"]
    provenance = result["provenance"]
    therapies = []
    for therapy in result["therapies"]:
        status = cells.drug_status(words, therapy.get("status", ""), therapy.get("status_date", ""))
        therapies.append(
            {**therapy, "period": period(words, therapy), "classes": ", ".join(therapy["class"]), "status": status}
        )
    return {
        "patient": result["patient"],
        "disease": name,
        "status": result["status"],
        "build": result["build"],
        "identity": {"word": words.of("identity", identity["verdict"]), "why": identity["why"],
                     "tone": _ALARM.get(identity["verdict"], "plain"),
                     "alarm": identity["verdict"] in ("different", "doubtful")},
        "notes": [n["text"] for n in result.get("notes", [])],
        "problems": result["problems"],
        "axis": axis.header(words, result),
        "specimens": [
            {**s, "when": " · ".join(p for p in (words.day(s["day"]), words.date(s.get("date", ""))) if p),
             "role_word": words.of("role", s["role"]), "material_word": words.of("material", s["material"])}
            for s in result["specimens"]
        ],
        "therapies": therapies,
        "versions": words("page", "versions", workflow=provenance["workflow"].get("version", ""),
                          catalogue=provenance["catalogue"].get("version", "") or "–", build=result["build"] or "–"),
    }  # fmt: skip


def period(words: Words, therapy: Json) -> str:
    """When a therapy was given, in words."""
    start, stop = therapy["start"], therapy["stop"]
    if start is None and stop is None:
        return words("who", "period_unknown")
    if start is None:
        return words("who", "until", stop=signed(stop))
    if stop is None:
        return words("who", "open", start=signed(start))
    return words("who", "period", start=signed(start), stop=signed(stop))


def _card(words: Words, rows: Rows, result: Json, verdict: Json) -> Json:
    """One drug's verdict in its fixed wording with one sentence of why."""
    basis = words.of("basis", verdict["basis"]) if verdict["basis"] and verdict["verdict"] == "emerged" else ""
    wording = words.of("verdict", verdict["verdict"])
    therapy = next((t for t in result["therapies"] if t["drug"] == verdict["drug"]), None)
    frame = rows.comparisons.get(verdict["comparison"])
    against = ""
    if frame is not None:
        against = words(
            "verdicts", "against", baseline=", ".join(frame["baseline"]), follow_ups=", ".join(frame["window"])
        )
    why, foreign = sentence(words, rows, verdict)
    loci = ", ".join(
        f"{words.number(n)} {words.of('status', 'absent' if name == 'assessable' else name)}"
        for name, n in verdict.get("loci", {}).items()
    )
    return {
        "drug": verdict["drug"],
        "anchor": anchor("d", verdict["drug"]),
        "negatives_anchor": anchor("n", verdict["drug"]),
        "verdict": verdict["verdict"],
        "wording": words("page", "verdict_with_basis", verdict=wording, basis=basis) if basis else wording,
        "icon": ICONS[verdict["verdict"]],
        "why": why,
        "foreign": foreign,  # the sentence is in the result's language, not the page's
        "period": period(words, therapy) if therapy else "",
        "classes": ", ".join(therapy["class"][:3]) if therapy else "",
        "against": against,
        "loci": loci,
        "certain": _certain(words, rows, verdict),
        "alterations": [{"name": rows.names.get(a, a), "href": anchor("a", a)} for a in verdict["alterations"]],
    }


def _certain(words: Words, rows: Rows, verdict: Json) -> str:
    """What would put a verdict by calls on firm ground, naming the specimens of which too little is known; or ""."""
    frame = rows.comparisons.get(verdict["comparison"])
    if frame is None:
        return ""
    if verdict["verdict"] == "emerged" and verdict["basis"] not in ("depth", "assay"):
        told = [rows.on(a, verdict["comparison"]) for a in verdict["alterations"]]
        lacking = dict.fromkeys(t["before"] for t in told if t and t["basis"] == "calls" and t.get("before"))
    elif verdict["verdict"] == "none_called":
        lacking = dict.fromkeys(frame["window"])
    else:
        return ""
    return words("verdicts", "certain", specimens=", ".join(lacking)) if lacking else ""


def _course(words: Words, result: Json) -> Json:
    """The charts and the table of the same numbers, one row an alteration."""
    news = {a for v in result["verdicts"] for a in v["alterations"]}

    def weight(alteration: Json) -> tuple[int, str]:
        if alteration["id"] in news:
            return (0, alteration["name"])
        if alteration.get("driver"):
            return (1, alteration["name"])
        claimed = any(c["relation"] != "other" for c in alteration["claims"])
        return (2 if claimed else 3 if alteration["trajectory"] in NEW else 4, alteration["name"])

    # What is not claimed of a drug given is drawn only where it is news, and nothing says that it is something else.
    def drawn_at_all(alteration: Json) -> bool:
        news = weight(alteration)[0] == 3 and not alteration["flags"] and not alteration["protein"].endswith("=")
        return weight(alteration)[0] < 3 or news

    moving = [a for a in result["alterations"] if drawn_at_all(a)]
    ordered = sorted(moving, key=weight)
    charts: list[Json] = []
    drawn: dict[str, Json] = {}
    right = chart.right_end([a["name"] for a in ordered])
    for field, key in (("vaf", "vaf"), ("copy_number", "copies"), ("log2", "ratio"), ("value", "value")):
        series = [
            a for a in ordered if a["id"] not in drawn and any(o.get(field) is not None for o in a["observations"])
        ]
        series = series[: chart.MOST]
        drawing = chart.draw(words, result, series, field, words("course", key), right)
        if drawing:
            charts.append({"title": words("course", key), "svg": drawing, "scales": field == "vaf"})
            drawn |= {a["id"]: a for a in series}
    table = []
    for alteration in drawn.values():
        row = [cells.observation(words, o) for o in alteration["observations"]]
        table.append({"name": alteration["name"], "href": anchor("a", alteration["id"]), "cells": row,
                      "move": cells.trajectory(words, alteration["trajectory"], alteration["basis"])})  # fmt: skip
    return {"charts": charts, "rows": table, "charted": list(drawn)}


def _set_aside(words: Words, result: Json) -> Json:
    outside = result["quality"].get("outside_reference", 0)
    return {
        "records": [{**r, "n": words.number(r["count"])} for r in result["set_aside"]["records"]],
        "not_listed": [{**r, "n": words.number(r["count"])} for r in result["set_aside"]["not_listed"]],
        "outside": words("set_aside", "outside", n=words.number(outside)) if outside else "",
    }


def flat(value: Any, prefix: str = "") -> list[tuple[str, str]]:
    """Nested settings as dotted names with plain values, in the order they stand."""
    if isinstance(value, dict) and value:
        return [pair for key, item in value.items() for pair in flat(item, f"{prefix}.{key}" if prefix else str(key))]
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return [(prefix, "; ".join(str(item) for item in value))]
    return [(prefix, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))]


def _methods(words: Words, result: Json) -> Json:
    """How the files were read, what was compared with what, versions, settings, checksums."""
    provenance = result["provenance"]
    specimens = []
    for s in result["specimens"]:
        records = s.get("records") or {}
        count = {key: words.number(records.get(key, 0)) for key in ("read", "kept", "set_aside", "duplicates")}
        keys = ", ".join(
            words("methods", "vaf_key", key=k, n=words.number(n)) for k, n in (s.get("vaf_keys") or {}).items()
        )
        limit = s.get("limit")
        warnings = list(s.get("warnings", []))
        if s.get("informative") is False:
            warnings.insert(0, words("methods", "uninformative"))
        facts = [
            ("assay", s["assay"]), ("site", s.get("site", "")), ("histology", s.get("histology", "")),
            ("tumour_fraction", words.fraction(s["tumour_fraction"]) if s.get("tumour_fraction") is not None else ""),
            ("caller", _with(s["caller"], s.get("caller_source", ""))),
            ("sample", _with(s.get("sample", ""), s.get("sample_source", ""))),
            ("build_evidence", s.get("build_evidence", "")),
            ("records", words("methods", "records_text", **count) if records else ""),
            ("vaf_keys", keys), ("limit", words.fraction(limit) if limit is not None else ""),
            ("depth_source", s.get("depth_source", "")), ("warnings", " ".join(warnings)),
        ]  # fmt: skip
        specimens.append({
            "id": s["id"],
            "facts": [{"term": words("methods", t), "value": v} for t, v in facts if v],
            "role": words.of("role", s["role"]),
            "when": " · ".join(p for p in (words.day(s["day"]), words.date(s.get("date", ""))) if p),
            "material": words.of("material", s.get("material", "")),
        })  # fmt: skip
    versions = [(words("methods", part), flat(provenance[part])) for part in ("workflow", "catalogue", "reference")]
    versions.append((words("methods", "tool"), sorted(provenance["tools"].items())))
    return {
        "specimens": specimens,
        "comparisons": [
            {"therapies": ", ".join(c["therapies"]) or words("methods", "whole_course"),
             "baseline": ", ".join(c["baseline"]), "follow_ups": ", ".join(c["follow_ups"]),
             "window": ", ".join(c["window"]), "why": c["why"]}
            for c in result["comparisons"]
        ],
        "versions": versions,
        "schema": result["schema_version"],
        "parameters": flat(provenance["parameters"]) if provenance["parameters"] else [],
        "inputs": [{**i, "size": words.number(i["bytes"]) if "bytes" in i else ""} for i in provenance["inputs"]],
        "glossary": list(words.table["glossary"]["words"].items()),
    }  # fmt: skip


def _with(value: str, source: str) -> str:
    return f"{value} ({source})" if value and source else value
