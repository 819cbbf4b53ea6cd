"""One build's reference: sparse genome and transcripts from the bundle, or the user's own."""

from pathlib import Path

from acquired.reference.build import build_reference
from acquired.reference.shared import shared_reference
from acquired.stage import RESOURCES, stage

build, params = snakemake.wildcards.build, snakemake.params
with stage(snakemake.log[0], "reference", build):
    given = {kind: Path(path) for kind, path in params.given.items() if path}
    out, fasta, gff = Path(snakemake.output.provenance).parent, given.get("fasta"), given.get("gff")
    # Where the cache lies changes nothing in the files: it is no parameter, and another place re-runs nothing.
    if cache := snakemake.config.get("reference_cache"):
        shared_reference(Path(cache), [params.code, params.data], RESOURCES, build, out, fasta, gff)
    else:
        build_reference(RESOURCES, build, out, fasta, gff)
