"""Days and dates as sheets hold them, and as Excel rewrote them.

A day is a whole number on the patient's own axis. A date is accepted in every spelling that can mean
only one day; a spelling that two countries read differently (3/4/2021) is refused, because the order of
two specimens, and with it the word "emerged", may hang on it.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from acquired.errors import quote

#: Excel counts days from here (its 1900 date system, beyond its non-existent 29 February 1900).
_EXCEL_ZERO = datetime.date(1899, 12, 30)
#: Whole numbers from here on are Excel's serial numbers of dates (1968 to 2119), below it days (68 years).
_SERIAL = range(25_000, 80_000)
_YEARS = range(1950, 2100)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?\Z", re.ASCII)
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)\Z", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\Z", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})\Z", re.ASCII)
_NAMED = re.compile(r"(\d{1,2})[-\s./]+([A-Za-z]{3,9})\.?[-\s,./]+(\d{4})\Z", re.ASCII)
_NAMED_US = re.compile(r"([A-Za-z]{3,9})\.?[-\s./]+(\d{1,2})[-\s,./]+(\d{4})\Z", re.ASCII)
_WRITE_ISO = "write it as year-month-day (2021-04-03), or give days; in Excel format the column as text first."


class BadTimeError(ValueError):
    """A cell that is no day and no certain date; `what`, `cause` and `remedy` say why."""

    def __init__(self, what: str, cause: str = "", remedy: str = _WRITE_ISO):
        super().__init__(what)
        self.what, self.cause, self.remedy = what, cause, remedy


@dataclass(frozen=True, slots=True)
class Time:
    """A day (number) or a date; exactly one of them is set. rewritten: it was a serial number of Excel."""

    day: int | None = None
    date: datetime.date | None = None
    rewritten: bool = False


def parse_time(text: str) -> Time:
    """The day or date in a cell. Raises BadTimeError where there is none, or where it could mean two."""
    if re.fullmatch(r"[+-]?\d{1,5}(\.0+)?", text, re.ASCII):
        number = int(float(text))
        if number in _SERIAL:
            return Time(date=_EXCEL_ZERO + datetime.timedelta(days=number), rewritten=True)
        if abs(number) < _SERIAL.start:
            return Time(day=number)
    match = _ISO.match(text) or _COMPACT.match(text)
    if match:
        year, month, day = (int(part) for part in match.groups() if part.isdigit())
        return _date(text, year, month, day)
    if match := _DOTTED.match(text):  # dots: day first wherever they are used
        return _date(text, int(match[3]), int(match[2]), int(match[1]))
    if match := _SLASHED.match(text):
        return _slashed(text, int(match[1]), int(match[3]), int(match[4]))
    if match := _NAMED.match(text):
        return _date(text, int(match[3]), _month(text, match[2]), int(match[1]))
    if match := _NAMED_US.match(text):
        return _date(text, int(match[3]), _month(text, match[1]), int(match[2]))
    if re.search(r"\d[-/. ]+\w+[-/. ]+\d\d\Z", text, re.ASCII):
        raise BadTimeError(f"the date {quote(text)} has a year of two digits.", "Excel shortened it")
    if re.fullmatch(r"[#]+", text):
        raise BadTimeError(
            f"{quote(text)} is what Excel shows when a column is too narrow.", "the sheet was copied as shown"
        )
    raise BadTimeError(f"{quote(text)} is neither a day (a whole number) nor a date.")


def _slashed(text: str, first: int, second: int, year: int) -> Time:
    """d/m/Y or m/d/Y: accepted where only one of them is a date, or both are the same day."""
    if first > 12:
        return _date(text, year, second, first)
    if second > 12 or first == second:
        return _date(text, year, first, second)
    raise BadTimeError(
        f"the date {quote(text)} can mean {year}-{second:02d}-{first:02d} or {year}-{first:02d}-{second:02d}.",
        "Excel rewrote it in the form of one country",
    )


def _month(text: str, name: str) -> int:
    short = "sep" if name.lower() == "sept" else name.lower()
    for number, full in enumerate(_MONTHS, 1):
        if full.startswith(short):
            return number
    raise BadTimeError(f"{quote(name)} in the date {quote(text)} is not an English name of a month.")


def _date(text: str, year: int, month: int, day: int) -> Time:
    if year not in _YEARS:
        raise BadTimeError(f"the year of the date {quote(text)} is not between {_YEARS.start} and {_YEARS.stop - 1}.")
    try:
        return Time(date=datetime.date(year, month, day))
    except ValueError:
        raise BadTimeError(f"there is no such date as {quote(text)}.") from None
