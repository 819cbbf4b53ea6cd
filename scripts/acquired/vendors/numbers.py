"""Numbers as people and spreadsheets write them: per cent signs, decimal commas, blanks. What is unsure is doubted."""

from __future__ import annotations

import re
from decimal import Decimal

from acquired.intake.readings import Doubt, number

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")


def count(text: str, what: str) -> str:
    """A number of reads as a VCF has it; "." for an empty cell. Raises Doubt for anything else than a whole number ≥ 0.

    `1,234` and `1.234` are doubted: whether the sign groups thousands or begins decimals cannot be told.
    """
    if "," in text or (text.count(".") == 1 and len(text.rpartition(".")[2]) == 3):
        raise Doubt(f"{what} has a thousands separator or a decimal comma")
    value = number(text, what)
    return "." if value is None else str(value)


def share(text: str, what: str, percent: bool = False) -> str:
    """An allele fraction as decimal text ("0.125"); "." for an empty cell.

    Takes `0.125`, `12.5%`, `12.5 %` and a decimal comma in place of the point. percent: the column is in per cent by
    its name. Raises Doubt for what is no number, for a fraction above 1 without a per cent sign, and for what lies
    outside 0 to 1.
    """
    if text in ("", "."):
        return "."
    bare = text.rstrip()
    signed = bare.endswith("%")
    bare = bare.removesuffix("%").rstrip()
    if bare.count(",") == 1 and "." not in bare:
        bare = bare.replace(",", ".")
    if not _NUMBER.fullmatch(bare):
        raise Doubt(f"{what} is not a number")
    value = Decimal(bare)
    if signed or percent:
        value /= 100
    elif value > 1:
        raise Doubt(f"{what} is above 1 without a per cent sign")
    if not 0 <= value <= 1:
        raise Doubt(f"{what} is not between 0 and 1")
    return format(value, "f")


def amount(text: str, what: str) -> float | None:
    """A copy number, fold change or value ≥ 0; None for an empty cell. Raises Doubt for anything else."""
    if text in ("", "."):
        return None
    bare = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    if not _NUMBER.fullmatch(bare):
        raise Doubt(f"{what} is not a number")
    value = float(bare)
    if value < 0:
        raise Doubt(f"{what} is negative")
    return value
