"""All specimens of a patient side by side: observations, hidden VAF, trajectories and their basis."""

from acquired.compare.patient import compare_patient
from acquired.compare.stats import clopper_pearson_upper

__all__ = ["clopper_pearson_upper", "compare_patient"]
