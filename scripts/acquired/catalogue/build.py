"""Compiling the catalogue: bundled and lab claims, validated together, merged, indexed, written as one JSON file."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from acquired.annotate import Annotator
from acquired.catalogue import names
from acquired.catalogue.language import genes_of, parse_context, parse_match
from acquired.catalogue.load import Sources, load_sources, split_list
from acquired.catalogue.records import Claim, to_row
from acquired.catalogue.residues import check_residues, coding_exons
from acquired.errors import InputError
from acquired.reference import Reference
from acquired.whole import whole

#: A protein change that several names may say, in a `match` or `context` cell, with the gene of its part if it has one.
_SPELT = re.compile(r"(?:([A-Za-z0-9][\w@.-]*):\s*)?protein ([^\s;&]*(?:del|dup|ins)[^\s;&]*)")

#: Version of the compiled file's layout.
FORMAT = "1.0.0"


def compile_catalogue(resources: Path, lab_files: Sequence[Path], out: Path) -> dict[str, Any]:
    """Validate and merge `resources/catalogue` and the lab's own files; write `out` whole or not at all.

    resources: the repository's `resources` folder (its reference says which residues there are).
    Returns what was written. Raises InputError with every problem of all files.
    """
    compiled = compile_sources(resources, lab_files)
    with whole(out) as partial, partial.open("w", encoding="utf-8") as handle:
        json.dump(compiled, handle, ensure_ascii=False, separators=(",", ":"))
        handle.write("\n")
    return compiled


def compile_sources(
    resources: Path, lab_files: Sequence[Path], check: bool = True, folder: Path | None = None
) -> dict[str, Any]:
    """What `compile_catalogue` writes, as plain values.

    check: compare residues with the bundled transcripts too. folder: of the tables, if not `resources/catalogue`.
    """
    # residues are numbered alike in both builds; GRCh38 is MANE's own
    reference = Reference.open(resources, "GRCh38")
    sources = load_sources(folder or resources / "catalogue", lab_files, reference.genes)
    residues = check_residues(sources, reference) if check else {}
    if sources.problems:
        raise InputError(*sources.problems)
    return assemble(sources, reference, residues)


def assemble(sources: Sources, reference: Reference, residues: dict[str, int]) -> dict[str, Any]:
    """The compiled catalogue. Claims are tab-joined rows, sorted by id (`records.to_row`); indexes hold row numbers.

    Rows are text because every patient's job reads the file and needs the claims of a few genes only.
    """
    annotator = Annotator(reference)
    claims = [canonical(sources.claims[id_], annotator) for id_ in sorted(sources.claims)]
    by_gene: dict[str, list[int]] = {}
    by_drug: dict[str, list[int]] = {}
    exon_genes: set[str] = set()
    for number, claim in enumerate(claims):
        match = parse_match(claim.match)
        for gene in genes_of(match, claim.gene):
            by_gene.setdefault(gene, []).append(number)
        if match.form == "histology":
            by_gene.setdefault("", []).append(number)
        for part in claim.parts:
            by_drug.setdefault(part, []).append(number)
        conditions = [c.match for c in parse_context(claim.context)]
        for expression in (match, *match.parts, *conditions):
            if expression.form in ("exon", "splice"):
                exon_genes.add(expression.gene or claim.gene)
    return {
        "format": FORMAT,
        "provenance": _provenance(sources, residues),
        "claims": [to_row(c) for c in claims],
        "by_gene": dict(sorted(by_gene.items())),
        "by_drug": dict(sorted(by_drug.items())),
        "drugs": {name: _drug(row, sources) for name, row in sorted(sources.drugs.items())},
        "drug_keys": _drug_keys(sources),
        "classes": {name: names.ancestors(name, sources.classes) for name in sorted(sources.classes)},
        "groups": sorted(sources.groups),
        "diseases": {
            id_: [row["name"], names.ancestors(id_, sources.disease_parents)]
            for id_, row in sorted(sources.diseases.items())
        },
        "disease_keys": dict(sorted(sources.disease_keys.items())),
        "regions": sources.regions,
        "aliases": sources.aliases,
        "exons": {gene: coding_exons(t) for gene in sorted(exon_genes) if (t := reference.clinical(gene))},
        "activity": sources.activity,
        "withdrawn": sources.withdrawn,
    }


def canonical(claim: Claim, annotator: Annotator) -> Claim:
    """The claim with its protein changes spelt as the annotation spells those of real files.

    EGFR M766_A767insAI and A767_S768insIA are one change; HGVS knows it by the second name only. What the claim is
    called (`alteration`) stays as its source has it.
    """

    def spelt(found: re.Match[str]) -> str:
        return found[0].replace(found[2], annotator.canonical_protein(found[1] or claim.gene, found[2]))

    match, context = _SPELT.sub(spelt, claim.match), _SPELT.sub(spelt, claim.context)
    changed = (match, context) != (claim.match, claim.context)
    return replace(claim, match=match, context=context) if changed else claim


def _drug(row: dict[str, str], sources: Sources) -> list[Any]:
    """[parts, classes nearest first, targets, synonyms, status, status_date, ids]"""
    parts = row["name"].split(" + ")
    of_parts = [sources.drugs[p] for p in parts if p in sources.drugs]
    classes = [c for part in of_parts for c in split_list(part.get("classes", ""))]
    targets = dict.fromkeys(t for part in of_parts for t in split_list(part.get("targets", "")))
    return [
        parts,
        names.nearest_first(classes, sources.classes),
        list(targets),
        split_list(row.get("synonyms", "")),
        row.get("status", ""),
        row.get("status_date", ""),
        row.get("ids", ""),
    ]


def _drug_keys(sources: Sources) -> dict[str, str]:
    """Spelling key -> canonical name; a combination row is also found by its own name."""
    return dict(sorted({**sources.drug_keys, **{names.drug_key(name): name for name in sources.drugs}}.items()))


def _provenance(sources: Sources, residues: dict[str, int]) -> dict[str, Any]:
    files = sorted(sources.files, key=lambda f: (f["kind"], f["file"]))
    joined = "\n".join(f"{f['kind']} {f['file']} {f['sha256']}" for f in files)
    meta = sources.meta
    return {
        "name": str(meta.get("name", "")),
        "version": str(meta.get("version", "")),
        "date": str(meta.get("date", "")),
        "digest": hashlib.sha256(joined.encode()).hexdigest(),
        "claims": len(sources.claims),
        "resistance": sum(c.resists for c in sources.claims.values()),
        "drugs": len(sources.drugs),
        "exclusions": len(sources.exclusions),
        "withdrawn": len(sources.withdrawn),
        "residues": residues,
        "sources": meta.get("sources", []),
        "files": files,
    }
