"""Mutated files through the rooms. By hand: `python fuzz_run.py [ROOM|all] [NUMBER] [SEED]` tells what went wrong,
`python fuzz_run.py ROOM/SEED/NUMBER` leaves that input's file here."""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from pathlib import Path

from fuzz_mutate import mutate
from fuzz_rooms import ROOMS, Room, Seed
from fuzz_worker import Tally, run_all


def made(label: str, seeds: list[Seed]) -> tuple[Seed, bytes]:
    """The input of a label (`room/seed/number`): always the same bytes."""
    dice = random.Random(label)
    seed = dice.choice(seeds)
    return seed, mutate(seed.data, dice)


def fuzz(room: Room, number: int, seed: int, folder: Path) -> Tally:
    """`number` mutated files through one room, in folders of their own below `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    seeds = room.seeds(folder)
    assert seeds, room.name

    def run(label: str) -> bool:
        chosen, data = made(label, seeds)
        out = folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        path = folder / chosen.name
        path.write_bytes(data)
        try:
            return room.run(path, chosen, out)
        finally:
            path.unlink()

    return run_all([f"{room.name}/{seed}/{i}" for i in range(number)], run)


def main() -> None:
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    number, seed = int(sys.argv[2]) if len(sys.argv) > 2 else 50, int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with tempfile.TemporaryDirectory() as name:
        for room in ROOMS:
            if wanted.partition("/")[0] not in ("", "all", room.name):
                continue
            if "/" in wanted:
                chosen, data = made(wanted, room.seeds(Path(name)))
                Path(chosen.name).write_bytes(data)
                print(chosen.name, chosen.what, data[:2000])
                continue
            tally = fuzz(room, number, seed, Path(name) / room.name)
            print(
                f"{room.name}: {tally.ok} ok, {tally.refused} refused, slowest {tally.slowest} s, {len(tally.wrong)} wrong"  # noqa: E501
            )
            for label, what in tally.wrong[:12]:
                print(f"--- {label}\n{what[-1200:]}")


if __name__ == "__main__":
    main()
