"""Each profile is read by Snakemake with its executor installed, and all ask for the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from cluster_kit import NO_COMPILED, ROOT, copy_repository

CLUSTERS = ("slurm", "lsf", "sge", "kubernetes")
#: What differs from one scheduler to the other: its name, its own options, where containers and files come from.
OWN = re.compile(r"executor|container-image|default-storage-.*|(slurm|lsf|sge|kubernetes)-.*")


def profile(name: str) -> dict:
    return yaml.safe_load((ROOT / "profiles" / name / "profile.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_repository(tmp_path_factory.mktemp("profiles") / "acquired")


@pytest.mark.heavy
@pytest.mark.parametrize("name", CLUSTERS)
def test_a_dry_run_takes_the_profile(plugins, repository, name):
    command = [sys.executable, "-m", "snakemake", "--profile", f"profiles/{name}", "--dry-run", "--config", "demo=true"]
    if name == "kubernetes":  # where the volume would be mounted
        command += ["--default-storage-prefix", str(repository)]
    environment = {**os.environ, **NO_COMPILED, "XDG_CACHE_HOME": str(repository.parent / "cache")}
    ended = subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, check=False)
    said = ended.stdout + ended.stderr
    assert ended.returncode == 0, said[-3000:]
    assert f"Using profiles profiles/{name} and workflow specific profile profiles/default" in said
    assert "This was a dry-run" in said


@pytest.mark.heavy
def test_an_option_that_its_executor_does_not_know_is_told(plugins, repository):
    """So that the dry runs above prove something."""
    wrong = repository / "profiles/wrong"
    wrong.mkdir()
    text = (ROOT / "profiles/slurm/profile.yaml").read_text(encoding="utf-8")
    (wrong / "profile.yaml").write_text(text + "slurm-no-such-option: true\n", encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "--profile", str(wrong), "--dry-run", "--config", "demo=true"]
    ended = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert "no-such-option" in ended.stderr


def test_all_ask_for_the_same():
    first, *others = ({k: v for k, v in profile(name).items() if not OWN.fullmatch(k)} for name in CLUSTERS)
    assert all(other == first for other in others)
    assert {"group-components", "retries", "latency-wait", "default-resources", "set-resources"} <= set(first)


def test_none_undoes_what_the_default_profile_says():
    """profiles/default is used besides, and would win: what it says must not stand in the others."""
    default = set(profile("default"))
    assert [(name, default & set(profile(name))) for name in CLUSTERS if default & set(profile(name))] == []


def test_every_rule_that_a_profile_names_is_there():
    rules = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "rules").glob("*.smk"))
    for name in CLUSTERS:
        for rule in profile(name)["set-resources"]:
            assert re.search(rf"^rule {rule}:", rules, re.MULTILINE), f"profiles/{name}: {rule}"


def test_the_image_is_of_this_version():
    version = re.search(r'__version__ = "(.+)"', (ROOT / "scripts/acquired/__init__.py").read_text(encoding="utf-8"))
    assert version and profile("kubernetes")["container-image"] == f"acquired:{version[1]}"
