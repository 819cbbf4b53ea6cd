"""One naming for chromosomes: chr1 … chr22, chrX, chrY, chrM, whatever a file calls them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """A contig's name, understood. chrom: empty where it is no primary chromosome; build: where the name tells it."""

    chrom: str
    rank: int
    build: str = ""


class Naming:
    """Names of contigs to chromosomes.

    table: resources/dialects/contigs.yaml; contigs: rows of the reference's contigs.tsv (name, and
    RefSeq accession in each build).
    """

    def __init__(self, table: dict[str, Any], contigs: list[dict[str, str]]):
        self.table = table
        self.ranks = {row["contig"]: rank for rank, row in enumerate(contigs)}
        self._short = {row["contig"].removeprefix("chr"): row["contig"].removeprefix("chr") for row in contigs}
        self._short |= table["other_names"]
        self._accessions: dict[str, tuple[str, dict[str, str]]] = {}
        for row in contigs:
            stem, _, version38 = row["GRCh38_refseq"].partition(".")
            version37 = row["GRCh37_refseq"].partition(".")[2]
            versions = {version37: "GRCh37", version38: "GRCh38"} if version37 != version38 else {}
            self._accessions[stem] = (row["contig"], versions)
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
            chrom, versions = self._accessions[stem.upper()]
            return Place(chrom, self.ranks[chrom], versions.get(version, ""))
        bare = name[3:] if name[:3].lower() == "chr" else name
        known = self._short.get(bare.upper())
        return Place(f"chr{known}", self.ranks[f"chr{known}"]) if known else Place("", len(self.ranks))
