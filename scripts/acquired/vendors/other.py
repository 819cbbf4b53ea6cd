"""What a specimen's other files and facts say: copy number, fusions, expression, histology."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from acquired.model import Specimen


def other_files(
    specimen: Specimen, resources: Path, build: str, genome: Any, settings: dict[str, Any]
) -> dict[str, Any]:
    """A part of the alterations file (see vendors.found) from everything but the call files.

    build, genome: of the specimen's calls ("" and None where it has none with coordinates). settings: of the config.
    Today: `histology` of the sheet. Raises InputError with every problem of these files.
    """
    return {"histology": specimen.facts.get("histology", "")}
