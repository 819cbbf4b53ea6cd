"""Known resistance loci where nothing was found, drug by drug: how deep each specimen looked there."""

from __future__ import annotations

from collections import Counter
from typing import Any

from acquired.report.words import Words

Json = dict[str, Any]


class Negatives:
    """The tables of one patient's pertinent negatives, in the order they are asked for."""

    def __init__(self, words: Words, result: Json):
        self.words = words
        self.result = result
        self._seen: dict[str, str] = {}  # a row as printed -> the drug it was printed for

    def of(self, drug: str) -> Json | None:
        """The known loci of a drug by specimen; None without any.

        rows: of cells; same: loci whose row was printed for an earlier drug, as (that drug, their names); summaries:
        counts for each specimen; n: all loci of the drug.
        """
        words = self.words
        mine = [n for n in self.result["negatives"] if n["drug"] == drug]
        if not mine:
            return None
        table: dict[tuple[str, str], Json] = {}
        for n in mine:
            empty = {"gene": n["gene"], "locus": n["locus"], "level": "", "at": {}}
            row = table.setdefault((n["gene"], n["locus"]), empty)
            row["level"] = min(filter(None, (row["level"], n.get("level", ""))), default="")
            row["at"][n["specimen"]] = self._cell(n)
        rows, same = [], dict[str, list[str]]()
        for key in sorted(table, key=lambda k: (table[k]["level"] or "Z", k)):
            row = table[key]
            at = row.pop("at")
            row["cells"] = [at.get(s["id"]) for s in self.result["specimens"]]
            earlier = self._seen.setdefault(str(row), drug)
            if earlier == drug:
                rows.append(row)
            else:
                same.setdefault(earlier, []).append(f"{row['gene']} {row['locus']}")
        return {
            "drug": drug, "rows": rows, "n": len(table), "summaries": self._summaries(mine),
            "same": [words("negatives", "same", drug=d, loci=", ".join(loci)) for d, loci in same.items()],
        }  # fmt: skip

    def _cell(self, negative: Json) -> Json:
        words, hidden = self.words, negative["hidden_vaf"]
        return {
            "status": negative["status"],
            "word": words.of("status", negative["status"]),
            "depth": words.number(negative["depth"]) + "×" if negative["depth"] is not None else "",
            "hidden": words("cell", "at_most", hidden=words.fraction(hidden)) if hidden is not None else "",
        }

    def _summaries(self, mine: list[Json]) -> list[str]:
        texts = []
        for specimen in self.result["specimens"]:
            counts = Counter(n["status"] for n in mine if n["specimen"] == specimen["id"])
            if counts:
                text = ", ".join(
                    f"{counts[s]} {self.words.of('status', s)}"
                    for s in ("absent", "low", "not called", "not assessed")
                    if counts[s]
                )
                n = sum(counts.values())
                texts.append(self.words("negatives", "summary", n=n, specimen=specimen["id"], counts=text))
        return texts
