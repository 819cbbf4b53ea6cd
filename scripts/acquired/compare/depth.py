"""The depth track of a specimen: how deep places without a variant were looked at."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO


class DepthTrack:
    """Reads `<specimen>.depth.bed.gz` (chrom, start0, end, depth, source; sorted) once, alongside the alleles.

    Only the rows around the present place are held, so a genome's track costs no memory.
    """

    def __init__(self, stream: IO[str], ranks: Mapping[str, int]) -> None:
        """ranks: the place of each contig in the order of the records."""
        self._rows = self._parse(stream, ranks)
        self._next = next(self._rows, None)
        self._held: list[tuple[int, int, int, int, str]] = []

    @classmethod
    def open(cls, path: Path, ranks: Mapping[str, int]) -> DepthTrack | None:
        """The track at `path`, or None if there is none or it has no row."""
        if not path.exists() or path.stat().st_size == 0:
            return None
        track = cls(gzip.open(path, "rt", encoding="utf-8"), ranks)  # noqa: SIM115 - closed when read to its end
        return track if track._next is not None else None

    @staticmethod
    def _parse(stream: IO[str], ranks: Mapping[str, int]) -> Iterator[tuple[int, int, int, int, str]]:
        with stream:
            for line in stream:
                if line.startswith("#"):
                    continue
                chrom, start, end, depth, *source = line.rstrip("\n").split("\t")
                rank = ranks.get(chrom)
                if rank is not None:
                    yield rank, int(start), int(end), int(depth), source[0] if source else "reference block"

    def depth(self, rank: int, pos: int, first: int, last: int) -> tuple[int, str] | None:
        """Smallest depth over the bases `first` to `last` (1-based) and its source; None if any base has none.

        pos (1-based): where the record lies; it must not decrease from call to call within a contig,
        and first must not lie before it.
        """
        place = (rank, pos)
        held = [row for row in self._held if (row[0], row[2]) >= place]
        row = self._next
        while row is not None and (row[0], row[1]) < (rank, last):
            if (row[0], row[2]) >= place:
                held.append(row)
            row = next(self._rows, None)
        self._next, self._held = row, held
        reached, least, source = first - 1, -1, ""
        for row_rank, start, end, depth, name in held:
            if row_rank != rank or end < first or start >= last:
                continue
            if start > reached:
                return None
            reached = max(reached, end)
            if least < 0 or depth < least:
                least, source = depth, name
        return (least, source) if reached >= last and least >= 0 else None
