"""The workflow from another repository: as a module, and as `snakedeploy` deploys it; a local bare clone, offline."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
URL = "https://github.com/example/acquired"
VERSION = "0.0.0+test"
TAG = "v0.0.0-test"


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which git answers URL from a bare clone of this checkout's files, tagged TAG."""
    base = tmp_path_factory.mktemp("hosted")
    source, bare = base / "source", base / "acquired.git"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    # A version that exists nowhere else shows that the library came from the clone, not from this checkout.
    (source / "scripts/acquired/__init__.py").write_text(f'__version__ = "{VERSION}"\n', encoding="utf-8")
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org"]
    for command in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-q", "-m", "test"], ["tag", TAG]):
        subprocess.run([*git, *command], cwd=source, check=True, capture_output=True)
    subprocess.run(["git", "clone", "-q", "--bare", str(source), str(bare)], check=True, capture_output=True)
    return {
        **os.environ,
        "XDG_CACHE_HOME": str(base / "cache"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{bare}.insteadOf",
        "GIT_CONFIG_VALUE_0": URL,
    }


def check_one_patient(workdir: Path, env: dict[str, str]) -> None:
    """One patient of the demo cohort, and the reference, made from files that came from the clone alone."""
    target = "results/patients/EGFR-L858R/report.html"
    command = [sys.executable, "-m", "snakemake", "--cores", "2", target]
    said = subprocess.run(command, cwd=workdir, env=env, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout[-2000:] + said.stderr[-4000:]
    assert "T790M" in (workdir / target).read_text(encoding="utf-8")
    result = json.loads((workdir / target).with_name("result.json").read_text(encoding="utf-8"))
    assert result["provenance"]["workflow"]["version"] == VERSION


def test_as_a_module_of_another_repository(offline, tmp_path):
    (tmp_path / "config").mkdir()
    shutil.copy(ROOT / "config/config.yaml", tmp_path / "config")
    (tmp_path / "Snakefile").write_text(
        'configfile: "config/config.yaml"\n\n'
        "module acquired:\n"
        f'    snakefile: github("example/acquired", path="workflow/Snakefile", tag="{TAG}")\n'
        "    config: config\n\n"
        "use rule * from acquired\n",
        encoding="utf-8",
    )
    check_one_patient(tmp_path, offline)


def test_after_snakedeploy(offline, tmp_path):
    deploy = Path(sys.executable).parent / "snakedeploy"
    command = [str(deploy), "deploy-workflow", URL, str(tmp_path / "lab"), "--tag", TAG]
    said = subprocess.run(command, env=offline, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    check_one_patient(tmp_path / "lab", offline)
