"""The cohort's page and table of findings, from every result.json."""

from pathlib import Path

from acquired.report import write_cohort
from acquired.stage import RESOURCES, stage

with stage(snakemake.log[0], "cohort") as counts:
    results = [Path(path) for path in snakemake.input]
    page, findings = Path(snakemake.output.page), Path(snakemake.output.findings)
    write_cohort(results, page, findings, RESOURCES, snakemake.params.report)
    counts["patients"] = len(results)
