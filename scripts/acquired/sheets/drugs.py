"""Drugs as sheets spell them to the names of the drug table."""

from __future__ import annotations

import re
from pathlib import Path

from acquired.tables import nearest, read_table

_JOINERS = re.compile(r"\s*(?:[+/,;&]|\band\b|\bplus\b|\bwith\b)\s*", re.IGNORECASE)


class DrugNames:
    """Every name of every drug. Without a table (`known` is False) each drug is taken by its lower-cased name."""

    def __init__(self, table: Path):
        self._names: dict[str, str] = {}
        self._spellings: list[str] = []
        self._suggested: dict[str, list[str]] = {}
        self.known = table.is_file()
        if not self.known:
            return
        for row in read_table(table).rows:
            for spelling in (row["name"], *row["synonyms"].split(";")):
                if spelling.strip():
                    self._names.setdefault(_key(spelling), row["name"])
                    self._spellings.append(spelling.strip())

    def parts(self, text: str) -> list[tuple[str, str]]:
        """The drugs in a cell as (name in the table or "" if unknown, as written), in the order written."""
        whole = self._name(text)
        if whole:  # the table has combinations too, some with names of their own (FOLFOX)
            return [(part, text) for part in whole.split(" + ")]
        return [(self._name(part), part) for part in _JOINERS.split(text) if part.strip()]

    def suggest(self, part: str) -> list[str]:
        """Names near to an unknown one; for the first hundred unknown names, since each looks at every drug."""
        if part not in self._suggested and len(self._suggested) < 100:
            self._suggested[part] = nearest(part, self._spellings)
        return self._suggested.get(part, [])

    def _name(self, text: str) -> str:
        if self.known:
            return self._names.get(_key(text), "")
        return "" if _JOINERS.search(text) else " ".join(text.lower().split())


def _key(name: str) -> str:
    """Names are compared without regard to case, blanks, hyphens and other marks."""
    return re.sub(r"[\W_]+", "", name.casefold())
