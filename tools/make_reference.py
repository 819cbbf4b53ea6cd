#!/usr/bin/env python3
"""Carry reference data over into resources/reference (maintainers only; never run by the workflow).

    python tools/make_reference.py SOURCE_FOLDER

SOURCE_FOLDER holds `transcripts.<build>.tsv` and `loci.<build>.fa.gz` for GRCh38 and GRCh37 (header of a locus:
`>GENE chrom:start-end kind trust`). Kept: the bases of every exon of every listed transcript with flanks.
Which transcript a gene is named by: `resources/reference/numbering.tsv` where it has a row, else a `clinical (...)`
row of the source, else MANE Select.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "scripts"))

from acquired.reference import BUILDS, Transcript, contig_lengths, transcripts  # noqa: E402
from acquired.reference.bases import write as write_bases  # noqa: E402

TARGET = REPOSITORY / "resources" / "reference"
#: Bases kept on either side of an exon, where the source has them.
FLANK = 500

Locus = tuple[str, str, int, int, str, str, str]  # gene, chrom, start, end, kind, trust, sequence


def read_loci(path: Path) -> list[Locus]:
    """The loci of one build."""
    loci: list[Locus] = []
    with gzip.open(path, "rt") as handle:
        for record in handle.read().split(">")[1:]:
            header, *lines = record.split("\n")
            gene, place, kind, trust = header.split()
            chrom, span = place.split(":")
            start, end = map(int, span.split("-"))
            sequence = "".join(lines)
            if len(sequence) != end - start + 1:
                raise SystemExit(f"{path.name}: {gene} {place} has {len(sequence)} bases")
            loci.append((gene, chrom, start, end, kind, trust, sequence))
    return loci


def chromosome_order(chrom: str) -> int:
    """Place of a chromosome in the usual order."""
    return [*map(str, range(1, 23)), "X", "Y", "M"].index(chrom.removeprefix("chr"))


def merge(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans united where they overlap or touch."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def blocks(models: list[Transcript], loci: list[Locus]) -> list[tuple[str, int, str]]:
    """Known bases within FLANK of an exon, as maximal stretches without N."""
    wanted: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for model in models:
        wanted[model.chrom] += [(start - FLANK, end + FLANK) for start, end in model.exons]
    found = []
    for chrom in sorted(wanted, key=chromosome_order):
        here = [locus for locus in loci if locus[1] == chrom]
        for low, high in merge(wanted[chrom]):
            bases = bytearray(b"N" * (high - low + 1))
            for _, _, start, end, _, _, sequence in here:
                first, last = max(start, low), min(end, high)
                if first > last:
                    continue
                old = bytes(bases[first - low : last - low + 1])
                new = sequence[first - start : last - start + 1].encode()
                if any(a != b for a, b in zip(old, new, strict=True) if a != 78 and b != 78):
                    raise SystemExit(f"loci disagree within {chrom}:{first}-{last}")
                bases[first - low : last - low + 1] = bytes(
                    b if a == 78 else a for a, b in zip(old, new, strict=True)
                )
            text, at = bases.decode(), 0
            for piece in text.split("N"):
                if piece:
                    found.append((chrom, low + at, piece))
                at += len(piece) + 1
    return found


def read_models(path: Path) -> list[Transcript]:
    """The transcripts of one build of the source, none of them clinical yet."""
    models = []
    with path.open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle, delimiter="\t"):
            exons = tuple(
                (int(a), int(b)) for a, b in zip(row["exon_starts"].split(","), row["exon_ends"].split(","), strict=True)
            )
            models.append(
                Transcript(
                    row["gene"], row["chrom"], row["strand"], row["transcript_ensembl"], row["transcript_refseq"],
                    row["protein_refseq"], row["mane_status"].split(" (")[0], False, exons,
                    int(row["cds_start"] or 0), int(row["cds_end"] or 0),
                    row["gene_ensembl"], row["gene_entrez"].removeprefix("GeneID:"),
                )
            )  # fmt: skip
    return models


def choose(models: list[Transcript]) -> list[Transcript]:
    """One clinical transcript a gene; see the module's docstring."""
    with (TARGET / "numbering.tsv").open(encoding="utf-8") as handle:
        ruled = {row["gene"]: row["transcript"] for row in csv.DictReader(handle, delimiter="\t")}
    rank = {"clinical": 0, "MANE Select": 1, "MANE Plus Clinical": 2}
    by_gene: dict[str, list[Transcript]] = defaultdict(list)
    for model in models:
        by_gene[model.gene].append(model)
    chosen = []
    for gene, of_gene in by_gene.items():
        of_gene.sort(key=lambda t: (t.name != ruled.get(gene, t.name), rank[t.status], t.name))
        if gene in ruled and of_gene[0].name != ruled[gene]:
            raise SystemExit(f"numbering.tsv names {ruled[gene]} for {gene}, which is not listed")
        chosen += [replace(model, clinical=index == 0) for index, model in enumerate(of_gene)]
    return chosen


def bases_known(model: Transcript, known: dict[str, list[tuple[int, int]]]) -> str:
    """What the bundle has of a transcript: all, coding, part, none."""

    def within(start: int, end: int) -> int:
        return sum(max(0, min(b, end) - max(a, start) + 1) for a, b in known.get(model.chrom, ()))

    exonic = sum(within(start, end) for start, end in model.exons)
    if exonic == sum(end - start + 1 for start, end in model.exons):
        return "all"
    coding = sum(within(start, end) for start, end in model.coding)
    if coding == sum(end - start + 1 for start, end in model.coding):
        return "coding"
    return "part" if coding else "none"


def main() -> None:
    """Write every generated file of resources/reference."""
    source = Path(sys.argv[1])
    for build in BUILDS:
        models = read_models(source / f"transcripts.{build}.tsv")
        loci = read_loci(source / f"loci.{build}.fa.gz")
        with_bases = {locus[0] for locus in loci}
        found = blocks([m for m in models if m.gene in with_bases], loci)
        write_bases(TARGET / f"bases.{build}.tsv", found)
        known: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for chrom, start, sequence in found:
            known[chrom].append((start, start + len(sequence) - 1))
        listed = [replace(model, bases=bases_known(model, known)) for model in choose(models)]
        transcripts.write(TARGET / f"transcripts.{build}.tsv", listed)
        print(build, len(listed), "transcripts;", len(found), "blocks;", sum(len(s) for _, _, s in found), "bases")


if __name__ == "__main__":
    main()
