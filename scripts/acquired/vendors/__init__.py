"""Call files that are no VCF (MAF, vendors' tables, XML reports) and a specimen's other files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from acquired.model import Specimen


def other_files(
    specimen: Specimen, resources: Path, build: str, genome: Any, settings: dict[str, Any]
) -> dict[str, Any]:
    """See `acquired.vendors.other.other_files`. The readers are imported only where the specimen has such files."""
    if not specimen.files:
        return {"histology": specimen.facts.get("histology", "")}
    from acquired.vendors import other

    return other.other_files(specimen, resources, build, genome, settings)
