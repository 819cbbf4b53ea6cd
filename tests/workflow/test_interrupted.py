"""Killed at any point: nothing half-written counts as a whole file; the same command finishes the work, and no more."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from steady_kit import (
    ROOT,
    command,
    contents,
    copied,
    differing,
    environment,
    hidden,
    jobs_of,
    lay,
    snake,
    steady_run,  # noqa: F401 - a fixture
    steps,
)

EVERYTHING = steps("EGFR-EX19DEL", "KRAS-G12C", "CLL-IBRUTINIB") | {
    "reference GRCh37", "reference GRCh38", "references", "catalogue", "cohort", "summary"}  # fmt: skip


# ---- a run that is killed --------------------------------------------------------------------------------------------


def kill_run(workdir: Path, job: int, group: bool) -> None:
    """Start the plain command, and kill it when it begins its n-th job: alone, or with every process it has started."""
    run = subprocess.Popen(
        command(workdir), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(workdir),
        cwd=workdir, start_new_session=True,
    )  # fmt: skip
    begun = 0
    for line in run.stdout:
        begun += line.startswith("Job ")
        if begun == job:
            break
    assert begun == job, "the run ended before"
    if group:
        os.killpg(run.pid, signal.SIGKILL)
    else:
        run.kill()
    run.wait()
    run.stdout.close()


def finished(workdir: Path) -> dict[str, int]:
    """Results that Snakemake knows to be finished, by the inode each has: of jobs without an unfinished output."""
    metadata, incomplete = (workdir / ".snakemake" / name for name in ("metadata", "incomplete"))
    unfinished = {base64.urlsafe_b64decode(p.name).decode() for p in incomplete.iterdir()}
    stems = {name.partition(".")[0] for name in unfinished}
    known = {base64.urlsafe_b64decode(p.name).decode() for p in metadata.iterdir()} - unfinished
    return {name: (workdir / name).stat().st_ino for name in known
            if name.partition(".")[0] not in stems and (workdir / name).is_file()}  # fmt: skip


def finish(workdir: Path, whole: dict[str, bytes]) -> set[str]:
    """The same command once more, and all that must hold then. Gives its jobs."""
    found = contents(workdir)
    assert differing(found, {path: whole[path] for path in found}) == [], "half-written"
    before = finished(workdir)
    said = snake(workdir)
    assert said.returncode == 0, said.stdout + said.stderr
    again = [name for name, inode in before.items() if (workdir / name).stat().st_ino != inode]
    assert again == [], "done again, though it was finished"
    assert differing(contents(workdir), whole) == [] and hidden(workdir) == []
    assert list((workdir / ".snakemake/acquired").glob("*.run")) == []
    return jobs_of(said.stdout + said.stderr)


def test_a_run_that_is_killed_is_finished_by_the_same_command(steady, tmp_path):
    """Snakemake alone is killed: its lock and its jobs live on."""
    workdir = lay(tmp_path / "run")
    kill_run(workdir, 11, group=False)
    assert list((workdir / ".snakemake/locks").iterdir()), "Snakemake leaves its lock"
    assert list((workdir / ".snakemake/incomplete").iterdir()), "and jobs that it knows to be unfinished"
    done = finish(workdir, contents(steady))
    assert "catalogue" not in done and "summary" in done and done < EVERYTHING


@pytest.mark.heavy
@pytest.mark.parametrize("job", range(2, 24, 5))
def test_a_run_that_is_killed_with_all_its_jobs_at_any_of_them(steady, tmp_path, job):
    workdir = lay(tmp_path / "run")
    kill_run(workdir, job, group=True)
    finish(workdir, contents(steady))


def test_jobs_that_outlive_their_run_are_waited_for(steady, tmp_path):
    """A job started before a sheet was edited must not put its result in the place of the new one."""
    workdir = copied(steady, tmp_path / "run")
    folder = workdir / ".snakemake/acquired"
    code = f"""if True:
        import fcntl, os, sys, time
        from pathlib import Path
        jobs = open({str(folder)!r} + f"/{{os.uname().nodename}}.jobs", "ab")
        fcntl.flock(jobs, fcntl.LOCK_SH)
        print("at work", flush=True)
        sys.stdin.read()
        Path({str(workdir)!r}, "results/patients/KRAS-G12C/report.html").unlink()
    """
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as orphan:
        assert orphan.stdout.readline() == b"at work\n"
        run = subprocess.Popen(command(workdir), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env=environment(workdir), cwd=workdir)  # fmt: skip
        for line in run.stdout:
            if "still at work" in line:
                break
        else:
            pytest.fail("the run did not wait")
        orphan.stdin.close()
        orphan.wait()
        told = run.communicate()[0]
    assert run.returncode == 0 and jobs_of(told) == {"report KRAS-G12C", "summary"}, told
    assert differing(contents(workdir), contents(steady)) == []


# ---- a job that is killed --------------------------------------------------------------------------------------------


class Step:
    """A job of the finished cohort by itself, as Snakemake would start it."""

    def __init__(self, workdir: Path, first_output: str, hook: Path):
        records = {base64.urlsafe_b64decode(p.name).decode(): json.loads(p.read_text())
                   for p in (workdir / ".snakemake/metadata").iterdir()}  # fmt: skip
        self.workdir, self.command = workdir, records[first_output]["shellcmd"]
        self.outputs = sorted(p for p, record in records.items() if record["shellcmd"] == self.command)
        self.whole = {path: (workdir / path).read_bytes() for path in self.outputs}
        hook.mkdir(exist_ok=True)
        shutil.copy(Path(__file__).with_name("sitecustomize_kill.py"), hook / "sitecustomize.py")
        self.environment = {
            "ACQUIRED_PYTHON": sys.executable, "ACQUIRED_SCRIPTS": str(ROOT / "scripts"),
            "PYTHONPATH": f"{hook}{os.pathsep}{ROOT / 'scripts'}"}  # fmt: skip

    def forget(self) -> None:
        """Before a job starts, Snakemake removes its outputs."""
        for path in self.outputs:
            (self.workdir / path).unlink(missing_ok=True)

    def start(self, **how: str) -> subprocess.CompletedProcess[str]:
        """`how`: KILL_AT or KILL_SIZE."""
        return subprocess.run(
            ["bash", "-c", f"set -euo pipefail; exec {self.command}"], cwd=self.workdir, text=True,
            env=environment(self.workdir, **self.environment, **how), capture_output=True, check=False,
        )  # fmt: skip

    def half_written(self) -> list[str]:
        """Outputs that are there and not whole."""
        there = [path for path in self.outputs if (self.workdir / path).exists()]
        return [path for path in there if (self.workdir / path).read_bytes() != self.whole[path]]


STEPS = {
    "normalize": "results/patients/KRAS-G12C/plasma-1.normalized.bcf",
    "genotype": "results/patients/CLL-IBRUTINIB/blood-2.reads.json",
    "coverage": "results/patients/CLL-IBRUTINIB/blood-1.coverage.json",
    "compare": "results/patients/CLL-IBRUTINIB/compared.bcf",
    "annotate": "results/patients/EGFR-EX19DEL/result.json",
    "report": "results/patients/EGFR-EX19DEL/report.html",
}


def kill_at_each_operation(step: Step) -> int:
    """Kill the job before its first, second, … operation on a file, until it gets through. Gives how often it died."""
    for at in range(1, 60):
        step.forget()
        said = step.start(KILL_AT=str(at))
        assert step.half_written() == [], f"operation {at}"
        if said.returncode == 0:
            return at - 1
        assert said.returncode == -signal.SIGKILL, said.stderr
    pytest.fail("it never got through")


def test_a_job_killed_at_each_of_its_file_operations(steady, tmp_path):
    step = Step(copied(steady, tmp_path / "run"), STEPS["compare"], tmp_path / "hook")
    assert kill_at_each_operation(step) >= 4
    assert step.half_written() == [] and hidden(step.workdir) == []


@pytest.mark.heavy
@pytest.mark.parametrize("name", sorted(STEPS.keys() - {"compare"}))
def test_each_job_killed_at_each_of_its_file_operations(steady, tmp_path, name):
    step = Step(copied(steady, tmp_path / "run"), STEPS[name], tmp_path / "hook")
    assert kill_at_each_operation(step) >= 3
    assert all((step.workdir / path).exists() for path in step.outputs)
    assert step.half_written() == [] and hidden(step.workdir) == []


@pytest.mark.heavy
@pytest.mark.parametrize("name", sorted(STEPS))
def test_each_job_killed_in_the_middle_of_a_write(steady, tmp_path, name):
    """At sizes from one byte to the size of its largest output."""
    step = Step(copied(steady, tmp_path / "run"), STEPS[name], tmp_path / "hook")
    died = 0
    for size in sorted({1, 30, 100, *(len(content) - 1 for content in step.whole.values() if len(content) > 1)}):
        step.forget()
        said = step.start(KILL_SIZE=str(size))
        died += said.returncode == -signal.SIGXFSZ
        assert step.half_written() == [], f"{size} bytes: {said.stderr}"
        assert said.returncode != 0, f"{size} bytes"
    assert died
    assert step.start().returncode == 0 and step.half_written() == [] and hidden(step.workdir) == []
