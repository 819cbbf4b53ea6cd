"""A patient's page, from result.json alone."""

from pathlib import Path

from acquired.report import write_report
from acquired.stage import RESOURCES, stage

with stage(snakemake.log[0], "report", snakemake.wildcards.patient):
    write_report(Path(snakemake.input[0]), Path(snakemake.output[0]), RESOURCES, snakemake.params.report)
