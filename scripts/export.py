"""Every export of the cohort: annotated VCF, FHIR, cBioPortal studies, MultiQC's tables."""

from pathlib import Path

from acquired.export.write import write_exports
from acquired.stage import RESOURCES, stage

with stage(snakemake.log[0], "export") as counts:
    results = [Path(path) for path in snakemake.input.results]
    tables = {name: Path(snakemake.output[name]) for name in ("verdicts", "specimens")}
    built = Path("results/reference")
    counts |= write_exports(results, Path(snakemake.output.studies), tables, built, RESOURCES)
