"""One pair (allele, transcript) as we and as SnpEff name it: what is alike, only spelled otherwise, or differs.

Classes of terms stand in snpeff_terms.tsv, reasons of differences in snpeff_reasons.tsv; which reason a difference has
is decided in snpeff_reasons.py from what the change does to the bases, never from the names alone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from acquired.model import Allele, Annotation
from snpeff_database import Answer
from snpeff_truth import Facts, told_protein

HERE = Path(__file__).parent
SPLICE_REGION = "splice region"
FIELDS = ("consequence", SPLICE_REGION, "hgvs_c", "hgvs_p")


def rows(name: str) -> list[dict[str, str]]:
    """A table of this folder; lines that begin with # are remarks."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


_TERMS = {
    (tool, row["term"]): (int(row["rank"]), row["class"])
    for row in rows("snpeff_terms.tsv")
    for tool in (("ours", "SnpEff") if row["tool"] == "both" else (row["tool"],))
}


def classes(tool: str, terms: tuple[str, ...]) -> list[str]:
    """The classes of the terms of a tool ("ours", "SnpEff"), the one that is compared first. KeyError: unknown term."""
    return [name for _, name in sorted({_TERMS[tool, term] for term in terms})]


class Pair(NamedTuple):
    """An allele on a transcript, as both name it."""

    allele: Allele
    facts: Facts
    ours: Annotation
    theirs: Answer

    @property
    def our_class(self) -> str:
        return classes("ours", (self.ours.consequence,))[0]

    @property
    def their_classes(self) -> list[str]:
        return classes("SnpEff", self.theirs.terms)

    @property
    def their_class(self) -> str:
        return self.their_classes[0]


class Outcome(NamedTuple):
    """Of one field of a pair. notes: conventions that were levelled to find it alike. key: of what differs."""

    field: str
    same: bool
    notes: tuple[str, ...] = ()
    ours: str = ""
    theirs: str = ""


def compare(pair: Pair) -> Iterator[Outcome]:
    """The four fields of a pair."""
    ours, theirs = pair.our_class, pair.their_class
    yield Outcome("consequence", ours == theirs, (), ours, " & ".join(pair.their_classes))
    region = SPLICE_REGION in pair.ours.flags or ours == "splice region", SPLICE_REGION in pair.their_classes
    site = ("splice donor", "splice acceptor", "transcript lost")
    said = ["splice region" if r else "none" for r in region]
    yield Outcome(SPLICE_REGION, region[0] == region[1] or ours in site or theirs in site, (), *said)
    yield Outcome("hgvs_c", *_level(pair.ours.hgvs_c, pair.theirs.hgvs_c, _C), pair.ours.hgvs_c, pair.theirs.hgvs_c)
    yield Outcome("hgvs_p", *_proteins(pair), pair.ours.hgvs_p, pair.theirs.hgvs_p)


#: A convention: name, whose it is, pattern, replacement.
_Convention = tuple[str, str, re.Pattern[str], str]
#: Conventions of c. names.
_C: list[_Convention] = [
    ("deleted bases listed before ins", "theirs", re.compile(r"del[ACGTN]+ins"), "delins"),
    ("deleted or duplicated bases listed", "theirs", re.compile(r"(del|dup)[ACGTN]+$"), r"\1"),
]
_ONE = r"(?:[A-Z][a-z]{2})"
#: Conventions of p. names.
_P: list[_Convention] = [
    ("`*` for Ter", "theirs", re.compile(r"\*(?!\?$)"), "Ter"),
    ("brackets of a prediction", "ours", re.compile(r"^p\.(\[?)\((.*)\)(\]?)$"), r"p.\1\2\3"),
    ("frameshift without new residue and stop", "ours", re.compile(rf"(\d){_ONE}fsTer(?:\d+|\?)$"), r"\1fs"),
    ("extension without its length", "ours", re.compile(r"extTer(?:\d+|\?)$"), "ext*?"),
    ("residue repeated for =", "theirs", re.compile(rf"^p\.({_ONE})(\d+)\1$"), r"p.\1\2="),
    ("no name for p.?", "ours", re.compile(r"^p\.\?$"), ""),
]


def _level(ours: str, theirs: str, conventions: list[_Convention]) -> tuple[bool, tuple[str, ...]]:
    """Whether two names are alike once conventions are levelled, and which ones had to be."""
    notes = []
    for name, whose, pattern, put in conventions:
        before = ours, theirs
        if whose == "ours":
            ours = pattern.sub(put, ours)
        else:
            theirs = pattern.sub(put, theirs)
        if (ours, theirs) != before:
            notes.append(name)
        if ours == theirs:
            break
    return ours == theirs, tuple(notes) if ours == theirs else ()


def _proteins(pair: Pair) -> tuple[bool, tuple[str, ...]]:
    same, notes = _level(pair.ours.hgvs_p, pair.theirs.hgvs_p, _P)
    if same:
        return True, notes
    # `p.ValSer315LeuThr` is p.(Val315_Ser316delinsLeuThr): several residues for as many others, joined.
    joined = re.fullmatch(rf"p\.((?:{_ONE}|\*)+?)(\d+)((?:{_ONE}|\*)+)", pair.theirs.hgvs_p)
    if joined and len(joined[1]) > 3 and pair.facts.named.protein:
        made = told_protein(pair.facts.model.amino, pair.theirs.hgvs_p)
        if made == pair.facts.named.protein and pair.our_class in ("missense", "stop gained", "synonymous"):
            return True, ("several residues joined",)
    return False, ()
