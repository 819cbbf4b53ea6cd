"""Running the real workflow in a folder of its own, as a person at a cluster's prompt would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SNAKEMAKE = [sys.executable, "-m", "snakemake"]


def snakemake(
    workdir: Path, *arguments: str, snakefile: Path = ROOT / "Snakefile", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run snakemake in `workdir` with two cores; the repository itself is never written to."""
    command = [*SNAKEMAKE, "--snakefile", str(snakefile), "--directory", str(workdir), "--cores", "2", *arguments]
    environment = {**os.environ, "XDG_CACHE_HOME": str(workdir / ".cache"), **(env or {})}
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=workdir, check=False)


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    """A fresh working directory with the repository's config and no sheets."""
    (tmp_path / "config").mkdir()
    shutil.copy(ROOT / "config" / "config.yaml", tmp_path / "config")
    return tmp_path


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The demo cohort, run once: its working directory and what the run said."""
    workdir = tmp_path_factory.mktemp("demo")
    (workdir / "config").mkdir()
    shutil.copy(ROOT / "config" / "config.yaml", workdir / "config")
    return workdir, snakemake(workdir)


@pytest.fixture
def run() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`snakemake(workdir, *arguments)`, for tests that run it several times."""
    return snakemake
