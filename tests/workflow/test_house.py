"""The house itself: what a remote module must fetch, what Snakemake's own checks say, what may not be in it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))


def test_every_file_that_a_remote_module_needs_is_listed():
    from list_files import files

    assert (ROOT / "workflow/files.txt").read_text(encoding="utf-8").split("\n")[:-1] == files(), "run `make files`"


def test_every_listed_file_survives_a_fetch_as_text():
    """Snakemake fetches a module's files as text and strips the last newline: nothing there may be binary."""
    for name in (ROOT / "workflow/files.txt").read_text(encoding="utf-8").split():
        (ROOT / name).read_bytes().decode("utf-8")


def test_the_library_does_not_import_snakemake():
    for path in (ROOT / "scripts/acquired").rglob("*.py"):
        assert not re.search(r"^\s*(import|from) snakemake", path.read_text(encoding="utf-8"), re.M), path


def test_no_room_is_larger_than_400_lines():
    rooms = [
        *ROOT.glob("scripts/**/*.py"),
        *ROOT.glob("rules/*.smk"),
        *ROOT.glob("tests/**/*.py"),
        *ROOT.glob("tools/**/*.py"),
    ]
    assert {p.name: n for p in rooms if (n := p.read_text(encoding="utf-8").count("\n")) > 400} == {}


def test_each_script_is_short_and_calls_the_library():
    for path in ROOT.glob("scripts/*.py"):
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") < 25 and "from acquired." in text, path


def test_each_rule_file_opens_with_what_it_takes_and_gives():
    for path in ROOT.glob("rules/*.smk"):
        head = path.read_text(encoding="utf-8").split("\n")
        assert head[0].startswith("# Takes:") and any(line.startswith("# Gives:") for line in head[:4]), path


def test_no_lock_file_names_a_package_host():
    for path in ROOT.glob("requirements*.txt"):
        assert not re.search(r"https?://|--index|--find-links|@ file", path.read_text(encoding="utf-8")), path


def test_architecture_says_of_each_file_what_the_file_says():
    from describe_files import PAGE, first_line, page

    assert PAGE.read_text(encoding="utf-8") == page(), "run `make files`"
    rooms = [p for p in (ROOT / "scripts/acquired").rglob("*.py") if p.name != "__init__.py"]
    assert not [p for p in rooms if len(first_line(p)) < 20]


def test_snakemake_lint_and_snakefmt_are_clean(bench, run):
    said = run(bench, "--lint")
    assert said.returncode == 0, said.stdout + said.stderr
    files = ["Snakefile", "workflow/Snakefile", *map(str, ROOT.glob("rules/*.smk"))]
    said = subprocess.run(
        [sys.executable, "-m", "snakefmt", "--check", *files], cwd=ROOT, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr
