"""The trajectory chart: allele fraction (or copies, or expression) over time, drawn as SVG.

What was not seen is drawn at its hidden VAF with a whisker down to the floor, never at zero. What has no number
(not called, not assessed) stands in a band under the plot. Every mark carries its numbers as its label; the same
numbers stand in a table beside the chart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from markupsafe import escape

from acquired.report.axis import LANE, WIDTH, Axis, clip, n1, written
from acquired.report.cells import SEEN, observation, plain
from acquired.report.words import Words

Json = dict[str, Any]

LEFT = 66
SHAPES = 6
_LETTERS = (20, 38)  # of the names at the right: room for at least, for at most
#: Alterations drawn in colour and with a name; further ones are in the table.
MOST = 8

Point = tuple[str, float | None, bool]  # specimen, value or None, below the limit


@dataclass(frozen=True)
class Frame:
    """Where the plot stands in the drawing: its top, its height, its right end."""

    top: float
    height: float
    right: float

    @property
    def floor(self) -> float:
        """The y of the smallest value."""
        return self.top + self.height


def right_end(names: list[str]) -> float:
    """Where plots must end so that the longest of `names` has room beside them."""
    longest = max([_LETTERS[0], *(min(len(name), _LETTERS[1]) for name in names)])
    return WIDTH - 44 - 8.2 * longest


def _points(alteration: Json, field: str) -> list[Point]:
    """The values of one alteration in order of time: what was seen, or the bound of what was not."""
    points: list[Point] = []
    for obs in alteration["observations"]:
        value, below = obs.get(field), False
        if field == "vaf" and obs["status"] not in SEEN:
            value, below = (obs["hidden_vaf"], True) if obs["status"] in ("absent", "low") else (None, False)
        points.append((obs["specimen"], value, below))
    return points


def _linear(values: list[float], frame: Frame) -> tuple[Any, list[float]]:
    """A scale over `values` between round numbers, 0 among them, with its ticks; larger ones stand at its end."""

    def rounded(size: float) -> float:
        power: float = 10 ** math.floor(math.log10(size)) if size > 0 else 1
        return next(step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * power >= size * 0.999)

    low, top = min([0.0, *values]), max(values)
    end = rounded(top) if top > 0 else 0.0
    start = -rounded(-low) if -low > top / 8 else 0.0  # a little below 0 is drawn a little below 0
    parts = 4 if frame.height > 150 else 2
    if start:  # log ratios: 0 is a tick of its own
        ticks = [start, 0.0, end] if end else [start, start / 2, 0.0]
    else:
        ticks = [end * i / parts for i in range(parts + 1)]
    span = (end - start) or 1.0
    return (lambda v: frame.floor - frame.height * (min(v, end) - start) / span), ticks


def _log(low: float, frame: Frame) -> tuple[Any, list[float]]:
    """A scale over whole decades up to 100 %, with a tick each."""
    first = max(-6, math.floor(math.log10(low)))
    return (
        lambda v: frame.floor - frame.height * (math.log10(max(v, 10.0**first)) - first) / -first,
        [10.0**e for e in range(first, 1)],
    )


def _mark(shape: int, x: float, y: float, status: str, below: bool, floor: float) -> str:
    """One mark. Seen: a filled shape, hollow if filtered or read back. Not seen: a triangle with its tip at the bound,
    and a whisker below it."""
    if below:
        dash = ' class="whisker dash"' if status == "low" else ' class="whisker"'
        return (
            f'<path{dash} d="M{n1(x)} {n1(y)}V{n1(floor)}"/>'
            f'<path class="hollow" d="M{n1(x - 5)} {n1(y - 8)}h10l-5 8z"/>'
        )
    kind = {"called": "solid", "filtered": "hollow cross"}.get(status, "hollow")
    a, b = n1(x), n1(y)
    paths = (
        f"M{n1(x - 5)} {b}a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
        f"M{n1(x - 4.5)} {n1(y - 4.5)}h9v9h-9z",
        f"M{a} {n1(y - 6)}l6 6-6 6-6-6z",
        f"M{a} {n1(y - 6)}l5.5 10h-11z",
        f"M{n1(x - 2)} {n1(y - 6)}h4v4h4v4h-4v4h-4v-4h-4v-4h4z",
        f"M{n1(x - 3)} {n1(y - 5.5)}h6l3 5.5-3 5.5h-6l-3-5.5z",
    )
    cross = f'<path class="slash" d="M{n1(x - 7)} {n1(y + 7)}l14-14"/>' if status == "filtered" else ""
    return f'<path class="{kind}" d="{paths[shape % SHAPES]}"/>{cross}'


def _predecessor(axis: Axis, specimen: Json) -> str | None:
    """The earlier specimen a line comes from: of the same site, else the same material, else the first of that day."""
    earlier = [s for s in axis.specimens if s["order"] < specimen["order"]]
    if not earlier:
        return None
    last = max(s["order"] for s in earlier)
    group = [s for s in earlier if s["order"] == last]
    for field in ("site", "material"):
        for candidate in group:
            if candidate[field] and candidate[field] == specimen[field]:
                return str(candidate["id"])
    return str(group[0]["id"])


def _spread(labels: list[tuple[float, int]], gap: float, top: float, bottom: float) -> dict[int, float]:
    """Label heights moved apart to `gap`, kept between `top` and `bottom` as far as there is room."""
    placed: dict[int, float] = {}
    at = top - gap
    for want, index in sorted(labels):
        at = max(want, at + gap)
        placed[index] = at
    over = at - bottom
    if over > 0:
        limit = bottom
        for index in sorted(placed, key=lambda i: -placed[i]):
            placed[index] = min(placed[index], limit)
            limit = placed[index] - gap
    return placed


def _scale_group(words: Words, axis: Axis, series: list[Json], field: str, scale: str, frame: Frame) -> str:
    """Grid, lines, marks and names on one scale."""
    values = [v for a in series for _, v, below in _points(a, field) if v is not None and (v > 0 or not below)]
    firm = [
        v
        for a in series
        for (_, v, below), o in zip(_points(a, field), a["observations"], strict=True)
        if v is not None and not (below and o["status"] == "low")
    ]
    if scale == "log":
        at, ticks = _log(min([v for v in values if v > 0] or [0.01]), frame)
    else:
        at, ticks = _linear(firm or values or [1.0], frame)
    floor, right = frame.floor, frame.right
    write = words.percent if field == "vaf" else words.short
    out = []
    for tick in ticks:
        y = n1(at(tick))
        out.append(f'<path class="grid" d="M{LEFT - 10} {y}H{n1(right + 10)}"/>')
        out.append(
            f'<text class="tick" x="{LEFT - 16}" y="{n1(at(tick) + 4)}" text-anchor="end">{escape(write(tick))}</text>'
        )
    usual = {"copy_number": 2.0, "log2": 0.0}.get(field)  # two copies
    if usual is not None and max(values, default=0) >= usual:
        out.append(f'<path class="two" d="M{LEFT - 10} {n1(at(usual))}H{n1(right + 10)}"/>')
    ends: list[tuple[float, int]] = []
    last_x: dict[int, float] = {}
    drawn = []
    for index, alteration in enumerate(series):
        points = {name: (value, below) for name, value, below in _points(alteration, field)}
        shift = (index - (len(series) - 1) / 2) * 3.5  # so that whiskers at one specimen stand side by side
        weak = {o["specimen"] for o in alteration["observations"] if o["status"] == "low"}
        lines, marks = [], []
        for obs, specimen in zip(alteration["observations"], axis.specimens, strict=True):
            value, below = points[obs["specimen"]]
            if value is None:
                continue
            x, y = axis.x[obs["specimen"]] + shift * below, at(value)
            before = _predecessor(axis, specimen)
            while before is not None and points[before][0] is None:  # a gap is not bridged by a solid line
                before = _predecessor(axis, next(s for s in axis.specimens if s["id"] == before))
            # A bound is no value: no line joins two bounds, nor leads to one that excludes next to nothing.
            if before is not None and not (below and points[before][1]) and not {before, obs["specimen"]} & weak:
                v0, below0 = points[before]
                soft = ' class="dash"' if below or below0 or before != _predecessor(axis, specimen) else ""
                lines.append(f'<path{soft} d="M{n1(axis.x[before] + shift * below0)} {n1(at(v0))}L{n1(x)} {n1(y)}"/>')
            name, seen = alteration["name"], plain(observation(words, obs))
            kind = obs["status"] if field == "vaf" else "called"  # copies and levels are measured, never called
            label = words("course", "point", name=clip(name, 60), specimen=obs["specimen"], value=clip(seen, 160))
            marks.append(f'<g class="pt"><title>{escape(label)}</title>{_mark(index, x, y, kind, below, floor)}</g>')
            last_x[index] = x
            ends = [e for e in ends if e[1] != index] + [(y, index)]
        drawn.append(f'<g class="c{index % MOST}"><g class="line">{"".join(lines)}</g>{"".join(marks)}</g>')
    out += drawn
    for index, place in sorted(_spread(ends, 16, frame.top + 4, floor).items()):
        end = next(height for height, i in ends if i == index)
        lead = f'<path class="lead" d="M{n1(last_x[index] + 8)} {n1(end)}L{n1(right + 20)} {n1(place)}"/>'
        mark = _mark(index, right + 28, place, "called", False, 0)
        name = written(right + 38, place + 4, clip(series[index]["name"], _LETTERS[1]), "name")
        out.append(f'<g class="c{index % MOST}">{lead}{mark}{name}</g>')
    return "".join(out)


def _band(words: Words, axis: Axis, series: list[Json], field: str, y: float) -> str:
    """Under the plot: where an alteration has no number, with the reason and the names as the label."""
    out = []
    for i, specimen in enumerate(axis.specimens):
        without: dict[str, list[str]] = {}
        for alteration in series:
            obs = alteration["observations"][i]
            if _points(alteration, field)[i][1] is None:
                without.setdefault(words.of("status", obs["status"]), []).append(alteration["name"])
        if not without:
            continue
        label = f"{specimen['id']}: " + "; ".join(
            f"{word}: {', '.join(clip(n, 60) for n in names)}" for word, names in without.items()
        )
        sign = "?" * ("not called" in [a["observations"][i]["status"] for a in series])
        sign += "/" * ("not assessed" in [a["observations"][i]["status"] for a in series])
        x = axis.x[specimen["id"]]
        box = f'<rect x="{n1(x - 11)}" y="{n1(y)}" width="22" height="17" rx="3"/>'
        text = written(x, y + 13, sign or "–", "", "middle")
        out.append(f'<g class="pt none"><title>{escape(label)}</title>{box}{text}</g>')
    return "".join(out)


def draw(words: Words, result: Json, series: list[Json], field: str, title: str, right: float = 0.0) -> str:
    """One chart of `field` (vaf, copy_number, log2 or value) for `series`, at most MOST alterations.

    "" where no two specimens have a number: there is no course to draw then, and the table says it all.
    right: where the plot ends; charts of one page end alike, so that their days stand under each other.

    A VAF chart holds a linear and a logarithmic group of which the page shows one, under the strip of therapies; the
    others are low.
    """
    if len({name for a in series for name, value, _ in _points(a, field) if value is not None}) < 2:
        return ""
    right = right or right_end([a["name"] for a in series])
    axis = Axis(words, result, LEFT + 14, right - 6)
    frame = Frame(10 + axis.lanes * LANE + 12, 230 if field == "vaf" else max(110, 18 * len(series)), right)
    floor = frame.floor
    height = round(floor + 30 + axis.rows() * 28 + 6)
    label = words("course", "chart", what=title, n=len(series))
    out = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="group" aria-label="{escape(label)}">',
        axis.strip(6),
    ]
    for name in axis.x:
        out.append(f'<path class="when" d="M{n1(axis.x[name])} {frame.top - 6:.0f}V{floor + 6:.0f}"/>')
    for scale in ("linear", "log") if field == "vaf" else ("linear",):
        out.append(f'<g class="scale {scale}">{_scale_group(words, axis, series, field, scale, frame)}</g>')
    out += [_band(words, axis, series, field, floor + 5), axis.names(floor + 38), "</svg>"]
    return "".join(out)
