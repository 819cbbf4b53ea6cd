"""The pages in a real browser: quiet, whole on paper and on a phone, and without a barrier."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).parents[1] / "cases" / "report"
NAMES = sorted(p.parent.name for p in CASES.glob("*/result.json"))
EVERY = [*NAMES, "german", "cohort"]


@pytest.mark.parametrize("name", EVERY)
def test_a_page_loads_without_a_message_or_a_request(name: str, visit: Any) -> None:
    page = visit(name)
    assert page.title()
    assert page.locator(".banner").inner_text()


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_the_screen(name: str, width: int, visit: Any) -> None:
    page = visit(name, size=(width, 800))
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_strings_stay_text(visit: Any) -> None:
    for name in ("hostile_strings", "cohort"):
        page = visit(name)
        assert page.evaluate("window.__hacked") is None
        assert page.locator("main img, main script").count() == 0
    page = visit("hostile_strings")
    assert "<script>window.__hacked=1</script>" in page.locator(".disease").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", EVERY)
def test_no_accessibility_violation(name: str, scheme: str, visit: Any, axe: str) -> None:
    page = visit(name, color_scheme=scheme, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    page.evaluate(axe)
    found = page.evaluate("async () => (await axe.run()).violations")
    told = [
        (v["id"], v["help"], [n["html"][:160] + " " + n["failureSummary"][:200] for n in v["nodes"][:3]]) for v in found
    ]
    assert told == []


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext (apt-get install poppler-utils)")
@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("hostile_strings", "refused")])
def test_paper_has_every_finding_whatever_is_folded_or_filtered(name: str, visit: Any, tmp_path: Path) -> None:
    page = visit(name, color_scheme="dark")
    for box in page.locator("input[type=search]").all():
        if box.is_visible():
            box.fill("nothing has this")
    out = tmp_path / "page.pdf"
    page.pdf(path=str(out), format="A4", prefer_css_page_size=True)
    text = subprocess.run(["pdftotext", "-raw", str(out), "-"], capture_output=True, text=True, check=True).stdout
    flat = "".join(text.split())  # lines and words break where the paper ends

    def printed(value: str) -> bool:
        return "".join(value.split()) in flat

    result = json.loads((CASES / name / "result.json").read_text(encoding="utf-8"))
    for alteration in result["alterations"]:
        assert printed(alteration["name"]) and printed(alteration["hgvs_c"])
        for claim in alteration["claims"]:
            assert printed(claim["claim"])
        for observation in alteration["observations"]:
            if observation["alt_count"] is not None:
                assert printed(f"{observation['alt_count']:,} of {observation['depth']:,}")
    for negative in result["negatives"]:
        assert printed(negative["locus"])
        assert negative["depth"] is None or printed(f"{negative['status']} {negative['depth']:,}×")
    for item in result["provenance"]["inputs"]:
        assert printed(item["sha256"])
    for reason in result["set_aside"]["not_listed"]:
        assert printed(reason["reason"])
    assert printed("Research use only")
    assert "Search" not in text.split() and "Copy table" not in text


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext (apt-get install poppler-utils)")
def test_paper_has_the_whole_cohort(visit: Any, tmp_path: Path) -> None:
    page = visit("cohort")
    page.locator(".tools[data-for=tp] input").fill("nothing has this")
    out = tmp_path / "page.pdf"
    page.pdf(path=str(out), format="A4", prefer_css_page_size=True)
    text = subprocess.run(["pdftotext", "-raw", str(out), "-"], capture_output=True, text=True, check=True).stdout
    flat = "".join(text.split())
    for name in NAMES:
        result = json.loads((CASES / name / "result.json").read_text(encoding="utf-8"))
        assert flat.count(result["patient"]) >= (2 if result["status"] != "not compared" else 1)
        for problem in result["problems"]:
            assert "".join(problem["what"].split()) in flat


def test_ink_never_needs_a_background(visit: Any) -> None:
    """Browsers leave backgrounds out on paper: whatever is white there is lost."""
    for name in ("cohort", "egfr_five_time_points"):
        page = visit(name, color_scheme="dark")
        page.emulate_media(media="print")
        pale = page.evaluate(
            """() => [...document.querySelectorAll('body *')].filter((e) => {
              const text = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
              const [r, g, b] = getComputedStyle(e).color.match(/\\d+/g).map(Number);
              return text && e.getClientRects().length && e.tagName !== 'text' && r + g + b > 420;
            }).map((e) => e.outerHTML.slice(0, 120))"""
        )
        assert pale == []


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext (apt-get install poppler-utils)")
def test_headings_repeat_on_each_sheet_of_a_long_table(visit: Any, tmp_path: Path) -> None:
    page = visit("egfr_five_time_points")
    out = tmp_path / "page.pdf"
    page.pdf(path=str(out), format="A4", prefer_css_page_size=True)
    text = subprocess.run(["pdftotext", "-layout", str(out), "-"], capture_output=True, text=True, check=True).stdout
    with_rows = [sheet for sheet in text.split("\f") if "exon 20 insertion" in sheet or "Y1230" in sheet]
    assert len(with_rows) >= 2
    assert all("Locus" in sheet for sheet in with_rows)


def test_the_page_is_whole_without_its_script(visit: Any) -> None:
    page = visit("egfr_five_time_points", java_script_enabled=False)
    assert page.locator(".tools:visible, .act:visible").count() == 0
    assert page.locator("tbody.row", has_text="EGFR T790M").count() > 0
    page.locator("label[for=lin]").click()
    assert page.locator("g.linear").first.is_visible() and not page.locator("g.log").first.is_visible()
    page.locator("#negatives details summary").first.click()
    assert page.locator("#tn1").is_visible()
