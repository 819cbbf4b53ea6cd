"""The match language: what a claim's `match` and `context` cells say, parsed or refused with a remedy.

    protein T790M                      exact protein change (also E746_A750del, D770_N771insSVD, Q22*, W288fs)
    codon C797                         any missense or in-frame change at the residue
    range 729-761 inframe_deletion     a change of that type which touches the residues
    exon 19 inframe_deletion           … which lies in that exon of the clinical transcript
    region kinase_domain missense      … which touches the residues that regions.tsv names so
    any_mutation                       any protein-changing small variant of the gene
    truncating | frameshift | lof      lof: also splice sites, start loss and deep deletion
    cdna c.3028+1G>T                   exact change on the clinical transcript
    splice exon 14 skipping            by any variant of the exon's splice sites, or as reported from RNA
    splice AR-V7                       a splice form by name
    amplification | gain | deletion | loss
    fusion EML4::ALK | fusion *::ALK | fusion any
    expression high | expression low
    histology small cell
    reversion
    compound cis protein T790M & protein C797S     (cis, trans or any; parts of other genes: `BRAF:protein V600E`)

Contexts: `with GENE:MATCH` and `without GENE:MATCH`, joined by `; `.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from acquired.catalogue.proteins import TYPES, Change, parse_protein

#: Forms that are one word.
WORDS = (
    "any_mutation", "lof", "truncating", "frameshift", "amplification", "gain", "deletion", "loss", "reversion",
)  # fmt: skip

_FORMS = (
    "protein", "codon", "range", "exon", "region", "cdna", "splice", "fusion", "expression", "histology", "compound",
    *WORDS,
)  # fmt: skip
_SYMBOL = r"[A-Za-z0-9][A-Za-z0-9@._-]*"
_CDNA = re.compile(
    r"c\.[-*]?\d+(?:[+-]\d+)?(?:_[-*]?\d+(?:[+-]\d+)?)?"
    r"(?:[ACGT]+>[ACGT]+|del[ACGT]*(?:ins[ACGT]+)?|dup[ACGT]*|ins[ACGT]+|=)"
)


class MatchError(ValueError):
    """A `match` or `context` cell that cannot be understood: what is wrong, and what to do."""

    def __init__(self, what: str, remedy: str):
        super().__init__(what)
        self.what, self.remedy = what, remedy


@dataclass(frozen=True, slots=True)
class Match:
    """One parsed expression.

    form: its first word. gene: only for parts of compounds and contexts; empty means the claim's gene.
    start, end: residues, or the exon's number. type: one of `TYPES` for range, exon and region.
    value: what else the form names (protein change, cDNA change, splice form, fusion partners, region …).
    """

    form: str
    gene: str = ""
    start: int = 0
    end: int = 0
    type: str = ""
    value: str = ""
    change: Change | None = None
    parts: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """One part of a context. wanted: True for `with`, False for `without`. text: as written, for the reader."""

    wanted: bool
    match: Match
    text: str


@functools.lru_cache(maxsize=16384)
def parse_match(text: str) -> Match:
    """The expression that `text` holds. Raises MatchError."""
    words = text.split()
    if not words:
        raise MatchError("the expression is empty", f"begin with one of {', '.join(_FORMS)}")
    form, rest = words[0], " ".join(words[1:])
    if form not in _FORMS:
        hint = " (a gene is named only in compounds and contexts)" if ":" in form else ""
        raise MatchError(f"the form “{form[:40]}” is not known{hint}", f"begin with one of {', '.join(_FORMS)}")
    if form in WORDS:
        if rest:
            raise MatchError(f"“{form}” takes nothing behind it, not “{rest[:40]}”", f"write just “{form}”")
        return Match(form)
    if not rest:
        raise MatchError(f"nothing follows “{form}”", f"see the forms of “{form}” in docs/catalogue.md")
    return _PARSERS[form](form, rest)


@functools.lru_cache(maxsize=4096)
def parse_context(text: str) -> tuple[Condition, ...]:
    """The conditions of a `context` cell; none for an empty one. Raises MatchError."""
    conditions = []
    for part in filter(None, (p.strip() for p in text.split(";"))):
        word, _, expression = part.partition(" ")
        if word not in ("with", "without"):
            raise MatchError(f"“{part[:40]}” begins with neither “with” nor “without”", "write “with GENE:MATCH”")
        conditions.append(Condition(word == "with", _of_gene(expression.strip(), required=True), part))
    return tuple(conditions)


def _of_gene(text: str, required: bool = False) -> Match:
    m = re.match(rf"({_SYMBOL}):(?!:)\s*(.+)\Z", text)
    if m:
        inner = parse_match(m[2])
        return Match(inner.form, m[1], inner.start, inner.end, inner.type, inner.value, inner.change, inner.parts)
    if required:
        raise MatchError(f"“{text[:40]}” names no gene", "write GENE:MATCH, as in BRAF:protein V600E")
    return parse_match(text)


def _protein(form: str, rest: str) -> Match:
    change = parse_protein(rest)
    if change is None or rest.startswith("p."):
        raise MatchError(
            f"“{rest[:40]}” is no protein change in 1-letter form",
            "write it as T790M, E746_A750del, D770_N771insSVD, Y772_A775dup, Q22* or W288fs",
        )
    return Match(form, start=change.start, end=change.end, value=rest, change=change)


def _codon(form: str, rest: str) -> Match:
    m = re.fullmatch(r"([ACDEFGHIKLMNPQRSTVWY*])(\d+)", rest)
    if not m:
        raise MatchError(f"“{rest[:40]}” names no residue", "write its letter and number, as in C797")
    return Match(form, start=int(m[2]), end=int(m[2]), value=m[1])


def _typed(form: str, rest: str) -> Match:
    where, _, kind = rest.rpartition(" ")
    if kind not in TYPES or not where:
        raise MatchError(f"“{rest[:40]}” does not end with a type of change", f"end with one of {', '.join(TYPES)}")
    if form == "region":
        return Match(form, type=kind, value=where)
    m = re.fullmatch(r"(\d+)-(\d+)" if form == "range" else r"(\d+)", where)
    if not m or int(m[1]) < 1 or int(m[m.lastindex or 1]) < int(m[1]):
        example = "range 729-761 inframe_deletion" if form == "range" else "exon 19 inframe_deletion"
        raise MatchError(f"“{where[:40]}” does not say which {form}", f"write it as in “{example}”")
    return Match(form, start=int(m[1]), end=int(m[m.lastindex or 1]), type=kind)


def _cdna(form: str, rest: str) -> Match:
    if not _CDNA.fullmatch(rest):
        raise MatchError(f"“{rest[:40]}” is no cDNA change", "write it as in “cdna c.3028+1G>T”")
    return Match(form, value=rest)


def _splice(form: str, rest: str) -> Match:
    m = re.fullmatch(r"exon (\d+) skipping", rest)
    return Match(form, start=int(m[1]) if m else 0, end=int(m[1]) if m else 0, value=rest)


def _fusion(form: str, rest: str) -> Match:
    if rest != "any" and not re.fullmatch(rf"({_SYMBOL}|\*)::({_SYMBOL}|\*)", rest):
        raise MatchError(f"“{rest[:40]}” names no fusion", "write EML4::ALK, *::ALK, ALK::* or any")
    if rest == "*::*":
        raise MatchError("“*::*” names neither partner", "write “fusion any” for any fusion of the gene")
    return Match(form, value=rest)


def _expression(form: str, rest: str) -> Match:
    if rest not in ("high", "low"):
        raise MatchError(f"expression is high or low, not “{rest[:40]}”", "write “expression high” or “expression low”")
    return Match(form, value=rest)


def _compound(form: str, rest: str) -> Match:
    phase, _, parts = rest.partition(" ")
    if phase not in ("cis", "trans", "any"):
        raise MatchError(
            f"“{phase[:40]}” is no phase", "write “compound cis …”, “compound trans …” or “compound any …”"
        )
    pieces = [p.strip() for p in parts.split("&")]
    if len(pieces) < 2 or not all(pieces):
        raise MatchError("a compound needs two parts or more", "join them with “&”: protein T790M & protein C797S")
    if any(p.split(":")[-1].startswith("compound") for p in pieces):
        raise MatchError("a compound cannot be a part of a compound", "name all parts side by side")
    return Match(form, value=phase, parts=tuple(_of_gene(p) for p in pieces))


_PARSERS = {
    "protein": _protein, "codon": _codon, "range": _typed, "exon": _typed, "region": _typed, "cdna": _cdna,
    "splice": _splice, "fusion": _fusion, "expression": _expression, "compound": _compound,
    "histology": lambda form, rest: Match(form, value=rest),
}  # fmt: skip


def genes_of(match: Match, gene: str) -> tuple[str, ...]:
    """Every gene whose alterations can meet the expression; `gene` is the claim's own. Fusion partners count."""
    if match.form == "compound":
        return tuple(dict.fromkeys(g for part in match.parts for g in genes_of(part, part.gene or gene)))
    return (match.gene or gene,)


def residues_of(match: Match, gene: str) -> list[tuple[str, str, int]]:
    """(gene, reference letter or "", residue) for each residue an expression names; what the transcript must fit."""
    gene = match.gene or gene
    if match.form == "compound":
        return [r for part in match.parts for r in residues_of(part, gene)]
    if match.form == "codon":
        return [(gene, match.value, match.start)]
    if match.change is not None:
        return [(gene, match.change.first, match.start)] + (
            [(gene, match.change.last, match.end)] if match.end != match.start else []
        )
    return [(gene, "", match.end)] if match.form == "range" else []
