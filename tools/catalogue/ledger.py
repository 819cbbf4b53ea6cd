"""Ids that never change: each claim's key, id, and the dates it was added and last changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

KEY = ("gene", "match", "context", "drug", "disease", "effect")
COLUMNS = ("id", "key", "digest", "added", "changed", "state")


class Ledger:
    """ledger.tsv, read and written. state: `live`, or `retired` for a key that no source gives any more."""

    def __init__(self, path: Path, today: str):
        self._path, self._today = path, today
        self._known: dict[str, dict[str, str]] = {}
        if path.exists():
            header, *lines = path.read_text(encoding="utf-8").splitlines()
            for line in lines:
                row = dict(zip(header.split("\t"), line.split("\t"), strict=True))
                self._known[row["key"]] = row

    def number(self, table: list[dict[str, str]]) -> None:
        """Gives each row its id and dates, new ids after the highest ever given, and writes the ledger."""
        highest = max((int(r["id"].split("-")[1]) for r in self._known.values()), default=0)
        live = set()
        for row in table:
            key = _key(row)
            digest = hashlib.sha1("\t".join(f"{k}={v}" for k, v in sorted(row.items())).encode()).hexdigest()[:8]
            known = self._known.get(key)
            if known is None:
                highest += 1
                known = {"id": f"ACQ-{highest:06d}", "key": key, "added": self._today, "changed": self._today}
                self._known[key] = known
            elif known["digest"] != digest:
                known["changed"] = self._today
            known.update(digest=digest, state="live")
            row.update(id=known["id"], added=known["added"], changed=known["changed"])
            live.add(key)
        for key, known in self._known.items():
            if key not in live:
                known["state"] = "retired"
        entries = sorted(self._known.values(), key=lambda r: r["id"])
        lines = ["\t".join(COLUMNS), *("\t".join(r[c] for c in COLUMNS) for r in entries)]
        self._path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _key(row: dict[str, str]) -> str:
    """Resistance and reduced sensitivity share a key: the same claim, as its evidence grows."""
    effect = "sensitivity" if row["effect"] == "sensitivity" else "resistance"
    return "|".join([row["gene"], row["match"], row["context"], row["drug"], row["disease"], effect])
