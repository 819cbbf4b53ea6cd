"""Fixed wordings and the judge's rules, from resources; numbers as a report writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def integer(n: int) -> str:
    """1,243"""
    return f"{n:,}"


def percent(fraction: float) -> str:
    """A fraction as a percentage with two significant digits, at least one decimal: 5.2 %, 0.24 %, 22.0 %, 100 %."""
    value = fraction * 100
    if value >= 99.95:
        return "100 %"
    decimals = 1
    while decimals < 6 and 0 < value < 10 ** (1 - decimals):
        decimals += 1
    return f"{value:.{decimals}f} %"


def side(obs: Mapping[str, Any], which: str, words: Mapping[str, str]) -> str:
    """One observation as a clause: "0 of 1,243 reads before (at most 0.24 %)", "61 of 1,167 after (5.2 %)".

    which: "before" or "after". The word `reads` stands in the first clause of a sentence, which is the one before.
    """
    depth, alt = obs.get("depth"), obs.get("alt_count")
    where = words[which]
    if obs.get("text") and obs["status"] not in ("not called", "not assessed"):
        return f"{obs['text']} {where}"
    if obs["status"] in ("absent", "low"):
        hidden = percent(obs["hidden_vaf"]) if obs.get("hidden_vaf") is not None else ""
        if depth is None:
            return words["unseen_limit"].format(hidden=hidden)
        counts = words["reads"].format(alt=integer(alt or 0), depth=integer(depth))
        return f"{counts} {where}" + (f" ({words['at_most'].format(hidden=hidden)})" if hidden else "")
    if obs["status"] in ("not called", "not assessed"):
        return words[obs["status"]].format(side=where)
    if obs.get("text"):
        return f"{obs['text']} {where}"
    if depth is not None and alt is not None:
        shape = words["reads" if which == "before" else "counts"]
        counts = shape.format(alt=integer(alt), depth=integer(depth))
    else:
        counts = words["bare"]
    shown = f"{counts} {where}"
    if obs.get("vaf") is not None:
        shown += f" ({percent(obs['vaf'])})"
    if obs["status"] == "filtered":
        shown += words["filtered"].format(filters=", ".join(obs["filters"]) or "?")
    return shown
