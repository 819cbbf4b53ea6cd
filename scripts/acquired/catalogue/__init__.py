"""Claims, drugs and diseases: loading, validating, matching, importing. See docs/catalogue.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from acquired.catalogue.records import Claim, Disease, Drug, Locus, Subject
from acquired.catalogue.store import Catalogue

__all__ = ["Catalogue", "Claim", "Disease", "Drug", "Locus", "Subject", "compile_catalogue"]


def compile_catalogue(resources: Path, lab_files: list[Path], out: Path) -> dict[str, Any]:
    """See `acquired.catalogue.build.compile_catalogue`; imported only here, as no patient's job needs it."""
    from acquired.catalogue import build

    return build.compile_catalogue(resources, lab_files, out)
