"""A disk that is full, or may not be written to: told with file, cause and remedy; nothing half-written is left."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from steady_kit import (
    contents,
    copied,
    differing,
    hidden,
    lay,
    snake,
    steady_run,  # noqa: F401 - a fixture
)
from test_interrupted import STEPS, Step


@contextmanager
def small_disk(at: Path, kilobytes: int) -> Iterator[None]:
    """A file system in memory of this size, mounted at `at`."""
    at.mkdir(parents=True, exist_ok=True)
    options = ["-t", "tmpfs", "-o", f"size={kilobytes}k,mode=755"]
    made = subprocess.run(["mount", *options, "tmpfs", str(at)], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"a file system cannot be mounted here: {made.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(at)], check=True)


def remount(at: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(at)], check=True)


needs_root = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("mount"), reason="only root can mount a small or a read-only file system"
)


def told_plainly(said: subprocess.CompletedProcess[str], cause: str) -> None:
    told = said.stdout + said.stderr
    assert said.returncode != 0 and cause in told and "What to do:" in told, told
    assert "Traceback" not in told, told


@needs_root
@pytest.mark.heavy
@pytest.mark.parametrize("name", sorted(STEPS))
def test_each_job_on_a_disk_with_little_room(steady, tmp_path, name):
    """From no room at all to nearly enough: whole files, or none, and a plain message."""
    workdir = copied(steady, tmp_path / "run")
    step = Step(workdir, STEPS[name], tmp_path / "hook")
    folder = (workdir / step.outputs[0]).parent
    shutil.copytree(folder, kept := tmp_path / "kept", symlinks=True)
    need = sum(len(content) for content in step.whole.values()) // 1024
    failed = 0
    for room in sorted({0, 4, 8, need // 4, need // 2, need}):
        with small_disk(folder, 100_000):
            shutil.copytree(kept, folder, dirs_exist_ok=True, symlinks=True)
            step.forget()
            used = int(subprocess.check_output(["du", "-sk", str(folder)], text=True).split()[0])
            remount(folder, f"size={used + room}k")
            said = step.start()
            failed += said.returncode != 0
            assert step.half_written() == [], f"{room} KB"
            if said.returncode:
                told_plainly(said, "No space left on device")
                remount(folder, "size=100000k")
                assert step.start().returncode == 0 and step.half_written() == []
            assert hidden(workdir) == []
    assert failed >= 2


@needs_root
@pytest.mark.heavy
@pytest.mark.parametrize("megabytes", [20, 33])
def test_a_run_on_a_full_disk_is_finished_once_there_is_room(steady, tmp_path, megabytes):
    workdir = lay(tmp_path / "run")
    with small_disk(workdir / "results", megabytes * 1024):
        told_plainly(snake(workdir), "No space left on device")
        whole, found = contents(steady), contents(workdir)
        assert differing(found, {path: whole[path] for path in found}) == [], "half-written"
        remount(workdir / "results", "size=200m")
        said = snake(workdir)
        assert said.returncode == 0, said.stdout + said.stderr
        assert differing(contents(workdir), whole) == [] and hidden(workdir) == []


@needs_root
def test_a_results_folder_that_is_read_only(steady, tmp_path):
    """Snakemake removes old outputs before a job and cannot: the job fails by itself where they are gone."""
    workdir = copied(steady, tmp_path / "run")
    step = Step(workdir, STEPS["compare"], tmp_path / "hook")
    folder = (workdir / step.outputs[0]).parent
    shutil.copytree(folder, kept := tmp_path / "kept", symlinks=True)
    with small_disk(folder, 10_000):
        shutil.copytree(kept, folder, dirs_exist_ok=True, symlinks=True)
        step.forget()
        remount(folder, "ro")
        told_plainly(step.start(), "Read-only file system")
        remount(folder, "rw")
        assert step.start().returncode == 0 and step.half_written() == [] and hidden(workdir) == []
