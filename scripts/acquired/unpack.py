"""The one place where files of others are unpacked and read as a stream: bounded in what a few bytes can cost.

Three things are refused because no call file needs them, and each would let a small file fill the memory or the time
of a machine: a line of more than MAX_LINE bytes; content that unpacks to more than MAX_RATIO times what was read of it
(deflate reaches 1,032, call files 5 to 60; only looked at from FREE bytes on); a number of some thousand digits, which
Python reads in quadratic time, and from 4,300 digits on not at all.
"""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from acquired.errors import InputError, Problem

#: Bytes. A record of 100,000 samples with genotype and reads fits; one specimen's record has a few hundred bytes.
MAX_LINE = 16 * 2**20
#: Unpacked bytes for each packed one.
MAX_RATIO = 250
#: Unpacked bytes from which on the ratio counts.
FREE = 16 * 2**20
#: Digits in a row.
MAX_DIGITS = 2000

_CHUNK = 1 << 17
_STRIDE = 128
_SAMPLED = re.compile(rb"[0-9]{%d}" % (MAX_DIGITS // _STRIDE))
_DIGITS = re.compile(rb"[0-9]{%d}" % MAX_DIGITS)
_LINE = f"it has a line of more than {MAX_LINE >> 20} MB"
_BOMB = (f"it unpacks to more than {MAX_RATIO} times its size", "it was made to exhaust the machine, or is damaged")


@contextmanager
def opened(path: Path, packed: bool) -> Iterator[IO[bytes]]:
    """A file's content as a buffered stream of bytes; `packed`: it is gzip (or BGZF).

    Reading raises InputError where a limit above is passed, and what gzip raises where the file is damaged.
    """
    with path.open("rb") as raw:
        unpacked: Any = gzip.GzipFile(fileobj=raw) if packed else raw
        yield io.BufferedReader(_Bounded(unpacked, raw if packed else None, path.name), _CHUNK)


def long_number(data: bytes) -> bool:
    """Whether a number of MAX_DIGITS digits or more is there. Looks at every 128th byte first: nearly free."""
    return bool(_SAMPLED.search(data[::_STRIDE]) and _DIGITS.search(data))


def check_line(line: bytes, name: str) -> None:
    """Refuse a line that is too long, or holds a number that is; for lines that were not read from `opened`."""
    if len(line) > MAX_LINE:
        raise _refused(name, _LINE, "it is no text, or a cohort's file")
    if long_number(line):
        raise _refused(name, f"it holds a number of more than {MAX_DIGITS:,} digits", "it is damaged")


def check_bgzf(path: Path) -> None:
    """Refuse a BGZF file (a BCF) that unpacks to too much, by the sizes its blocks state; nothing is unpacked."""
    total, size = 0, path.stat().st_size
    with path.open("rb") as raw:
        at = 0
        while at < size:
            raw.seek(at)
            head = raw.read(18)
            if len(head) < 18 or head[:2] != b"\x1f\x8b" or head[12:14] != b"BC":
                return  # no BGZF, or damaged: its reader says so
            at += int.from_bytes(head[16:18], "little") + 1
            raw.seek(at - 4)
            total += int.from_bytes(raw.read(4), "little")
    if total > FREE and total > MAX_RATIO * size:
        raise _refused(path.name, *_BOMB)


def _refused(name: str, what: str, cause: str) -> InputError:
    return InputError(Problem(name, f"{what}, which no file of calls does.", cause, "give the caller's own file."))


class _Bounded(io.RawIOBase):
    """What is read through it is counted. Gives whole chunks, so that nothing hides on the border of small ones."""

    def __init__(self, source: Any, packed: Any, name: str):
        self._source, self._packed, self._name = source, packed, name
        self._total = self._line = 0
        self._tail = b""

    def readable(self) -> bool:
        """True: it is a stream to read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer`; gives the number of bytes, 0 at the end."""
        view = memoryview(buffer).cast("B")
        size = 0
        while size < len(view):
            got = self._source.readinto(view[size:])
            if not got:
                break
            size += got
        self._check(bytes(view[:size]))
        return size

    def _check(self, chunk: bytes) -> None:
        self._total += len(chunk)
        newline = chunk.rfind(b"\n")
        self._line = self._line + len(chunk) if newline < 0 else len(chunk) - newline - 1
        if self._line > MAX_LINE:
            raise _refused(self._name, _LINE, "it is no text, or a cohort's file")
        if self._packed and self._total > FREE and self._total > MAX_RATIO * self._packed.tell():
            raise _refused(self._name, *_BOMB)
        if long_number(self._tail + chunk):
            raise _refused(self._name, f"it holds a number of more than {MAX_DIGITS:,} digits", "it is damaged")
        self._tail = chunk[-MAX_DIGITS:]
