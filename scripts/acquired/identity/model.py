"""How likely two specimens' states are if they are of one person, of close relatives, or of strangers.

A like-for-like likelihood model as in `bcftools gtcheck` or Picard's fingerprinting, with two additions for tumours: a
genotype shows as one of five bands of allele fraction rather than as a call, and a share of the sites that look
germline-like in one specimen may be clonal somatic variants. Genotypes of strangers are drawn by Hardy-Weinberg
proportions; those of siblings share 0, 1 or 2 alleles by descent with chances 1/4, 1/2 and 1/4, those of parent and
child always one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log
from typing import Any

#: States of a specimen at a site. `unlisted`: in a file that lists calls only, looked at and not called.
REF, LOW, HET, HIGH, HOM, UNLISTED = range(6)
#: States that look germline-like: at least one of a pair must have one for the site to be informative.
LIKE = frozenset({HET, HIGH, HOM})
#: Chances of 0, 1 and 2 alleles by descent.
RELATIONS: dict[str, tuple[float, float, float]] = {
    "same": (0.0, 0.0, 1.0),
    "sibling": (0.25, 0.5, 0.25),
    "parent": (0.0, 1.0, 0.0),
    "stranger": (1.0, 0.0, 0.0),
}
_GENOTYPES = range(3)
#: Copies of the alternative that a state speaks for, for the numbers that are printed.
_COPIES = ({0}, {0, 1}, {1}, {1, 2}, {2}, {0})


def shared(frequency: float, descent: tuple[float, float, float]) -> dict[tuple[int, int], float]:
    """P(genotype, genotype) of two persons at a site whose alternative has this frequency. Sums to 1."""
    p, q = frequency, 1 - frequency
    alone = (q * q, 2 * p * q, p * p)
    one = {
        (0, 0): q**3, (0, 1): p * q * q, (1, 0): p * q * q, (1, 1): p * q,
        (1, 2): p * p * q, (2, 1): p * p * q, (2, 2): p**3, (0, 2): 0.0, (2, 0): 0.0,
    }  # fmt: skip
    none, by_one, both = descent
    return {
        (a, b): none * alone[a] * alone[b] + by_one * one[a, b] + both * (alone[a] if a == b else 0.0)
        for a in _GENOTYPES
        for b in _GENOTYPES
    }


class Model:
    """Log-likelihoods of pairs of states under each relation. One is enough for many pairs."""

    def __init__(self, rules: Mapping[str, Any]):
        """rules: identity/rules.yaml."""
        self.rules = rules
        missed = float(rules["missed"])
        listed = [tuple(map(float, row)) for row in rules["emission"]]
        # with UNLISTED as a sixth column: a site without a call is homozygous for the reference, or missed
        self._emission = [(*row, 1.0 if g == 0 else missed) for g, row in enumerate(listed)]
        self._like = [sum(row[s] for s in LIKE) for row in listed]
        there, other = rules["somatic"]["there"], rules["somatic"]["other"]
        self._there = (*map(float, there), 0.0)
        self._other = (*map(float, other), float(other[0]))
        self._tables = {
            (kind, relation): self._table(rules["frequencies"][kind], descent)
            for kind in ("common", "any")
            for relation, descent in RELATIONS.items()
        }

    def state(self, vaf: float) -> int:
        """The band an allele fraction lies in."""
        for i, upper in enumerate(self.rules["bands"].values()):
            if vaf < upper:
                return i
        return HOM

    def _table(
        self, frequencies: Mapping[float, float], descent: tuple[float, float, float]
    ) -> dict[tuple[int, int], float]:
        """P(state, state | relation, at least one is germline-like), averaged over frequencies."""
        table = {(s, t): 0.0 for s in range(6) for t in range(6)}
        total = 0.0
        for frequency, weight in frequencies.items():
            for (a, b), chance in shared(float(frequency), descent).items():
                chance *= float(weight)
                total += chance * (1 - (1 - self._like[a]) * (1 - self._like[b]))
                if chance:
                    for s, t in table:
                        table[s, t] += chance * self._emission[a][s] * self._emission[b][t]
        return {pair: value / total for pair, value in table.items()}

    def log_likelihoods(self, counts: Mapping[tuple[str, int, int], int]) -> dict[str, float]:
        """Of each relation, over sites counted by (common or any, state in one, state in the other).

        The shares of somatic sites are those that fit best under each relation.
        """
        shares = self.rules["somatic"]["shares"]
        found = {}
        for relation in RELATIONS:
            fits = []
            for one, two in shares:
                fit = 0.0
                for (kind, s, t), n in counts.items():
                    chance = (1 - one - two) * self._tables[kind, relation][s, t]
                    chance += one * self._there[s] * self._other[t] + two * self._there[t] * self._other[s]
                    fit += n * log(chance)
                fits.append(fit)
            found[relation] = max(fits)
        return found

    def judge(self, counts: Mapping[tuple[str, int, int], int], regions: int = 0) -> dict[str, Any]:
        """Verdict on a pair with its numbers: sites, agree, opposite (discordant homozygotes), likelihood ratios.

        counts: informative sites, as for `log_likelihoods`. regions: genes (or stretches) they lie in; sites of one
        gene are inherited together and say less than as many of genes apart, so that what they say of relatives is
        scaled by (regions / sites) ** 0.5; what is asked of it grows with the root of their number, as its noise does.
        favours: natural logarithms of the likelihood ratios of the same person against the best other relation, and of
        relatives against strangers. somatic: where nothing is said because what differs may all be somatic.
        """
        sites = sum(counts.values())
        agree = sum(n for (_, s, t), n in counts.items() if _COPIES[s] & _COPIES[t])
        opposite = sum(n for (_, s, t), n in counts.items() if {s, t} in ({REF, HOM}, {UNLISTED, HOM}))
        told: dict[str, Any] = {"sites": sites, "agree": agree, "opposite": opposite}
        if sites < self.rules["sites"]:
            return told | {"verdict": "not enough to tell"}
        fit = self.log_likelihoods(counts)
        related = max(fit["sibling"], fit["parent"])
        same = fit["same"] - max(related, fit["stranger"])
        kin = (related - fit["stranger"]) * (min(regions or sites, sites) / sites) ** 0.5
        told["favours"] = {"same": round(same, 1), "related": round(kin, 1)}
        if same >= self.rules["same"]:
            return told | {"verdict": "same"}
        if self._somatic(counts):
            return told | {"verdict": "not enough to tell", "somatic": True}
        if -same >= self.rules["different"] and kin < self.rules["related"] * sites**0.5:
            return told | {"verdict": "different"}
        return told | {"verdict": "doubtful"}

    def _somatic(self, counts: Mapping[tuple[str, int, int], int]) -> bool:
        """Whether sites that disagree may all be somatic: only one specimen has its own, or none is homozygous.

        Persons differ both ways, and a quarter or more of what a person carries at common sites is homozygous.
        """
        own = [0, 0]
        homozygous = 0
        for (_, s, t), n in counts.items():
            own[0] += n * (s in LIKE and t in (REF, UNLISTED))
            own[1] += n * (t in LIKE and s in (REF, UNLISTED))
            homozygous += n * (HOM in (s, t))
        return not homozygous or min(own) < self.rules["both_ways"] * sum(own)

    @staticmethod
    def informative(states: Sequence[int | None]) -> bool:
        """Whether a pair of states says anything: both known, at least one germline-like."""
        return None not in states and any(s in LIKE for s in states)
