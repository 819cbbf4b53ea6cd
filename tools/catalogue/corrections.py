"""What curators have written down: numbering, confirmed citations, hand-written claims, notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from alterations import Excluded
from facts import Fact
from merge import Claim
from proteins import Proteins
from therapies import Names, items, rows

_RESIDUE = re.compile(r"(?<![A-Za-z0-9.:+-])([ACDEFGHIKLMNPQRSTVWY])(\d+)(?=[A-Z*_]|del|ins|dup|fs|\s|$)")
#: Sources that number a gene by another transcript than the clinical one.
NUMBERED = {("CGI", "FGFR2"), ("literature", "FGFR2"), ("literature", "PSMB5"), ("CIViC", "FGFR2")}


class Corrections:
    """The tables of corrections beside this file, and the proteins they are checked with."""

    def __init__(self, tools: Path, catalogue: Path, proteins: Proteins):
        self._proteins = proteins
        self._aliases = rows(catalogue / "aliases.tsv")
        self._curated = rows(tools / "curated.tsv")
        self._confirmed = rows(tools / "confirmed.tsv")
        self._notes = rows(tools / "notes.tsv")

    def fit(self, fact: Fact) -> Fact:
        """The fact in the numbering of the clinical transcript. Raises Excluded where no known numbering fits."""
        source = fact.key.split(":")[0]
        if (source, fact.gene) not in NUMBERED and self._fits(fact.gene, fact.match):
            return fact
        for alias in self._aliases:
            if alias["gene"] == fact.gene and (shifted := self._shift(fact, alias)) and self._fits(fact.gene, shifted.match):
                return shifted
        if self._fits(fact.gene, fact.match):
            return fact
        raise Excluded(f"names a residue that {self._proteins.transcript(fact.gene)} does not have")

    def _fits(self, gene: str, match: str) -> bool:
        for part in match.removeprefix("compound any ").removeprefix("compound cis ").removeprefix("compound trans ").split(" & "):
            own, _, expression = part.partition(":") if re.match(r"[A-Z0-9]+:[a-z]", part) else (gene, "", part)
            if not expression.startswith(("protein", "codon")):
                continue
            for letter, number in _RESIDUE.findall(re.sub(r"(delins|ins)[A-Z*]+$", r"\1", expression)):
                if self._proteins.letter(own, int(number)) not in (letter, "X"):
                    return False
        return True

    @staticmethod
    def _shift(fact: Fact, alias: dict[str, str]) -> Fact | None:
        """The fact with its residues moved from the alias' numbering; None where they lie outside of it."""
        if not fact.match.startswith(("protein", "codon")):
            return None
        numbers = [int(n) for _, n in _RESIDUE.findall(fact.match)]
        if not all(int(alias["first"]) <= n <= int(alias["last"]) for n in numbers):
            return None

        def move(text: str) -> str:
            return _RESIDUE.sub(lambda m: m[1] + str(int(m[2]) + int(alias["offset"])), text)

        note = f"{fact.alteration} in the numbering of {alias['transcript']}"
        return replace(fact, match=move(fact.match), alteration=move(fact.alteration), note="; ".join(filter(None, [fact.note, note])))

    def curated(self, names: Names) -> Iterator[Fact]:
        """Claims that a curator wrote by hand, one a row of curated.tsv."""
        for r in self._curated:
            for disease in items(r["diseases"]):
                yield Fact(
                    key=r["source"], gene=r["gene"], alteration=r["alteration"], match=r["match"], context=r["context"],
                    drug=names.combination(r["drug"].split(" + ")), disease=disease, effect=r["effect"], level=r["level"],
                    pmids=tuple(items(r["pmids"])), unverified=tuple(items(r["pmids_unverified"])),
                    cited=bool(r["pmids"]), mechanism=r["mechanism"], note=r["note"],
                )  # fmt: skip

    def confirmed(self, claim: Claim) -> list[str]:
        """Recalled numbers of the claim that confirmed.tsv has seen with the article's title and that bear on it."""
        gene, match, _, drug, _, resists = claim.key
        recalled = {p for f in claim.support for p in f.unverified}
        found = []
        for r in self._confirmed:
            genes, drugs = items(r["genes"]), items(r["drugs"])
            if r["recalled"] == "yes" and r["pmid"] not in recalled:
                continue
            if gene in genes and (not drugs or drug in drugs) and resists == (r["effect"] != "sensitivity"):
                if not r["match"] or re.fullmatch(r["match"], match):
                    found.append(r["pmid"])
        return found

    def note(self, claim: Claim) -> str:
        """One line: what the sources' facts and the curators have to say, each thing once."""
        parts: list[str] = []
        gene, match, _, drug, disease, _ = claim.key
        for r in self._notes:
            if r["gene"] == gene and re.fullmatch(r["match"], match) and re.fullmatch(r["drug"] or ".*", drug):
                parts.append(r["note"])
        for f in sorted(claim.support, key=lambda f: f.key):
            parts += [p for p in f.note.split("; ") if p and p not in parts]
        if not claim.support:
            parts.append("looked for in patients and not borne out; no item supports it")
        shown = [p for p in parts if p.startswith("shown in ")]
        if len(shown) > 1:
            fusions = sorted(p.removeprefix("shown in ").removesuffix("-positive disease") for p in shown)
            parts = [p for p in parts if p not in shown] + [f"shown in disease positive for {', '.join(fusions)}"]
        return "; ".join(parts)
