"""acquired: what changed in a tumour under targeted therapy, and whether it explains resistance.

The library behind the workflow. It knows nothing of Snakemake: every stage is a function
that takes paths and plain values and writes files, so that it can be tested and called by hand.
"""

__version__ = "0.1.0"
