"""The one place where the library reads the YAML files that come with it.

Parsing them, and importing the parser, costs as much as a panel's calls do to compare. So what was read is kept beside
the compiled modules, under the same trust and by the same switches, together with the text it was read from: a file
that was changed in any way is read anew.
"""

from __future__ import annotations

import marshal
import os
import sys
from pathlib import Path
from typing import Any


def read_yaml(path: Path) -> Any:
    """A YAML file of the resources, as plain values."""
    text = path.read_bytes()
    kept = (
        Path(__file__).parent / "__pycache__" / f"{path.parent.name}.{path.name}.{sys.implementation.cache_tag}.marshal"
    )
    try:
        source, values = marshal.loads(kept.read_bytes())
    except (OSError, ValueError, EOFError, TypeError):
        source = values = None
    if source == text:
        return values
    import yaml

    values = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    if not sys.dont_write_bytecode:
        _keep(kept, text, values)
    return values


def _keep(kept: Path, text: bytes, values: Any) -> None:
    """Put it there in one step, where that is possible: a read-only installation goes without."""
    partial = kept.with_name(f"{kept.name}.{os.getpid()}")
    try:
        partial.write_bytes(marshal.dumps((text, values)))
        partial.replace(kept)
    except (OSError, ValueError):  # a date, say, cannot be kept
        partial.unlink(missing_ok=True)
