"""`build_reference`: once a build, the files under results/reference/<build> that every patient's jobs share."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from acquired.errors import InputError
from acquired.reference import bgzf, sparse, transcripts
from acquired.reference import gff as gff_writer
from acquired.reference.core import Reference
from acquired.reference.transcripts import Transcript
from acquired.reference.user_genome import link_genome
from acquired.reference.user_gff import read_gff
from acquired.whole import workshop

#: In the order they are put in place: whoever finds reference.json finds the others whole.
FILES = ("genome.fa.gz", "genome.fa.gz.fai", "genome.fa.gz.gzi", "genes.gff3.gz", "transcripts.tsv", "reference.json")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def translatable(transcript: Transcript, reference: Reference) -> bool:
    """Whether `bcftools csq` can work with a coding transcript: every coding base but those of its stop is known.

    BCL2 lacks the bases of its stop codon only; without this leniency its venetoclax alleles would have no answer.
    """
    if transcript.bases in ("all", "coding"):
        return bool(transcript.cds_start)
    unknown = sum(reference.fetch(transcript.chrom, start, end).count("N") for start, end in transcript.coding)
    start, end = transcript.cds_start, transcript.cds_end
    stop = (end - 2, end) if transcript.strand == "+" else (start, start + 2)
    return 0 < unknown == reference.fetch(transcript.chrom, *stop).count("N")


def build_reference(resources: Path, build: str, out: Path, fasta: Path | None = None, gff: Path | None = None) -> None:
    """Write the shared files of `build` into the folder `out`: see FILES.

    Without `fasta` the genome is the bundle's: true chromosome lengths, N where it has no bases. With one, genome.fa.gz
    is a link to it and the index names its chromosomes chr1 … chrM; nothing is written beside it. `gff`: transcripts
    of the genes outside the bundle come from it, into transcripts.tsv (bundled genes keep the bundle's, whose numbering
    is proved). genes.gff3.gz holds what csq may use of both. The files appear under their names only when all are
    whole. Raises InputError, with the problems of both files.
    """
    resources = Path(resources)
    out.mkdir(parents=True, exist_ok=True)
    reference = Reference.open(resources, build)
    models = [t for gene in reference.genes for t in reference.transcripts(gene)]
    bundle_json: dict[str, Any] = {
        path.name: _sha256(path.read_bytes().rstrip(b"\n"))
        for path in sorted((resources / "reference").glob(f"*.{build}.tsv"))
    }
    description: dict[str, Any] = {
        "build": build,
        "source": "user" if fasta else "bundled",
        "bundle": bundle_json,
        "genes": len(reference.genes),
        "notes": [],
    }
    problems = []
    usable = models if fasta else [t for t in models if translatable(t, reference)]
    with workshop(out) as draft:
        extra: list[Transcript] = []
        if gff is not None:
            try:
                extra = read_gff(Path(gff), resources, build, with_bases=fasta is not None)
                usable = usable + extra if fasta else usable
                description["gff"] = {"name": Path(gff).name, "bytes": Path(gff).stat().st_size, "genes": len(extra)}
            except InputError as error:
                problems += error.problems
        if fasta is not None:
            try:
                genome = link_genome(Path(fasta), draft, resources, build)
                description["notes"] += genome.notes
                description["genome"] = {
                    "name": Path(fasta).name,
                    "bytes": Path(fasta).stat().st_size,
                    "contigs": genome.contigs,
                    "bases_compared": genome.compared,
                    "bases_unlike_bundle": genome.differ,
                    "fai_sha256": _sha256((draft / "genome.fa.gz.fai").read_bytes()),
                }
            except InputError as error:
                problems += error.problems
        if problems:
            raise InputError(*problems)
        if fasta is None:
            sparse.write_genome(draft / "genome.fa.gz", reference.contigs, reference.blocks, reference.fetch)
        transcripts.write(draft / "transcripts.tsv", extra)
        text = gff_writer.render(usable, reference.contigs).encode()
        (draft / "genes.gff3.gz").write_bytes(bgzf.compress(text))
        description["transcripts_for_csq"] = len(usable)
        description["gff3_sha256"] = _sha256(text)
        (draft / "reference.json").write_text(
            json.dumps(description, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        (out / "reference.json").unlink(missing_ok=True)
        for file in FILES:
            (draft / file).replace(out / file)
