"""How much of a CIViC file the catalogue holds: each resistance item is in it, excluded with a reason, or neither."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from acquired.catalogue.civic import Evidence, Item
from acquired.catalogue.records import LEVELS


def civic_ids(sources: list[str]) -> dict[str, bool]:
    """CIViC item ids among a claim's sources -> whether the item counts as evidence for it."""
    found = {}
    for source in sources:
        name, _, id_ = source.partition(":")
        if name == "CIViC":
            found[id_.removesuffix("(against)").strip()] = not id_.endswith("(against)")
    return found


def count(evidence: Evidence, held: set[str], excluded: Mapping[str, str]) -> dict[str, Any]:
    """Counts of the resistance and reduced-sensitivity items, by level, and the ids not accounted for.

    held: CIViC ids among the claims' sources. excluded: CIViC id -> reason.
    """
    levels: dict[str, dict[str, int]] = {}
    reasons: dict[str, int] = {}
    unaccounted: list[Item] = []
    for item in evidence.items:
        if item.effect == "sensitivity":
            continue
        row = levels.setdefault(item.level, {"items": 0, "included": 0, "excluded": 0, "unaccounted": 0})
        row["items"] += 1
        if item.id in held:
            row["included"] += 1
        elif item.id in excluded:
            row["excluded"] += 1
            reasons[excluded[item.id]] = reasons.get(excluded[item.id], 0) + 1
        else:
            row["unaccounted"] += 1
            unaccounted.append(item)
    ordered = {level: levels[level] for level in (*LEVELS, *sorted(set(levels) - set(LEVELS))) if level in levels}
    return {
        "levels": ordered,
        "reasons": dict(sorted(reasons.items(), key=lambda r: (-r[1], r[0]))),
        "unaccounted": unaccounted,
        "sensitivity": {
            "items": sum(i.effect == "sensitivity" for i in evidence.items),
            "included": sum(i.effect == "sensitivity" and i.id in held for i in evidence.items),
        },
    }


def text(evidence: Evidence, counts: Mapping[str, Any], name: str) -> str:
    """The counts as a person reads them."""
    lines = [f"{name}: {evidence.rows:,} rows, {len(evidence.items):,} accepted predictive items of effect on a drug"]
    if evidence.aside:
        told = ", ".join(f"{n:,} {reason}" for reason, n in sorted(evidence.aside.items(), key=lambda a: (-a[1], a[0])))
        lines.append(f"not asked for: {told}")
    if evidence.damaged:
        lines.append(f"damaged lines, not read: {', '.join(map(str, evidence.damaged[:20]))}")
    lines += ["", "Resistance and reduced sensitivity", "level  items  included  excluded  unaccounted  accounted for"]
    rows = dict(counts["levels"])
    rows["all"] = _sum(rows.values())
    rows["A-C"] = _sum(rows[level] for level in "ABC" if level in rows)
    for level, row in rows.items():
        done = row["included"] + row["excluded"]
        share = f"{100 * done / row['items']:.1f} %" if row["items"] else "–"
        held = f"{100 * row['included'] / row['items']:.1f} %" if row["items"] else "–"
        lines.append(
            f"{level:<5}{row['items']:>7}{row['included']:>10}{row['excluded']:>10}{row['unaccounted']:>13}"
            f"{share:>11}  ({held} included)"
        )
    if counts["reasons"]:
        lines += ["", "Excluded, by reason"]
        lines += [f"{n:>5}  {reason}" for reason, n in counts["reasons"].items()]
    if counts["unaccounted"]:
        lines += ["", "Not accounted for"]
        for i in counts["unaccounted"][:50]:
            drugs = ", ".join(i.therapies) or "no therapy"
            lines.append(f"  {i.id} level {i.level}: {i.profile}, {drugs}, {i.disease} (row {i.line})")
        if len(counts["unaccounted"]) > 50:
            lines.append(f"  and {len(counts['unaccounted']) - 50} more")
    sensitive = counts["sensitivity"]
    lines += ["", f"Sensitivity: {sensitive['included']:,} of {sensitive['items']:,} items included"]
    return "\n".join(lines)


def _sum(rows: Any) -> dict[str, int]:
    total = {"items": 0, "included": 0, "excluded": 0, "unaccounted": 0}
    for row in rows:
        for key in total:
            total[key] += row[key]
    return total
