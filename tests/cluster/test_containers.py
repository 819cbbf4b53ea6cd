"""The container recipes: the same as each other and as the lock; the Dockerfile's steps, run over this system."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from cluster_kit import ROOT, may_mount
from packaging.requirements import Requirement

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
APPTAINER = (ROOT / "containers/acquired.def").read_text(encoding="utf-8")
#: Instructions without their comments: [("FROM", "..."), ("RUN", "..."), ...]
STEPS = [tuple(line.split(" ", 1)) for line in DOCKERFILE.splitlines() if line and not line.startswith("#")]


def of(name: str) -> list[str]:
    return [rest for instruction, rest in STEPS if instruction == name]


def pinned(*locks: str) -> dict[str, str]:
    text = "".join((ROOT / lock).read_text(encoding="utf-8") for lock in locks)
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", text, re.MULTILINE | re.IGNORECASE))


def test_one_base_image_of_one_version_and_no_other_host():
    (image,) = of("FROM")
    assert re.fullmatch(r"python:3\.11\.\d+-slim-\w+", image)
    assert f"Bootstrap: docker\nFrom: {image}\n" in APPTAINER
    for text in (DOCKERFILE, APPTAINER):
        assert not re.search(r"https?:|ftp:|git\+|curl|wget|apt-get|latest", text)


def test_it_does_not_run_as_root():
    names = [instruction for instruction, _ in STEPS]
    assert of("USER") == ["acquired"]
    assert names.index("USER") > max(n for n, name in enumerate(names) if name in ("RUN", "COPY"))
    assert not any(word in of("USER") for word in ("root", "0"))


def test_packages_come_from_the_lock_with_hashes_and_from_nowhere_else():
    installs = [step for step in of("RUN") if " install " in step]
    assert installs == ["python -m pip install --require-hashes -r /opt/acquired/requirements.txt"]
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").split("\n\n")[0].splitlines():
        assert "://" not in line


def test_apptainer_takes_the_same_steps():
    """All but the user: Apptainer runs as whoever calls it."""
    post = APPTAINER.split("%post\n")[1].split("\n\n%")[0]
    steps = [line.strip() for line in post.splitlines()]
    assert steps == [f"export {of('ENV')[0]}", *(step for step in of("RUN") if not step.startswith("useradd"))]
    runscript = APPTAINER.split("%runscript\n")[1].strip()
    assert runscript == f'exec {" ".join(json.loads(of("ENTRYPOINT")[0]))} "$@"'


def test_both_copy_what_a_run_needs_and_the_builder_sees_it():
    copied = {source for step in of("COPY") for source in step.split()[:-1]}
    files = APPTAINER.split("%files\n")[1].split("\n\n%")[0].splitlines()
    assert {line.split()[0].split("/")[0] for line in files} == copied
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {line[1:].split("/")[0] for line in ignored if line.startswith("!")} == copied
    assert (
        ignored.index("*") < ignored.index("!config") < ignored.index("config/*") < ignored.index("!config/config.yaml")
    )
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "workflow/envs").glob("*.yaml")))
def test_conda_has_the_versions_of_the_lock(name):
    locked = pinned("requirements.txt", "requirements-cluster.txt")
    told = yaml.safe_load((ROOT / "workflow/envs" / name).read_text(encoding="utf-8"))["dependencies"]
    versions = dict(dependency.split(" =") for dependency in told)
    assert versions.pop("python") == "3.11"
    if "snakemake-minimal" in versions:  # bioconda's name for it
        versions["snakemake"] = versions.pop("snakemake-minimal")
    assert versions == {package: locked[package] for package in versions}
    direct = {"pysam", "jinja2", "jsonschema", "pyyaml"}
    assert direct <= set(versions)


def test_the_locks_agree():
    run, cluster = pinned("requirements.txt"), pinned("requirements-cluster.txt")
    dev = pinned("requirements-dev.txt")
    assert {name: cluster[name] for name in cluster if name in run} == {n: run[n] for n in run if n in cluster}
    assert {name: cluster[name] for name in cluster if name in dev} == {n: dev[n] for n in dev if n in cluster}


def test_the_extra_is_what_is_locked():
    """A requirement changed in pyproject.toml without a new lock is told."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    locked = pinned("requirements-cluster.txt")
    for requirement in map(Requirement, extras["cluster"]):
        assert requirement.specifier.contains(locked[requirement.name]), f"{requirement}: {locked[requirement.name]}"


#: This system under a layer that keeps every change apart: what a base image is to a recipe. $1: folder of the layer.
LAYER = """
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount --rbind /dev "$1/root/dev"; mount -t proc proc "$1/root/proc"
exec chroot "$1/root" sh -e -c "$2"
"""


@pytest.mark.heavy
@pytest.mark.timeout(600)
@pytest.mark.skipif(not may_mount(), reason="needs the right to mount (root)")
def test_the_dockerfiles_steps_run_and_what_they_make_runs_as_its_user(tmp_path):
    """COPY, RUN, USER, ENV and ENTRYPOINT as they stand, with this Python in place of the base image's.

    The user may write in /data alone; one patient of the demo cohort is made there.
    """
    context, layer = tmp_path / "context", tmp_path / "layer"
    layer.mkdir()
    for source in {source for step in of("COPY") for source in step.split()[:-1]}:
        target = context / source
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, target)
    # A fresh Python: `python` of the base image, with nothing in it.
    script = [f"{shlex.quote(sys.executable)} -m venv --copies /usr/local/image", "PATH=/usr/local/image/bin:$PATH"]
    entry, user, exported = [], "", []
    for instruction, rest in STEPS:
        if instruction == "ENV":
            exported.append(rest)
            script.append(f"export {rest}")
        elif instruction == "COPY":
            *sources, target = rest.split()
            script.append(f"mkdir -p {target}")
            whole = [f"{context}/{source}" + ("/." if (ROOT / source).is_dir() else "") for source in sources]
            script.append(f"cp -r {' '.join(whole)} {target}")
        elif instruction == "RUN":
            script.append(f"( {rest} )")
        elif instruction == "USER":
            user = rest
        elif instruction == "WORKDIR":
            script.append(f"mkdir {rest} && cp -r /opt/acquired/config {rest} && chown -R {user} {rest} && cd {rest}")
        elif instruction == "ENTRYPOINT":
            entry = json.loads(rest)
    one = ["results/patients/EGFR-L858R/report.html", "--cores", "1", "--quiet", "all"]
    command = shlex.join([*entry, *one])
    script.append(f"setpriv --reuid {user} --regid {user} --clear-groups env HOME=/home/{user} {command}")
    script.append("stat -c '%U %n' results/patients/EGFR-L858R/report.html")
    script.append(f"setpriv --reuid {user} --regid {user} --clear-groups sh -c '! touch /opt/acquired/x 2>/dev/null'")
    words = ["unshare", "--mount", "sh", "-c", LAYER, "sh", str(layer), "\n".join(script)]
    kept = {name: os.environ[name] for name in os.environ if not name.startswith(("PYTHON", "VIRTUAL_ENV", "XDG_"))}
    ended = subprocess.run(words, env=kept, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, (ended.stdout + ended.stderr)[-3000:]
    assert "acquired results/patients/EGFR-L858R/report.html" in ended.stdout
    assert not Path("/opt/acquired").exists()
