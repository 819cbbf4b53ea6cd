"""All exports of a cohort in one pass over its results: one process, as starting one costs more than a patient does."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pysam

from acquired.export import multiqc
from acquired.export.cbioportal import Study, write_studies
from acquired.export.fhir import Exporter
from acquired.export.results import read_results, write_bytes
from acquired.export.vcf import Writer
from acquired.export.vrs import Identifier
from acquired.reference import Reference
from acquired.reference.core import BUILDS, contig_table


def write_exports(
    result_jsons: list[Path], studies: Path, tables: dict[str, Path], built: Path, resources: Path
) -> dict[str, int]:
    """Write every export of the results.

    Beside each result.json: annotated.vcf.gz with its .tbi, and fhir.json. Of the cohort: the cBioPortal studies under
    the folder `studies`, and MultiQC's tables at the paths of `tables`. built: results/reference, whose folders by
    build say which bases are known (for VRS ids). Returns counts. InputError for results of another version of the
    schema.
    """
    references = {build: Reference.open(resources, build, _folder(built / build)) for build in BUILDS}
    identifiers = {build: Identifier(resources, build, reference) for build, reference in references.items()}
    contigs = contig_table(resources)
    accessions = {build: {row["contig"]: row[f"{build}_refseq"] for row in contigs} for build in BUILDS}

    @cache
    def protein(build: str, gene: str, transcript: str) -> str:
        known = (t.protein_refseq for t in references[build].transcripts(gene) if t.name == transcript)
        return next(known, "")

    fhir = Exporter(resources, identifiers, accessions, protein)
    vcf = Writer(resources, {build: reference.contigs for build, reference in references.items()}, identifiers)
    cohort = {build: Study(resources, build, identifiers[build]) for build in BUILDS}
    quality = multiqc.Tables(resources)
    counts = {"patients": 0, "refused": 0}
    for path, result in zip(sorted(result_jsons, key=lambda p: p.parent.name), read_results(result_jsons), strict=True):
        write_vcf(vcf.text(result), path.with_name("annotated.vcf.gz"))
        bundle = json.dumps(fhir.bundle(result), indent=1, ensure_ascii=False)
        write_bytes(path.with_name("fhir.json"), bundle.encode() + b"\n")
        quality.add(result)
        counts["patients"] += 1
        if result["build"]:
            cohort[result["build"]].add(result)
        else:  # refused: no specimen of it is known to be sound
            counts["refused"] += 1
    write_studies([study for study in cohort.values() if study.rows["sample"]], studies, counts["refused"])
    quality.write(tables)
    return counts


def write_vcf(text: str, path: Path) -> None:
    """Write a sorted VCF as BGZF with a tabix index beside it; the index is put in place after the file."""
    made = path.with_name(f".{path.name}.vcf.gz")
    try:
        with pysam.BGZFile(str(made), "wb", None) as out:
            out.write(text.encode())
        pysam.tabix_index(str(made), preset="vcf", force=True)
        made.replace(path)
        Path(f"{made}.tbi").replace(f"{path}.tbi")
    finally:
        made.unlink(missing_ok=True)
        Path(f"{made}.tbi").unlink(missing_ok=True)


def _folder(built: Path) -> Path | None:
    return built if (built / "reference.json").is_file() else None
