"""Pages for people, from result.json alone: the patient's page, the cohort's page, the summary in the terminal."""

from acquired.report.page import write_report

__all__ = ["write_report"]
