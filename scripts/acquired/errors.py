"""The one way bad input is told to the person at the bench.

A `Problem` is one thing that is wrong: where it is (file, row, column or record), what is wrong,
the likely cause and what to do. An `InputError` carries one or more of them. Nothing else is
raised for bad input, and nothing else than `InputError` is caught as such: any other exception
is a defect of ours and may show its traceback.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

#: Exit code of every command that stops because of bad input.
EXIT_BAD_INPUT = 2


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input.

    where:  file, and as far as known sheet row, column or record ("p1.vcf line 17, chr7:55181378").
    what:   what is wrong, with the offending value quoted and shortened by `quote`.
    cause:  the likely cause, in a clause; empty when unknown.
    remedy: what to do, in an imperative clause.
    """

    where: str
    what: str
    cause: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}"
        if self.cause:
            text += f" Likely cause: {self.cause.rstrip('.')}."
        if self.remedy:
            text += f" What to do: {self.remedy}"
        return text

    def as_dict(self) -> dict[str, str]:
        """The problem as plain values, for JSON."""
        return asdict(self)


class InputError(Exception):
    """Bad input: one or more problems, all of which are shown at once."""

    def __init__(self, *problems: Problem):
        if not problems:
            raise ValueError("an InputError needs at least one problem")
        self.problems = list(problems)
        super().__init__("\n".join(str(p) for p in problems))


def quote(value: object, limit: int = 60) -> str:
    """A hostile value made safe to print in a message: one line, printable, at most `limit` characters."""
    text = str(value)
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text[: limit + 1])
    if len(text) > limit:
        shown = shown[:limit] + "…"
    return f"“{shown}”"
