"""The real workflow on hostile ids, paths, cells and links: it works, or is refused before the first job."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CALLS = (
    "##fileformat=VCFv4.2\n##contig=<ID=chr7,length=159345973>\n"
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="g">\n##FORMAT=<ID=AD,Number=R,Type=Integer,Description="a">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
    "chr7\t55191822\t.\tT\tG\t.\tPASS\t.\tGT:AD\t0/1:700,300\n"
)
T790M = "chr7\t55181378\t.\tC\tT\t.\t{filter}\t.\tGT:AD\t0/1:900,100\n"
HOSTILE = "<img/src=x/onerror=alert(1)>"
FORMULA = "=HYPERLINK(1)"


def snakemake(workdir: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "-d", str(workdir), "--cores", "2"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(workdir / ".cache")}
    return subprocess.run([*command, *more], capture_output=True, text=True, env=environment, cwd=workdir, check=False)


def lay(workdir: Path, rows: list[list[str]]) -> Path:
    (workdir / "config").mkdir(parents=True)
    shutil.copy(ROOT / "config" / "config.yaml", workdir / "config")
    head = ["patient", "specimen", "day", "variants", "build", "disease", "therapy"]
    with (workdir / "config" / "x.samples.tsv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out, delimiter="\t", lineterminator="\n").writerows([head, *rows])
    return workdir


@pytest.mark.heavy
def test_a_folder_and_files_with_spaces_quotes_and_shell_characters(tmp_path: Path) -> None:
    """The working directory, too: its name holds a blank, quotes, a dollar and braces."""
    pre, post = "my 'calls' $(touch pwned) \"q\" ü.vcf", "-rf & `id` | post*?.vcf"
    work = lay(tmp_path / "a lab's $HOME", [
        ["P+1.a", "pre-1", "0", pre, "GRCh38", HOSTILE, "erlotinib"],
        ["P+1.a", "post_1", "90", post, "GRCh38", HOSTILE, ""],
    ])  # fmt: skip
    (work / pre).write_text(CALLS)
    (tmp_path / "elsewhere.vcf").write_text(CALLS + T790M.format(filter="PASS"))
    (work / post).symlink_to(tmp_path / "elsewhere.vcf")  # labs keep their data elsewhere: read, never written
    before = (tmp_path / "elsewhere.vcf").stat()
    said = snakemake(work)
    assert said.returncode == 0, said.stderr[-3000:]
    result = json.loads((work / "results/patients/P+1.a/result.json").read_text(encoding="utf-8"))
    assert "T790M" in {a["protein"] for a in result["alterations"]}
    for page in (work / "results").rglob("*.html"):
        assert HOSTILE not in page.read_text(encoding="utf-8"), page
    assert not [p for p in tmp_path.rglob("*pwned*") if "calls" not in p.name]
    assert {p.name for p in tmp_path.iterdir()} == {"a lab's $HOME", "elsewhere.vcf"}, "nothing is written outside"
    after = (tmp_path / "elsewhere.vcf").stat()
    assert (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size)


@pytest.mark.heavy
def test_hostile_ids_and_paths_are_refused_before_the_first_job(tmp_path: Path) -> None:
    ids = [
        "../x",
        "a/b",
        "..",
        ".hidden",
        "a b",
        "$(id)",
        "a;b",
        "a\x1b[31m",
        "x" * 255,
        "con",
        "-rf",
        "a..b",
        "é",
        FORMULA,
    ]
    work = lay(tmp_path / "w", [[id_, "s", "0", "a.vcf", "", "", ""] for id_ in ids])
    (work / "a.vcf").write_text(CALLS)
    said = snakemake(work)
    assert said.returncode != 0 and not (work / "results").exists()
    assert "Traceback" not in said.stderr + said.stdout and "\x1b[31m" not in said.stderr
    shutil.rmtree(work)
    paths = [
        "new\nline.vcf",
        "tab\there.vcf",
        "x" * 255 + ".vcf",
        "9" * 5000,
        "/dev/zero",
        "/dev/stdin",
        "/etc",
        "nul\x7f.vcf",
        "a{b}.vcf",
    ]
    work = lay(tmp_path / "w", [["P", f"s{i}", str(i), path, "", "", ""] for i, path in enumerate(paths)])
    said = snakemake(work)
    assert said.returncode != 0 and not (work / "results").exists() and "Traceback" not in said.stderr + said.stdout


@pytest.mark.heavy
@pytest.mark.parametrize(
    "text", ["a: !!python/object/apply:os.system ['touch pwned']\n", "a: &a [*a, *a]\n", "{[", "- 1\n"]
)
def test_a_config_of_yaml_tags_runs_nothing(tmp_path: Path, text: str) -> None:
    work = lay(tmp_path / "w", [])
    (work / "config" / "config.yaml").write_text(text)
    assert snakemake(work).returncode != 0
    assert not list(tmp_path.rglob("pwned")) and not (work / "results").exists()
