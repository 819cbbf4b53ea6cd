"""A lock of Snakemake is removed where its run is proved dead, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from acquired.running import FOLDER

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import sys
from pathlib import Path
from acquired.running import begin_job, begin_run
begin_run(Path.cwd(), lambda text: print(text, flush=True))
print("begun", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def workdir(tmp_path):
    locks = tmp_path / ".snakemake" / "locks"
    locks.mkdir(parents=True)
    (locks / "0.input.lock").write_text("results/jobs.jsonl\n")
    (locks / "0.output.lock").write_text("results/cohort/index.html\n")
    return tmp_path


def start(workdir: Path, code: str = RUN) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    return subprocess.Popen([sys.executable, "-c", code], cwd=workdir, text=True, env=environment,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip


def said(run: subprocess.Popen[str]) -> list[str]:
    """What a run says until it has begun."""
    lines = []
    for line in run.stdout:
        if line == "begun\n":
            break
        lines.append(line.strip())
    return lines


def killed(workdir: Path) -> None:
    run = start(workdir)
    said(run)
    run.kill()
    run.communicate()


def ended(run: subprocess.Popen[str]) -> None:
    assert run.communicate("")[0] == "" and run.returncode == 0


def locks(workdir: Path) -> int:
    return len(list((workdir / ".snakemake" / "locks").iterdir()))


def records(workdir: Path) -> int:
    return len(list((workdir / FOLDER).glob("*.run")))


def test_the_lock_of_a_killed_run_is_removed_and_told(workdir):
    killed(workdir)
    run = start(workdir)
    assert len(said(run)) == 1 and locks(workdir) == 0 and records(workdir) == 1
    ended(run)
    assert records(workdir) == 0


def test_a_lock_without_a_dead_run_of_ours_stays(workdir):
    """It may be of another workflow, or of a run that no record tells of."""
    run = start(workdir)
    assert said(run) == [] and locks(workdir) == 2
    ended(run)


def test_the_lock_stays_while_any_run_lives(workdir):
    alive = start(workdir)
    said(alive)
    killed(workdir)
    other = start(workdir)
    assert said(other) == [] and locks(workdir) == 2
    ended(alive)
    ended(other)


def test_a_run_of_another_machine_cannot_be_seen_and_is_told_of(workdir):
    killed(workdir)
    (workdir / FOLDER / "elsewhere~0123456789ab.run").touch()
    run = start(workdir)
    [told] = said(run)
    assert "elsewhere" in told and "--unlock" in told and locks(workdir) == 2
    ended(run)


def test_jobs_hold_their_lock_as_long_as_they_live(workdir):
    killed(workdir)
    job = start(workdir, "from acquired.running import begin_job\nbegin_job()\nprint('begun', flush=True)\ninput()")
    said(job)
    run = start(workdir)
    assert "removed" in run.stdout.readline() and "still at work" in run.stdout.readline()
    job.communicate("\n")
    assert said(run) == []
    ended(run)


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path):
    (tmp_path / ".snakemake").write_text("no folder")
    run = start(tmp_path)
    assert said(run) == []
    ended(run)
