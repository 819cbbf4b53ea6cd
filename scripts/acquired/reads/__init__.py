"""What the alignments of a specimen say: alleles read back, depth at known loci, phase, error rates."""

from acquired.reads.specimen import genotype_specimen
from acquired.reads.table import AlleleCount, PhaseCount, ReadCounts, load

__all__ = ["AlleleCount", "PhaseCount", "ReadCounts", "genotype_specimen", "load"]
