"""A run with the whole machine read-only but for the working directory and scratch: what wrote elsewhere would fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from cluster_kit import NO_COMPILED, copy_repository, files_of

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(300)]

#: In a mount namespace of its own: $1 and $2 may be written to, everything else may not; then the rest is run.
READ_ONLY = """
set -e
mount --make-rprivate /
for writable in "$1" "$2"; do mount --bind "$writable" "$writable"; done
mount -o remount,bind,ro /
! touch / 2>/dev/null
cd "$1"; shift 2
exec "$@"
"""


def may_mount() -> bool:
    words = ["unshare", "--mount", "mount", "--make-rprivate", "/"]
    return shutil.which("unshare") is not None and subprocess.run(words, capture_output=True).returncode == 0


@pytest.mark.skipif(not may_mount(), reason="needs the right to mount (root)")
def test_the_demo_writes_in_its_working_directory_and_scratch_alone(tmp_path, local):
    repository, scratch = copy_repository(tmp_path / "acquired"), tmp_path / "scratch"
    scratch.mkdir()
    before = set(files_of(repository))
    profile = (repository / "profiles/slurm/profile.yaml").read_text()
    shared = next(line for line in profile.splitlines() if line.startswith("shared-fs-usage:"))
    command = ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh", str(repository), str(scratch)]
    command += [sys.executable, "-m", "snakemake", "--cores", "2", "--quiet", "all", "--config", "demo=true"]
    command += ["--shared-fs-usage", *shared.split("[")[1].rstrip("]").split(", ")]
    environment = {name: value for name, value in os.environ.items() if name != "XDG_CACHE_HOME"}
    environment |= {**NO_COMPILED, "TMPDIR": str(scratch)}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    new = {name.split("/")[0] for name in set(files_of(repository)) - before}
    assert new == {"results", "logs", ".snakemake"}
    assert files_of(repository / "results") == files_of(local / "results")
    assert list(scratch.iterdir()) == []
