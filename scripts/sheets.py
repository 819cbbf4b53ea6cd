"""What each job of a patient will be told, from the sheets and settings: once a run."""

from pathlib import Path

from acquired.jobs import record, write_jobs
from acquired.provenance import library_digest
from acquired.sheets import load_cohort
from acquired.stage import RESOURCES, stage

with stage(snakemake.log[0], "sheets") as counts:
    cohort = load_cohort(dict(snakemake.config), Path.cwd(), RESOURCES)
    records = {name: record(patient, cohort.demo) for name, patient in cohort.patients.items()}
    library = library_digest(RESOURCES.parent / "scripts")
    write_jobs(records, cohort.settings, library, Path(snakemake.output[0]))
    counts["patients"] = len(records)
