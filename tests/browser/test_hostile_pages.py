"""Hostile text in sheets and call files, through the whole workflow: on the pages it stays text."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MARKUP = '<script>window.__hacked=1</script><img src=x onerror="window.__hacked=2">\'"&{{7*7}}{% raw %}'
TURNED = "\u202eright to left\u202c\u2066 and back\u2069\u200b"
LONG = "long" * 2_500
PATIENT = "HOSTILE-1"


def calls(path: Path, mark: str) -> None:
    """The demo's first call file with hostile header lines, filter, annotation and ID."""
    lines = []
    for line in (ROOT / "resources/example/calls/EGFR-L858R.vcf").read_text(encoding="utf-8").splitlines():
        if line.startswith("#CHROM"):
            lines.append(f"##source={MARKUP}")
            lines.append(f'##FILTER=<ID=bad,Description="{TURNED}{LONG}">')
        if line.startswith("chr7\t55181378"):  # T790M, with an annotation and a filter made to hurt
            cells = line.split("\t")
            cells[2] = "<svg/onload=alert(1)>"
            cells[6] = mark
            cells[7] += ";CSQ=" + MARKUP.replace(" ", "_").replace(";", "").replace("=", "")
            line = "\t".join(cells)
        lines.append(line)
    lines.append("\t".join(["<b>chr7</b>", "1", ".", "A", "<i>x</i>", ".", "PASS", ".", "GT", *["0/1"] * 5]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, pages: dict[str, Path], workflow: Callable[..., Path]) -> Path:
    """A run of one patient whose every free cell is hostile; its pages join `pages`."""
    workdir = tmp_path_factory.mktemp("hostile")
    (workdir / "config").mkdir()
    calls(workdir / "config" / "calls.vcf", "<script>window.__hacked=3</script>")
    columns = [
        "patient",
        "specimen",
        "day",
        "variants",
        "sample",
        "disease",
        "assay",
        "site",
        "caller",
        "histology",
        "note",
    ]
    rows = []
    for day, name in ((0, "plasma-1"), (84, "plasma-2"), (196, "plasma-3")):
        cells = [
            PATIENT,
            name,
            str(day),
            "calls.vcf",
            f"EGFR-L858R_{name}",
            MARKUP,
            MARKUP,
            TURNED,
            "mutect2",
            LONG,
            LONG,
        ]
        rows.append("\t".join(cells))
    sheet = "\t".join(columns) + "\n" + "\n".join(rows) + "\n"
    (workdir / "config" / "lab.samples.tsv").write_text(sheet, encoding="utf-8")
    drugs = f"patient\tdrug\tstart\tstop\n{PATIENT}\terlotinib\t7\t196\n"
    (workdir / "config" / "lab.therapies.tsv").write_text(drugs, encoding="utf-8")
    results = workflow(workdir)
    pages["hostile/cohort"] = results / "cohort" / "index.html"
    pages["hostile/patient"] = results / "patients" / PATIENT / "report.html"
    return results


@pytest.mark.parametrize("name", ["hostile/patient", "hostile/cohort"])
def test_nothing_of_it_becomes_markup(name: str, hostile: Path, visit: Any) -> None:
    result = json.loads((hostile / "patients" / PATIENT / "result.json").read_text(encoding="utf-8"))
    assert result["status"] == "compared", result["problems"]
    page = visit(name)
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert page.evaluate("window.__hacked") is None
    assert page.locator("main img, main script, main svg svg, main b b").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    text = page.evaluate("document.body.textContent")
    assert "<script>window.__hacked=1</script>" in text
    assert "{{7*7}}" in text and "49{%" not in text
    assert not set("\u202e\u202c\u2066\u2069\u200b") & set(text)


def test_what_the_files_say_is_told_as_text(hostile: Path, visit: Any) -> None:
    text = visit("hostile/patient").evaluate("document.body.textContent")
    assert "_script_window.__hacked_3_/script_" in text, "the caller's filter, in the letters a filter may have"
    assert "<b>chr7</b>:1" in text, "an example of what is set aside"
    assert "[U+202E]right to left" in text, "the site"
    assert LONG in text, "the histology"
    assert "EGFR T790M" in text


def test_a_refusal_quotes_it_as_text(tmp_path: Path, browser: Any, workflow: Callable[..., Path]) -> None:
    (tmp_path / "config").mkdir()
    shutil.copy(ROOT / "config" / "config.yaml", tmp_path / "config")
    for name in ("a.vcf", "b.vcf"):
        (tmp_path / "config" / name).write_text(f"{MARKUP}\n{LONG}{name}\n", encoding="utf-8")
    sheet = f"patient\tspecimen\tday\tvariants\tsite\n{PATIENT}\ta\t0\ta.vcf\t\n{PATIENT}\tb\t9\tb.vcf\t{MARKUP}\n"
    (tmp_path / "config" / "lab.samples.tsv").write_text(sheet, encoding="utf-8")
    results = workflow(tmp_path)
    for path in (results / "cohort" / "index.html", results / "patients" / PATIENT / "report.html"):
        page = browser.new_page()
        page.goto(path.as_uri())
        assert page.evaluate("window.__hacked") is None
        assert page.locator("main img, main script").count() == 0
        assert PATIENT in page.locator("body").inner_text()
        page.close()
