"""Several alleles on one molecule as one change: two bases of a codon, or a deletion that mends another's frame."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from acquired.annotate.annotator import REFERENCE_DIFFERS, Annotator
from acquired.annotate.effect import Effect, coding_change
from acquired.annotate.hgvs_c import duplicated, name_c, shift, trim
from acquired.annotate.hgvs_p import ProteinChange
from acquired.annotate.template import Edit, Template
from acquired.model import Allele, Annotation

#: Sequence Ontology terms by how much they change, the worst first: the term of a haplotype is its worst part's.
_SEVERITY = (
    "start_lost", "frameshift_variant", "stop_gained", "stop_lost", "inframe_insertion", "inframe_deletion",
    "missense_variant", "coding_sequence_variant", "stop_retained_variant", "synonymous_variant",
)  # fmt: skip


class _Piece(NamedTuple):
    """Edits that change one stretch of the protein together, in spliced coordinates: (start, end, bases)."""

    edits: tuple[tuple[int, int, str], ...]

    @property
    def net(self) -> int:
        return sum(len(alt) - (b - a) for a, b, alt in self.edits)


def annotate_haplotype(annotator: Annotator, alleles: list[Allele]) -> Annotation | None:
    """What `alleles`, all on one molecule, do together to the clinical transcript of the gene they share.

    Edits of one codon, and those behind a shifted frame up to where it is mended, are read as one protein change.
    hgvs_c lists the edits (`c.[…;…]`), neighbours of one codon as one delins. None where there are fewer than
    two alleles, no transcript that all lie in, overlapping alleles, or one that does not lie within a coding exon.
    """
    shared = _shared(annotator, alleles)
    if shared is None:
        return None
    template, edits, flags = shared
    spliced = []
    for edit, dup in edits:
        inside = _spliced(template, edit, dup)
        if inside is None:
            return None
        spliced.append(inside)
    pieces = _pieces(template, spliced)
    changes = [_change(template, piece) for piece in pieces]
    if any(not change.known for change in changes):
        return None
    told = [c for c in changes if c.consequence not in ("synonymous_variant", "stop_retained_variant")] or changes[:1]
    worst = min(told, key=lambda c: _SEVERITY.index(c.consequence))
    long = ";".join(c.hgvs_p.removeprefix("p.").strip("()[]") for c in told)
    whole = ProteinChange(
        told[0].hgvs_p if len(told) == 1 else f"p.[({long})]",
        ";".join(c.protein for c in told), worst.consequence, told[0].start, told[-1].end,
    )  # fmt: skip
    exon = template.exon_of(edits[0][0].a if edits[0][0].a != edits[0][0].b else edits[0][0].a - 1) + 1
    done = Effect(whole.consequence, exon, whole, whole.hgvs_p)
    return annotator.annotation(template, _name(template, edits), done, flags)


def _shared(
    annotator: Annotator, alleles: list[Allele]
) -> tuple[Template, list[tuple[Edit, bool]], tuple[str, ...]] | None:
    """The one clinical transcript the alleles share, and their edits on it in order; None where that is not so."""
    if len(alleles) < 2 or len({a.chrom for a in alleles}) > 1:
        return None
    named = [annotator.annotate(allele) for allele in alleles]
    common = set.intersection(*({a.gene for a in found if a.clinical and a.protein} for found in named))
    if len(common) != 1:
        return None
    transcript = annotator.reference.clinical(common.pop())
    if transcript is None:
        return None
    template = annotator.template(transcript)
    edits = []
    for allele in sorted(set(alleles)):
        edit = shift(template, template.edit(*trim(allele.pos, allele.ref.upper(), allele.alt.upper())))
        edits.append((edit, duplicated(template, edit)))
    edits.sort(key=lambda e: e[0][:2])
    for (left, _), (right, _) in pairwise(edits):
        if right.a < left.b or (right.a == left.a and right.b == left.b):
            return None
    differs = any(REFERENCE_DIFFERS in a.flags for found in named for a in found)
    return template, edits, (REFERENCE_DIFFERS,) if differs else ()


def _spliced(template: Template, edit: Edit, dup: bool) -> tuple[int, int, str] | None:
    """An edit in spliced coordinates; None if it does not lie within the coding part of one exon."""
    a, b, alt = edit
    first, last = (a - 1, a - 1 if dup else a) if a == b else (a, b - 1)
    exon = template.exon_of(first)
    if exon < 0 or exon != template.exon_of(last):
        return None
    begin = template.offsets[exon] - template.starts[exon]
    if a + begin < template.cds or b + begin > template.cds_end:
        return None
    return a + begin, b + begin, alt


def _pieces(template: Template, edits: list[tuple[int, int, str]]) -> list[_Piece]:
    """Edits that share or touch a codon, or follow a shifted frame, belong together."""
    pieces: list[_Piece] = []
    for edit in edits:
        codon = (edit[0] - template.cds) // 3
        if pieces:
            last = pieces[-1]
            reached = (max(last.edits[-1][1] - 1, last.edits[-1][0]) - template.cds) // 3
            if last.net % 3 or codon <= reached + 1:
                pieces[-1] = _Piece((*last.edits, edit))
                continue
        pieces.append(_Piece((edit,)))
    return pieces


def _change(template: Template, piece: _Piece) -> ProteinChange:
    if len(piece.edits) == 1:
        return coding_change(template, *piece.edits[0])
    start, end = piece.edits[0][0], piece.edits[-1][1]
    mrna, at, parts = template.mrna, start, []
    for a, b, alt in piece.edits:
        parts += [mrna[at:a], alt]
        at = b
    return coding_change(template, start, end, "".join(parts))


def _name(template: Template, edits: list[tuple[Edit, bool]]) -> str:
    """`c.1798_1799delinsAA` for neighbours (or one base apart within a codon), else `c.[…;…]`."""
    merged: list[tuple[Edit, bool]] = []
    for edit, dup in edits:
        if merged:
            before = merged[-1][0]
            gap = edit.a - before.b
            if gap == 0 or (gap == 1 and before.b > before.a and _one_codon(template, before.b - 1, edit.a)):
                between = template.bases(before.b, edit.a - 1)
                merged[-1] = (Edit(before.a, edit.b, before.alt + between + edit.alt), False)
                continue
        merged.append((edit, dup))
    names = []
    for edit, dup in merged:
        names.append(name_c(template, edit, template.bases(edit.a, edit.b - 1), dup))
    if len(names) == 1:
        return names[0]
    return f"{template.prefix}[{';'.join(n.removeprefix(template.prefix) for n in names)}]"


def _one_codon(template: Template, left: int, right: int) -> bool:
    if template.exon_of(left) < 0 or template.exon_of(left) != template.exon_of(right):
        return False
    return (template.offset(left) - template.cds) // 3 == (template.offset(right) - template.cds) // 3


def combined(annotator: Annotator, alleles: list[Allele]) -> list[tuple[list[Allele], Annotation]]:
    """The groups of `alleles`, all on one molecule, that are one protein change together, with that change.

    A group is two or more alleles of one gene that touch the same or neighbouring codons, or follow a shifted
    frame up to where it is mended; alleles that merely lie in cis are not combined. In order of place.
    """
    genes: dict[str, list[tuple[tuple[int, int, str], Allele]]] = {}
    for allele in sorted(set(alleles)):
        for named in annotator.annotate(allele):
            transcript = annotator.reference.clinical(named.gene) if named.clinical and named.protein else None
            if transcript is None:
                continue
            template = annotator.template(transcript)
            edit = shift(template, template.edit(*trim(allele.pos, allele.ref.upper(), allele.alt.upper())))
            inside = _spliced(template, edit, duplicated(template, edit))
            if inside is not None:
                genes.setdefault(named.gene, []).append((inside, allele))
    found = []
    for gene, edits in sorted(genes.items()):
        transcript = annotator.reference.clinical(gene)
        if transcript is None:
            continue
        edits.sort()
        at = 0
        for piece in _pieces(annotator.template(transcript), [inside for inside, _ in edits]):
            group = [allele for _, allele in edits[at : at + len(piece.edits)]]
            at += len(piece.edits)
            named_group = annotate_haplotype(annotator, group) if len(group) > 1 else None
            if named_group is not None:
                found.append((sorted(group), named_group))
    return sorted(found, key=lambda g: g[0][0])
