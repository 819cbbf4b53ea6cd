"""The time axis: specimens as marks, therapies as bars above, drawn as SVG. Shared by the header and the charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import escape

from acquired.report.words import Words, signed

Json = dict[str, Any]

WIDTH = 960
LANE = 22  # height of one therapy bar with its gap
_SIBLING = 12  # distance of specimens that share a day
_LETTER = 7.3  # width of a letter of a name
_NAME = 14  # letters of a specimen's name that are drawn
_ROWS = 5  # rows of names at most


def n1(value: float) -> str:
    """A coordinate with one decimal at most: pages stay small and the same everywhere."""
    return f"{value:.1f}".removesuffix(".0")


def written(x: float, y: float, text: str, css: str = "", anchor: str = "") -> str:
    """A piece of text in a drawing, escaped. css: its class; anchor: SVG's text-anchor."""
    look = f' class="{css}"' if css else ""
    at = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text{look} x="{n1(x)}" y="{n1(y)}"{at}>{escape(text)}</text>'


def clip(text: str, limit: int) -> str:
    """`text` shortened to `limit` characters for a drawing; the full text is always elsewhere on the page."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


@dataclass(frozen=True)
class Bar:
    """One therapy on the axis: x from `left` to `right`, in lane `lane` (0 the topmost)."""

    left: float
    right: float
    lane: int
    drug: str
    index: int
    open: bool


class Axis:
    """Where each specimen and therapy stands between the x coordinates `left` and `right`.

    Days are placed to scale where every specimen has one; otherwise specimens stand evenly in order of time and
    therapies cannot be placed (`bars` is empty).
    """

    def __init__(self, words: Words, result: Json, left: float, right: float):
        self.words = words
        self.left, self.right = left, right
        self.specimens: list[Json] = result["specimens"]
        self.dated = bool(self.specimens) and all(s["day"] is not None for s in self.specimens)
        self.x: dict[str, float] = {}
        self.bars: list[Bar] = []
        if self.dated:
            self._by_day(result["therapies"])
        else:
            orders = sorted({s["order"] for s in self.specimens})
            step = (right - left) / max(1, len(orders) - 1)
            for s in self.specimens:
                at = left + orders.index(s["order"]) * step if len(orders) > 1 else (left + right) / 2
                self.x[s["id"]] = at
        self._spread()
        self.lanes = max((bar.lane for bar in self.bars), default=-1) + 1

    def _by_day(self, therapies: list[Json]) -> None:
        days = [s["day"] for s in self.specimens]
        known = [t for t in therapies if t["start"] is not None]
        days += [t["start"] for t in known] + [t["stop"] for t in known if t["stop"] is not None]
        first, last = min(days), max(days)
        scale = (self.right - self.left) / ((last - first) or 1)
        middle = (self.right - self.left) / 2 if first == last else 0.0

        def at(day: int) -> float:
            return self.left + middle + (day - first) * scale

        self.x = {s["id"]: at(s["day"]) for s in self.specimens}
        free: list[float] = []  # per lane, where it is free again
        for index, therapy in enumerate(known):
            start = at(therapy["start"])
            stop = self.right if therapy["stop"] is None else at(therapy["stop"])
            lane = next((i for i, end in enumerate(free) if start >= end - 0.5), len(free))
            free[lane : lane + 1] = [stop]
            self.bars.append(Bar(start, max(stop, start + 3), lane, therapy["drug"], index, therapy["stop"] is None))

    def _spread(self) -> None:
        """Move specimens of one day apart, so that marks lie side by side."""
        together: dict[float, list[str]] = {}
        for name, at in self.x.items():
            together.setdefault(at, []).append(name)
        for at, names in together.items():
            for i, name in enumerate(names):
                self.x[name] = at + (i - (len(names) - 1) / 2) * _SIBLING * (3 if len(names) > 1 else 1)

    def strip(self, top: float) -> str:
        """The therapy bars, first lane at y = `top`, each with its drug in it, beside it, or as much of it as fits."""
        parts = []
        for bar in self.bars:
            y = top + bar.lane * LANE
            parts.append(
                f'<rect class="bar b{bar.index % 4}" x="{n1(bar.left)}" y="{n1(y)}" width="{n1(bar.right - bar.left)}" '
                f'height="{LANE - 4}" rx="3"/>'
            )
            others = [b for b in self.bars if b.lane == bar.lane and b is not bar]
            after = min([WIDTH, *(b.left for b in others if b.left >= bar.right - 1)])
            before = max([0.0, *(b.right for b in others if b.right <= bar.left + 1)])
            label = bar.drug + (" →" if bar.open else "")
            width = _wide(label)
            x, anchor = bar.left + 7, ""
            inside = width <= bar.right - bar.left - 12
            if not inside and bar.right + 5 + width <= after:
                x = bar.right + 5
            elif not inside and bar.left - 5 - width >= before:
                x, anchor = bar.left - 5, "end"
            elif not inside:
                label = clip(label, max(2, int((bar.right - bar.left - 10) / _LETTER)))
            parts.append(written(x, y + 13, label, "bar-name", anchor))
        return "".join(parts)

    def _places(self) -> dict[str, tuple[float, int]]:
        """Where each specimen's name stands: its middle, and the first row in which it meets no other."""
        ends = [-1e9] * _ROWS
        places: dict[str, tuple[float, int]] = {}
        for specimen in sorted(self.specimens, key=lambda s: self.x[s["id"]]):
            half = max(_wide(clip(specimen["id"], _NAME)), 30) / 2 + 3
            middle = min(max(self.x[specimen["id"]], half), WIDTH - half)
            free = [row for row in range(_ROWS) if middle - half >= ends[row] + 6]
            row = free[0] if free else min(range(_ROWS), key=lambda r: ends[r])
            ends[row] = middle + half
            places[specimen["id"]] = (middle, row)
        return places

    def names(self, y: float) -> str:
        """Specimen ids and days under the axis, first row at y = `y`, further rows where they would collide."""
        parts = []
        places = self._places()
        for specimen in self.specimens:
            middle, row = places[specimen["id"]]
            day = signed(specimen["day"]) if specimen["day"] is not None else ""
            parts.append(written(middle, y + row * 28, clip(specimen["id"], _NAME), "sp", "middle"))
            parts.append(written(middle, y + row * 28 + 13, day, "tick", "middle"))
        return "".join(parts)

    def rows(self) -> int:
        """Rows of labels that `names` needs."""
        return 1 + max((row for _, row in self._places().values()), default=0)


def _wide(text: str) -> float:
    """About how wide a bold text of 12 units is."""
    return _LETTER * len(text)


def header(words: Words, result: Json) -> str:
    """The axis under the patient's name: therapies, specimens with a mark for their material, days."""
    if not result["specimens"]:
        return ""
    axis = Axis(words, result, 40, WIDTH - 40)
    line = 8 + axis.lanes * LANE + 14
    height = line + 22 + axis.rows() * 28
    label = words("who", "axis") if axis.dated else words("who", "axis_order")
    parts = [
        f'<svg class="axis" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">',
        axis.strip(6),
        f'<line class="grid" x1="20" x2="{WIDTH - 20}" y1="{line}" y2="{line}"/>',
    ]
    for specimen in axis.specimens:
        at = n1(axis.x[specimen["id"]])
        if specimen["material"] in ("plasma", "blood"):
            parts.append(f'<circle class="spot" cx="{at}" cy="{line}" r="6"/>')
        else:
            parts.append(
                f'<rect class="spot" x="{n1(axis.x[specimen["id"]] - 6)}" y="{line - 6}" width="12" height="12"/>'
            )
    parts += [axis.names(line + 22), "</svg>"]
    return "".join(parts)
