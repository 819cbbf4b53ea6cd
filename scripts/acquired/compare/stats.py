"""The few tests the room needs, in plain Python: scipy costs half a second of CPU to import.

All functions take counts of reads (integers) and give probabilities or fractions between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import exp, lgamma, log, log1p, sqrt

#: Largest factorial kept in the table of logarithms; above it `lgamma` is called each time.
_TABLE_LIMIT = 1 << 16
_LOG_FACTORIALS: list[float] = [0.0, 0.0]

#: Two tables count as equally likely within this relative distance (as R's fisher.test does).
_TIE = 1 + 1e-7

#: Stop adding terms of a tail once they no longer change the sum.
_NEGLIGIBLE = 1e-17

#: Probabilities below this are given as this: smaller ones leave the range of a double.
_SMALLEST = 1e-300


def _log_factorial(n: int) -> float:
    return _LOG_FACTORIALS[n] if n < len(_LOG_FACTORIALS) else lgamma(n + 1)


def _fill_table(n: int) -> None:
    """Make the table reach `n`, and further, so that it grows seldom."""
    _LOG_FACTORIALS.extend(lgamma(i + 1) for i in range(len(_LOG_FACTORIALS), min(2 * n, _TABLE_LIMIT) + 1))


def _beta_fraction(a: float, b: float, x: float) -> float:
    """Continued fraction of the incomplete beta function, by Lentz's method (DLMF 8.17.22)."""
    tiny = 1e-300
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1)
    d = 1.0 / (d if abs(d) > tiny else tiny)
    h = d
    for m in range(1, 100_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1.0 + even * d
        c = 1.0 + even / c
        d = 1.0 / (d if abs(d) > tiny else tiny)
        h *= d * (c if abs(c) > tiny else tiny)
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1.0 + odd * d
        c = 1.0 + odd / c
        d = 1.0 / (d if abs(d) > tiny else tiny)
        step = d * (c if abs(c) > tiny else tiny)
        h *= step
        if abs(step - 1.0) < 1e-15:
            break
    return h


def _beta_regularised(a: float, b: float, x: float) -> float:
    """I_x(a, b): the chance that a Beta(a, b) variable is at most x."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(a, b, x) / a
    return 1.0 - front * _beta_fraction(b, a, 1.0 - x) / b


def _wilson_upper(k: float, n: int, confidence: float) -> float:
    """Upper end of Wilson's interval (1927) for k of n, one-sided: where the search for the exact bound begins.

    With Tukey's approximation of the normal quantile, good to 0.01, which is enough for that.
    """
    z = 4.91 * (confidence**0.14 - (1 - confidence) ** 0.14)
    return (k + z * z / 2 + z * sqrt(k * (1 - k / n) + z * z / 4)) / (n + z * z)


@lru_cache(maxsize=65536)
def clopper_pearson_upper(k: int, n: int, confidence: float = 0.95) -> float:
    """The hidden VAF: the largest fraction that `k` alternative reads of `n` do not exclude.

    One-sided exact binomial bound (Clopper and Pearson 1934), the `confidence` quantile of
    Beta(k + 1, n - k); for k = 0 it is 1 - (1 - confidence)**(1/n). n = 0 excludes nothing: 1.0.
    Raises ValueError unless 0 <= k <= n and 0 < confidence < 1.
    """
    if not 0 <= k <= n or not 0 < confidence < 1:
        raise ValueError(f"no bound for {k} of {n} reads at confidence {confidence}")
    if k == n:
        return 1.0
    if k == 0:
        return 1.0 - (1.0 - confidence) ** (1.0 / n)
    a, b = k + 1.0, float(n - k)
    log_front = lgamma(a + b) - lgamma(a) - lgamma(b)
    low, high = k / n, 1.0
    x = _wilson_upper(k + 0.5, n, confidence)
    if not low < x < high:
        x = (low + high) / 2
    for _ in range(200):  # Newton's method, kept inside a bracket that shrinks
        miss = _beta_regularised(a, b, x) - confidence
        if miss > 0:
            high = x
        else:
            low = x
        density = exp(log_front + (a - 1) * log(x) + (b - 1) * log1p(-x))
        following = x - miss / density if density > 0 else low
        # Newton's step squares the error: after one as small as this, none is left that a double could hold.
        converged = abs(following - x) < 1e-10 * following
        if not low < following < high:
            following, converged = (low + high) / 2, high - low < 1e-15
        if converged:
            return following
        x = following
    return x


def _log_point(k: int, n: int, other_k: int, other_n: int) -> float:
    """Logarithm of the hypergeometric chance of k of n beside other_k of other_n, the margins fixed."""
    total, alts = n + other_n, k + other_k
    if len(_LOG_FACTORIALS) <= total <= _TABLE_LIMIT:
        _fill_table(total)
    if total <= _TABLE_LIMIT:
        t = _LOG_FACTORIALS
        reads = t[n] + t[other_n] + t[alts] + t[total - alts] - t[total]
        return reads - t[k] - t[n - k] - t[other_k] - t[other_n - other_k]
    f = _log_factorial
    reads = f(n) + f(other_n) + f(alts) + f(total - alts) - f(total)
    return reads - f(k) - f(n - k) - f(other_k) - f(other_n - other_k)


def fisher_less(k: int, n: int, other_k: int, other_n: int) -> float:
    """One-sided Fisher exact test: chance of `k` or fewer of `n` if both had the same fraction.

    Small values mean that k of n is a lower fraction than other_k of other_n.
    Raises ValueError unless 0 <= k <= n on both sides.
    """
    _check(k, n, other_k, other_n)
    log_point = _log_point(k, n, other_k, other_n)
    if log_point < -650:  # far out: the tail is its first terms, and the mode is on the other side
        return _SMALLEST if k * other_n < other_k * n else 1.0
    term = total = exp(log_point)
    rest = other_n - other_k
    alts = k + other_k
    while k > 0 and alts - k < other_n:  # from k to k - 1: the ratio of neighbouring chances
        term *= k * rest / ((n - k + 1) * (alts - k + 1))
        k, rest = k - 1, rest - 1
        total += term
        if term < total * _NEGLIGIBLE:
            break
    return min(1.0, max(total, _SMALLEST))


def fisher_two_sided(k: int, n: int, other_k: int, other_n: int) -> float:
    """Two-sided Fisher exact test of k of n against other_k of other_n.

    The sum over all tables with the same margins that are no more likely than this one.
    Raises ValueError unless 0 <= k <= n on both sides.
    """
    _check(k, n, other_k, other_n)
    alts, total_n = k + other_k, n + other_n
    mode = (n + 1) * (alts + 1) // (total_n + 2)
    if k == mode:
        return 1.0
    if k > mode:  # turn the table round, so that k lies below the mode
        k, n, other_k, other_n = other_k, other_n, k, n
    log_point = _log_point(k, n, other_k, other_n)
    if log_point < -650:
        return _SMALLEST
    point = exp(log_point)
    # Walk up over the mode to the first table on the far side that is as unlikely as this one.
    rest = total_n - alts - n  # ratio of x to x + 1: (alts - x)(n - x) / ((x + 1)(rest + x + 1))
    x, term, highest = k, point, min(n, alts)
    bound = point * _TIE
    inside = 0.0
    while x < highest:
        term *= (alts - x) * (n - x) / ((x + 1) * (rest + x + 1))
        x += 1
        if term <= bound:
            break
        inside += term
    else:
        term = 0.0
    if inside < 0.9:
        return min(1.0, 1.0 - inside)
    tail = term  # a small p is summed from its tails: 1 - inside would lose its digits
    while x < highest and term > tail * _NEGLIGIBLE:
        term *= (alts - x) * (n - x) / ((x + 1) * (rest + x + 1))
        x += 1
        tail += term
    return min(1.0, tail + fisher_less(k, n, other_k, other_n))


def _check(k: int, n: int, other_k: int, other_n: int) -> None:
    if not 0 <= k <= n or not 0 <= other_k <= other_n:
        raise ValueError(f"no test of {k} of {n} against {other_k} of {other_n} reads")


def binomial_at_least(k: int, n: int, rate: float) -> float:
    """Chance of `k` or more errors among `n` reads when each errs with chance `rate`.

    Raises ValueError unless 0 <= k <= n and 0 <= rate <= 1.
    """
    if not 0 <= k <= n or not 0 <= rate <= 1:
        raise ValueError(f"no chance of {k} of {n} at rate {rate}")
    if k == 0 or rate == 1:
        return 1.0
    if rate == 0:
        return 0.0
    return _beta_regularised(k, n - k + 1, rate)


def binomial_at_most(k: int, n: int, fraction: float) -> float:
    """Chance of `k` or fewer alternative reads of `n` where the fraction is `fraction`.

    Raises ValueError unless 0 <= k <= n and 0 <= fraction <= 1.
    """
    if not 0 <= k <= n or not 0 <= fraction <= 1:
        raise ValueError(f"no chance of {k} of {n} at fraction {fraction}")
    if k == n or fraction == 0:
        return 1.0
    if fraction == 1:
        return 0.0
    return _beta_regularised(n - k, k + 1, 1.0 - fraction)


def benjamini_hochberg(tests: Mapping[float, int]) -> dict[float, float]:
    """The q-value of each p: the smallest false discovery rate at which it would be called (Benjamini, Hochberg 1995).

    tests: each p and how many tests had it. The q of a p is the minimum, over all p' from it upwards, of
    p' times the number of tests over the number of tests with p' or less.
    """
    left = total = sum(tests.values())
    q, found = 1.0, {}
    for p in sorted(tests, reverse=True):
        q = min(q, p * total / left)
        found[p] = q
        left -= tests[p]
    return found
