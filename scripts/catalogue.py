"""The catalogue: bundled claims and the lab's own, validated, merged and indexed."""

from pathlib import Path

from acquired.catalogue import compile_catalogue
from acquired.stage import RESOURCES, stage

with stage(snakemake.log[0], "catalogue") as counts:
    catalogue = compile_catalogue(RESOURCES, [Path(p) for p in snakemake.input.lab], Path(snakemake.output[0]))
    counts["claims"] = len(catalogue["claims"])
