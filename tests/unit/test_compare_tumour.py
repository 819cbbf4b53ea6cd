"""Beyond the two depths: wrong reads, the assay's limit, tumour DNA, many tests, plasma that tells nothing."""

from __future__ import annotations

import random

import compare_kit as kit
import pytest
from acquired.compare.observe import Observation, Observer
from acquired.compare.plan import Comparison
from acquired.compare.settings import Assay, Thresholds
from acquired.compare.stats import benjamini_hochberg, binomial_at_least
from acquired.compare.trajectory import Doubt, judge, says_nothing
from acquired.compare.tumour import Known, TumourFraction, informative, settle, tumour_fractions
from acquired.model import Specimen, Status, Therapy
from scipy.stats import false_discovery_control

PAIR = Comparison("c1", [0], [1], [1], "")


def reads(k: int, n: int, gt: str = "0/1", rate: float = 0.001) -> Observation:
    observer = Observer(Thresholds(error_rate=rate), Assay())
    return observer.record(f"PASS\t.\tGT:DP:AD\t{gt}:{n}:{n - k},{k}")[0]


def change(before: Observation, after: Observation, fraction: str = "", of: int = 0):
    facts = [{"tumour_fraction": fraction} if i == of and fraction else {} for i in range(2)]
    specimens = [Specimen("p", f"s{i}", (), order=i, facts=facts[i]) for i in range(2)]
    found = judge([before, after], PAIR, specimens, Thresholds())
    return str(found.trajectory), str(found.basis or ""), str(found.doubt or ""), found.p


def test_reads_that_errors_explain_are_not_new():
    """20 of 20,000 now, none of 20,000 before: the depths differ, yet one wrong read in 1,000 gives as many."""
    none = reads(0, 20_000, "0/0")
    assert change(none, reads(20, 20_000))[:3] == ("unresolved", "", "errors")
    assert change(none, reads(20, 20_000, rate=0.0001))[:3] == ("emerged", "depth", "")
    assert change(none, reads(20, 20_000))[3] == pytest.approx(binomial_at_least(20, 20_000, 0.001))


@pytest.mark.parametrize("k, word", [(24, "emerged"), (20, "emerged"), (12, "unresolved")])
def test_an_assays_limit_is_exceeded_by_more_than_chance(k, word):
    """Limit 0.5 %: 12 of 2,000 reads (0.6 %) lie above it, yet a clone at the limit often shows as many."""
    limit = Observation(Status.ABSENT, "assay", hidden=0.005)
    said = change(limit, reads(k, 2_000))
    assert said[0] == word and said[2] == ("" if word == "emerged" else "limit")
    assert said[3] == pytest.approx(binomial_at_least(k, 2_000, 0.005))


def test_little_tumour_dna_at_baseline_leaves_it_unresolved():
    """0 of 1,000 hides 0.3 %; with 0.5 % of tumour DNA a clone has 0.25 %, so that absence says nothing."""
    none, now = reads(0, 1_000, "0/0"), reads(90, 1_000)
    assert change(none, now, "0.005")[:3] == ("unresolved", "", "tumour fraction")
    assert change(none, now, "0.05")[:3] == ("emerged", "depth", "")
    assert change(none, now, "0.005", of=1)[:3] == ("emerged", "depth", "")  # it is the baseline's that counts
    assert change(now, none, "0.005", of=1)[:3] == ("not seen", "", "tumour fraction")
    assert change(now, none, "0.05", of=1)[:3] == ("cleared", "depth", "")
    assert change(Observation(Status.ABSENT, "assay", hidden=0.005), now, "0.01")[0] == "unresolved"
    assert says_nothing(0.01, 0.02) and not says_nothing(0.0099, 0.02) and not says_nothing(1.0, None)


def test_doubts_say_why():
    now = reads(30, 100)
    assert change(reads(0, 9, "0/0"), now)[2] == Doubt.THIN
    assert change(Observation(Status.NOT_ASSESSED, "assay"), now)[2] == Doubt.NOT_ASSESSED
    assert change(reads(0, 68, "0/0"), reads(2, 60))[2] == Doubt.SAME
    assert change(now, Observation(Status.NOT_CALLED))[:3] == ("not seen", "", "not called")


def test_benjamini_and_hochberg_agree_with_scipy():
    rng = random.Random(3)
    values = [round(rng.random() ** 3, 3) for _ in range(500)]
    tests = {p: values.count(p) for p in values}
    theirs = false_discovery_control(values, method="bh")
    ours = benjamini_hochberg(tests)
    assert [ours[p] for p in values] == pytest.approx(list(theirs))
    assert benjamini_hochberg({}) == {}


def test_q_values_stand_beside_p(tmp_path):
    """1 of 101 alleles has moved, with p 0.006: among so many that is chance."""
    same = [("chr1", 10 * i, "A", "C", 50, 100) for i in range(1, 101)]
    moved = ("chr1", 5_000, "A", "C")
    specimens = [Specimen("p1", name, (), day=day, order=i) for i, (name, day) in enumerate((("a", 0), ("b", 9)))]
    files = {
        name: kit.normalized(tmp_path, name, "".join(kit.record(*a) for a in same) + kit.record(*moved, k, 100))
        for name, k in (("a", 40), ("b", 60))
    }
    result = kit.run(tmp_path, specimens, [Therapy("p1", "erlotinib", "", 1)], files)
    info = kit.alleles(tmp_path)["chr1:5000:A>C"].info
    p, q = info["CHANGE_P"][0], info["CHANGE_Q"][0]
    assert 0.001 < p < 0.01 and info["TRAJECTORY"] == ("risen",)
    assert q == pytest.approx(min(1, p * 101), rel=0.01)
    assert result["tests"]["c1"]["number"] == 101
    assert result["tests"]["c1"]["q"] == [[pytest.approx(p, rel=0.01), pytest.approx(q, rel=0.01)]]


# ---- what the judge settles ---------------------------------------------------------------------------------------

TISSUE, PLASMA = {"id": "t", "material": "tissue"}, {"id": "p", "material": "plasma", "tumour_fraction": None}


def known(name: str, tissue, plasma, **facts) -> Known:
    def seen(vaf):
        return {"status": "absent" if vaf is None else "called", "vaf": vaf, "hidden_vaf": 0.002}

    return Known(name, {"t": seen(tissue), "p": seen(plasma)}, **facts)


def test_tumour_fraction_of_the_sheet_or_of_the_drivers():
    drivers = [known("EGFR L858R", 0.3, 0.02, driver=True), known("TP53 R175H", 0.5, 0.04, driver=True)]
    others = [known("germline", 0.5, 0.5, driver=True, somatic=False), known("passenger", 0.1, 0.3)]
    found = tumour_fractions([{**TISSUE, "tumour_fraction": 0.7}, PLASMA], drivers + others)
    assert found["t"] == TumourFraction(0.7, "sheet")
    assert found["p"] == TumourFraction(pytest.approx(0.06), "drivers", ("EGFR L858R", "TP53 R175H"))
    alone = [known("EGFR L858R", None, 0.02, driver=True)]  # in one specimen only: it does not persist
    assert tumour_fractions([TISSUE, PLASMA], alone) == {}
    assert tumour_fractions([TISSUE, PLASMA], [known("EGFR L858R", 0.9, 0.9, driver=True)])["t"].value == 1.0


def test_plasma_without_any_known_allele_is_not_informative():
    both = [TISSUE, PLASMA]
    assert informative(both, [known("EGFR L858R", 0.3, None)]) == {"p": False}
    assert informative(both, [known("EGFR L858R", 0.3, None), known("TP53 R175H", 0.5, 0.01)]) == {"p": True}
    assert informative(both, [known("germline", 0.5, 0.5, somatic=False)]) == {}  # nothing is known to look for
    assert informative(both, [known("EGFR T790M", None, 0.1)]) == {}
    assert informative([TISSUE], [known("EGFR L858R", 0.3, None)]) == {}


def statement(word: str, basis: str = "depth", **more):
    return {"comparison": "c1", "trajectory": word, "basis": basis, "before": "t", "after": "p", "p": 0.001, **more}


SEEN = {"t": {"hidden_vaf": 0.004}, "p": {"hidden_vaf": 0.002}}


@pytest.mark.parametrize(
    "told, fractions, informs, word, doubt",
    [
        (statement("cleared"), {}, {}, "cleared", ""),
        (statement("cleared"), {}, {"p": False}, "not seen", "not informative"),
        (statement("cleared"), {"p": 0.003}, {"p": True}, "not seen", "tumour fraction"),
        (statement("cleared"), {"p": 0.3, "t": 0.001}, {"p": True}, "cleared", ""),
        (statement("emerged"), {"t": 0.008}, {}, "unresolved", "tumour fraction"),
        (statement("emerged"), {"t": 0.009}, {"p": False}, "emerged", ""),
        (statement("emerged", "calls"), {"t": 0.001}, {}, "emerged", ""),
        (statement("emerged", q=0.2), {}, {}, "unresolved", "many tests"),
        (statement("risen", "", q=0.2), {}, {}, "persistent", "many tests"),
        (statement("fallen", "", q=0.009), {}, {}, "fallen", ""),
        (statement("persistent", "", q=0.9), {}, {}, "persistent", ""),
    ],
)
def test_what_is_left_of_a_statement(told, fractions, informs, word, doubt):
    found = settle(told, SEEN, {i: TumourFraction(v, "drivers") for i, v in fractions.items()}, informs, 0.01)
    assert (found["trajectory"], found.get("doubt", "")) == (word, doubt)
    assert found["basis"] == (told["basis"] if word == told["trajectory"] else "")


def test_a_claim_on_a_given_drug_is_never_corrected_away():
    assert settle(statement("emerged", q=0.9), SEEN, {}, {}, 1.01)["trajectory"] == "emerged"
