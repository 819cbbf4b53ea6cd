"""Whether a change of fraction may be the chromosome's: sites heterozygous in the germline move on the same arm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from acquired.flags.seen import PRESENT, Flag
from acquired.model import Allele


def arms(table: Path, build: str) -> dict[str, int]:
    """Chromosome to the last base of its short arm (1-based), from `resources/flags/arms.tsv`."""
    lines = table.read_text(encoding="utf-8").splitlines()
    header = lines[0].split("\t")
    rows = [dict(zip(header, line.split("\t"), strict=True)) for line in lines[1:]]
    return {row["chrom"]: int(row[build]) for row in rows}


class Shifts:
    """Gathers sites that are heterozygous in the germline by arm, and tells how far they are from one half."""

    def __init__(self, borders: Mapping[str, int], rules: Mapping[str, Any]):
        """borders: `arms`. rules: `shift` of flags/rules.yaml."""
        self._borders, self._rules = borders, rules
        self._sites: dict[str, list[dict[str, float]]] = {}  # by arm: fraction by specimen
        self._places: dict[Allele, int] = {}  # of a site in its arm's list
        self._distances: dict[tuple[str, str], list[float]] = {}  # arm and specimen: |fraction - 0.5| of its sites

    def arm(self, chrom: str, pos: int) -> str:
        """3p, 17q; empty for chromosomes without a border."""
        border = self._borders.get(chrom)
        return "" if border is None else f"{chrom.removeprefix('chr')}{'p' if pos <= border else 'q'}"

    def watch(self, rows: Iterable[Any], where: Callable[[Allele], bool] = lambda allele: True) -> Iterable[Any]:
        """The same rows (`judge.rows.Row`), gathered as they pass. where: the alleles that count.

        Of a place all alleles must come by, or none: those that moved would speak for a shift.
        """
        for row in rows:
            if where(row.allele):
                self.add(row.allele, row.observations)
            yield row

    def add(self, allele: Allele, observations: Sequence[Mapping[str, Any]]) -> None:
        """One allele. Kept if every specimen shows it and at least one shows it heterozygous, at enough depth."""
        rules = self._rules
        if len(observations) < 2 or len(allele.ref) != 1 or len(allele.alt) != 1:
            return
        if allele.chrom in ("chrX", "chrY", "chrM"):
            return
        fractions = {}
        for o in observations:
            if o["status"] not in PRESENT or o["vaf"] is None or (o["depth"] or 0) < rules["depth"]:
                return
            if not rules["floor"] <= o["vaf"] <= 1 - rules["floor"] / 2:
                return
            fractions[o["specimen"]] = float(o["vaf"])
        low, high = rules["band"]
        arm = self.arm(allele.chrom, allele.pos)
        if arm and any(low <= v <= high for v in fractions.values()):
            sites = self._sites.setdefault(arm, [])
            self._places[allele] = len(sites)
            sites.append(fractions)

    def explains(self, allele: Allele, before: str, after: str) -> Flag | None:
        """A flag where the other sites of the arm have moved away from one half, or back, between two specimens.

        Asked once all alleles have gone by.
        """
        arm, own = self.arm(allele.chrom, allele.pos), self._places.get(allele)
        others = len(self._sites.get(arm, ())) - (own is not None)
        if others < self._rules["sites"] or before == after:
            return None
        was, now = (sum(self._others(arm, specimen, own)) / others for specimen in (before, after))
        if abs(now - was) < self._rules["distance"]:
            return None
        return Flag("copy_neutral", {"arm": arm, "sites": others, "was": was, "now": now,
                                     "before": before, "after": after})  # fmt: skip

    def _others(self, arm: str, specimen: str, own: int | None) -> list[float]:
        """How far each site of the arm is from one half, without one site."""
        found = self._distances.get((arm, specimen))
        if found is None:
            found = self._distances[arm, specimen] = [abs(f[specimen] - 0.5) for f in self._sites[arm]]
        return found if own is None else found[:own] + found[own + 1 :]
