"""A variant as a sheet names it (`BRCA2 c.5946del`) as an allele."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from acquired.annotate.codons import reverse_complement
from acquired.annotate.template import Edit, Template
from acquired.model import Allele

if TYPE_CHECKING:
    from acquired.annotate import Annotator

_PLACE = r"(?P<{0}>[-*]?\d+)(?P<{0}_off>[+-]\d+)?"
_NAME = re.compile(
    rf"c\.{_PLACE.format('first')}(?:_{_PLACE.format('last')})?"
    r"(?:(?P<ref>[ACGT]+)?>(?P<alt>[ACGT]+)|(?P<kind>delins|del|dup|ins)(?P<bases>[ACGT]*)(?:ins(?P<new>[ACGT]+))?)\Z"
)
_ENTRY = re.compile(r"(?P<gene>[A-Za-z0-9-]+)[\s:(]+(?:[A-Z]{2}_?[0-9.]+[:\s]+)?(?P<name>[cp]\..+?)\)?\Z")


def alleles_of(text: str, annotator: Annotator) -> tuple[list[tuple[str, str, Allele]], list[str]]:
    """(gene, name, allele) of each variant in a sheet's cell, and the entries that could not be placed.

    text: `GENE c.NAME`, several separated by `;`, on the gene's clinical transcript; a RefSeq or Ensembl accession may
    stand between. Names on the protein, and genes without bases here, cannot be placed.
    """
    found, left = [], []
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        parts = _ENTRY.match(entry)
        transcript = annotator.reference.clinical(parts["gene"].upper()) if parts else None
        if not parts or transcript is None or not transcript.cds_start:
            left.append(entry)
            continue
        try:
            allele = allele_of(parts["name"], annotator.template(transcript))
        except ValueError:
            left.append(entry)
            continue
        found.append((transcript.gene, parts["name"], allele))
    return found, left


def allele_of(name: str, template: Template) -> Allele:
    """The allele (plus strand, left-aligned, with an anchor base) of a `c.` name on a transcript.

    Old spellings are taken too (`c.68_69delAG`, `c.9252_9255delAACAinsTT`). Raises ValueError where the name is not
    understood, does not lie on the transcript, or its bases are not those of the reference.
    """
    parts = _NAME.match(name.strip())
    if not parts:
        raise ValueError(f"{name!r} is not understood")
    a = _x(template, parts["first"], parts["first_off"])
    last = _x(template, parts["last"], parts["last_off"]) if parts["last"] else a
    kind, bases = parts["kind"], parts["bases"] or ""
    if kind == "ins":
        if last != a + 1 or not bases:
            raise ValueError(f"{name!r}: an insertion lies between two neighbours")
        edit = Edit(last, last, bases)
    elif kind == "dup":
        edit = Edit(last + 1, last + 1, template.bases(a, last))
    else:
        new = parts["alt"] or parts["new"] or (bases if kind == "delins" else "")
        edit = Edit(a, last + 1, new)
    said = parts["ref"] or (bases if kind in ("del", "dup") else "")
    if last < a or (said and said != template.bases(a, last)) or "N" in template.bases(a, last) + edit.alt:
        raise ValueError(f"{name!r} does not fit {template.transcript.name}")
    return _allele(template, edit)


def _x(template: Template, place: str, offset: str | None) -> int:
    """A place as `c.` counts it (5946, -12, *3, with +1 or -4 into an intron) on the axis of the transcript."""
    if place.startswith("*"):
        m = template.cds_end + int(place[1:]) - 1
    elif place.startswith("-"):
        m = template.cds + int(place)
    else:
        m = template.cds + int(place) - 1
    for start, end, first in zip(template.starts, template.ends, template.offsets, strict=True):
        if first <= m <= first + end - start:
            return start + m - first + int(offset or 0)
    raise ValueError(f"{place} is not on {template.transcript.name}")


def _allele(template: Template, edit: Edit) -> Allele:
    """An edit as a left-aligned allele of the genome."""
    t = template.transcript
    a, b, alt = edit
    ref = template.bases(a, b - 1)
    pos = a
    if not template.plus:
        pos, ref, alt = 1 - b, reverse_complement(ref), reverse_complement(alt)
    plus = _Plus(template)
    if ref and alt:
        return Allele(t.chrom, pos, ref, alt)
    unit = ref or alt
    while unit and "N" not in unit and plus.base(pos - 1) == unit[-1]:
        unit = unit[-1] + unit[:-1]
        pos -= 1
    anchor = plus.base(pos - 1)
    return Allele(t.chrom, pos - 1, anchor + (unit if ref else ""), anchor + (unit if alt else ""))


class _Plus:
    """The genome's plus strand around a transcript, base by base."""

    def __init__(self, template: Template):
        self._template = template

    def base(self, pos: int) -> str:
        """One base at a position of the genome."""
        x = self._template.x_of(pos)
        found = self._template.bases(x, x)
        return found if self._template.plus else reverse_complement(found)
