"""Everything measured side by side in one go, and benchmarks/latest.md written from it: `make bench`.

    python bench/run.py [--only a,b,c,d,e,f,simulation] [--scale small|full] [--out benchmarks/latest.md]

Parts: a panel cohort, b exome pair, c whole-genome pair, d growth, e dry run, f SnpEff, simulation. A part that fails
is told, and the others go on; the exit code is 1 then. A budget that is not met is told, with the profile that says
why. Numbers are of one machine and one moment: compare ratios.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import os
import platform
import re
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import cohort
import pair
import told
from told import Bench, Section, number, table

ROOT = Path(__file__).resolve().parents[1]


def snpeff(bench: Bench) -> Section:
    """Part f: bench/snpeff.py says it all."""
    folder = bench.tmp / "snpeff"
    folder.mkdir(parents=True, exist_ok=True)
    text: str = importlib.import_module("snpeff").section(folder)
    return Section("(f) Consequences beside SnpEff", _deeper(text))


def simulation(bench: Bench) -> Section:
    """How often a clone that was there before is called emerged (docs/statistics.md)."""
    alleles = ("--alleles", "50") if bench.scale is told.SMALL else ()
    command = [sys.executable, str(ROOT / "bench/simulate_emergence.py"), *alleles]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Section("Is it really new?", _deeper(text))


PARTS: dict[str, Callable[[Bench], Section]] = {
    "a": cohort.panel,
    "b": pair.exome,
    "c": pair.genome,
    "d": pair.growth,
    "e": cohort.dry,
    "f": snpeff,
    "simulation": simulation,
}


def _deeper(text: str) -> str:
    """A part's own headings one level down; its first one goes, since the section has a title."""
    lines = text.strip().splitlines()
    if lines and lines[0].startswith("#"):
        lines = lines[1:]
    return (
        "\n".join(f"#{line}" if line.startswith("##") and not line.startswith("###") else line for line in lines) + "\n"
    )


def machine(repository: Path) -> str:
    """What it was measured on, and versions."""
    model = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(encoding="utf-8"))
    commit = _first(["git", "-C", str(repository), "describe", "--always", "--dirty"])
    rows = [
        ("machine", f"{os.cpu_count()} cores, {model[1] if model else 'unknown'}, "
                    f"{int(memory[1]) / 1e6:.0f} GB" if memory else ""),
        ("system", f"{platform.system()} {platform.release().split('-')[0]}"),
        ("load when it began", number(os.getloadavg()[0])),
        ("acquired", commit),
        ("Python", platform.python_version()),
        ("Snakemake", _first([str(Path(sys.executable).parent / "snakemake"), "--version"])),
        ("pysam", importlib.import_module("pysam").__version__),
        ("bcftools", _first(["bcftools", "--version"]).removeprefix("bcftools ")),
        ("date", datetime.datetime.now(datetime.UTC).date().isoformat()),
    ]  # fmt: skip
    return table(("", ""), rows)


def _first(command: list[str]) -> str:
    """First line of what a command says; `not there` without it."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0].strip()
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "not there"


def budgets(sections: list[Section]) -> str:
    """The table of budgets."""
    rows = []
    for section in sections:
        for budget in section.budgets:
            unit = "" if budget.unit == "x" else f" {budget.unit}"
            measured = number(budget.measured) + unit
            if budget.budget is None:
                rows.append((budget.what, measured, "none set", "", ""))
                continue
            met = ("yes" if budget.met else "**no**") + (f" ({budget.note})" if budget.note else "")
            ratio = f"{budget.measured / budget.budget:.2f}"
            rows.append((budget.what, measured, number(budget.budget) + unit, ratio, met))
    return table(("what", "measured", "budget", "measured / budget", "met"), rows) if rows else "None measured.\n"


def page(bench: Bench, sections: list[Section], failures: list[str], seconds: dict[str, float], begun: str) -> str:
    """benchmarks/latest.md."""
    scale = "full" if bench.scale is told.FULL else "small: a try-out, whose numbers stand for nothing"
    parts = [
        "# What it costs\n",
        "Written by `make bench`. Budgets are those of the design; every number below is of one run of it.\n",
        budgets(sections),
        *(f"**Failed.** {failure}\n" for failure in failures),
        f"## Measured on\n\n{begun}\nScale: {scale}. {sum(seconds.values()):,.0f} s in all: "
        + ", ".join(f"{part} {spent:,.0f} s" for part, spent in seconds.items())
        + ".\n",
        *(f"## {section.title}\n\n{section.text.strip()}\n" for section in sections),
    ]
    return "\n".join(parts)


def main() -> int:
    """Run the parts and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, separated by commas")
    parser.add_argument("--scale", choices=("small", "full"), default="full")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/latest.md")
    parser.add_argument("--tmp", type=Path, default=ROOT / "benchmarks/tmp", help="inputs (8 GB at full scale)")
    parser.add_argument("--repository", type=Path, default=ROOT, help="measure the workflow of another checkout")
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1, help="of the cohorts")
    parser.add_argument("--nice", type=int, default=0)
    given = parser.parse_args()
    scale = told.FULL if given.scale == "full" else told.SMALL
    bench = Bench(given.repository.resolve(), given.tmp.resolve(), scale, given.cores, given.nice)
    bench.tmp.mkdir(parents=True, exist_ok=True)
    begun = machine(bench.repository)
    sections, failures, seconds = [], [], {}
    for part in given.only.split(","):
        if part == "f" and not (ROOT / "bench/snpeff.py").exists():
            continue
        started = time.perf_counter()
        try:
            sections.append(PARTS[part](bench))
        except Exception as error:  # the others go on, and this one is told
            traceback.print_exc()
            failures.append(f"Part {part}: {type(error).__name__}: {str(error)[-600:]}")
        seconds[part] = time.perf_counter() - started
        print(f"part {part}: {seconds[part]:,.0f} s", file=sys.stderr, flush=True)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(page(bench, sections, failures, seconds, begun), encoding="utf-8")
    print(budgets(sections))
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
