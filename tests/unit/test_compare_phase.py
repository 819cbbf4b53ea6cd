"""cis, trans or unknown: each ground, their order, and that unknown is the default and is said."""

from __future__ import annotations

import random

import pytest
from acquired.compare.phase import Evidence, Fragments, phase_of


def by_reads(*counts: int, specimen: str = "s") -> Evidence:
    return Evidence(specimen, fragments=Fragments(*counts))


def phased(one: str, other: str, sets: tuple[str, str] = ("7", "7"), specimen: str = "s") -> Evidence:
    return Evidence(specimen, genotypes=((one, sets[0]), (other, sets[1])))


@pytest.mark.parametrize(
    "evidence, phase, ground",
    [
        ([], "unknown", ""),
        ([Evidence("s")], "unknown", ""),
        ([by_reads(57, 3, 0, 900)], "cis", "reads"),
        ([by_reads(12, 30, 40, 900)], "cis", "reads"),  # besides, separate molecules carry them
        ([by_reads(0, 30, 40, 900)], "trans", "reads"),
        ([by_reads(1, 60, 40, 900)], "trans", "reads"),  # one chimeric fragment among 41
        ([by_reads(0, 300, 6, 900)], "unknown", ""),  # half of 6 in cis is missed once in 64 times
        ([by_reads(1, 0, 0, 900)], "unknown", ""),
        ([by_reads(0, 90, 0, 900)], "unknown", ""),  # the second is on no fragment: nothing to tell
        ([by_reads(0, 0, 0, 0)], "unknown", ""),
        ([phased("0|1", "0|1")], "cis", "genotypes"),
        ([phased("0|1", "1|0")], "trans", "genotypes"),
        ([phased("0|1", "1|0", ("7", "9"))], "unknown", ""),
        ([phased("0|1", "0/1")], "unknown", ""),
        ([phased("1|1", "0|1")], "unknown", ""),
        ([Evidence("s", one_allele=True)], "cis", "MNV"),
        ([Evidence("s", reads=((700, 1000), (600, 1000)))], "cis", "fractions"),
        ([Evidence("s", reads=((500, 1000), (490, 1000)))], "unknown", ""),  # may be either
        ([Evidence("s", reads=((510, 1000), (505, 1000)))], "unknown", ""),  # more than one, but not certainly
        ([Evidence("s", reads=((9, 10), None))], "unknown", ""),
        # the better ground decides
        ([by_reads(0, 30, 40, 9), phased("0|1", "0|1", specimen="t")], "trans", "reads"),
        ([by_reads(0, 3, 1, 9), phased("0|1", "0|1", specimen="t")], "cis", "genotypes"),
        # specimens that contradict each other
        ([by_reads(30, 3, 2, 9), by_reads(0, 30, 40, 9, specimen="t")], "unknown", "reads"),
        ([phased("0|1", "0|1"), phased("0|1", "1|0", specimen="t")], "unknown", "genotypes"),
    ],
)
def test_phase(evidence, phase, ground):
    found = phase_of(evidence)
    assert (found.phase, found.ground) == (phase, ground)
    assert found.why
    swapped = [
        Evidence(
            e.specimen,
            e.genotypes[::-1],
            e.reads[::-1],
            e.fragments and Fragments(e.fragments.both, e.fragments.second_only, e.fragments.first_only, 0),
            e.one_allele,
        )
        for e in evidence
    ]
    assert phase_of(swapped).phase == phase  # whichever is named first


def test_the_counts_are_said():
    found = phase_of([by_reads(3, 1, 0, 50, specimen="early"), by_reads(57, 3, 0, 900, specimen="late")])
    assert (found.specimen, found.fragments) == ("late", Fragments(57, 3, 0, 900))
    assert found.why == (
        "of 960 fragments that span both places in late, 57 carry both, 3 the first only and 0 the second only"
    )
    assert "separate molecules too" in phase_of([by_reads(12, 30, 40, 900)]).why
    assert phase_of([by_reads(0, 3, 1, 9)]).why.endswith("too few to tell")
    assert phase_of([by_reads(0, 0, 0, 0)]).why == "no fragment spans both places"
    assert phase_of([Evidence("s")]).why == "the calls are not phased"


@pytest.mark.parametrize("truth", ["cis", "trans"])
@pytest.mark.parametrize("fractions", [(0.3, 0.05), (0.05, 0.05), (0.4, 0.4)])
def test_simulated_molecules_are_told_right(truth, fractions):
    """Fragments drawn from two clones, 2 % of them chimeric: the other phase is never said."""
    rng, said = random.Random(f"{truth}{fractions}"), []
    for depth in (20, 100, 500, 3000):
        for _ in range(12):
            counts = [0, 0, 0, 0]
            for _ in range(depth):
                x = rng.random()
                first = x < fractions[0]
                second = x < fractions[1] if truth == "cis" else x > 1 - fractions[1]
                if rng.random() < 0.02:
                    second = rng.random() < fractions[1]
                counts[0 if first and second else 1 if first else 2 if second else 3] += 1
            said.append(phase_of([by_reads(*counts)]).phase)
    assert set(said) <= {truth, "unknown"} and said[-12:] == [truth] * 12
