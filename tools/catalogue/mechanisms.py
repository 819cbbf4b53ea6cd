"""Which of the fixed mechanisms a claim tells: by the drug's targets first, by the gene's role next."""

from __future__ import annotations

from pathlib import Path

from therapies import Names, rows

ENDOCRINE = "endocrine therapy"
_GAINED = ("amplification", "gain", "expression high")
_GONE = ("deletion", "loss", "lof", "truncating", "expression low")


class Mechanisms:
    """Mechanism of a gene's alteration under a drug. The literature list's own word, where it has one, goes before."""

    def __init__(self, names: Names, tools: Path):
        self._names = names
        self._roles = {r["gene"]: r["role"] for r in rows(tools / "roles.tsv")}

    def of(self, gene: str, match: str, drug: str, effect: str, driver: bool = False) -> str:
        """One of the fixed words. drug: canonical drug, class or combination. driver: the gene's own fusion is what
        the drug was given against, so that its mutants are the target's, whatever else the drug binds."""
        targets = self._targets(drug) | ({gene} if driver else set())
        if match == "reversion":
            return "reversion"
        if match.startswith("histology") or (gene == "RB1" and "TP53:lof" in match):
            return "lineage or histologic transformation"
        if gene in targets:
            if match in _GAINED:
                return "target amplification"
            return "loss of drug target" if match in _GONE and effect != "sensitivity" else "target mutation"
        if effect == "sensitivity":
            return "other"
        return self._by_role(gene, match, drug)

    def _targets(self, drug: str) -> set[str]:
        found = set(self._names.targets(drug))
        for part in drug.split(" + "):
            classes = self._names.classes_of(part)
            if ENDOCRINE in classes or part == ENDOCRINE:
                # hormone withdrawal and blockade act through the receptor, whatever enzyme the drug binds
                prostate = "androgen receptor-directed therapy" in classes
                found |= {"AR"} if prostate else {"ESR1"}
        return found

    def _by_role(self, gene: str, match: str, drug: str) -> str:
        role = self._roles.get(gene, "")
        classes = {c for part in drug.split(" + ") for c in self._names.classes_of(part)}
        if role == "immune" or ("immune checkpoint inhibitor" in classes and gene in ("PTEN", "JAK1", "JAK2", "STK11")):
            return "immune evasion"
        if "immune checkpoint inhibitor" in classes:
            return "other"
        if gene == "TP53" and "MDM2 inhibitor" in classes:
            return "loss of drug target"
        if role == "efflux":
            return "drug efflux or metabolism"
        if role == "apoptosis":
            return "apoptosis evasion"
        if "chemotherapy" in classes and not classes & {"EGFR-directed therapy", "HER2-directed therapy"}:
            return "other"
        if role == "cereblon" and "cereblon modulator" in classes:
            return "loss of drug target"
        if role == "lineage":
            return "lineage or histologic transformation"
        if role in ("mapk", "cell cycle", "downstream"):
            return "pathway reactivation"
        if role == "pi3k":
            return "pathway reactivation" if "PI3K pathway inhibitor" in classes else "bypass"
        return "bypass" if role in ("receptor", "ligand") else "other"
