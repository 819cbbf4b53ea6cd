"""What a command costs: seconds, CPU seconds of all its processes, memory of the largest; with the probe, by process.

CPU is what the kernel gives for the command and every descendant that was waited for (wait4), user and system time.
Peak memory is that of single processes, looked up while they run and, of Python processes, told by themselves.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROBE = Path(__file__).resolve().parent / "probe"

#: Taken out of the environment of what is measured: this one makes every process compile the library's files anew.
UNWANTED = ("PYTHONDONTWRITEBYTECODE",)


@dataclass
class Use:
    """Of one command. wall, cpu: seconds. peak: bytes of its largest process, as far as seen. tail: its last words."""

    wall: float
    cpu: float
    peak: int
    code: int
    tail: str

    def must(self, what: str) -> Use:
        """Itself; raises RuntimeError where the command failed, with its last words."""
        if self.code:
            raise RuntimeError(f"{what} ended with {self.code}: {self.tail}")
        return self


@dataclass
class Process:
    """A Python process of a measured command. cpu: seconds, those of its own children included. imports: seconds until
    its first step. steps: (name, patient, seconds). stacks: (samples, step, functions from the innermost out)."""

    argv: list[str]
    cpu: float
    imports: float
    peak: int
    steps: list[tuple[str, str, float]]
    stacks: list[tuple[int, str, list[tuple[str, str]]]]


@dataclass
class Run:
    """A run of Snakemake: the whole, and what its processes told."""

    use: Use
    processes: list[Process] = field(default_factory=list)

    @property
    def jobs(self) -> list[Process]:
        """The processes that ran steps of the library."""
        return [process for process in self.processes if process.steps]

    @property
    def snakemake(self) -> float:
        """CPU seconds of everything that is no job: Snakemake itself, wherever it ran."""
        return max(0.0, self.use.cpu - sum(job.cpu for job in self.jobs))


def _descendants(pid: int) -> list[int]:
    found, todo = [], [pid]
    while todo:
        process = todo.pop()
        found.append(process)
        try:
            for task in Path(f"/proc/{process}/task").iterdir():
                todo += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def _peak(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return 0
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def run(command: list[str], cwd: Path, env: dict[str, str] | None = None, nice: int = 0) -> Use:
    """Run a command to its end. env: variables besides those of this process."""
    with tempfile.TemporaryFile() as out:
        begun = time.perf_counter()
        child = subprocess.Popen(
            ["nice", "-n", str(nice), *command] if nice else command,
            cwd=cwd,
            env={**{key: value for key, value in os.environ.items() if key not in UNWANTED}, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        peaks, ended = [0], threading.Event()

        def look() -> None:
            while not ended.wait(0.05):
                peaks[0] = max([peaks[0], *(_peak(pid) for pid in _descendants(child.pid))])

        looker = threading.Thread(target=look, daemon=True)
        looker.start()
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)  # so that Popen does not wait for it again
        ended.set()
        looker.join()
        out.seek(max(0, out.seek(0, os.SEEK_END) - 2000))
        tail = out.read().decode(errors="replace")
    return Use(wall, used.ru_utime + used.ru_stime, peaks[0], child.returncode, tail)


def workflow(
    repository: Path, folder: Path, arguments: tuple[str, ...] = (), cores: int = 1, sample: bool = True, nice: int = 0
) -> Run:
    """Run the workflow of `repository` in a folder that has config/ and calls/, from nothing. sample: stacks too."""
    for name in ("results", "logs", ".snakemake"):
        shutil.rmtree(folder / name, ignore_errors=True)
    with tempfile.TemporaryDirectory() as told:
        env = {
            "PYTHONPATH": str(PROBE),
            "ACQUIRED_BENCH_PROBE": told,
            "ACQUIRED_BENCH_SAMPLE": "1" if sample else "0",
        }
        snakemake = str(Path(sys.executable).parent / "snakemake")
        command = [snakemake, "-s", str(repository / "Snakefile"), "--cores", str(cores), *arguments]
        use = run(command, folder, env, nice)
        processes = [_process(json.loads(path.read_text())) for path in sorted(Path(told).glob("*.json"))]
    use.peak = max([use.peak, *(process.peak for process in processes)])
    return Run(use, processes)


def _process(told: dict[str, Any]) -> Process:
    steps = [
        (step["step"], step["patient"], sum(step["after"]) - sum(step["before"]))
        for step in sorted(told["steps"], key=lambda step: step["before"][0])
    ]
    imports = min((sum(step["before"]) for step in told["steps"]), default=0.0)
    stacks = [(n, step, [(file, name) for file, name in stack]) for n, step, stack in told["stacks"]]
    return Process(told["argv"], told["own"] + told["children"], imports, told["peak"], steps, stacks)
