"""One folder of built references for many users: built once, never seen half, never trusted blindly."""

from __future__ import annotations

import gzip
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from acquired.errors import InputError
from acquired.reference.build import FILES, build_reference
from acquired.reference.shared import shared_reference

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "resources"

#: Waits for the others at a gate, so that all look into the empty cache together; prints whether it built.
ONE_USER = """
import sys, time
from pathlib import Path
from acquired.reference import shared
cache, out, gate, resources = map(Path, sys.argv[1:5])
build = shared.build_reference
shared.build_reference = lambda *given: (print("built"), build(*given))
Path(gate, out.name).touch()
while len(list(gate.iterdir())) < int(sys.argv[5]):
    time.sleep(0.01)
shared.shared_reference(cache, ["code", "data"], resources, "GRCh38", out)
"""


def contents(folder: Path) -> dict[str, bytes]:
    return {file: (folder / file).read_bytes() for file in FILES}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run that shares nothing builds."""
    out = tmp_path_factory.mktemp("alone") / "GRCh38"
    build_reference(RESOURCES, "GRCh38", out)
    return contents(out)


def test_users_who_come_at_once_all_get_the_whole_bytes(tmp_path, whole):
    users, gate = 6, tmp_path / "gate"
    gate.mkdir()
    paths = [[str(tmp_path / p) for p in ("cache", f"run{n}", "gate")] for n in range(users)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", ONE_USER, *words, str(RESOURCES), str(users)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for words in paths
    ]
    said = [process.communicate(timeout=100) for process in started]
    assert [process.returncode for process in started] == [0] * users, said
    assert sum("built" in out for out, _ in said) > 1, "they did not come at once: this test has shown nothing"
    for n in range(users):
        assert contents(tmp_path / f"run{n}") == whole
    (kept,) = (tmp_path / "cache").iterdir()  # one folder, and no draft left behind
    assert contents(kept) == whole


def test_the_second_user_builds_nothing(tmp_path, whole, monkeypatch):
    shared_reference(tmp_path / "cache", ["code"], RESOURCES, "GRCh38", tmp_path / "first")
    monkeypatch.setattr("acquired.reference.shared.build_reference", lambda *_: pytest.fail("built again"))
    shared_reference(tmp_path / "cache", ["code"], RESOURCES, "GRCh38", tmp_path / "second")
    assert contents(tmp_path / "second") == whole


def test_other_code_or_another_genome_is_another_reference(tmp_path, monkeypatch):
    """A genome of one's own counts by path, size and time: the same name with other bases is not the same genome."""
    made = []

    def build(resources, build, out, fasta, gff):
        made.append(fasta)
        out.mkdir()
        for file in FILES:
            (out / file).write_text(str(len(made)))

    monkeypatch.setattr("acquired.reference.shared.build_reference", build)
    genome = tmp_path / "genome.fa"
    genome.write_text(">chr1\nACGT\n")

    def number(key: str, fasta: Path | None) -> str:
        shared_reference(tmp_path / "cache", [key], RESOURCES, "GRCh38", tmp_path / "out", fasta)
        return (tmp_path / "out" / "reference.json").read_text()

    assert [number("a", None), number("b", None), number("a", genome), number("a", genome)] == ["1", "2", "3", "3"]
    os.utime(genome, ns=(1, 1))
    assert [number("a", genome), number("a", None)] == ["4", "1"]


def test_what_was_altered_is_refused_by_name(tmp_path):
    shared_reference(tmp_path / "cache", ["code"], RESOURCES, "GRCh38", tmp_path / "out")
    (kept,) = (tmp_path / "cache").iterdir()
    genes = kept / "genes.gff3.gz"
    with gzip.open(genes, "ab") as file:
        file.write(b"chr7\tour\tgene\t1\t2\t.\t+\t.\tID=gene:BAD\n")
    with pytest.raises(InputError) as told:
        shared_reference(tmp_path / "cache", ["code"], RESOURCES, "GRCh38", tmp_path / "again")
    assert "genes.gff3.gz is not what was put there" in str(told.value)
    assert str(kept) in str(told.value)
    assert not (tmp_path / "again" / "reference.json").exists()


def test_other_users_can_read_it_under_any_umask(tmp_path):
    before = os.umask(0o077)
    try:
        shared_reference(tmp_path / "cache", ["code"], RESOURCES, "GRCh38", tmp_path / "out")
    finally:
        os.umask(before)
    (kept,) = (tmp_path / "cache").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o755
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept.iterdir()} == {0o644}


def test_a_cache_that_cannot_be_written_is_told_as_such(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="reference_cache"):
        shared_reference(tmp_path / "file" / "cache", ["code"], RESOURCES, "GRCh38", tmp_path / "out")
