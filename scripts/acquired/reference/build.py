"""`build_reference`: once a build, the files under results/reference/<build> that every patient's jobs share."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from acquired.reference import bgzf, gff, sparse
from acquired.reference.core import Reference
from acquired.reference.transcripts import Transcript

FILES = ("genome.fa.gz", "genome.fa.gz.fai", "genome.fa.gz.gzi", "genes.gff3.gz", "transcripts.tsv", "reference.json")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def build_reference(
    resources: Path, build: str, out: Path, fasta: Path | None = None, gff3: Path | None = None
) -> None:
    """Write genome, indexes, GFF3 and `reference.json` of `build` into the folder `out`."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as name:
        draft = Path(name)
        reference = Reference.open(resources, build)
        models = [t for gene in reference.genes for t in reference.transcripts(gene)]
        sparse.write_genome(draft / "genome.fa.gz", reference.contigs, reference.blocks, reference.fetch)
        text = gff.render([t for t in models if t.bases != "none"], reference.contigs)
        (draft / "genes.gff3.gz").write_bytes(bgzf.compress(text.encode()))
        description: dict[str, Any] = {"build": build, "source": "bundled"}
        (draft / "reference.json").write_text(json.dumps(description, indent=1, sort_keys=True) + "\n")
        for file in FILES:  # reference.json last: who finds it finds the others whole
            if (draft / file).exists():
                os.replace(draft / file, out / file)
