"""A patient's page and tables of findings, from result.json alone."""

from acquired.report import write_patient
from acquired.stage import RESOURCES, task

with task("report") as (given, counts):
    page, tsv, xlsx = (given.path(name) for name in ("page", "tsv", "xlsx"))
    counts["rows"] = write_patient(given.path("result"), page, tsv, xlsx, RESOURCES, given.settings["report"])
