"""A small catalogue for tests: tests/cases/catalogue/small, compiled against the bundled reference."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

from acquired.catalogue import Catalogue, Subject
from acquired.catalogue.build import compile_sources
from acquired.model import Annotation, Kind

ROOT = Path(__file__).resolve().parents[2]
SMALL = ROOT / "tests" / "cases" / "catalogue" / "small"


def resources_in(folder: Path) -> Path:
    """A `resources` folder with a copy of the small catalogue, to be spoilt, and the real reference."""
    shutil.copytree(SMALL, folder / "resources" / "catalogue")
    (folder / "resources" / "reference").symlink_to(ROOT / "resources" / "reference")
    return folder / "resources"


@functools.cache
def small() -> Catalogue:
    """The small catalogue, read as a patient's job reads it."""
    import json
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        compiled = compile_sources(resources_in(Path(folder)), [])
    return Catalogue(json.loads(json.dumps(compiled)))


def variant(
    gene: str, protein: str = "", consequence: str = "", hgvs_c: str = "", exon: int = 0, id_: str = "", **more: object
) -> Subject:
    """A small variant with one annotation on the gene's clinical transcript."""
    annotation = Annotation(
        gene, "NM_1.1", hgvs_c=hgvs_c, protein=protein, consequence=consequence, exon=exon, **more,  # type: ignore[arg-type]
    )  # fmt: skip
    return Subject(id_ or f"{gene}-{protein or hgvs_c}", Kind.SMALL, gene, [annotation])


def claims(catalogue: Catalogue, subject: Subject, given: list[str], disease: str = "LUAD") -> dict[str, dict]:  # type: ignore[type-arg]
    """Matches of one subject alone, by claim id."""
    found = catalogue.match_fully([subject], given, disease)
    return {m["claim"]: m for m in found[subject.id]}
