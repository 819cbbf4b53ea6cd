"""`python -m acquired COMMAND`: one command a room. A command's module is imported only when it is asked for.

A room's `cli.py` has `add_parser(subparsers)`: it adds one parser under the room's name and sets its default
`run` to a function that takes the parsed arguments and returns an exit code (None counts as 0).
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys

from acquired.errors import EXIT_BAD_INPUT, InputError

#: Command: what it does, in a line. The module is `acquired.<command>.cli`, but for those in `_ROOMS`.
COMMANDS = {
    "annotate": "name every variant of a VCF on the bundled transcripts, as a table",
    "catalogue": "look into, check or update the resistance catalogue",
    "check": "read all sheets and the head of every file: what would be run, and what is wrong",
    "reanalyze": "judge stored results again by another catalogue",
}
_ROOMS = {"reanalyze": "reanalysis"}


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit code (2 for bad input, told on stderr)."""
    args = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(
        prog="acquired",
        description="What changed in a tumour under targeted therapy, and whether it explains resistance.",
    )
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for command, what in COMMANDS.items():
        if args[:1] == [command]:
            importlib.import_module(f"acquired.{_ROOMS.get(command, command)}.cli").add_parser(subparsers)
        else:
            subparsers.add_parser(command, help=what)
    parsed = parser.parse_args(args)
    try:
        code = parsed.run(parsed)
        sys.stdout.flush()
    except InputError as error:
        for problem in error.problems:
            print(f"acquired: {problem}", file=sys.stderr)
        return EXIT_BAD_INPUT
    except BrokenPipeError:  # `| head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return int(code or 0)
