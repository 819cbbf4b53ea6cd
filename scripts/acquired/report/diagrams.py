"""Fusions and copy number as small drawings."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from markupsafe import escape

from acquired.report.axis import clip, written
from acquired.report.cells import observation, plain
from acquired.report.words import Words

Json = dict[str, Any]

_MOST = 6
_BLOCKS = 16  # copies drawn one by one


def draw_all(words: Words, result: Json, charted: Collection[str] = ()) -> list[Json]:
    """A drawing for each fusion and each copy-number change that a claim met, at most _MOST.

    charted: ids of alterations whose course is drawn already; their copies are not drawn twice.
    """
    drawings = []
    for alteration in result["alterations"]:
        if not alteration["claims"]:
            continue
        if alteration["kind"] == "fusion" and len(alteration.get("parts", [])) == 2:
            drawings.append(_fusion(words, alteration))
        elif alteration["kind"] == "copy number" and alteration["id"] not in charted:
            drawing = _copies(words, alteration)
            if drawing:
                drawings.append(drawing)
    return drawings[:_MOST]


def _fusion(words: Words, alteration: Json) -> Json:
    """Two genes joined, the first part on the left."""
    first, second = alteration["parts"]
    label = words("diagrams", "fusion_label", first=first, second=second)
    svg = (
        f'<svg width="260" viewBox="0 0 260 44" role="img" aria-label="{escape(label)}">'
        '<path class="gene" d="M4 8h124l-10 14 10 14H4z"/><path class="gene b" d="M132 8h110l14 14-14 14H132l-10-14z"/>'
        f"{written(62, 27, clip(first, 14), '', 'middle')}{written(188, 27, clip(second, 14), '', 'middle')}</svg>"
    )
    return {"title": words("diagrams", "fusion", name=alteration["name"]), "svg": svg}


def _copies(words: Words, alteration: Json) -> Json | None:
    """A column of blocks for each specimen with a copy number: two in one colour, further ones in another."""
    known = [o for o in alteration["observations"] if o.get("copy_number") is not None]
    if not known:
        return None
    width, base = 70 * len(known) + 10, 8 + 7 * _BLOCKS
    tallest = min(_BLOCKS, max(2, *(round(o["copy_number"]) for o in known)))
    top = base - 7 * tallest - 22
    what = "; ".join(f"{o['specimen']}: {plain(observation(words, o))}" for o in known)
    label = words("diagrams", "copies_label", gene=alteration["gene"], what=clip(what, 300))
    height = base - top + 20
    out = [f'<svg width="{width}" viewBox="0 {top} {width} {height}" role="img" aria-label="{escape(label)}">']
    for i, obs in enumerate(known):
        x, n = 10 + 70 * i, round(obs["copy_number"])
        drawn = ["copy" if k < 2 else "copy more" for k in range(min(max(n, 0), _BLOCKS))] + ["none"] * (2 - max(n, 0))
        for k, look in enumerate(drawn):
            out.append(f'<rect class="{look}" x="{x + 8}" y="{base - 7 * (k + 1)}" width="34" height="5" rx="2"/>')
        out.append(written(x + 25, base - 7 * len(drawn) - 6, words.short(obs["copy_number"]), "", "middle"))
        out.append(written(x + 25, base + 14, clip(obs["specimen"], 9), "tick", "middle"))
    out.append("</svg>")
    return {"title": words("diagrams", "copies", gene=alteration["gene"]), "svg": "".join(out)}
