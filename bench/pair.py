"""Parts b, c and d (records): one patient's pair of exomes or whole genomes beside bcftools on the same files."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import cohort
import measure
import phases
from told import Bench, Budget, Section, number, table

#: Steps of the library that do what `bcftools norm` twice and `bcftools isec` do; the others do more.
LIKE = ("normalize", "compare")


@dataclass
class Baseline:
    """bcftools on the same pair: CPU seconds and peak bytes."""

    norm: measure.Use
    other: measure.Use
    index: float
    isec: measure.Use

    @property
    def cpu(self) -> float:
        """`norm` twice and `isec`, as the budget says; their indexes, which isec needs, are left out."""
        return self.norm.cpu + self.other.cpu + self.isec.cpu


def _bcftools(bench: Bench, folder: Path) -> Baseline:
    genome = str(bench.genome())
    out = folder / "bcftools"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    norms, index = [], 0.0
    for name in ("before", "after"):
        command = ["bcftools", "norm", "-m", "-", "-f", genome, "-Ob", "-o", f"bcftools/{name}.bcf"]
        norms.append(
            measure.run([*command, f"calls/PAIR-{name}.vcf.gz"], folder, nice=bench.nice).must("bcftools norm")
        )
        index += measure.run(["bcftools", "index", f"bcftools/{name}.bcf"], folder, nice=bench.nice).must("index").cpu
    command = ["bcftools", "isec", "-Ob", "-p", "bcftools/isec", "bcftools/before.bcf", "bcftools/after.bcf"]
    isec = measure.run(command, folder, nice=bench.nice).must("bcftools isec")
    shutil.rmtree(out)
    return Baseline(norms[0], norms[1], index, isec)


def _section(bench: Bench, what: str, letter: str, maker: str, records: int) -> Section:
    folder = bench.inputs(maker, records)
    # One core, so that nothing else of this machine's memory bandwidth is in the numbers of either side.
    run = measure.workflow(bench.repository, folder, cores=1, nice=bench.nice)
    run.use.must(f"the {what} pair")
    baseline = _bcftools(bench, folder)
    rows = [
        (f"acquired: {step}", n, number(seconds), f"{peak / 1e6:.0f}")
        for step, (n, seconds, peak) in sorted(phases.by_step(run).items())
    ]
    outside = sum(job.cpu - sum(used for _, _, used in job.steps) for job in run.jobs)
    rows += [
        ("acquired: start and imports of the jobs", len(run.jobs), number(outside), ""),
        ("acquired: Snakemake", 1, number(run.snakemake), ""),
        ("**acquired: all**", "", f"**{number(run.use.cpu)}**", f"{run.use.peak / 1e6:.0f}"),
        (
            "bcftools norm",
            2,
            number(baseline.norm.cpu + baseline.other.cpu),
            f"{max(baseline.norm.peak, baseline.other.peak) / 1e6:.0f}",
        ),
        ("bcftools isec", 1, number(baseline.isec.cpu), f"{baseline.isec.peak / 1e6:.0f}"),
        ("**bcftools: norm twice and isec**", "", f"**{number(baseline.cpu)}**", ""),
        ("bcftools index (isec needs it; in no ratio)", 2, number(baseline.index), ""),
    ]
    steps = phases.by_step(run)
    like = sum(seconds for step, (_, seconds, _) in steps.items() if step.startswith(LIKE))
    ratio = run.use.cpu / baseline.cpu
    peak = max((job.peak for job in run.jobs), default=0)
    told = [
        f"2 x {records:,} records as Mutect2 writes them, 10 % indels, 1.5 % with two alternatives, 97 % of sites in "
        f"both; `--cores 1`; {number(run.use.wall)} s of wall time. bcftools has the whole genome as plain FASTA; "
        "acquired runs as it comes, with the bundled bases.",
        table(("what", "runs", "CPU s", "largest process, MB"), rows),
        f"All of acquired beside bcftools: {number(ratio)} times the CPU. Normalising and comparing alone: "
        f"{number(like / baseline.cpu)} times.\n",
        table(
            ("phase", "CPU s", "µs a record"),
            [(name, number(s), number(1e6 * s / (2 * records))) for name, s in phases.split(run).items()],
        ),
    ]
    budgets = [
        Budget(f"{what} pair, 2 x {records:,} records: CPU, in units of bcftools norm twice and isec", ratio, 2.0, "x"),
        Budget(f"{what} pair: memory of the largest job", peak / 1e9, 1.0, "GB"),
    ]
    if letter == "c":
        bench.found.setdefault("records", {})[2 * records] = run.use
    else:  # the design sets budgets for whole genomes alone
        for budget in budgets:
            budget.budget = None
    if ratio > 2:
        told.append(phases.profile(run.jobs, "The jobs"))
    return Section(f"({letter}) Pair: {what}", "\n\n".join(part.strip() for part in told), budgets)


def exome(bench: Bench) -> Section:
    """Part b. Once more with the whole genome named in the settings: equal work to what `bcftools norm -f` does."""
    section = _section(bench, "exome", "b", "exome", bench.scale.exome)
    genome = f'reference={{"GRCh38": {{"fasta": "{bench.genome()}"}}}}'
    folder = bench.inputs("exome", bench.scale.exome)
    run = measure.workflow(bench.repository, folder, ("--config", genome), nice=bench.nice)
    run.use.must("the exome pair with a genome")
    normalize = sum(used for step, (_, used, _) in phases.by_step(run).items() if step.startswith(LIKE[0]))
    section.text += (
        f"\n\nWith the whole genome named in the settings (`reference.GRCh38.fasta`), so that every base of REF is "
        f"checked and every indel left-aligned as `bcftools norm -f` does: {number(run.use.cpu)} CPU seconds in all, "
        f"{number(normalize)} of them for normalising.\n"
    )
    return section


def genome(bench: Bench) -> Section:
    """Part c."""
    return _section(bench, "whole genome", "c", "genome", bench.scale.genome)


def growth(bench: Bench) -> Section:
    """Part d: patients and records. What parts a and c measured is told along."""
    patients = cohort.growth(bench)
    found = bench.found.setdefault("records", {})
    for records in bench.scale.pairs:
        folder = bench.inputs("genome", records // 2)
        run = measure.workflow(bench.repository, folder, cores=1, sample=False, nice=bench.nice)
        found[records] = run.use.must(f"a pair of {records} records")
    sizes = sorted(found)
    text = table(
        ("records of the pair", "CPU s", "CPU µs a record", "wall s", "largest process, MB"),
        [
            (
                f"{n:,}",
                number(found[n].cpu),
                number(1e6 * found[n].cpu / n),
                number(found[n].wall),
                f"{found[n].peak / 1e6:.0f}",
            )
            for n in sizes
        ],
    )
    linear = cohort.steps(sizes, [found[n].cpu for n in sizes], "record")
    return Section("(d) How cost grows", f"{patients}\n{text}\n{linear}\n")
