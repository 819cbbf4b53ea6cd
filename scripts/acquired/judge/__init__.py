"""Findings, negatives and verdicts: what the compared alleles mean for the drugs given."""

from acquired.judge.patient import judge_patient

__all__ = ["judge_patient"]
