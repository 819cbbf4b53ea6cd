"""A patient's page and tables of findings, from result.json alone."""

from acquired.export.tables import write_tables
from acquired.report.page import write_report
from acquired.stage import RESOURCES, task

with task("report") as (given, counts):
    result = given.path("result")
    write_report(result, given.path("page"), RESOURCES, given.settings["report"])
    counts["rows"] = write_tables(result, given.path("tsv"), given.path("xlsx"))
