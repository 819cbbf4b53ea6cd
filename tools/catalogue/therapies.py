"""Drugs, classes and diseases as sources spell them, resolved to the names of the catalogue's tables."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

from acquired.catalogue.names import ancestors, disease_key, drug_key
from alterations import Excluded


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a tab-separated table with a header; no quoting."""
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


def items(cell: str) -> list[str]:
    """The items of a `;` list."""
    return [i.strip() for i in cell.split(";") if i.strip()]


class Names:
    """The vocabulary: drugs, classes and diseases, and the maps from what sources call them."""

    def __init__(self, catalogue: Path, tools: Path):
        self.drugs = {r["name"]: r for r in rows(catalogue / "drugs.tsv")}
        self.classes = {r["name"]: items(r["parents"]) for r in rows(catalogue / "classes.tsv")}
        self.diseases = {r["id"]: r for r in rows(catalogue / "diseases.tsv")}
        self._drug: dict[str, str] = {}
        for name, row in self.drugs.items():
            for spelling in [name, *items(row["synonyms"])]:
                self._drug[drug_key(spelling)] = name
        for name in self.classes:
            self._drug[drug_key(name)] = name
        self._special = {r["source_name"].casefold(): r["name"] for r in rows(tools / "drug_names.tsv")}
        self._disease: dict[str, str] = {}
        for ident, row in self.diseases.items():
            for spelling in [ident, row["name"], *items(row["synonyms"])]:
                self._disease[disease_key(spelling)] = ident
        special = rows(tools / "disease_names.tsv")
        self._disease_special = {r["source_name"].casefold(): items(r["ids"]) for r in special}
        self._disease_parents = {i: items(r["parents"]) for i, r in self.diseases.items()}

    def therapy(self, name: str) -> str:
        """Canonical name of one drug, class or regimen. Raises Excluded."""
        text = " ".join(name.split())
        if (special := self._special.get(text.casefold())) is not None:
            if special.startswith("!"):
                raise Excluded(special[1:].strip())
            return special
        for spelling in (text, re.sub(r"s$", "", text), re.sub(r"\s*\(.*", "", text)):
            if found := self._drug.get(drug_key(spelling)):
                return found
        raise Excluded(f"the drug “{text}” is not in the drug table: laboratory compound or never in clinical use")

    def combination(self, names: list[str]) -> str:
        """Canonical combination of several drugs: parts once each, in alphabetical order."""
        parts = {p for name in names for p in self.therapy(name).split(" + ")}
        return " + ".join(sorted(parts, key=str.casefold))

    def is_class(self, drug: str) -> bool:
        """Whether the name is a class."""
        return drug in self.classes

    def classes_of(self, drug: str) -> set[str]:
        """Every class above a drug, or above a class (itself included)."""
        if drug in self.classes:
            return {drug, *ancestors(drug, self.classes)}
        own = items(self.drugs[drug]["classes"]) if drug in self.drugs else []
        return {c for o in own for c in (o, *ancestors(o, self.classes))}

    def targets(self, drug: str) -> set[str]:
        """Targets of a drug; of a class, those of more than half its members; of a combination, those of its parts."""
        if " + " in drug:
            return {t for part in drug.split(" + ") for t in self.targets(part)}
        if drug in self.drugs:
            return set(items(self.drugs[drug]["targets"]))
        members = [items(r["targets"]) for n, r in self.drugs.items() if drug in self.classes_of(n)]
        counts = Counter(t for targets in members for t in targets)
        return {t for t, n in counts.items() if 2 * n > len(members)}

    def disease(self, name: str) -> list[str]:
        """Disease ids of a source's disease (more than one where the source lists several). Raises Excluded."""
        text = " ".join(name.split())
        if (special := self._disease_special.get(text.casefold())) is not None:
            return special
        if found := self._disease.get(disease_key(text)):
            return [found]
        if ";" in text:
            return sorted({i for part in text.split(";") for i in self.disease(part)})
        raise Excluded(f"the disease “{text}” is not in the disease table")

    def wider(self, disease: str) -> list[str]:
        """Every disease above this one."""
        return ancestors(disease, self._disease_parents)

    def related(self, a: str, b: str) -> bool:
        """Whether one disease is the other or a part of it; the widest ones are related only to themselves."""
        wide = {"cancer", "solid_tumor", "hematologic_cancer"}
        if a == b:
            return True
        return (a not in wide and a in self.wider(b)) or (b not in wide and b in self.wider(a))
