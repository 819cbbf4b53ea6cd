"""Simulated swaps: how often specimens of strangers are found out, one person's are suspected, and relatives are told.

Panels of 12 to 120 genes, tumours with losses of heterozygosity and somatic variants, plasma with little tumour DNA,
thin and deep coverage, files that list calls only and files that tell depth.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit"))

from identity_kit import trial

VERDICTS = ("same", "doubtful", "different")
BANDS = ((20, 40), (40, 100), (100, 10**6))


def trials(relation: str, wanted: int, seed: int) -> list[dict]:
    """Pairs with 20 or more informative sites."""
    draw, found = random.Random(f"{relation} {seed}"), []
    while len(found) < wanted:
        told = trial(draw, relation, draw.choice((12, 20, 30, 60, 120)), draw.choice((3, 5, 8)))
        if told["sites"] >= 20:
            found.append(told)
        else:
            assert told["verdict"] == "not enough to tell"
    return found


@pytest.mark.heavy
def test_swaps_are_found_and_nobody_is_suspected() -> None:
    pairs = {r: trials(r, 200, 1) for r in ("same", "stranger", "sibling", "parent")}
    print(f"\n{'relation':10}{'sites':>9}{'pairs':>7}" + "".join(f"{v:>11}" for v in VERDICTS))
    for relation, own in pairs.items():
        for low, high in BANDS:
            band = Counter(p["verdict"] for p in own if low <= p["sites"] < high)
            label = f"{low}-{high - 1}" if high < 10**6 else f"{low}+"
            print(f"{relation:10}{label:>9}{band.total():7}" + "".join(f"{band[v]:11}" for v in VERDICTS))
    told = {r: Counter(p["verdict"] for p in own) for r, own in pairs.items()}
    assert told["stranger"]["different"] >= 0.99 * 200
    assert told["stranger"]["same"] == 0
    assert told["same"]["different"] == 0
    assert told["same"]["doubtful"] <= 0.01 * 200
    for relative in ("sibling", "parent"):
        many = Counter(p["verdict"] for p in pairs[relative] if p["sites"] >= 100)
        assert told[relative]["same"] <= 0.01 * 200
        assert many["doubtful"] >= 0.75 * many.total()
