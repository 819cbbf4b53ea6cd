"""What a specimen's other files and facts say: copy number, fusions, expression, histology."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from acquired.errors import InputError, Problem
from acquired.model import Specimen
from acquired.reference import Reference
from acquired.reference.core import BUILDS
from acquired.vendors.found import empty_alterations, merge


def other_files(
    specimen: Specimen, resources: Path, build: str, genome: Any, settings: dict[str, Any]
) -> dict[str, Any]:
    """A part of the alterations file (see vendors.found) from everything but the call files.

    build, genome: of the specimen's calls ("" and None where it has none with coordinates; then the sheet's build).
    settings: of the config (`copy_number`). What became of each file's rows is told in `warnings`. Raises InputError
    with every problem of these files.
    """
    into = empty_alterations() | {"histology": specimen.facts.get("histology", "")}
    if not any(specimen.files.get(kind) for kind in ("copy_number", "fusions", "expression")):
        return into  # as for most specimens: none of the readers need be imported (20 ms)
    from acquired.copynumber import read_copy_number
    from acquired.expression import read_expression
    from acquired.fusions import read_fusions

    known = build or (specimen.build if specimen.build in BUILDS else "")
    reference: Reference = genome or Reference.open(resources, known or BUILDS[0])
    readers: dict[str, Callable[[Path], dict[str, Any]]] = {
        "copy_number": lambda path: read_copy_number(path, specimen, reference, resources, settings),
        "fusions": lambda path: read_fusions(path, specimen, reference, resources),
        "expression": lambda path: read_expression(path, specimen, reference, resources),
    }
    problems: list[Problem] = []
    for kind, reader in readers.items():
        if not specimen.files.get(kind):
            continue
        path = Path(specimen.files[kind])
        try:
            told = reader(path)
            if not known and _has_places(told):
                raise InputError(_no_build(path))
        except InputError as error:
            problems += error.problems
            continue
        merge(into, told | {"warnings": account_sentences(told["account"])})
    if problems:
        raise InputError(*problems)
    return into


def _has_places(told: dict[str, Any]) -> bool:
    rows = [
        *told.get("copy_number", []),
        *told.get("fusions", []),
        *told.get("splice", []),
        *told.get("rearrangements", []),
    ]
    return any(row.get("start") or row.get("breakpoints") for row in rows)


def _no_build(path: Path) -> Problem:
    return Problem(
        path.name,
        "on which genome build its places are is not known.",
        "the specimen has no variant calls that tell it",
        "write GRCh37 or GRCh38 in the sheet's `build` column.",
    )


def account_sentences(account: dict[str, Any]) -> list[str]:
    """What became of the rows of one file, in sentences; none where every row was used and nothing was doubtful."""
    sentences = list(account["warnings"])
    if account["set_aside"]:
        reasons = "; ".join(f"{r['count']:,} {r['reason']}" for r in account["set_aside"])
        sentences.insert(
            0,
            f"{account['path']} ({account['format']}): {account['kept']:,} of {account['read']:,} rows tell of "
            f"a known gene; set aside: {reasons}.",
        )
    return sentences
