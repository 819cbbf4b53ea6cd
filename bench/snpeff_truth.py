"""What an allele does to a transcript, told without `acquired.annotate`: the judge where two tools differ.

Rests on the plain lists of positions, the codon table and the reader of `c.` names that the unit tests use as oracle
(tests/unit/annotate_oracle.py).
"""

from __future__ import annotations

import re
import sys
from functools import cached_property
from pathlib import Path

from acquired.model import Allele
from acquired.reference.transcripts import Transcript

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "unit"))
from annotate_oracle import LETTERS, TABLE, Model, apply_p, other_strand, reference

__all__ = ["Facts", "Placement", "Plain", "apply_p", "told_protein"]

_WINDOW = 80
_POSITION = re.compile(r"(\*?)(-?\d+)([+-]\d+)?")


class Plain(Model):
    """A transcript base by base. `c.` counts on beyond its ends, as TERT c.-124 does."""

    def __init__(self, transcript: Transcript, build: str):
        super().__init__(transcript, build)
        self.known = "N" not in self.rna
        self.step = 1 if self.forward else -1
        self.spans = transcript.exons if self.forward else transcript.exons[::-1]

    def genome(self, position: str) -> int:
        found = _POSITION.fullmatch(position)
        assert found is not None, position
        star, number, offset = found.groups()
        n = int(number)
        i = self.last + n if star else self.first + n - (n > 0)
        beyond = min(i, 0) or max(i - len(self.positions) + 1, 0)
        base = self.positions[min(max(i, 0), len(self.positions) - 1)]
        return int(base) + self.step * (beyond + int(offset or 0))

    @cached_property
    def amino(self) -> str:
        """The protein with its stop."""
        return str(self.protein)

    def along(self, position: int) -> int:
        """A genome position on an axis that runs 5' to 3'."""
        return self.step * position

    def bases(self, start: int, end: int) -> str:
        """Plus-strand bases; "" for an empty stretch."""
        return str(reference(self.build).fetch(self.transcript.chrom, start, end)) if start <= end else ""

    def exon(self, position: int) -> int:
        """Index of the exon (in transcript order) of a genome position; -1 elsewhere."""
        return next((i for i, (s, e) in enumerate(self.spans) if s <= position <= e), -1)


class Placement:
    """The change at one of the places where it may equally be written: genome bases lo … hi replaced; an insertion
    stands between hi and lo = hi + 1."""

    def __init__(self, model: Plain, lo: int, hi: int, alt: str):
        self.model, self.lo, self.hi, self.alt = model, lo, hi, alt
        self.insertion = hi < lo
        ends = (hi, lo) if self.insertion else (lo, hi)
        self.five, self.three = ends if model.forward else ends[::-1]  # the outermost bases concerned, 5' and 3'

    @property
    def one_exon(self) -> bool:
        """Whether every base concerned (of an insertion both neighbours) lies in one and the same exon."""
        exon = self.model.exon(self.five)
        return exon >= 0 and exon == self.model.exon(self.three)

    @property
    def within_transcript(self) -> bool:
        start, end = self.model.transcript.start, self.model.transcript.end
        return start <= min(self.five, self.three) and max(self.five, self.three) <= end

    @property
    def outside_transcript(self) -> bool:
        """Whether no base concerned is of the transcript's span (an insertion: not both neighbours)."""
        return not self.touches(self.model.transcript.start, self.model.transcript.end)

    def touches(self, first: int, last: int) -> bool:
        """Whether genome bases first … last are met; an insertion meets what has both its neighbours."""
        if self.insertion:
            return first <= self.hi and self.lo <= last
        return self.lo <= last and first <= self.hi

    @cached_property
    def sites(self) -> dict[str, tuple[int, int]]:
        """Splice sites (two bases) next to the change, by kind and exon: genome coordinates."""
        found = {}
        for i, (start, end) in enumerate(self.model.spans):
            low, high = (start - 2, start - 1), (end + 1, end + 2)
            acceptor, donor = (low, high) if self.model.forward else (high, low)
            if i > 0:
                found[f"acceptor {i}"] = acceptor
            if i + 1 < len(self.model.spans):
                found[f"donor {i}"] = donor
        return found

    def meets(self, kind: str) -> bool:
        """Whether a base of a site of that kind ("donor", "acceptor") is concerned."""
        return any(k.startswith(kind) and self.touches(*span) for k, span in self.sites.items())

    def border_insertion(self) -> bool:
        """An insertion exactly between an exon and an intron."""
        inside = [self.model.exon(p) >= 0 for p in (self.five, self.three)]
        return self.insertion and self.within_transcript and inside[0] != inside[1]

    @cached_property
    def regions(self) -> list[tuple[int, int]]:
        """Splice regions (three bases of the exon, eight of the intron, the site among them): genome coordinates."""
        found = []
        for name, (low, high) in self.sites.items():
            exon_left = name.startswith("donor") == self.model.forward
            found.append((low - 3, low + 7) if exon_left else (high - 7, high + 3))
        return found

    def in_splice_region(self) -> bool:
        """Whether a base concerned (of an insertion: a neighbour) is of a splice region."""
        low, high = min(self.five, self.three), max(self.five, self.three)
        return any(low <= last and first <= high for first, last in self.regions)

    def at_edge_of_region(self) -> bool:
        """Whether it is an insertion between a base of a splice region and one outside."""
        inside = [any(first <= p <= last for first, last in self.regions) for p in (self.five, self.three)]
        return self.insertion and inside[0] != inside[1]

    def meets_end(self) -> bool:
        """Whether one of the last three bases of the transcript is concerned (of an insertion: a neighbour)."""
        first, last = sorted((self.model.positions[-1], self.model.positions[-3]))
        return min(self.five, self.three) <= last and first <= max(self.five, self.three)

    @cached_property
    def repeats_exon(self) -> bool:
        """Whether an insertion right behind an exon repeats that exon's last bases: it is a duplication in the exon."""
        size, step = len(self.alt), self.model.step
        low, high = sorted((self.five, self.five - step * (size - 1)))
        exon = self.model.exon(self.five)
        return (self.border_insertion() and exon >= 0 and exon == self.model.exon(self.five - step * (size - 1))
                and self.model.bases(low, high) == self.alt)  # fmt: skip

    @cached_property
    def rna(self) -> str | None:
        """The transcript with the change; None where it does not lie in one exon."""
        if not (self.one_exon or self.repeats_exon):
            return None
        i = self.model.index[self.five]
        i, j = (i + 1, i + 1) if self.insertion else (i, self.model.index[self.three] + 1)
        alt = self.alt if self.model.forward else other_strand(self.alt)
        return str(self.model.rna[:i] + alt + self.model.rna[j:])

    @cached_property
    def offset(self) -> tuple[int, int]:
        """Bases from the first coding base to the change's first base and to behind its last one."""
        i = self.model.index[self.five] - self.model.first
        return (i + 1, i + 1) if self.insertion else (i, self.model.index[self.three] - self.model.first + 1)

    @cached_property
    def protein(self) -> str | None:
        """The protein made, to its first stop; None where that cannot be told (splicing, start codon, lost bases)."""
        rna = self.rna
        if rna is None or self.start_codon_changed:
            return None
        letters = []
        for at in range(self.model.first + (len(rna) - len(self.model.rna) if self.offset[1] <= 0 else 0),
                        len(rna) - 2, 3):  # fmt: skip
            letters.append(TABLE.get(rna[at : at + 3], "X"))
            if letters[-1] == "*":
                break
        return "M" + "".join(letters[1:])

    @cached_property
    def start_codon_changed(self) -> bool:
        """Whether the three bases that begin the reference protein are not there any more, in their place."""
        rna, first = self.rna, self.model.first
        if rna is None:
            return False
        begin, end = self.offset
        if end <= 0 or begin >= 3:
            return False
        return begin < 0 or rna[first : first + 3] != self.model.rna[first : first + 3]

    @property
    def net(self) -> int:
        """Bases gained."""
        return len(self.alt) - (self.hi - self.lo + 1)


class Facts:
    """An allele on a transcript, placed as a VCF places it and as the HGVS nomenclature does (as far 3' as it goes)."""

    def __init__(self, allele: Allele, model: Plain):
        self.allele, self.model = allele, model
        pos, ref, alt = allele.pos, allele.ref, allele.alt
        while ref and alt and ref[-1] == alt[-1]:
            ref, alt = ref[:-1], alt[:-1]
        while ref and alt and ref[0] == alt[0]:
            pos, ref, alt = pos + 1, ref[1:], alt[1:]
        self.kind = (
            "SNV" if len(ref) == len(alt) == 1 else "MNV" if len(ref) == len(alt)
            else "insertion" if not ref else "deletion" if not alt else "delins"
        )  # fmt: skip
        self.given = Placement(model, pos, pos + len(ref) - 1, alt)
        moved = pos
        if (not ref or not alt) and model.forward:
            genome, unit = reference(model.build), ref or alt
            while genome.fetch(allele.chrom, moved + len(ref), moved + len(ref)) == unit[(moved - pos) % len(unit)]:
                moved += 1
        turn = (moved - pos) % len(alt) if alt else 0
        self.named = Placement(model, moved, moved + len(ref) - 1, alt[turn:] + alt[:turn] if not ref else alt)
        self.shifted = moved != pos

    def same_bases(self, name: str) -> bool:
        """Whether a `c.` name says the bases that the allele says."""
        low, high = self.given.lo - _WINDOW - len(self.allele.alt), self.named.hi + _WINDOW + len(self.allele.alt)
        bases = reference(self.model.build).fetch(self.allele.chrom, low, high)
        wanted = bases[: self.given.lo - low] + self.given.alt + bases[self.given.hi + 1 - low :]
        try:
            return bool(self.model.apply_c(name, low, high) == wanted)
        except (AttributeError, AssertionError, IndexError, KeyError):  # no `c.` name that can be read
            return False


_AMINO = re.compile(r"Ter|\*|[A-Z][a-z]{2}")


def residues(text: str) -> str:
    """`LeuTer` as `L*`; KeyError for what is no residue."""
    return "".join("*" if part in ("*", "Ter") else LETTERS[part] for part in _AMINO.findall(text))


def told_protein(protein: str, name: str) -> str | None:
    """The protein (to its first stop) that a `p.` name without brackets spells out; None where it does not.

    Takes SnpEff's joined residues too (`p.ValSer315LeuThr`).
    """
    one = r"(?:[A-Z][a-z]{2}|\*)"
    found = re.fullmatch(rf"p\.({one}+)(\d+)(?:_({one})(\d+))?(delins|del|dup|ins|=|)(.*)", name)
    if not found or "?" in name or "fs" in name or "ext" in name:
        return None
    first, start, last, end, kind, new = found.groups()
    old, put = residues(first), residues(new)
    low = int(start)
    high = int(end) if end else low + len(old) - 1
    if protein[low - 1 : low - 1 + len(old)] != old or (last and protein[high - 1] != residues(last)):
        return None
    inside = protein[low - 1 : high]
    if kind == "ins":
        made = protein[:low] + put + protein[low:]
    elif kind == "dup":
        made = protein[:high] + inside + protein[high:]
    else:
        made = protein[: low - 1] + (inside if kind == "=" else put) + protein[high:]
    stop = made.find("*")
    return made if stop < 0 else made[: stop + 1]
