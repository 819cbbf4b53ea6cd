"""Alleles in one spelling: upper case, trimmed, and left-aligned where the bases are known.

Done here rather than with `bcftools norm`, because the reference may be N beside the allele: bcftools stops a shift
at N without saying so, while here such an allele is marked. Where every base is known the two agree (a test compares).
The method is Tan, Abecasis and Kang (2015), "Unified representation of genetic variants".
"""

from __future__ import annotations

from typing import Protocol

_SMALLEST, _LARGEST = 512, 1 << 17


class Genome(Protocol):
    """The part of `acquired.reference.Reference` that intake needs."""

    build: str
    contigs: dict[str, int]

    def fetch(self, chrom: str, start: int, end: int) -> str:
        """Bases start … end (1-based inclusive), N where unknown."""
        ...


class Bases:
    """Reads bases through a window that grows while requests move forward: sorted files cost one read a window."""

    def __init__(self, genome: Genome):
        self.genome = genome
        self._chrom, self._start, self._end, self._text = "", 1, 0, ""
        self._size = _SMALLEST

    def get(self, chrom: str, start: int, end: int) -> str:
        """Bases from start to end (1-based inclusive), upper case, N where unknown or beyond the chromosome."""
        if chrom == self._chrom and start >= self._start and end <= self._end:
            return self._text[start - self._start : end - self._start + 1]
        forward = chrom == self._chrom and self._end < end <= self._end + 4 * self._size
        self._size = min(2 * self._size, _LARGEST) if forward else _SMALLEST
        self._chrom, self._start = chrom, max(1, start - _SMALLEST // 2)
        self._end = max(end, self._start + self._size)
        self._text = self.genome.fetch(chrom, self._start, self._end)
        return self._text[start - self._start : end - self._start + 1]

    def held(self, chrom: str, pos: int) -> str:
        """The base at `pos` if the window holds it, else "". Reads nothing."""
        return self._text[pos - self._start] if chrom == self._chrom and self._start <= pos <= self._end else ""


def agrees(ref: str, known: str) -> bool | None:
    """Whether REF is what the genome has; None where no base is known. N in the genome fits anything."""
    if ref == known:
        return True if "N" not in known else (None if set(known) == {"N"} else True)
    told = [(given, base) for given, base in zip(ref, known, strict=True) if base != "N"]
    return all(given == base for given, base in told) if told else None


def trim(pos: int, ref: str, alt: str) -> tuple[int, str, str]:
    """Shared bases taken off: first at the end, then at the start, one base always being left of each."""
    shared = 0
    most = min(len(ref), len(alt)) - 1
    while shared < most and ref[-1 - shared] == alt[-1 - shared]:
        shared += 1
    if shared:
        ref, alt = ref[:-shared], alt[:-shared]
    shared = 0
    most = min(len(ref), len(alt)) - 1
    while shared < most and ref[shared] == alt[shared]:
        shared += 1
    return (pos + shared, ref[shared:], alt[shared:]) if shared else (pos, ref, alt)


def canonical(bases: Bases, chrom: str, pos: int, ref: str, alt: str) -> tuple[int, str, str, bool]:
    """The allele trimmed and shifted left as far as known bases allow; the flag says that bases were missing for it.

    pos is 1-based; ref and alt are upper case A, C, G, T and differ. A shift that meets N stops there and is flagged.
    """
    pos, ref, alt = trim(pos, ref, alt)
    outside = "N" in bases.get(chrom, pos, pos + len(ref) - 1)
    if len(ref) == len(alt) or min(len(ref), len(alt)) > 1:
        return pos, ref, alt, outside
    inserted = len(alt) > len(ref)
    anchor, longer = (ref, alt) if inserted else (alt, ref)
    if longer[0] == anchor:
        moved = longer[1:]
    elif longer[-1] == anchor and pos > 1:  # the shared base lies behind the change: the one before it is the anchor
        before = bases.get(chrom, pos - 1, pos - 1)
        if before == "N":
            return pos, ref, alt, True
        pos, anchor, moved = pos - 1, before, longer[:-1]
    else:
        return pos, ref, alt, outside
    shift = 0
    # The moved bases turn round by one for each step; `shift` counts the steps, so that long indels cost no copies.
    while moved[-1 - shift % len(moved)] == anchor:
        if pos == 1:
            break
        before = bases.get(chrom, pos - 1, pos - 1)
        if before == "N":
            outside = True
            break
        pos, anchor, shift = pos - 1, before, shift + 1
    turn = shift % len(moved)
    if turn:
        moved = moved[-turn:] + moved[:-turn]
    return (pos, anchor, anchor + moved, outside) if inserted else (pos, anchor + moved, anchor, outside)
