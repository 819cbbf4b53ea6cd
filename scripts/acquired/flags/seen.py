"""What flags are made from, and what they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PRESENT = frozenset({"called", "filtered", "genotyped"})


@dataclass(frozen=True)
class Seen:
    """One allele in one specimen that shows it. strands: reads ref+, ref-, alt+, alt-, where the file has them."""

    specimen: str
    material: str = ""
    depth: int | None = None
    vaf: float | None = None
    strands: tuple[int, int, int, int] | None = None


@dataclass(frozen=True)
class Flag:
    """A reason for doubt: `code` names its wording, `fill` what stands in the braces of it."""

    code: str
    fill: dict[str, Any] = field(default_factory=dict)
