"""The alleles of compared.bcf as the judge needs them."""

from __future__ import annotations

import hashlib
import tempfile
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from sys import intern  # a genome's rows are held by the hundred thousand: equal words once
from typing import Any

import pysam
from pysam import bcftools

from acquired.model import Allele, Status

PRESENT = frozenset({Status.CALLED, Status.FILTERED, Status.GENOTYPED})
#: Trajectories that are listed wherever the allele lies.
MOVED = frozenset({"emerged", "unresolved", "risen", "fallen", "cleared"})
#: From so many alleles on, htslib picks the wanted ones before Python sees them.
_MANY = 200_000
#: INFO lists with one value a comparison.
_LISTS = ("TRAJECTORY", "BASIS", "CHANGE_P", "BEFORE", "AFTER", "EARLIER", "DOUBT")


@dataclass
class Row:
    """One allele with what each specimen says of it.

    observations: as result.json has them, in order of time. trajectories: one for each comparison in which the allele
    has one. earlier: comparison id -> specimen that had the allele before a baseline without it.
    genotypes: (GT, PS) by specimen. normal: (alternative reads, depth) of the matched normal. strands: reads ref+,
    ref-, alt+, alt- by specimen, None where not stated.
    """

    allele: Allele
    observations: list[dict[str, Any]]
    trajectories: list[dict[str, Any]]
    earlier: dict[str, str] = field(default_factory=dict)
    genotypes: list[tuple[str, str]] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    named: str = ""
    outside: bool = False
    normal: tuple[int, int] | None = None
    strands: list[tuple[int, int, int, int] | None] = field(default_factory=list)

    @property
    def present(self) -> bool:
        """Whether any specimen has it."""
        return any(o["status"] in PRESENT for o in self.observations)

    @property
    def moved(self) -> bool:
        """Whether it moved in any comparison."""
        return any(t["trajectory"] in MOVED for t in self.trajectories)

    @property
    def id(self) -> str:
        """Stable id of the alteration; very long alleles are shortened by a digest."""
        a = self.allele
        ref, alt = (
            s if len(s) <= 40 else f"{s[:12]}…{len(s)}…{hashlib.sha256(s.encode()).hexdigest()[:8]}"
            for s in (a.ref, a.alt)
        )
        return f"{a.chrom}-{a.pos}-{ref}-{alt}".replace("…", ".")


class Spans:
    """Stretches of the genome, for asking whether an allele touches one. Coordinates 1-based inclusive."""

    def __init__(self, spans: Sequence[tuple[str, int, int]]):
        self._starts: dict[str, list[int]] = {}
        self._ends: dict[str, list[int]] = {}
        for chrom, start, end in sorted(spans):
            starts, ends = self._starts.setdefault(chrom, []), self._ends.setdefault(chrom, [])
            if ends and start <= ends[-1] + 1:
                ends[-1] = max(ends[-1], end)
            else:
                starts.append(start)
                ends.append(end)

    def touch(self, chrom: str, start: int, end: int) -> bool:
        """Whether start … end meets one of the stretches."""
        starts = self._starts.get(chrom)
        if not starts:
            return False
        i = bisect_right(starts, end) - 1
        return i >= 0 and self._ends[chrom][i] >= start

    def bed(self) -> str:
        """The stretches as BED text."""
        return "".join(
            f"{chrom}\t{start - 1}\t{end}\n"
            for chrom, starts in self._starts.items()
            for start, end in zip(starts, self._ends[chrom], strict=True)
        )


def all_there(genes: Spans, alleles: int) -> Callable[[Allele], bool]:
    """Whether `read_rows` gives every allele of a place, or, outside the genes of a large file, those that moved."""
    if alleles < _MANY:
        return lambda allele: True
    return lambda allele: genes.touch(allele.chrom, allele.pos, allele.pos + len(allele.ref) - 1)


def read_rows(bcf: Path, comparisons: Sequence[Mapping[str, Any]], genes: Spans, alleles: int) -> Iterator[Row]:
    """The alleles of compared.bcf that the judge looks at one by one: in `genes`, or moved. All, if the file is small.

    alleles: how many compared.json says there are.
    """
    ids = [str(c["id"]) for c in comparisons]
    if alleles < _MANY:
        yield from _rows(bcf, ids)
        return
    with tempfile.TemporaryDirectory(prefix="acquired-judge-") as folder:
        bed, picked = Path(folder) / "genes.bed", Path(folder) / "picked.bcf"
        bed.write_text(genes.bed(), encoding="ascii")
        moved = " || ".join(f'INFO/TRAJECTORY[*]="{word}"' for word in sorted(MOVED))
        # in the genes whatever moved, elsewhere only what moved
        for arguments in (["-T", str(bed)], ["-T", f"^{bed}", "-i", moved]):
            bcftools.view(*arguments, "-Ob", "-l", "1", "-o", str(picked), str(bcf), catch_stdout=False)
            yield from _rows(picked, ids)


def _rows(bcf: Path, comparisons: list[str]) -> Iterator[Row]:
    quiet = pysam.set_verbosity(0)  # htslib would complain that there is no index
    file = pysam.VariantFile(str(bcf))
    pysam.set_verbosity(quiet)
    with file:
        specimens = list(file.header.samples)
        for record in file:
            yield row_of(str(record).rstrip("\n").split("\t"), comparisons, specimens)


def row_of(fields: Sequence[str], comparisons: Sequence[str], specimens: Sequence[str]) -> Row:
    """The `Row` of one record's columns. comparisons: ids, parallel to the lists in INFO."""
    info: dict[str, str] = {}
    for entry in fields[7].split(";"):
        name, _, text = entry.partition("=")
        info[name] = text
    told, earlier = _trajectories(tuple([info.get(name, "") for name in _LISTS]), tuple(comparisons))
    trajectories = [dict(t) for t in told]
    keys = fields[8].split(":")
    observations, genotypes, strands = [], [], []
    for specimen, column in zip(specimens, fields[9:], strict=True):
        cell = dict(zip(keys, column.split(":"), strict=False))
        observations.append(_observation(specimen, cell))
        genotypes.append((intern(cell.get("GT", "./.")), intern(cell.get("PS", "."))))
        strands.append(_strands(cell.get("SB", ".")))
    normal = None
    if info.get("NORMAL_DP", ".") != "." and info.get("NORMAL_AC", ".") != ".":
        normal = int(info["NORMAL_AC"]), int(info["NORMAL_DP"])
    return Row(
        Allele(intern(fields[0]), int(fields[1]), fields[3], fields[4]),
        observations,
        trajectories,
        dict(earlier),
        genotypes,
        [g for g in info.get("GIVEN", "").split(",") if g],
        [p for p in info.get("PARTS", "").split(",") if p],
        info.get("NAMED", "").split(",")[0],
        "OUTSIDE" in info,
        normal,
        strands,
    )


@lru_cache(maxsize=10_000)
def _trajectories(lists: tuple[str, ...], comparisons: tuple[str, ...]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """`Row.trajectories` and `Row.earlier` of the values of `_LISTS` ("" where INFO has none); to be copied."""
    split = {name: text.split(",") if text else [] for name, text in zip(_LISTS, lists, strict=True)}

    def value(name: str, i: int) -> str:
        values = split[name]
        return "" if i >= len(values) or values[i] == "." else values[i]

    trajectories, earlier = [], {}
    for i, comparison in enumerate(comparisons):
        if trajectory := value("TRAJECTORY", i):
            p = value("CHANGE_P", i)
            told = {
                "comparison": comparison,
                "trajectory": trajectory.replace("_", " "),
                "basis": value("BASIS", i),
                "before": value("BEFORE", i),
                "after": value("AFTER", i),
                "p": float(p) if p else None,
                "doubt": value("DOUBT", i).replace("_", " "),
                "earlier": value("EARLIER", i),
            }
            trajectories.append({k: v for k, v in told.items() if v or k in ("basis", "p")})
        if value("EARLIER", i):
            earlier[comparison] = value("EARLIER", i)
    return trajectories, earlier


def _strands(text: str) -> tuple[int, int, int, int] | None:
    """SB of a sample column; None where it does not hold four counts."""
    counts = text.split(",")
    if len(counts) != 4 or not all(map(str.isdigit, counts)):
        return None
    return int(counts[0]), int(counts[1]), int(counts[2]), int(counts[3])


def _observation(specimen: str, cell: Mapping[str, str]) -> dict[str, Any]:
    def number(name: str) -> str | None:
        text = cell.get(name, ".")
        return None if text in (".", "") else text

    counts = cell.get("AD", ".").split(",")
    alt = counts[1] if len(counts) > 1 and counts[1] != "." else None
    depth, vaf, hidden = number("DP"), number("VAF"), number("HV")
    filters = cell.get("FT", ".")
    return {
        "specimen": specimen,
        "status": intern(cell.get("ST", "not_called").replace("_", " ")),
        "depth": int(depth) if depth else None,
        "alt_count": int(alt) if alt is not None else None,
        "vaf": float(vaf) if vaf else None,
        "hidden_vaf": float(hidden) if hidden else None,
        "filters": [] if filters in (".", "", "PASS") else filters.split(";"),
        "source": "" if cell.get("SRC", ".") == "." else intern(cell["SRC"].replace("_", " ")),
    }
