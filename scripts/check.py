"""All sheets and the head of every file: what would be run, and what is wrong. Nothing is written but the log."""

from pathlib import Path

from acquired.check.cli import tell
from acquired.check.cohort import check
from acquired.stage import RESOURCES, stage

with stage(snakemake.log[0], "check") as counts:
    found = check(dict(snakemake.params.config), Path.cwd(), RESOURCES)
    counts.update(problems=len(found.problems), warnings=len(found.warnings))
code = tell(found)
if code:
    raise SystemExit(code)
