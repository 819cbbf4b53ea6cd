"""Copy-number files of any program to gene-level copy number."""

from acquired.copynumber.read import read_copy_number

__all__ = ["read_copy_number"]
