"""Fusions, structural variants and splice forms of any caller to genes in order, exons and frame."""

from acquired.fusions.read import read_fusions

__all__ = ["read_fusions"]
