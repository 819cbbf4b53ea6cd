"""Single values of result.json as a reader sees them: an observation, a trajectory, a source, a claim.

Everything here returns plain strings and dicts for the templates, which escape them; nothing is markup.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from acquired.report.words import NOTHING, Words

Json = dict[str, Any]

#: Shown beside the word, never instead of it.
ICONS = {
    "emerged": "▲", "unresolved": "△", "risen": "↗", "persistent": "=", "fallen": "↘", "cleared": "▽",
    "not seen": "○", "not compared": NOTHING,
    "present_before": "◆", "none_found": "●", "none_called": "○", "cannot_be_judged": "?",
}  # fmt: skip

RESISTANCE = ("resistance", "reduced sensitivity")
#: Trajectories that are news at a follow-up.
NEW = ("emerged", "unresolved", "risen")
SEEN = ("called", "filtered", "genotyped")
#: Statuses that say nothing about how much could be hidden.
UNKNOWN = ("not called", "not assessed")

_PMID = re.compile(r"[0-9]{1,9}\Z")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def anchor(kind: str, value: str) -> str:
    """A safe, stable fragment id for a value of any content: readable where it can be, hashed where it must."""
    safe = _UNSAFE.sub("-", value)[:60]
    if safe != value:
        safe += "-" + hashlib.sha256(value.encode()).hexdigest()[:8]
    return f"{kind}-{safe}"


def observation(words: Words, obs: Json | None) -> Json:
    """One observation as {main, sub, status, word, note, value}.

    main: what to read first; sub: the reads or the second number; word: the status in words with the
    caller's filters; value: the number to sort by (a fraction, copies, …) or None.
    """
    if obs is None:
        return {"main": NOTHING, "sub": "", "status": "", "word": "", "value": None}
    status = obs["status"]
    word = words.of("status", status)
    if obs["filters"]:
        word = words("cell", "filtered", reasons=", ".join(obs["filters"]))
    depth, alt = obs["depth"], obs["alt_count"]
    counts = ""
    if depth is not None:
        counts = words("cell", "counts", alt=words.number(alt or 0), depth=words.number(depth))
    main, sub, value = word, "", None
    if (copies := obs.get("copy_number")) is not None:
        main, value = words("cell", "copies", n=words.short(copies)), copies
        sub = words("cell", "log2", n=words.short(obs["log2"])) if obs.get("log2") is not None else ""
    elif obs.get("log2") is not None:
        main, value = words("cell", "log2", n=words.short(obs["log2"])), obs["log2"]
    elif obs.get("value") is not None:
        main, value = words.short(obs["value"]), obs["value"]
    elif obs.get("support") is not None:
        main, value = words("cell", "support", n=words.number(obs["support"])), obs["support"]
    elif obs.get("text"):
        main = obs["text"]
    elif status in SEEN and obs["vaf"] is not None:
        main, sub, value = words.fraction(obs["vaf"]), counts, obs["vaf"]
    elif status in ("absent", "low") and obs["hidden_vaf"] is not None:
        main, sub, value = words("cell", "at_most", hidden=words.fraction(obs["hidden_vaf"])), counts, 0.0
    elif counts:
        main, sub = counts, ""
    if main == word and not obs["filters"]:
        word = ""
    return {"main": main, "sub": sub, "status": status, "word": word, "value": value}


def plain(cell: Json) -> str:
    """An observation's cell on one line."""
    return ", ".join(part for part in (cell["main"], cell["sub"], cell["word"]) if part)


def trajectory(words: Words, value: str, basis: str, p: float | None = None) -> Json:
    """A trajectory as {word, basis, icon, tone, p}; `emerged` and `cleared` always carry their basis."""
    return {
        "key": value,
        "word": words.of("trajectory", value),
        "basis": words.of("basis", basis) if basis else "",
        "icon": ICONS.get(value, ""),
        "p": words("findings", "p", p=words.p(p)) if p is not None else "",
    }


def sources(words: Words, claims: Iterable[Json], brief: bool = False) -> list[Json]:
    """Where claims come from, each once, as {text, pmids}: confirmed numbers only.

    A source without a confirmed citation says so. Source ids (CIViC's) are shown as text. brief: leave such sources
    out where another one has a confirmed citation.
    """
    shown: dict[tuple[str, tuple[str, ...]], Json] = {}
    for claim in claims:
        for source in claim["sources"]:
            confirmed = source["citation_status"] == "confirmed"
            pmids = tuple(source["pmids"]) if confirmed else ()
            name = " ".join(part for part in (source["source"], source["id"]) if part)
            citation = source.get("citation", "") if confirmed else ""
            shown.setdefault((name, pmids), {
                "name": name,
                "pmids": [{"text": f"PMID {p}", "number": p if _PMID.match(p) else ""} for p in pmids],
                "citation": citation,
                "missing": "" if pmids or citation else words("findings", "no_citation"),
            })  # fmt: skip
    ranked = sorted(shown.values(), key=lambda s: bool(s["missing"]))
    if brief and ranked and not ranked[0]["missing"]:
        ranked = [source for source in ranked if not source["missing"]]
    # A source that repeats numbers already shown under another name keeps its name only.
    seen: set[str] = set()
    for source in ranked:
        source["pmids"] = [p for p in source["pmids"] if p["text"] not in seen]
        seen.update(p["text"] for p in source["pmids"])
    return ranked


def conflict(words: Words, claim: Json) -> str:
    """`conflicting` with both counts where evidence disagrees; else the result's own remark, mostly empty."""
    n_for, n_against = claim.get("evidence_for", 0), claim.get("evidence_against", 0)
    if n_for and n_against:
        return words("findings", "conflict", n_for=words.number(n_for), n_against=words.number(n_against))
    return str(claim.get("conflict", ""))


def overcome(words: Words, claims: Iterable[Json]) -> list[Json]:
    """What overcomes a resistance, each drug once, as {drug, text}: level, status and the date of that status."""
    shown: dict[str, Json] = {}
    for claim in claims:
        for item in claim.get("overcome_by", []):
            status = words.of("drug_status", item.get("status", ""))
            date = words.date(item.get("status_date", ""))
            parts = [" ".join(part for part in (status, date) if part), item.get("level", ""), item.get("note", "")]
            shown.setdefault(item["drug"], {"drug": item["drug"], "claim": item["claim"],
                                            "text": ", ".join(part for part in parts if part)})  # fmt: skip
    return list(shown.values())


def claim_line(words: Words, claim: Json) -> Json:
    """One claim as a row of the table of all claims."""
    activity = []
    for item in claim.get("activity", []):
        activity.append(", ".join(f"{key} {value}" for key, value in item.items() if value not in ("", None)))
    remarks = [
        claim.get("context", ""),
        claim.get("note", ""),
        conflict(words, claim),
        words("findings", "does_not_raise") if claim.get("raises_verdict") is False else "",
        *activity,
    ]
    return {
        "claim": claim["claim"],
        "alteration": " ".join(part for part in (claim.get("gene", ""), claim.get("alteration", "")) if part),
        "drug": claim["drug"],
        "effect": words.of("effect", claim["effect"]),
        "level": claim["level"],
        "match": words.of("precision", claim["precision"]),
        "relation": words.of("relation", claim["relation"]),
        "disease": claim.get("disease", ""),
        "disease_match": words.of("disease_match", claim.get("disease_match", "")),
        "sources": sources(words, [claim]),
        "remarks": [remark for remark in remarks if remark],
        "file": claim.get("file", ""),
    }


def belongs(claim: Json, drug: str, classes: Iterable[str]) -> bool:
    """Whether a claim speaks of `drug`: by name, as a part of a combination, or as one of its classes."""
    if claim["drug"] in classes:
        return True
    return bool(set(claim["drug"].split(" + ")) & {drug, *drug.split(" + ")})
