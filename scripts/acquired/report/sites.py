"""Specimens of several sites taken on one day: what they share and what is private to each."""

from __future__ import annotations

from typing import Any

from acquired.report import cells
from acquired.report.cells import INBORN, SEEN, anchor
from acquired.report.words import Words

Json = dict[str, Any]


def side_by_side(words: Words, result: Json) -> list[Json]:
    """For each day with specimens of two sites or more: {title, sites, rows, left}. `result` as `complete` returns it.

    A row is an alteration seen at some of the sites with its observation at each, and the word for it: private to the
    sites that have it where every other one excludes it (absent), seen there only where one of them does not.
    Alterations without a claim that all sites share are counted in `left`; what is inborn is left out.
    """
    days: dict[int, list[Json]] = {}
    for specimen in result["specimens"]:
        days.setdefault(specimen["order"], []).append(specimen)
    return [_day(words, result, group) for group in days.values() if len({s["site"] for s in group if s["site"]}) > 1]


def _day(words: Words, result: Json, group: list[Json]) -> Json:
    ids = [s["id"] for s in group]
    rows, left = [], 0
    for alteration in result["alterations"]:
        at = {o["specimen"]: o for o in alteration["observations"] if o["specimen"] in ids}
        there = [i for i in ids if at[i]["status"] in SEEN]
        if not there or any(f["code"] in INBORN for f in alteration["flags"]):
            continue
        others = [at[i]["status"] for i in ids if i not in there]
        if not others and not any(c["relation"] != "other" for c in alteration["claims"]):
            left += 1
            continue
        key = "shared" if not others else "private" if set(others) == {"absent"} else "only_seen"
        rows.append({
            "name": alteration["name"], "href": anchor("a", alteration["id"]), "key": key,
            "word": words("sites", key, sites=", ".join(there)),
            "cells": [cells.observation(words, at[i]) for i in ids],
        })  # fmt: skip
    rows.sort(key=lambda row: ("private", "only_seen", "shared").index(str(row["key"])))
    names = [f"{s['id']} ({s['site']})" if s["site"] and s["site"] != s["id"] else s["id"] for s in group]
    when = words.day(group[0]["day"])
    return {"title": words("sites", "title", when=when), "sites": names, "rows": rows,
            "left": words("sites", "left", n=words.number(left)) if left else ""}  # fmt: skip
