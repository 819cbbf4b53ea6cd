"""One transcript as a template: where its bases lie, what they are, and how `c.` counts them.

Coordinates named `x` run along the transcript: x = position on a plus-strand gene and minus the position on a
minus-strand gene. So "3'" is always "larger x", and nothing below needs to know the strand.
Offsets named `m` are 0-based offsets into the spliced transcript (mRNA).
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from acquired.annotate.codons import reverse_complement, translate

if TYPE_CHECKING:
    from acquired.reference import Reference, Transcript


class Edit(NamedTuple):
    """Bases from x = a up to but without x = b are replaced by `alt`, read along the transcript."""

    a: int
    b: int
    alt: str


class Template:
    """A transcript with its bases. Sequence is read only when asked for."""

    def __init__(self, transcript: Transcript, reference: Reference):
        self.transcript = transcript
        self._fetch = reference.fetch
        self.plus = transcript.strand == "+"
        spans = [(s, e) if self.plus else (-e, -s) for s, e in transcript.exons]
        spans.sort()
        self.starts = [s for s, _ in spans]
        self.ends = [e for _, e in spans]
        self.offsets = []
        total = 0
        for s, e in spans:
            self.offsets.append(total)
            total += e - s + 1
        self.length = total
        self.coding = bool(transcript.cds_start)
        if self.coding:
            first, last = transcript.cds_start, transcript.cds_end
            self.cds = self.offset(first if self.plus else -last)
            self.cds_end = self.offset(last if self.plus else -first) + 1
        else:
            self.cds = self.cds_end = 0

    def x_of(self, pos: int) -> int:
        """A genome position (1-based) on the axis of the transcript."""
        return pos if self.plus else -pos

    def edit(self, pos: int, ref: str, alt: str) -> Edit:
        """A plus-strand change (1-based; `ref` or `alt` may be empty: before `pos`) as an `Edit`."""
        if self.plus:
            return Edit(pos, pos + len(ref), alt)
        return Edit(1 - pos - len(ref), 1 - pos, reverse_complement(alt))

    def exon_at(self, x: int) -> int:
        """Index of the last exon that begins at or before x; -1 upstream of the transcript."""
        return bisect_right(self.starts, x) - 1

    def exon_of(self, x: int) -> int:
        """Index of the exon x lies in, or -1."""
        i = bisect_right(self.starts, x) - 1
        return i if i >= 0 and x <= self.ends[i] else -1

    def offset(self, x: int) -> int:
        """Offset of an exonic x in the spliced transcript (ValueError for any other x)."""
        i = self.exon_of(x)
        if i < 0:
            raise ValueError(f"{self.transcript.name}: {abs(x)} is not exonic")
        return self.offsets[i] + x - self.starts[i]

    def bases(self, start: int, end: int) -> str:
        """Bases from x = start to x = end (inclusive), read along the transcript; N where unknown."""
        if end < start:
            return ""
        if self.plus:
            return self._fetch(self.transcript.chrom, start, end)
        return reverse_complement(self._fetch(self.transcript.chrom, -end, -start))

    @cached_property
    def mrna(self) -> str:
        """The spliced transcript."""
        return "".join(self.bases(s, e) for s, e in zip(self.starts, self.ends, strict=True))

    @cached_property
    def protein(self) -> str:
        """The reference protein with its `*`. The first codon is read as M whatever it is (WT1 begins at a CTG)."""
        residues = translate(self.mrna[self.cds : self.cds_end])
        return residues if residues[:1] == "X" else "M" + residues[1:]

    # -- how c. counts ----------------------------------------------------------------------------

    @property
    def prefix(self) -> str:
        """`c.` or, for a transcript without a protein, `n.`."""
        return "c." if self.coding else "n."

    def count(self, m: int) -> str:
        """Offset m as the nomenclature counts it: -1 is the base before the start codon, *1 the one after the stop."""
        if not self.coding:
            return str(m + 1)
        if m < self.cds:
            return f"-{self.cds - m}"
        if m < self.cds_end:
            return str(m - self.cds + 1)
        return f"*{m - self.cds_end + 1}"

    def position(self, x: int) -> str:
        """x as in `c.`: exonic, or by the nearer exon's last (+) or first (-) base; the middle base goes to `+`."""
        i = self.exon_at(x)
        if i < 0:  # upstream of the transcript the count goes on: TERT c.-124
            return self.count(x - self.starts[0])
        if x <= self.ends[i]:
            return self.count(self.offsets[i] + x - self.starts[i])
        after = x - self.ends[i]
        if i + 1 == len(self.starts):
            return self.count(self.length - 1 + after)
        before = self.starts[i + 1] - x
        if after <= before:
            return f"{self.count(self.offsets[i + 1] - 1)}+{after}"
        return f"{self.count(self.offsets[i + 1])}-{before}"
