"""Facts: what one source row says of one alteration and one drug, in the catalogue's words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alterations import GERMLINE, Atom, Excluded, atom
from therapies import Names, items, rows

import profiles

RESISTS = {"Resistance": "resistance", "Reduced Sensitivity": "reduced sensitivity"}


@dataclass(frozen=True)
class Fact:
    """One statement. key: source key as it stands in `sources`. supports: False for evidence against the effect."""

    key: str
    gene: str
    alteration: str
    match: str
    context: str
    drug: str
    disease: str
    effect: str
    level: str
    supports: bool = True
    pmids: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    cited: bool = True
    overcomes: bool = False
    mechanism: str = ""
    note: str = ""


@dataclass(frozen=True)
class Left:
    """A source row that became no claim, and why."""

    source: str
    source_id: str
    what: str
    reason: str


def row_key(row: dict[str, str]) -> str:
    """The first six hex digits of the SHA-1 of what identifies a row that has no id of its own."""
    text = "\t".join(row[c] for c in ("gene", "alteration", "drug", "disease"))
    return hashlib.sha1(text.encode()).hexdigest()[:6]


def therapies(cell: str) -> list[str]:
    """Drug names of CIViC's therapies cell: split at commas that are not a part of a name (CP-724,714)."""
    return [t.strip() for t in re.split(r",(?!\d)", cell) if t.strip()]


def civic(path: Path, names: Names) -> Iterator[Fact | Left]:
    """Every predictive item of CIViC's accepted evidence."""
    for r in rows(path):
        if r["evidence_type"] != "Predictive":
            continue
        resists = r["significance"] in RESISTS
        if not resists and r["significance"] != "Sensitivity/Response":
            continue
        what = f"{r['molecular_profile']}, {r['therapies']}, {r['disease']}"
        key = f"EID{r['evidence_id']}"
        try:
            yield from _civic_item(r, key, names)
        except Excluded as reason:
            if resists:
                yield Left("CIViC", key, what, str(reason))


def _civic_item(r: dict[str, str], key: str, names: Names) -> list[Fact]:
    if r["variant_origin"] == "Common Germline":
        raise Excluded(GERMLINE)
    given = therapies(r["therapies"])
    if r["therapy_interaction_type"] == "Combination":
        drugs = [names.combination(given)]
    else:
        drugs = [names.therapy(d) for d in given]
    found = []
    for alteration, context, note in profiles.read(r["molecular_profile"]):
        for drug in drugs:
            for disease in names.disease(r["disease"]):
                found.append(
                    Fact(
                        key=f"CIViC:{key}",
                        gene=alteration.gene,
                        alteration=alteration.alteration,
                        match=alteration.match,
                        context=context,
                        drug=drug,
                        disease=disease,
                        effect=RESISTS.get(r["significance"], "sensitivity"),
                        level=r["evidence_level"],
                        supports=r["evidence_direction"] == "Supports",
                        pmids=(r["citation_id"],) if r["source_type"] == "PubMed" else (),
                        note=note + ("; an item is flagged by its curators" if r["is_flagged"] == "true" else ""),
                    )
                )
    return found


def later_civic(path: Path, names: Names, have: set[str]) -> Iterator[Fact | Left]:
    """Items of the digest that are newer than the CIViC file (`CIViC 2026-10-01`)."""
    for r in rows(path):
        fresh = [e for e in items(r["source_ids"]) if e not in have]
        if not r["source"].startswith("CIViC") or not fresh:
            continue
        as_item = {
            "molecular_profile": r["molecular_profile"], "therapies": r["drug"], "therapy_interaction_type": "",
            "disease": r["disease"], "variant_origin": r["variant_origin"], "evidence_level": r["best_level"],
            "significance": "Resistance", "evidence_direction": "Supports", "citation_id": r["pmids"],
            "source_type": "PubMed", "is_flagged": "true" if r["flagged"] == "yes" else "false",
        }  # fmt: skip
        for key in fresh:
            try:
                yield from _civic_item(as_item, key, names)
            except Excluded as reason:
                yield Left("CIViC", key, f"{r['molecular_profile']}, {r['drug']}, {r['disease']}", str(reason))


_CGI_CODES = re.compile(r"[A-Z]\d+[A-Z]?")


def cgi(path: Path, names: Names, effect: str) -> Iterator[Fact | Left]:
    """The CGI rows of a digest, as resistance or as sensitivity."""
    for r in rows(path):
        if not r["source"].startswith("CGI"):
            continue
        key = row_key(r)
        try:
            yield from _cgi_row(r, f"CGI:2017-12:{key}", names, effect)
        except Excluded as reason:
            if effect == "resistance":
                what = f"{r['gene']} {r['alteration']}, {r['drug']}, {r['disease']}"
                yield Left("CGI", f"2017-12:{key}", what, str(reason))


def _cgi_row(r: dict[str, str], key: str, names: Names, effect: str) -> list[Fact]:
    drugs = r["drug"].split(" + ")
    drug = names.combination(drugs) if len(drugs) > 1 else names.therapy(drugs[0])
    context = _cgi_context(r["context"])
    note = "no response in the cohort" if r["effect"] == "no response" else ""
    pmids = tuple(p for p in items(r["pmids"]) if p.isdigit())
    return [
        Fact(
            key=key, gene=a.gene, alteration=a.alteration, match=a.match, context=context, drug=drug, disease=disease,
            effect=effect, level=r["best_level"], pmids=pmids, cited=bool(r["citations"]), note=note,
        )
        for a in _cgi_atoms(r)
        for disease in names.disease(r["disease"])
    ]  # fmt: skip


def _cgi_atoms(r: dict[str, str]) -> list[Atom]:
    gene, text = r["gene"], r["alteration"]
    if gene == "FGFR2;FGFR2":  # mutants of an FGFR2 fusion, numbered by isoform IIIc
        return [atom("FGFR2", code) for code in re.findall(r"[A-Z]\d+[A-Z]", text.partition("(")[2]) if code != "R565A"]
    if text.startswith("INFRAME INSERTION (1151T"):
        return [atom("ALK", "T1151dup")]
    if text.startswith("INFRAME DELETION (L485)"):
        return [Atom("BRAF", "in-frame deletion of residues 485 to 490", "range 485-490 inframe_deletion")]
    if text.startswith("INFRAME DELETION (L747)"):
        return [atom("EGFR", "L747_P753delinsS")]
    if m := re.fullmatch(r"(\w+)-(\w+) FUSION", text):
        return [Atom(gene, f"{m[1]}::{m[2]} fusion", f"fusion {m[1]}::{m[2]}")]
    if m := re.fullmatch(r"(\w+::\w+) FUSION", text):
        return [Atom(gene, f"{m[1]} fusion", f"fusion {m[1]}")]
    return [atom(gene, text)]


_CGI_CONTEXTS = {
    "": "",
    "ERBB2 amplification": "with ERBB2:amplification",
    "EGFR oncogenic mutation": "with EGFR:any_mutation",
    "BRAF oncogenic mutation": "with BRAF:codon V600",
    "KRAS oncogenic mutation": "with KRAS:region hotspot missense",
    "BRAF (V600E)": "with BRAF:protein V600E",
    "ANXA1 overexpression": "with ANXA1:expression high",
    "AR (T878A)": "with AR:protein T878A",
    "RB1 expression": "with RB1:expression high",
}


def _cgi_context(text: str) -> str:
    if text not in _CGI_CONTEXTS:
        raise Excluded(f"the context “{text}” has no expression in the match language")
    return _CGI_CONTEXTS[text]
