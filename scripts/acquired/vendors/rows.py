"""Rows of the alterations file, and the names that vendors write, taken apart."""

from __future__ import annotations

import re
from typing import Any

from acquired.vendors.symbols import Symbols

_HGVS_C = re.compile(r"(?:(?P<transcript>[A-Z]{2,4}_?\d+(?:\.\d+)?)(?:\([^)]*\))?:)?(?P<change>[cng]\..*)")
_CLONE = re.compile(r"(A[CLPF]|RP\d+|CT[ABCD]|LOC|LINC)[-]?\d+")
#: `chr7:55259515` or `chr12:25362722-25398327`, 1-based and inclusive.
PLACE = re.compile(r"(?P<chrom>[^:\s]+):(?P<start>\d+)(?:-(?P<end>\d+))?")


def copy_state(state: str, copies: float | None, change: float | None, called: bool) -> str:
    """The state of a copy-number row; "" where nothing tells. A row that is not called is neutral.

    The vendor's own word first; else more than two copies (or a fold change above 1) that the vendor calls is an
    amplification, fewer a loss. No copy at all is a deletion, whatever the word.
    """
    if not called:
        return "neutral"
    if copies is not None and copies < 0.5 and state in ("", "loss", "deletion"):
        return "deletion"
    if state:
        return state
    if copies is not None:
        return "amplification" if copies > 2 else "loss" if copies < 2 else "neutral"
    if change is not None:
        return "amplification" if change > 1 else "loss" if change < 1 else "neutral"
    return ""


def copy_row(gene: str, copies: float | None, log2: float | None, state: str, place: str = "") -> dict[str, Any]:
    """A row of `copy_number`. place: `chr7:1-2`, a chromosome's name, or ""."""
    match = PLACE.fullmatch(place)
    return {
        "gene": gene,
        "copy_number": copies,
        "log2": None if log2 is None else round(log2, 4),
        "state": state,
        "focal": None,
        "chrom": match["chrom"] if match else place,
        "start": int(match["start"]) if match else None,
        "end": int(match["end"]) if match and match["end"] else None,
    }


def fusion_row(genes: list[str], places: list[str], support: str, frame: str, ordered: bool) -> dict[str, Any]:
    """A row of `fusions`. genes: 5' and 3' partner where `ordered`, else as the vendor lists them."""
    return {
        "name": "::".join(gene or "?" for gene in genes),
        "genes": genes,
        "order": "given" if ordered else "unknown",
        "breakpoints": places,
        "frame": {"yes": "in-frame", "no": "out-of-frame", "in-frame": "in-frame"}.get(frame.casefold(), ""),
        "support": None if support == "." else int(support),
        "status": "called",
    }


def split_pair(pair: str, genes: Symbols) -> tuple[str, str, str]:
    """`EML4-ALK` as 5' and 3' gene; with `/` the order is unknown. Of several genes at one breakpoint one.

    A symbol may hold a hyphen itself (NKX2-1): of several ways to split, the one whose parts are symbols wins.
    """
    for mark, order in (("::", ""), ("/", "unknown")):
        if mark in pair:
            left, _, right = pair.partition(mark)
            return _one_of(left, genes), _one_of(right, genes), order
    parts = pair.split("-")
    ways = [("-".join(parts[:n]), "-".join(parts[n:])) for n in range(1, len(parts))]
    if not ways:
        return pair.strip(), "", "unknown"
    shown = [(_one_of(left, genes), _one_of(right, genes)) for left, right in ways]
    best = max(shown, key=lambda way: sum(genes.is_known(name) for name in way))
    return best[0], best[1], ""


def _one_of(names: str, genes: Symbols) -> str:
    """Of several genes at one breakpoint (`AC016683.6;PAX8`) the first that is bundled, else the first with a symbol of
    its own rather than a clone's name."""
    found = [name.strip() for name in names.split(";")]
    symbols = [name for name in found if not _CLONE.match(name)]
    return next((name for name in found if genes.is_known(name)), (symbols or found)[0])


def splice_name(gene: str, exons: str, places: list[str], names: list[dict[str, Any]]) -> str:
    """What a splice change is called: by its junction or exons in the table of names, else after the exons it skips."""
    ends = sorted(int(place.rpartition(":")[2]) for place in places if place.rpartition(":")[2].isdecimal())
    for row in names:
        if row["gene"] == gene and (row.get("exons") == exons != "" or (ends and row.get("junction") == ends)):
            return str(row["name"])
    if exons:
        return f"exon {exons} skipping"
    return f"junction {'-'.join(map(str, ends))}" if ends else ""


def split_c(text: str) -> tuple[str, str]:
    """Transcript and `c.` name of `NM_005228.5:c.2369C>T`; the transcript is "" where it is not given."""
    match = _HGVS_C.match(text)
    if not match:
        return "", text
    change = match["change"].partition("(p.")[0]
    return match["transcript"] or "", change


def bare_p(text: str) -> str:
    """The protein change of `NP_003811.2:p.(Lys17Arg)` or `NM_004958.3:c.2997C>T(p.(Asn999=))`, as `p.(Lys17Arg)`."""
    at = text.rfind("p.")
    if at < 0:
        return "" if ":" in text else text
    name = text[at:]
    while name.endswith(")") and name.count(")") > name.count("("):
        name = name[:-1]
    return name
