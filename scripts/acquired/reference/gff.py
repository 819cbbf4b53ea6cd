"""Transcript models as the GFF3 that `bcftools csq` reads."""

from __future__ import annotations

from collections.abc import Iterable

from acquired.reference.transcripts import Transcript


def _parts(transcript: Transcript) -> list[tuple[str, int, int, str]]:
    """(type, start, end, phase) of a transcript's exons, coding parts and untranslated regions."""
    forward = transcript.strand == "+"
    rows = [("exon", start, end, ".") for start, end in transcript.exons]
    coding = transcript.coding
    done = 0
    for start, end in coding if forward else reversed(coding):
        rows.append(("CDS", start, end, str(-done % 3)))  # phase: bases before the next codon begins
        done += end - start + 1
    if coding:
        before, after = ("five_prime_UTR", "three_prime_UTR") if forward else ("three_prime_UTR", "five_prime_UTR")
        for start, end in transcript.exons:
            if start < transcript.cds_start:
                rows.append((before, start, min(end, transcript.cds_start - 1), "."))
            if end > transcript.cds_end:
                rows.append((after, max(start, transcript.cds_end + 1), end, "."))
    order = {"exon": 0, "CDS": 1}
    return sorted(rows, key=lambda row: (row[1], order.get(row[0], 2), row[2]))


def _escape(text: str) -> str:
    """A name as GFF3 wants it inside an attribute."""
    return "".join(f"%{ord(c):02X}" if c in "%;=&,\t\n\r" else c for c in text)


def render(transcripts: Iterable[Transcript], contigs: dict[str, int]) -> str:
    """The GFF3 text: gene, transcript, exon, CDS with phase, UTRs, by chromosome and place.

    A transcript's ID is the name used everywhere (`Transcript.name`), so that csq's answers name it too.
    """
    genes: dict[tuple[str, str, str], list[Transcript]] = {}
    for transcript in transcripts:
        genes.setdefault((transcript.chrom, transcript.gene, transcript.strand), []).append(transcript)
    rank = {chrom: number for number, chrom in enumerate(contigs)}
    lines = ["##gff-version 3", *(f"##sequence-region {chrom} 1 {length}" for chrom, length in contigs.items())]

    def put(chrom: str, kind: str, start: int, end: int, strand: str, phase: str, attributes: str) -> None:
        lines.append(f"{chrom}\tacquired\t{kind}\t{start}\t{end}\t.\t{strand}\t{phase}\t{attributes}")

    for (chrom, gene, strand), models in sorted(
        genes.items(), key=lambda item: (rank[item[0][0]], min(t.start for t in item[1]), item[0])
    ):
        name = _escape(gene)
        biotype = "protein_coding" if any(t.cds_start for t in models) else "processed_transcript"
        put(chrom, "gene", min(t.start for t in models), max(t.end for t in models), strand, ".",
            f"ID=gene:{name};Name={name};biotype={biotype}")  # fmt: skip
        for t in models:
            biotype = "protein_coding" if t.cds_start else "processed_transcript"
            label = _escape(t.name)
            put(chrom, "mRNA", t.start, t.end, strand, ".",
                f"ID=transcript:{label};Parent=gene:{name};Name={label};biotype={biotype}")  # fmt: skip
            for kind, start, end, phase in _parts(t):
                put(chrom, kind, start, end, strand, phase, f"Parent=transcript:{label}")
    return "\n".join(lines) + "\n"
