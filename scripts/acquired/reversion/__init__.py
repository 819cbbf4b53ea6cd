"""Candidate reversions: second changes that undo an inactivating variant of a repair gene."""

from acquired.reversion.candidates import GENES, Candidate, candidate, truncates
from acquired.reversion.named import alleles_of
from acquired.reversion.rebuild import Rebuilt, rebuild

__all__ = ["GENES", "Candidate", "Rebuilt", "alleles_of", "candidate", "rebuild", "truncates"]
