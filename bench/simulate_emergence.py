"""How often is a clone that was there before called emerged? Simulated truth through the comparison's own functions.

Alleles of known truth are read at two time points with beta-binomial noise, through depths of 20 to 20,000:
    acquired      not there before
    pre-existing  a clone of 0.05 to 2 % before (log-uniform), grown since
    germline      one half at both times
    artefact      a place where the assay errs ten times as often as elsewhere
Both are read where a caller lists them at follow-up. `observe` and `trajectory` then say what they say of any record;
beside that stands the plain set difference of the two call sets, which calls new what only the second lists.

    python bench/simulate_emergence.py [--alleles N] [--seed S]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace

import numpy as np
from acquired.compare.observe import Observation, Observer
from acquired.compare.plan import Comparison
from acquired.compare.settings import Assay, Thresholds
from acquired.compare.stats import binomial_at_least, clopper_pearson_upper
from acquired.compare.trajectory import judge
from acquired.model import Basis, Specimen, Status, Trajectory

DEPTHS = (20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
TRUTHS = ("acquired", "pre-existing", "germline", "artefact")

#: Fractions (lowest, highest) that are drawn log-uniformly: of a clone before, and of any tumour allele at follow-up.
BEFORE, AFTER = (0.0005, 0.02), (0.005, 0.4)

#: Beta-binomial concentration of true fractions: they vary between libraries as if drawn from so many molecules.
CONCENTRATION = 10_000
#: Shape of the gamma distribution of error rates over places (its mean is the assay's); smaller is more uneven.
ERROR_SHAPE = 2.0
#: An artefact's place errs so many times as often as the assay on average.
ARTEFACT = 10.0

#: Values of `absent_below` that are weighed for plasma.
BOUNDS = (0.001, 0.002, 0.0025, 0.0027, 0.003, 0.004, 0.005, 0.01)

#: A caller lists an allele with so many reads, if errors at the assay's rate explain them with less than this chance.
CALLER_READS, CALLER_ALPHA = 3, 1e-4


@dataclass(frozen=True)
class Setting:
    """What is simulated. error_rate: the assay's true mean. stated: whether the config states it."""

    name: str
    material: str
    error_rate: float
    stated: bool

    def thresholds(self) -> Thresholds:
        """As the config gives them for such a specimen."""
        assay = Assay(error_rate=self.error_rate if self.stated else None)
        return Thresholds().of_specimen(self.material, assay)


SETTINGS = (
    Setting("plasma, molecular barcodes (error rate 0.0001, stated)", "plasma", 1e-4, True),
    Setting("plasma, no barcodes (error rate 0.001, the default)", "plasma", 1e-3, False),
    Setting("tissue (error rate 0.001, the default)", "tissue", 1e-3, False),
)


@dataclass
class Tally:
    """Alleles of one truth and depth, as counts. listed: by the caller at follow-up. new: by set difference. emerged:
    by depth. there_before: present at baseline. clear: listed, baseline `absent`, and the true fraction now above the
    baseline's hidden VAF; clear_emerged: of these, emerged by depth."""

    listed: int = 0
    new: int = 0
    emerged: int = 0
    unresolved: int = 0
    there_before: int = 0
    clear: int = 0
    clear_emerged: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


def _reads(rng: np.random.Generator, fraction: float, error: float, depth: int) -> int:
    """Alternative reads of `depth`: a fraction with beta-binomial noise, and wrong reads."""
    if fraction:
        fraction = rng.beta(fraction * CONCENTRATION, (1 - fraction) * CONCENTRATION)
    return int(rng.binomial(depth, min(1.0, fraction + (1 - fraction) * error)))


def _listed(k: int, n: int, setting: Setting) -> bool:
    return k >= CALLER_READS and binomial_at_least(k, n, setting.error_rate) < CALLER_ALPHA


def _log_uniform(rng: np.random.Generator, bounds: tuple[float, float]) -> float:
    return float(np.exp(rng.uniform(*np.log(bounds))))


def _fractions(rng: np.random.Generator, truth: str) -> tuple[float, float]:
    """Fractions before and at follow-up; a clone that was there before has grown, or at least has not shrunk."""
    if truth == "germline":
        return 0.5, 0.5
    if truth == "artefact":
        return 0.0, 0.0
    before = _log_uniform(rng, BEFORE) if truth == "pre-existing" else 0.0
    return before, max(before, _log_uniform(rng, AFTER))


SPECIMENS = (Specimen("p", "before", (), order=0), Specimen("p", "after", (), order=1))
COMPARISON = Comparison("c1", [0], [1], [1], "")


def observed(observer: Observer, k: int, n: int, listed: bool) -> Observation:
    """The observation of a record with these counts, as intake writes it."""
    gt = "0/1" if listed else "0/0"
    return observer.record(f"PASS\t.\tGT:DP:AD:VAF:KEY\t{gt}:{n}:{n - k},{k}:{k / n:.6g}:AD/DP")[0]


def simulate(setting: Setting, alleles: int, seed: int, bound: float | None = None) -> dict[tuple[str, int], Tally]:
    """Tallies by truth and depth. alleles: drawn for each of them. bound: in place of the setting's `absent_below`."""
    thresholds = setting.thresholds()
    if bound is not None:
        thresholds = replace(thresholds, absent_below=bound)
    observer = Observer(thresholds, Assay())
    tallies = {}
    for i, truth in enumerate(TRUTHS):
        for j, depth in enumerate(DEPTHS):
            rng = np.random.default_rng([seed, i, j])
            tally = tallies[truth, depth] = Tally()
            for _ in range(alleles):
                _one(rng, truth, depth, setting, observer, thresholds, tally)
    return tallies


def _one(
    rng: np.random.Generator,
    truth: str,
    depth: int,
    setting: Setting,
    observer: Observer,
    thresholds: Thresholds,
    tally: Tally,
) -> None:
    """Draw one allele, read it twice, and count what is said of it."""
    before, after = _fractions(rng, truth)
    error = rng.gamma(ERROR_SHAPE, setting.error_rate / ERROR_SHAPE) * (ARTEFACT if truth == "artefact" else 1)
    (n0, n1) = (max(10, int(depth * rng.lognormal(0, 0.2))) for _ in range(2))
    k0, k1 = _reads(rng, before, error, n0), _reads(rng, after, error, n1)
    if not _listed(k1, n1, setting):
        return
    there = _listed(k0, n0, setting)
    seen = [observed(observer, k0, n0, there), observed(observer, k1, n1, True)]
    change = judge(seen, COMPARISON, SPECIMENS, thresholds)
    emerged = change.trajectory is Trajectory.EMERGED and change.basis is Basis.DEPTH
    tally.listed += 1
    tally.new += not there
    tally.emerged += emerged
    tally.unresolved += change.trajectory is Trajectory.UNRESOLVED
    tally.there_before += seen[0].present
    if seen[0].status is Status.ABSENT and after > clopper_pearson_upper(k0, n0):
        tally.clear += 1
        tally.clear_emerged += emerged


def share(part: int, whole: int) -> str:
    """A share as text; `-` of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def table(tallies: dict[tuple[str, int], Tally]) -> Iterator[str]:
    """The result as Markdown: acquired and pre-existing alleles by depth, then germline and artefacts as a whole."""
    heads = (
        "depth",
        "acquired: emerged by depth",
        "unresolved",
        "emerged, of those above the hidden VAF of an `absent` baseline",
        "pre-existing: emerged by depth",
        "unresolved",
        "there before",
        "set difference: new",
    )
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for depth in (*DEPTHS, 0):
        a, p = (
            tallies[truth, depth] if depth else sum((tallies[truth, d] for d in DEPTHS), Tally())
            for truth in ("acquired", "pre-existing")
        )
        cells = (
            f"{depth:,}" if depth else "all",
            share(a.emerged, a.listed),
            share(a.unresolved, a.listed),
            share(a.clear_emerged, a.clear),
            share(p.emerged, p.listed),
            share(p.unresolved, p.listed),
            share(p.there_before, p.listed),
            share(p.new, p.listed),
        )
        yield f"| {' | '.join(cells)} |"
    yield ""
    for truth in ("germline", "artefact"):
        t = sum((tallies[truth, d] for d in DEPTHS), Tally())
        yield (
            f"{truth}: {t.listed:,} listed at follow-up; emerged by depth {share(t.emerged, t.listed)}, "
            f"unresolved {share(t.unresolved, t.listed)}; set difference calls {share(t.new, t.listed)} new."
        )


def bounds(alleles: int, seed: int) -> Iterator[str]:
    """Why plasma has the bound it has: shares over all depths by `absent_below`, as Markdown."""
    yield "### Which bound for plasma\n"
    yield (
        "| `absent_below` | reads without the allele | barcodes: pre-existing emerged | acquired emerged "
        "| no barcodes: pre-existing emerged | acquired emerged |"
    )
    yield "|---|---|---|---|---|---|"
    for bound in BOUNDS:
        cells = [f"{bound:g}", f"{next(n for n in range(1, 10**5) if clopper_pearson_upper(0, n) <= bound):,}"]
        for setting in SETTINGS[:2]:
            tallies = simulate(setting, alleles, seed, bound)
            for truth in ("pre-existing", "acquired"):
                t = sum((tallies[truth, d] for d in DEPTHS), Tally())
                cells.append(share(t.emerged, t.listed))
        yield f"| {' | '.join(cells)} |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alleles", type=int, default=1000, help="drawn for each truth and depth (default 1000)")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print("## Is it really new? Simulated truth through the comparison (bench/simulate_emergence.py)\n")
    print(f"{given.alleles:,} alleles of each truth at each depth; shares are of those that the caller lists.\n")
    for setting in SETTINGS:
        bound = setting.thresholds().absent_below
        print(f"### {setting.name}; absent at a hidden VAF of at most {bound:g}\n")
        print("\n".join(table(simulate(setting, given.alleles, given.seed))), end="\n\n")
    print("\n".join(bounds(given.alleles, given.seed)))


if __name__ == "__main__":
    main()
