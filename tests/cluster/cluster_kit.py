"""A copy of the repository to work in, a Slurm to ask and to harm, and what lies in a folder."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("Snakefile", "config", "profiles", "resources", "rules", "scripts", "workflow")

#: Compiled files are left out, so that whatever appears in the copy was written by a run.
NO_COMPILED = {"PYTHONDONTWRITEBYTECODE": "1"}

#: In a mount namespace of its own, where $1, $2 and $3 alone may be written to: the rest of the words, run in $1.
READ_ONLY = """
set -e
mount --make-rprivate /
for writable in "$1" "$2" "$3"; do mount --bind "$writable" "$writable"; done
mount -o remount,bind,ro /
! touch / 2>/dev/null
cd "$1"; shift 3
exec "$@"
"""


def may_mount() -> bool:
    """Whether this process may have a mount namespace of its own."""
    words = ["unshare", "--mount", "mount", "--make-rprivate", "/"]
    return shutil.which("unshare") is not None and subprocess.run(words, capture_output=True).returncode == 0


def cache_inside(repository: Path) -> dict[str, str]:
    """The one setting of docs/cluster.md without which Snakemake keeps a cache in the home folder."""
    return {"XDG_CACHE_HOME": str(repository / ".snakemake/cache")}


@dataclass(frozen=True)
class Local:
    """A run on this machine that has ended: its working directory, its scratch, and the files that it wrote."""

    repository: Path
    scratch: Path
    new: set[str]


@dataclass(frozen=True)
class Slurm:
    """A running one-node Slurm."""

    folder: Path

    def tool(self, *words: str) -> None:
        """tools/slurm_one_node.sh with these words after its folder: start, stop, fail NODE, revive NODE."""
        verb, *rest = words
        command = ["bash", str(ROOT / "tools/slurm_one_node.sh"), verb, str(self.folder), *rest]
        # No pipes: daemons would keep them open.
        with (self.folder / "said.txt").open("a") as said:
            ended = subprocess.run(command, stdout=said, stderr=said, stdin=subprocess.DEVNULL, check=False)
        assert ended.returncode == 0, (self.folder / "said.txt").read_text()[-2000:]

    def jobs(self) -> list[dict[str, str]]:
        """Every job so far, ended ones included, in order of number."""
        keys = ["id", "state", "node", "memory", "minutes", "processors", "reason"]
        command = ["squeue", "--states=all", "--noheader", "--sort=i", "--format=%i|%T|%N|%m|%l|%C|%r"]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return [dict(zip(keys, line.split("|"), strict=True)) for line in told.splitlines()]


def copy_repository(to: Path) -> Path:
    """What a run needs of the repository, and nothing that a run leaves in it."""
    to.mkdir(parents=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, to / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, to / part)
    return to


def files_of(folder: Path) -> dict[str, bytes]:
    """Relative name to content of every file below `folder`."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
