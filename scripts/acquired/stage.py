"""What every script does around its one call: a log of one line, and no traceback lost.

The log holds the step, the pseudonymous patient, counts and seconds, and nothing else of a person.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import acquired
from acquired.errors import EXIT_BAD_INPUT, InputError
from acquired.jobs import JOBS, read_job
from acquired.model import Specimen
from acquired.running import begin_job

#: Bundled data; they travel with the library, also when the workflow is fetched as a module.
RESOURCES = Path(acquired.__file__).resolve().parents[2] / "resources"

#: What a disk may say, and what helps.
_ROOM = "make room on this disk (or in the folder for temporary files, TMPDIR)"
_OPEN = "see that you may read the file and write to its folder, and that the disk is not mounted read-only"
_REMEDIES = {errno.ENOSPC: _ROOM, errno.EDQUOT: _ROOM, errno.EROFS: _OPEN, errno.EACCES: _OPEN, errno.EPERM: _OPEN}


@contextmanager
def stage(log: str, step: str, patient: str = "") -> Iterator[dict[str, object]]:
    """Run one step under a log. Yields a dict whose entries are written as `key=value` into the log's one line.

    A patient's bad input is a result and no exception by the time it gets here; what the whole run rests on (the lab's
    own genome or claims) raises InputError: it is told without a traceback, and the job fails. So is a disk that is
    full or may not be written to. Any other exception is a defect or a failing machine: its traceback goes into the log
    and to stderr.
    """
    begun = time.perf_counter()
    counts: dict[str, object] = {}
    begin_job()
    with suppress(
        AttributeError
    ):  # a terminal that knows no “…” gets a ?, and the job goes on; files are UTF-8 anywhere
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        _write_log(log, "")
        yield counts
        told = " ".join(f"{key}={value}" for key, value in counts.items())
        seconds = time.perf_counter() - begun
        _write_log(log, f"{step} {patient} {told} seconds={seconds:.2f}\n".replace("  ", " "))
    except InputError as error:
        _write_log(log, f"{step} {patient} refused\n{error}\n")
        print(error, file=sys.stderr)
        raise SystemExit(EXIT_BAD_INPUT) from None
    except BaseException as error:
        if isinstance(error, OSError) and error.errno in _REMEDIES:
            told = _cannot_write(error)
            with suppress(OSError):  # the log lies on the same disk
                _write_log(log, f"{step} {patient} failed\n{told}\n")
            print(told, file=sys.stderr)
            # Files of C libraries that are closed on the way out fail once more, and would print tracebacks.
            sys.unraisablehook, sys.excepthook = (lambda _: None), (lambda *_: None)
            raise SystemExit(1) from None
        import traceback  # a step that goes well does without

        with suppress(OSError):
            _write_log(log, f"{step} {patient} failed\n{traceback.format_exc()}")
        raise


def _write_log(log: str, text: str) -> None:
    Path(log).parent.mkdir(parents=True, exist_ok=True)
    Path(log).write_text(text, encoding="utf-8")


def _cannot_write(error: OSError) -> str:
    """A full or closed disk as the person at the terminal needs it: which file, why, and what to do."""
    where = error.filename2 or error.filename or "a file of this step"
    if isinstance(where, bytes):
        where = os.fsdecode(where)
    return (
        f"{where}: {error.strerror}. What to do: {_REMEDIES[error.errno or 0]}, and give the same command again. "
        "What is finished stays; nothing unfinished is taken for a result."
    )


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
        self.patient = self._given["patient"][0]
        self.specimen = self._given.get("specimen", [""])[0]
        jobs = Path(*self._given["jobs"]) if self._given["jobs"] else JOBS
        self.job, self.library = read_job(jobs, step, self.patient, self.specimen)
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
    words = sys.argv[1:]
    with stage(words[words.index("--log") + 1], step, words[words.index("--patient") + 1]) as counts:
        yield Task(step, words), counts


def tell_problems(problems: list[dict[str, str]], patient: str) -> None:
    """Bad input found in a job, said on the terminal as it is found; the page and the summary say it again."""
    for problem in problems:
        parts = [f"{patient}: REFUSED {problem['where']}: {problem['what']}"]
        if problem.get("remedy"):
            parts.append(f"What to do: {problem['remedy']}")
        print(" ".join(parts), file=sys.stderr)
