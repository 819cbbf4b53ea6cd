"""Pages for people, from result.json alone: the patient's page, the cohort's page, the summary in the terminal.

`write_report`, `write_cohort` and `summarize` are imported from here, or from the file they stand in. A name is looked
up when it is asked for: each job pays only for what it writes, and rests on the files of what it writes.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {"write_report": "page", "write_cohort": "cohort", "summarize": "summary"}


def __getattr__(name: str) -> Any:
    """One of the room's functions, from its file."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
