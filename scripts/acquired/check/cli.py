"""`python -m acquired check`: what a run here would do and what is wrong, in seconds; nothing is written."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from acquired.errors import EXIT_BAD_INPUT, InputError, Problem, quote
from acquired.stage import RESOURCES

_CONFIG = Path("config/config.yaml")


def add_parser(subparsers: Any) -> None:
    """Add `check` to the command line."""
    parser = subparsers.add_parser("check", help="read all sheets and the head of every file before a run")
    parser.add_argument("--directory", type=Path, default=Path(), metavar="DIR", help="working directory of the run")
    parser.add_argument("--configfile", type=Path, metavar="FILE", help=f"default: {_CONFIG}, if it is there")
    parser.add_argument("--quiet", action="store_true", help="warnings and problems only")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from acquired.check.cohort import check

    if not args.directory.is_dir():
        raise InputError(Problem(str(args.directory), "there is no such folder.", "", "correct --directory."))
    os.chdir(args.directory)  # relative paths of config and sheets begin there, as in a run
    found = check(_config(args.configfile), Path.cwd(), RESOURCES)
    return tell(found, quiet=args.quiet)


def tell(found: Any, quiet: bool = False) -> int:
    """Print the plan on stdout, warnings and problems on stderr; the exit code."""
    if not quiet:
        print("\n".join(found.lines), flush=True)
    for warning in found.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    for problem in found.problems:
        print(f"PROBLEM: {problem}", file=sys.stderr)
    n = len(found.problems)
    print(f"{n or 'No'} problem{'' if n == 1 else 's'}, {len(found.warnings)} warnings.", file=sys.stderr)
    return EXIT_BAD_INPUT if found.problems else 0


def _config(path: Path | None) -> dict[str, Any]:
    import yaml

    chosen = path or _CONFIG
    if path is None and not chosen.exists():
        return {}
    try:
        loaded = yaml.safe_load(chosen.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            Problem(str(chosen), f"it cannot be read: {type(error).__name__}.", "", "correct --configfile.")
        ) from None
    except yaml.YAMLError as error:
        text = quote(str(error).splitlines()[0])
        raise InputError(Problem(str(chosen), f"it is not YAML: {text}.", "", "mend its syntax.")) from None
    return loaded if isinstance(loaded, dict) else {} if loaded is None else {"": loaded}
