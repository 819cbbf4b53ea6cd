"""One build's reference: sparse genome and transcripts from the bundle, or the user's own."""

from pathlib import Path

from acquired.reference.build import build_reference
from acquired.stage import RESOURCES, stage

build = snakemake.wildcards.build
with stage(snakemake.log[0], "reference", build):
    given = {kind: Path(path) for kind, path in snakemake.params.given.items() if path}
    build_reference(RESOURCES, build, Path(snakemake.output.provenance).parent, given.get("fasta"), given.get("gff"))
