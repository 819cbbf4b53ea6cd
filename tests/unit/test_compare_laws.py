"""What must hold for any reads whatever: trajectories partition, mirror, and never claim more than was looked at."""

from __future__ import annotations

import pytest
from acquired.compare.observe import NOT_ASSESSED, NOT_CALLED, Observation, Observer, changed_bases
from acquired.compare.plan import Comparison
from acquired.compare.settings import Assay, Thresholds
from acquired.compare.trajectory import judge
from acquired.model import Basis, Specimen, Status, Trajectory
from hypothesis import given, settings
from hypothesis import strategies as st

THRESHOLDS = Thresholds()
OBSERVER = Observer(THRESHOLDS, Assay(), None)
LIMITED = Observation(Status.ABSENT, "assay", hidden=0.01)
TWO = [Specimen("p", "a", (), order=0), Specimen("p", "b", (), order=1)]
FORTH = Comparison("c1", [0], [1], [1], "")
BACK = Comparison("c1", [1], [0], [0], "")


def seen(tail: str) -> Observation:
    return OBSERVER.record(tail)[0]


def reads(gt: str, filters: str, k: int, n: int) -> Observation:
    return seen(f"{filters}\t.\tGT:DP:AD\t{gt}:{n}:{n - k},{k}")


@st.composite
def observations(draw):
    kind = draw(st.sampled_from(["read", "read", "read", "not called", "not assessed", "assay"]))
    if kind != "read":
        return {"not called": NOT_CALLED, "not assessed": NOT_ASSESSED, "assay": LIMITED}[kind]
    n = draw(st.one_of(st.integers(1, 60), st.integers(61, 20_000)))
    k = draw(st.one_of(st.just(0), st.integers(0, min(n, 6)), st.integers(0, n)))
    gt, filters = draw(st.sampled_from(["0/1", "0/0", "./."])), draw(st.sampled_from(["PASS", "weak"]))
    return reads(gt, filters, k, n)


@given(seen=st.lists(observations(), min_size=2, max_size=2))
@settings(deadline=None, max_examples=400)
def test_a_trajectory_says_what_the_observations_say(seen):
    change = judge(seen, FORTH, TWO, THRESHOLDS)
    before, after = seen
    groups = {
        (False, False): {None},
        (False, True): {Trajectory.EMERGED, Trajectory.UNRESOLVED},
        (True, True): {Trajectory.RISEN, Trajectory.PERSISTENT, Trajectory.FALLEN},
        (True, False): {Trajectory.CLEARED, Trajectory.NOT_SEEN},
    }
    assert change.trajectory in groups[before.present, after.present]
    assert (change.basis is not None) == (change.trajectory in (Trajectory.EMERGED, Trajectory.CLEARED))
    if change.trajectory is not None:
        assert (change.before, change.after) == (0, 1)
    if change.basis is Basis.DEPTH:
        empty = before if change.trajectory is Trajectory.EMERGED else after
        assert empty.status is Status.ABSENT and empty.hidden <= THRESHOLDS.absent_below
        assert change.p < THRESHOLDS.alpha
    if change.basis is Basis.CALLS:
        assert before is NOT_CALLED
    if change.basis is Basis.ASSAY:
        assert LIMITED in seen


@given(seen=st.lists(observations(), min_size=2, max_size=2))
@settings(deadline=None, max_examples=400)
def test_swapped_tubes_mirror(seen):
    """By depth or assay, emerged is cleared the other way round; risen is fallen; persistent stays."""
    forth, back = (judge(seen, c, TWO, THRESHOLDS) for c in (FORTH, BACK))
    mirror = {
        Trajectory.RISEN: Trajectory.FALLEN,
        Trajectory.FALLEN: Trajectory.RISEN,
        Trajectory.PERSISTENT: Trajectory.PERSISTENT,
        Trajectory.CLEARED: Trajectory.EMERGED,
        None: None,
    }
    if forth.trajectory in mirror:
        assert back.trajectory == mirror[forth.trajectory]
        assert (back.p, back.basis) == (pytest.approx(forth.p), forth.basis) if forth.p else True
    elif forth.trajectory is Trajectory.EMERGED:
        expected = Trajectory.NOT_SEEN if forth.basis is Basis.CALLS else Trajectory.CLEARED
        assert back.trajectory is expected
    elif forth.trajectory is Trajectory.UNRESOLVED:
        assert back.trajectory is Trajectory.NOT_SEEN
    else:
        assert forth.trajectory is Trajectory.NOT_SEEN
        assert back.trajectory is Trajectory.UNRESOLVED or back.basis is Basis.CALLS


@given(k=st.integers(0, 40), n=st.integers(1, 2000), gt=st.sampled_from(["0/1", "0/0", "./."]), passed=st.booleans())
@settings(deadline=None, max_examples=300)
def test_every_record_has_the_status_its_words_mean(k, n, gt, passed):
    k = min(k, n)
    seen = reads(gt, "PASS" if passed else "weak", k, n)
    if gt == "0/1" and passed:
        assert seen.status is Status.CALLED
    elif gt == "0/1" and k:
        assert seen.status is Status.FILTERED and seen.filters == "weak"
    elif seen.status is Status.GENOTYPED:
        assert k >= 1 and k / n > THRESHOLDS.error_rate
    else:
        assert seen.hidden >= k / n
        assert (seen.status is Status.ABSENT) == (seen.hidden <= THRESHOLDS.absent_below)
    assert (seen.alt, seen.depth) == (k, n)


@pytest.mark.parametrize(
    "tail, status, k, n",
    [
        ("PASS\t.\tGT\t0/1", Status.CALLED, None, None),
        ("weak\t.\tGT\t0/1", Status.FILTERED, None, None),
        ("PASS\t.\tGT\t0/0", Status.NOT_CALLED, None, None),
        ("PASS\t.\tGT\t./.", Status.NOT_CALLED, None, None),
        ("PASS\t.\tGT:DP\t./.:90", Status.NOT_CALLED, None, 90),
        ("PASS\t.\tGT:DP\t0/0:90", Status.ABSENT, 0, 90),
        ("PASS\t.\tGT:DP:VAF\t0/1:90:0.1", Status.CALLED, 9, 90),
        ("PASS\t.\tGT:AD\t0/1:81,9", Status.CALLED, 9, 90),
        ("PASS\t.\tGT:DP:AD\t0/1:8:.,9", Status.CALLED, 9, 9),
        ("PASS\t.\tGT:DP:AD\t0/0:0:0,0", Status.LOW, 0, 0),
        ("weak\t.\tGT:DP:AD\t0/1:90:90,0", Status.ABSENT, 0, 90),
    ],
)
def test_records_that_say_little(tail, status, k, n):
    found = seen(tail)
    assert (found.status, found.k, found.n) == (status, k, n)


def test_a_fraction_without_reads_is_tested_as_it_stands():
    """0 of 300 against a stated 20 % of unknown depth: excluded; against an unknown fraction: not."""
    none = reads("0/0", "PASS", 0, 300)
    stated = seen("PASS\t.\tGT:VAF\t0/1:0.2")
    assert judge([none, stated], FORTH, TWO, THRESHOLDS).basis is Basis.DEPTH
    bare = seen("PASS\t.\tGT\t0/1")
    assert judge([none, bare], FORTH, TWO, THRESHOLDS).trajectory is Trajectory.UNRESOLVED
    assert judge([LIMITED, bare], FORTH, TWO, THRESHOLDS).trajectory is Trajectory.UNRESOLVED
    assert judge([bare, none], FORTH, TWO, THRESHOLDS).trajectory is Trajectory.NOT_SEEN


def test_a_day_outside_of_what_was_looked_at_is_passed_over():
    three = [*TWO, Specimen("p", "c", (), order=2)]
    comparison = Comparison("c1", [0], [1, 2], [1, 2], "")
    there = reads("0/1", "PASS", 100, 400)
    assert judge([there, there, NOT_ASSESSED], comparison, three, THRESHOLDS).trajectory is Trajectory.PERSISTENT
    assert judge([there, there, NOT_CALLED], comparison, three, THRESHOLDS).trajectory is Trajectory.NOT_SEEN
    nowhere = judge([there, NOT_ASSESSED, NOT_ASSESSED], comparison, three, THRESHOLDS)
    assert (nowhere.trajectory, nowhere.after) == (Trajectory.NOT_SEEN, 2)


def test_the_first_follow_up_with_a_ground_carries_emerged():
    three = [*TWO, Specimen("p", "c", (), order=2)]
    comparison = Comparison("c1", [0], [1, 2], [1, 2], "")
    thin, strong = reads("0/1", "PASS", 1, 100), reads("0/1", "PASS", 40, 100)
    change = judge([reads("0/0", "PASS", 0, 80), thin, strong], comparison, three, THRESHOLDS)
    assert (change.trajectory, change.basis, change.after) == (Trajectory.EMERGED, Basis.DEPTH, 2)


@pytest.mark.parametrize(
    "pos, ref, alt, bases",
    [
        (5, "A", "C", (5, 5)),
        (5, "AC", "GT", (5, 6)),
        (5, "ACG", "A", (6, 7)),
        (5, "A", "ATT", (5, 5)),
        (5, "ACG", "T", (5, 7)),
    ],
)
def test_the_bases_whose_depth_counts(pos, ref, alt, bases):
    assert changed_bases(pos, ref, alt) == bases


def test_phase_and_strands_travel_beside_the_observation():
    one, more, _ = OBSERVER.record("PASS\tOUTSIDE\tGT:DP:AD:PS:SB\t0|1:90:80,10:5:40,40,9,1")
    other, none, _ = OBSERVER.record("PASS\t.\tGT:DP:AD:PS:SB\t0|1:90:80,10:.:.")
    assert one is other and (more, none) == (":5:40,40,9,1", "")
    assert OBSERVER.record("PASS\t.\tGT:PS:DP\t0|1:5:90")[1] == ":5:."
