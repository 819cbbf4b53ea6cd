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
import hashlib
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "scripts"))

from acquired.reference import BUILDS, Transcript, transcripts  # noqa: E402
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
                bases[first - low : last - low + 1] = bytes(b if a == 78 else a for a, b in zip(old, new, strict=True))
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
            ends = row["exon_ends"].split(",")
            exons = tuple((int(a), int(b)) for a, b in zip(row["exon_starts"].split(","), ends, strict=True))
            models.append(
                Transcript(
                    row["gene"], row["chrom"], row["strand"], row["transcript_ensembl"], row["transcript_refseq"],
                    row["protein_refseq"], row["mane_status"].split(" (")[0], False, exons,
                    int(row["cds_start"] or 0), int(row["cds_end"] or 0),
                    row["gene_ensembl"], row["gene_entrez"].removeprefix("GeneID:"),
                )
            )  # fmt: skip
    return models


def numbering() -> list[dict[str, str]]:
    """The rows of numbering.tsv."""
    with (TARGET / "numbering.tsv").open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))


def rebuilt(models: list[Transcript]) -> list[Transcript]:
    """Retired transcripts that clinicians still number by: exons of one listed transcript, start codon of another."""
    named = {model.name: model for model in models}
    found = []
    for row in numbering():
        if row["rebuilt_from"]:
            exons, start = (named[name] for name in row["rebuilt_from"].split(";"))
            forward = exons.strand == "+"
            found.append(
                replace(
                    exons, refseq=row["transcript"], ensembl="", protein_refseq="", status="clinical",
                    cds_start=start.cds_start if forward else exons.cds_start,
                    cds_end=exons.cds_end if forward else start.cds_end,
                )
            )  # fmt: skip
    return found


def choose(models: list[Transcript]) -> list[Transcript]:
    """One clinical transcript a gene; see the module's docstring."""
    ruled = {row["gene"]: row["transcript"] for row in numbering()}
    rank = {"clinical": 0, "MANE Select": 1, "MANE Plus Clinical": 2}
    by_gene: dict[str, list[Transcript]] = defaultdict(list)
    for model in models:
        by_gene[model.gene].append(model)
    chosen = []
    for gene, of_gene in by_gene.items():
        if gene not in ruled and any(model.status == "clinical" for model in of_gene):
            raise SystemExit(f"{gene} has a transcript of clinicians' choice but no row in numbering.tsv")
        of_gene.sort(key=lambda t: (t.name != ruled.get(gene, t.name), rank[t.status], t.name))
        if gene in ruled and of_gene[0].name != ruled[gene]:
            raise SystemExit(f"numbering.tsv names {ruled[gene]} for {gene}, which is not listed")
        chosen += [replace(model, clinical=index == 0) for index, model in enumerate(of_gene)]
    return chosen


def bases_known(model: Transcript, known: dict[str, list[tuple[int, int]]]) -> str:
    """What the bundle has of a transcript: all, coding, part, none."""

    def all_within(spans: tuple[tuple[int, int], ...]) -> bool:
        return all(any(a <= start and end <= b for a, b in known.get(model.chrom, ())) for start, end in spans)

    if all_within(model.exons):
        return "all"
    if all_within(model.coding):
        return "coding"
    met = any(a <= end and start <= b for start, end in model.coding for a, b in known.get(model.chrom, ()))
    return "part" if met else "none"


def trust(model: Transcript, loci: list[Locus]) -> str:
    """Every degree of trust among the loci that hold coding bases of a transcript."""
    met = {
        locus[5]
        for locus in loci
        for start, end in model.coding
        if locus[1] == model.chrom and locus[2] <= end and start <= locus[3]
    }
    return ";".join(sorted(met))


def digests() -> dict[str, str]:
    """SHA-256 of every data file of the bundle, taken without a final newline."""
    return {
        path.name: hashlib.sha256(path.read_bytes().rstrip(b"\n")).hexdigest() for path in sorted(TARGET.glob("*.tsv"))
    }


def write_provenance() -> None:
    """Renew the digests at the end of provenance.yaml; the rest of it is written by hand."""
    path = TARGET / "provenance.yaml"
    text = path.read_text(encoding="utf-8").split("sha256:\n")[0]
    lines = "".join(f"  {name}: {digest}\n" for name, digest in digests().items())
    path.write_text(f"{text}sha256:\n{lines}", encoding="utf-8")


def main() -> None:
    """Write every generated file of resources/reference."""
    source = Path(sys.argv[1])
    for build in BUILDS:
        models = read_models(source / f"transcripts.{build}.tsv")
        models += rebuilt(models)
        loci = read_loci(source / f"loci.{build}.fa.gz")
        with_bases = {locus[0] for locus in loci}
        found = blocks([m for m in models if m.gene in with_bases], loci)
        write_bases(TARGET / f"bases.{build}.tsv", found)
        known: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for chrom, start, sequence in found:
            known[chrom].append((start, start + len(sequence) - 1))
        listed = [replace(m, bases=bases_known(m, known), trust=trust(m, loci)) for m in choose(models)]
        transcripts.write(TARGET / f"transcripts.{build}.tsv", listed)
        print(build, len(listed), "transcripts;", len(found), "blocks;", sum(len(s) for _, _, s in found), "bases")
    write_provenance()


if __name__ == "__main__":
    main()
