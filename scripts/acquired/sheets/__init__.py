"""Sheets and configuration: what a lab edits, read into a `Cohort` or refused with every error at once."""

from acquired.sheets.cohort import Cohort, Patient, load_cohort
from acquired.sheets.settings import fill_defaults

__all__ = ["Cohort", "Patient", "fill_defaults", "load_cohort"]
