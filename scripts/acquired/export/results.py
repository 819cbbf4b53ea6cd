"""Reading result.json for the exports, and what all of them ask of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from acquired.errors import InputError, Problem, quote

Json = dict[str, Any]

#: Statuses in which a specimen carries the alteration.
SEEN = ("called", "filtered", "genotyped")
#: The major version of the result's schema that this library reads; see docs/result.md.
MAJOR = "1"


def read_result(path: Path) -> Json:
    """A result. InputError for one of another major version of the schema, whose fields may mean something else."""
    result: Json = json.loads(path.read_bytes())
    version = str(result.get("schema_version", ""))
    if version.split(".")[0] != MAJOR:
        raise InputError(Problem(
            str(path), f"the result's schema is version {quote(version)}; this reads version {MAJOR}.",
            "it was written by another version of acquired",
            "run the workflow again, or export with the version that wrote it; docs/result.md says what changed.",
        ))  # fmt: skip
    return result


def read_results(paths: Iterable[Path]) -> Iterator[Json]:
    """The results of `paths`, one at a time, in order of patient (the name of the folder), so that memory stays small.

    Raises InputError as `read_result` does.
    """
    for path in sorted(paths, key=lambda p: p.parent.name):
        yield read_result(path)


def drugs_of(result: Json, alteration: Json) -> list[str]:
    """The drugs given whose verdict stands on `alteration`, in order of start."""
    return [v["drug"] for v in result["verdicts"] if alteration["id"] in v["alterations"]]


def seen(alteration: Json) -> list[Json]:
    """The observations in which reads (or a call of another kind) carry the alteration, in order of time."""
    return [o for o in alteration["observations"] if o["status"] in SEEN]


def is_allele(alteration: Json) -> bool:
    """Whether the alteration is an allele with a place: the kind that VCF, MAF and VRS know."""
    return alteration["kind"] == "small variant" and all(alteration[key] for key in ("chrom", "pos", "ref", "alt"))


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of one of the bundled tables: tab-separated, one header line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    header = lines[0].split("\t")
    return [dict(zip(header, line.split("\t"), strict=True)) for line in lines[1:]]


class Genes:
    """What other programs call a gene: identifiers from resources/export/genes.tsv, by HGNC symbol."""

    def __init__(self, resources: Path):
        self._rows = {row["gene"]: row for row in read_table(resources / "export" / "genes.tsv")}

    def id(self, gene: str, column: str) -> str:
        """`hgnc`, `entrez` or `uniprot` of `gene`; empty for a gene outside the table."""
        return self._rows.get(gene, {}).get(column, "")
