"""The cohort's page and tables of findings, from every result.json."""

from pathlib import Path

from acquired.report.cohort import write_cohort
from acquired.stage import RESOURCES, stage

with stage(snakemake.log[0], "cohort") as counts:
    results, (page, tsv, xlsx) = [Path(path) for path in snakemake.input], [Path(path) for path in snakemake.output]
    counts.update(patients=len(results))
    counts["rows"] = write_cohort(results, page, tsv, RESOURCES, snakemake.params.report, xlsx)
