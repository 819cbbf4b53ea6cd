"""What curators have written down: numbering, confirmed citations, hand-written claims, notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from acquired.catalogue.language import MatchError, parse_match, residues_of
from alterations import Excluded
from facts import Fact
from merge import Claim
from proteins import Proteins
from therapies import Names, items, rows

#: A residue's letter and number inside an expression.
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
            shifted = self._shift(fact, alias) if alias["gene"] == fact.gene else None
            if shifted and self._fits(fact.gene, shifted.match):
                return shifted
        if self._fits(fact.gene, fact.match):
            return fact
        raise Excluded(f"names a residue that {self._proteins.transcript(fact.gene)} does not have")

    def _fits(self, gene: str, match: str) -> bool:
        """Whether each residue that the expression names stands in its transcript, as far as bases are bundled."""
        try:
            named = residues_of(parse_match(match), gene)
        except MatchError as error:
            raise Excluded(f"no expression of the match language: {error.what}") from error
        return all(self._proteins.letter(own, number) in (letter, "X") for own, letter, number in named if letter)

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

        notes = [fact.note, f"{fact.alteration} in the numbering of {alias['transcript']}"]
        note = "; ".join(filter(None, notes))
        return replace(fact, match=move(fact.match), alteration=move(fact.alteration), note=note)

    def curated(self, names: Names) -> Iterator[Fact]:
        """Claims that a curator wrote by hand, one a row of curated.tsv."""
        for r in self._curated:
            for disease in items(r["diseases"]):
                yield Fact(
                    key=r["source"], gene=r["gene"], alteration=r["alteration"], match=r["match"], context=r["context"],
                    drug=names.combination(r["drug"].split(" + ")), disease=disease,
                    effect=r["effect"], level=r["level"],
                    pmids=tuple(items(r["pmids"])), unverified=tuple(items(r["pmids_unverified"])),
                    cited=True, mechanism=r["mechanism"], note=r["note"],
                )  # fmt: skip

    def confirmed(self, claim: Claim) -> list[str]:
        """PubMed numbers and other articles in which confirmed.tsv saw what the claim says."""
        gene, match, _, drug, disease, resists = claim.key
        recalled = {p for f in claim.support for p in f.unverified}
        found = []
        for r in self._confirmed:
            genes, drugs = items(r["genes"]), items(r["drugs"])
            if r["recalled"] == "yes" and r["number"] not in recalled:
                continue
            if (
                gene in genes
                and (not drugs or drug in drugs)
                and (not r["diseases"] or disease in items(r["diseases"]))
                and (not r["match"] or re.fullmatch(r["match"], match))
                and resists == (r["effect"] != "sensitivity")
            ):
                found.append(r["number"])
        return found

    def note(self, claim: Claim) -> str:
        """One line: what the sources' facts and the curators have to say, each thing once."""
        parts: list[str] = []
        gene, match, _, drug, _, _ = claim.key
        for r in self._notes:
            said = ((r["gene"], gene), (r["match"], match), (r["drug"] or ".*", drug))
            if all(re.fullmatch(pattern, text) for pattern, text in said):
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
