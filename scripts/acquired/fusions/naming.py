"""What a junction does to the genes it joins: a fusion of two in order, a change within one, or neither."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acquired.fusions.junctions import LEFT, End, Junction
from acquired.reference import Reference, Transcript
from acquired.reference.transcripts import read as read_transcripts

UNNAMED = "a place without a known gene"


@dataclass(frozen=True)
class Named:
    """What a junction is called. kind: fusion, deletion, duplication, rearrangement.

    genes: of a fusion 5' first. name: EML4::ALK, exon 14 skipping. frame: in-frame, out-of-frame, or "" where it cannot
    be told. detail: exons or the transcript (e14a2).
    """

    kind: str
    genes: tuple[str, ...]
    name: str
    frame: str = ""
    detail: str = ""


class Genes:
    """The genes that junctions are named by: the bundle's, and usual fusion partners outside of it."""

    def __init__(self, reference: Reference, resources: Path, table: Mapping[str, Any]):
        """table: resources/dialects/fusions.yaml."""
        self.reference, self.table = reference, table
        partners = resources / "dialects" / f"fusions_partners.{reference.build}.tsv"
        self._partners = read_transcripts(partners) if partners.exists() else []

    def at(self, end: End) -> list[Transcript]:
        """Transcripts that a gene is named by, around a place; drivers of the bundle before other genes."""
        own = [t for t in self.reference.overlapping(end.chrom, end.pos, end.pos) if t.clinical]
        more = [t for t in self._partners if t.chrom == end.chrom and t.start <= end.pos <= t.end]
        return own + [t for t in more if t.gene not in {o.gene for o in own}]

    def transcript(self, gene: str) -> Transcript | None:
        """The transcript a gene is named by."""
        return self.reference.clinical(gene) or next((t for t in self._partners if t.gene == gene), None)

    @property
    def known(self) -> frozenset[str]:
        """Every symbol there is."""
        return frozenset((*self.reference.genes, *(t.gene for t in self._partners)))

    def name(self, junction: Junction, symbols: Sequence[str] = ("", "")) -> Named | str:
        """What a junction is called, or why it is nothing that can be named.

        symbols: genes that the file's own annotation names at the two ends, for places outside the known genes.
        """
        ones, twos = self.at(junction.one), self.at(junction.two)
        for one in ones:
            if any(two.gene == one.gene for two in twos):
                return self._within(one, junction)
        for one in ones:
            for two in twos:
                sides = five_prime(one, junction.one), five_prime(two, junction.two)
                if sides == (True, False):
                    return self.fusion(one, junction.one, two, junction.two)
                if sides == (False, True):
                    return self.fusion(two, junction.two, one, junction.one)
        if ones and twos:
            pair = f"{ones[0].gene} and {twos[0].gene}"
            return Named("rearrangement", (ones[0].gene, twos[0].gene), f"{pair} joined end to end")
        if not ones and not twos:
            return "in no known gene"
        known, end, other, symbol = (
            (ones[0], junction.one, junction.two, symbols[1])
            if ones
            else (twos[0], junction.two, junction.one, symbols[0])
        )
        if not self.reference.transcripts(known.gene):
            return "in no known gene"  # a usual partner, but of nothing here
        if symbol and symbol != known.gene:
            pair2 = (known.gene, symbol) if five_prime(known, end) else (symbol, known.gene)
            return Named("fusion", pair2, "::".join(pair2), "", "the order is that of the known gene's strand")
        return Named("rearrangement", (known.gene,), f"{known.gene} rearrangement with {other.chrom}:{other.pos}")

    def fusion(self, five: Transcript, five_end: End, three: Transcript, three_end: End) -> Named:
        """A fusion of two known genes, with its frame where introns tell it."""
        last, first = last_exon(five, five_end.pos), first_exon(three, three_end.pos)
        detail = f"exon {last} to exon {first}" if last and first else ""
        for style in self.table.get("transcripts", ()):
            if style["genes"] == [five.gene, three.gene] and detail:
                detail = style["style"].format(five=last, three=first)
        return Named("fusion", (five.gene, three.gene), f"{five.gene}::{three.gene}",
                     frame_of(five, five_end.pos, three, three_end.pos), detail)  # fmt: skip

    def _within(self, transcript: Transcript, junction: Junction) -> Named | str:
        """A deletion or duplication of exons of one gene."""
        low, high = sorted((junction.one, junction.two), key=lambda e: e.pos)
        if low.keeps == high.keeps:
            return Named("rearrangement", (transcript.gene,), f"{transcript.gene} inversion within the gene")
        deleted = low.keeps == LEFT
        first, last = (low.pos + 1, high.pos - 1) if deleted else (low.pos, high.pos)
        numbers = exons_in_order(transcript)
        whole = [n for n, (a, b) in numbers if first <= a and b <= last]
        broken = [n for n, (a, b) in numbers if a <= last and first <= b and n not in whole]
        kind = "deletion" if deleted else "duplication"
        if not whole and not broken:
            return "within one intron"
        if not whole:  # a large indel, as of KIT exon 11: told, so that it is not missed where no other file has it
            told = f"{transcript.gene} {kind} of {last - first + 1:,} bases within exon {'-'.join(map(str, broken))}"
            return Named("rearrangement", (transcript.gene,), told)
        return self.exons(transcript, kind, min(whole), max(whole), bool(broken))

    def exons(self, transcript: Transcript, kind: str, first: int, last: int, broken: bool = False) -> Named:
        """A deletion (or skipping) or duplication of exons first … last. broken: a breakpoint lies within an exon."""
        for event in self.table["events"]:
            if (event["gene"], event["kind"], event["exons"]) == (transcript.gene, kind, [first, last]) and not broken:
                return Named(kind, (transcript.gene,), event["name"], frame_of_exons(transcript, first, last))
        span = f"exon {first}" if first == last else f"exon {first}-{last}"
        name = f"{span} {'skipping' if kind == 'deletion' else 'duplication'}"
        frame = "" if broken else frame_of_exons(transcript, first, last)
        return Named(kind, (transcript.gene,), name, frame, "a breakpoint lies within an exon" if broken else "")


def five_prime(transcript: Transcript, end: End) -> bool:
    """Whether the kept side of a place within a gene is the gene's beginning."""
    return (end.keeps == LEFT) == (transcript.strand == "+")


def exons_in_order(transcript: Transcript) -> list[tuple[int, tuple[int, int]]]:
    """Exons numbered in the direction of the transcript."""
    return list(enumerate(transcript.exons if transcript.strand == "+" else transcript.exons[::-1], 1))


def last_exon(transcript: Transcript, pos: int) -> int:
    """Number of the last exon that begins before `pos` in the direction of the transcript; 0 before the first."""
    plus = transcript.strand == "+"
    return max((n for n, (a, b) in exons_in_order(transcript) if (a <= pos if plus else b >= pos)), default=0)


def first_exon(transcript: Transcript, pos: int) -> int:
    """Number of the first exon that ends after `pos` in the direction of the transcript; 0 behind the last."""
    plus = transcript.strand == "+"
    return min((n for n, (a, b) in exons_in_order(transcript) if (b >= pos if plus else a <= pos)), default=0)


def coding_before(transcript: Transcript, exon: int) -> int | None:
    """Coding bases in the exons before number `exon`; None where the border lies outside the coding sequence."""
    if not transcript.cds_start:
        return None
    total = counted = 0
    for n, (a, b) in exons_in_order(transcript):
        size = max(0, min(b, transcript.cds_end) - max(a, transcript.cds_start) + 1)
        total += size
        counted += size if n < exon else 0
    return counted if 0 < counted < total else None


def frame_of(five: Transcript, five_at: int, three: Transcript, three_at: int) -> str:
    """The frame of a fusion whose breakpoints lie in introns or at exon borders, else "".

    In frame where the coding bases kept of the first gene and those left out of the second agree modulo 3.
    """
    if not (_between_exons(five, five_at) and _between_exons(three, three_at)):
        return ""
    kept, left_out = (
        coding_before(five, last_exon(five, five_at) + 1),
        coding_before(three, first_exon(three, three_at)),
    )
    if kept is None or left_out is None:
        return ""
    return "in-frame" if kept % 3 == left_out % 3 else "out-of-frame"


def _between_exons(transcript: Transcript, pos: int) -> bool:
    """Whether a place is no inner base of an exon (its first and last base are its borders)."""
    return not any(a < pos < b for a, b in transcript.exons)


def frame_of_exons(transcript: Transcript, first: int, last: int) -> str:
    """What leaving out (or doubling) whole exons first … last does to the frame; "" outside the coding sequence."""
    before, after = coding_before(transcript, first), coding_before(transcript, last + 1)
    if before is None or after is None:
        return ""
    return "in-frame" if (after - before) % 3 == 0 else "out-of-frame"


def split_name(text: str, known: Iterable[str]) -> tuple[str, str] | None:
    """The two genes of a fusion's name (EML4::ALK, EML4--ALK, EML4-ALK, EML4/ALK); None where it cannot be told."""
    name = re.sub(r"\s*(fusion|rearrangement)\s*", "", text.strip(), flags=re.IGNORECASE)
    for sign in ("::", "--", "/", "|", " - ", "–", "_"):
        parts = [p.strip() for p in name.split(sign)]
        if len(parts) == 2 and all(parts):
            return parts[0], parts[1]
    pieces = name.split("-")
    if len(pieces) == 2 and all(pieces):
        return pieces[0], pieces[1]
    symbols = set(known)
    fits = [("-".join(pieces[:i]), "-".join(pieces[i:])) for i in range(1, len(pieces))]
    fits = [pair for pair in fits if pair[0] in symbols or pair[1] in symbols]
    return fits[0] if len(fits) == 1 else None
