"""Running a function on many inputs in a forked process: at most 1 GB of memory and 10 s for each.

A process that dies or hangs is found out by its parent, which goes on behind the input that it died of.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

#: Bytes of address space that an input may cost, beyond what the process has when it starts on it.
MEMORY = 2**30
#: Seconds for one input, by the worker's own clock; what its C code does not let go of is killed a little later.
SECONDS = 10
#: Wall seconds without an answer: it hangs where no CPU is used, or outside Python.
HANGS = 90


class TooLong(BaseException):
    """Not an Exception: no handler of the library may take it for a file's fault."""


@dataclass
class Tally:
    """What became of the inputs. wrong: label of the input and what happened."""

    ok: int = 0
    refused: int = 0
    slowest: float = 0.0
    wrong: list[tuple[str, str]] = field(default_factory=list)

    def __iadd__(self, other: Tally) -> Tally:
        self.ok += other.ok
        self.refused += other.refused
        self.slowest = max(self.slowest, other.slowest)
        self.wrong += other.wrong
        return self


def run_all(labels: Sequence[str], run: Callable[[str], bool]) -> Tally:
    """`run(label)` for each: True is success, False a refusal of ours, any exception a failure."""
    tally, at = Tally(), 0
    while at < len(labels):
        at = _fork(labels, at, run, tally)
    return tally


def _fork(labels: Sequence[str], at: int, run: Callable[[str], bool], tally: Tally) -> int:
    """Inputs from `at` on in one process; gives where the next one has to begin."""
    out, into = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if not child:
        os.close(out)
        _work(labels, at, run, into)
    os.close(into)
    done = b""
    while True:
        ready, _, _ = select.select([out], [], [], HANGS)
        if not ready:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            at = _take(done, labels, at, tally)
            tally.wrong.append((labels[at], f"no answer within {HANGS} s: it hangs outside Python"))
            os.close(out)
            return at + 1
        chunk = os.read(out, 1 << 16)
        if not chunk:
            break
        done += chunk
        whole, _, done = done.rpartition(b"\n\0")
        at = _take(whole, labels, at, tally)
    os.close(out)
    _, status = os.waitpid(child, 0)
    if at < len(labels):
        tally.wrong.append((labels[at], f"the process died: signal {status & 127}, exit code {status >> 8}"))
        at += 1
    return at


def _take(answers: bytes, labels: Sequence[str], at: int, tally: Tally) -> int:
    for answer in answers.split(b"\n\0"):
        if not answer:
            continue
        kind, seconds, told = answer.decode("utf-8", "replace").split(" ", 2)
        tally.slowest = max(tally.slowest, float(seconds))
        tally.ok += kind == "ok"
        tally.refused += kind == "refused"
        if kind == "wrong":
            tally.wrong.append((labels[at], told))
        at += 1
    return at


def _work(labels: Sequence[str], at: int, run: Callable[[str], bool], into: int) -> None:
    """The child: never returns."""

    def late(*_: Any) -> None:
        raise TooLong

    signal.signal(signal.SIGPROF, late)
    limit = _address_space() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # htslib tells of bad input on stderr, pages of it.
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        for label in labels[at:]:
            begun, told = time.perf_counter(), ""
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            try:
                kind = "ok" if run(label) else "refused"
            except TooLong:
                kind, told = "wrong", f"more than {SECONDS} CPU s\n{traceback.format_exc()}"
            except BaseException:
                kind, told = "wrong", traceback.format_exc()
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
            said = "\n".join(line[:300] for line in told.replace("\0", "\\0").splitlines()[-14:])
            os.write(into, f"{kind} {time.perf_counter() - begun:.3f} {said}\n\0".encode("utf-8", "replace"))
    finally:
        os._exit(0)


def _address_space() -> int:
    """Bytes of address space this process has now (pages are 4 kB on what CI runs on)."""
    with open("/proc/self/statm") as statm:  # noqa: PTH123
        return int(statm.read().split()[0]) * resource.getpagesize()
