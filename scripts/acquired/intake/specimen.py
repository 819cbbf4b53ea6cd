"""One specimen's call files to one canonical BCF, a depth track and their accounting."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acquired.errors import InputError, Problem, quote
from acquired.intake import builds, columns, dialects
from acquired.intake.alleles import Bases, Genome
from acquired.intake.contigs import Naming
from acquired.intake.header import Header, read_header
from acquired.intake.ledger import Ledger
from acquired.intake.lines import digest, read_lines
from acquired.intake.records import Reader, Source
from acquired.intake.store import Store, write_alleles, write_depth, write_nothing, write_text
from acquired.model import Specimen
from acquired.reference import Reference
from acquired.reference.core import contig_table


def normalize_specimen(
    specimen: Specimen,
    resources: Path,
    references: dict[str, Path],
    out_bcf: Path,
    out_depth: Path,
    out_json: Path,
    settings: dict[str, Any],
) -> dict[str, Any]:
    """Normalises all call files of one specimen; writes the three files that docs/architecture.md describes.

    references: build to `results/reference/<build>`. settings: none is used today. Gives what was written as JSON.
    Bad input does not raise: it is written as a refusal (`status: refused` with its problems, BCF and depth of
    zero bytes).
    """
    genomes: dict[str, Genome] = {
        build: Reference.open(resources, build, built=path) for build, path in sorted(references.items())
    }
    return normalize_files(specimen, resources, genomes, out_bcf, out_depth, out_json)


def normalize_files(
    specimen: Specimen, resources: Path, genomes: dict[str, Genome], out_bcf: Path, out_depth: Path, out_json: Path
) -> dict[str, Any]:
    """`normalize_specimen` with the genomes opened."""
    out_bcf.parent.mkdir(parents=True, exist_ok=True)
    try:
        told = _normalize(specimen, resources, genomes, out_bcf, out_depth)
    except InputError as error:
        write_nothing(out_bcf, out_depth)
        told = _empty(specimen)
        told["problems"] = [problem.as_dict() for problem in error.problems]
        told["inputs"] = _inputs(specimen, missing_ok=True)
    write_text(out_json, json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    return told


def _normalize(
    specimen: Specimen, resources: Path, genomes: dict[str, Genome], out_bcf: Path, out_depth: Path
) -> dict[str, Any]:
    callers, contigs = dialects.read_tables(resources / "dialects")
    naming = Naming(contigs, contig_table(resources))
    if not specimen.variants:
        raise InputError(
            Problem(
                specimen.source or specimen.specimen,
                "the specimen has no call file.",
                "an empty `variants` cell",
                "name the VCF or BCF file.",
            )
        )
    stated = _stated_build(specimen, naming)
    opened, problems = [], []
    for path in map(Path, specimen.variants):
        try:
            opened.append(_open(path, specimen, callers, naming, genomes, stated))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*problems)
    proved = {build for _, _, build, _, _ in opened}
    if len(proved) > 1:
        raise InputError(
            Problem(
                specimen.specimen,
                "its call files are on different builds: "
                + "; ".join(f"{path.name} is {text}" for path, _, _, text, _ in opened),
                "files of two pipelines in one row",
                "give files of one build.",
            )
        )
    build = proved.pop()
    ledger, filters = Ledger(), set[str]()
    alleles, depth = Store(out_bcf.parent), Store(out_bcf.parent)
    try:
        for path, source, _, _, warnings in opened:
            ledger.warnings += warnings
            reader = Reader(source, Bases(genomes[build]), naming, callers, alleles, depth, ledger, filters)
            reader.run(_records(path, source.header))
        _check(ledger, specimen)
        written = write_alleles(alleles, out_bcf, genomes[build].contigs, filters, specimen.specimen)
        intervals = write_depth(depth, out_depth, genomes[build].contigs)
    finally:
        alleles.close()
        depth.close()
    return _account(specimen, build, opened, ledger, written, intervals)


Opened = tuple[Path, Source, str, str, list[str]]


def _open(
    path: Path, specimen: Specimen, callers: dict[str, Any], naming: Naming, genomes: dict[str, Genome], stated: str
) -> Opened:
    """Header, dialect, column and build of one file; InputError with what is wrong."""
    lines = read_lines(path)
    header = read_header(lines, path.name)
    dialect, how, warnings = dialects.recognise(header, specimen.caller, callers, info_readings=len(header.samples) < 2)
    column, normal, column_source = columns.choose(header, specimen, dialect, callers, path.name)
    if column < 0:
        warnings.append(
            f"{path.name} has no sample column; depth and fraction are taken from INFO where the caller has them."
        )
    evidence = builds.gather(header, _numbered(lines, header), genomes, naming, path.name)
    if not evidence.records:
        warnings.append(f"{path.name} holds no records: nothing was called.")
    elif not evidence.placed:
        raise InputError(
            Problem(
                path.name,
                f"none of its {evidence.records:,} records lies on a human chromosome; "
                f"contigs: {', '.join(evidence.contigs)}.",
                "calls on another genome, or on contigs that were renamed",
                "name the contigs chr1 or 1, and so on, or give the right file.",
            )
        )
    build, sentence = builds.decide(evidence, stated, path.name)
    other = builds.header_note(header, naming, build)
    if other:
        warnings.append(f"The header of {path.name} names {other}; the records are {build}, which was used.")
    source = Source(path.name, header, dialect, column, normal, (how, column_source))
    return path, source, build, sentence, header.warnings + warnings


def _numbered(lines: Iterator[str], header: Header) -> Iterator[tuple[int, str]]:
    return enumerate(lines, header.first_record)


def _records(path: Path, header: Header) -> Iterator[tuple[int, str]]:
    """The records of a file, read again from the start."""
    lines = read_lines(path)
    for _ in range(header.first_record - 1):
        next(lines)
    return _numbered(lines, header)


def _stated_build(specimen: Specimen, naming: Naming) -> str:
    if not specimen.build:
        return ""
    for build, names in naming.table["build_names"].items():
        if specimen.build.strip().lower() in (name.lower() for name in names):
            return str(build)
    raise InputError(
        Problem(
            specimen.source or specimen.specimen,
            f"the build {quote(specimen.build)} is not known.",
            "a spelling mistake, or another assembly",
            "write GRCh37 or GRCh38, or leave it empty.",
        )
    )


def _check(ledger: Ledger, specimen: Specimen) -> None:
    """Refuses where a problem was noted; and a defect of ours where the sums do not agree."""
    ledger.raise_problems(specimen.specimen)
    if ledger.read != ledger.kept + ledger.set_aside_records():
        raise AssertionError(
            f"{specimen.specimen}: {ledger.read} read, {ledger.kept} kept, {ledger.set_aside_records()} set aside"
        )


def _account(
    specimen: Specimen, build: str, opened: list[Opened], ledger: Ledger, written: dict[str, int], intervals: int
) -> dict[str, Any]:
    told = _empty(specimen)
    warnings = ledger.all_warnings()
    if written["differing"]:
        warnings.append(
            f"{written['differing']} alleles are in the file more than once with different numbers; "
            "a call before a count, then one that passes, then the deepest was kept."
        )
    first = opened[0][1]
    told.update(
        status="ok",
        build=build,
        build_evidence=" ".join(dict.fromkeys(text for _, _, _, text, _ in opened)),
        caller="; ".join(dict.fromkeys(source.dialect.name for _, source, _, _, _ in opened)),
        caller_source="; ".join(dict.fromkeys(source.told[0] for _, source, _, _, _ in opened)),
        sample=first.header.samples[first.column] if first.column >= 0 else "",
        sample_source=first.told[1],
        normal=first.header.samples[first.normal] if first.normal >= 0 else "",
        records={
            "read": ledger.read,
            "kept": ledger.kept,
            "alleles": written["alleles"],
            "duplicates": written["duplicates"],
            "set_aside": ledger.set_aside_records(),
            "depth": ledger.depth_records,
        },
        set_aside=ledger.set_aside(),
        outside_reference=ledger.outside,
        vaf_keys={key if key != "." else "unknown": count for key, count in sorted(ledger.vaf_keys.items())},
        disagreements=ledger.disagreements,
        disagreements_count=ledger.disagreements_count,
        warnings=warnings,
        inputs=_inputs(specimen),
        depth_source=" and ".join(sorted(ledger.depth_sources)) if intervals else "",
    )
    return told


def _empty(specimen: Specimen) -> dict[str, Any]:
    return {
        "status": "refused",
        "problems": [],
        "patient": specimen.patient,
        "specimen": specimen.specimen,
        "build": "",
        "build_evidence": "",
        "caller": "",
        "caller_source": "",
        "sample": "",
        "sample_source": "",
        "normal": "",
        "records": {"read": 0, "kept": 0, "alleles": 0, "duplicates": 0, "set_aside": 0, "depth": 0},
        "set_aside": [],
        "outside_reference": 0,
        "vaf_keys": {},
        "disagreements": [],
        "disagreements_count": 0,
        "warnings": [],
        "inputs": [],
        "depth_source": "",
    }


def _inputs(specimen: Specimen, missing_ok: bool = False) -> list[dict[str, Any]]:
    rows = []
    for path in map(Path, specimen.variants):
        if missing_ok and not (path.is_file() and os.access(path, os.R_OK)):
            continue
        sha, size = digest(path)
        rows.append({"kind": "variants", "path": path.name, "sha256": sha, "bytes": size})
    return rows
