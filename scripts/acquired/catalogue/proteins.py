"""Protein changes in their 1-letter short form, taken apart so that two spellings of one change can be compared.

T790M, V600=, Q22*, M1?, E746_A750del, D770_N771insSVD, Y772_A775dup, L747_A750delinsP, W288Cfs*12, W288fs,
*110Lext*30. Nothing here knows a reference sequence.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

_AA = "ACDEFGHIKLMNPQRSTVWY"
_SUBSTITUTION = re.compile(rf"([{_AA}*])(\d+)([{_AA}*?=])")
_FRAMESHIFT = re.compile(rf"([{_AA}])(\d+)([{_AA}]?)fs(?:\*(\d+|\?))?")
_STRETCH = re.compile(rf"([{_AA}])(\d+)(?:_([{_AA}*])(\d+))?(delins|del|ins|dup)([{_AA}*]*)")
_EXTENSION = re.compile(rf"(?:\*(\d+)[{_AA}]|M1)ext(?:\*?-?\d+|\*\?)?")

_THREE = {
    "Ala": "A", "Arg": "R", "Asn": "N", "Asp": "D", "Cys": "C", "Gln": "Q", "Glu": "E", "Gly": "G", "His": "H",
    "Ile": "I", "Leu": "L", "Lys": "K", "Met": "M", "Phe": "F", "Pro": "P", "Ser": "S", "Thr": "T", "Trp": "W",
    "Tyr": "Y", "Val": "V", "Ter": "*",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One protein change. start, end: first and last residue named (1-based; for an insertion its two neighbours).

    kind: missense, nonsense, synonymous, start_lost, frameshift, deletion, insertion, duplication, delins, extension.
    first, last: reference letters as named ("" where unknown). inserted: new letters; for a substitution the new one.
    """

    kind: str
    start: int
    end: int
    first: str = ""
    last: str = ""
    inserted: str = ""

    @property
    def classes(self) -> frozenset[str]:
        """The words of the match language (`TYPES`) that hold for this change."""
        growth = len(self.inserted) - (self.end - self.start + 1)
        match self.kind:
            case "missense":
                found = {"missense"}
            case "nonsense":
                found = {"nonsense", "truncating"}
            case "frameshift":
                found = {"frameshift", "truncating"}
            case "deletion":
                found = {"inframe", "inframe_deletion"}
            case "insertion" | "duplication":
                found = {"inframe", "inframe_insertion"}
            case "delins" if "*" in self.inserted:
                found = {"nonsense", "truncating"}
            case "delins" if growth < 0:
                found = {"inframe", "inframe_deletion"}
            case "delins" if growth > 0:
                found = {"inframe", "inframe_insertion"}
            case "delins":
                found = {"inframe", "missense"}
            case _:
                found = set()
        return frozenset(found | {"any"}) if found else frozenset()

    def substitutions(self) -> list[tuple[int, str]]:
        """(residue, new letter) for each residue that is exchanged for one other; empty for all other changes."""
        if self.kind == "missense" or (self.kind == "delins" and len(self.inserted) == self.end - self.start + 1):
            return [(self.start + i, letter) for i, letter in enumerate(self.inserted)]
        return []


#: Change types that the match language knows, for ranges, exons and regions.
TYPES = ("missense", "inframe_deletion", "inframe_insertion", "inframe", "nonsense", "frameshift", "truncating", "any")


@functools.lru_cache(maxsize=8192)
def parse_protein(text: str) -> Change | None:
    """The change that a 1-letter (or 3-letter) short form names; None if it is none.

    `p.` and brackets around are accepted, as is `X` for a stop.
    """
    text = text.strip().removeprefix("p.").strip("()")
    if re.search("[A-Z][a-z]{2}", text):
        text = re.sub("[A-Z][a-z]{2}", lambda m: _THREE.get(m.group(), m.group()), text)
    text = re.sub(r"X$|(?<=fs)X", "*", text)
    if m := _SUBSTITUTION.fullmatch(text):
        residue = int(m[2])
        if m[3] == "?":
            return Change("start_lost", residue, residue, m[1]) if residue == 1 else None
        kind = "synonymous" if m[3] in ("=", m[1]) else "nonsense" if m[3] == "*" else "missense"
        if m[1] == "*":
            kind = "synonymous" if kind == "synonymous" else "extension"
        return Change(kind, residue, residue, m[1], m[1], m[3])
    if m := _FRAMESHIFT.fullmatch(text):
        return Change("frameshift", int(m[2]), int(m[2]), m[1], m[1], m[3] + (f"fs*{m[4]}" if m[4] else ""))
    if m := _STRETCH.fullmatch(text):
        start, end = int(m[2]), int(m[4] or m[2])
        kind, inserted = m[5], m[6]
        if end < start or (kind == "ins" and (end != start + 1 or not inserted)) or (kind == "delins" and not inserted):
            return None
        names = {"del": "deletion", "ins": "insertion", "dup": "duplication", "delins": "delins"}
        # a deletion or duplication may repeat its letters (E746_A750delELREA): they say nothing new
        return Change(names[kind], start, end, m[1], m[3] or m[1], inserted if kind in ("ins", "delins") else "")
    if m := _EXTENSION.fullmatch(text):
        residue = int(m[1] or 1)
        return Change("extension", residue, residue, "*" if m[1] else "M")
    return None


def same_change(a: Change, b: Change) -> bool:
    """Whether two names say the same change; symmetrical.

    A frameshift named without its new stop (W288fs) stands for every frameshift that begins there. A duplication
    and the insertion of the same letters behind it are one change (Y772_A775dup, A775_G776insYVMA).
    """
    if a.kind == b.kind == "frameshift":
        return (a.start, a.first) == (b.start, b.first) and (
            not a.inserted or not b.inserted or a.inserted == b.inserted
        )
    if {a.kind, b.kind} == {"duplication", "insertion"}:
        dup, ins = (a, b) if a.kind == "duplication" else (b, a)
        return (
            ins.start == dup.end
            and len(ins.inserted) == dup.end - dup.start + 1
            and (ins.inserted[0], ins.inserted[-1]) == (dup.first, dup.last)
        )
    return a == b
