"""Call files that are no VCF (MAF, vendors' tables, reports in XML) and a specimen's other files."""

from acquired.vendors.other import other_files

__all__ = ["other_files"]
