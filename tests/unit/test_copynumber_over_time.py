"""The alterations that are no small variants, over time: one trajectory for each way they can move."""

from __future__ import annotations

from pathlib import Path

import pytest
from acquired.compare.other import compare_other, looked_at
from acquired.compare.over_time import trajectories
from acquired.compare.plan import Comparison, make_plan
from acquired.copynumber.genes import Limits, copies_of_tumour, visible
from acquired.model import Specimen, Status, Therapy, Trajectory
from hypothesis import given
from hypothesis import strategies as st

RESOURCES = Path(__file__).resolve().parents[2] / "resources"


def patient(*told: dict, purity: tuple[str, ...] = (), files: tuple[dict, ...] = (), calls: str = "calls"):
    """Entries of `other` by id, for specimens on days 0, 100, … and a drug from day 0 on."""
    specimens = [
        Specimen(
            "p", f"s{i}", (), day=100 * i, order=i,
            files=files[i] if files else {}, facts={"tumour_fraction": purity[i]} if purity and purity[i] else {},
        )
        for i in range(len(told))
    ]  # fmt: skip
    plan = make_plan(specimens, [Therapy("p", "osimertinib", "osimertinib", 0)])
    found = compare_other(specimens, plan.comparisons, [{"small_variants": calls} | t for t in told], {}, RESOURCES)
    return {entry["id"]: entry for entry in found}


def copies(gene: str = "MET", number: float | None = 2.0, state: str = "neutral", log2: float | None = None) -> dict:
    place = {"focal": None, "chrom": "chr7", "start": 1, "end": 9, "source": "SEG"}
    row = {"gene": gene, "copy_number": number, "log2": log2, "state": state, **place}
    return {"copy_number": [row], "copy_number_looked_at": [gene]}


AMPLIFIED = copies(number=14.0, state="amplification")


@pytest.mark.parametrize(
    ("before", "after", "expected", "basis"),
    [
        (copies(), AMPLIFIED, "emerged", "measured"),
        (copies(number=3.4, state="gain"), AMPLIFIED, "emerged", "measured"),
        ({"copy_number": [], "copy_number_looked_at": "all"}, AMPLIFIED, "emerged", "calls"),
        ({}, AMPLIFIED, "unresolved", ""),
        (AMPLIFIED, copies(number=13.0, state="amplification"), "persistent", ""),
        (copies(number=7.0, state="amplification"), AMPLIFIED, "risen", ""),
        (copies(number=30.0, state="amplification"), AMPLIFIED, "fallen", ""),
        (AMPLIFIED, copies(), "cleared", "measured"),
        (AMPLIFIED, {"copy_number": [], "copy_number_looked_at": "all"}, "not seen", ""),
        (AMPLIFIED, {}, "not seen", ""),
        (copies(number=None, state="amplification", log2=1.2), copies(number=None, state="amplification", log2=2.4),
         "risen", ""),
        (copies(number=None, state="amplification", log2=1.2), AMPLIFIED, "persistent", ""),
    ],
)  # fmt: skip
def test_an_amplification(before: dict, after: dict, expected: str, basis: str):
    entry = patient(before, after)["copy-number-MET-amplification"]
    assert (entry["trajectory"], entry["basis"]) == (expected, basis)


def test_the_numbers_stand_before_and_after():
    entry = patient(copies(number=3.4, state="gain"), AMPLIFIED)["copy-number-MET-amplification"]
    assert [o["text"] for o in entry["observations"]] == ["3.4 copies (gain)", "14.0 copies"]
    assert [o["status"] for o in entry["observations"]] == ["absent", "called"]


def test_plasma_with_little_tumour_excludes_no_amplification():
    entry = patient(copies(), AMPLIFIED, purity=("0.05", "0.4"))["copy-number-MET-amplification"]
    assert entry["observations"][0]["status"] == "low"
    assert entry["trajectory"] == "unresolved"


def test_a_report_that_says_so_excludes():
    negative = {"negatives": [{"gene": "MET", "kind": "any", "source": "report"}]}
    assert patient(negative, AMPLIFIED)["copy-number-MET-amplification"]["trajectory"] == "emerged"


def fusion(*genes: str, support: int | None = 20, status: str = "called", order: str = "given", **more) -> dict:
    row = {"name": "::".join(genes), "genes": list(genes), "order": order, "breakpoints": [], "frame": "",
           "support": support, "status": status, "source": "x", **more}  # fmt: skip
    return {"fusions": [row], "fusions_looked_at": "all"}


NOTHING = {"fusions": [], "fusions_looked_at": "all"}


@pytest.mark.parametrize(
    ("before", "after", "expected", "basis"),
    [
        (NOTHING, fusion("EML4", "ALK"), "emerged", "calls"),
        ({}, fusion("EML4", "ALK"), "unresolved", ""),
        (
            {"negatives": [{"gene": "ALK", "kind": "any", "source": "report"}]},
            fusion("EML4", "ALK"),
            "emerged",
            "measured",
        ),
        (fusion("EML4", "ALK", support=400), fusion("EML4", "ALK", support=3), "persistent", ""),
        (fusion("EML4", "ALK"), NOTHING, "not seen", ""),
        (fusion("EML4", "ALK", status="filtered", filters=["LowQual"]), fusion("EML4", "ALK"), "persistent", ""),
        (fusion("ALK", "EML4", order="unknown"), fusion("EML4", "ALK"), "persistent", ""),
    ],
)
def test_a_fusion(before: dict, after: dict, expected: str, basis: str):
    found = patient(before, after)
    assert list(found) == ["fusion-EML4-ALK"]
    entry = found["fusion-EML4-ALK"]
    assert (entry["trajectory"], entry["basis"], entry["partners"]) == (expected, basis, ["EML4", "ALK"])


def test_the_reciprocal_is_another_fusion():
    assert set(patient(NOTHING, {**fusion("EML4", "ALK"), "fusions": fusion("EML4", "ALK")["fusions"]
               + fusion("ALK", "EML4")["fusions"]})) == {"fusion-EML4-ALK", "fusion-ALK-EML4"}  # fmt: skip


def test_a_pair_without_order_takes_the_drivers():
    found = patient(NOTHING, fusion("ROS1", "CD74", order="unknown"))
    assert found["fusion-CD74-ROS1"]["ordered"] is False


def test_structural_variants_of_dna_show_no_splice_form():
    row = {"gene": "AR", "name": "AR-V7", "support": 9, "status": "called", "source": "x"}
    files = ({"fusions": "a.vcf.gz"}, {"fusions": "b.tsv"})
    entry = patient(NOTHING, {**NOTHING, "splice": [row]}, files=files)["splice-AR-AR-V7"]
    assert entry["observations"][0]["status"] == "not assessed"
    assert (entry["name"], entry["trajectory"]) == ("AR-V7", "unresolved")


def value(number: float, unit: str = "TPM") -> dict:
    return {"expression": [{"gene": "EGFR", "value": number, "unit": unit, "source": "x"}]}


def test_expression_moves_without_a_test():
    found = patient(value(5), value(30))
    assert found["expression-EGFR-high"]["trajectory"] == "risen"
    assert found["expression-EGFR-high"]["trajectories"][0]["p"] is None
    assert patient(value(30), value(5))["expression-EGFR-low"]["trajectory"] == "fallen"
    assert not patient(value(5), value(8))
    assert not patient(value(5), value(30, "counts"))
    assert not patient(value(0.01), value(0.4))


def test_a_name_without_a_place():
    row = {"gene": "EGFR", "protein": "p.Thr790Met", "hgvs_c": "", "vaf": 0.05, "depth": 1000, "status": "called",
           "source": "vendor"}  # fmt: skip
    entry = patient({"named": []}, {"named": [row]})["named-EGFR-T790M"]
    assert (entry["name"], entry["trajectory"], entry["basis"]) == ("EGFR T790M", "emerged", "calls")
    assert entry["observations"][1]["alt_count"] == 50
    absent = patient({"named": [{**row, "status": "not called"}]}, {"named": []})
    assert not absent
    unseen = patient({"named": []}, {"named": [row]}, calls="table")["named-EGFR-T790M"]
    assert unseen["trajectory"] == "unresolved"


def test_what_was_looked_at_is_told():
    s = Specimen("p", "s0", (), facts={"tumour_fraction": "0.03"})
    (told,) = looked_at([s], [{**copies(), **NOTHING, **value(3)}], {})
    assert (told["copy_number"], told["blind"], told["fusions"], told["expression"]) == (["MET"], True, "all", ["EGFR"])


@given(st.floats(0, 60), st.floats(0.05, 1))
def test_copies_come_back_from_the_ratio_of_the_mixture(number: float, purity: float):
    import math

    ratio = (purity * number + (1 - purity) * 2) / 2
    if ratio > 0:
        assert copies_of_tumour(math.log2(ratio), purity) == pytest.approx(number, abs=1e-6)


def test_an_amplification_shows_from_a_purity_on():
    # log2(1 + purity * (6 - 2) / 2) >= 0.2 from purity (2^0.2 - 1) / 2 = 0.0743 on
    assert not visible(Limits(), 0.074) and visible(Limits(), 0.075)


STATUSES = st.sampled_from(list(Status))


@given(st.lists(STATUSES, min_size=2, max_size=6), st.data())
def test_a_trajectory_is_where_it_was_seen(statuses: list[Status], data: st.DataObject):
    """There is one exactly where baseline or window has the alteration, in words that fit what was seen."""
    specimens = [Specimen("p", f"s{i}", (), order=i) for i in range(len(statuses))]
    cut = data.draw(st.integers(1, len(statuses) - 1))
    window = list(range(cut, len(statuses)))
    seen = [{"specimen": s.specimen, "status": str(x)} for s, x in zip(specimens, statuses, strict=True)]
    told = trajectories(
        seen, [Comparison("c1", [cut - 1], window, window, "")], specimens, lambda a, b: Trajectory.PERSISTENT
    )
    present = {Status.CALLED, Status.FILTERED, Status.GENOTYPED}
    before, now = statuses[cut - 1] in present, any(statuses[i] in present for i in window)
    assert bool(told) == (before or now)
    for entry in told:
        word = entry["trajectory"]
        assert (word in ("emerged", "unresolved")) == (not before)
        if word == "emerged":
            assert statuses[cut - 1] in (Status.ABSENT, Status.NOT_CALLED)
        if word == "cleared":
            assert Status.ABSENT in [statuses[i] for i in window]
        assert (entry["basis"] == "calls") == (word == "emerged" and statuses[cut - 1] == Status.NOT_CALLED)
