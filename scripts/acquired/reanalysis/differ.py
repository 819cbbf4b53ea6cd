"""What another catalogue changes for a patient: verdicts, and the claims, mechanism and course of alterations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]

#: Fields of a claim that are told where they change, in words of a reader.
_TOLD = {
    "effect": "effect", "level": "level", "drug": "drug", "disease": "disease", "disease_match": "match of the disease",
    "mechanism": "mechanism", "precision": "precision", "relation": "relation", "context": "context",
    "conflict": "conflict", "evidence_for": "evidence for", "evidence_against": "evidence against",
    "raises_verdict": "raises a verdict", "note": "note", "alteration": "name",
}  # fmt: skip
#: Of an alteration itself.
_OWN = {"trajectory": "trajectory", "basis": "basis", "mechanism": "mechanism", "driver": "driver"}


@dataclass(frozen=True)
class Change:
    """One thing that differs. on: the drug of a verdict, or the name of an alteration. near: it is of a drug that was
    given, or of its class. before, after: in words; empty where there was or is nothing."""

    on: str
    what: str
    before: str
    after: str
    near: bool = True


@dataclass
class Difference:
    """All that differs for one patient. unknown: drug -> loci of which the stored result says nothing."""

    patient: str
    verdicts: list[Change] = field(default_factory=list)
    findings: list[Change] = field(default_factory=list)
    unknown: dict[str, list[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.verdicts or self.findings)


def difference(stored: Json, again: Json) -> Difference:
    """What differs between a stored result and what `Judge.judge` made of it."""
    names = {a["id"]: a["name"] for a in stored["alterations"]}
    found = Difference(stored["patient"], unknown=again["unknown"])
    before, after = ({v["drug"]: v for v in r["verdicts"]} for r in (stored, again))
    for drug in dict.fromkeys([*before, *after]):
        was, now = before.get(drug), after.get(drug)
        if _sense(was) != _sense(now):
            found.verdicts.append(Change(drug, "verdict", _told(was, names), _told(now, names)))
        elif (one := _rests_on(was, names)) != (two := _rests_on(now, names)):
            found.findings.append(Change(drug, "what the verdict rests on", one, two))
    for old, new in zip(stored["alterations"], again["alterations"], strict=True):
        found.findings += _of_alteration(old, new)
    return found


def _sense(verdict: Json | None) -> Any:
    """What a verdict says, without its sentence."""
    return None if verdict is None else (verdict["verdict"], verdict["basis"], verdict["alterations"])


def _rests_on(verdict: Json | None, names: Mapping[str, str]) -> str:
    """The claims behind a verdict."""
    parts = verdict.get("why_parts", ()) if verdict else ()
    return ", ".join(f"{names[p['alteration']]} ({p['trajectory']}) by {p['claim']}" for p in parts)


def _told(verdict: Json | None, names: Mapping[str, str]) -> str:
    if verdict is None:
        return ""
    on = ", ".join(dict.fromkeys(names[a] for a in verdict["alterations"]))
    return f"{verdict['wording']}{f' ({on})' if on else ''}. {verdict['why']}"


def _of_alteration(old: Json, new: Json) -> Iterator[Change]:
    name = old["name"]
    for key, word in _OWN.items():
        if old.get(key) != new.get(key):
            yield Change(name, word, _text(old.get(key)), _text(new.get(key)))
    before, after = ({c["claim"]: c for c in a["claims"]} for a in (old, new))
    for id_ in sorted(before.keys() | after.keys()):
        was, now = before.get(id_), after.get(id_)
        near = any(c["relation"] != "other" for c in (was, now) if c)
        if was is None or now is None:
            yield Change(name, f"claim {id_}", _claim(was), _claim(now), near)
            continue
        for key, word in _TOLD.items():
            if was.get(key) != now.get(key):
                yield Change(name, f"{word} of {id_}", _text(was.get(key)), _text(now.get(key)), near)
        for word, tell in (("sources", _sources), ("overcome by", _overcome), ("activity", _activity)):
            if (one := tell(was)) != (two := tell(now)):
                yield Change(name, f"{word} of {id_}", one, two, near)


def _claim(claim: Json | None) -> str:
    if claim is None:
        return ""
    raises = "raises a verdict" if claim["raises_verdict"] else "raises none"
    return f"{claim['effect']} to {claim['drug']}, level {claim['level']}, {claim['disease']}, {raises}"


def _sources(claim: Json) -> str:
    return "; ".join(
        f"{s['source']} {s['id']} {' '.join(s['pmids'])} {s['citation_status']}".replace("  ", " ")
        for s in claim["sources"]
    )


def _overcome(claim: Json) -> str:
    return ", ".join(f"{o['drug']} (level {o['level']}, {o['status']})" for o in claim.get("overcome_by", ()))


def _activity(claim: Json) -> str:
    return "; ".join(", ".join(f"{k} {v}" for k, v in row.items()) for row in claim.get("activity", ()))


def _text(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return "yes" if value else "no" if value is False else ""
    return str(value)
