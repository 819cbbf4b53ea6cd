"""Facts of the literature list (`missing_facts.tsv`), and what overcomes each resistance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from alterations import Atom, Excluded, atom
from facts import Fact, Left, row_key
from profiles import compound
from therapies import Names, items, rows

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
    for r in rows(path):
        key, what = row_key(r), f"{r['gene']} {r['alteration']}, {r['drug']}, {r['disease']}"
        ruling = rulings.get((r["gene"], r["alteration"], r["drug"]))
        try:
            if ruling and ruling["ruling"] == "exclude":
                raise Excluded(ruling["reason"])
            yield from _row(r, f"literature:{key}", names, ruling["reason"] if ruling else "")
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


def _row(r: dict[str, str], key: str, names: Names, note: str) -> Iterator[Fact]:
    parts = r["drug"].split(" + ")
    drug = names.combination(parts) if len(parts) > 1 else names.therapy(r["drug"])
    confirmed, recalled = items(r["pmids_confirmed"]), items(r["pmids"])
    if drug != "osimertinib" and REVIEW in confirmed:
        confirmed.remove(REVIEW)
    yield from _facts(
        r, key, names, drug, effect=r["effect"], level=r["suggested_level"], pmids=tuple(confirmed),
        unverified=tuple(p for p in recalled if p not in confirmed), cited=bool(confirmed),
        mechanism=mechanism(r["mechanism_class"]), note=note,
    )  # fmt: skip


def _against(r: dict[str, str], against: list[str], names: Names) -> Iterator[Fact]:
    parts = r["drug"].split(" + ")
    drug = names.combination(parts) if len(parts) > 1 else names.therapy(r["drug"])
    for source in against:
        yield from _facts(
            r, source, names, drug, effect=r["effect"], level=r["suggested_level"], supports=False, cited=False
        )


def _overcome(r: dict[str, str], o: dict[str, str], key: str, names: Names) -> Iterator[Fact]:
    parts = o["drug"].split(" + ")
    drug = names.combination(parts) if len(parts) > 1 else names.therapy(o["drug"])
    yield from _facts(
        r, key, names, drug, o["context"], effect="sensitivity", level=o["level"], cited=False, note=o["note"],
    )  # fmt: skip
    for source in items(o["against"]):
        yield from _facts(
            r, source, names, drug, o["context"], effect="sensitivity", level=o["level"], cited=False, supports=False
        )
