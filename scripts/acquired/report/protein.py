"""Where on the protein: a patient's alterations, the catalogue's regions and its known loci of the drugs given."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from markupsafe import escape

from acquired.report.axis import WIDTH, clip, n1, written
from acquired.report.cells import ICONS
from acquired.report.transcripts import coding_exons
from acquired.report.transcripts import length as protein_length
from acquired.report.words import Words

Json = dict[str, Any]

_RESIDUE = re.compile(r"[A-Z*](\d+)")
_LEFT, _RIGHT = 20, WIDTH - 20
_BAR = 84  # y of the protein's bar
_MOST = 4  # genes drawn
_TONES = ("emerged", "risen", "unresolved", "cleared", "fallen")


def read(resources: Path, result: Json) -> Json:
    """What the drawings of this patient need and result.json has not.

    {"exons": gene -> coding exons, "regions": gene -> [(name, start, end)]}: exons from the bundled transcripts,
    regions from the catalogue's regions.tsv (1-based residues, inclusive).
    """
    genes = {a["gene"] for a in result["alterations"] if a["kind"] == "small variant"}
    regions: dict[str, list[tuple[str, int, int]]] = {}
    with (resources / "catalogue" / "regions.tsv").open(encoding="utf-8") as handle:
        head = handle.readline().rstrip("\n").split("\t")
        for line in handle:
            row = dict(zip(head, line.rstrip("\n").split("\t"), strict=False))
            if row["gene"] in genes:
                regions.setdefault(row["gene"], []).append((row["region"], int(row["start"]), int(row["end"])))
    return {"exons": coding_exons(resources, genes), "regions": regions}


def residue(name: str) -> int:
    """The first residue a protein change or a locus names (T790M, T790, E746_A750del), 0 if it names none."""
    match = _RESIDUE.match(name)
    return int(match[1]) if match else 0


def draw_all(words: Words, result: Json, proteins: Json) -> list[Json]:
    """A drawing for each gene in which a small variant met a claim on a drug given; at most _MOST of them."""
    genes: dict[str, None] = {}
    met = {a for verdict in result["verdicts"] for a in verdict["alterations"]}
    for alteration in sorted(result["alterations"], key=lambda a: a["id"] not in met):
        told = any(claim["relation"] != "other" for claim in alteration["claims"])
        if alteration["kind"] == "small variant" and told and residue(alteration["protein"]):
            genes.setdefault(alteration["gene"])
    known = [gene for gene in genes if gene in proteins["exons"]]
    return [_draw(words, result, gene, proteins) for gene in known[:_MOST]]


def _draw(words: Words, result: Json, gene: str, proteins: Json) -> Json:
    exons = proteins["exons"][gene]
    length = protein_length(exons)
    mine = [(residue(a["protein"]), a) for a in result["alterations"]
            if a["gene"] == gene and a["kind"] == "small variant" and 0 < residue(a["protein"]) <= length]  # fmt: skip
    mine.sort(key=lambda pair: (pair[0], pair[1]["name"]))

    def at(position: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * position / length

    label = ", ".join(f"{a['name']} {words.of('trajectory', a['trajectory'])}" for _, a in mine)
    label = words("protein", "chart", gene=gene, length=words.number(length), what=clip(label, 300))
    stems, row = _stems([(at(position), a) for position, a in mine])
    top = 0 if row else 24
    out = [
        f'<svg viewBox="0 {top} {WIDTH} {150 - top}" role="img" aria-label="{escape(label)}">',
        f'<rect class="chain" x="{_LEFT}" y="{_BAR}" width="{_RIGHT - _LEFT}" height="14" rx="7"/>',
    ]
    for number, first, last in exons:
        if first > 1:
            out.append(f'<path class="seam" d="M{n1(at(first - 0.5))} {_BAR}v14"/>')
        if at(last) - at(first) > 18:
            out.append(written((at(first) + at(last)) / 2, _BAR + 11, str(number), "ex", "middle"))
    drawn: set[tuple[int, int]] = set()
    for name, start, end in sorted(proteins["regions"].get(gene, []), key=lambda r: (r[1] - r[2], r[1])):
        if (start, end) in drawn or end > length:
            continue
        drawn.add((start, end))
        width = max(2.0, at(end) - at(start))
        out.append(f'<path class="region" d="M{n1(at(start))} {_BAR + 17}h{n1(width)}"/>')
        if width > 7 * len(name):
            out.append(written(at(start) + width / 2, _BAR + 44, name, "tick", "middle"))
    # The catalogue's density: one tick a residue, longer by the number of drugs and loci that name it.
    density = Counter(
        residue(locus) for _, locus in {(n["drug"], n["locus"]) for n in result["negatives"] if n["gene"] == gene}
    )
    density.update(
        residue(c["alteration"]) for _, a in mine for c in a["claims"]
        if c.get("gene") == gene and c["effect"] != "sensitivity" and c["relation"] != "other"
    )  # fmt: skip
    for position, n in sorted(density.items()):
        if 0 < position <= length:
            out.append(f'<path class="known" d="M{n1(at(position))} {_BAR + 20}v{min(3 + 2 * n, 11)}"/>')
    out += stems
    for tick in _ticks(length):
        out.append(written(at(tick), _BAR + 60, words.number(tick), "tick", "end" if tick == length else "middle"))
    out.append("</svg>")
    return {"title": words("protein", "title", gene=gene), "svg": "".join(out)}


def _stems(mine: list[tuple[float, Json]]) -> tuple[list[str], int]:
    """Stems with names above the bar, names moved apart where they would collide; and the highest row used (0 or 1)."""
    ends = [-1e9, -1e9]  # right end of the last name in each row
    places = []
    for x, alteration in mine:
        name = clip(alteration["protein"] or alteration["name"], 16)
        width = 7.6 * (len(name) + 2)
        row = 0 if ends[0] + 12 <= x - width / 2 or ends[0] <= ends[1] else 1
        left = max(x - width / 2, ends[row] + 12, 2)
        ends[row] = left + width
        places.append((x, left + width / 2, row, name, alteration))
    over = max([0.0, *(end - (WIDTH - 2) for end in ends)])
    stems, names = [], []
    for x, middle, row, name, alteration in places:
        move = over if middle + over > x and over else 0.0
        middle = max(middle - move, 30)
        y = 40 if row == 0 else 16
        tone = alteration["trajectory"] if alteration["trajectory"] in _TONES else "other"
        stems.append(
            f'<g class="p-{tone}">'
            f'<path class="stem" d="M{n1(x)} {_BAR - 3}V{_BAR - 22}L{n1(middle)} {y + 12}V{y + 5}"/>'
            f'<circle class="solid" cx="{n1(x)}" cy="{_BAR - 14}" r="5"/></g>'
        )
        names.append(written(middle, y, f"{ICONS[alteration['trajectory']]} {name}", f"who p-{tone}", "middle"))
    return stems + names, max((place[2] for place in places), default=0)


def _ticks(length: int) -> list[int]:
    step = next(s for s in (50, 100, 200, 500, 1000, 2000, 5000, 10000) if length / s <= 8)
    return [1, *(t for t in range(step, length, step) if length - t > step / 2), length]
