"""Thresholds of the comparison and what the config states of an assay."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from acquired.errors import InputError, Problem, quote

#: Lines of a BED file that are no regions.
_BED_HEADERS = ("#", "track", "browser")


@dataclass(frozen=True)
class Thresholds:
    """absent_below: largest hidden VAF at which an unseen allele is `absent` and not `low`.

    alpha: significance of every test of a change. error_rate: share of reads that show a given
    wrong base, where the assay states none. confidence: of the hidden VAF (one-sided).
    absent_below_plasma: as absent_below, for plasma: clones that matter there have a few reads in a thousand.
    """

    absent_below: float = 0.05
    alpha: float = 0.01
    error_rate: float = 0.001
    confidence: float = 0.95
    absent_below_plasma: float = 0.0027

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Thresholds:
        """The thresholds of the config's `compare` section, with the defaults where it is silent."""
        given = settings.get("compare") or {}
        return cls(**{name: float(given[name]) for name in cls.__dataclass_fields__ if name in given})

    def of_specimen(self, material: str, assay: Assay) -> Thresholds:
        """Those that hold for one specimen: what its assay states comes first, then what its material asks for."""
        bound = self.absent_below
        if material == "plasma":
            bound = min(bound, self.absent_below_plasma)
        return replace(
            self,
            absent_below=bound if assay.absent_below is None else assay.absent_below,
            error_rate=self.error_rate if assay.error_rate is None else assay.error_rate,
        )


class Regions:
    """Places an assay looks at, by chromosome; built from a BED file, overlaps merged."""

    def __init__(self, spans: Mapping[str, list[tuple[int, int]]]):
        """spans: chromosome (with `chr`) to 0-based half-open spans in any order."""
        self._starts: dict[str, list[int]] = {}
        self._ends: dict[str, list[int]] = {}
        for chrom, pairs in spans.items():
            starts: list[int] = []
            ends: list[int] = []
            for start, end in sorted(pairs):
                if ends and start <= ends[-1]:
                    ends[-1] = max(ends[-1], end)
                else:
                    starts.append(start)
                    ends.append(end)
            self._starts[chrom], self._ends[chrom] = starts, ends

    def cover(self, chrom: str, first: int, last: int) -> bool:
        """Whether every base from `first` to `last` (1-based, inclusive) lies inside one region."""
        starts = self._starts.get(chrom)
        if not starts:
            return False
        i = bisect_right(starts, first - 1) - 1
        return i >= 0 and self._ends[chrom][i] >= last

    @classmethod
    def read(cls, path: Path, where: str) -> Regions:
        """Read a BED file (0-based half-open; `chr7` and `7` are the same). Raises InputError with every bad line."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                Problem(
                    where,
                    f"the regions file {quote(path.name)} cannot be read: {quote(getattr(error, 'strerror', error))}.",
                    "the path in the config is wrong, or the file is compressed or not a BED file",
                    "name an uncompressed BED file that this run can read.",
                )
            ) from error
        spans: dict[str, list[tuple[int, int]]] = {}
        problems = []
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.startswith(_BED_HEADERS):
                continue
            fields = line.split()
            if len(fields) < 3 or not all(f.isdecimal() and len(f) < 20 for f in fields[1:3]):
                what = "is not chromosome, start and end"
            elif int(fields[1]) >= int(fields[2]):
                what = "ends at or before its start"
            else:
                spans.setdefault(canonical(fields[0]), []).append((int(fields[1]), int(fields[2])))
                continue
            problems.append(
                Problem(
                    f"{path.name} line {number}",
                    f"{quote(line)} {what}.",
                    "the file has a header line, or its positions are 1-based, or it is not a BED file",
                    "give a BED file: chromosome, start (0-based) and end, tab-separated.",
                )
            )
        if not spans and not problems:
            problems.append(
                Problem(
                    path.name, "the regions file names no region.", "it is empty", "give the assay's target regions."
                )
            )
        if problems:
            raise InputError(*problems[:20])
        return cls(spans)


def canonical(chrom: str) -> str:
    """A chromosome's name as used after intake: chr7 for 7, chrM for MT."""
    name = chrom if chrom.startswith("chr") else f"chr{chrom}"
    return "chrM" if name == "chrMT" else name


@dataclass(frozen=True)
class Assay:
    """What the config states of an assay; every part may be missing.

    limit: limit of detection as an allele fraction, stated for the regions. regions: where it looks.
    min_depth: least depth that every base of the regions has. error_rate, absent_below: as in Thresholds.
    """

    limit: float | None = None
    regions: Regions | None = None
    min_depth: int | None = None
    error_rate: float | None = None
    absent_below: float | None = None

    @classmethod
    def of(cls, name: str, assays: Mapping[str, Mapping[str, Any]]) -> Assay:
        """The assay called `name` in the config's `assays`; one that states nothing if it is not there."""
        given = assays.get(name) or {}
        regions = given.get("regions")
        return cls(
            limit=None if given.get("limit") is None else float(given["limit"]),
            regions=Regions.read(Path(regions), f"config, assays: {name}: regions") if regions else None,
            min_depth=None if given.get("min_depth") is None else int(given["min_depth"]),
            error_rate=None if given.get("error_rate") is None else float(given["error_rate"]),
            absent_below=None if given.get("absent_below") is None else float(given["absent_below"]),
        )
