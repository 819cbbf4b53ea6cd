"""What a depth file is, told by its first lines; and what each of its lines says of the depth."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: Sources as observations name them.
PER_BASE, AT_LEAST, MEAN, CALLABLE = "coverage file", "coverage file (at least)", "mean of a region", "callable regions"

_QUANTIZED = re.compile(r"(\d+):(\d+|inf)\Z")
_LABELS = {
    "CALLABLE",
    "NO_COVERAGE",
    "LOW_COVERAGE",
    "HIGH_COVERAGE",
    "EXCESSIVE_COVERAGE",
    "POOR_MAPPING_QUALITY",
    "REF_N",
}
_LOOKED_AT = {"CALLABLE", "HIGH_COVERAGE", "EXCESSIVE_COVERAGE"}
_DECIMAL = re.compile(r"\d+\.\d+\Z")


@dataclass(frozen=True)
class Kind:
    """A kind of depth file.

    name, source: for the account and the observations. depth: the cells after chromosome, start and end, and the
    length of the stretch, to the depth that every base has; -1 where the line says that it was not looked at
    well enough, None where the line does not have the form. adjoining: whether lines cover the genome without holes.
    """

    name: str
    source: str
    depth: Callable[[Sequence[str], int], int | None]
    adjoining: bool = False


def tell(header: Sequence[str], cells: Sequence[str], min_depth: int | None) -> Kind:
    """The kind of a file.

    header: cells of a `#` or heading line, empty if there is none. cells: of the first line of data. min_depth: what
    the config states of a callable region; 0 is used where it states nothing.
    """
    thresholds = [int(name[:-1]) for name in header[4:] if re.fullmatch(r"\d+X", name)]
    if thresholds and len(thresholds) == len(header) - 4:
        return Kind("thresholds of regions", AT_LEAST, lambda rest, length: _reached(rest[1:], thresholds, length))
    rest = cells[3:]
    if len(rest) == 1 and rest[0].isdecimal():
        return Kind("per base", PER_BASE, lambda rest, _: int(rest[0]) if rest and rest[0].isdecimal() else None, True)
    if rest and _DECIMAL.match(rest[-1]):
        return Kind("means of regions", MEAN, lambda rest, _: _mean(rest))
    if len(rest) == 1 and _QUANTIZED.match(rest[0]):
        return Kind("quantized", AT_LEAST, lambda rest, _: _least(rest), True)
    if len(rest) == 1 and rest[0] in _LABELS:
        return Kind("callable states", CALLABLE, lambda rest, _: _state(rest, min_depth or 0))
    return Kind("callable regions", CALLABLE, lambda *_: min_depth or 0)


def _reached(counts: Sequence[str], thresholds: Sequence[int], length: int) -> int | None:
    """The largest threshold that every base of the region reaches."""
    if len(counts) != len(thresholds) or not all(count.isdecimal() for count in counts):
        return None
    return max((t for t, count in zip(thresholds, counts, strict=True) if int(count) >= length), default=0)


def _mean(rest: Sequence[str]) -> int | None:
    return int(float(rest[-1])) if rest and re.fullmatch(r"\d+(\.\d+)?", rest[-1]) else None


def _least(rest: Sequence[str]) -> int | None:
    found = _QUANTIZED.match(rest[0]) if rest else None
    return int(found.group(1)) if found else None


def _state(rest: Sequence[str], min_depth: int) -> int | None:
    if not rest or rest[0] not in _LABELS:
        return None
    return min_depth if rest[0] in _LOOKED_AT else -1
