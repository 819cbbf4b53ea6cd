"""What the tests of the exports share: the results of tests/cases/report laid out as a run lays them out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import report_cases

RESOURCES = report_cases.RESOURCES
NAMES = report_cases.NAMES
load = report_cases.load


def laid_out(folder: Path, names: list[str] | None = None) -> list[Path]:
    """results/patients/<scenario>/result.json under `folder`, for each scenario of `names` (all)."""
    paths = []
    for name in names or NAMES:
        path = folder / "results" / "patients" / name / "result.json"
        path.parent.mkdir(parents=True)
        shutil.copy(report_cases.CASES / name / "result.json", path)
        paths.append(path)
    return paths


def put(folder: Path, result: dict[str, Any]) -> Path:
    """One result, which may be a changed one, under `folder`."""
    path = folder / "results" / "patients" / "P" / "result.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result), encoding="utf-8")
    return path


class Bases:
    """A stretch of known bases of one chromosome, N elsewhere: stands for the reference."""

    def __init__(self, start: int, bases: str):
        self.start, self.bases = start, bases

    def fetch(self, chrom: str, start: int, end: int) -> str:
        return "".join(
            self.bases[p - self.start] if 0 <= p - self.start < len(self.bases) else "N" for p in range(start, end + 1)
        )
