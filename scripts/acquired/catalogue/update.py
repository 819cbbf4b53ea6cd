"""A newer CIViC file against the catalogue: a difference that a curator reviews. Nothing is changed by itself.

added      an accepted item that neither a claim nor the exclusions know, as a proposed row
changed    an item behind a claim that says something else now: its level is better, its disease, drug or direction
           is another, its citation is not among the claim's
withdrawn  an item behind a claim that the file does not have as accepted any more
conflict   an added item that says the opposite of claims on the same alteration and drug
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from acquired.catalogue.civic import Evidence, Item
from acquired.catalogue.coverage import civic_ids
from acquired.catalogue.proteins import parse_protein
from acquired.catalogue.records import Claim
from acquired.catalogue.store import Catalogue
from acquired.whole import write_text

COLUMNS = (
    "change", "source_id", "claim", "gene", "alteration", "match", "drug", "effect", "level", "disease", "pmid", "what",
)  # fmt: skip
_WORDS = {
    "amplification": "amplification", "deletion": "deletion", "loss": "loss", "loss-of-function": "lof",
    "overexpression": "expression high", "underexpression": "expression low", "mutation": "any_mutation",
    "truncating mutation": "truncating", "frameshift": "frameshift", "fusion": "fusion any",
}  # fmt: skip


def differences(evidence: Evidence, catalogue: Catalogue, excluded: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The rows of the difference: added (resistance first), changed, withdrawn, conflict; by item within each."""
    behind: dict[str, list[Claim]] = {}
    for claim in catalogue.claims():
        for id_ in civic_ids(claim.sources):
            behind.setdefault(id_, []).append(claim)
    items = {item.id: item for item in evidence.items}
    ordered = sorted(items.values(), key=lambda i: int(re.sub(r"\D", "", i.id) or 0))
    added = [i for i in ordered if i.id not in behind and i.id not in excluded]
    added.sort(key=lambda i: i.effect == "sensitivity")
    rows = [_proposed(item, catalogue) for item in added]
    yield from rows
    for item in ordered:
        for claim in behind.get(item.id, ()):
            if told := "; ".join(_changes(item, claim, behind[item.id], items, catalogue)):
                yield _row("changed", item.id, claim, told)
    for id_ in sorted(set(behind) - set(items), key=lambda i: int(re.sub(r"\D", "", i) or 0)):
        for claim in behind[id_]:
            others = [o for o in civic_ids(claim.sources) if o in items]
            left = "others remain behind the claim" if others else "no CIViC item is left behind the claim"
            yield _row("withdrawn", id_, claim, f"the file does not have it as an accepted item; {left}")
    for item, row in zip(added, rows, strict=True):
        yield from _conflicts(item, row, catalogue)


def _row(change: str, id_: str, claim: Claim, what: str) -> dict[str, str]:
    return {
        "change": change, "source_id": id_, "claim": claim.id, "gene": claim.gene, "alteration": claim.alteration,
        "match": claim.match, "drug": claim.drug, "effect": claim.effect, "level": claim.level,
        "disease": claim.disease, "pmid": ";".join(claim.pmids), "what": what,
    }  # fmt: skip


def _proposed(item: Item, catalogue: Catalogue) -> dict[str, str]:
    """A row for a new item; what could not be resolved is left empty and said."""
    gene, alteration, match = expression(item.profile)
    drugs, unknown = _drugs(item, catalogue)
    disease = catalogue.disease(f"DOID:{item.doid}" if item.doid.isdigit() else item.disease)
    disease = disease or catalogue.disease(item.disease)
    doubts = [] if item.supports else ["does not support: evidence against"]
    if not match:
        doubts.append("write the match by hand")
    if unknown:
        doubts.append(f"drugs not in drugs.tsv: {', '.join(unknown)}")
    if disease is None:
        doubts.append(f"disease not in diseases.tsv: {item.disease}")
    return {
        "change": "added", "source_id": item.id, "claim": "", "gene": gene, "alteration": alteration, "match": match,
        "drug": drugs, "effect": item.effect, "level": item.level, "disease": disease.id if disease else "",
        "pmid": item.pmid, "what": "; ".join(doubts) or "new item",
    }  # fmt: skip


def expression(profile: str) -> tuple[str, str, str]:
    """Gene, alteration and, for the plain forms, the match expression of a CIViC molecular profile."""
    gene, _, alteration = profile.strip().partition(" ")
    if "::" in gene:
        return gene.split("::")[1], alteration or gene, f"fusion {gene}"
    if re.search(r"\b(AND|OR|NOT)\b", alteration):
        return gene, alteration, ""
    change = parse_protein(alteration) if not alteration.startswith("p.") else None
    if change is not None:
        return gene, alteration, f"protein {alteration}"
    return gene, alteration, _WORDS.get(alteration.casefold(), "")


def _drugs(item: Item, catalogue: Catalogue) -> tuple[str, list[str]]:
    """Canonical drug cell (`a + b` for combinations, `a;b` where they stand for each other) and unknown names."""
    known = [catalogue.drug(name) for name in item.therapies]
    unknown = [name for name, drug in zip(item.therapies, known, strict=True) if drug is None]
    names = sorted({drug.name for drug in known if drug}, key=str.casefold)
    return (" + " if item.interaction in ("Combination", "Sequential") else ";").join(names), unknown


def _changes(
    item: Item, claim: Claim, siblings: Sequence[Claim], items: Mapping[str, Item], catalogue: Catalogue
) -> Iterator[str]:
    """What an item says otherwise than a claim that rests on it."""
    own = civic_ids(claim.sources)
    if own[item.id] and not item.supports and (item.effect == "sensitivity") != claim.resists:
        yield "it does not support the claim any more"
    if not own[item.id] and item.supports and (item.effect == "sensitivity") != claim.resists:
        yield "it supports the claim now"
    only_civic = all(source.startswith("CIViC:") for source in claim.sources)
    best = min((items[o].level for o, supports in own.items() if supports and o in items), default="")
    if only_civic and own[item.id] and item.level == best and best and best != claim.level:
        yield f"best level among its items is {best}, the claim has {claim.level}"
    if own[item.id] and item.pmid and item.pmid not in (*claim.pmids, *claim.pmids_unverified):
        yield f"its citation {item.pmid} is not among the claim's"
    drugs = {part for name in item.therapies if (drug := catalogue.drug(name)) for part in drug.parts}
    if drugs and not any(_speaks_of(c, drugs, catalogue) for c in siblings):
        yield f"its therapies are {', '.join(item.therapies)}"


def _speaks_of(claim: Claim, drugs: set[str], catalogue: Catalogue) -> bool:
    return any(part in drugs or any(part in catalogue.class_of(d) for d in drugs) for part in claim.parts)


def _conflicts(item: Item, row: Mapping[str, str], catalogue: Catalogue) -> Iterator[dict[str, str]]:
    """Claims of the opposite effect on the same alteration and drug as a new item."""
    if not row["match"] or not row["drug"]:
        return
    resists = (item.effect != "sensitivity") == item.supports
    for claim in catalogue.claims_of(row["gene"]):
        if claim.match == row["match"] and claim.drug in row["drug"].split(";") and claim.resists != resists:
            says = f"{item.effect}, {'supports' if item.supports else 'does not support'}"
            yield _row("conflict", item.id, claim, f"the new item says {says}; the claim says {claim.effect}")


def write_differences(rows: Sequence[Mapping[str, str]], path: Path) -> None:
    """Write the difference as a tab-separated table."""
    cells = [[row[c].replace("\t", " ").replace("\n", " ") for c in COLUMNS] for row in rows]
    write_text(path, "".join("\t".join(r) + "\n" for r in [list(COLUMNS), *cells]))
