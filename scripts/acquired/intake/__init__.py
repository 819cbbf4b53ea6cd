"""Any call file to canonical records: reading, header, dialects, build proof, normalisation."""

from acquired.intake.specimen import normalize_files, normalize_specimen

__all__ = ["normalize_files", "normalize_specimen"]
