"""ABL1 IC50 values: how much more drug a mutant needs.

The table gives IC50 values of mutants, and the change of the free energy of binding that they correspond to, in
kcal/mol. It has no row for native ABL1. Since ddG = RT ln(IC50 mutant / IC50 native), the fold change is
exp(ddG / RT), here at 298.15 K, where RT = 0.592484 kcal/mol.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path

from therapies import Names

COLUMNS = ["drug", "gene", "protein", "value", "unit", "fold", "reference", "source", "doi"]
RT = 0.0019872041 * 298.15
DOI = "10.1038/s42003-018-0075-x"


def table(knowledge: Path, names: Names) -> tuple[list[str], list[dict[str, str]]]:
    """Columns and rows of activity.tsv, sorted by drug and residue."""
    (path,) = sorted(knowledge.glob("abl1_ic50_*.csv"))
    with path.open(encoding="utf-8", newline="") as lines:
        found = list(csv.DictReader(lines))
    found.sort(key=lambda r: (r["tki"], int(r["resid"]), r["mutation"]))
    return COLUMNS, [
        {
            "drug": names.therapy(r["tki"]), "gene": "ABL1", "protein": r["mutation"], "value": r["IC50"], "unit": "nM",
            "fold": f"{math.exp(float(r['ddG_exp']) / RT):.3g}", "reference": "native ABL1, by exp(ddG/RT) at 298.15 K",
            "source": "Hauser 2018", "doi": DOI,
        }
        for r in found
    ]  # fmt: skip
