"""The table of verdicts a run prints at its end."""

from __future__ import annotations

import json
from pathlib import Path

#: Rows printed before the rest is left to the cohort page.
MOST = 200
_WIDE = 60


def summarize(result_jsons: list[Path], cohort_page: str) -> tuple[str, int]:
    """The verdicts of all patients as a text table, refused patients first, and the number of refused patients.

    The table ends with the counts and the path of the cohort page. It is English, as result.json's wordings are.
    """
    rows: list[tuple[str, str, str, str]] = []
    refused: list[tuple[str, str, str, str]] = []
    counts = {"compared": 0, "not compared": 0, "refused": 0}
    for path in result_jsons:
        result = json.loads(path.read_bytes())
        counts[result["status"]] += 1
        patient = result["patient"]
        if result["status"] == "refused":
            first = result["problems"][0] if result["problems"] else {"where": "", "what": "no reason is given."}
            more = f" (and {len(result['problems']) - 1} more)" if len(result["problems"]) > 1 else ""
            refused.append((patient, "", "REFUSED", f"{first['where']}: {first['what']}{more}"))
            continue
        names = {a["id"]: a["name"] for a in result["alterations"]}
        for verdict in result["verdicts"]:
            on = ", ".join(names.get(a, a) for a in verdict["alterations"]) or verdict["why"]
            rows.append((patient, verdict["drug"], verdict["wording"], on))
        if not result["verdicts"]:
            rows.append((patient, "", result["status"], "no therapy is given"))
    shown = (refused + rows)[:MOST]
    left = len(refused) + len(rows) - len(shown)
    lines = _table([("patient", "drug", "verdict", "rests on"), *shown])
    if left:
        lines.append(f"… and {left:,} more on the cohort page")
    total = sum(counts.values())
    lines.append("")
    lines.append(
        f"{total:,} {'patient' if total == 1 else 'patients'}: {counts['compared']:,} compared, "
        f"{counts['not compared']:,} not compared, {counts['refused']:,} refused"
    )
    lines.append(f"Cohort page: {cohort_page}")
    return "\n".join(lines), counts["refused"]


def _table(rows: list[tuple[str, str, str, str]]) -> list[str]:
    """Rows under their heads in even columns. The last column is as wide as it must be when a patient was refused."""
    clean = [[_printable(value) for value in row] for row in rows]
    clean = [[c if i == 3 and row[2] == "REFUSED" else _clip(c) for i, c in enumerate(row)] for row in clean]
    widths = [max(len(row[i]) for row in clean) for i in range(3)]
    lines = [
        "  ".join(value.ljust(width) for value, width in zip(row, [*widths, 0], strict=True)).rstrip() for row in clean
    ]
    return [lines[0], "-" * min(100, max(len(line) for line in lines)), *lines[1:]]


def _clip(text: str) -> str:
    return text if len(text) <= _WIDE else text[: _WIDE - 1] + "…"


def _printable(text: str) -> str:
    """One line without control characters: nothing in a result may steer the terminal."""
    return "".join(c if c.isprintable() else " " for c in text)
