"""How surprising it is that a new alteration recurs: candidates for resistance the catalogue does not know.

Model: each patient's new coding variants fall on the coding residues of the genes that were looked at, evenly and
independently. The expected number of patients with a hit in a place of length l, among residues of total length L,
is the sum over patients of 1 - (1 - l/L)^n, n being the patient's own number of new variants. The number seen is
tested against a Poisson distribution of that mean (Le Cam's approximation to the Poisson-binomial; it errs towards
larger p for small means), and the false-discovery rate over all places tested is controlled by Benjamini and Hochberg's
procedure (J R Stat Soc B 1995;57:289-300).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from acquired.report.facts import Facts


@dataclass(frozen=True)
class Recurrence:
    """One gene (residue "") or residue in which new alterations recur."""

    gene: str
    residue: str
    names: tuple[str, ...]
    patients: tuple[str, ...]
    expected: float
    p: float
    q: float


def poisson_tail(k: int, mean: float) -> float:
    """P(X >= k) of a Poisson distribution of this mean, summed from the smaller side."""
    if k <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if mean < k:  # the tail itself, so that tiny values keep their digits
        term = math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1))
        total, i = term, k
        while term > total * 1e-16:
            i += 1
            term *= mean / i
            total += term
        return min(1.0, total)
    return max(0.0, 1.0 - sum(math.exp(-mean + i * math.log(mean) - math.lgamma(i + 1)) for i in range(k)))


def recurrent(cohort: Iterable[Facts], lengths: dict[str, int]) -> list[Recurrence]:
    """Genes and residues hit by new alterations without a claim in two patients or more, most surprising first."""
    patients = [facts for facts in cohort if facts.status == "compared" and facts.identity != "different"]
    looked_at = {gene for facts in patients for gene in facts.genes if gene in lengths}
    total = sum(lengths[gene] for gene in looked_at)
    genes: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    residues: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    loads: list[int] = []
    for facts in patients:
        mine = [hit for hit in facts.new if hit[0] in lengths]
        loads.append(len(mine))
        for gene, residue, name in mine:
            genes[gene][facts.patient].add(name)
            if residue:
                residues[(gene, residue)][facts.patient].add(name)

    def expected(length: int) -> float:
        return sum(-math.expm1(n * math.log1p(-length / total)) if length < total else float(n > 0) for n in loads)

    def rank(hits: dict[tuple[str, str], dict[str, set[str]]], tests: int) -> list[Recurrence]:
        scored = []
        for (gene, residue), who in hits.items():
            mean = expected(1 if residue else lengths[gene])
            scored.append((poisson_tail(len(who), mean), mean, gene, residue, who))
        scored.sort(key=lambda item: (item[0], item[2], item[3]))
        found, q = [], 1.0
        for place, (p, mean, gene, residue, who) in reversed(list(enumerate(scored, 1))):
            q = min(q, p * tests / place)
            if len(who) >= 2:
                names = tuple(sorted({name for some in who.values() for name in some}))
                found.append(Recurrence(gene, residue, names, tuple(sorted(who)), mean, p, q))
        return found[::-1]

    if not total:
        return []
    by_gene = rank({(gene, ""): who for gene, who in genes.items()}, len(looked_at))
    return sorted(by_gene + rank(dict(residues), total), key=lambda r: (r.q, r.p, r.gene, r.residue))
