"""The bundled set of common single-base variants within the bundled loci."""

from __future__ import annotations

from pathlib import Path

from acquired.model import Allele


def common_sites(resources: Path, build: str) -> dict[Allele, str]:
    """Allele (1-based, plus strand) to dbSNP id, in order of place; build: GRCh37 or GRCh38.

    Read from `resources/identity/sites.tsv`, which names the source of each row.
    """
    lines = (resources / "identity" / "sites.tsv").read_text(encoding="utf-8").splitlines()
    header = lines[0].split("\t")
    rows = [dict(zip(header, line.split("\t"), strict=True)) for line in lines[1:]]
    return {Allele(row["chrom"], int(row[build]), row["ref"], row["alt"]): row["id"] for row in rows}
