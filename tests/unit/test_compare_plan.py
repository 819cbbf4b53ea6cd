"""Baselines, windows and notes; regions and depth tracks."""

from __future__ import annotations

import io

import pytest
from acquired.compare.depth import DepthTrack
from acquired.compare.plan import make_plan
from acquired.compare.settings import Assay, Regions, Thresholds
from acquired.errors import InputError
from acquired.model import Specimen, Therapy


def course(*days: int | None, roles: tuple[str, ...] = ()) -> list[Specimen]:
    known = sorted({d for d in days if d is not None})
    return [
        Specimen("p", f"s{i}", (), day=d, order=i if d is None else known.index(d), role=roles[i] if roles else "")
        for i, d in enumerate(days)
    ]


def drug(name: str, start: int | None, stop: int | None = None) -> Therapy:
    return Therapy("p", name, name, start, stop)


def planned(specimens, therapies, missing=()):
    plan = make_plan(specimens, therapies, frozenset(missing))
    return [(c.therapies, c.baseline, c.window) for c in plan.comparisons], [n["code"] for n in plan.notes]


@pytest.mark.parametrize(
    "days, therapies, comparisons, notes",
    [
        ((0, 100), [drug("a", 0)], [(["a"], [0], [1])], []),  # the day it starts is before
        ((0, 50, 100), [drug("a", 60)], [(["a"], [1], [2])], []),
        ((0, 0, 100), [drug("a", 1)], [(["a"], [0, 1], [2])], ["same_day"]),
        # No specimen between the starts: both are judged on the first later day, the second beyond it.
        ((0, 90, 120), [drug("a", 10), drug("b", 20)], [(["a"], [0], [1]), (["b"], [0], [1, 2])], []),
        # The same where the sheet says that the first goes on: one comparison.
        ((0, 90, 120), [drug("a", 10, 150), drug("b", 20)], [(["a", "b"], [0], [1, 2])], []),
        # The baseline of the next line is the last follow-up of this one, even if it was stopped before.
        ((0, 90, 200), [drug("a", 1, 80), drug("b", 95)], [(["a"], [0], [1]), (["b"], [1], [2])], []),
        ((0, 100), [drug("a", -5)], [], ["no_baseline"]),
        ((0, 100), [drug("a", 100)], [], ["no_follow_up"]),
        ((0, 100), [], [([], [0], [1])], []),
        ((5, 5), [drug("a", 1)], [], ["same_day", "one_day"]),
        ((5,), [drug("a", 6)], [], ["one_specimen"]),
        ((0, 100), [drug("a", 1), drug("a", 1)], [(["a"], [0], [1])], []),
    ],
)
def test_baselines_and_windows(days, therapies, comparisons, notes):
    assert planned(course(*days), therapies) == (comparisons, notes)


def test_roles_and_order_stand_in_for_days():
    roles = ("baseline", "baseline", "follow-up")
    assert planned(course(None, None, None, roles=roles), [drug("a", None)])[0] == [(["a"], [1], [2])]
    assert planned(course(None, None, None), [drug("a", None)])[0] == [(["a"], [0], [1, 2])]
    assert planned(course(0, 50, 100, roles=roles), [drug("a", None)])[0] == [(["a"], [1], [2])]


def test_the_order_of_the_sheet_gives_each_line_its_interval():
    """Three specimens without days, and a drug in each of the two intervals between them."""
    roles = ("baseline", "follow-up", "follow-up")
    specimens = [Specimen("p", f"s{i}", (), order=i, role=role) for i, role in enumerate(roles)]
    lines = [Therapy("p", name, name, after_order=order) for name, order in (("b", 1), ("a", 0))]
    assert planned(specimens, lines)[0] == [(["a"], [0], [1]), (["b"], [1], [2])]
    assert "order of the sheet" in make_plan(specimens, lines).comparisons[1].why
    assert planned(specimens, [Therapy("p", "c", "c", after_order=2)]) == ([], ["no_follow_up"])


def test_missing_calls_take_no_side():
    assert planned(course(0, 50, 100), [drug("a", 60)], missing=[1]) == ([(["a"], [0], [2])], ["calls_missing"])
    assert planned(course(0, 100), [drug("a", 1)], missing=[0, 1]) == (
        [],
        ["calls_missing", "calls_missing", "one_day"],
    )


def test_every_comparison_says_how_its_baseline_was_chosen():
    plan = make_plan(course(0, 100, 200), [drug("a", 1), drug("b", 150)])
    assert [c.id for c in plan.comparisons] == ["c1", "c2"]
    assert "day 1." in plan.comparisons[0].why and "day 150." in plan.comparisons[1].why
    assert plan.comparisons[0].follow_ups == [1, 2]


def track(*rows: tuple[str, int, int, int]) -> DepthTrack:
    text = "".join(f"{chrom}\t{start}\t{end}\t{depth}\treference block\n" for chrom, start, end, depth in rows)
    return DepthTrack(io.StringIO(text), {"chr1": 0, "chr2": 1})


def test_depth_is_the_smallest_over_all_bases_and_none_where_one_is_missing():
    rows = [("chr1", 10, 20, 50), ("chr1", 20, 30, 40), ("chr1", 25, 27, 8), ("chr1", 40, 50, 90), ("chr2", 0, 9, 7)]
    seen = track(*rows)
    asked = [(0, 10, 10), (0, 11, 11), (0, 20, 21), (0, 24, 24), (0, 24, 27), (0, 30, 31), (0, 41, 50), (1, 1, 9)]
    found = [seen.depth(rank, first, first, last) for rank, first, last in asked]
    assert [f and f[0] for f in found] == [None, 50, 40, 40, 8, None, 90, 7]


def test_depth_track_agrees_with_counting_base_by_base():
    import random

    rng = random.Random(5)
    rows, at = [], 0
    for _ in range(300):
        start = at + rng.choice([0, 0, 0, 3])
        at = start + rng.randint(1, 12)
        rows.append(("chr1", start, at, rng.randint(0, 60)))
    base = {b: depth for _, start, end, depth in rows for b in range(start + 1, end + 1)}
    seen = track(*rows)
    for first in sorted(rng.sample(range(1, at), 400)):
        last = first + rng.randint(0, 15)
        depths = [base.get(b) for b in range(first, last + 1)]
        found = seen.depth(0, first, first, last)
        assert (found and found[0]) == (None if None in depths else min(depths))


def test_regions_merge_and_know_their_ends(tmp_path):
    bed = tmp_path / "a.bed"
    bed.write_text("# made by hand\nbrowser position\n7\t10\t20\tEGFR\nchr7 20 30\nMT\t0\t5\n")
    regions = Regions.read(bed, "x")
    assert regions.cover("chr7", 11, 30) and regions.cover("chrM", 1, 5)
    assert not regions.cover("chr7", 10, 11) and not regions.cover("chr7", 30, 31) and not regions.cover("chr8", 11, 11)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\n", b"chr7\t5\n", b"chr7\t9\t5\n", b"chr7\tx\t9\n"])
def test_regions_that_cannot_be_used(tmp_path, content):
    bed = tmp_path / "a.bed"
    if content is not None:
        bed.write_bytes(content)
    with pytest.raises(InputError) as caught:
        Assay.of("panel", {"panel": {"limit": 0.01, "regions": str(bed)}})
    assert "a.bed" in str(caught.value) and all(p.remedy for p in caught.value.problems)


def test_thresholds_default_where_the_config_is_silent():
    assert Thresholds.of({}) == Thresholds(0.05, 0.01, 0.001, 0.95)
    assert Thresholds.of({"compare": {"alpha": 0.05, "other": 1}}).alpha == 0.05
    assert Assay.of("unknown", {}) == Assay()
