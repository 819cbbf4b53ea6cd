"""What a part of the bench tells: its budgets and its section of benchmarks/latest.md; and how it finds its inputs."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


@dataclass
class Budget:
    """A line of the table of budgets. measured, budget (None: none is set): in `unit`; less is better."""

    what: str
    measured: float
    budget: float | None
    unit: str
    note: str = ""

    @property
    def met(self) -> bool:
        return self.budget is None or self.measured <= self.budget


@dataclass
class Section:
    """A part's budgets, and its text (Markdown) below a heading."""

    title: str
    text: str
    budgets: list[Budget] = field(default_factory=list)


@dataclass
class Scale:
    """How much is measured. patients: of the panel cohort; growth: cohorts; exome, genome: records a file; pairs:
    records of both files together; dry: patients of the dry run; affordable: seconds a cohort of growth may take."""

    patients: int
    growth: tuple[int, ...]
    exome: int
    genome: int
    pairs: tuple[int, ...]
    dry: int
    affordable: float


FULL = Scale(200, (1, 10, 100, 1_000), 60_000, 5_000_000, (1_000, 10_000, 100_000, 1_000_000), 10_000, 600)
SMALL = Scale(10, (1, 3, 10), 5_000, 50_000, (1_000, 10_000), 500, 60)


@dataclass
class Bench:
    """What all parts share. repository: whose workflow is measured. tmp: where inputs and results lie. found: what
    one part measured and another tells, too."""

    repository: Path
    tmp: Path
    scale: Scale
    cores: int
    nice: int = 0
    found: dict[str, Any] = field(default_factory=dict)

    def inputs(self, what: str, number: int) -> Path:
        """The folder (or file) of these inputs, made by inputs.py unless it is there from a run before."""
        made_by = b"".join((HERE / name).read_bytes() for name in ("inputs.py", "callers.py"))
        key = hashlib.sha256(made_by).hexdigest()[:8]
        path = self.tmp / f"{what}.{number}.{key}"
        stamp = path.with_name(path.name + ".made")
        if not stamp.exists():
            shutil.rmtree(path, ignore_errors=True)
            # In a process of its own, so that its memory is no one else's.
            subprocess.run([sys.executable, str(HERE / "inputs.py"), what, str(path), str(number)], check=True)
            stamp.touch()
        return path

    def genome(self) -> Path:
        """The genome of all inputs as FASTA."""
        return self.inputs("fasta", 0)


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table; numbers to the right."""
    heads = list(heads)
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" + "---:|" * (len(heads) - 1)]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def number(value: float) -> str:
    """A measured number with two or three figures that count."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"
