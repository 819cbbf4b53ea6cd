"""Whether one alteration meets one expression of the match language, and how closely."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from acquired.catalogue.language import Match
from acquired.catalogue.proteins import Change, parse_protein, same_change
from acquired.catalogue.records import Subject
from acquired.model import Annotation, Kind, Precision

_CDNA = re.compile(r"c\.(\*?-?\d+)([+-]\d+)?(?:_(\*?-?\d+)([+-]\d+)?)?(.*)")
#: How the remark begins where a claim was met by another amino acid at its residue.
ANOTHER = "another exchange"
_SPLICE_SITES = {"splice_donor_variant", "splice_acceptor_variant"}


@dataclass(frozen=True)
class Tables:
    """What the matcher must know beside claims.

    regions: gene -> name -> stretches of (first, last residue).
    exons: gene -> number -> (first, last base of the coding DNA).
    aliases: gene -> (transcript, with its version only where that matters; first, last residue there; offset to add for
    the clinical number).
    """

    regions: Mapping[str, Mapping[str, list[tuple[int, int]]]] = field(default_factory=dict)
    exons: Mapping[str, Mapping[int, tuple[int, int]]] = field(default_factory=dict)
    aliases: Mapping[str, list[tuple[str, int, int, int]]] = field(default_factory=dict)


Met = tuple[Precision, str]


def meet(match: Match, gene: str, subject: Subject, tables: Tables, relax: bool = True) -> Met | None:
    """How `subject` meets `match` (a claim's on `gene`, or a part's own): precision and a remark; None if it does not.

    relax: an exact protein substitution is also met, at the precision of the residue, by another exchange of
    the same residue. Wanted where resistance must not be missed, not where sensitivity would be promised.
    Compounds are not met here: they need all subjects (see match.py).
    """
    gene = match.gene or gene
    if match.form == "histology":
        return _histology(match, subject)
    if subject.kind == Kind.FUSION:
        return _fusion(match, gene, subject)
    if subject.kind == Kind.SMALL:
        for annotation in named(subject, gene, tables):
            if met := _small(match, annotation, tables, relax):
                return met
        return (Precision.EXACT, "") if match.form == "reversion" == subject.state and subject.gene == gene else None
    return _state(match, subject) if subject.gene == gene else None


def named(subject: Subject, gene: str, tables: Tables) -> list[Annotation]:
    """The annotations of `subject` that number `gene` as its claims do: the clinical transcript's; where there is
    none, those of other transcripts, renumbered where aliases.tsv knows them."""
    own = [a for a in subject.annotations if a.gene == gene]
    return [a for a in own if a.clinical] or [renumbered(a, tables) for a in own]


def renumbered(annotation: Annotation, tables: Tables) -> Annotation:
    """An annotation on another transcript with the residues of the clinical one; as it is where that is unknown."""
    for transcript, first, last, offset in tables.aliases.get(annotation.gene, ()):
        names = (annotation.transcript, annotation.transcript.split(".")[0])
        if transcript in names and first <= annotation.protein_start <= last:
            return replace(
                annotation,
                protein=shift(annotation.protein, offset),
                protein_start=annotation.protein_start + offset,
                protein_end=annotation.protein_end + offset,
                hgvs_c="",  # cDNA and exon numbers are the other transcript's too
                exon=0,
            )
    return annotation


def shift(protein: str, offset: int) -> str:
    """A 1-letter protein change with its residue numbers moved by `offset`; the length of a frameshift stays."""
    return re.sub(r"(?<![*\d])(\d+)", lambda m: str(int(m[1]) + offset), protein)


@functools.lru_cache(maxsize=1024)
def _terms(consequence: str) -> frozenset[str]:
    return frozenset(re.split("[&,]", consequence))


def _small(match: Match, a: Annotation, tables: Tables, relax: bool) -> Met | None:
    change = parse_protein(a.protein) if a.protein else None
    terms = _terms(a.consequence)
    classes = change.classes if change else _classes_of_terms(terms)
    match match.form:
        case "protein":
            return _protein(match, change, relax) if change else None
        case "codon" if change and change.classes & {"missense", "inframe"} and "insertion" not in change.kind:
            return (Precision.CODON, "") if change.start <= match.start <= change.end else None
        case "range" | "region" | "exon":
            return (Precision.RANGE, "") if match.type in classes and _inside(match, a, change, tables) else None
        case "any_mutation":
            broken = terms & (_SPLICE_SITES | {"start_lost", "stop_lost"})
            return (Precision.GENE, "") if classes or broken else None
        case "truncating" | "frameshift":
            return (Precision.CLASS, "") if match.form in classes else None
        case "lof" | "loss":
            lost = "truncating" in classes or bool(terms & (_SPLICE_SITES | {"start_lost"}))
            return (Precision.CLASS, "") if lost else None
        case "cdna":
            return (Precision.EXACT, "") if a.hgvs_c.split(":")[-1] == match.value else None
        case "splice" if match.start:
            return _skipping(match.start, a, terms, tables)
    return None


def _protein(match: Match, change: Change, relax: bool) -> Met | None:
    wanted = match.change
    assert wanted is not None
    if same_change(wanted, change):
        return Precision.EXACT, ""
    if wanted.kind == change.kind == "frameshift" and wanted.start == change.start:
        return Precision.CODON, f"another frameshift from residue {change.start}"
    if wanted.kind != "missense":
        return None
    for residue, letter in change.substitutions():
        if residue == wanted.start:
            if letter == wanted.inserted:
                return Precision.CODON, f"{match.value} as part of a larger change"
            if relax:
                return Precision.CODON, f"{ANOTHER} of {wanted.first}{wanted.start} than {match.value}"
    return None


def _classes_of_terms(terms: frozenset[str]) -> frozenset[str]:
    """Change types from Sequence Ontology terms alone, for annotations of a file that name no protein change."""
    found: set[str] = set()
    if "missense_variant" in terms:
        found |= {"missense"}
    if "stop_gained" in terms:
        found |= {"nonsense", "truncating"}
    if "frameshift_variant" in terms:
        found |= {"frameshift", "truncating"}
    for term in ("inframe_deletion", "inframe_insertion"):
        if term in terms:
            found |= {"inframe", term}
    return frozenset(found | {"any"}) if found else frozenset()


def _inside(match: Match, a: Annotation, change: Change | None, tables: Tables) -> bool:
    """Whether the change touches the residues (or lies in the exon) that the expression names."""
    if match.form == "exon" and a.exon:
        return a.exon == match.start
    start, end = (change.start, change.end) if change else (a.protein_start, a.protein_end)
    return start > 0 and any(start <= last and first <= end for first, last in spans(match, a.gene, tables))


def spans(match: Match, gene: str, tables: Tables) -> list[tuple[int, int]]:
    """The stretches of residues that a `range`, `exon` or `region` names; none where the exon or region is unknown."""
    if match.form == "exon":
        bases = tables.exons.get(gene, {}).get(match.start)
        return [(-(-bases[0] // 3), -(-bases[1] // 3))] if bases else []
    if match.form == "region":
        return list(tables.regions.get(gene, {}).get(match.value, ()))
    return [(match.start, match.end)]


def _skipping(exon: int, a: Annotation, terms: frozenset[str], tables: Tables) -> Met | None:
    """DNA changes that take away a splice site of an exon.

    Firm: the two intronic bases on either side, the last base of the exon, or a deletion over a border.
    Likely only (said in the remark): donor bases +3 to +6, and deletions or insertions in the last 30 bases
    before the exon (polypyrimidine tract and branch point).
    """
    met = Precision.CLASS, ""
    m = _CDNA.fullmatch(a.hgvs_c.split(":")[-1])
    borders = tables.exons.get(a.gene, {}).get(exon)
    if not m or not borders or "*" in m[1] + (m[3] or ""):
        return met if terms & _SPLICE_SITES and a.exon == exon else None
    first, last = borders
    low = (int(m[1]), int(m[2] or 0))
    high = (int(m[3]), int(m[4] or 0)) if m[3] else low
    if (low <= (first, -1) and high >= (first, -2)) or (low <= (last, 2) and high >= (last, 0)):
        return met
    if (last, 3) <= low <= (last, 6):
        return Precision.CLASS, "beside the splice site: skipping is likely, not certain"
    if ">" not in m[5] and low[0] == high[0] == first and high[1] < 0 and low[1] >= -50 and high[1] >= -30:
        return Precision.CLASS, "before the splice site: skipping is likely, not certain"
    return None


@functools.lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _histology(match: Match, subject: Subject) -> Met | None:
    if subject.kind != Kind.HISTOLOGY:
        return None
    return (Precision.EXACT, "") if f" {_plain(match.value)} " in f" {_plain(subject.state)} " else None


def _fusion(match: Match, gene: str, subject: Subject) -> Met | None:
    if match.form != "fusion" or subject.partners is None or gene not in (subject.gene, *subject.partners):
        return None
    if match.value == "any":
        return Precision.CLASS, ""
    five, three = match.value.split("::")
    if all(wanted in ("*", found) for wanted, found in zip((five, three), subject.partners, strict=True)):
        return (Precision.CLASS if "*" in (five, three) else Precision.EXACT), ""
    return None


def _state(match: Match, subject: Subject) -> Met | None:
    """Copy number, expression and splice forms."""
    state = subject.state
    match (match.form, subject.kind):
        case ("splice", Kind.SPLICE):
            return (Precision.EXACT, "") if _plain(match.value) == _plain(state) else None
        case ("expression", Kind.EXPRESSION):
            return (Precision.EXACT, "") if match.value == state else None
        case ("loss", Kind.EXPRESSION):
            return (Precision.CLASS, "low expression") if state == "low" else None
        case ("amplification" | "gain" | "deletion" as form, Kind.COPY_NUMBER):
            if form == state:
                return Precision.EXACT, ""
            return (Precision.CLASS, "amplification") if (form, state) == ("gain", "amplification") else None
        case ("lof" | "loss", Kind.COPY_NUMBER):
            if state == "deletion":
                return Precision.CLASS, "deep deletion"
            if (match.form, state) == ("loss", "loss"):
                return Precision.GENE, "loss of one copy; the other is not known to be lost"
    return None
