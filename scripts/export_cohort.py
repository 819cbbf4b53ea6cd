"""The cohort for other programs: cBioPortal studies and MultiQC's tables."""

from pathlib import Path

from acquired.export.write import write_cohort_exports
from acquired.stage import RESOURCES, stage

with stage(snakemake.log[0], "export") as counts:
    results = [Path(path) for path in snakemake.input.results]
    tables = {name: Path(snakemake.output[name]) for name in ("verdicts", "specimens")}
    built = Path(snakemake.input.reference).parent
    counts |= write_cohort_exports(results, Path(snakemake.output.studies), tables, built, RESOURCES)
