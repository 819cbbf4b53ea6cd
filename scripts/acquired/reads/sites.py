"""What one read says of one allele.

An SNV or MNV is read base by base through the alignment, all its changed bases together. Every other allele is read
as a haplotype: the read's own sequence between two anchors is compared with what the reference and each allele would
look like there, so that it does not matter where in a repeat an aligner puts an indel, whether it writes it as an indel
or as mismatches, or whether it clips the read there.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from acquired.model import Allele

REF, ALT, OTHER = 0, 1, 2

#: Bases on each side of an indel (and of the repeat it lies in) that a read must reach to count as spanning.
FLANK = 10
#: A read counts for a haplotype if it differs from it in at most this many bases; one that fits none is `OTHER`.
MOST_MISMATCHES = 2
#: A read that ends or is clipped within the window must fit one haplotype better than another by so many bases.
MARGIN = 3
#: How far a repeat is followed to the right, in bases.
_FURTHEST = 300

#: Aligned stretches of a read: first and one past the last reference base, index of the first in the read (0-based).
Blocks = list[tuple[int, int, int]]


@dataclass(slots=True)
class Read:
    """One alignment as it is looked at. qualities: None where the file has none."""

    blocks: Blocks
    sequence: str
    qualities: array[int] | None


def blocks_of(start: int, cigar: Sequence[tuple[int, int]]) -> Blocks:
    """The aligned stretches of an alignment that begins at the reference base `start` (0-based)."""
    found, at, index = [], start, 0
    for operation, length in cigar:
        if operation in (0, 7, 8):  # M, =, X
            found.append((at, at + length, index))
            at, index = at + length, index + length
        elif operation in (1, 4):  # I, S
            index += length
        elif operation in (2, 3):  # D, N
            at += length
    return found


def index_of(blocks: Blocks, place0: int) -> int:
    """Index in the read of the base aligned to a reference base (0-based); -1 where none is."""
    for first, end, index in blocks:
        if first <= place0 < end:
            return index + place0 - first
    return -1


class Substitution:
    """An SNV or MNV. first0, end0: the reference bases a read must have, 0-based half-open."""

    def __init__(self, allele: Allele, longer: Sequence[Allele] = ()):
        """longer: MNVs among the alleles looked for that have all of this one's changes and more.

        A read that carries one of those carries another allele than this; one that ends too soon does not tell.
        """
        self.allele = allele
        self.first0 = allele.pos - 1
        self.end0 = self.first0 + len(allele.ref)
        changed = [i for i, (a, b) in enumerate(zip(allele.ref, allele.alt, strict=True)) if a != b]
        self._changed = changed if len(changed) < len(allele.ref) else []
        self._longer = [
            [(m.pos - 1 + i, new) for i, (old, new) in enumerate(zip(m.ref, m.alt, strict=True)) if old != new]
            for m in longer
        ]

    def look(self, read: Read, least: int) -> int | None:
        """REF, ALT, OTHER, or None where the read does not tell. least: base quality that every base must have."""
        first0, end0, allele = self.first0, self.end0, self.allele
        for first, end, index in read.blocks:
            if first <= first0 and end0 <= end:
                at = index + first0 - first
                found = read.sequence[at : at + end0 - first0]
                if read.qualities is not None and min(read.qualities[at : at + end0 - first0]) < least:
                    return None
                if "N" in found:
                    return None
                if self._fits(found, allele.alt):
                    return self._alone(read, least) if self._longer else ALT
                return REF if self._fits(found, allele.ref) else OTHER
        blocks = read.blocks
        # The read goes on beyond on both sides, but not straight through: a deletion or insertion lies here.
        return OTHER if blocks[0][0] < first0 and end0 < blocks[-1][1] and not _skips(blocks, first0, end0) else None

    def _fits(self, found: str, wanted: str) -> bool:
        if not self._changed:
            return found == wanted
        return all(found[i] == wanted[i] for i in self._changed)

    def _alone(self, read: Read, least: int) -> int | None:
        """ALT if the read carries this allele and no longer one, OTHER if a longer one, None if it does not tell."""
        for changes in self._longer:
            told = True
            for place0, new in changes:
                at = index_of(read.blocks, place0)
                if at < 0 or (read.qualities is not None and read.qualities[at] < least):
                    told = False
                elif read.sequence[at] != new:
                    break
            else:
                return OTHER if told else None
        return ALT


def _skips(blocks: Blocks, first0: int, end0: int) -> bool:
    """Whether a gap of more than 50 bases (a splice junction of RNA) holds the place."""
    return any(a[1] <= first0 and end0 <= b[0] and b[0] - a[1] > 50 for a, b in pairwise(blocks))


class Haplotypes:
    """Indels and other length-changing alleles that lie in one another, looked at together: one read fits one best.

    first0, end0: the window, 0-based half-open. inner0, after0: the last base before any change and the first one
    after (0-based). `alleles` are those it speaks of.
    """

    def __init__(self, alleles: Sequence[Allele], fetch: Callable[[str, int, int], str]):
        """fetch: chrom, first, last (1-based) to the reference's bases, N where unknown."""
        self.alleles = tuple(alleles)
        chrom = alleles[0].chrom
        ends = [right_end(a, fetch) for a in alleles]
        self.inner0, self.after0 = min(a.pos for a in alleles) - 1, max(ends)
        self.first0 = max(self.inner0 - FLANK, 0)
        self.end0 = self.after0 + FLANK
        self._reference = fetch(chrom, self.first0 + 1, self.end0)
        self.known = "N" not in self._reference
        self._forms = [self._reference]
        self._narrow: list[tuple[int, int, str, str]] = []
        for a, after0 in zip(alleles, ends, strict=True):
            at = a.pos - 1 - self.first0
            form = self._reference[:at] + a.alt + self._reference[at + len(a.ref) :]
            self._forms.append(form)
            tail = len(self._reference) - (after0 - self.first0)
            self._narrow.append((a.pos - 1, after0, self._reference[at:-tail], form[at:-tail]))

    def look(self, read: Read, least: int) -> list[int] | None:
        """For each allele REF, ALT, OTHER or -1 (cannot be told); None where the read tells nothing.

        least: what the mean base quality of the compared stretch must reach.
        """
        if not self.known:
            return self._literal(read, least)
        left = self._anchor_left(read.blocks)
        right = self._anchor_right(read.blocks)
        if left is None and right is None:
            return None
        forms, whole = self._forms, False
        if left is not None and right is not None and left[0] == self.first0 and right[0] == self.end0 - 1:
            whole = True
            start, end = left[1], right[1] + 1
            distances = [_distance(read.sequence[start:end], form) for form in forms]
        elif left is not None:
            start, skip = left[1], left[0] - self.first0
            found = read.sequence[start : start + max(map(len, forms)) - skip]
            end = start + len(found)
            distances = [_mismatches(found, form[skip:]) for form in forms]
        elif right is not None:
            end, skip = right[1] + 1, self.end0 - 1 - right[0]
            found = read.sequence[max(end - max(map(len, forms)) + skip, 0) : end][::-1]
            start = end - len(found)
            distances = [_mismatches(found, form[::-1][skip:]) for form in forms]
            begins = [max(len(form) - skip - len(found), 0) for form in forms]
            # A molecule counts where it crosses the first base of the change. Reads of its other end alone would count
            # long insertions and the reference over long deletions twice.
            if begins[distances.index(min(distances))] > self.inner0 - self.first0:
                return None
        if end <= start or not _good(read, start, end, least):
            return None
        if min(distances) > MOST_MISMATCHES:
            return self._beside_another(read)
        return self._decide(distances, whole)

    def _decide(self, distances: list[int], whole: bool) -> list[int] | None:
        lowest = min(distances)
        within = (0 if lowest == 0 else 1) if whole else MARGIN - 1
        fits = [d <= lowest + within for d in distances]
        if fits.count(True) == 1:
            best = fits.index(True)
            return [ALT if best == i + 1 else REF if best == 0 else OTHER for i in range(len(self.alleles))]
        told = [-1 if fits[i + 1] else REF if fits[0] else OTHER for i in range(len(self.alleles))]
        return told if any(t >= 0 for t in told) else None

    def _beside_another(self, read: Read) -> list[int] | None:
        """Where something else has changed nearby on this molecule: only the alleles' own stretches are compared."""
        spans = read.blocks[0][0] <= self.first0 and self.end0 <= read.blocks[-1][1]
        told = []
        for inner0, after0, reference, changed in self._narrow:
            start, end = index_of(read.blocks, inner0), index_of(read.blocks, after0)
            found = read.sequence[start:end] if 0 <= start < end else None
            told.append(ALT if found == changed else REF if found == reference else OTHER if spans else -1)
        return told if any(t >= 0 for t in told) else None

    def _anchor_left(self, blocks: Blocks) -> tuple[int, int] | None:
        """An aligned base before any change, as far left in the window as there is one: place and index."""
        for first, end, index in blocks:
            place = max(first, self.first0)
            if place < end and place <= self.inner0:
                return place, index + place - first
        return None

    def _anchor_right(self, blocks: Blocks) -> tuple[int, int] | None:
        for first, end, index in reversed(blocks):
            place = min(end, self.end0) - 1
            if place >= first and place >= self.after0:
                return place, index + place - first
        return None

    def _literal(self, read: Read, least: int) -> list[int] | None:
        """Where the reference's bases are not known: the alignment is taken at its word."""
        told = []
        for a in self.alleles:
            start, end = index_of(read.blocks, a.pos - 1), index_of(read.blocks, a.pos - 1 + len(a.ref))
            if start < 0 or end < 0 or not _good(read, start, end + 1, least):
                told.append(-1)
                continue
            found = read.sequence[start:end]
            told.append(ALT if found == a.alt else REF if found == a.ref else OTHER)
        return told if any(t >= 0 for t in told) else None


def right_end(allele: Allele, fetch: Callable[[str, int, int], str]) -> int:
    """The first reference base (0-based) after the allele however far right an aligner may have put it."""
    first0, end0 = allele.pos - 1, allele.pos - 1 + len(allele.ref)
    length = max(len(allele.ref), len(allele.alt))
    after = fetch(allele.chrom, end0 + 1, end0 + _FURTHEST + length).partition("N")[0]
    reference, changed = allele.ref + after, allele.alt + after
    same = 0
    for a, b in zip(reference, changed, strict=False):
        if a != b:
            break
        same += 1
    return max(end0, min(first0 + same + max(len(allele.ref) - len(allele.alt), 0), end0 + _FURTHEST))


def _good(read: Read, start: int, end: int, least: int) -> bool:
    return read.qualities is None or sum(read.qualities[start:end]) >= least * (end - start)


def _mismatches(found: str, wanted: str) -> int:
    """Bases that differ, as far as both go."""
    return 0 if found == wanted else sum(a != b for a, b in zip(found, wanted, strict=False))


def _distance(found: str, wanted: str) -> int:
    """Bases that differ; sequences of unequal length are never the same haplotype."""
    if len(found) != len(wanted):
        return 100
    return _mismatches(found, wanted)
