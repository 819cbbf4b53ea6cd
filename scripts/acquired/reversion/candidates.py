"""Which second changes may undo an inactivating variant.

The rule: the inactivating variant alone does not let the gene be read from its own start to its own stop; with the
second change on the same molecule it does. So a second change counts that
    deletes it            it takes the bases of the variant away (or rewrites them), and what is left is in frame
    restores the frame    the bases lost and gained add up to whole codons, and no stop comes in between
    replaces its stop     the stop that the variant brought is read as another codon
A variant of a splice site cannot be rebuilt: what takes its bases away is a candidate whose protein is not told.
"""

from __future__ import annotations

from dataclasses import dataclass

from acquired.annotate.template import Edit, Template
from acquired.model import Allele
from acquired.reversion.rebuild import Rebuilt, intronic, rebuild, span, spliced

#: Genes whose loss PARP inhibitors and platinum work by; reversions of these are reported.
GENES = ("BRCA1", "BRCA2", "PALB2", "RAD51C", "RAD51D")

DELETES, FRAME, STOP = "deletes it", "restores the frame", "replaces its stop"
#: How far into an intron a variant may hit a splice site (bases).
_SITE = 2


@dataclass(frozen=True)
class Candidate:
    """A second change that may revert `of`. protein: what is read then; None where it cannot be told."""

    of: Allele
    second: Allele
    how: str
    protein: Rebuilt | None


def truncates(template: Template, allele: Allele) -> bool:
    """Whether an allele alone keeps the gene from being read to its own stop, or hits a splice site."""
    alone = rebuild(template, [allele])
    if alone is None:
        return True
    if intronic(template, span(template, allele)):
        return _hits_site(template, span(template, allele))
    return not alone.stop_kept


def candidate(template: Template, inactivating: Allele, second: Allele) -> Candidate | None:
    """Whether `second` may revert `inactivating`, both of the gene of `template`; None if it does not.

    Phase is not asked here: two alleles that overlap are taken as what stands in the file, the second in place of the
    first.
    """
    if inactivating == second or not truncates(template, inactivating):
        return None
    one, two = span(template, inactivating), span(template, second)
    if _overlap(one, two):
        return _in_place(template, inactivating, second)
    if intronic(template, one) or spliced(template, one) is None or spliced(template, two) is None:
        return None
    together = rebuild(template, [inactivating, second])
    if together is None or not (together.start_kept and together.stop_kept):
        return None
    shifted = (len(one.alt) - (one.b - one.a)) % 3
    return Candidate(inactivating, second, FRAME if shifted else STOP, together)


def _in_place(template: Template, inactivating: Allele, second: Allele) -> Candidate | None:
    """A second change that stands where the first one was."""
    one, two = span(template, inactivating), span(template, second)
    covers = two.a <= one.a and one.b <= two.b
    alone = rebuild(template, [second])
    if alone is None:
        # it crosses the border of an exon: told only if it is a deletion that takes the whole variant
        return Candidate(inactivating, second, DELETES, None) if covers and len(two.alt) < two.b - two.a else None
    if intronic(template, two):
        return None
    if not (alone.start_kept and alone.stop_kept):
        return None
    shorter = covers and len(two.alt) < two.b - two.a
    substitution = one.b - one.a == len(one.alt)
    return Candidate(inactivating, second, DELETES if shorter else STOP if substitution else FRAME, alone)


def _overlap(one: Edit, two: Edit) -> bool:
    """Whether two edits touch the same bases; an insertion between bases that the other one takes away does."""
    if one.a == one.b or two.a == two.b:
        inner, outer = (one, two) if one.a == one.b else (two, one)
        if inner.a == inner.b and outer.a == outer.b:
            return inner.a == outer.a
        return outer.a < inner.a < outer.b
    return one.a < two.b and two.a < one.b


def _hits_site(template: Template, edit: Edit) -> bool:
    """Whether an intronic edit touches the first or last two bases of its intron."""
    i = template.exon_at(edit.a)
    return edit.a <= template.ends[i] + _SITE or max(edit.b - 1, edit.a) >= template.starts[i + 1] - _SITE
