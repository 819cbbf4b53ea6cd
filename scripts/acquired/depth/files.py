"""A depth file read: every line checked, kept where it is wanted, in order of place."""

from __future__ import annotations

import io
import zlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pysam

from acquired import unpack
from acquired.depth.kinds import CALLABLE, Kind, tell
from acquired.errors import InputError, Problem, quote
from acquired.intake.contigs import Naming

#: Chromosome, start (0-based), end, depth.
Row = tuple[str, int, int, int]

_MOST_PROBLEMS = 20
#: A file of more bytes than this is read through its index, if it has one.
_LARGE = 20_000_000
_HEADINGS = ("track", "browser", "#")
_REMEDY = "give BED lines: chromosome, start (0-based), end, tab-separated; depth as mosdepth writes it."


class Wanted:
    """Stretches that somebody will ask for; the rest of a genome's depth file is not kept."""

    def __init__(self, spans: Iterable[tuple[str, int, int]]):
        """spans: chromosome, first, last (1-based inclusive), in any order."""
        self._ends: dict[str, list[int]] = {}
        self._starts: dict[str, list[int]] = {}
        for chrom, first, last in sorted(spans):
            starts, ends = self._starts.setdefault(chrom, []), self._ends.setdefault(chrom, [])
            if ends and first - 1 <= ends[-1]:
                ends[-1] = max(ends[-1], last)
            else:
                starts.append(first - 1)
                ends.append(last)

    def of(self, chrom: str) -> list[tuple[int, int]]:
        """The stretches of a chromosome, 0-based half-open, ascending."""
        return list(zip(self._starts.get(chrom, ()), self._ends.get(chrom, ()), strict=True))

    def touch(self, chrom: str, start0: int, end0: int) -> bool:
        """Whether any wanted base lies from start0 (0-based) to before end0."""
        ends = self._ends.get(chrom)
        if not ends:
            return False
        i = bisect_left(ends, start0 + 1)
        return i < len(ends) and self._starts[chrom][i] < end0


@dataclass
class DepthFile:
    """What was read. rows: those wanted, sorted. lines: of data. elsewhere: lines by contig that is no chromosome."""

    kind: Kind
    rows: list[Row] = field(default_factory=list)
    lines: int = 0
    elsewhere: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)


def read(
    path: Path, naming: Naming, lengths: Mapping[str, int], wanted: Wanted, min_depth: int | None = None
) -> DepthFile:
    """Read `path`, plain or gzip. lengths: of the build's chromosomes. min_depth: of callable regions, from the config.

    A large file with an index beside it (mosdepth makes one) is read only where it is wanted.
    Raises InputError with every bad line (at most 20 are told): no BED, start not before end, beyond the chromosome,
    1-based positions, a file that was cut off.
    """
    problems: list[Problem] = []
    found: DepthFile | None = None
    header: list[str] = []
    last = ("", 0)
    steps: Counter[int] = Counter()
    for number, line in _lines(path, wanted, naming):
        if not line.strip():
            continue
        cells = line.split("\t") if "\t" in line else line.split()
        if line.startswith(_HEADINGS) or (found is None and not header and _heading(cells)):
            header = [cell.lstrip("#") for cell in cells]
            continue
        span = _span(cells)
        if isinstance(span, str):
            problems.append(_bad(path.name, number, line, span, cells))
        else:
            found = found or DepthFile(tell(header, cells, min_depth))
            found.lines += 1
            start, end = span
            chrom = naming.place(cells[0]).chrom
            depth = found.kind.depth(cells[3:], end - start)
            if not chrom:
                found.elsewhere[cells[0]] += 1
            elif end > lengths[chrom] and chrom != "chrM":
                what = f"ends beyond {cells[0]}, which has {lengths[chrom]:,} bases"
                problems.append(_bad(path.name, number, line, what, cells))
            elif depth is None:
                problems.append(_bad(path.name, number, line, f"has no depth as in a file of {found.kind.name}", cells))
            else:
                if last[0] == chrom:
                    steps[start - last[1]] += 1
                last = chrom, end
                if depth >= 0 and wanted.touch(chrom, start, end):
                    found.rows.append((chrom, start, end, depth))
        if len(problems) >= _MOST_PROBLEMS:
            break
    if not problems and found is None:
        problems.append(Problem(path.name, "the depth file has no line of data.", "it is empty", "name another file."))
    if not problems and found is not None and found.kind.adjoining and steps[1] >= 3 and not steps[0]:
        problems.append(
            Problem(
                path.name,
                f"each of {steps[1]:,} lines begins one base after the end of the line before.",
                "its starts are 1-based",
                "take 1 from each start: a BED file counts the first base as 0.",
            )
        )
    if problems or found is None:
        raise InputError(*problems)
    ranks = naming.ranks
    found.rows.sort(key=lambda row: (ranks[row[0]], row[1:]))
    if found.kind.source == CALLABLE and min_depth is None:
        found.rows.clear()
        found.warnings.append(
            f"{path.name} says where the assay looked, not how deep; state the assay's min_depth in the config."
        )
    return found


def _lines(path: Path, wanted: Wanted, naming: Naming) -> Iterator[tuple[int, str]]:
    """Numbered lines without their ends; the number is 0 where the file is read through its index."""
    index = next((i for end in (".csi", ".tbi") if (i := Path(f"{path}{end}")).is_file()), None)
    try:
        if index is not None and path.stat().st_size > _LARGE:
            yield from _indexed(path, index, wanted, naming)
            return
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with unpack.opened(path, packed) as content, io.TextIOWrapper(content, "utf-8") as lines:
            for number, line in enumerate(lines, 1):
                yield number, line.rstrip("\r\n")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise InputError(
            Problem(
                path.name,
                f"the depth file cannot be read: {quote(error, 120)}.",
                "it was cut off while it was copied, or is no text",
                "copy or make it again.",
            )
        ) from error


def _indexed(path: Path, index: Path, wanted: Wanted, naming: Naming) -> Iterator[tuple[int, str]]:
    """The header and the lines that touch a wanted stretch, each once."""
    with pysam.TabixFile(str(path), index=str(index)) as file:
        for line in file.header:
            yield 0, line
        for contig in file.contigs:
            last = ""
            for start, end in wanted.of(naming.place(contig).chrom):
                for line in file.fetch(contig, start, end):
                    if line != last:
                        yield 0, line
                    last = line


def _heading(cells: list[str]) -> bool:
    """Whether a first line names columns (chrom, start, end)."""
    return len(cells) >= 3 and not any(c.isdecimal() for c in cells[1:3]) and all(c[:1].isalpha() for c in cells[1:3])


def _span(cells: list[str]) -> tuple[int, int] | str:
    """Start (0-based) and end, or what is wrong."""
    if len(cells) < 3 or not (cells[1].isdecimal() and cells[2].isdecimal()):
        return "is not chromosome, start and end"
    start, end = int(cells[1]), int(cells[2])
    return (start, end) if start < end else "ends at or before its start"


def _bad(name: str, number: int, line: str, what: str, cells: list[str]) -> Problem:
    cause = "it is not a BED file, or was damaged"
    if "before its start" in what:
        cause = "its positions are 1-based"
        if len(cells) == 3:
            cause += ", or it is position and depth as samtools depth writes them"
    elif "beyond" in what:
        cause = "it was made on another build"
    where = f"{name} line {number}" if number else name
    return Problem(where, f"{quote(line)} {what}.", cause, _REMEDY)
