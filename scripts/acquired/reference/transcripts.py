"""Transcript models and the table they are kept in.

`transcripts.<build>.tsv`: one transcript a line; `exons` as `start-end` pairs joined by commas, ascending on the
genome, 1-based inclusive; `clinical` is `yes` for the one transcript a gene is named by.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

COLUMNS = (
    "gene", "chrom", "strand", "clinical", "status", "refseq", "ensembl", "protein_refseq",
    "gene_ensembl", "gene_entrez", "bases", "trust", "cds_start", "cds_end", "exons",
)  # fmt: skip


@dataclass(frozen=True)
class Transcript:
    """One transcript on one build. Coordinates are genomic, ascending, 1-based and inclusive.

    status: "MANE Select", "MANE Plus Clinical", "clinical" (clinicians number by it), or for a user's GFF
    "MANE Select", "Ensembl_canonical", "longest CDS". clinical: the gene is named by this one.
    bases: what the bundle has of it: "all", "coding" (every coding base, not every exonic one),
    "part", "none". trust: how far the bundle's bases were proved ("verified", "spot-checked",
    "inferred-from-GRCh38", "inferred-from-GRCh37", joined by `;`). cds_start, cds_end: 0 if non-coding; the stop
    codon is inside.
    """

    gene: str
    chrom: str
    strand: str
    ensembl: str
    refseq: str
    protein_refseq: str
    status: str
    clinical: bool
    exons: tuple[tuple[int, int], ...]
    cds_start: int
    cds_end: int
    gene_ensembl: str = ""
    gene_entrez: str = ""
    bases: str = "none"
    trust: str = ""

    @property
    def name(self) -> str:
        """The accession with version it is cited by: RefSeq where there is one, else Ensembl."""
        return self.refseq or self.ensembl

    @property
    def start(self) -> int:
        """First base of the first exon."""
        return self.exons[0][0]

    @property
    def end(self) -> int:
        """Last base of the last exon."""
        return self.exons[-1][1]

    @property
    def coding(self) -> tuple[tuple[int, int], ...]:
        """The coding parts of the exons, ascending; empty for a non-coding transcript."""
        if not self.cds_start:
            return ()
        parts = ((max(start, self.cds_start), min(end, self.cds_end)) for start, end in self.exons)
        return tuple((start, end) for start, end in parts if start <= end)

    def codons(self, first: int, last: int) -> list[tuple[str, int, int]]:
        """Stretches (chromosome, first, last base) of the codons of residues first … last (1-based); several where an
        intron lies between, ascending; fewer bases, or none, beyond the end of the protein."""
        low, high = 3 * (first - 1), 3 * last  # offsets into the coding DNA, half-open
        found, done = [], 0
        for start, end in self.coding if self.strand == "+" else self.coding[::-1]:
            size = end - start + 1
            a, b = max(low - done, 0), min(high - done, size)
            if a < b:
                span = (start + a, start + b - 1) if self.strand == "+" else (end - b + 1, end - a)
                found.append((self.chrom, *span))
            done += size
        return sorted(found)


def read(path: Path) -> list[Transcript]:
    """The transcripts of one table, in its order."""
    found = []
    with path.open(encoding="utf-8") as table:
        next(table)
        for line in table:
            (gene, chrom, strand, clinical, status, refseq, ensembl, protein, gene_ensembl, gene_entrez, bases,
             trust, cds_start, cds_end, exons) = line.rstrip("\n").split("\t")  # fmt: skip
            pairs = tuple([(int(start), int(end)) for start, end in [pair.split("-") for pair in exons.split(",")]])
            found.append(
                Transcript(gene, chrom, strand, ensembl, refseq, protein, status, clinical == "yes", pairs,
                           int(cds_start), int(cds_end), gene_ensembl, gene_entrez, bases, trust)
            )  # fmt: skip
    return found


def write(path: Path, transcripts: Iterable[Transcript]) -> None:
    """Write a table, sorted by gene, the clinical transcript first."""
    rows = sorted(transcripts, key=lambda t: (t.gene, not t.clinical, t.name))
    with path.open("w", encoding="utf-8") as table:
        table.write("\t".join(COLUMNS) + "\n")
        for t in rows:
            exons = ",".join(f"{start}-{end}" for start, end in t.exons)
            table.write("\t".join((
                t.gene, t.chrom, t.strand, "yes" if t.clinical else "", t.status, t.refseq, t.ensembl, t.protein_refseq,
                t.gene_ensembl, t.gene_entrez, t.bases, t.trust, str(t.cds_start), str(t.cds_end), exons,
            )) + "\n")  # fmt: skip
