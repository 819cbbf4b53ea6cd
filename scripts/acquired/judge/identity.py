"""Are all specimens of one person? A simple concordance of germline-like sites.

A site is germline-like in a specimen when its fraction is near one half or one at enough depth. Each pair of specimens
is asked both ways: of the sites that are germline-like in one, how many does the other show? A tumour that
gains variants disagrees one way only; two persons disagree both ways. So `different` needs both ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations
from typing import Any

from acquired.judge.rows import PRESENT, Row


class Sites:
    """Counts agreement while the rows go by."""

    def __init__(self, specimens: Sequence[str], rules: Mapping[str, Any]):
        """rules: `identity` of judge/rules.yaml."""
        self._specimens, self._rules = list(specimens), rules
        self._counts = {pair: [0, 0] for pair in permutations(range(len(specimens)), 2)}

    def watch(self, rows: Iterable[Row]) -> Iterable[Row]:
        """The same rows, counted as they pass."""
        for row in rows:
            self.add(row)
            yield row

    def add(self, row: Row) -> None:
        """Count one allele."""
        rules = self._rules
        like = [_like(o, rules) for o in row.observations]
        if not any(like):
            return
        for (i, j), count in self._counts.items():
            if like[i] and count[1] < rules["kept"] and (agrees := _agrees(row.observations[j], rules)) is not None:
                count[0] += agrees
                count[1] += 1

    def verdict(self, words: Mapping[str, str]) -> dict[str, Any]:
        """`quality.identity` of result.json: the pair that agrees least decides."""
        if len(self._specimens) < 2:
            return {"verdict": "not checked", "why": words["not_checked"], "pairs": []}
        pairs: list[dict[str, Any]] = []
        for (i, j), (agree, sites) in self._counts.items():
            if i < j:
                back = self._counts[j, i]
                verdict = self._pair((agree, sites), (back[0], back[1]))
                better = max((agree, sites), (back[0], back[1]), key=lambda c: (c[0] / c[1] if c[1] else 0, c[1]))
                pairs.append(
                    {"a": self._specimens[i], "b": self._specimens[j], "agree": better[0], "sites": better[1],
                     "verdict": verdict}
                )  # fmt: skip
        for verdict in ("different", "doubtful", "same"):
            chosen = [p for p in pairs if p["verdict"] == verdict]
            if chosen:
                least = min(chosen, key=lambda p: float(p["agree"] / p["sites"]))
                return {"verdict": verdict, "why": words[verdict].format(**least), "pairs": pairs}
        sites = max(p["sites"] for p in pairs)
        why = words["not_enough"].format(sites=sites, needed=self._rules["sites"])
        return {"verdict": "not enough to tell", "why": why, "pairs": pairs}

    def _pair(self, one: tuple[int, int], other: tuple[int, int]) -> str:
        rules = self._rules
        shares = [agree / sites for agree, sites in (one, other) if sites >= rules["sites"]]
        if not shares:
            return "not enough to tell"
        if max(shares) >= rules["same"]:
            return "same"
        return "different" if len(shares) == 2 and max(shares) <= rules["different"] else "doubtful"


def _like(o: Mapping[str, Any], rules: Mapping[str, Any]) -> bool:
    if o["status"] != "called" or o["vaf"] is None or (o["depth"] or 0) < rules["depth"]:
        return False
    return any(low <= o["vaf"] <= high for low, high in rules["bands"])


def _agrees(o: Mapping[str, Any], rules: Mapping[str, Any]) -> bool | None:
    """Whether a specimen shows a site that is germline-like in another; None where it cannot tell."""
    if (o["depth"] or 0) < rules["depth"]:
        return None
    if o["status"] in PRESENT and o["vaf"] is not None:
        return bool(o["vaf"] >= rules["present"])
    return False if o["status"] in ("absent", "low") else None
