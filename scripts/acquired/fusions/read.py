"""One file of fusions or structural variants of a specimen to what it tells of genes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from acquired.bundled import read_yaml
from acquired.copynumber.read import is_vcf
from acquired.copynumber.shared import Account
from acquired.fusions.naming import Genes, Named
from acquired.fusions.tables import read_table_fusions
from acquired.fusions.vcf import read_vcf_fusions
from acquired.model import Specimen
from acquired.reference import Reference


def read_fusions(path: Path, specimen: Specimen, reference: Reference, resources: Path) -> dict[str, Any]:
    """{"fusions": …, "rearrangements": …, "splice": …, "fusions_looked_at": "all", "account": …} of one file.

    The rows are those of `<specimen>.alterations.json`; a fusion told by several rows is one row with the reads of the
    strongest. rearrangements: junctions of a known gene that make no fusion of two genes in order. Raises InputError
    with every problem.
    """
    account = Account("fusions", path.name)
    genes = Genes(reference, resources, read_yaml(resources / "dialects" / "fusions.yaml"))
    told: list[tuple[Named, list[str], int | None, list[str]]] = []
    if is_vcf(path):
        for named, record in read_vcf_fusions(path, specimen, genes, resources, account):
            j = record.junctions[0]
            places = [f"{j.one.chrom}:{j.one.pos}", f"{j.two.chrom}:{j.two.pos}"]
            told.append((named, places, record.support, record.filters))
    else:
        for row in read_table_fusions(path, genes, resources, account):
            told.append((row.named, row.breakpoints, row.support, row.filters))
    account.close()
    return {
        "fusions": _rows([t for t in told if t[0].kind == "fusion"], account.format),
        "rearrangements": _rows([t for t in told if t[0].kind == "rearrangement"], account.format),
        "splice": _rows([t for t in told if t[0].kind in ("deletion", "duplication")], account.format),
        "fusions_looked_at": "all",
        "account": account.as_dict(),
    }


def _rows(told: Sequence[tuple[Named, list[str], int | None, list[str]]], source: str) -> list[dict[str, Any]]:
    """One row a name, called before filtered, then the best supported; sorted by name."""
    best: dict[tuple[tuple[str, ...], str], tuple[Named, list[str], int | None, list[str]]] = {}
    for entry in told:
        key = entry[0].genes, entry[0].name
        if key not in best or _strength(entry) > _strength(best[key]):
            best[key] = entry
    return [
        {
            "gene": named.genes[0],
            "genes": list(named.genes),
            "name": named.name,
            "breakpoints": places,
            "frame": named.frame,
            "detail": named.detail,
            "support": support,
            "status": "filtered" if filters else "called",
            "filters": filters,
            "source": source,
        }
        for (_, _), (named, places, support, filters) in sorted(best.items())
    ]


def _strength(entry: tuple[Named, list[str], int | None, list[str]]) -> tuple[bool, int]:
    return not entry[3], entry[2] or 0
