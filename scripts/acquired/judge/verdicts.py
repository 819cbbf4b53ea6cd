"""One verdict for each drug given, in five fixed wordings, each with one sentence that says why.

In this order, the first that holds:
    emerged           a resistance alteration emerged in the comparison of this drug
    present_before    one was there before treatment and is there now (risen or persistent)
    cannot_be_judged  nothing was compared; or a resistance alteration is there now and the earlier specimen cannot tell
                      since when, or it is seen in filtered calls only, or the claim it meets may not raise a verdict
                      (another disease, no confirmed citation, a condition not shown); or the catalogue knows no
                      locus; or known loci were looked at too thinly or not at all
    none_called       nothing says how deep some known locus was looked at
    none_found        every known locus of level A and B was looked at deeply enough at follow-up
What raises a verdict is decided by `acquired.catalogue.rank.raising`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from acquired.catalogue.rank import raising
from acquired.catalogue.records import full_name
from acquired.judge import wording
from acquired.judge.findings import Finding
from acquired.judge.negatives import ORDER, Place
from acquired.judge.settle import doubt_of
from acquired.model import Basis, Kind

_SEEN = ("called", "genotyped")
_PRECEDENCE = ("emerged", "present_before", "cannot_be_judged", "none_called", "none_found")


@dataclass
class Loci:
    """The known loci of one drug and what each specimen says of them (see `negatives.assess`)."""

    places: list[Place] = field(default_factory=list)
    assessed: dict[tuple[int, str], dict[str, Any]] = field(default_factory=dict)


@dataclass
class Case:
    """What a verdict is made from. words: judge.<language>.yaml. levels: those that raise a verdict."""

    findings: Sequence[Finding]
    comparisons: Sequence[Mapping[str, Any]]
    specimens: Sequence[Mapping[str, Any]]
    notes: Sequence[Mapping[str, str]]
    levels: Sequence[str]
    needed_levels: Sequence[str]
    words: Mapping[str, Any]


def verdict_of(drug: str, case: Case, loci: Loci) -> dict[str, Any]:
    """The verdict on one drug; where it was given in several lines, the one that says most, the latest first."""
    own = [c for c in case.comparisons if drug in c["drugs"]]
    if not own:
        return _not_compared(drug, case)
    found = [_on(drug, c, case, loci) for c in own]
    return min(reversed(found), key=lambda v: _PRECEDENCE.index(v["verdict"]))


def not_same_person(verdict: Mapping[str, Any], words: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict once it is known that the specimens are of different persons: nothing can be judged.

    What was seen stays: the alterations are listed as they are, and `loci` is kept.
    """
    return {
        **verdict,
        "verdict": "cannot_be_judged",
        "wording": words["verdict"]["cannot_be_judged"],
        "basis": "",
        "why": words["why"]["not_same_person"].format(drug=verdict["drug"]),
        "why_parts": [],
        "alterations": [],
    }


def _on(drug: str, comparison: Mapping[str, Any], case: Case, loci: Loci) -> dict[str, Any]:
    raised = []
    for f in case.findings:
        told, matches = f.trajectory(comparison["id"]), raising(f.matches, drug, case.levels)
        if told and matches:
            raised.append((f, told, matches[0]))
    raised.sort(key=lambda r: _strength(*r))
    counts = _locus_counts(comparison, case, loci)
    shown = [r for r in raised if not _filtered_only(r[0], comparison)]
    for verdict, words in (("emerged", ("emerged",)), ("present_before", ("risen", "persistent"))):
        chosen = [r for r in shown if r[1]["trajectory"] in words]
        if chosen:
            basis = chosen[0][1]["basis"] if verdict == "emerged" else ""
            why = _moved(chosen, raised, comparison, case)
            return _verdict(drug, verdict, basis, why, comparison, chosen, counts, case)
    return _without(drug, comparison, case, loci, raised, counts)


def _strength(f: Finding, told: Mapping[str, Any], match: Mapping[str, Any]) -> tuple[Any, ...]:
    """Order of the alterations a verdict stands on: level, own claim before class, precision, basis, fraction."""
    basis = list(Basis).index(Basis(told["basis"])) if told["basis"] else len(Basis)
    precision = ("exact", "codon", "range", "class", "gene").index(match["precision"])
    now = f.seen_in(told["after"]).get("vaf") or 0.0
    return match["level"], match["drug_is_class"], precision, basis, -now, f.id


def _filtered_only(f: Finding, comparison: Mapping[str, Any]) -> bool:
    """Whether the follow-ups show the alteration in filtered calls and no other."""
    statuses = {f.seen_in(s)["status"] for s in comparison["window"]}
    return "filtered" in statuses and not statuses & set(_SEEN)


def _verdict(
    drug: str,
    verdict: str,
    basis: str,
    why: str,
    comparison: Mapping[str, Any] | None,
    raised: Sequence[tuple[Finding, Mapping[str, Any], Mapping[str, Any]]],
    counts: dict[str, int],
    case: Case,
) -> dict[str, Any]:
    told = case.words["verdict"]
    # Nothing is called emerged without its ground: a basis that has no words is a defect, and shows here.
    shown = told[verdict].format(basis=case.words["basis"][basis]) if verdict == "emerged" else told[verdict]
    parts = [
        {"alteration": f.id, "claim": m["claim"], "trajectory": t["trajectory"], "basis": t["basis"],
         "before": t.get("before", ""), "after": t.get("after", "")}
        for f, t, m in raised
    ]  # fmt: skip
    return {
        "drug": drug,
        "verdict": verdict,
        "wording": shown,
        "basis": basis if verdict == "emerged" else "",
        "why": why,
        "why_parts": parts,
        "comparison": comparison["id"] if comparison else "",
        "alterations": [f.id for f, _, _ in raised],
        "loci": counts,
    }


def _sides(f: Finding, told: Mapping[str, Any], words: Mapping[str, Any]) -> dict[str, str]:
    return {
        "before": wording.side(f.seen_in(told["before"]), "before", words["side"]),
        "after": wording.side(f.seen_in(told["after"]), "after", words["side"]),
    }


def _moved(
    chosen: Sequence[tuple[Finding, Mapping[str, Any], Mapping[str, Any]]],
    raised: Sequence[tuple[Finding, Mapping[str, Any], Mapping[str, Any]]],
    comparison: Mapping[str, Any],
    case: Case,
) -> str:
    """The sentence on the strongest alteration, with the names of the others."""
    f, told, match = chosen[0]
    why = case.words["why"]
    word = told["trajectory"]
    if f.kind == Kind.HISTOLOGY:
        before, after = (str(f.seen_in(told[side]).get("text", "")) for side in ("before", "after"))
        text = why["text"].format(name=f.name, before=before, after=after)
    else:
        shape = "emerged_calls" if (word, told["basis"]) == ("emerged", "calls") else word
        text = why[shape].format(name=f.name, **_sides(f, told, case.words))
    if f.remark:
        text += " " + f.remark
    if told.get("earlier"):
        text += why["earlier"].format(specimen=told["earlier"])
    if match["precision"] == "codon" and match["context"].startswith("another"):
        text += why["codon"].format(alteration=full_name(match["gene"], match["alteration"]))
    if match["evidence_against"]:
        text += why["conflicting"].format(conflict=match["conflict"].split(";")[0])
    groups: dict[str, list[str]] = {}
    for other, also, _ in raised:
        if other.name != f.name and also["trajectory"] in ("emerged", "risen", "persistent", "unresolved"):
            word = also["trajectory"]
            if also["basis"]:
                word = why["also_by"].format(trajectory=word, basis=case.words["basis"][also["basis"]])
            groups.setdefault(word, []).append(other.name)
    return text + "".join(
        why["also"].format(trajectory=word, names=_names(names, case.words)) for word, names in groups.items()
    )


def _names(names: Sequence[str], words: Mapping[str, Any], limit: int = 5) -> str:
    """Names joined by commas, the last few counted."""
    listed = list(dict.fromkeys(names))
    more = words["why"]["more"].format(n=len(listed) - limit) if len(listed) > limit else ""
    return ", ".join(listed[:limit]) + more


def _without(
    drug: str,
    comparison: Mapping[str, Any],
    case: Case,
    loci: Loci,
    raised: Sequence[tuple[Finding, Mapping[str, Any], Mapping[str, Any]]],
    counts: dict[str, int],
) -> dict[str, Any]:
    """The verdict where no resistance alteration stands."""
    why = case.words["why"]

    def cannot(text: str, on: Sequence[tuple[Finding, Mapping[str, Any], Mapping[str, Any]]] = ()) -> dict[str, Any]:
        return _verdict(drug, "cannot_be_judged", "", text, comparison, on, counts, case)

    for f, told, match in raised:
        if _filtered_only(f, comparison) and told["trajectory"] in ("emerged", "unresolved", "risen", "persistent"):
            seen = next(f.seen_in(s) for s in comparison["window"] if f.seen_in(s)["status"] == "filtered")
            plain = {**seen, "status": "called"}
            after = wording.side(plain, "after", case.words["side"])
            text = why["filtered"].format(name=f.name, filters=", ".join(seen["filters"]) or "?", after=after)
            return cannot(text, [(f, told, match)])
        if told["trajectory"] == "unresolved":
            text = why["unresolved"].format(name=f.name, **_sides(f, told, case.words)) + doubt_of(f, told)
            return cannot(text, [(f, told, match)])
    if doubt := _doubtful(drug, comparison, case) or _reversion(drug, comparison, case):
        return cannot(doubt)
    needed = needed_loci(loci, case)
    if not needed:
        return cannot(why["no_loci"].format(drug=drug))
    return _by_loci(drug, comparison, case, loci, needed, counts, cannot)


def _doubtful(drug: str, comparison: Mapping[str, Any], case: Case) -> str:
    """A sentence on an alteration that is new now and meets a resistance claim which may not raise a verdict."""
    why = case.words["why"]
    for f in case.findings:
        told = f.trajectory(comparison["id"])
        if not told or told["trajectory"] not in ("emerged", "unresolved", "risen"):
            continue
        standing = [
            m for m in f.matches if drug in m["concerns"] and m["applies"] and m["citation_status"] == "confirmed"
        ]
        if any(m["effect"] == "sensitivity" and m["disease_match"] != "other" for m in standing):
            continue  # the catalogue says of this drug that it works in spite of the alteration
        for m in f.matches:
            if drug not in m["concerns"] or m["effect"] == "sensitivity" or m["level"] not in case.levels:
                continue
            if m["precision"] not in ("exact", "codon") or not m["evidence_for"]:
                continue
            fill = {"name": f.name, "trajectory": told["trajectory"], "drug": m["drug"]}
            remark = f" {f.remark}" if f.remark else ""
            if m["disease_match"] == "other":
                return str(why["other_disease"].format(disease=m["disease"], **fill)) + remark
            if m["citation_status"] != "confirmed":
                return str(why["unverified"].format(**fill)) + remark
            if not m["applies"]:
                return str(why["context"].format(context=m["context"], **fill))
    return ""


def _reversion(drug: str, comparison: Mapping[str, Any], case: Case) -> str:
    """A sentence on a candidate reversion that is there now and is known for other drugs of the class."""
    for f in case.findings:
        told = f.trajectory(comparison["id"])
        if f.state != "reversion" or not told or told["trajectory"] in ("cleared", "fallen", "not seen"):
            continue
        if any(m["mechanism"] == "reversion" and m["relation"] in ("given", "same class") for m in f.matches):
            why = case.words["why"]["reversion"].format(name=f.name, trajectory=told["trajectory"], drug=drug)
            return f"{why} {f.remark}"
    return ""


def needed_loci(loci: Loci, case: Case) -> list[int]:
    """The loci that must be assessable before none_found is said: levels A and B, or all where there are none."""
    usable = [i for i, p in enumerate(loci.places) if p.locus.level in case.levels]
    return [i for i in usable if loci.places[i].locus.level in case.needed_levels] or usable


def _at_follow_up(i: int, comparison: Mapping[str, Any], case: Case, loci: Loci) -> dict[str, Any]:
    """What the last day of the window says of a locus: the best of that day's specimens."""
    order = {s["id"]: s["order"] for s in case.specimens}
    last = max(order[s] for s in comparison["window"])
    day = [loci.assessed[i, s] for s in comparison["window"] if order[s] == last]
    return min(day, key=lambda a: ORDER.index(a["status"]))


def _locus_counts(comparison: Mapping[str, Any], case: Case, loci: Loci) -> dict[str, int]:
    counts: dict[str, int] = {}
    for i in needed_loci(loci, case):
        status = _at_follow_up(i, comparison, case, loci)["status"]
        counts[status] = counts.get(status, 0) + 1
    return {status: counts[status] for status in ORDER if status in counts}


def _by_loci(
    drug: str,
    comparison: Mapping[str, Any],
    case: Case,
    loci: Loci,
    needed: Sequence[int],
    counts: dict[str, int],
    cannot: Any,
) -> dict[str, Any]:
    """none found, none called or too thin, by what the last follow-up says of the loci that must be assessable."""
    why = case.words["why"]
    looked = {i: _at_follow_up(i, comparison, case, loci) for i in needed}
    small = [i for i in needed if loci.places[i].locus.kind in (Kind.SMALL, Kind.SPLICE) and loci.places[i].spans]

    def named(indices: Sequence[int]) -> str:
        places = [loci.places[i].locus for i in indices]
        return _names([full_name(p.gene, p.name) for p in places], case.words)

    thin = [i for i in small if looked[i]["status"] in ("low", "not assessed")]
    if thin:
        return dict(cannot(why["thin"].format(n=len(thin), total=len(needed), drug=drug, names=named(thin))))
    unknown = [i for i in small if looked[i]["status"] == "not called"]
    others = [i for i in needed if i not in small and looked[i]["status"] not in ("found", "absent")]
    if unknown:
        text = why["none_called"].format(n=len(unknown), total=len(needed), drug=drug, names=named(unknown))
        return _verdict(drug, "none_called", "", text, comparison, (), counts, case)
    if others:
        text = why["none_called_other" if small else "none_called_only_other"].format(
            small=len(small), drug=drug, names=named(others), was_were="was" if len(others) == 1 else "were"
        )
        return _verdict(drug, "none_called", "", text, comparison, (), counts, case)
    depths = [(a["depth"], a["hidden_vaf"]) for a in looked.values() if a["depth"] is not None]
    least = ""
    if depths:
        depth, hidden = min(depths)
        least = why["least"].format(depth=wording.integer(depth), hidden=wording.percent(hidden or 0.0))
    text = why["none_found"].format(n=len(needed), drug=drug, least=least)
    return _verdict(drug, "none_found", "", text, comparison, (), counts, case)


def _not_compared(drug: str, case: Case) -> dict[str, Any]:
    why = case.words["why"]
    reason = next((n["text"] for n in case.notes if n["text"].startswith(f"{drug}:")), "")
    reason = reason.partition(": ")[2] or next(
        (n["text"] for n in case.notes if n["code"] in ("one_specimen", "one_day", "calls_missing")), ""
    )
    if not reason:
        reason = case.words["reason"]["one_specimen" if len(case.specimens) == 1 else "no_comparison"]
    text = why["not_compared"].format(drug=drug, reason=reason)
    there = [
        f.name
        for f in case.findings
        if raising(f.matches, drug, case.levels) and any(o["status"] in _SEEN for o in f.observations)
    ]
    if there:
        names = _names(there, case.words)
        text += why["not_compared_found"].format(drug=drug, names=names, is_are="is" if len(set(there)) == 1 else "are")
    return _verdict(drug, "cannot_be_judged", "", text, None, (), {}, case)
