"""Facts to claims: identical facts of several sources become one claim; what contradicts it is counted in it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from facts import Fact, Left
from therapies import Names

#: Why a preclinical item against a resistance that nobody claims stays out.
UNCLAIMED = "preclinical; does not support resistance, and no claim says that there is any"

Key = tuple[str, str, str, str, str, bool]  # gene, match, context, drug, disease, whether it resists


@dataclass
class Claim:
    """A claim under construction: the facts for it and those against it."""

    key: Key
    alteration: str
    support: list[Fact] = field(default_factory=list)
    against: list[Fact] = field(default_factory=list)


def key_of(fact: Fact) -> Key:
    """What facts must share to be one claim. Resistance and reduced sensitivity are one; the stronger word stands."""
    return (fact.gene, fact.match, fact.context, fact.drug, fact.disease, fact.effect != "sensitivity")


def merge(facts: list[Fact], names: Names) -> tuple[dict[Key, Claim], list[Left]]:
    """Claims by key, and the rows of resistance sources that found no claim."""
    claims: dict[Key, Claim] = {}
    for f in facts:
        if f.supports:
            claim = claims.setdefault(key_of(f), Claim(key_of(f), f.alteration))
            claim.support.append(f)
    placed: set[str] = {f.key for c in claims.values() for f in c.support}
    for f in facts:
        if not f.supports:
            for claim in _contradicted(f, claims, names):
                claim.against.append(f)
                placed.add(f.key)
    for f in facts:  # looked for in patients and not found: a claim that only has evidence against it
        if not f.supports and f.effect != "sensitivity" and f.key not in placed and f.level in "ABC":
            claim = claims.setdefault(key_of(f), Claim(key_of(f), f.alteration))
            claim.against.append(f)
    placed |= {f.key for c in claims.values() for f in c.against}
    _oppose(claims, names)
    left = {}
    for f in facts:
        if not f.supports and f.effect != "sensitivity" and f.key not in placed:
            source, _, ident = f.key.partition(":")
            what = f"{f.gene} {f.alteration}, {f.drug}, {names.diseases[f.disease]['name']}"
            left[f.key] = Left(source, ident, what, UNCLAIMED)
    return claims, list(left.values())


def _oppose(claims: dict[Key, Claim], names: Names) -> None:
    """What supports sensitivity stands against resistance of the same alteration, drug and disease, and the reverse."""
    by_alteration: dict[tuple[str, str, str, str], list[Claim]] = defaultdict(list)
    for claim in claims.values():
        by_alteration[claim.key[:4]].append(claim)
    for group in by_alteration.values():
        for claim in group:
            for other in group:
                if claim.key[5] != other.key[5] and names.related(claim.key[4], other.key[4]):
                    have = {f.key for f in claim.support + claim.against}
                    claim.against += [f for f in other.support if f.key not in have]


def _contradicted(fact: Fact, claims: dict[Key, Claim], names: Names) -> list[Claim]:
    """The claims that an item which does not support one speaks against: the same claim in the same or a related
    disease; failing that the narrowest wider claim (a residue, a region, the gene; a class of the drug)."""
    if exact := claims.get(key_of(fact)):
        return [exact]
    same = [c for k, c in claims.items() if k[:4] == key_of(fact)[:4] and k[5] == (fact.effect != "sensitivity")]
    if related := [c for c in same if names.related(c.key[4], fact.disease)]:
        return related
    for drugs in ({fact.drug}, names.classes_of(fact.drug) | set(fact.drug.split(" + "))):
        near = []
        for (gene, match, context, drug, disease, resists), claim in claims.items():
            if gene != fact.gene or drug not in drugs or resists != (fact.effect != "sensitivity") or context:
                continue
            if names.related(disease, fact.disease) and (width := _covers(match, fact.match)):
                near.append((width, disease != fact.disease, claim))
        if near:
            best = min((w, d) for w, d, _ in near)
            return [c for w, d, c in near if (w, d) == best]
    return []


def _covers(wide: str, narrow: str) -> int:
    """How much wider `wide` is than `narrow`, from 1 (the same); 0 if it does not hold it."""
    if wide == narrow:
        return 1
    residue = re.match(r"(?:protein|codon) ([A-Z*])(\d+)", narrow)
    if residue and wide == f"codon {residue[1]}{residue[2]}":
        return 2
    if residue and wide == "region hotspot missense" and int(residue[2]) in (12, 13, 59, 61, 117, 146):
        return 3
    if residue and (m := re.match(r"range (\d+)-(\d+) ", wide)) and int(m[1]) <= int(residue[2]) <= int(m[2]):
        return 3
    if wide == "any_mutation" and narrow.startswith(("protein", "codon", "exon", "region", "range", "cdna")):
        return 4
    if {wide, narrow} <= {"loss", "lof", "deletion", "truncating", "expression low"}:
        return 2
    if wide == "lof" and narrow.startswith(("protein", "any_mutation", "cdna")) and re.search(r"\*|fs|any|c\.", narrow):
        return 4
    if {wide, narrow} <= {"amplification", "gain", "expression high"}:
        return 3
    return 0
