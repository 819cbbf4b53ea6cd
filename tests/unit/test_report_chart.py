"""The drawings: where a mark stands is what the number says."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from acquired.report import chart, diagrams, protein
from acquired.report.axis import WIDTH, Axis
from acquired.report.view import complete
from acquired.report.words import Words
from hypothesis import given
from hypothesis import strategies as st
from report_cases import RESOURCES, load

WORDS = Words.read(RESOURCES)


def drawn(result: dict[str, Any], field: str = "vaf") -> str:
    series = [a for a in complete(result)["alterations"] if any(o.get(field) is not None for o in a["observations"])]
    return chart.draw(WORDS, result, series[: chart.MOST], field, "VAF")


def group(svg: str, scale: str) -> str:
    return svg[svg.index(f'<g class="scale {scale}">') :].split('<g class="scale ')[1]


def grid(svg: str) -> list[tuple[float, str]]:
    """Heights of the grid lines with their tick labels."""
    heights = [float(y) for y in re.findall(r'<path class="grid" d="M56 ([\d.]+)H', svg)]
    labels = re.findall(r'<text class="tick"[^>]*text-anchor="end">([^<]*)<', svg)
    return list(zip(heights, labels, strict=False))


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_what_was_not_seen_stands_at_its_hidden_vaf_with_a_whisker_to_the_floor(scale: str) -> None:
    result = load("egfr_five_time_points")
    svg = group(drawn(result), scale)
    lines = grid(svg)
    floor, top = max(y for y, _ in lines), min(y for y, _ in lines)
    tips = re.findall(
        r'EGFR T790M, P0: ≤ 0\.24\xa0%, 0 of 1,243, absent</title><path class="whisker" d="M[\d.]+ ([\d.]+)V([\d.]+)"',
        svg,
    )
    assert len(tips) == 1
    y, foot = map(float, tips[0])
    assert foot == floor
    hidden = 1 - 0.05 ** (1 / 1243)
    if scale == "linear":
        end = float(lines[-1][1].rstrip("\xa0%")) / 100
        assert y == pytest.approx(floor - (floor - top) * hidden / end, abs=0.06)
    else:
        decades = len(lines) - 1
        import math

        assert y == pytest.approx(top + (floor - top) * -math.log10(hidden) / decades, abs=0.06)
    assert y < floor


def test_a_seen_fraction_stands_at_its_value() -> None:
    svg = group(drawn(load("egfr_five_time_points")), "linear")
    lines = grid(svg)
    floor, top, end = lines[0][0], lines[-1][0], float(lines[-1][1].rstrip("\xa0%")) / 100
    mark = re.search(
        r'EGFR T790M, P2: 5\.2\xa0%, 61 of 1,167, called</title><path class="solid" d="M[\d.]+ ([\d.]+)', svg
    )
    assert mark
    assert float(mark[1]) == pytest.approx(
        floor - (floor - top) * 61 / 1167 / end, abs=6.1
    )  # a shape begins at its rim


def test_no_line_joins_two_bounds_or_leads_to_a_low_one() -> None:
    result = load("egfr_five_time_points")
    result["alterations"] = [a for a in result["alterations"] if a["name"] in ("PIK3CA E545K", "EGFR C797S")]
    svg = group(drawn(result), "log")
    lines = re.findall(r'<g class="line">(.*?)</g>', svg)
    assert len(lines) == 2
    # C797S: absent three times, low, called: the low specimen parts it from the last; nothing can be joined.
    # PIK3CA E545K: low, low, called, called, called: two lines.
    assert sorted(line.count("<path") for line in lines) == [0, 2]


def test_a_specimen_without_a_number_has_a_mark_of_its_own() -> None:
    result = load("egfr_five_time_points")
    svg = drawn(result)
    assert "P0: not called: AKT1 E17K" in svg and "P2: not assessed: AKT1 E17K" in svg


def test_sites_of_one_day_stand_side_by_side_and_are_never_joined() -> None:
    result = load("gist_two_sites")
    axis = Axis(WORDS, result, 0, 100)
    assert axis.x["LIV"] != axis.x["OMT"]
    for specimen in result["specimens"][1:]:
        assert chart._predecessor(axis, specimen) == "T0"


def test_no_chart_where_only_one_specimen_has_a_number() -> None:
    assert drawn(load("not_compared")) == ""


@given(st.lists(st.floats(0, 250), min_size=1, max_size=8))
def test_names_keep_their_distance_and_their_order(heights: list[float]) -> None:
    placed = chart._spread([(y, i) for i, y in enumerate(heights)], 16, 0, 250)
    at = sorted(placed.values())
    assert all(b - a >= 15.99 for a, b in pairwise(at))
    assert at[-1] <= 250 + 1e-9
    assert [placed[i] for i in sorted(placed, key=lambda i: (heights[i], i))] == at


@given(
    st.lists(st.one_of(st.none(), st.integers(-2000, 20000)), min_size=1, max_size=9),
    st.lists(st.tuples(st.integers(-100, 5000), st.one_of(st.none(), st.integers(0, 3000))), max_size=6),
)
def test_any_days_stay_on_the_axis(days: list[int | None], courses: list[tuple[int, int | None]]) -> None:
    specimens = [{"id": f"S{i}", "day": d, "order": i, "site": "", "material": ""} for i, d in enumerate(days)]
    therapies = [{"drug": "x", "start": a, "stop": None if n is None else a + n} for a, n in courses]
    axis = Axis(WORDS, {"specimens": specimens, "therapies": therapies}, 40, WIDTH - 40)
    assert all(-200 <= x <= WIDTH + 200 for x in axis.x.values())
    assert all(39.9 <= bar.left <= bar.right <= WIDTH - 36.9 for bar in axis.bars)
    for one in axis.bars:  # no two bars of a lane overlap
        assert not [
            b
            for b in axis.bars
            if b is not one and b.lane == one.lane and b.left < one.right - 3.5 and one.left < b.right - 3.5
        ]
    assert axis.names(10).count("<text") == 2 * len(specimens)


def test_the_protein_shows_the_patients_changes_on_its_exons() -> None:
    result = load("egfr_five_time_points")
    figures = protein.draw_all(WORDS, result, protein.read(RESOURCES, result))
    egfr = figures[0]["svg"]
    assert "1,210 residues" in egfr and "T790M" in egfr and "C797S" in egfr
    assert ">20</text>" in egfr and ">21</text>" in egfr
    x = float(re.search(r'<circle class="solid" cx="([\d.]+)"[^>]*/></g>', egfr[egfr.index("p-emerged") :])[1])
    assert x == pytest.approx(20 + (WIDTH - 40) * 790 / 1210, abs=0.1)


def test_copies_are_counted_out() -> None:
    figures = diagrams.draw_all(WORDS, load("egfr_five_time_points"))
    assert [f["title"] for f in figures] == ["Copies of MET"]
    assert figures[0]["svg"].count('class="copy') == 2 + 2 + 2 + 5 + 9
    fusion = diagrams.draw_all(WORDS, load("many_kinds_bare_files"))[0]["svg"]
    assert fusion.index("CCDC6") < fusion.index("RET")
