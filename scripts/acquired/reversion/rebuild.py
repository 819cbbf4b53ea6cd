"""The protein that a transcript with several changes on one molecule is read as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from acquired.annotate.codons import translate_to_stop
from acquired.annotate.hgvs_c import trim
from acquired.annotate.template import Edit, Template
from acquired.model import Allele


@dataclass(frozen=True)
class Rebuilt:
    """A protein, read from the first codon to the first stop.

    residues: without the stop; X where a base is not known. reference_length: of the unchanged protein. removed, added:
    reference residues that are gone or replaced, and those that stand there now, between what is the same at both
    ends. first: the first residue that differs (1-based; 0 if none does). start_kept, stop_kept: whether it begins at
    the gene's own start codon and ends at the gene's own stop codon, in frame.
    """

    residues: str
    reference_length: int
    removed: int
    added: int
    first: int
    start_kept: bool
    stop_kept: bool

    @property
    def length(self) -> int:
        """Residues."""
        return len(self.residues)


def span(template: Template, allele: Allele) -> Edit:
    """An allele on the axis of a transcript, without the bases that its two sides share."""
    return template.edit(*trim(allele.pos, allele.ref.upper(), allele.alt.upper()))


def spliced(template: Template, edit: Edit) -> tuple[int, int, str] | None:
    """An edit in spliced coordinates (0-based, half-open); None where it touches an intron or lies outside."""
    a, b, alt = edit
    if a == b:
        exon = template.exon_of(a)
        exon = exon if exon >= 0 else template.exon_of(a - 1)
    else:
        exon = template.exon_of(a)
        if exon != template.exon_of(b - 1):
            return None
    if exon < 0:
        return None
    begin = template.offsets[exon] - template.starts[exon]
    return a + begin, b + begin, alt


def intronic(template: Template, edit: Edit) -> bool:
    """Whether an edit lies wholly within one intron."""
    a, b, _ = edit
    last = max(b - 1, a)
    i = template.exon_at(a)
    return 0 <= i < len(template.starts) - 1 and template.ends[i] < a and last < template.starts[i + 1]


def rebuild(template: Template, alleles: Sequence[Allele]) -> Rebuilt | None:
    """The protein of a transcript with `alleles`, all on one molecule. No alleles give the reference protein.

    What lies within an intron is taken to change nothing (splicing is not modelled). None where an allele crosses the
    border of an exon, where two overlap, or where the transcript has no protein.
    """
    if not template.coding:
        return None
    edits = []
    for allele in alleles:
        edit = span(template, allele)
        if intronic(template, edit):
            continue
        inside = spliced(template, edit)
        if inside is None:
            return None
        edits.append(inside)
    edits.sort()
    for (_, end, _), (start, _, _) in pairwise(edits):
        if start < end:
            return None
    mrna, parts, at = template.mrna, [], 0
    start, stop = template.cds, template.cds_end - 3
    moved_start = moved_stop = 0
    for a, b, alt in edits:
        parts += [mrna[at:a], alt]
        at = b
        if b <= start:
            moved_start += len(alt) - (b - a)
        if b <= stop:
            moved_stop += len(alt) - (b - a)
    changed = "".join([*parts, mrna[at:]])
    begin, end = start + moved_start, stop + moved_stop
    read = translate_to_stop(changed[begin:])
    start_kept = changed[begin : begin + 3] == mrna[start : start + 3]
    ended = read.endswith("*")
    residues = ("M" if start_kept else read[:1]) + read[1:] if read else ""
    residues = residues.removesuffix("*")
    stop_kept = ended and begin + 3 * len(residues) == end
    return _told(residues, template.protein.removesuffix("*"), start_kept, stop_kept)


def _told(residues: str, reference: str, start_kept: bool, stop_kept: bool) -> Rebuilt:
    least = min(len(residues), len(reference))
    head = 0
    while head < least and residues[head] == reference[head]:
        head += 1
    tail = 0
    while tail < least - head and residues[-1 - tail] == reference[-1 - tail]:
        tail += 1
    if not stop_kept:  # what is alike at two different ends is chance
        tail = 0
    removed, added = len(reference) - head - tail, len(residues) - head - tail
    first = head + 1 if removed or added else 0
    return Rebuilt(residues, len(reference), removed, added, first, start_kept, stop_kept)
