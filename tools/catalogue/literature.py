"""Facts of the literature list (`missing_facts.tsv`), and what overcomes each resistance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from alterations import Atom, Excluded, atom
from facts import Fact, Left, row_key
from therapies import Names, items, rows

from profiles import compound

MECHANISMS = {
    "on-target": "target mutation",
    "downstream pathway": "pathway reactivation",
    "bypass": "bypass",
    "drug-target": "loss of drug target",
    "reversion": "reversion",
    "immune evasion": "immune evasion",
    "target amplification": "target amplification",
    "drug efflux": "drug efflux or metabolism",
    "lineage": "lineage or histologic transformation",
    "apoptosis": "apoptosis evasion",
    "other": "other",
}
#: Supports rows on osimertinib only: it is a review of resistance to that drug.
REVIEW = "31564718"
#: A remark on claims whose citations report on many alleles at once.
GROUP = "cited for a group of alleles"

_SPECIAL = {
    ("ERBB2", "ACTIVATING MUTATION (S310F/L755S/V777L/D769Y)"): ["S310F", "L755S", "V777L", "D769Y"],
    ("FGFR2", "ACTIVATING MUTATION / AMPLIFICATION"): ["ACTIVATING MUTATION", "AMPLIFICATION"],
    ("FLT3", "ITD"): ["ITD"],
    ("CXCR4", "S338X"): ["S338*"],
}
_MATCHES = {
    ("CXCR4", "WHIM-LIKE TRUNCATION"): [("truncation of the C-terminal tail", "range 308-352 truncating")],
    ("ERBB2", "P95HER2 (CTF611/648)"): [("p95HER2", "splice p95HER2")],
    ("ERBB2", "LOSS OF AMPLIFICATION"): [("loss of amplification", "loss")],
    ("ABL1", "EXON 2 SKIPPING (b2a3/b3a3; SH3 deletion)"): [("exon 2 skipping", "splice exon 2 skipping")],
    ("BRAF", "SPLICE VARIANT (exon 2-8/4-8/2-10 skipping)"): [
        ("splice form without exons 4 to 8 (p61)", "splice p61BRAF"),
        ("splice form without exons 2 to 8", "splice exon 2-8 skipping"),
        ("splice form without exons 2 to 10", "splice exon 2-10 skipping"),
    ],
    ("ABCB1", "FUSION / UPREGULATION"): [("fusion", "fusion *::ABCB1"), ("overexpression", "expression high")],
    ("ESR1", "FUSION"): [("fusion", "fusion ESR1::*")],
}


def mechanism(text: str) -> str:
    """The fixed word for a mechanism of the list."""
    if text.startswith("drug-target pathway"):
        return "loss of drug target"
    return next(word for start, word in MECHANISMS.items() if text.startswith(start))


def alterations(gene: str, text: str, note: str) -> list[Atom]:
    """The alterations that a row of the list names. Raises Excluded."""
    if (gene, text) in _MATCHES:
        return [Atom(gene, name, match) for name, match in _MATCHES[gene, text]]
    if (gene, text) in _SPECIAL:
        return [atom(gene, t) for t in _SPECIAL[gene, text]]
    if gene == "RB1+TP53":
        return [Atom("RB1", "RB1 and TP53 loss of function", "compound any lof & TP53:lof")]
    if text == "FUSION":
        return [Atom(gene, "fusion", f"fusion *::{gene}")]
    if m := re.fullmatch(r"(\S+::\S+) FUSION", text):
        return [Atom(gene, f"{m[1]} fusion", f"fusion {m[1]}")]
    if " + " in text:
        phase = "trans" if "(trans)" in text else "cis" if "cis" in text + note else "any"
        return [compound([atom(gene, t) for t in text.split(" (")[0].split(" + ")], phase)]
    return [atom(gene, text)]


def read(path: Path, names: Names, tools: Path) -> Iterator[Fact | Left]:
    """Every row of the list: its resistance, then what overcomes it."""
    overcome: dict[str, list[dict[str, str]]] = {}
    for o in rows(tools / "overcome.tsv"):
        overcome.setdefault(o["overcome_by"], []).append(o)
    rulings = {(d["gene"], d["alteration"], d["drug"]): d for d in rows(tools / "doubtful.tsv")}
    table = rows(path)
    trusted = Citations(table, tools)
    for r in table:
        key, what = row_key(r), f"{r['gene']} {r['alteration']}, {r['drug']}, {r['disease']}"
        ruling = rulings.get((r["gene"], r["alteration"], r["drug"]))
        try:
            if ruling and ruling["ruling"] == "exclude":
                raise Excluded(ruling["reason"])
            yield from _row(r, f"literature:{key}", names, trusted, ruling)
            if ruling and ruling["against"]:
                yield from _against(r, items(ruling["against"]), names)
            for o in overcome.get(r["overcome_by"], []):
                if not o["only"] or r["alteration"] in items(o["only"]):
                    yield from _overcome(r, o, f"literature:{key}", names)
        except Excluded as reason:
            yield Left("literature", key, what, str(reason))


def _facts(r: dict[str, str], key: str, names: Names, drug: str, context: str = "", **values: object) -> Iterator[Fact]:
    for a in alterations(r["gene"], r["alteration"], r["note"]):
        for disease in names.disease(r["disease"]):
            yield Fact(
                key=key, gene=a.gene, alteration=a.alteration, match=a.match, context=context, drug=drug,
                disease=disease, **values,  # type: ignore[arg-type]
            )  # fmt: skip


class Citations:
    """Which of a row's confirmed numbers stand for that row, and which cover a whole group of alleles."""

    def __init__(self, table: list[dict[str, str]], tools: Path):
        self._rules: dict[str, list[dict[str, str]]] = {}
        for rule in rows(tools / "citations.tsv"):
            self._rules.setdefault(rule["pmid"], []).append(rule)
        self._alleles: dict[str, set[tuple[str, str]]] = {}
        for r in table:
            for p in items(r["pmids_confirmed"]):
                self._alleles.setdefault(p, set()).add((r["gene"], r["alteration"]))

    def of(self, r: dict[str, str], drug: str) -> list[str]:
        """The confirmed numbers of a row, without those that report something else (citations.tsv)."""
        found = [p for p in items(r["pmids_confirmed"]) if p != REVIEW or drug == "osimertinib"]
        return [p for p in found if p not in self._rules or any(_fits(rule, r, drug) for rule in self._rules[p])]

    def note(self, numbers: list[str]) -> str:
        """A remark where every number is a report on many alleles."""
        many = bool(numbers) and all(len(self._alleles.get(p, ())) >= 4 for p in numbers)
        return GROUP if many else ""


def _fits(rule: dict[str, str], r: dict[str, str], drug: str) -> bool:
    return (
        rule["gene"] == r["gene"]
        and re.fullmatch(rule["alterations"], r["alteration"]) is not None
        and re.fullmatch(rule["drugs"], drug) is not None
    )


def _row(
    r: dict[str, str], key: str, names: Names, trusted: Citations, ruling: dict[str, str] | None
) -> Iterator[Fact]:
    parts = r["drug"].split(" + ")
    drug = names.combination(parts) if len(parts) > 1 else names.therapy(r["drug"])
    confirmed, recalled = trusted.of(r, drug), items(r["pmids"]) + items(r["pmids_confirmed"])
    notes = [ruling["reason"] if ruling else "", trusted.note(confirmed)]
    yield from _facts(
        r, key, names, drug, effect=r["effect"], level=(ruling or {}).get("level") or r["suggested_level"],
        pmids=tuple(confirmed), unverified=tuple(p for p in recalled if p not in confirmed), cited=bool(confirmed),
        mechanism=mechanism(r["mechanism_class"]), note="; ".join(filter(None, notes)),
    )  # fmt: skip


def _against(r: dict[str, str], against: list[str], names: Names) -> Iterator[Fact]:
    parts = r["drug"].split(" + ")
    drug = names.combination(parts) if len(parts) > 1 else names.therapy(r["drug"])
    for entry in against:
        source, _, only = entry.partition("@")
        for fact in _facts(
            r, source, names, drug, effect=r["effect"], level=r["suggested_level"], supports=False, cited=False
        ):
            if only in ("", fact.disease):
                yield fact


def _overcome(r: dict[str, str], o: dict[str, str], key: str, names: Names) -> Iterator[Fact]:
    parts = o["drug"].split(" + ")
    drug = names.combination(parts) if len(parts) > 1 else names.therapy(o["drug"])
    yield from _facts(
        r, key, names, drug, o["context"], effect="sensitivity", level=o["level"], cited=False, note=o["note"],
        overcomes=True,
    )  # fmt: skip
    for source in items(o["against"]):
        yield from _facts(
            r, source, names, drug, o["context"], effect="sensitivity", level=o["level"], cited=False, supports=False
        )
