"""The laboratory's own GFF3 (Ensembl, GENCODE or RefSeq style): one transcript for every gene outside the bundle."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from acquired.errors import InputError, Problem, quote
from acquired.reference.core import BUILDS, Reference
from acquired.reference.transcripts import Transcript
from acquired.reference.user_genome import contig_names

_PARENT = re.compile(r"(?:^|;)\s*Parent=([^;]*)")

#: Why a transcript was chosen for its gene, best first; the words of `Transcript.status`.
MANE, CANONICAL, LONGEST = "MANE Select", "Ensembl_canonical", "longest CDS"


@dataclass
class _Model:
    """One transcript while its lines are being read."""

    gene: str
    chrom: str
    strand: str
    name: str
    tags: set[str]
    exons: list[tuple[int, int]] = field(default_factory=list)
    coding: list[tuple[int, int]] = field(default_factory=list)

    @property
    def rank(self) -> tuple[int, int, str]:
        """Smallest is best: MANE Select, then canonical, then the longest coding sequence, then the name."""
        tagged = 0 if self.tags & {"MANE Select", "MANE_Select"} else 1 if "Ensembl_canonical" in self.tags else 2
        return tagged, -sum(end - start + 1 for start, end in self.coding), self.name


def _attributes(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.strip().split(";"))
    return {key.strip(): unquote(value) for key, _, value in pairs if value}


def _parents(text: str) -> list[str]:
    """The Parent attribute alone: exons and coding parts are nine tenths of a GFF3."""
    match = _PARENT.search(text)
    return unquote(match[1]).split(",") if match else []


def _lines(path: Path, where: str) -> Iterator[tuple[int, list[str]]]:
    """(line number, columns) of every feature; InputError for what is not GFF3."""
    number = 0
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rt", encoding="utf-8") if packed else path.open(encoding="utf-8") as handle:
            for number, line in enumerate(handle, 1):
                if line.startswith("##FASTA"):
                    return
                if line.startswith("#") or not line.strip():
                    continue
                columns = line.rstrip("\n").split("\t")
                if len(columns) != 9 or not all(c.isdecimal() and len(c) < 20 for c in columns[3:5]):
                    raise InputError(
                        Problem(
                            f"{where} line {number}",
                            f"is not a line of GFF3: {quote(line.strip())}.",
                            "another format, or a damaged file",
                            "name a GFF3 of Ensembl, GENCODE or RefSeq.",
                        )
                    )
                if ' "' in columns[8] and "=" not in columns[8].split('"')[0]:
                    raise InputError(
                        Problem(f"{where} line {number}", "is GTF, not GFF3.", "the other file of the same release",
                                "name the GFF3 of the release.")
                    )  # fmt: skip
                yield number, columns
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(
            Problem(where, f"cannot be read after line {number} ({quote(error, 80)}).", "missing, truncated or damaged",
                    "correct the path in the config, or fetch the file again.")
        ) from None  # fmt: skip


def _read(path: Path, where: str, resources: Path) -> list[_Model]:
    """Every coding transcript on the main chromosomes."""
    names = contig_names(resources)
    genes: dict[str, str] = {}  # ID -> symbol
    models: dict[str, _Model] = {}
    parked: list[tuple[str, bool, int, int]] = []  # parts met before their transcript: parent, coding, start, end
    for _, (seqid, _, kind, start, end, _, strand, _, text) in _lines(path, where):
        chrom = names.get(seqid)
        if chrom is None:
            continue
        if kind in ("exon", "CDS"):
            for parent in _parents(text):
                if (model := models.get(parent)) is not None:
                    (model.coding if kind == "CDS" else model.exons).append((int(start), int(end)))
                else:
                    parked.append((parent, kind == "CDS", int(start), int(end)))
        elif kind in ("gene", "protein_coding_gene") or kind.endswith("gene"):
            found = _attributes(text)
            symbol = found.get("gene_name") or found.get("gene") or found.get("Name") or found.get("gene_id", "")
            genes[found.get("ID", "")] = symbol
        elif "Parent=" in text:
            found = _attributes(text)
            parent = found.get("Parent", "")
            if parent not in genes or "ID" not in found:
                continue  # of no gene, or nothing can lie on it
            name = found.get("transcript_id") or found["ID"].removeprefix("transcript:").removeprefix("rna-")
            if "version" in found and "." not in name:
                name += "." + found["version"]
            tags = set(found.get("tag", "").split(","))
            models[found["ID"]] = _Model(genes[parent], chrom, strand, name, tags)
    for parent, coding, first, last in parked:
        if (model := models.get(parent)) is not None:
            (model.coding if coding else model.exons).append((first, last))
    for model in models.values():
        model.exons.sort()
        model.coding.sort()
    return [model for model in models.values() if model.coding and model.exons and model.strand in "+-"]


def _check_build(where: str, models: list[_Model], resources: Path, build: str) -> None:
    """InputError if the coding sequences of bundled genes do not begin or end where they do on `build`."""
    spans: dict[str, list[_Model]] = {}
    for model in models:
        spans.setdefault(model.gene, []).append(model)
    met: dict[str, int] = {}
    for candidate in BUILDS:
        reference = Reference.open(resources, candidate)
        met[candidate] = sum(
            any(m.chrom == t.chrom and (m.coding[0][0] == t.cds_start or m.coding[-1][1] == t.cds_end)
                for t in reference.transcripts(gene) for m in spans[gene])
            for gene in reference.genes if gene in spans
        )  # fmt: skip
    here = len([gene for gene in Reference.open(resources, build).genes if gene in spans])
    other = max((b for b in BUILDS if b != build), key=lambda b: met[b])
    if not here:
        raise InputError(
            Problem(where, "names none of the bundled genes.", "it gives no gene symbols, or is of another species",
                    "name a GFF3 of Ensembl, GENCODE or RefSeq.")
        )  # fmt: skip
    if not met[build] or met[other] > met[build]:
        cause = f"it is of {other}" if met[other] > met[build] else "another assembly"
        raise InputError(
            Problem(where, f"has {met[build]} of {here} bundled genes where {build} has them, {met[other]} as {other}.",
                    cause, f"name a GFF3 of {build}.")
        )  # fmt: skip


def read_gff(path: Path, resources: Path, build: str, with_bases: bool) -> list[Transcript]:
    """One transcript for each coding gene of a GFF3 that the bundle does not list, sorted by gene.

    MANE Select where the file tags one, else Ensembl_canonical, else the longest coding sequence. `with_bases`: a
    genome FASTA is there too. Raises InputError for what is not GFF3, and for a GFF3 of another build.
    """
    where = f"reference GFF {path}"
    models = _read(path, where, resources)
    _check_build(where, models, resources, build)
    bundled = set(Reference.open(resources, build).genes)
    best: dict[str, _Model] = {}
    for model in models:
        if model.gene in bundled or not model.gene:
            continue
        rival = best.get(model.gene)
        # genes of the pseudoautosomal regions are listed on X and Y: X counts
        if rival is None or (model.chrom == "chrY", model.rank) < (rival.chrom == "chrY", rival.rank):
            best[model.gene] = model
    return [_transcript(best[gene], with_bases) for gene in sorted(best)]


def _transcript(model: _Model, with_bases: bool) -> Transcript:
    refseq = model.name if model.name[:3] in ("NM_", "XM_") else ""
    return Transcript(
        gene=model.gene,
        chrom=model.chrom,
        strand=model.strand,
        ensembl="" if refseq else model.name,
        refseq=refseq,
        protein_refseq="",
        status=(MANE, CANONICAL, LONGEST)[model.rank[0]],
        clinical=True,
        exons=tuple(model.exons),
        cds_start=model.coding[0][0],
        cds_end=model.coding[-1][1],
        bases="all" if with_bases else "none",
        trust="user",
    )
