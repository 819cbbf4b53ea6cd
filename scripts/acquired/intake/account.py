"""`<specimen>.normalized.json`: what was read, from what, and what became of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acquired.intake.ledger import Ledger
from acquired.intake.lines import digest
from acquired.model import Specimen

if TYPE_CHECKING:
    from acquired.intake.specimen import Opened


def account(
    specimen: Specimen,
    build: str,
    placed: bool,
    opened: Sequence[Opened],
    ledger: Ledger,
    written: dict[str, int],
    intervals: int,
) -> dict[str, Any]:
    """The account of a specimen that was not refused.

    placed: whether any of its files has coordinates; without, the build is that of its empty BCF alone. written: counts
    of `write_alleles`. intervals: number of depth intervals written.
    """
    told = empty_account(specimen)
    warnings = ledger.all_warnings()
    if written["differing"]:
        warnings.append(
            f"{written['differing']} alleles are in the file more than once with different numbers; "
            "a call before a count, then one that passes, then the deepest was kept."
        )
    sources = [file.source for file in opened]
    told.update(
        status="ok",
        build=build,
        placed=placed,
        small_variants=_kind(opened),
        build_evidence=" ".join(dict.fromkeys(file.evidence for file in opened)),
        caller="; ".join(dict.fromkeys(source.dialect.name for source in sources)),
        caller_source="; ".join(dict.fromkeys(source.told[0] for source in sources)),
        records={
            "read": ledger.read,
            "kept": ledger.kept,
            "alleles": written["alleles"],
            "duplicates": written["duplicates"],
            "set_aside": ledger.set_aside_records(),
            "depth": ledger.depth_records,
            "other": ledger.other,
        },
        set_aside=ledger.set_aside(),
        outside_reference=ledger.outside,
        vaf_keys={key if key != "." else "unknown": count for key, count in sorted(ledger.vaf_keys.items())},
        disagreements=ledger.disagreements,
        disagreements_count=ledger.disagreements_count,
        warnings=warnings,
        inputs=inputs_of(specimen),
        depth_source=" and ".join(sorted(ledger.depth_sources)) if intervals else "",
    )
    if opened:
        first, found = sources[0], opened[0].found
        # A table's column has a made-up name where the table names no sample.
        told["sample"] = found.sample if found else first.header.samples[first.column] if first.column >= 0 else ""
        told["sample_source"] = first.told[1]
        told["normal"] = first.header.samples[first.normal] if first.normal >= 0 and not found else ""
    return told


def _kind(opened: Sequence[Opened]) -> str:
    """`calls`: a VCF is among the files; `table`: only tables that list what was found; `none`: no call file."""
    if any(file.found is None for file in opened):
        return "calls"
    return "table" if opened else "none"


def empty_account(specimen: Specimen) -> dict[str, Any]:
    """The account of a specimen of which nothing is known yet: refused."""
    return {
        "status": "refused",
        "problems": [],
        "patient": specimen.patient,
        "specimen": specimen.specimen,
        "build": "",
        "placed": False,
        "small_variants": "none",
        "build_evidence": "",
        "caller": "",
        "caller_source": "",
        "sample": "",
        "sample_source": "",
        "normal": "",
        "records": {"read": 0, "kept": 0, "alleles": 0, "duplicates": 0, "set_aside": 0, "depth": 0, "other": 0},
        "set_aside": [],
        "outside_reference": 0,
        "vaf_keys": {},
        "disagreements": [],
        "disagreements_count": 0,
        "warnings": [],
        "inputs": [],
        "depth_source": "",
    }


def inputs_of(specimen: Specimen, missing_ok: bool = False) -> list[dict[str, Any]]:
    """The call files and the other files with their digests. missing_ok: leave out those that cannot be read."""
    rows = []
    given = [("variants", name) for name in specimen.variants]
    given += [(kind, specimen.files.get(kind, "")) for kind in ("copy_number", "fusions", "expression")]
    for kind, path in [(kind, Path(name)) for kind, name in given if name]:
        if missing_ok and not (path.is_file() and os.access(path, os.R_OK)):
            continue
        sha, size = digest(path)
        rows.append({"kind": kind, "path": path.name, "sha256": sha, "bytes": size})
    return rows
