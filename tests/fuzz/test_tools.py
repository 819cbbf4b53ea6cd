"""The bill of materials and the licence table are of what the lock file says, and the table in docs/ is current."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(tool: str) -> str:
    done = subprocess.run([sys.executable, str(ROOT / "tools" / tool)], capture_output=True, text=True, check=True)
    return done.stdout


def test_the_bill_lists_every_pinned_package_with_its_hashes() -> None:
    bill = json.loads(run("sbom.py"))
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([A-Za-z0-9._-]+)==([^\s\\]+)", text, re.MULTILINE))
    listed = {(c["name"], c["version"]) for c in bill["components"]}
    assert {(n.lower().replace("_", "-").replace(".", "-"), v) for n, v in pinned} == listed
    assert sum(len(c["hashes"]) for c in bill["components"]) == text.count("--hash=sha256:")
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert len({c["bom-ref"] for c in bill["components"]}) == len(listed)


def test_a_package_without_a_hash_stops_it(tmp_path: Path) -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    from sbom import pins

    for text in ("a==1.0\n", "a>=1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n", ""):
        (tmp_path / "r.txt").write_text(text)
        with pytest.raises(ValueError):
            pins(tmp_path / "r.txt")


def test_the_licence_table_is_current() -> None:
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([a-z0-9-]+) \| ([0-9][^ |]*) \|", page, re.MULTILINE))
    bill = json.loads(run("sbom.py"))
    assert rows == {c["name"]: c["version"] for c in bill["components"]}
    assert "not installed here" not in page
