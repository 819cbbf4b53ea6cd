"""One naming for chromosomes: chr1 … chr22, chrX, chrY, chrM, whatever a file calls them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """A file's contig name, understood. chrom is empty where it is no primary chromosome; build where the name tells it."""

    chrom: str
    rank: int
    build: str = ""


class Naming:
    """Names of contigs to chromosomes, from the table in resources/dialects/contigs.yaml."""

    def __init__(self, table: dict[str, Any]):
        self.table = table
        self.ranks = {f"chr{name}": rank for rank, name in enumerate(table["chromosomes"])}
        self._short = {str(name): str(name) for name in table["chromosomes"]} | dict(table["other_names"])
        self._accessions: dict[str, tuple[str, dict[int, str]]] = {}
        for name, row in table["accessions"].items():
            versions = {row["GRCh37"]: "GRCh37", row["GRCh38"]: "GRCh38"} if row["GRCh37"] != row["GRCh38"] else {}
            self._accessions[row["accession"]] = (str(name), versions)
        self._cache: dict[str, Place] = {}

    def place(self, name: str) -> Place:
        """What `name` stands for; a Place with an empty chrom where it is no chromosome of the primary assembly."""
        found = self._cache.get(name)
        if found is None:
            found = self._cache[name] = self._look_up(name)
        return found

    def _look_up(self, name: str) -> Place:
        stem, _, version = name.partition(".")
        if stem.upper() in self._accessions:
            short, versions = self._accessions[stem.upper()]
            return Place(f"chr{short}", self.ranks[f"chr{short}"], versions.get(int(version or 0) if version.isdigit() else 0, ""))
        bare = name[3:] if name[:3].lower() == "chr" else name
        known = self._short.get(bare.upper())
        return Place(f"chr{known}", self.ranks[f"chr{known}"]) if known else Place("", len(self.ranks))
