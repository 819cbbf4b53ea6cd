"""The pages of the demo cohort, as the real workflow makes them."""

from __future__ import annotations

import csv
import importlib.util
import json
import shutil
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
with (ROOT / "resources/example/cohort.samples.tsv").open(encoding="utf-8") as handle:
    LINES = [line for line in handle if not line.startswith("#")]
NAMES = sorted({row["patient"] for row in csv.DictReader(LINES, delimiter="\t")})
EVERY = [*(f"demo/{name}" for name in NAMES), "demo/cohort"]
OPEN = "document.querySelectorAll('details').forEach((d) => { d.open = true; })"


@pytest.mark.parametrize("name", EVERY)
def test_a_demo_page_is_quiet_says_that_it_is_synthetic_and_fits_every_screen(
    name: str, demo: Path, pages: dict[str, Path], visit: Any
) -> None:
    if name != "demo/cohort":
        assert pages[name].stat().st_size <= 150_000
    for width in (390, 1280):
        page = visit(name, size=(width, 844))
        assert "Synthetic demo data" in page.locator(".banner").inner_text()
        page.evaluate(OPEN)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        cut = page.evaluate(
            """() => [...document.querySelectorAll('svg text')].filter((t) => {
              const box = t.getBBox(), view = t.ownerSVGElement.viewBox.baseVal;
              return t.getClientRects().length && (box.x < view.x - 1 || box.x + box.width > view.x + view.width + 1);
            }).map((t) => t.textContent)"""
        )
        assert cut == [], "names that the drawing cuts"


@pytest.mark.parametrize("name", EVERY)
def test_no_accessibility_violation_in_the_demo(name: str, demo: Path, visit: Any, axe: str) -> None:
    page = visit(name, bypass_csp=True)
    page.evaluate(OPEN)
    page.evaluate(axe)
    found = page.evaluate("async () => (await axe.run()).violations")
    assert [(v["id"], v["help"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found] == []


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext (apt-get install poppler-utils)")
@pytest.mark.parametrize("name", NAMES)
def test_the_paper_of_the_demo_has_every_finding(name: str, demo: Path, visit: Any, tmp_path: Path) -> None:
    page = visit(f"demo/{name}")
    out = tmp_path / "page.pdf"
    page.pdf(path=str(out), format="A4", prefer_css_page_size=True)
    text = subprocess.run(["pdftotext", "-raw", str(out), "-"], capture_output=True, text=True, check=True).stdout
    flat = "".join(text.split())
    result = json.loads((demo / "patients" / name / "result.json").read_text(encoding="utf-8"))
    said = [v["why"] for v in result["verdicts"]] + [n["text"] for n in result.get("notes", [])]
    for alteration in result["alterations"]:
        said += [alteration["name"], alteration["hgvs_c"], *(f["text"] for f in alteration["flags"])]
        said += [c["claim"] for c in alteration["claims"] if c["relation"] == "given"]
        said += [
            f"{o['alt_count']:,} of {o['depth']:,}" for o in alteration["observations"] if o["alt_count"] is not None
        ]
    said += [negative["locus"] for negative in result["negatives"]]
    said += [item["sha256"] for item in result["provenance"]["inputs"]]
    missing = [value for value in dict.fromkeys(said) if "".join(value.split()) not in flat]
    assert missing == []


def test_the_cohort_page_leads_to_every_report(demo: Path, visit: Any) -> None:
    page = visit("demo/cohort")
    links = page.eval_on_selector_all("#tp tbody a", "links => links.map((a) => a.href)")
    assert sorted(Path(link).parent.name for link in links) == NAMES
    page.locator("#tp a", has_text="GIST-TWO-SITES").click()
    page.wait_for_url("**/GIST-TWO-SITES/report.html")
    assert page.locator("h1").inner_text() == "GIST-TWO-SITES"


def test_two_sites_of_one_day_stand_side_by_side(demo: Path, visit: Any) -> None:
    rows = visit("demo/GIST-TWO-SITES").locator("table.sites tbody tr").all_inner_texts()
    assert any(r.startswith("KIT V654A") and "private to liver" in r for r in rows)
    assert any(r.startswith("KIT D816H") and "private to peritoneum" in r for r in rows)
    assert any(r.startswith("KIT V559D") and "shared" in r for r in rows)


def test_what_stands_on_calls_alone_names_what_would_make_it_certain(demo: Path, visit: Any) -> None:
    assert "What would make it certain: how deep biopsy-1" in visit("demo/CD74-ROS1").locator(".card").inner_text()
    assert "What would make it certain" not in visit("demo/EGFR-L858R").locator("#verdicts").inner_text()


def screenshots() -> ModuleType:
    spec = importlib.util.spec_from_file_location("screenshots", ROOT / "tools" / "screenshots.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["screenshots"] = module
    spec.loader.exec_module(module)
    return module


def test_the_pictures_in_docs_are_current(demo: Path, browser: Any) -> None:
    assert screenshots().stale(browser, demo) == [], "run `make screenshots` and look at them"
