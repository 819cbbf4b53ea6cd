"""A look before the run: the demo is clean, each fault of a file is told with whose it is, and nothing is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from acquired.check.cohort import check
from acquired.cli import main

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "resources"
CALLS = RESOURCES / "example" / "calls"


def test_the_demo_has_no_problem_and_each_specimen_is_told(tmp_path: Path) -> None:
    found = check({}, tmp_path, RESOURCES)
    assert not found.problems
    text = "\n".join(found.lines)
    assert "GRCh37 by REF" in text and "GRCh38 by REF" in text and "VarDict by its header" in text
    assert "absence by the assay's stated limit" in text and "chromosomes written as chr1" in text
    assert list(tmp_path.iterdir()) == []


def lay(folder: Path, spoil) -> None:
    """A working directory with one patient, whose second file is spoilt."""
    (folder / "config").mkdir()
    for name in ("biopsy-1", "biopsy-2"):
        shutil.copy(CALLS / f"CD74-ROS1.{name}.vcf", folder / f"{name}.vcf")
    path = folder / "biopsy-2.vcf"
    path.write_text(spoil(path.read_text()))
    rows = ["patient\tspecimen\tday\tvariants\tdisease\ttherapy", "P1\tb1\t0\tbiopsy-1.vcf\tNSCLC\tcrizotinib",
            "P1\tb2\t90\tbiopsy-2.vcf\tNSCLC\tcrizotinib"]  # fmt: skip
    (folder / "config/a.samples.tsv").write_text("\n".join(rows) + "\n")


def no_header(text: str) -> str:
    return "".join(line + "\n" for line in text.splitlines() if not line.startswith("#"))


def cut_short(text: str) -> str:
    lines = text.splitlines()
    lines[-1] = "\t".join(lines[-1].split("\t")[:5])
    return "\n".join(lines) + "\n"


def other_genome(text: str) -> str:
    return "\n".join(line.replace("chr", "scaffold_", 1) if line[:3] == "chr" else line for line in text.splitlines())


@pytest.mark.parametrize(
    ("spoil", "what"),
    [(no_header, "expected a header line"), (cut_short, "the record has 5 columns"),
     (other_genome, "lies on a human chromosome"), (lambda t: "", "empty")],
)  # fmt: skip
def test_a_fault_is_told_with_whose_it_is(tmp_path, capsys, monkeypatch, spoil, what) -> None:
    lay(tmp_path, spoil)
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--directory", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert what in said.err and "biopsy-2.vcf" in said.err
    assert "biopsy-1.vcf: VCF; Mutect2" in said.out or what == "empty"
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("text", "what"), [("a: [", "not YAML"), ("- a", "not known"), ("asays: {}", "“assays” was meant")]
)
def test_a_bad_configuration_is_told(tmp_path, capsys, monkeypatch, text, what) -> None:
    (tmp_path / "c.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--configfile", "c.yaml"]) == 2
    assert what in capsys.readouterr().err
