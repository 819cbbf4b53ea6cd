"""What else an alteration could be: germline, blood, artefact, a shift of the other allele. Each flag has its reason.

Pure functions: they take what is known of one allele and give flags; nothing is ever taken away.
"""

from acquired.flags.artefact import fixation, homopolymer, oxidation, strand_bias
from acquired.flags.origin import Haematopoiesis, common, from_blood, germline, in_normal
from acquired.flags.seen import Flag, Seen
from acquired.flags.shift import Shifts, arms

__all__ = [
    "Flag", "Haematopoiesis", "Seen", "Shifts", "arms", "common", "fixation", "from_blood", "germline", "homopolymer",
    "in_normal", "oxidation", "strand_bias",
]  # fmt: skip
