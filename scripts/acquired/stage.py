"""What every script does around its one call: a log of one line, and no traceback lost.

The log holds the step, the pseudonymous patient, counts and seconds, and nothing else of a person.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import acquired
from acquired.errors import EXIT_BAD_INPUT, InputError
from acquired.jobs import read_job
from acquired.model import Specimen

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
            import traceback  # a step that goes well does without

            out.write(f"{step} {patient} failed\n{traceback.format_exc()}")
            raise
        told = " ".join(f"{key}={value}" for key, value in counts.items())
        out.write(f"{step} {patient} {told} seconds={time.perf_counter() - begun:.2f}\n".replace("  ", " "))


class Task:
    """What a job's command line names: its patient (and specimen), its paths, and what `jobs` holds of it.

    The words are `--name value...`, each a name from the rule file; values are ids and paths of the workflow's own
    grammar, which never begin with two hyphens.
    """

    def __init__(self, step: str, words: list[str]):
        """words: as in sys.argv, without the script."""
        self._given: dict[str, list[str]] = {}
        for word in words:
            if word.startswith("--"):
                values = self._given.setdefault(word[2:], [])
            else:
                values.append(word)
        self.log, self.patient = self._given["log"][0], self._given["patient"][0]
        self.specimen = self._given.get("specimen", [""])[0]
        self.job, self.library = read_job(self.path("jobs"), step, self.patient, self.specimen)
        self.settings: dict[str, Any] = self.job["settings"]

    def path(self, name: str) -> Path:
        """The one path given as `name`."""
        return Path(self._given[name][0])

    def paths(self, name: str) -> list[Path]:
        """All paths given as `name`."""
        return [Path(value) for value in self._given[name]]

    @property
    def references(self) -> dict[str, Path]:
        """Build to the folder of its reference; both, whatever a sheet states: the other one tells a wrong build."""
        from acquired.reference.core import BUILDS  # an import that not every step needs

        return {build: self.path("reference").with_name(build) for build in BUILDS}

    @property
    def specimens(self) -> list[Specimen]:
        """The specimens that this job sees, in order of time."""
        return [Specimen.from_dict(values) for values in self.job["specimens"]]

    @property
    def normalized(self) -> dict[str, Path]:
        """Specimen to its account, for each specimen of the patient."""
        return {path.name.removesuffix(".normalized.json"): path for path in self.paths("accounts")}


@contextmanager
def task(step: str) -> Iterator[tuple[Task, dict[str, object]]]:
    """`stage` for a script that a patient's rule calls by a command line. Yields what it is given, and the counts."""
    given = Task(step, sys.argv[1:])
    with stage(given.log, step, given.patient) as counts:
        yield given, counts


def tell_problems(problems: list[dict[str, str]], patient: str) -> None:
    """Bad input found in a job, said on the terminal as it is found; the page and the summary say it again."""
    for problem in problems:
        parts = [f"{patient}: REFUSED {problem['where']}: {problem['what']}"]
        if problem.get("remedy"):
            parts.append(f"What to do: {problem['remedy']}")
        print(" ".join(parts), file=sys.stderr)
