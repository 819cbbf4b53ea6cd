"""A change named on a transcript (`2236_2250del15`, `c.2310_2311insGGT`) as bases on the genome."""

from __future__ import annotations

import re

from acquired.annotate.codons import reverse_complement
from acquired.annotate.template import Template

_AT = r"(?:[-*]?\d+)(?:[+-]\d+)?"
#: A change without its `c.`.
CHANGE = re.compile(
    rf"(?P<first>{_AT})(?:_(?P<last>{_AT}))?"
    r"(?:(?P<kind>delins|del|dup|ins)(?P<what>[ACGT]*|\d+)(?:ins(?P<into>[ACGT]+))?|(?P<ref>[ACGT]*)>(?P<alt>[ACGT]+))"
)


def genomic_change(template: Template, name: str) -> tuple[int, str, str]:
    """Start (1-based), reference and alternative bases on the plus strand of a change named on a transcript.

    ref or alt may be empty: a deletion; an insertion before `start`. Takes names with or without `c.`, deletions by
    bases or their number, and FoundationOne's `2237_2251>T`. Raises ValueError where the name is not understood, the
    bases are not known, or the transcript does not have the bases that the name says.
    """
    match = CHANGE.fullmatch(name.removeprefix("c."))
    if not match:
        raise ValueError("the name of the change is not understood")
    first = _x(template, match["first"])
    last = _x(template, match["last"]) if match["last"] else first
    if last < first or last - first > 100_000:
        raise ValueError("the named change ends before it begins")
    kind, what = match["kind"] or "", match["what"] or ""
    if kind == "ins":
        if last != first + 1 or not what or what.isdecimal():
            raise ValueError("the inserted bases are not named")
        a, b, new = last, last, what
    elif kind == "dup":
        a = b = last + 1
        new = template.bases(first, last)
    else:
        new = {"delins": what, "del": match["into"] or ""}.get(kind, match["alt"] or "")
        a, b = first, last + 1
    old = template.bases(a, b - 1)
    if "N" in old or "N" in new:
        raise ValueError("the bases of the named change are not known")
    said = (what if kind == "del" else match["ref"]) or ""
    if (said.isdecimal() and int(said) != b - a) or (said and not said.isdecimal() and said != old):
        raise ValueError("the transcript does not have the bases that the name of the change says")
    if kind == "dup" and what and what != (str(last - first + 1) if what.isdecimal() else new):
        raise ValueError("the transcript does not have the bases that the name of the change says")
    if old and old == new:
        raise ValueError("the named change changes nothing")
    if template.plus:
        return a, old, new
    return 1 - b, reverse_complement(old), reverse_complement(new)


def _x(template: Template, text: str) -> int:
    """A position such as `2236`, `-124`, `*12`, `3028+1` on the axis of the transcript."""
    match = re.fullmatch(r"([-*]?)(\d+)([+-]\d+)?", text)
    if not match or not template.coding:
        raise ValueError("the name of the change is not understood")
    mark, digits, offset = match.groups()
    number = int(digits)
    m = {"": template.cds + number - 1, "-": template.cds - number, "*": template.cds_end + number - 1}[mark]
    if m < 0:
        x = template.starts[0] + m
    elif m >= template.length:
        x = template.ends[-1] + m - template.length + 1
    else:
        exon = max(i for i, before in enumerate(template.offsets) if before <= m)
        x = template.starts[exon] + m - template.offsets[exon]
    return x + int(offset or 0)
