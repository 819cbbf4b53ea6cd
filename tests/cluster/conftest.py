"""The demo cohort without a cluster, and the suite's own Slurm; each says why where it cannot be had."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster_kit import NO_COMPILED, READ_ONLY, Local, Slurm, cache_inside, copy_repository, files_of, may_mount


@pytest.fixture(scope="session")
def plugins() -> None:
    """Skips where Snakemake's executors for clusters are not installed."""
    missing = [
        name
        for name in (
            "executor_plugin_slurm",
            "executor_plugin_lsf",
            "executor_plugin_sge",
            "executor_plugin_kubernetes",
            "storage_plugin_fs",
        )
        if importlib.util.find_spec(f"snakemake_{name}") is None
    ]
    if missing:
        pytest.skip(f"not installed: Snakemake's {', '.join(missing)} (make cluster)")


@pytest.fixture(scope="session")
def references(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of references that all runs share."""
    return tmp_path_factory.mktemp("references")


@pytest.fixture(scope="session")
def local(references: Path, tmp_path_factory: pytest.TempPathFactory) -> Local:
    """The demo cohort, run without a cluster; where it may be, with the rest of the machine read-only."""
    base = tmp_path_factory.mktemp("local")
    repository, scratch = copy_repository(base / "acquired"), base / "scratch"
    scratch.mkdir()
    before = set(files_of(repository))
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--quiet", "all"]
    command += ["--config", "demo=true", f"reference_cache={references}"]
    if may_mount():
        command = [
            "unshare",
            "--mount",
            "sh",
            "-c",
            READ_ONLY,
            "sh",
            *map(str, (repository, scratch, references)),
            *command,
        ]
    environment = {**os.environ, **NO_COMPILED, "TMPDIR": str(scratch), **cache_inside(repository)}
    ended = subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    return Local(repository, scratch, set(files_of(repository)) - before)


@pytest.fixture(scope="session")
def slurm(plugins: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slurm]:
    """A Slurm of two nodes on this machine, ended with the tests."""
    absent = [name for name in ("slurmctld", "slurmd", "sbatch", "munged") if shutil.which(name) is None]
    if absent:
        pytest.skip(f"not here: {', '.join(absent)} (Debian's slurm-wlm and munge)")
    if os.getuid() != 0:
        pytest.skip("slurmd needs root")
    if Path("/etc/slurm/slurm.conf").exists():
        pytest.skip("this machine has a Slurm already (/etc/slurm/slurm.conf)")
    started = Slurm(tmp_path_factory.mktemp("slurm"))
    started.tool("start")
    try:
        yield started
    finally:
        started.tool("stop")
