"""Mutated files: each ends in success or in a refusal of ours; no traceback, hang, 1 GB of memory, half-written result.

An input that went wrong is made again by `python tests/fuzz/fuzz_run.py ROOM/SEED/NUMBER`.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from fuzz_rooms import ROOMS, Room
from fuzz_run import fuzz
from fuzz_worker import Tally, run_all

#: Inputs of the small run, over all rooms; about three seconds of one core.
FEW = 300
MANY = 10_400


def share(room: Room, of: int) -> int:
    return of * room.weight // sum(r.weight for r in ROOMS) + 1


def told(tally: Tally) -> str:
    return "\n\n".join(f"{label}: {what}" for label, what in tally.wrong[:5])


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_mutated_files(room: Room, tmp_path: Path) -> None:
    tally = fuzz(room, share(room, FEW), 7, tmp_path)
    assert not tally.wrong, told(tally)
    assert tally.ok + tally.refused == share(room, FEW)


@pytest.mark.heavy
@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_ten_thousand_mutated_files(room: Room, tmp_path: Path) -> None:
    number = share(room, MANY)
    tally = fuzz(room, number, 2026, tmp_path)
    assert not tally.wrong, told(tally)
    # A mutator that destroys everything, or nothing, would prove little.
    assert tally.ok > number * 0.02 and tally.refused > number * 0.2, (tally.ok, tally.refused)


def test_the_worker_finds_what_it_is_there_for() -> None:
    """A process that dies, too much memory and a traceback are told apart, and the inputs behind them are run."""

    def run(label: str) -> bool:
        if label == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        if label == "memory":
            bytearray(3 * 2**30)
        if label == "traceback":
            raise KeyError("start")
        return label == "good"

    tally = run_all(["good", "dies", "refused", "memory", "traceback", "good"], run)
    assert (tally.ok, tally.refused) == (2, 1)
    assert [label for label, _ in tally.wrong] == ["dies", "memory", "traceback"]
    assert "died" in tally.wrong[0][1] and "MemoryError" in tally.wrong[1][1] and "KeyError" in tally.wrong[2][1]
