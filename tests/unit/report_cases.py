"""The result.json scenarios of tests/cases/report, and a page rendered from one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from acquired.report import write_report

ROOT = Path(__file__).parents[2]
RESOURCES = ROOT / "resources"
CASES = ROOT / "tests" / "cases" / "report"
NAMES = sorted(p.parent.name for p in CASES.glob("*/result.json"))


def load(name: str) -> dict[str, Any]:
    """One scenario's result."""
    return json.loads((CASES / name / "result.json").read_text(encoding="utf-8"))


def page(result: dict[str, Any], folder: Path, **settings: Any) -> str:
    """The patient's page of a result."""
    source, out = folder / "result.json", folder / "report.html"
    source.write_text(json.dumps(result), encoding="utf-8")
    write_report(source, out, RESOURCES, settings)
    return out.read_text(encoding="utf-8")
