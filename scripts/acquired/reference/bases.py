"""Known reference bases, two bits a base and as text: the compact bundle and its reader.

`bases.<build>.tsv` has a line a block of known bases: chrom, start, end (1-based inclusive) and the bases as base64 of
two bits a base (A=0, C=1, G=2, T=3, the first base in the highest bits, filled up with A). Twelve bases are four
letters, so that a part of a block is read without the rest. Blocks ascend, and never overlap or touch. Everything
outside them is unknown (N). Text, because Snakemake hands a module's files through a text decoder.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from bisect import bisect_right
from collections.abc import Iterable
from itertools import product
from pathlib import Path

#: Every byte as its four bases.
_UNPACK = ["".join(four) for four in product("ACGT", repeat=4)]
_CODE = {base: code for code, base in enumerate("ACGT")}


def pack(sequence: str) -> str:
    """`sequence` (A, C, G, T only) as base64 of two bits a base."""
    codes = [_CODE[base] for base in sequence + "A" * (-len(sequence) % 4)]
    fours = zip(*[iter(codes)] * 4, strict=True)
    return b64encode(bytes([a << 6 | b << 4 | c << 2 | d for a, b, c, d in fours])).decode()


def unpack(packed: str, first: int, last: int) -> str:
    """Bases number first to last (0-based, both included) of a packed block."""
    from_twelve = first // 12
    data = b64decode(packed[4 * from_twelve : 4 * (last // 12 + 1)])
    skip = 12 * from_twelve
    return "".join([_UNPACK[byte] for byte in data])[first - skip : last - skip + 1]


def write(path: Path, blocks: Iterable[tuple[str, int, str]]) -> None:
    """Write the bundle of one build from (chrom, start, sequence) blocks; for the maintainers' script."""
    with path.open("w", encoding="ascii") as table:
        table.write("chrom\tstart\tend\tbases\n")
        for chrom, start, sequence in blocks:
            table.write(f"{chrom}\t{start}\t{start + len(sequence) - 1}\t{pack(sequence)}\n")


class PackedBases:
    """Reader of one build's bundle. Nothing is read before the first question."""

    def __init__(self, path: Path):
        self._path = path
        self._chroms: dict[str, tuple[list[int], list[int], list[str]]] | None = None

    def _blocks(self, chrom: str) -> tuple[list[int], list[int], list[str]]:
        """Starts, ends and packed bases of a chromosome's blocks."""
        if self._chroms is None:
            self._chroms = {}
            for line in self._path.read_text(encoding="ascii").splitlines()[1:]:
                name, start, end, packed = line.split("\t")
                starts, ends, bases = self._chroms.setdefault(name, ([], [], []))
                starts.append(int(start))
                ends.append(int(end))
                bases.append(packed)
        return self._chroms.get(chrom, ([], [], []))

    def blocks(self, chrom: str) -> list[tuple[int, int]]:
        """The known stretches of `chrom`, ascending (1-based inclusive)."""
        starts, ends, _ = self._blocks(chrom)
        return list(zip(starts, ends, strict=True))

    def known(self, chrom: str, start: int, end: int) -> bool:
        """Whether every base from start to end (1-based inclusive) is known."""
        starts, ends, _ = self._blocks(chrom)
        index = bisect_right(starts, start) - 1
        return index >= 0 and end <= ends[index]

    def fetch(self, chrom: str, start: int, end: int) -> str:
        """Bases from start to end (1-based inclusive), plus strand, N where unknown."""
        starts, ends, bases = self._blocks(chrom)
        parts, at = [], start
        for index in range(max(bisect_right(starts, start) - 1, 0), len(starts)):
            low, high = max(starts[index], at), min(ends[index], end)
            if starts[index] > end:
                break
            if low <= high:
                parts.append("N" * (low - at) + unpack(bases[index], low - starts[index], high - starts[index]))
                at = high + 1
        return "".join(parts) + "N" * (end - at + 1)
