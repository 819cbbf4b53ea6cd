"""A patient's alterations against the claims: who meets what, how closely, and what it means for the drugs given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from acquired.catalogue.language import Condition, Match, parse_context, parse_match
from acquired.catalogue.meet import ANOTHER, Met, Tables, meet, named
from acquired.catalogue.rank import raising, sound, strength
from acquired.catalogue.records import Claim, Subject
from acquired.model import Kind, Precision, Relation

if TYPE_CHECKING:
    from acquired.catalogue.store import Catalogue

_PRECISIONS = tuple(Precision)
#: Fields that only the judge needs; they do not go into result.json.
PRIVATE = ("applies", "concerns", "citation_status")


@dataclass(frozen=True)
class Given:
    """The drugs a patient was given, resolved. parts: canonical single drugs. classes: of each, nearest first."""

    parts: tuple[str, ...]
    classes: Mapping[str, tuple[str, ...]]
    targets: frozenset[str]


@dataclass
class _Hit:
    """A claim met by a subject."""

    claim: Claim
    precision: Precision
    remarks: list[str]
    applies: bool


def match_all(
    catalogue: Catalogue, subjects: Sequence[Subject], given: Sequence[str], disease: str
) -> dict[str, list[dict[str, Any]]]:
    """Claim matches for each subject id, strongest first (see `Catalogue.match`)."""
    resolved = resolve_given(catalogue, given)
    subjects = sorted(subjects, key=lambda s: s.id)  # remarks must not depend on the order of a file
    crowd = _Crowd(subjects, catalogue.tables)
    found = {s.id: _hits(catalogue, s, crowd, resolved) for s in subjects}
    matches = {id_: [_entry(catalogue, h, resolved, disease) for h in hits] for id_, hits in found.items()}
    names = {s.id: _label(s) for s in subjects}
    for own in matches.values():
        own.sort(key=strength)
        own[:] = _without_repeats(own)
    resisted = _resisted(matches)
    for subject in subjects:
        own = matches[subject.id]
        raised = {m["claim"] for drug in resolved.parts for m in raising(own, drug)}
        for m in own:
            m["raises_verdict"] = m["claim"] in raised
            if m["effect"] != "sensitivity" and m["relation"] == Relation.GIVEN and _usable(m):
                m["overcome_by"] = _overcome_by(catalogue, subject.id, own, resisted, names)
            _tell_conflict(m, own)
            _add_activity(catalogue, m, subject)
    return matches


def _without_repeats(own: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Matches without those by another exchange of the residue that say nothing more.

    D1228N meets its own claim on a drug; the claims on D1228E, G, H, V and Y of the same drug and effect add
    nothing, unless only they may raise a verdict. `own` is sorted.
    """
    kept: list[dict[str, Any]] = []
    for m in own:
        if m["context"].startswith(ANOTHER):
            alike = [k for k in kept if k["drug"] == m["drug"] and k["effect"] == m["effect"]]
            if any(sound(k) or not sound(m) for k in alike):
                continue
        kept.append(m)
    return kept


def resolve_given(catalogue: Catalogue, given: Sequence[str]) -> Given:
    """The single drugs behind the names given (combinations are their parts); unknown names stand for themselves."""
    parts: dict[str, tuple[str, ...]] = {}
    targets: set[str] = set()
    for name in given:
        drug = catalogue.drug(name)
        for part in drug.parts if drug else (name,):
            single = catalogue.drug(part)
            parts[part] = single.classes if single else ()
            targets.update(single.targets if single else ())
    return Given(tuple(sorted(parts)), parts, frozenset(targets))


class _Crowd:
    """All alterations of the patient, asked again and again who of them meets an expression: each question is answered
    once, and only by those of its gene. (A whole genome has tens of thousands of alterations.)"""

    def __init__(self, subjects: Sequence[Subject], tables: Tables):
        self._tables = tables
        self._by_gene: dict[str, list[Subject]] = {}
        self._answers: dict[tuple[str, Match], list[tuple[Subject, Precision]]] = {}
        for s in subjects:
            for gene in genes_of_subject(s):
                self._by_gene.setdefault(gene, []).append(s)

    def who(self, match: Match, gene: str) -> list[tuple[Subject, Precision]]:
        """The subjects that meet an expression as it stands (no relaxing), with their precision."""
        key = (match.gene or gene, match)
        if key not in self._answers:
            asked = self._by_gene.get("" if match.form == "histology" else key[0], ())
            met = [(s, meet(match, gene, s, self._tables, relax=False)) for s in asked]
            self._answers[key] = [(s, m[0]) for s, m in met if m]
        return self._answers[key]


def genes_of_subject(subject: Subject) -> list[str]:
    """The genes whose claims a subject can meet; "" is where the index keeps histology claims of every gene."""
    genes = dict.fromkeys([subject.gene, *(a.gene for a in subject.annotations), *(subject.partners or ())])
    genes.pop("", None)
    return [*genes, ""] if subject.kind == Kind.HISTOLOGY else list(genes)


def _hits(catalogue: Catalogue, subject: Subject, crowd: _Crowd, given: Given) -> list[_Hit]:
    found: dict[str, _Hit] = {}
    for gene in genes_of_subject(subject):
        for claim in catalogue.claims_of(gene):
            if claim.id in found:
                continue
            match = parse_match(claim.match)
            if match.form == "compound":
                met = _compound(match, claim.gene, subject, crowd)
            else:
                met = meet(match, claim.gene, subject, catalogue.tables, relax=claim.resists)
            if met:
                hit = _Hit(claim, met[0], [met[1]] if met[1] else [], True)
                for condition in parse_context(claim.context):
                    _apply(condition, hit, subject, crowd, given)
                if match.form == "compound" and "phase unknown" in met[1]:
                    hit.applies = False
                found[claim.id] = hit
    return list(found.values())


def _compound(match: Match, gene: str, subject: Subject, crowd: _Crowd) -> Met | None:
    """Both (or all) parts by different alterations of the patient, this subject among them, in the phase asked for.

    Where the phase asked for is not known the match stands at class precision, with the remark `phase unknown`, and
    does not apply by itself; where it is known to be the other one there is no match.
    """
    met_by = [crowd.who(part, gene) for part in match.parts]
    if not all(met_by) or not any(s is subject for met in met_by for s, _ in met):
        return None
    best: Met | None = None
    for chosen in product(*met_by):
        members = [s for s, _ in chosen]
        if not any(s is subject for s in members) or len({s.id for s in members}) < len(members):
            continue
        others = " and ".join(_label(s) for s in members if s is not subject)
        phases = {_phase(a, b) for a, b in combinations(members, 2)}
        precision = max((p for _, p in chosen), key=_PRECISIONS.index)
        if match.value == "any" or phases == {match.value}:
            return precision, f"together with {others}" + (f", in {match.value}" if match.value != "any" else "")
        if "unknown" in phases and phases <= {"unknown", match.value}:
            lowered = max(precision, Precision.CLASS, key=_PRECISIONS.index)
            best = lowered, f"phase unknown: holds only in {match.value} with {others}"
    return best


def _phase(a: Subject, b: Subject) -> str:
    return a.phase.get(b.id) or b.phase.get(a.id) or "unknown"


def _apply(condition: Condition, hit: _Hit, subject: Subject, crowd: _Crowd, given: Given) -> None:
    """Note whether a condition holds. What is not seen may still be presumed: see below."""
    gene, match = condition.match.gene, condition.match
    if match.form == "compound":
        holders = {id(s): s for part in match.parts for s, _ in crowd.who(part, gene) if s is not subject}
        seen = any(_compound(match, gene, s, crowd) for s in holders.values())
    else:
        seen = any(s is not subject for s, _ in crowd.who(match, gene))
    if condition.wanted and seen:
        hit.remarks.append(f"{condition.text}: found")
    elif condition.wanted:
        # The drug was given because of its target's driver: a fusion or amplification that variant calls cannot
        # show, or a mutation that the files do not hold, must not hide resistance to that drug.
        presumed = gene in given.targets or condition.match.form in ("fusion", "amplification", "gain", "expression")
        hit.remarks.append(f"{condition.text}: not seen here" + (", presumed from the therapy" if presumed else ""))
        hit.applies = hit.applies and presumed
    elif seen:
        hit.remarks.append(f"{condition.text}: does not hold, it was found here")
        hit.applies = False
    else:
        hit.remarks.append(f"{condition.text}: not seen here")


def relation_of(catalogue: Catalogue, claim: Claim, given: Given) -> tuple[Relation, list[str]]:
    """Relation of the claim's drug to those given, and the given drugs it speaks of.

    given: each part of the claim's drug is a given drug, or a class that a given drug belongs to. same class: each part
    is that, or a drug that shares a class with a given one; wide classes (`Group:` in classes.tsv) do not
    count. A combination of which one part was given and another has no relation to any is `other`.
    """
    concerned = [[d for d in given.parts if part == d or part in given.classes[d]] for part in claim.parts]
    if all(concerned):
        return Relation.GIVEN, list(dict.fromkeys(d for drugs in concerned for d in drugs))
    kin = {c for d in given.parts for c in given.classes[d] if c not in catalogue.groups}
    for part, drugs in zip(claim.parts, concerned, strict=True):
        known = catalogue.drug(part)
        if not drugs and not (known and kin & set(known.classes)):
            return Relation.OTHER, []
    return Relation.SAME_CLASS, []


def _entry(catalogue: Catalogue, hit: _Hit, given: Given, disease: str) -> dict[str, Any]:
    claim = hit.claim
    relation, concerned = relation_of(catalogue, claim, given)
    known = catalogue.disease(claim.disease)
    entry: dict[str, Any] = {
        "claim": claim.id,
        "gene": claim.gene,
        "alteration": claim.alteration,
        "drug": claim.drug,
        "drug_is_class": claim.of_class,
        "effect": claim.effect,
        "level": claim.level,
        "disease": known.name if known else claim.disease,
        "disease_match": catalogue.disease_match(claim.disease, disease),
        "mechanism": claim.mechanism,
        "precision": str(hit.precision),
        "relation": str(relation),
        "context": "; ".join(hit.remarks),
        "evidence_for": claim.evidence_for,
        "evidence_against": claim.evidence_against,
        "conflict": "",
        "note": claim.note,
        "sources": sources_of(claim),
        "file": claim.file,
        "raises_verdict": False,
        "applies": hit.applies,
        "concerns": concerned,
        "citation_status": claim.citation_status,
    }
    return entry


def sources_of(claim: Claim) -> list[dict[str, Any]]:
    """The claim's sources, ids of one source together. The confirmed PMIDs are the claim's; they stand with its first
    source. Without a confirmed citation the text says so and no number is given."""
    grouped: dict[str, list[str]] = {}
    for source in claim.sources or ["not stated"]:
        name, _, id_ = source.partition(":")
        grouped.setdefault(name, []).append(id_.replace("(against)", " (against)"))
    confirmed = claim.citation_status == "confirmed"
    return [
        {
            "source": name,
            "id": ", ".join(filter(None, ids)),
            "pmids": list(claim.pmids) if confirmed and i == 0 else [],
            "citation": "" if confirmed else "no confirmed citation",
            "citation_status": claim.citation_status,
        }
        for i, (name, ids) in enumerate(grouped.items())
    ]


def _label(subject: Subject) -> str:
    """What to call a subject in a remark to another one."""
    if subject.kind == Kind.SMALL and subject.annotations:
        named = subject.annotations[0]
        return f"{named.gene} {named.protein or named.hgvs_c}".strip()
    if subject.partners:
        return "::".join(subject.partners)
    return f"{subject.gene} {subject.state}".strip()


def _resisted(matches: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[tuple[str, str, str]]]:
    """Drug -> (subject, level, claim) of every resistance claim that this patient's alterations meet."""
    resisted: dict[str, list[tuple[str, str, str]]] = {}
    for other, own in matches.items():
        for m in own:
            if m["effect"] != "sensitivity" and _usable(m):
                resisted.setdefault(m["drug"], []).append((other, m["level"], m["claim"]))
    return resisted


def _overcome_by(
    catalogue: Catalogue,
    subject: str,
    own: Sequence[dict[str, Any]],
    resisted: Mapping[str, list[tuple[str, str, str]]],
    names: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Drugs that are reported to work in spite of this alteration, best first, each once, with its status.

    A drug the same alteration is as strongly reported to resist is left out; one that another alteration of this
    patient resists is kept with a note that says so.
    """
    found: dict[str, dict[str, Any]] = {}
    for m in own:
        if m["effect"] != "sensitivity" or m["drug_is_class"] or m["drug"] in found or not _usable(m):
            continue
        if m["citation_status"] != "confirmed":
            continue
        against = resisted.get(m["drug"], [])
        if any(other == subject and level <= m["level"] for other, level, _ in against):
            continue
        notes = [f"{names[o]}, also found, resists it ({claim})" for o, _, claim in against if o != subject]
        drug = catalogue.drug(m["drug"])
        found[m["drug"]] = {
            "drug": m["drug"],
            "claim": m["claim"],
            "level": m["level"],
            "status": drug.status if drug else "",
            "status_date": drug.status_date if drug else "",
            "note": "; ".join(dict.fromkeys(filter(None, [m["note"], *notes]))),
        }
    return sorted(found.values(), key=lambda o: (o["level"], o["drug"]))


def _usable(m: dict[str, Any]) -> bool:
    """Whether a match says anything for this patient: context, disease and precision allow it."""
    return bool(m["applies"]) and m["disease_match"] != "other" and m["precision"] != Precision.GENE


def _tell_conflict(m: dict[str, Any], own: Sequence[dict[str, Any]]) -> None:
    """Evidence against the claim itself, and claims of the opposite effect on the same drug, side by side."""
    told = []
    if m["evidence_against"]:
        plural = "" if m["evidence_for"] == 1 else "s"
        told.append(f"conflicting: {m['evidence_for']} item{plural} for, {m['evidence_against']} against")
    opposite = [
        o
        for o in own
        if o["drug"] == m["drug"]
        and (o["effect"] == "sensitivity") != (m["effect"] == "sensitivity")
        and o["applies"]
        and _PRECISIONS.index(o["precision"]) <= _PRECISIONS.index(m["precision"])
    ]
    if opposite:
        listed = ", ".join(f"{o['effect']} level {o['level']} ({o['claim']})" for o in opposite[:3])
        more = f" and {len(opposite) - 3} more" if len(opposite) > 3 else ""
        told.append(f"other claims on this drug say {listed}{more}")
    m["conflict"] = "; ".join(told)


def _add_activity(catalogue: Catalogue, m: dict[str, Any], subject: Subject) -> None:
    """Measured activity of the claim's drug on exactly this protein change."""
    table = catalogue.activity.get(m["gene"])
    if table and m["relation"] != Relation.OTHER:
        proteins = {a.protein for a in named(subject, m["gene"], catalogue.tables)}
        rows = [row for p in sorted(proteins) for row in table.get(p, ()) if row["drug"] == m["drug"]]
        if rows:
            m["activity"] = rows
