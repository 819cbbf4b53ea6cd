"""What every script does around its one call: a log of one line, and no traceback lost.

The log holds the step, the pseudonymous patient, counts and seconds, and nothing else of a person.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import acquired
from acquired.errors import EXIT_BAD_INPUT, InputError

#: Bundled data; they travel with the library, also when the workflow is fetched as a module.
RESOURCES = Path(acquired.__file__).resolve().parents[2] / "resources"


@contextmanager
def stage(log: str, step: str, patient: str = "") -> Iterator[dict[str, object]]:
    """Run one step under a log. Yields a dict whose entries are written as `key=value` into the log's one line.

    A patient's bad input is a result and no exception by the time it gets here; what the whole run rests on (the lab's
    own genome or claims) raises InputError: it is told without a traceback, and the job fails. Any other exception is
    a defect or a failing machine: its traceback goes into the log and to stderr.
    """
    begun = time.perf_counter()
    counts: dict[str, object] = {}
    Path(log).parent.mkdir(parents=True, exist_ok=True)
    with Path(log).open("w", encoding="utf-8") as out:
        try:
            yield counts
        except InputError as error:
            out.write(f"{step} {patient} refused\n{error}\n")
            print(error, file=sys.stderr)
            raise SystemExit(EXIT_BAD_INPUT) from None
        except BaseException:
            out.write(f"{step} {patient} failed\n{traceback.format_exc()}")
            raise
        told = " ".join(f"{key}={value}" for key, value in counts.items())
        out.write(f"{step} {patient} {told} seconds={time.perf_counter() - begun:.2f}\n".replace("  ", " "))


def tell_problems(problems: list[dict[str, str]], patient: str) -> None:
    """Bad input found in a job, said on the terminal as it is found; the page and the summary say it again."""
    for problem in problems:
        parts = [f"{patient}: REFUSED {problem['where']}: {problem['what']}"]
        if problem.get("remedy"):
            parts.append(f"What to do: {problem['remedy']}")
        print(" ".join(parts), file=sys.stderr)
