"""Junctions of a structural-variant VCF: two places that are joined, and which side of each is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

LEFT, RIGHT = "left", "right"
#: Connection types of DELLY: which end of the first and of the second place is joined (3' of plus: left kept).
_CT = {"3to5": (LEFT, RIGHT), "5to3": (RIGHT, LEFT), "3to3": (LEFT, LEFT), "5to5": (RIGHT, RIGHT)}
_BND = re.compile(
    r"(?P<before>[ACGTNacgtn.]*)(?P<bracket>[\[\]])(?P<chrom>.+):(?P<pos>\d+)[\[\]](?P<after>[ACGTNacgtn.]*)\Z"
)


class End(NamedTuple):
    """One side of a junction. pos: 1-based. keeps: `left`: the bases up to pos are kept; `right`: those from pos on."""

    chrom: str
    pos: int
    keeps: str


class Junction(NamedTuple):
    """Two joined ends, the first as the record has it."""

    one: End
    two: End
    kind: str  # BND, DEL, DUP, INV, TRA


def parse_breakend(chrom: str, pos: int, alt: str) -> Junction | None:
    """The junction of a BND alternative (VCF specification 4.3, section 5.4); None where it is none or a single one.

    t[p[ and t]p] keep what lies left of the record's place, ]p]t and [p[t what lies right of it; `[` joins to what
    lies right of p, `]` to what lies left of it.
    """
    match = _BND.match(alt)
    if not match or bool(match["before"]) == bool(match["after"]):
        return None
    here = LEFT if match["before"] else RIGHT
    there = RIGHT if match["bracket"] == "[" else LEFT
    return Junction(End(chrom, pos, here), End(match["chrom"].strip("<>"), int(match["pos"]), there), "BND")


def of_symbolic(chrom: str, pos: int, kind: str, info: Mapping[str, str]) -> list[Junction]:
    """The junctions of a symbolic DEL, DUP, INV or TRA; none where its second place is not given.

    An inversion without a word on its ends (INV3, INV5, CT, STRANDS) has both junctions.
    """
    kind = kind.split(":")[0]
    end = info.get("POS2") if kind in ("TRA", "BND") and info.get("POS2") else info.get("END", "")
    if not str(end).isdecimal():
        length = info.get("SVLEN", "").lstrip("-")
        if kind not in ("DEL", "DUP", "INV") or not length.isdecimal():
            return []
        end = str(pos + int(length))
    last, other = int(end or 0), info.get("CHR2", chrom)
    if kind == "DEL":
        return [Junction(End(chrom, pos, LEFT), End(chrom, last + 1, RIGHT), kind)]
    if kind == "DUP":
        return [Junction(End(chrom, last, LEFT), End(chrom, pos + 1, RIGHT), kind)]
    if kind == "INV":
        both = [
            Junction(End(chrom, pos, LEFT), End(chrom, last, LEFT), kind),
            Junction(End(chrom, pos + 1, RIGHT), End(chrom, last + 1, RIGHT), kind),
        ]
        if "INV3" in info or info.get("CT") == "3to3":
            return both[:1]
        return both[1:] if "INV5" in info or info.get("CT") == "5to5" else both
    if kind in ("TRA", "BND") and info.get("CT") in _CT:
        here, there = _CT[info["CT"]]
        return [Junction(End(chrom, pos, here), End(other, last, there), kind)]
    return []


def same(one: Junction, other: Junction) -> bool:
    """Whether two junctions are one, told from either side."""
    return {one.one, one.two} == {other.one, other.two}
