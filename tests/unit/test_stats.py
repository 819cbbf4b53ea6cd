"""The statistics against scipy, an independent implementation, and against their own laws."""

from __future__ import annotations

import random

import pytest
from acquired.compare.stats import (
    binomial_at_least,
    binomial_at_most,
    clopper_pearson_upper,
    fisher_less,
    fisher_two_sided,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as oracle


def counts(seed: int, largest: int, number: int):
    rng = random.Random(seed)
    for _ in range(number):
        n = int(10 ** rng.uniform(0, largest))
        yield rng.choice([0, 1, n, rng.randint(0, n), min(n, rng.randint(0, 9))]), n


@pytest.mark.parametrize("k, n", [*counts(1, 6, 150), (0, 1), (1, 1), (500_000, 1_000_000), (999_999, 1_000_000)])
def test_hidden_vaf_is_clopper_and_pearsons_bound(k, n):
    expected = 1.0 if k == n else oracle.beta.ppf(0.95, k + 1, n - k)
    assert clopper_pearson_upper(k, n) == pytest.approx(expected, abs=1e-9)


def test_hidden_vaf_of_the_design():
    assert clopper_pearson_upper(0, 68) == pytest.approx(1 - 0.05 ** (1 / 68), abs=1e-15)
    assert clopper_pearson_upper(0, 10) > 0.05 > clopper_pearson_upper(0, 68)
    assert clopper_pearson_upper(0, 0) == 1.0
    assert clopper_pearson_upper(0, 100, 0.99) > clopper_pearson_upper(0, 100)


@pytest.mark.parametrize("k, n", [(-1, 5), (6, 5), (0, -1)])
def test_impossible_counts_are_refused(k, n):
    with pytest.raises(ValueError):
        clopper_pearson_upper(k, n)
    with pytest.raises(ValueError):
        fisher_two_sided(k, n, 1, 2)
    with pytest.raises(ValueError):
        fisher_less(1, 2, k, n)
    with pytest.raises(ValueError):
        binomial_at_least(k, n, 0.1)
    with pytest.raises(ValueError):
        binomial_at_most(k, n, 0.1)


@pytest.mark.parametrize("seed", range(8))
def test_fisher_agrees_with_scipy(seed):
    largest = 2 if seed < 4 else 3.3
    for (k, n), (other_k, other_n) in zip(counts(seed, largest, 60), counts(seed + 100, largest, 60), strict=True):
        table = [[k, n - k], [other_k, other_n - other_k]]
        less = oracle.fisher_exact(table, alternative="less").pvalue
        two = oracle.fisher_exact(table).pvalue
        assert fisher_less(k, n, other_k, other_n) == pytest.approx(less, rel=1e-6, abs=1e-290)
        assert fisher_two_sided(k, n, other_k, other_n) == pytest.approx(two, rel=1e-6, abs=1e-290)


def test_fisher_at_great_depth():
    assert fisher_less(0, 1_000_000, 30, 1_000_000) == pytest.approx(0.5**30, rel=1e-3)
    assert fisher_two_sided(500_000, 1_000_000, 501_000, 1_000_000) == pytest.approx(0.1575, rel=1e-2)
    assert 0 < fisher_less(0, 1_000_000, 500_000, 1_000_000) < 1e-250
    assert fisher_less(500_000, 1_000_000, 0, 1_000_000) == 1.0


@given(n=st.integers(0, 400), m=st.integers(0, 400), data=st.data())
@settings(deadline=None, max_examples=150)
def test_fisher_keeps_its_laws(n, m, data):
    k, j = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    two = fisher_two_sided(k, n, j, m)
    assert 0 < two <= 1
    assert two == pytest.approx(fisher_two_sided(j, m, k, n), rel=1e-9)
    lower, upper = fisher_less(k, n, j, m), fisher_less(j, m, k, n)
    assert lower + upper > 1 - 1e-9  # both tails hold the table itself
    assert two >= min(lower, upper) - 1e-12


@pytest.mark.parametrize("rate", [1e-4, 0.001, 0.02, 0.5])
def test_binomial_tails_agree_with_scipy(rate):
    for k, n in counts(7, 5, 60):
        assert binomial_at_least(k, n, rate) == pytest.approx(oracle.binom.sf(k - 1, n, rate), rel=1e-6, abs=1e-290)
        assert binomial_at_most(k, n, rate) == pytest.approx(oracle.binom.cdf(k, n, rate), rel=1e-6, abs=1e-290)
    assert binomial_at_least(1, 5, 0.0) == 0.0
    assert binomial_at_most(4, 5, 1.0) == 0.0
