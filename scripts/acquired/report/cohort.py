"""The cohort's page and table, from all result.json."""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

from acquired.report import spreadsheet
from acquired.report.cells import ICONS, anchor
from acquired.report.facts import COLUMNS, Facts, read_facts
from acquired.report.page import lab, read_words, render
from acquired.report.recurrence import recurrent
from acquired.report.transcripts import coding_exons, length
from acquired.report.words import Words
from acquired.whole import write_text

Json = dict[str, Any]

VERDICTS = ("emerged", "present_before", "none_found", "none_called", "cannot_be_judged")
#: Columns of the matrix; every alteration is in findings.tsv.
MOST = 60

#: One letter a cell: trajectories of what is there, statuses of what is not.
_LETTER = {
    "emerged": "E", "unresolved": "U", "risen": "R", "persistent": "P", "fallen": "F", "cleared": "C",
    "not seen": "N", "not compared": "N", "absent": "·", "low": "/", "not assessed": "/", "not called": "?",
}  # fmt: skip


def write_cohort(
    result_jsons: list[Path],
    out_html: Path,
    out_tsv: Path,
    resources: Path,
    settings: dict[str, Any],
    out_xlsx: Path | None = None,
) -> int:
    """Write the cohort's page, findings.tsv and (if asked) findings.xlsx from the patients' result.json.

    Each patient's report is linked relative to `out_html` as the report.html beside its result.json. settings as for
    `write_report`. The table has one row for each patient, drug and alteration, one for each verdict without any, one
    for each new alteration without a claim, and one for each refused patient; no cell of it can be a formula.
    Gives its number of rows.
    """
    words = read_words(resources, settings)
    cohort = []
    for path in result_jsons:
        facts = read_facts(json.loads(path.read_bytes()))
        facts.other_rows.clear()  # the patient's own table has them
        report = os.path.relpath(path.with_name("report.html").absolute(), out_html.parent.absolute())
        facts.link = quote(Path(report).as_posix())
        cohort.append(facts)
    cohort.sort(key=lambda facts: facts.patient)
    values = {"lab": lab(settings), "demo": any(f.demo for f in cohort), **cohort_view(words, cohort, resources)}
    write_text(out_html, render(resources, words, "cohort.html.j2", values))
    rows = [row for facts in cohort for row in facts.rows]
    write_text(out_tsv, spreadsheet.table(COLUMNS, rows))
    if out_xlsx:
        from acquired.export.tables import write_workbook

        write_workbook(out_xlsx, rows)
    return len(rows)


def cohort_view(words: Words, cohort: list[Facts], resources: Path) -> Json:
    """Everything the cohort's page prints."""
    status = Counter(facts.status for facts in cohort)
    drugs = sorted({v["drug"] for facts in cohort for v in facts.verdicts})
    index = {drug: i for i, drug in enumerate(drugs)}
    versions = sorted({f"acquired {w} · {words('methods', 'catalogue')} {c}" for w, c in (f.versions for f in cohort)})
    plural = words.table["cohort"]["n_patients"]
    n = plural["one" if len(cohort) == 1 else "other"].format(n=words.number(len(cohort)))
    return {
        "lead": words("cohort", "lead", patients=n, compared=words.number(status["compared"]),
                      not_compared=words.number(status["not compared"]), refused=words.number(status["refused"])),
        "versions": "; ".join(versions) if len(versions) < 2
        else words("cohort", "versions_many", versions="; ".join(versions)),
        "overview": _overview(words, cohort, index),
        "verdicts": [{"key": v, "word": words.of("verdict", v), "icon": ICONS[v]} for v in VERDICTS],
        "patients": [_patient(words, facts, index) for facts in cohort],
        "quality": [_quality(words, facts) for facts in cohort if facts.status != "refused"],
        "failed": [{"patient": f.patient, "link": f.link, "problems": f.problems}
                   for f in cohort if f.status == "refused"],
        "matrix": _matrix(words, cohort),
        "mechanisms": _mechanisms(words, cohort, drugs),
        "recurrent": [
            {"gene": r.gene, "residue": r.residue, "names": r.names[:6], "more": max(0, len(r.names) - 6),
             "n": len(r.patients), "patients": r.patients[:12], "others": max(0, len(r.patients) - 12),
             "expected": words.short(r.expected), "p": words.p(r.p), "q": words.p(r.q), "p_value": r.p, "q_value": r.q}
            for r in recurrent(cohort, {gene: length(exons) for gene, exons in coding_exons(resources).items()})
        ],
    }  # fmt: skip


def _overview(words: Words, cohort: list[Facts], index: dict[str, int]) -> list[Json]:
    """Drugs by verdict: how many patients, each number with the token that picks them in the patients' table."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for facts in cohort:
        for drug, verdict in {(v["drug"], v["verdict"]) for v in facts.verdicts}:
            counts[drug][verdict] += 1
    return [
        {"drug": drug, "total": counts[drug].total(),
         "cells": [{"n": counts[drug][v], "token": f"d{i}-{v}", "verdict": v,
                    "label": f"{drug}: {words.of('verdict', v)}"} for v in VERDICTS]}
        for drug, i in index.items()
    ]  # fmt: skip


def _patient(words: Words, facts: Facts, index: dict[str, int]) -> Json:
    verdicts = []
    for verdict in facts.verdicts:
        basis = words.of("basis", verdict["basis"]) if verdict["basis"] and verdict["verdict"] == "emerged" else ""
        wording = words.of("verdict", verdict["verdict"])
        if basis:
            wording = words("page", "verdict_with_basis", verdict=wording, basis=basis)
        verdicts.append({**verdict, "wording": wording, "icon": ICONS[verdict["verdict"]]})
    tokens = {f"v-{v['verdict']}" for v in facts.verdicts} | {
        f"d{index[v['drug']]}-{v['verdict']}" for v in facts.verdicts
    }
    tokens.add("s-" + facts.status.replace(" ", "-"))
    return {
        "patient": facts.patient, "anchor": anchor("p", facts.patient), "link": facts.link, "disease": facts.disease,
        "specimens": facts.specimens, "status": facts.status, "status_word": words("cohort", facts.status),
        "verdicts": verdicts, "tokens": " ".join(sorted(tokens)),
        "identity": facts.identity, "identity_word": words.of("identity", facts.identity),
    }  # fmt: skip


def _quality(words: Words, facts: Facts) -> Json:
    """One patient's run: who the specimens come from, what was read, how much of what is known could be judged."""
    able, loci = facts.assessable
    return {
        "patient": facts.patient, "link": facts.link, "identity": facts.identity,
        "identity_word": words.of("identity", facts.identity), "specimens": facts.specimens,
        "callers": facts.callers, "depth_from": facts.depth_from,
        "read": facts.records["read"], "aside": facts.records["set_aside"],
        "read_text": words.number(facts.records["read"]), "aside_text": words.number(facts.records["set_aside"]),
        "loci": words("cell", "counts", alt=words.number(able), depth=words.number(loci)) if loci else "",
        "share": round(able / loci, 3) if loci else -1,
        "warnings": facts.warnings[:3], "more": max(0, len(facts.warnings) - 3),
    }  # fmt: skip


def _matrix(words: Words, cohort: list[Facts]) -> Json:
    """Alterations with a resistance claim on a drug given, by patient; without one, the status of its locus."""
    cohort = [facts for facts in cohort if facts.status != "refused" and facts.identity != "different"]
    counts = Counter(name for facts in cohort for name in facts.marks)
    names = sorted(counts, key=lambda name: (-counts[name], name))
    shown = names[:MOST]
    place: dict[str, tuple[str, str]] = {}
    for facts in cohort:
        place |= facts.loci
    rows = []
    for facts in cohort:
        marks = []
        for name in shown:
            state = facts.marks.get(name) or facts.negatives.get(place[name], "")
            marks.append((_LETTER.get(state, ""), state))
        if any(letter for letter, _ in marks):
            rows.append({"patient": facts.patient, "link": facts.link, "marks": marks})
    words_of = {
        state: words.of("trajectory" if state in words.table["trajectory"] else "status", state) for state in _LETTER
    }
    return {
        "columns": [{"name": name, "n": counts[name]} for name in shown],
        "rows": rows,
        "total": len(names),
        "words": words_of,
    }


def _mechanisms(words: Words, cohort: list[Facts], drugs: list[str]) -> Json:
    """Mechanisms by drug: in how many patients, and by which alterations."""
    who: dict[tuple[str, str], set[str]] = defaultdict(set)
    what: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for facts in cohort:
        for drug, mechanism, name in sorted(set(facts.mechanisms)):
            who[(drug, mechanism)].add(facts.patient)
            what[(drug, mechanism)][name] += 1
    rows: list[Json] = []
    for drug in drugs:
        mine = sorted((m for d, m in who if d == drug), key=lambda m: (-len(who[(drug, m)]), m))
        for mechanism in mine:
            common = sorted(what[(drug, mechanism)].items(), key=lambda c: (-c[1], c[0]))
            rows.append({
                "drug": drug, "mechanism": words.of("mechanism", mechanism), "n": len(who[(drug, mechanism)]),
                "names": [f"{name} ({n})" if n > 1 else name for name, n in common[:8]],
                "more": max(0, len(common) - 8),
            })  # fmt: skip
    most = max((row["n"] for row in rows), default=1)
    for row in rows:
        row["width"] = max(2, round(100 * row["n"] / most))
    return {"rows": rows}
