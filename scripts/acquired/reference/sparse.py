"""The sparse genome: chromosomes of true length, bases where the bundle has them, N elsewhere."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

from acquired.reference import bgzf

#: Bases a line of the FASTA, and bases a full BGZF block (a whole number of lines below 65,280 bytes).
LINE = 80
CHUNK = 800 * LINE


def _lines(bases: str) -> bytes:
    return "".join(bases[at : at + LINE] + "\n" for at in range(0, len(bases), LINE)).encode()


def write_genome(
    path: Path,
    contigs: dict[str, int],
    blocks: Callable[[str], list[tuple[int, int]]],
    fetch: Callable[[str, int, int], str],
) -> None:
    """Write `path` (BGZF FASTA), `path`.fai and `path`.gzi.

    contigs: lengths; blocks(chrom): known stretches; fetch(chrom, start, end): bases, N where unknown (both 1-based
    inclusive). Blocks of N alone are compressed once. The .gzi has, after their number, the compressed and the
    uncompressed offset of every block but the first (little-endian, 64 bits each), as htslib reads it.
    """
    empty = bgzf.block(_lines("N" * CHUNK))
    index: list[str] = []
    offsets: list[tuple[int, int]] = []
    compressed = plain = 0
    with path.open("wb") as out:

        def put(data: bytes, size: int) -> None:
            nonlocal compressed, plain
            offsets.append((compressed, plain))
            out.write(data)
            compressed, plain = compressed + len(data), plain + size

        for chrom, length in contigs.items():
            header = f">{chrom}\n".encode()
            put(bgzf.block(header), len(header))
            index.append(f"{chrom}\t{length}\t{plain}\t{LINE}\t{LINE + 1}\n")
            known = {
                chunk for start, end in blocks(chrom) for chunk in range((start - 1) // CHUNK, (end - 1) // CHUNK + 1)
            }
            for chunk in range(length // CHUNK + (length % CHUNK > 0)):
                first, last = chunk * CHUNK + 1, min((chunk + 1) * CHUNK, length)
                if chunk in known or last - first + 1 < CHUNK:
                    data = _lines(fetch(chrom, first, last))
                    put(bgzf.block(data, level=2), len(data))  # half the time of level 6, for 0.4 MB more
                else:
                    put(empty, CHUNK // LINE * (LINE + 1))
        out.write(bgzf.END)
    Path(f"{path}.fai").write_text("".join(index), encoding="ascii")
    pairs = [number for pair in offsets[1:] for number in pair]
    Path(f"{path}.gzi").write_bytes(struct.pack(f"<{len(pairs) + 1}Q", len(pairs) // 2, *pairs))
