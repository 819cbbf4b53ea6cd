"""One specimen's depth file to `<specimen>.coverage.bed.gz`, in the form of the depth track that intake writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pysam

from acquired.depth.files import DepthFile, Row, Wanted, read
from acquired.depth.kinds import CALLABLE
from acquired.errors import InputError
from acquired.intake.contigs import Naming
from acquired.intake.dialects import read_tables
from acquired.intake.lines import digest
from acquired.model import Specimen
from acquired.reads.union import union
from acquired.reference import Reference
from acquired.reference.core import contig_table
from acquired.whole import whole, write_bytes, write_text


def prepare_coverage(
    specimen: Specimen,
    normalized: Mapping[str, Path],
    resources: Path,
    out_bed: Path,
    out_json: Path,
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """Write what the depth file says of the patient's alleles and of the bundled loci; return the account.

    normalized: specimen id to its `.normalized.json`, for all of the patient; the BCFs lie beside them. settings:
    of the config, `assays` (min_depth of callable regions) and `reads` (max_alleles).
    Rows: chromosome, start (0-based), end, depth, source; sorted; they may overlap where the file's do.
    Account: status, problems, kind of the file, `outside` (what a place that no row covers is: `unknown`, or
    `not assessed` where the file lists all that was looked at), lines, rows, warnings, inputs.
    Bad input does not raise: it is a refusal (`status: refused`, the BED of zero bytes). Where the calls of this
    specimen were refused there is no build to read on: `status: not read`.
    """
    accounts = {id_: json.loads(path.read_text(encoding="utf-8")) for id_, path in normalized.items()}
    build = accounts[specimen.specimen]["build"]
    path = Path(specimen.files["depth"])
    told: dict[str, Any] = {
        "status": "not read",
        "problems": [],
        "patient": specimen.patient,
        "specimen": specimen.specimen,
        "build": build,
        "kind": "",
        "source": "",
        "outside": "unknown",
        "lines": 0,
        "rows": 0,
        "warnings": [],
        "inputs": [],
    }
    if accounts[specimen.specimen]["status"] == "ok":
        sha, size = digest(path)
        told["inputs"] = [{"kind": "depth", "path": path.name, "sha256": sha, "bytes": size}]
        bundle = Reference.open(resources, build)
        same = [p for id_, p in sorted(normalized.items()) if accounts[id_]["build"] == build]
        alleles, _ = union(same, bundle, settings["reads"]["max_alleles"])
        spans = [(chrom, first, last) for chrom in bundle.contigs for first, last in bundle.blocks(chrom)]
        wanted = Wanted([*spans, *((a.chrom, a.pos, a.pos + len(a.ref)) for a in alleles)])
        naming = Naming(read_tables(resources / "dialects")[1], contig_table(resources))
        min_depth = (settings["assays"].get(specimen.assay) or {}).get("min_depth")
        try:
            found = read(path, naming, bundle.contigs, wanted, min_depth)
        except InputError as error:
            told |= {"status": "refused", "problems": [problem.as_dict() for problem in error.problems]}
        else:
            told |= _account(found)
            _write(out_bed, (_line(row, found.kind.source) for row in found.rows))
    if told["status"] != "ok":
        write_bytes(out_bed, b"")
    write_text(out_json, json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    return told


def _account(found: DepthFile) -> dict[str, Any]:
    warnings = list(found.warnings)
    if found.elsewhere:
        names = ", ".join(sorted(found.elsewhere)[:5])
        warnings.append(f"{found.elsewhere.total():,} lines lie on contigs that are no chromosomes ({names}).")
    callable_ = found.kind.source == CALLABLE
    return {
        "status": "ok",
        "kind": found.kind.name,
        "source": found.kind.source,
        "outside": "not assessed" if callable_ else "unknown",
        "lines": found.lines,
        "rows": len(found.rows),
        "warnings": warnings,
    }


def _line(row: Row, source: str) -> bytes:
    return ("\t".join(map(str, row)) + f"\t{source}\n").encode()


def _write(out: Path, lines: Iterable[bytes]) -> None:
    with whole(out) as partial, pysam.BGZFile(str(partial), "w", None) as packed:
        for line in lines:
            packed.write(line)
