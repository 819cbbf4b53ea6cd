"""Gene symbols as tables write them: old ones, everyday names, and what a spreadsheet makes of a symbol."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from acquired.tables import read_table

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATES = (
    re.compile(r"(?P<d>\d{1,2})[-. /](?P<m>[A-Za-z]{3})[a-z]*([-. /]\d{2,4})?"),
    re.compile(r"(?P<m>[A-Za-z]{3})[a-z]*[-. /](?P<d>\d{1,2})([-. /,]+\d{4})?"),
    re.compile(r"\d{4}-(?P<n>\d{2})-(?P<d>\d{2})( 00:00(:00)?)?"),
)


class Symbols:
    """The table resources/dialects/gene_symbols.tsv, and what was made of symbols with it so far.

    genes: symbols of the bundled genes.
    """

    def __init__(self, table: Path, genes: Iterable[str] = ()):
        self._genes = set(genes)
        self._rows = {
            row["written"].casefold(): (row["symbol"].split(";"), row["kind"]) for row in read_table(table).rows
        }
        self.read_as: Counter[tuple[str, str, str]] = Counter()

    def current(self, written: str) -> str:
        """Today's symbol; "" where a date cannot be turned back into one symbol.

        `CD274 (PD-L1)` is CD274. What the table does not know is given back as it is.
        """
        name = re.sub(r"\s*\([^()]*\)$", "", written.strip())
        day = as_date(name)
        symbols, kind = self._rows.get((day or name).casefold(), ([] if day else [name], "date" if day else ""))
        symbol = symbols[0] if len(symbols) == 1 else ""
        if kind:
            self.read_as[written, symbol, kind] += 1
        return symbol

    def is_known(self, written: str) -> bool:
        """Whether this is a symbol of a bundled gene, or one the table knows."""
        return written in self._genes or written.casefold() in self._rows

    def warnings(self) -> list[str]:
        """What was read as what, each once."""
        told = []
        for (written, symbol, kind), times in sorted(self.read_as.items()):
            shown = "".join(c for c in written[:40] if c.isprintable())
            if symbol:
                told.append(f"The gene “{shown}” was read as {symbol} ({kind}; {times} times).")
            else:
                told.append(
                    f"The gene “{shown}” is a date that a spreadsheet made of a symbol; which one cannot be told "
                    f"({times} times). Give the table as the vendor sent it."
                )
        return told


def as_date(name: str) -> str:
    """`1-Mar` for any of the ways a spreadsheet writes that day; "" for what is no date."""
    for pattern in _DATES:
        if match := pattern.fullmatch(name):
            groups = match.groupdict()
            month = int(groups["n"]) if "n" in groups else _month(groups["m"])
            if 1 <= month <= 12 and 1 <= int(groups["d"]) <= 31:
                return f"{int(groups['d'])}-{_MONTHS[month - 1].title()}"
    return ""


def _month(name: str) -> int:
    return _MONTHS.index(name.lower()) + 1 if name.lower() in _MONTHS else 0
