"""Findings as TSV and XLSX: of each patient, and of the cohort."""

from pathlib import Path

from acquired.export.tables import write_tables
from acquired.stage import stage

with stage(snakemake.log[0], "tables") as counts:
    results = [Path(path) for path in snakemake.input]
    counts["rows"] = write_tables(results, Path(snakemake.output.cohort))
