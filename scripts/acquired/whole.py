"""Files and folders that are written whole or not at all, whatever ends the process that writes them.

All results are written by this one way: under a hidden name beside the target, which then gets the target's name in
one step of the file system. A process that is killed leaves at most `.<name>.<letters>.partial`, which no rule names
and which the next writing of the same target removes.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from acquired.errors import InputError

#: Bytes. With less than this free, an error whose cause is not told (htslib tells none) is that of a full disk.
_FULL = 1 << 16


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A hidden name beside `path`, for a file or folder to be made; what stands there at the end of the block goes.

    No two processes get the same name: one that outlived its run cannot put in place what another has half written.
    What killed processes left of the same `path` goes first. An OSError of the block tells the file, also where the
    system call knew none; an error of a library that tells no cause becomes one where the disk is full.
    """
    partial = path.with_name(f".{path.name}.{os.urandom(4).hex()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        try:
            yield partial
        finally:
            _remove(partial)
    except OSError as error:
        if error.errno and error.filename in (None, str(partial)):
            error.filename = str(path)
        if error.errno or not _full(path.parent):
            raise
        raise _no_space(path) from error
    except InputError:
        raise
    except Exception as error:
        if not _full(path.parent):
            raise
        raise _no_space(path) from error


@contextmanager
def workshop(path: Path) -> Iterator[Path]:
    """A hidden folder beside `path` to work in, which goes at the end of the block with all that is left in it."""
    with beside(path) as folder:
        folder.mkdir()
        yield folder


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A hidden name to write to, which gets the name `path` at the end of the block; nothing happens if it fails.

    A folder takes the place of the folder that was there.
    """
    with beside(path) as partial:
        yield partial
        if partial.is_dir() and path.is_dir():
            shutil.rmtree(path)
        partial.replace(path)


def write_bytes(path: Path, content: bytes) -> None:
    """A file of these bytes, whole or not at all; with the permissions that the user's umask gives."""
    with whole(path) as partial:
        partial.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """A file of this text as UTF-8 with its line ends as they are, whole or not at all."""
    write_bytes(path, text.encode())


def _sweep(path: Path) -> None:
    with os.scandir(path.parent) as entries:
        left = [e.path for e in entries if e.name.startswith(f".{path.name}.") and e.name.endswith(".partial")]
    for name in left:
        _remove(Path(name))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):  # it is not there, or the disk says of itself what is wrong
            path.unlink()


def _full(folder: Path) -> bool:
    state = os.statvfs(folder)
    return state.f_bavail * state.f_frsize < _FULL


def _no_space(path: Path) -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
