"""`Reference`: transcripts, known bases and chromosome lengths of one build, opened lazily.

Two sources of bases: the bundle (`resources/reference`: exons and flanks of the bundled genes), or the
genome the laboratory names in its config (then everywhere). Transcripts are the bundle's; genes outside it
come from the laboratory's GFF3 where there is one.
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from acquired.reference import transcripts as tables
from acquired.reference.bases import PackedBases
from acquired.reference.transcripts import Transcript

BUILDS = ("GRCh38", "GRCh37")
#: Size of the bins in which transcripts are looked up, in bases, as a power of two.
_BIN = 17


def contig_lengths(resources: Path, build: str) -> dict[str, int]:
    """Lengths of chr1 … chr22, chrX, chrY, chrM of a build, in that order.

    A column of `contigs.tsv` may also be asked for by name as a build: `hg19` is GRCh37 but for its chrM.
    """
    return {row["contig"]: int(row[build]) for row in contig_table(resources)}


def contig_table(resources: Path) -> list[dict[str, str]]:
    """The rows of `contigs.tsv`: names, lengths per build, RefSeq accessions."""
    lines = (resources / "reference" / "contigs.tsv").read_text(encoding="utf-8").splitlines()
    header = lines[0].split("\t")
    return [dict(zip(header, line.split("\t"), strict=True)) for line in lines[1:]]


class Reference:
    """Reference of one build. `open` reads the contigs; the rest is read when first asked for."""

    def __init__(self, resources: Path, build: str, built: Path | None):
        if build not in BUILDS:
            raise ValueError(f"unknown build {build!r}")
        self.build = build
        self.contigs = contig_lengths(resources, build)
        self._folder = resources / "reference"
        self._packed = PackedBases(self._folder / f"bases.{build}.tsv")
        self._built = built

    @classmethod
    def open(cls, resources: Path, build: str, built: Path | None = None) -> Reference:
        """The reference of `build` ("GRCh38" or "GRCh37").

        resources: the repository's `resources` folder. built: `results/reference/<build>` as written by
        `build_reference`; without it only the bundle is used. Raises ValueError for another build's name.
        """
        return cls(Path(resources), build, Path(built) if built else None)

    @cached_property
    def _genes(self) -> dict[str, list[Transcript]]:
        """The bundled transcripts by gene; intake, which needs bases alone, never asks."""
        genes: dict[str, list[Transcript]] = {}
        for transcript in tables.read(self._folder / f"transcripts.{self.build}.tsv"):
            genes.setdefault(transcript.gene, []).append(transcript)
        return genes

    @cached_property
    def genes(self) -> tuple[str, ...]:
        """Symbols of the bundled genes."""
        return tuple(self._genes)

    @cached_property
    def description(self) -> dict[str, Any]:
        """What `reference.json` of the built folder says; empty without one."""
        if self._built is None:
            return {}
        loaded: dict[str, Any] = json.loads((self._built / "reference.json").read_text(encoding="utf-8"))
        return loaded

    @property
    def source(self) -> str:
        """Where bases come from: "user", the genome named in the config, or "bundled"."""
        return str(self.description.get("source", "bundled"))

    @property
    def fasta_path(self) -> Path | None:
        """The indexed genome of the built folder (contigs named chr1 … chrM)."""
        return self._built / "genome.fa.gz" if self._built else None

    @property
    def gff_path(self) -> Path | None:
        """The GFF3 of the built folder, as `bcftools csq` reads it."""
        return self._built / "genes.gff3.gz" if self._built else None

    def clinical(self, gene: str) -> Transcript | None:
        """The one transcript `gene` is named by; None for a gene that is not known here."""
        found = self.transcripts(gene)
        return found[0] if found and found[0].clinical else None

    def transcripts(self, gene: str) -> tuple[Transcript, ...]:
        """Every transcript of `gene`: the clinical one first, aliases after; empty if the gene is unknown."""
        return tuple(self._genes.get(gene) or self._user_genes.get(gene) or ())

    def overlapping(self, chrom: str, start: int, end: int) -> list[Transcript]:
        """Transcripts whose span (introns included) meets start … end (1-based inclusive).

        Order: by gene, the clinical transcript first.
        """
        bins = self._bins
        found = {
            id(t): t
            for number in range(start >> _BIN, (end >> _BIN) + 1)
            for t in bins.get((chrom, number), ())
            if t.start <= end and start <= t.end
        }
        return list(found.values()) if len(found) < 2 else sorted(
            found.values(), key=lambda t: (t.gene, not t.clinical, t.name)
        )  # fmt: skip

    def fetch(self, chrom: str, start: int, end: int) -> str:
        """Bases from start to end (1-based inclusive): plus strand, upper case, N where unknown.

        Always end - start + 1 letters; what lies beyond a chromosome, or on an unknown one, is N.
        """
        if self.source == "user":
            return self._fetch_user(chrom, start, end)
        return self._packed.fetch(chrom, start, end)

    def has_bases(self, chrom: str, start: int, end: int) -> bool:
        """Whether every base from start to end (1-based inclusive) is known."""
        if self.source == "user":
            return "N" not in self._fetch_user(chrom, start, end)
        return self._packed.known(chrom, start, end)

    def blocks(self, chrom: str) -> list[tuple[int, int]]:
        """Stretches of `chrom` whose bases the bundle knows, ascending (1-based inclusive)."""
        return self._packed.blocks(chrom)

    def _fetch_user(self, chrom: str, start: int, end: int) -> str:
        low, high = max(start, 1), min(end, self.contigs.get(chrom, 0))
        if chrom not in self._genome_contigs or low > high:
            return "N" * (end - start + 1)
        text: str = self._genome.fetch(chrom, low - 1, high).upper()
        if not set(text) <= set("ACGTN"):  # IUPAC letters in assemblies stand for an unknown base
            text = "".join(base if base in "ACGT" else "N" for base in text)
        return "N" * (low - start) + text + "N" * (end - high)

    @cached_property
    def _genome(self) -> Any:
        import pysam  # only where a user's genome is read: 25 ms

        return pysam.FastaFile(str(self.fasta_path))

    @cached_property
    def _genome_contigs(self) -> frozenset[str]:
        return frozenset(self._genome.references)

    @cached_property
    def _user_genes(self) -> dict[str, list[Transcript]]:
        """Transcripts of the user's GFF3 for genes outside the bundle."""
        found: dict[str, list[Transcript]] = {}
        if self._built is not None and "gff" in self.description:
            for transcript in tables.read(self._built / "transcripts.tsv"):
                found.setdefault(transcript.gene, []).append(transcript)
        return found

    @cached_property
    def _bins(self) -> dict[tuple[str, int], list[Transcript]]:
        bins: dict[tuple[str, int], list[Transcript]] = {}
        for of_gene in (*self._genes.values(), *self._user_genes.values()):
            for transcript in of_gene:
                for number in range(transcript.start >> _BIN, (transcript.end >> _BIN) + 1):
                    bins.setdefault((transcript.chrom, number), []).append(transcript)
        return bins
