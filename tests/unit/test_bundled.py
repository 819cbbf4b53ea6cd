"""YAML of the resources, read once and kept: what is kept never hides a change, and never stands in the way."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
import yaml
from acquired import bundled

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "resources").rglob("*.yaml"))


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A copy of the module with a folder for compiled files of its own."""
    (tmp_path / "library/__pycache__").mkdir(parents=True)
    monkeypatch.setattr(bundled, "__file__", str(tmp_path / "library/bundled.py"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path / "library/__pycache__"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_what_is_kept_is_what_was_read(library, path):
    expected = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert bundled.read_yaml(path) == bundled.read_yaml(path) == expected


def test_it_is_kept_and_the_parser_is_not_asked_again(library, monkeypatch):
    path = ROOT / "resources/dialects/callers.yaml"
    first = bundled.read_yaml(path)
    assert [p.name.split(".")[:2] for p in library.iterdir()] == [["dialects", "callers"]]
    monkeypatch.setitem(sys.modules, "yaml", None)  # importing it would now fail
    assert bundled.read_yaml(path) == first


def test_files_of_one_name_do_not_push_each_other_out(library):
    rules = [path for path in FILES if path.name == "rules.yaml"]
    for path in rules:
        bundled.read_yaml(path)
    assert len(list(library.iterdir())) == len(rules) > 1


def test_a_change_of_any_kind_is_seen(library, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("n: 1\n")
    assert bundled.read_yaml(path) == {"n": 1}
    before = path.stat()
    path.write_text("n: 2\n")
    import os

    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # same size, same time
    assert bundled.read_yaml(path) == {"n": 2}


@pytest.mark.parametrize("damage", [b"", b"x", b"\x00" * 50])
def test_a_damaged_one_is_made_again(library, tmp_path, damage):
    path = tmp_path / "a.yaml"
    path.write_text("n: 1\n")
    bundled.read_yaml(path)
    [kept] = library.iterdir()
    good = kept.read_bytes()
    kept.write_bytes(damage)
    assert bundled.read_yaml(path) == {"n": 1} and kept.read_bytes() == good


def test_without_a_place_to_keep_it_nothing_fails(library, tmp_path, monkeypatch):
    path = tmp_path / "a.yaml"
    path.write_text("day: 2026-11-21\n")  # a date cannot be kept either
    assert str(bundled.read_yaml(path)["day"]) == "2026-11-21" and not list(library.iterdir())
    shutil.rmtree(library)
    path.write_text("n: 1\n")
    assert bundled.read_yaml(path) == {"n": 1}
    library.mkdir()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert bundled.read_yaml(path) == {"n": 1} and not list(library.iterdir())
