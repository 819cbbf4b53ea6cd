"""Claims, drugs and diseases: loading, validating, matching, importing. See docs/catalogue.md."""

from acquired.catalogue.build import compile_catalogue
from acquired.catalogue.records import Claim, Disease, Drug, Locus, Subject
from acquired.catalogue.store import Catalogue

__all__ = ["Catalogue", "Claim", "Disease", "Drug", "Locus", "Subject", "compile_catalogue"]
