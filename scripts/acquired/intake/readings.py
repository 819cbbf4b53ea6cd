"""Depth, reads and fraction of one alternative, from the keys a record carries.

A reading is a row of resources/dialects/callers.yaml bound to one FORMAT layout: a function that takes a record's
values and gives `Counts`, or None where its keys are missing. Values that make no sense raise `Doubt`; the
caller counts it and tries the next reading, so that nothing wrong is taken for a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any, NamedTuple

from acquired.intake.dialects import Dialect

#: Larger counts are no reads: a damaged file. BCF integers end at 2^31.
_LARGEST = 2_000_000_000


_FOUR = re.compile(r"[0-9]+,[0-9]+,[0-9]+,[0-9]+").fullmatch


class Doubt(Exception):
    """A value of a record that cannot be what its key says."""


class Counts(NamedTuple):
    """One alternative in one sample: depth and reads (None: unknown), fraction (0 to 1), and the key they are from."""

    depth: int | None
    ref: int | None
    alt: int | None
    vaf: float | None
    key: str
    strands: str = ""  # "ref+,ref-,alt+,alt-"


#: values of the sample's column, INFO text, REF, ALT, number of the alternative (1-based), number of alternatives
Reading = Callable[[list[str], str, str, str, int, int], "Counts | None"]
Getter = Callable[[list[str], str], str]


def info_value(info: str, key: str) -> str:
    """The value of `key` in an INFO column; "" where it is not there or is a flag."""
    at = info.find(key + "=")
    while at > 0 and info[at - 1] != ";":
        at = info.find(key + "=", at + 1)
    if at < 0:
        return ""
    start = at + len(key) + 1
    end = info.find(";", start)
    return info[start:] if end < 0 else info[start:end]


def number(text: str, key: str) -> int | None:
    """A count of reads; None for a missing value. Raises Doubt for anything else than a whole number ≥ 0."""
    if text in ("", "."):
        return None
    if text.isdecimal():
        value = int(text)
    else:
        value_as_float = _float(text, key, "a number of reads")
        if not abs(value_as_float) <= _LARGEST or int(value_as_float) != value_as_float:
            raise Doubt(f"{key} is not a whole number of reads")
        value = int(value_as_float)
    if value < 0:
        raise Doubt(f"{key} is negative")
    if value > _LARGEST:
        raise Doubt(f"{key} is too large to be reads")
    return value


def fraction(text: str, key: str, index: int, alternatives: int) -> float | None:
    """The fraction of alternative `index` (1-based) from a value such as `0.12`, `12%` or `0.1,0.2`; None if missing.

    One value an alternative, or one more with the reference's first. Raises Doubt for what is no fraction: a value
    above 1 without a per cent sign is not taken for per cent, and a decimal comma not for a list.
    """
    if text in ("", "."):
        return None
    chosen = text
    if "," in text or alternatives != 1:
        values = text.split(",")
        if len(values) not in (alternatives, alternatives + 1):
            raise Doubt(f"{key} has {len(values)} values for {alternatives} alternatives")
        signs = text.count("%")
        whole = not signs and "." not in text and not set(values) <= {"0", "1"}
        if whole or (signs and signs != len(values)) or (alternatives == 1 and not signs and "." not in text):
            raise Doubt(f"{key} has a decimal comma or too many values")
        chosen = values[index - 1] if len(values) == alternatives else values[index]
        if chosen in ("", "."):
            return None
    per_cent = "%" in chosen
    value = _float(chosen.rstrip().removesuffix("%") if per_cent else chosen, key, "a number") / (
        100 if per_cent else 1
    )
    if not 0 <= value <= 1.0000001:
        raise Doubt(f"{key} is not between 0 and 1")
    return min(value, 1.0)


def _float(text: str, key: str, what: str) -> float:
    try:
        if "_" in text:  # Python reads 1_0 as ten
            raise ValueError
        return float(text)
    except ValueError:
        raise Doubt(f"{key} is not {what}") from None


def _getter(key: str, where: str, index: dict[str, int]) -> Getter | None:
    """How to take `key` from a record; None where this FORMAT does not have it."""
    if where == "info":
        return lambda values, info: info_value(info, key)
    at = index.get(key)
    return None if at is None else (lambda values, info: values[at])


def _depth(getters: list[tuple[str, Getter]], values: list[str], info: str, reads: int) -> tuple[int, bool]:
    """The depth, and whether a key gave it; the reads counted where no key does, or gives fewer."""
    for key, get in getters:
        depth = number(get(values, info), key)
        if depth is not None:
            return (depth, True) if depth >= reads else (reads, False)
    return reads, False


def _finish(depth: int, given: bool, ref: int | None, alt: int, says: str, strands: str = "") -> Counts:
    key = says if given or "/" not in says or says.endswith(")") else says.rpartition("/")[0] + "/reads"
    return Counts(depth, ref, alt, alt / depth if depth else None, key, strands)


def bind(spec: dict[str, Any], index: dict[str, int]) -> Reading | None:
    """The reading `spec` for records whose FORMAT has the keys of `index`; None where it lacks one it needs."""
    where, how, says = spec.get("where", "format"), spec["how"], spec["says"]
    depths = [(key, get) for key in spec.get("depth", ()) if (get := _getter(key, where, index))]
    return _HOW[how](spec, where, index, depths, says)


def _per_allele(spec: dict[str, Any], where: str, index: dict[str, int], depths: list, says: str) -> Reading | None:
    key = spec["counts"]
    get = _getter(key, where, index)
    if get is None:
        return None

    def read(values: list[str], info: str, ref: str, alt: str, i: int, n: int) -> Counts | None:
        text = get(values, info)
        if not text or text == ".":
            return None
        parts = text.split(",")
        if len(parts) != n + 1:
            if len(parts) == 1:  # another caller's AD: the alternative's reads alone
                return None
            raise Doubt(f"{key} has {len(parts)} values for {n + 1} alleles")
        reference, reads = number(parts[0], key), number(parts[i], key)
        if reads is None:
            return None
        total = (reference or 0) + reads if n == 1 else sum(number(part, key) or 0 for part in parts)
        depth, given = _depth(depths, values, info, total)
        return _finish(depth, given, reference, reads, says)

    at, depth_at = index.get(key, -1), index.get(spec["depth"][0], -1) if spec.get("depth") else -1
    if where != "format" or depth_at < 0:
        return read

    def read_quickly(values: list[str], info: str, ref: str, alt: str, i: int, n: int) -> Counts | None:
        """Nearly every record: one alternative, whole numbers, a depth that holds them. Others go the long way."""
        if n == 1:
            first, _, second = values[at].partition(",")
            if first.isdecimal() and second.isdecimal() and values[depth_at].isdecimal():
                reference, reads, depth = int(first), int(second), int(values[depth_at])
                if _LARGEST >= depth >= reference + reads:
                    return Counts(depth, reference, reads, reads / depth if depth else None, says)
        return read(values, info, ref, alt, i, n)

    return read_quickly


def _alt_and_ref(spec: dict[str, Any], where: str, index: dict[str, int], depths: list, says: str) -> Reading | None:
    key, other, item = spec["alt"], spec.get("ref", ""), spec.get("item")
    get = _getter(key, where, index)
    get_ref = _getter(other, where, index) if other else None
    if get is None or (other and get_ref is None):
        return None

    def read(values: list[str], info: str, ref: str, alt: str, i: int, n: int) -> Counts | None:
        parts = get(values, info).split(",")
        if parts[0] in ("", ".") and len(parts) == 1:
            return None
        text = get_ref(values, info) if get_ref else "."
        reference = number(text if item is None else text.split(",")[item], other)
        if item is not None:
            if n != 1:
                raise Doubt(f"{key} cannot be told apart for {n} alternatives")
            reads = number(parts[item], key)
        elif len(parts) != n:
            raise Doubt(f"{key} has {len(parts)} values for {n} alternatives")
        else:
            reads = number(parts[i - 1], key)
        if reads is None:
            return None
        total = (reference or 0) + (reads if item is not None else sum(number(part, key) or 0 for part in parts))
        depth, given = _depth(depths, values, info, total)
        if reference is None and not given:
            return None  # reads without a depth: another reading, or the fraction, says more
        return _finish(depth, given, reference, reads, says)

    return read


def _four_strands(spec: dict[str, Any], where: str, index: dict[str, int], depths: list, says: str) -> Reading | None:
    key = spec["counts"]
    get = _getter(key, where, index)
    if get is None:
        return None

    def read(values: list[str], info: str, ref: str, alt: str, i: int, n: int) -> Counts | None:
        text = get(values, info)
        if not text or text.startswith("."):
            return None
        parts = text.split(",")
        if len(parts) != 4:
            raise Doubt(f"{key} has {len(parts)} values instead of 4")
        if n != 1:
            raise Doubt(f"{key} cannot be told apart for {n} alternatives")
        four = [number(part, key) or 0 for part in parts]
        depth, given = _depth(depths, values, info, sum(four))
        return _finish(depth, given, four[0] + four[1], four[2] + four[3], says, ",".join(map(str, four)))

    return read


def _by_base(spec: dict[str, Any], where: str, index: dict[str, int], depths: list, says: str) -> Reading | None:
    item = spec["item"]
    gets = {base: _getter(key, where, index) for base, key in spec["counts"].items()}
    if any(get is None for get in gets.values()):
        return None

    def read(values: list[str], info: str, ref: str, alt: str, i: int, n: int) -> Counts | None:
        if alt not in gets or ref not in gets:
            return None
        counts = {
            base: number(get(values, info).split(",")[item], spec["counts"][base]) for base, get in gets.items() if get
        }
        if counts[alt] is None or counts[ref] is None:
            return None
        depth = sum(count or 0 for count in counts.values())
        return _finish(depth, True, counts[ref], counts[alt] or 0, says)

    return read


def _base_counts(spec: dict[str, Any], where: str, index: dict[str, int], depths: list, says: str) -> Reading | None:
    key = spec["counts"]
    get = _getter(key, where, index)
    if get is None:
        return None

    def read(values: list[str], info: str, ref: str, alt: str, i: int, n: int) -> Counts | None:
        text = get(values, info)
        if not text or text.startswith(".") or alt not in "ACGT" or ref not in "ACGT":
            return None
        parts = text.split(",")
        if len(parts) != 4:
            raise Doubt(f"{key} has {len(parts)} values instead of 4")
        counts = dict(zip("ACGT", (number(part, key) or 0 for part in parts), strict=True))
        return _finish(sum(counts.values()), True, counts[ref], counts[alt], says)

    return read


def _fraction(spec: dict[str, Any], where: str, index: dict[str, int], depths: list, says: str) -> Reading | None:
    key = spec["fraction"]
    get = _getter(key, where, index)
    if get is None:
        return None

    def read(values: list[str], info: str, ref: str, alt: str, i: int, n: int) -> Counts | None:
        share = fraction(get(values, info), key, i, n)
        if share is None:
            return None
        for name, get_depth in depths:
            parts = get_depth(values, info).split(",")
            depth = number(parts[i - 1] if len(parts) == n else parts[0], name)
            if depth is not None:
                return Counts(depth, None, int(share * depth + 0.5), share, says)
        return Counts(None, None, None, share, says.partition("*")[0])

    return read


#: Readings that depend on REF and ALT too.
_BY_BASES = {"by_base", "base_counts"}
_HOW = {
    "per_allele": _per_allele,
    "alt_and_ref": _alt_and_ref,
    "four_strands": _four_strands,
    "by_base": _by_base,
    "base_counts": _base_counts,
    "fraction": _fraction,
}


def bind_strands(table: list[dict[str, str]], index: dict[str, int]) -> Callable[[list[str], int], str] | None:
    """How records of this FORMAT tell strands (ref+, ref-, alt+, alt-); None where they do not."""
    for row in table:
        at = [index.get(row[name], -1) for name in ("key", "ref", "alt", "forward", "reverse") if name in row]
        if min(at) >= 0:
            return _STRANDS[row["how"]](*at)
    return None


def _four(at: int) -> Callable[[list[str], int], str]:
    return lambda values, i: values[at] if _FOUR(values[at]) else ""


def _pair(ref: int, alt: int) -> Callable[[list[str], int], str]:
    return lambda values, i: _four_counts(f"{values[ref]},{values[alt]}")


def _by_allele(forward: int, reverse: int) -> Callable[[list[str], int], str]:
    def read(values: list[str], i: int) -> str:
        plus, minus = values[forward].split(","), values[reverse].split(",")
        if min(len(plus), len(minus)) <= i:
            return ""
        return _four_counts(f"{plus[0]},{minus[0]},{plus[i]},{minus[i]}")

    return read


def _four_counts(text: str) -> str:
    return text if _FOUR(text) else ""


_STRANDS: dict[str, Callable[..., Callable[[list[str], int], str]]] = {
    "four": _four,
    "pair": _pair,
    "by_allele": _by_allele,
}


class Layout:
    """What one FORMAT string gives: bound readings, and where GT, phase and filter stand."""

    def __init__(self, text: str, dialect: Dialect, table: dict[str, Any]):
        keys = text.split(":") if text else []
        index = {key: at for at, key in reversed(list(enumerate(keys)))}
        self.width = len(keys)
        self.index = index
        specs = [(spec, reading) for spec in dialect.readings if (reading := bind(spec, index))]
        self.readings = [reading for _, reading in specs]
        own = [spec.get("where", "format") == "format" and spec["how"] not in _BY_BASES for spec, _ in specs]
        #: So many of the first readings look at nothing but the values of the sample's column.
        self.plain = own.index(False) if False in own else len(own)
        self.normal = bind(dialect.normal_reading, index) if dialect.normal_reading else None
        self.fractions = [(key, index[key]) for key in table["common"]["fractions"] if key in index]
        self.strands = bind_strands(table["strands"], index)
        self.gt, self.dp, self.ft = index.get("GT"), index.get("DP"), index.get("FT")
        self.min_dp = index.get("MIN_DP")
        self.ps, self.pgt, self.pid, self.hp = (index.get(key) for key in ("PS", "PGT", "PID", "HP"))
        self.phased = any(at is not None for at in (self.ps, self.pgt, self.pid, self.hp))
        asked = {"GT", "DP", "FT", "PS", "PGT", "PID", "HP", *table["common"]["fractions"]}
        asked.update(key for spec, _ in specs for key in _texts(spec))
        places = sorted(at for key, at in index.items() if key in asked)
        #: The values that anything but strands depends on, as a key: equal ones say the same of an alternative.
        self.telling: Callable[[list[str]], Any] = itemgetter(*places) if places else lambda values: ""
        self.known: dict[Any, Any] = {}  # what was said already, by `telling` and what else it depended on


def _texts(value: Any) -> Iterator[str]:
    """Every text within a reading's specification; the names of its keys are among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
