"""Names on the transcript (`c.`), by the HGVS nomenclature's rules for DNA (hgvs-nomenclature.org, Recommendations).

The 3' rule is applied on the unspliced sequence, so that a change moves from an exon into the intron behind it
(`c.1704+1del`, not `c.1704del`) but never from one exon to the next (the nomenclature's exception for exon/exon
junctions).
"""

from __future__ import annotations

from acquired.annotate.codons import reverse_complement
from acquired.annotate.template import Edit, Template

_STEP = 64  # bases read at a time while shifting
#: By the letter of the nomenclature two bases that became their reverse complement are an inversion. For up to a
#: codon that is chance (JAK2 K539L is AA>TT), and ClinVar, COSMIC and VEP all write delins, as is done here.
_SHORTEST_INVERSION = 4


def trim(pos: int, ref: str, alt: str) -> tuple[int, str, str]:
    """A change without the bases that `ref` and `alt` share at their ends; one of them may come out empty."""
    end = min(len(ref), len(alt))
    tail = 0
    while tail < end and ref[-1 - tail] == alt[-1 - tail]:
        tail += 1
    if tail:
        ref, alt = ref[:-tail], alt[:-tail]
    head = 0
    end = min(len(ref), len(alt))
    while head < end and ref[head] == alt[head]:
        head += 1
    return pos + head, ref[head:], alt[head:]


def shift(template: Template, edit: Edit) -> Edit:
    """A pure insertion or deletion moved as far 3' as the bases allow (the 3' rule); anything else as it is.

    It stops where bases are not known.
    """
    a, b, alt = edit
    if (a == b) == (not alt) or (alt and a != b):
        return edit
    # What moves is the run of bases inserted or deleted; each step takes its first base to its end.
    unit = alt or template.bases(a, b - 1)
    if "N" in unit:
        return edit
    steps = 0
    size = len(unit)
    ahead = ""
    while True:
        if steps >= len(ahead):
            start = b + len(ahead)
            ahead += template.bases(start, start + _STEP - 1)
        if steps >= len(ahead) or ahead[steps] != unit[steps % size]:
            break
        steps += 1
    if not steps:
        return edit
    turn = steps % size
    return Edit(a + steps, b + steps, alt[turn:] + alt[:turn] if alt else "")


def duplicated(template: Template, edit: Edit) -> bool:
    """Whether an insertion (already shifted 3') repeats the bases right before it."""
    a, b, alt = edit
    return a == b and bool(alt) and "N" not in alt and template.bases(a - len(alt), a - 1) == alt


def name_c(template: Template, edit: Edit, ref: str, dup: bool) -> str:
    """The `c.` (or `n.`) name of an edit that was trimmed and shifted.

    ref: the bases replaced, along the transcript, as the call file has them (needed for substitutions alone).
    dup: what `duplicated` said.
    """
    a, b, alt = edit
    at = template.position
    if b - a == 1 and len(alt) == 1:
        return f"{template.prefix}{at(a)}{ref}>{alt}"
    if a == b:
        if dup:
            return f"{template.prefix}{_range(template, a - len(alt), a - 1)}dup"
        return f"{template.prefix}{at(a - 1)}_{at(a)}ins{alt}"
    span = _range(template, a, b - 1)
    if not alt:
        return f"{template.prefix}{span}del"
    if len(alt) == b - a >= _SHORTEST_INVERSION and alt == reverse_complement(ref):
        return f"{template.prefix}{span}inv"
    return f"{template.prefix}{span}delins{alt}"


def _range(template: Template, first: int, last: int) -> str:
    if first == last:
        return template.position(first)
    return f"{template.position(first)}_{template.position(last)}"
