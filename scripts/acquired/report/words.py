"""The words, numbers and dates of the pages, by language.

Every word a page prints comes from `resources/wording/report.<language>.yaml`
(schema: workflow/schemas/wording.schema.yaml). Numbers follow resources/wording/locales.yaml, never the
machine's locale, so that a page is the same bytes everywhere.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

from acquired.bundled import read_yaml
from acquired.errors import InputError, Problem, quote

#: What is printed where there is nothing to print: an en dash, never an empty cell.
NOTHING = "–"

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?\Z")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z")


class Words:
    """One language's words and one locale's ways of writing numbers and dates."""

    def __init__(self, table: dict[str, Any], locale: dict[str, str]):
        self.table = table
        self.language: str = table["language"]
        self._decimal, self._thousands = locale["decimal"], locale["thousands"]
        self._percent, self._date = locale["percent"], locale["date"]

    @classmethod
    def read(cls, resources: Path, language: str = "en", locale: str = "") -> Words:
        """The words of `language` and the numbers of `locale` (the language's own, if empty) from `resources`/wording.

        InputError if either is not there.
        """
        folder = resources / "wording"
        path = folder / f"report.{language}.yaml"
        if not _LANGUAGE.match(language) or not path.is_file():
            known = sorted(p.name.split(".")[1] for p in folder.glob("report.*.yaml"))
            raise InputError(_unknown("language", language, known, "translate resources/wording/report.en.yaml"))
        locales = read_yaml(folder / "locales.yaml")
        if (locale or language) not in locales:
            raise InputError(_unknown("locale", locale, sorted(locales), "add it to resources/wording/locales.yaml"))
        return cls(read_yaml(path), locales[locale or language])

    def __call__(self, group: str, key: str, /, **values: object) -> str:
        """The text of `group`.`key` with its {names} filled in."""
        text: str = self.table[group][key]
        return text.format(**values) if values else text

    def of(self, group: str, value: str) -> str:
        """A vocabulary word (`verdict`, `trajectory`, …) in this language; an unknown value as it stands."""
        word = self.table[group].get(value)
        return word if isinstance(word, str) else value

    def number(self, value: float | None, digits: int = 0) -> str:
        """A number with `digits` decimals and grouped thousands."""
        if value is None or not math.isfinite(value):
            return NOTHING
        text = f"{value:,.{digits}f}"
        return text.translate({ord(","): self._thousands, ord("."): self._decimal})

    def short(self, value: float | None) -> str:
        """A measured number with three significant digits at most, without trailing zeros."""
        if value is None or not math.isfinite(value):
            return NOTHING
        if value == int(value):
            return self.number(value)
        size = math.floor(math.log10(abs(value)))
        text = self.number(value, max(0, 2 - size))
        return text.rstrip("0").rstrip(self._decimal) if self._decimal in text else text

    def fraction(self, value: float | None) -> str:
        """A fraction between 0 and 1 in per cent: one decimal from 1 % up, else two significant digits."""
        if value is None or not math.isfinite(value):
            return NOTHING
        percent = value * 100
        digits = 1 if percent >= 1 or percent <= 0 else 1 - math.floor(math.log10(percent))
        if percent in (0, 100):
            digits = 0
        return self._percent.format(n=self.number(percent, digits)).replace(" ", "\u00a0")

    def percent(self, value: float) -> str:
        """A fraction in per cent without trailing zeros, for ticks."""
        return self._percent.format(n=self.short(round(value * 100, 6))).replace(" ", "\u00a0")

    def p(self, value: float | None) -> str:
        """A p-value: two significant digits, in powers of ten below 0.001."""
        if value is None or not math.isfinite(value):
            return NOTHING
        if value < 1e-30:  # of no use to a reader, and beyond what single-precision fields carry
            return "< 10⁻³⁰"
        if value < 0.001:
            exponent = math.floor(math.log10(value))
            head = self.number(round(value / 10**exponent, 1), 1)
            return f"{head} × 10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return self.number(value, 4 if value < 0.01 else 3 if value < 0.1 else 2)

    def date(self, iso: str) -> str:
        """An ISO date in this language's order; anything else as it stands."""
        match = _ISO_DATE.match(iso)
        if not match:
            return iso
        return self._date.format(year=match[1], month=match[2], day=match[3])

    def day(self, day: int | None) -> str:
        """A day on the patient's axis, in words; a true minus sign before the start."""
        return self("who", "day_unknown") if day is None else self("who", "day", day=signed(day))


def signed(value: int) -> str:
    """An integer with a true minus sign."""
    return f"−{-value}" if value < 0 else str(value)


def _unknown(setting: str, value: str, known: list[str], otherwise: str) -> Problem:
    return Problem(
        f"config, report: {setting}",
        f"there is no {setting} {quote(value)}.",
        "the name is misspelt, or nobody has written it yet",
        f"choose one of {', '.join(known)}, or {otherwise}.",
    )
