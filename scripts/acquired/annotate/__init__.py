"""Consequence and HGVS names of alleles on transcripts."""

from acquired.annotate.annotator import REFERENCE_DIFFERS, Annotator
from acquired.annotate.csq import csq_consequences
from acquired.annotate.named import annotation_from_named

__all__ = ["REFERENCE_DIFFERS", "Annotator", "annotation_from_named", "csq_consequences"]
