"""Files and folders appear whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from acquired import whole as room
from acquired.errors import InputError, Problem
from acquired.whole import whole, workshop, write_bytes, write_text


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_nothing_is_seen_before_the_end(tmp_path):
    write_text(tmp_path / "x", "old")
    with whole(tmp_path / "x") as partial:
        partial.write_text("half")
        assert (tmp_path / "x").read_text() == "old"
        partial.write_bytes(b"new\r\n")
    assert names(tmp_path) == ["x"] and (tmp_path / "x").read_bytes() == b"new\r\n"


def test_what_fails_leaves_what_was_there(tmp_path):
    write_bytes(tmp_path / "x", b"old")
    with pytest.raises(KeyboardInterrupt), whole(tmp_path / "x") as partial:
        partial.write_bytes(b"half")
        raise KeyboardInterrupt
    assert names(tmp_path) == ["x"] and (tmp_path / "x").read_bytes() == b"old"


def test_leavings_of_the_same_target_go_and_no_others(tmp_path):
    (tmp_path / ".x.0a.partial").touch()
    (tmp_path / ".x.0b.partial").mkdir()
    (tmp_path / ".x.0b.partial" / "in").touch()
    for other in (".xy.0a.partial", ".x.csi", "x.partial"):
        (tmp_path / other).touch()
    write_bytes(tmp_path / "x", b"")
    assert names(tmp_path) == [".x.csi", ".xy.0a.partial", "x", "x.partial"]


def test_two_writers_never_meet(tmp_path):
    """The later one removes the earlier one's file: the earlier one fails, and puts nothing half-written in place."""
    with pytest.raises(FileNotFoundError), whole(tmp_path / "x") as first:
        first.write_bytes(b"first")
        with whole(tmp_path / "x") as second:
            assert second != first
            second.write_bytes(b"second")
    assert (tmp_path / "x").read_bytes() == b"second" and names(tmp_path) == ["x"]


def test_a_folder_takes_the_place_of_a_folder(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "old").touch()
    with whole(tmp_path / "x") as partial:
        partial.mkdir()
        (partial / "new").touch()
    assert names(tmp_path) == ["x"] and names(tmp_path / "x") == ["new"]
    with workshop(tmp_path / "y") as folder:
        (folder / "in").touch()
    assert names(tmp_path) == ["x"]


def test_an_error_that_names_no_file_names_it(tmp_path):
    with pytest.raises(OSError, match="x'") as caught, whole(tmp_path / "x"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.filename == str(tmp_path / "x")


def test_a_library_that_tells_no_cause_is_understood_where_the_disk_is_full(tmp_path, monkeypatch):
    for error in (RuntimeError("write failed"), OSError("Error closing BGZFile object")):
        with pytest.raises(type(error)) as caught, whole(tmp_path / "x"):
            raise error
        assert getattr(caught.value, "errno", None) is None
    monkeypatch.setattr(room, "_FULL", 1 << 62)
    for error in (RuntimeError("write failed"), OSError("Error closing BGZFile object")):
        with pytest.raises(OSError) as caught, whole(tmp_path / "x"):
            raise error
        assert caught.value.errno == errno.ENOSPC and caught.value.filename == str(tmp_path / "x")
    with pytest.raises(InputError), whole(tmp_path / "x"):  # bad input is bad input on any disk
        raise InputError(Problem("a", "b"))
