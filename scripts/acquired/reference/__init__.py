"""Reference sequence and transcripts of both builds, from the bundle or from the laboratory's own files."""

from acquired.reference.core import BUILDS, Reference, contig_lengths, contig_table
from acquired.reference.transcripts import Transcript

__all__ = ["BUILDS", "Reference", "Transcript", "contig_lengths", "contig_table"]
