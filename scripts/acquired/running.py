"""Which runs and jobs of a working directory are alive, so that what a killed run left behind stands in nobody's way.

Snakemake locks its working directory by files that name no process: after SIGKILL, a lost connection or a power cut
they stay, and the next run refuses to start. Here each run holds a record of its own in `.snakemake/acquired`, which
the kernel locks (flock) as long as it lives; no kind of death outlasts that. Its lock is removed only where
a record of this machine is found whose run is dead, and none of a run that lives, or whose life cannot be seen here.

Jobs of a killed run may live on. They hold a lock of their own, and a new run waits for them: a job that was started
before a sheet was edited must not end after, and put an old result in the place of the new one.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

#: Where, in the working directory.
FOLDER = Path(".snakemake", "acquired")

#: Seconds after which a record of another machine counts no more, if Snakemake holds no lock.
_STALE = 86_400

_held: list[IO[bytes]] = []


def begin_run(workdir: Path, tell: Callable[[str], object]) -> None:
    """Record this process as a run of `workdir` until it ends, remove a dead run's lock, wait for a dead run's jobs.

    tell: takes each message to the user. Where the folder cannot be written or locked nothing is done: Snakemake's own
    lock stands then, and `snakemake --unlock` removes it.
    """
    folder, locks = workdir / FOLDER, workdir / ".snakemake" / "locks"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        own = _record(folder)  # first: of two that begin at once, one sees the other
        records = [r for r in folder.glob("*.run") if r != own]
        ours = [r for r in records if r.name.startswith(f"{_host()}~")]
        dead = [r for r in ours if _dead(r)]
        others = [r for r in records if r not in ours]
        left = list(locks.glob("*.lock"))
        if left and dead and len(dead) == len(records):
            for lock in left:
                lock.unlink(missing_ok=True)
            tell("The run before this one was killed. Its lock is removed; its unfinished work is done again.")
        elif left and others:
            names = ", ".join(sorted({r.name.partition("~")[0] for r in others}))
            tell(
                f"A run of this folder was started on {names}. If nothing runs there any more: snakemake --unlock, "
                "and the same command again."
            )
        for record in dead + [r for r in others if not left and time.time() - r.stat().st_mtime > _STALE]:
            record.unlink(missing_ok=True)
        if len(dead) == len(ours):
            _wait_for_jobs(folder, tell)
    except OSError:
        return


def begin_job() -> None:
    """Hold the lock of this machine's jobs until this process ends. The working directory is the run's.

    Without a record of a run nothing is done.
    """
    try:
        jobs = (FOLDER / f"{_host()}.jobs").open("ab")
        fcntl.flock(jobs, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return
    _held.append(jobs)


def _host() -> str:
    return os.uname().nodename


def _record(folder: Path) -> Path:
    """A locked file gets its name: no other run ever sees it unlocked while this process lives."""
    name = f"{_host()}~{os.urandom(6).hex()}"
    draft = folder / f"{name}.new"
    record = draft.open("wb")
    fcntl.flock(record, fcntl.LOCK_EX | fcntl.LOCK_NB)
    made, process = draft.rename(folder / f"{name}.run"), os.getpid()
    _held.append(record)
    atexit.register(lambda: made.unlink(missing_ok=True) if os.getpid() == process else None)
    return made


def _dead(record: Path) -> bool:
    try:
        with record.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError):  # it lives, or has just ended well
        return False
    return True


def _wait_for_jobs(folder: Path, tell: Callable[[str], object]) -> None:
    with (folder / f"{_host()}.jobs").open("ab") as jobs:
        try:
            fcntl.flock(jobs, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("Jobs of the run that was killed are still at work. This run begins when they have ended.")
            fcntl.flock(jobs, fcntl.LOCK_EX)
