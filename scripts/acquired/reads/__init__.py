"""What the alignments of a specimen say: alleles read back, depth at known loci, phase, error rates.

Counting is in `reads.specimen`; imported here is only what a reader of the counts needs.
"""

from acquired.reads.table import AlleleCount, ErrorRate, PhaseCount, ReadCounts, load

__all__ = ["AlleleCount", "ErrorRate", "PhaseCount", "ReadCounts", "load"]
