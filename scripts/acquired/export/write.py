"""Results for other programs: a patient's annotated VCF and FHIR bundle; cBioPortal studies and MultiQC tables."""

from __future__ import annotations

import json
from pathlib import Path

import pysam

from acquired.export import multiqc
from acquired.export.cbioportal import Study, write_studies
from acquired.export.fhir import Exporter
from acquired.export.results import read_result, read_results
from acquired.export.vcf import Writer
from acquired.export.vrs import Identifier
from acquired.reference import Reference
from acquired.reference.core import BUILDS, contig_table
from acquired.whole import whole, write_bytes


def write_patient_exports(result_json: Path, vcf: Path, fhir: Path, built: Path, resources: Path) -> None:
    """Write a patient's annotated VCF (with its .tbi) and FHIR bundle.

    built: results/reference, whose folders by build say which bases are known (for VRS ids). InputError for a result
    of another version of the schema.
    """
    references, identifiers = _references(built, resources)
    contigs = contig_table(resources)
    accessions = {build: {row["contig"]: row[f"{build}_refseq"] for row in contigs} for build in BUILDS}

    def protein(build: str, gene: str, transcript: str) -> str:
        known = (t.protein_refseq for t in references[build].transcripts(gene) if t.name == transcript)
        return next(known, "")

    result = read_result(result_json)
    lengths = {build: reference.contigs for build, reference in references.items()}
    write_vcf(Writer(resources, lengths, identifiers).text(result), vcf)
    bundle = Exporter(resources, identifiers, accessions, protein).bundle(result)
    write_bytes(fhir, json.dumps(bundle, indent=1, ensure_ascii=False).encode() + b"\n")


def write_cohort_exports(
    result_jsons: list[Path], studies: Path, tables: dict[str, Path], built: Path, resources: Path
) -> dict[str, int]:
    """Write the cohort's exports: cBioPortal studies under the folder `studies`, MultiQC's tables at `tables`.

    built: as for `write_patient_exports`. Returns counts. InputError for results of another version of the schema.
    """
    _, identifiers = _references(built, resources)
    cohort = {build: Study(resources, build, identifiers[build]) for build in BUILDS}
    quality = multiqc.Tables(resources)
    counts = {"patients": 0, "refused": 0}
    for result in read_results(result_jsons):
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
    with whole(Path(f"{path}.tbi")) as index, whole(path) as made:
        with pysam.BGZFile(str(made), "wb", None) as out:
            out.write(text.encode())
        pysam.tabix_index(str(made), preset="vcf", force=True, index=str(index))


def _folder(built: Path) -> Path | None:
    return built if (built / "reference.json").is_file() else None


def _references(built: Path, resources: Path) -> tuple[dict[str, Reference], dict[str, Identifier]]:
    references = {build: Reference.open(resources, build, _folder(built / build)) for build in BUILDS}
    return references, {build: Identifier(resources, build, reference) for build, reference in references.items()}
