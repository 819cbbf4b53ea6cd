"""The same sheets give the same bytes: on any number of cores, in any locale, time zone, folder and clone.

Everything under results/ is compared. logs/ holds seconds and .snakemake/ times: they differ by design.
"""

from __future__ import annotations

import os
import subprocess

import pytest
from steady_kit import (
    contents,
    copied,
    differing,
    lay,
    planned,
    snake,
    steady_run,  # noqa: F401 - a fixture
    tree_copy,
)

LOCALES = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()
#: One that Python would decode differently, and one that lowers I to ı, where they are installed.
TURKISH = next((name for name in LOCALES if name.lower().startswith("tr_tr")), "C")

#: Cores, and what is set in the environment. Three runs hold all of it.
WAYS: dict[str, tuple[int, dict[str, str]]] = {
    "one core, ASCII alone, east": (1, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONHASHSEED": "1",
                                        "TZ": "Pacific/Kiritimati"}),
    "two cores, Turkish, west": (2, {"LC_ALL": TURKISH, "PYTHONHASHSEED": "2", "TZ": "America/St_Johns"}),
    "eight cores, C.UTF-8": (8, {"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "4294967295", "TZ": "UTC"}),
}  # fmt: skip


@pytest.mark.heavy
@pytest.mark.parametrize("way", sorted(WAYS))
def test_the_same_bytes_whatever_the_machine_is_set_to(steady, tmp_path, way):
    cores, variables = WAYS[way]
    workdir = lay(tmp_path / "run")
    said = snake(workdir, "all", "exports", cores=cores, **variables)
    assert said.returncode == 0, said.stdout + said.stderr
    plain = copied(steady, tmp_path / "plain")
    assert snake(plain, "exports").returncode == 0
    assert differing(contents(workdir), contents(plain)) == []


@pytest.mark.heavy
def test_the_same_bytes_elsewhere_by_another_clone_for_nobody_else_to_read(steady, tmp_path):
    """A folder with blanks and letters outside ASCII, another copy of the repository, umask 077."""
    tree = tree_copy(tmp_path / "an other clone")
    workdir = lay(tmp_path / "résultats de l'été")
    before = os.umask(0o077)
    try:
        said = snake(workdir, tree=tree)
    finally:
        os.umask(before)
    assert said.returncode == 0, said.stdout + said.stderr
    assert differing(contents(workdir), contents(steady)) == []
    readable = [p for p in (workdir / "results").rglob("*") if not p.is_symlink() and p.stat().st_mode & 0o077]
    assert readable == [], "umask is what decides who may read a result"


def test_a_clone_or_a_folder_elsewhere_runs_nothing_again(steady, tmp_path):
    moved = copied(steady, tmp_path / "moved elsewhere")
    assert planned(moved, tree=tree_copy(tmp_path / "clone")) == set()
