"""The accounting of one specimen: what was read, kept, set aside and doubted. Nothing leaves without being counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from acquired.errors import InputError, Problem

_EXAMPLES = 5
_DISAGREEMENTS = 20
_PROBLEMS = 10

#: Put before the reason where a record was kept for its other alternatives; then `count` counts alternatives.
ALTERNATIVE = "alternative of a kept record: "


@dataclass
class Ledger:
    """Counts of one specimen over all its files."""

    read: int = 0
    kept: int = 0
    depth_records: int = 0
    other: int = 0  # entries that became rows of the alterations file
    outside: int = 0
    vaf_keys: Counter[str] = field(default_factory=Counter)
    disagreements: list[dict[str, str]] = field(default_factory=list)
    disagreements_count: int = 0
    depth_sources: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _aside: dict[str, tuple[list[int], list[str]]] = field(default_factory=dict)
    _doubts: dict[str, tuple[list[int], str]] = field(default_factory=dict)
    _more: Counter[str] = field(default_factory=Counter)

    def aside(self, reason: str, example: str) -> None:
        """One record (or alternative) set aside."""
        count, examples = self._aside.setdefault(reason, ([0], []))
        count[0] += 1
        if len(examples) < _EXAMPLES:
            examples.append(example)

    def doubt(self, what: str, example: str) -> None:
        """A value that was not believed; the next key is used, or the number stays unknown."""
        self._doubts.setdefault(what, ([0], example))[0][0] += 1

    def problem(self, kind: str, problem: Problem) -> None:
        """Something for which the file is refused; the first few of each kind are shown, the rest counted."""
        self._more[kind] += 1
        if self._more[kind] <= _PROBLEMS:
            self.problems.append(problem)

    def disagree(self, record: str, used: str, other: str) -> None:
        """Two keys of a record that say different fractions, and which was used."""
        self.disagreements_count += 1
        if len(self.disagreements) < _DISAGREEMENTS:
            self.disagreements.append({"record": record, "used": used, "other": other})

    def raise_problems(self, where: str) -> None:
        """Raises InputError with all problems noted, if any."""
        if not self.problems:
            return
        more = sum(count - _PROBLEMS for count in self._more.values() if count > _PROBLEMS)
        if more:
            self.problems.append(Problem(where, f"{more} more problems of the same kinds are not listed.", "", ""))
        raise InputError(*self.problems)

    def set_aside(self) -> list[dict[str, Any]]:
        """Reasons with counts and examples, the most frequent first."""
        rows = [
            {"reason": reason, "count": count[0], "examples": examples}
            for reason, (count, examples) in self._aside.items()
        ]
        return sorted(rows, key=lambda row: (-int(str(row["count"])), str(row["reason"])))

    def set_aside_records(self) -> int:
        """Records of which nothing was kept."""
        return sum(count[0] for reason, (count, _) in self._aside.items() if not reason.startswith(ALTERNATIVE))

    def all_warnings(self) -> list[str]:
        """Warnings of the files, then what was not believed, counted."""
        doubts = [
            f"{what} ({count[0]} times, first in {example}); another key was used, or the number is unknown."
            for what, (count, example) in sorted(self._doubts.items())
        ]
        return list(dict.fromkeys(self.warnings)) + doubts
