"""The demo cohort on a real Slurm, one of whose nodes dies: as a sequencing core would run it, with profiles/slurm."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from cluster_kit import NO_COMPILED, READ_ONLY, ROOT, Slurm, cache_inside, copy_repository, files_of, may_mount

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(600)]

READ_ONLY_MACHINE = pytest.mark.skipif(not may_mount(), reason="needs the right to mount (root)")
PROFILE = yaml.safe_load((ROOT / "profiles/slurm/profile.yaml").read_text(encoding="utf-8"))
STORIES = yaml.safe_load((ROOT / "resources/example/stories.yaml").read_text(encoding="utf-8"))["patients"]
PACK = int(PROFILE["group-components"][0].removeprefix("patient="))


@dataclass
class Run:
    """A run that has ended: where, what it said, and what Slurm knows of its jobs."""

    repository: Path
    scratch: Path
    code: int
    said: str
    jobs: list[dict[str, str]]
    killed: list[str]
    before: set[str]

    def log(self, job: str) -> str:
        """What a cluster job said."""
        (path,) = self.repository.glob(f".snakemake/slurm_logs/*/{job}.log")
        return path.read_text(encoding="utf-8")

    def patients(self, job: str) -> set[str]:
        """The patients whose steps a cluster job was given."""
        return set(re.findall(r"report:patient=(\S+)", self.given(job)))

    def given(self, job: str) -> str:
        """The command line of a cluster job, which names its steps."""
        return next(line for line in self.log(job).splitlines() if "--target-jobs" in line)


def wait_for(condition, seconds: float) -> None:
    """Returns when it holds; fails when it does not within so many seconds."""
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not come to this"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def ran(slurm: Slurm, references: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run. Home is no folder at all, so that nothing can be written there; the first job's node dies at work."""
    base = tmp_path_factory.mktemp("run")
    repository, scratch = copy_repository(base / "acquired"), base / "scratch"
    scratch.mkdir()
    before = set(files_of(repository))
    environment = {**os.environ, **NO_COMPILED, **cache_inside(repository), "HOME": "/dev/null", "TMPDIR": str(scratch)}
    command = [sys.executable, "-m", "snakemake", "--profile", "profiles/slurm"]
    command += ["--config", "demo=true", f"reference_cache={references}"]
    # For the test alone: ask Slurm sooner, and keep the logs of jobs that went well.
    command += ["--slurm-init-seconds-before-status-checks", "4", "--slurm-keep-successful-logs"]
    with (base / "said.txt").open("w+") as said:
        process = subprocess.Popen(command, cwd=repository, env=environment, stdout=said, stderr=subprocess.STDOUT)
        try:
            # At work: a page of the first patients is there, others are not.
            wait_for(lambda: process.poll() is not None or any(repository.glob("results/patients/*/report.html")), 240)
            running = [job for job in slurm.jobs() if job["state"] == "RUNNING"]
            killed = [job["id"] for job in running if job["node"] == running[0]["node"]] if running else []
            if running:
                slurm.tool("fail", running[0]["node"])
            wait_for(lambda: len(slurm.jobs()) > 2 or process.poll() is not None, 60)
            if running:
                slurm.tool("revive", running[0]["node"])
            code = process.wait(timeout=300)
        finally:
            if process.poll() is None:
                process.kill()
        said.seek(0)
        return Run(repository, scratch, code, said.read(), slurm.jobs(), killed, before)


def test_it_ends_well(ran):
    assert ran.code == 0, ran.said[-3000:]


def test_a_patients_steps_are_one_job_and_patients_share_jobs(ran):
    """As many jobs as packs; each patient in one pack, with all steps."""
    finished = [job["id"] for job in ran.jobs if job["state"] == "COMPLETED"]
    assert len(finished) == -(-len(STORIES) // PACK)
    packs = [ran.patients(job) for job in finished]
    assert sorted(patient for pack in packs for patient in pack) == sorted(STORIES)
    for job, pack in zip(finished, packs, strict=True):
        for patient in pack:
            for step in ("normalize", "compare", "annotate"):
                assert f"{step}:patient={patient}" in ran.given(job), f"{patient}: {step} is not in job {job}"


def test_what_is_made_once_is_no_cluster_job(ran):
    given = [ran.given(job["id"]) for job in ran.jobs if job["state"] == "COMPLETED"]
    assert not re.search(r" (references?|sheets|catalogue|cohort|summary)\b", " ".join(given))


def test_jobs_of_a_dead_node_are_submitted_again_with_more(ran):
    """Once more, with twice the memory, by Snakemake alone; what the dead node left behind does no harm."""
    dead = [job for job in ran.jobs if job["id"] in ran.killed]
    assert dead
    assert {job["state"] for job in dead} == {"NODE_FAIL"}
    again = [job for job in ran.jobs if job["state"] == "COMPLETED" and job["memory"] != dead[0]["memory"]]
    assert len(again) == len(dead)
    assert {ran.patients(job["id"]) == ran.patients(old["id"]) for job, old in zip(again, dead, strict=True)} == {True}
    for job, old in zip(again, dead, strict=True):
        assert int(job["memory"].rstrip("M")) == 2 * int(old["memory"].rstrip("M"))
        assert "--attempt 2" in ran.log(job["id"])


def test_resources_add_up_sanely(ran):
    """One processor; the memory of the largest step; the minutes of all steps: at most an hour for ten patients."""
    for job in ran.jobs:
        first = job["id"] in ran.killed or job["memory"] == "1000M"
        assert job["processors"] == "1"
        assert job["memory"] == ("1000M" if first else "2000M")
        hours, minutes, _ = f"0:{job['minutes']}".split(":")[-3:]
        assert 10 <= 60 * int(hours) + int(minutes) <= (60 if first else 120)


def test_the_same_bytes_as_without_a_cluster(ran, local):
    here, there = files_of(local.repository / "results"), files_of(ran.repository / "results")
    assert sorted(here) == sorted(there)
    assert [name for name in here if here[name] != there[name]] == []


def test_nothing_is_written_elsewhere(ran):
    """Results, logs and Snakemake's own folder in the working directory; home is none, and nothing failed for that."""
    new = {name.split("/")[0] for name in set(files_of(ran.repository)) - ran.before}
    assert new == {"results", "logs", ".snakemake"}
    # Processes of the dead node could not clear their scratch; nothing but drafts may lie there.
    assert [name for name in files_of(ran.scratch) if not name.startswith(("snakemake", "acquired-"))] == []


def test_both_runs_share_their_references(ran, local, references):
    assert sorted(path.name.split("-")[0] for path in references.iterdir()) == ["GRCh37", "GRCh38"]


def test_a_second_run_has_nothing_to_do(ran, references):
    command = [sys.executable, "-m", "snakemake", "--profile", "profiles/slurm", "--dry-run"]
    command += ["--config", "demo=true", f"reference_cache={references}"]
    environment = {**os.environ, **NO_COMPILED, **cache_inside(ran.repository), "HOME": "/dev/null"}
    ended = subprocess.run(command, cwd=ran.repository, env=environment, capture_output=True, text=True, check=False)
    assert "Nothing to be done" in ended.stdout + ended.stderr, (ended.stdout + ended.stderr)[-2000:]


@READ_ONLY_MACHINE
def test_without_slurm_the_demo_writes_in_its_working_directory_and_leaves_nothing_in_scratch(local):
    """It ended well, or there would be no fixture."""
    assert {name.split("/")[0] for name in local.new} == {"results", "logs", ".snakemake"}
    assert files_of(local.scratch) == {}


@READ_ONLY_MACHINE
def test_elsewhere_it_could_not_have_written(tmp_path):
    """So that the test above proves something."""
    inside = [tmp_path / name for name in ("in", "scratch", "references")]
    for folder in inside:
        folder.mkdir()
    words = ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh", *map(str, inside)]
    ended = subprocess.run([*words, "sh", "-c", "touch here; touch ../there"], capture_output=True, text=True)
    assert ended.returncode != 0
    assert "Read-only" in ended.stderr
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["here", "in", "references", "scratch"]
