"""A built reference that many runs and users share: made once in a common folder, copied from there into each run."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path

from acquired.errors import InputError, Problem
from acquired.reference.build import FILES, build_reference
from acquired.whole import workshop

#: In each folder of the cache: file name to SHA-256, or to where the link of a user's genome leads.
DIGESTS = "digests.json"


def shared_reference(
    cache: Path,
    key: list[str],
    resources: Path,
    build: str,
    out: Path,
    fasta: Path | None = None,
    gff: Path | None = None,
) -> None:
    """What `build_reference` writes into `out`, from the folder `cache` if it is there, else built and kept there.

    key: digests of the code and of the bundled data that the files are made by. A genome or annotation of the user's
    own counts by its real path, size and time of change. Any number of processes may do this at once, on all machines
    that see `cache`: a folder of it gets its name, whole, in one step, and whoever comes second takes what is there.
    Nothing in `out` depends on the cache afterwards. Raises InputError where the cache cannot be written or was
    altered, and for what `build_reference` raises it.
    """
    entry = cache / f"{build}-{_key(key, fasta, gff)}"
    if not entry.is_dir():
        try:
            cache.mkdir(parents=True, exist_ok=True)
            draft = tempfile.TemporaryDirectory(dir=cache, prefix=f".{build}.")
        except OSError as error:
            raise InputError(
                Problem(
                    "configuration, key reference_cache",
                    f"the folder {cache} cannot be written to ({error.strerror}).",
                    "it belongs to others, or its disk is full",
                    "have it made writable, or leave reference_cache empty: then each run builds for itself.",
                )
            ) from None
        with draft as name:
            made = Path(name, build)
            build_reference(resources, build, made, fasta, gff)
            told = {file: _digest(made / file) for file in FILES}
            (made / DIGESTS).write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            for path in made.iterdir():
                if not path.is_symlink():
                    path.chmod(0o644)  # other users read them
                    _flush(path)
            made.chmod(0o755)
            try:
                made.rename(entry)
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                    raise
    _copy(entry, out)


def _key(key: list[str], fasta: Path | None, gff: Path | None) -> str:
    """32 hexadecimal digits that stand for everything the files are made from."""
    given = []
    for path in (fasta, gff):
        stat = path.stat() if path else None
        given.append([os.path.realpath(path), stat.st_size, stat.st_mtime_ns] if path and stat else None)
    return hashlib.sha256(json.dumps([key, given]).encode()).hexdigest()[:32]


def _digest(path: Path) -> str:
    """SHA-256 of a file; of a link to a user's genome, where it leads."""
    if path.is_symlink():
        return f"link to {path.readlink()}"
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _flush(path: Path) -> None:
    """On the disk before its folder gets its name: a machine may lose its power in between."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _copy(entry: Path, out: Path) -> None:
    """The files of `entry` in `out`, in the order of FILES, each checked against the digest that was kept of it."""
    out.mkdir(parents=True, exist_ok=True)
    try:
        told = json.loads((entry / DIGESTS).read_text(encoding="utf-8"))
        (out / FILES[-1]).unlink(missing_ok=True)
        with workshop(out) as draft:
            for file in FILES:
                copied = draft / file
                shutil.copyfile(entry / file, copied, follow_symlinks=False)
                if _digest(copied) != told[file]:
                    raise OSError(0, f"{file} is not what was put there")
            for file in FILES:
                (draft / file).replace(out / file)
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            Problem(
                "configuration, key reference_cache",
                f"the folder {entry} cannot be used: {error}.",
                "it was altered, or its disk is failing",
                "remove this folder; the next run builds it again.",
            )
        ) from None
