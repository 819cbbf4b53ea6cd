"""Single values of result.json as a reader sees them: an observation, a trajectory, a source, a claim.

Everything here returns plain strings and dicts for the templates, which escape them; nothing is markup.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from acquired.catalogue.records import full_name
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
#: Flags of what is probably in every cell of the person.
INBORN = ("probable_germline", "in_normal")
#: Statuses that say nothing about how much could be hidden.
UNKNOWN = ("not called", "not assessed")

#: The bundled catalogue's file; a claim says its file only where it is another one, a lab's own.
_BUNDLED = "catalogue/claims.tsv"

_PMID = re.compile(r"[0-9]{1,9}\Z")
#: A remark that ends in ids in brackets.
_REMARK = re.compile(r"(.+) \(([A-Z]+-[^()]+)\)\Z")
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
    if obs["filters"]:  # a record the caller filtered stays absent where no read carries the alternative
        reasons = words("cell", "filtered", reasons=", ".join(obs["filters"]))
        word = reasons if status in SEEN else f"{word} ({reasons})"
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
    chance = words.p(p) if p is not None else ""
    return {
        "key": value,
        "word": words.of("trajectory", value),
        "basis": words.of("basis", basis) if basis else "",
        "icon": ICONS.get(value, ""),
        "p": f"p {chance}" if chance.startswith("<") else words("findings", "p", p=chance) if chance else "",
    }


def sources(words: Words, claim: Json) -> list[Json]:
    """Where one claim comes from, as {name, pmids, citation, missing}.

    Only confirmed numbers and citations are shown; a source without any says so. Source ids (CIViC's) are plain text.
    """
    shown = []
    for source in claim["sources"]:
        confirmed = source["citation_status"] == "confirmed"
        shown.append({
            "name": " ".join(part for part in (source["source"], source["id"]) if part),
            "pmids": _pmids(source["pmids"]) if confirmed else [],
            "citation": source.get("citation", "") if confirmed else "",
            "missing": "" if confirmed else words("findings", "no_citation"),
        })  # fmt: skip
    return shown


def brief_sources(words: Words, claims: list[Json], most: int = 4) -> Json:
    """The sources of several claims for one cell of a table: {pmids, more, names, missing}.

    The first `most` confirmed PMIDs, how many more there are, the sources with their ids, and whether none of the
    claims has a confirmed citation. The fold under the row holds all of them, claim by claim.
    """
    every = [source for claim in claims for source in claim["sources"]]
    confirmed = [source for source in every if source["citation_status"] == "confirmed"]
    pmids = list(dict.fromkeys(p for source in confirmed for p in source["pmids"]))
    ids: dict[str, dict[str, None]] = {}
    for source in confirmed or every:
        ids.setdefault(source["source"], {}).update(dict.fromkeys(source["id"].split(", ")))
    names = []
    for name, known in ids.items():
        listed = [i for i in known if i.startswith("EID")]  # CIViC's; other ids are the catalogue's own and in the fold
        more = f" +{len(listed) - 2}" if len(listed) > 2 else ""
        names.append(f"{name} {', '.join(listed[:2])}{more}".strip())
    return {
        "pmids": _pmids(pmids[:most]),
        "more": max(0, len(pmids) - most),
        "names": names,
        "missing": "" if confirmed or not every else words("findings", "no_citation"),
    }


def _pmids(numbers: Iterable[str]) -> list[Json]:
    """PMIDs as text, with the number where it is one and a link may be made of it."""
    return [{"text": f"PMID {p}", "number": p if _PMID.match(p) else ""} for p in numbers]


def condense(text: str) -> str:
    """Remarks joined by "; " of which several differ only in the id at their end, each said once.

    "X resists it (ACQ-1); X resists it (ACQ-2)" -> "X resists it (ACQ-1, +1)".
    """
    groups: dict[str, list[str]] = {}
    for remark in text.split("; "):
        match = _REMARK.match(remark)
        head, tail = (match[1], match[2]) if match else (remark, "")
        groups.setdefault(head, []).append(tail)
    parts = []
    for head, tails in groups.items():
        ids = list(dict.fromkeys(tail for tail in tails if tail))
        more = f", +{len(ids) - 1}" if len(ids) > 1 else ""
        parts.append(f"{head} ({ids[0]}{more})" if ids else head)
    return "; ".join(parts)


def conflict(words: Words, claim: Json) -> str:
    """`conflicting` with both counts where evidence disagrees; else the result's own remark, mostly empty."""
    n_for, n_against = claim.get("evidence_for", 0), claim.get("evidence_against", 0)
    if n_for and n_against:
        return words("findings", "conflict", n_for=words.number(n_for), n_against=words.number(n_against))
    return condense(claim.get("conflict", ""))


def drug_status(words: Words, status: str, date: str) -> str:
    """A drug's status with the date of what says so: a full date is the label's, a month that of a curator's look."""
    if not status:
        return ""
    dated = "label" if len(date) == 10 and status == "approved" else "dated"
    word = words.of("drug_status", status)
    return words("cell", dated, status=word, date=words.date(date)) if date else word


def overcome(words: Words, claims: Iterable[Json]) -> list[Json]:
    """What overcomes a resistance, each drug once, as {drug, text, note}: status and its date, level; and the remark.

    Best level first, approved drugs before others of the same level.
    """
    best: dict[str, Json] = {}
    for claim in claims:
        for item in claim.get("overcome_by", []):
            known = best.get(item["drug"])
            if known is None or (item.get("level") or "Z") < (known.get("level") or "Z"):
                best[item["drug"]] = item
    ranked = sorted(best.values(), key=lambda i: (i.get("level") or "Z", i.get("status") != "approved", i["drug"]))
    shown = []
    for item in ranked:
        when = drug_status(words, item.get("status", ""), item.get("status_date", ""))
        level = f"{words('findings', 'level')} {item['level']}" if item.get("level") else ""
        note = item.get("note", "")
        if note in words.table["drug_status"]:  # the claim says itself how far its combination has come
            when, note = when or words.of("drug_status", note), ""
        shown.append({"drug": item["drug"], "claim": item["claim"],
                      "text": ", ".join(part for part in (level, when) if part),
                      "note": condense(note)})  # fmt: skip
    return shown


def claim_line(words: Words, claim: Json) -> Json:
    """One claim as a row of the table of all claims."""
    activity = []
    for item in claim.get("activity", []):
        activity.append(", ".join(f"{key} {value}" for key, value in item.items() if value not in ("", None)))
    remarks = [
        condense(claim.get("context", "")),
        condense(claim.get("note", "")),
        conflict(words, claim),
        words("findings", "does_not_raise")
        if claim.get("raises_verdict") is False and claim["effect"] in RESISTANCE
        else "",
        *activity,
    ]
    return {
        "claim": claim["claim"],
        "alteration": full_name(claim.get("gene", ""), claim.get("alteration", "")),
        "drug": claim["drug"],
        "effect": words.of("effect", claim["effect"]),
        "level": claim["level"],
        "match": words.of("precision", claim["precision"]),
        "relation": words.of("relation", claim["relation"]),
        "disease": claim.get("disease", ""),
        "disease_match": words.of("disease_match", claim.get("disease_match", "")),
        "sources": sources(words, claim),
        "remarks": [remark for remark in remarks if remark],
        "file": claim.get("file", "") if not claim.get("file", "").endswith(_BUNDLED) else "",
    }


def belongs(claim: Json, drug: str, classes: Iterable[str]) -> bool:
    """Whether a claim speaks of `drug`: by name, as a part of a combination, or as one of its classes."""
    if claim["drug"] in classes:
        return True
    return bool(set(claim["drug"].split(" + ")) & {drug, *drug.split(" + ")})
