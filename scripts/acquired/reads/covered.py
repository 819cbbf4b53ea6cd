"""How deep the places of the known loci were looked at: fragments with a good base, base by base."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate

from acquired.reads.count import Source
from acquired.reads.sites import Read
from acquired.reference import Transcript

#: Stretches so near to each other (in bases) are read in one go.
_NEAR = 100

Span = tuple[str, int, int]


def coding_and_splice_sites(transcript: Transcript) -> list[Span]:
    """Coding bases and the two intronic bases on each side of every exon (1-based inclusive)."""
    sites = [(transcript.chrom, start - 2, start - 1) for start, _ in transcript.exons[1:]]
    sites += [(transcript.chrom, end + 1, end + 2) for _, end in transcript.exons[:-1]]
    return sorted([*((transcript.chrom, start, end) for start, end in transcript.coding), *sites])


def merged(spans: Iterable[Span], ranks: dict[str, int], near: int = 0) -> list[Span]:
    """Spans in order of place, those that touch or lie within `near` bases of each other joined."""
    joined: list[Span] = []
    for chrom, start, end in sorted(spans, key=lambda s: (ranks[s[0]], s)):
        if joined and joined[-1][0] == chrom and start <= joined[-1][2] + 1 + near:
            joined[-1] = (chrom, joined[-1][1], max(joined[-1][2], end))
        else:
            joined.append((chrom, start, end))
    return joined


def depths(source: Source, spans: Sequence[Span], ranks: dict[str, int]) -> dict[str, list[tuple[int, int, int]]]:
    """Runs of equal depth (start, end, depth; 1-based inclusive) over every base of `spans`, by chromosome.

    A fragment or UMI family counts once at a base where any of its reads has the base quality asked for.
    """
    wanted = merged(spans, ranks)
    least = source.filters.base_quality
    low = re.compile(b"[\\x00-\\x%02x]+" % (least - 1)) if least > 0 else None
    found: dict[str, list[tuple[int, int, int]]] = {}
    i = 0
    for chrom, start, end in merged(wanted, ranks, _NEAR):
        deep = _depth(source, chrom, start - 1, end, low)
        while i < len(wanted) and wanted[i][0] == chrom and wanted[i][2] <= end:
            _, first, last = wanted[i]
            found.setdefault(chrom, []).extend(_runs(first, deep[first - start : last - start + 1]))
            i += 1
    return found


def _depth(source: Source, chrom: str, start0: int, end0: int, low: re.Pattern[bytes] | None) -> list[int]:
    """Depth at each base from start0 (0-based) to before end0."""
    held: dict[str, list[tuple[int, int]]] = {}
    for family, _, _, read in source.reads(chrom, start0, end0):
        held.setdefault(family, []).extend(_good(read, low))
    steps = [0] * (end0 - start0 + 1)
    for pieces in held.values():
        reached = start0
        for first, end in sorted(pieces) if len(pieces) > 1 else pieces:
            first, end = max(first, reached), min(end, end0)
            if first < end:
                steps[first - start0] += 1
                steps[end - start0] -= 1
                reached = end
    return list(accumulate(steps))[:-1]


def _good(read: Read, low: re.Pattern[bytes] | None) -> list[tuple[int, int]]:
    """Aligned stretches (0-based half-open) of bases with sufficient quality."""
    if read.qualities is None or low is None:
        return [(first, end) for first, end, _ in read.blocks]
    quality, found = read.qualities.tobytes(), []
    for first, end, index in read.blocks:
        at, shift = first, first - index
        for poor in low.finditer(quality, index, index + end - first):
            if poor.start() + shift > at:
                found.append((at, poor.start() + shift))
            at = poor.end() + shift
        if at < end:
            found.append((at, end))
    return found


def _runs(first: int, deep: Sequence[int]) -> list[tuple[int, int, int]]:
    runs: list[tuple[int, int, int]] = []
    for place, depth in enumerate(deep, first):
        if runs and runs[-1][2] == depth:
            runs[-1] = (runs[-1][0], place, depth)
        else:
            runs.append((place, place, depth))
    return runs
