"""The one place where an id from a sheet is checked before it becomes part of a path or a shell word."""

from __future__ import annotations

import re

from acquired.errors import Problem, quote

#: Letters, digits, and . _ - + inside; begins with a letter or digit; at most 64 characters.
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}\Z")

#: Names that Windows shares refuse, whatever their case or extension.
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?\Z", re.IGNORECASE)


def check_id(value: str, where: str, what: str = "id") -> Problem | None:
    """The problem with `value` as an id, or None. An id that passes is safe as a file name and a shell word."""
    if not ID.match(value) or ".." in value or value.endswith(".") or _RESERVED.match(value):
        return Problem(
            where,
            f"the {what} {quote(value)} cannot be used.",
            "it holds a character, or is a name, that is not safe as part of a file path",
            "use letters, digits, '.', '_', '-' or '+', beginning with a letter or digit, at most 64 characters.",
        )
    return None
