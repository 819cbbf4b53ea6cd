"""The simulation of `make bench`, small and seeded: clones that were there before are seldom called emerged."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "bench" / "simulate_emergence.py"


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("simulate_emergence", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def barcoded(bench):
    return bench.simulate(bench.SETTINGS[0], 120, 7)


def whole(bench, tallies, truth):
    return sum((tallies[truth, depth] for depth in bench.DEPTHS), bench.Tally())


def test_few_clones_that_were_there_before_are_called_emerged(bench, barcoded):
    clones = whole(bench, barcoded, "pre-existing")
    assert clones.listed > 900
    assert clones.emerged / clones.listed <= 0.065  # 5 %, and three standard errors of so small a sample
    assert clones.new / clones.listed > 0.4  # what a set difference calls new
    for depth in (20, 50, 100):
        assert barcoded["pre-existing", depth].new / barcoded["pre-existing", depth].listed > 0.9


def test_what_is_above_the_hidden_fraction_is_not_lost(bench, barcoded):
    acquired = whole(bench, barcoded, "acquired")
    assert acquired.clear > 300
    assert acquired.clear_emerged / acquired.clear > 0.97
    # nothing that is new goes untold: it is emerged or unresolved unless errors look like it at baseline
    assert (acquired.emerged + acquired.unresolved) / acquired.listed > 0.97


def test_germline_and_artefacts_do_not_emerge(bench, barcoded):
    germline, artefact = (whole(bench, barcoded, truth) for truth in ("germline", "artefact"))
    assert germline.listed == 1200 and germline.emerged == germline.new == 0
    assert artefact.new / artefact.listed > 0.1 and artefact.emerged / artefact.listed < 0.02


def test_a_bound_as_loose_as_for_tissue_would_not_do_for_plasma(bench):
    """Why plasma has a bound of its own: at 5 % a third of the clones would be called emerged."""
    loose = whole(bench, bench.simulate(bench.SETTINGS[2], 60, 7), "pre-existing")
    assert loose.emerged / loose.listed > 0.2
