"""Both builds' provenance in one file, which each job of each patient names as what it rests on."""

from pathlib import Path

from acquired.stage import stage
from acquired.whole import write_text

with stage(snakemake.log[0], "references") as counts:
    told = [Path(path).read_text(encoding="utf-8") for path in snakemake.input]
    write_text(Path(snakemake.output[0]), "".join(told))
    counts["builds"] = len(told)
