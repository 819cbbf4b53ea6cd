"""Each control does what it says, by mouse and by keyboard alone."""

from __future__ import annotations

from typing import Any

PAGE = "egfr_five_time_points"


def column(page: Any, table: str, number: int) -> list[str]:
    return page.eval_on_selector_all(
        f"#{table} tbody.row:not([hidden]) tr:first-child > :nth-child({number})",
        "cells => cells.map(c => c.innerText.split('\\n')[0].trim())",
    )


def test_a_heading_sorts_its_column_and_again_turns_it(visit: Any) -> None:
    page = visit(PAGE)
    page.get_by_text("25 loci: erlotinib").click()
    before = column(page, "tn1", 1)
    page.locator("#tn1 thead button", has_text="Gene").click()
    assert column(page, "tn1", 1) == sorted(before)
    assert page.locator("#tn1 th[aria-sort=ascending]").inner_text().strip().startswith("Gene")
    page.locator("#tn1 thead button", has_text="Gene").click()
    assert column(page, "tn1", 1) == sorted(before, reverse=True)
    assert page.locator("#tn1 th[aria-sort]").get_attribute("aria-sort") == "descending"


def test_numbers_sort_as_numbers_and_details_stay_with_their_row(visit: Any) -> None:
    page = visit(PAGE)
    page.locator("#tf2 thead button", has_text="After").click()
    names = column(page, "tf2", 1)
    assert [n.split(" #")[0] for n in names] == ["KRAS G12V", "EGFR C797S", "MET amplification"]
    page.locator("#tf2 tbody.row").first.locator("summary").click()
    assert "chr12:25245350 C>A" in page.locator("#tf2 tbody.row").first.inner_text()


def test_search_narrows_the_rows_and_counts_them(visit: Any) -> None:
    page = visit(PAGE)
    page.get_by_text("25 loci: erlotinib").click()
    tools = page.locator(".tools[data-for=tn1]")
    tools.locator("input").fill("egfr exon")
    assert column(page, "tn1", 2) == ["exon 20 insertion"]
    assert tools.locator(".count").inner_text() == "1 of 25 rows"
    tools.locator("input").fill("")
    assert len(column(page, "tn1", 2)) == 25


def test_fold_and_theme_and_scale(visit: Any) -> None:
    page = visit(PAGE)
    page.locator("#fold").click()
    assert page.locator("details:not([open])").count() == 0
    assert page.locator("#fold").inner_text() == "Close all details"
    page.locator("#fold").click()
    assert page.locator("details[open]").count() == 0
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("#theme").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    assert page.locator("#theme").inner_text() == "Light"
    page.locator("#theme").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light
    assert page.locator("g.log").is_visible() and not page.locator("g.linear").first.is_visible()
    page.locator("#log").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator("g.linear").first.is_visible() and not page.locator("g.log").is_visible()


def test_hover_and_focus_tell_a_marks_numbers(visit: Any) -> None:
    page = visit(PAGE)
    marks = page.locator("g.log .pt")
    t790 = page.locator('g.log .pt[aria-label^="EGFR T790M, P2"]')
    t790.scroll_into_view_if_needed()
    t790.hover()
    assert page.locator(".tip").inner_text() == "EGFR T790M, P2: 5.2\u00a0%, 61 of 1,167, called"
    page.mouse.move(0, 0)
    assert not page.locator(".tip").is_visible()
    assert page.locator("svg.chart").first.locator('[tabindex="0"]').count() == 1
    marks.first.focus()
    first = page.locator(".tip").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.locator(".tip").inner_text() not in ("", first)
    page.keyboard.press("Escape")
    assert not page.locator(".tip").is_visible()


def test_a_table_is_copied_as_text_without_formulas(visit: Any) -> None:
    page = visit("hostile_strings", permissions=["clipboard-read", "clipboard-write"])
    page.locator(".tools[data-for=tf1] .copy").click()
    page.locator(".tools[data-for=tf1] .copy", has_text="Copied").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    lines = text.strip().split("\n")
    assert lines[0].split("\t")[:3] == ["Alteration", "Mechanism", "Before"]
    cells = [cell for line in lines for cell in line.split("\t")]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_a_link_to_a_finding_opens_what_hides_it(visit: Any) -> None:
    page = visit(PAGE, fragment="#a-chr17-7673802-C-T")
    row = page.locator("#a-chr17-7673802-C-T")
    assert row.is_visible()
    assert "TP53 R273H" in row.inner_text()


def test_the_keyboard_alone_is_enough(visit: Any) -> None:
    page = visit(PAGE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#verdicts"
    reached = set()
    for _ in range(150):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("document.activeElement.closest('section, nav')?.id || document.activeElement.tagName")
        )
    assert {"verdicts", "findings", "course", "negatives"} <= reached
    page.locator("#tf2 summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#tf2 details[open]").count() == 1


def test_a_number_of_the_overview_picks_its_patients(visit: Any) -> None:
    page = visit("cohort")
    assert len(column(page, "tp", 1)) == 7
    page.locator(".pick[data-label='imatinib: Resistance emerged']").click()
    assert column(page, "tp", 1) == ["DEMO-GIST-1", "H-1"]
    page.locator(".picked").click()
    assert len(column(page, "tp", 1)) == 7
    page.locator(".tools[data-for=tp] select").select_option(label="refused")
    assert column(page, "tp", 1) == ["LAB-0042"]


def test_a_patients_link_opens_the_report(visit: Any) -> None:
    page = visit("cohort")
    assert page.locator("#tp a", has_text="DEMO-GIST-1").get_attribute("href").endswith("/report.html")
