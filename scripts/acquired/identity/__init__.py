"""Are the specimens of one person? From their calls, and from alignments where there are any."""

from acquired.identity.common import common_sites
from acquired.identity.model import Model
from acquired.identity.sites import Sites

__all__ = ["Model", "Sites", "common_sites"]
