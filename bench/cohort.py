"""Parts a, d (patients) and e: the panel cohort, how cost grows with patients, and the dry run."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import measure
import phases
from told import Bench, Budget, Section, number, table

#: What a person would write instead: both files normalised, what is new, and its consequences. $1 genome, $2 models.
#: `-s -`: csq aborts at a genotype of three alleles (0/1/2), which Mutect2 writes, unless it ignores genotypes.
LOOP = """
set -eu
export LC_ALL=C
for before in calls/*-before.vcf.gz; do
    patient=$(basename "$before" -before.vcf.gz)
    for name in before after; do
        bcftools norm -m - -f "$1" -Ob -o "loop/$patient.$name.bcf" "calls/$patient-$name.vcf.gz" 2>/dev/null
        bcftools index "loop/$patient.$name.bcf"
    done
    bcftools isec -p "loop/$patient" "loop/$patient.before.bcf" "loop/$patient.after.bcf"
    bcftools csq -s - -p a -f "$1" -g "$2" -Ob -o "loop/$patient.csq.bcf" "loop/$patient.after.bcf" 2>/dev/null
done
"""


def panel(bench: Bench) -> Section:
    """Part a: everything for a cohort of panels, by phase, beside a loop of bcftools."""
    patients = bench.scale.patients
    folder = bench.inputs("panel", patients)
    run = measure.workflow(bench.repository, folder, cores=bench.cores, nice=bench.nice)
    run.use.must("the panel cohort")
    bench.found.setdefault("patients", {})[patients] = run.use
    each = run.use.cpu / patients
    told = [
        f"{patients} patients, 2 specimens x about 300 records, everything from the sheets to the cohort page, "
        f"`--cores {bench.cores}`: {number(run.use.cpu)} CPU seconds in {number(run.use.wall)} s of wall time; largest "
        f"process {run.use.peak / 1e6:.0f} MB. {len(run.jobs)} job processes "
        f"({len(run.jobs) / patients:.1f} a patient).",
        table(
            ("phase", "CPU ms a patient", "share"),
            [
                (name, number(1000 * seconds / patients), f"{100 * seconds / run.use.cpu:.0f} %")
                for name, seconds in [*phases.split(run).items(), ("all", run.use.cpu)]
            ],
        ),
        "How it is measured: all CPU is what the kernel counted for the command and its descendants (`wait4`). Each "
        "job process tells its own CPU before, in and after its steps (bench/probe); Snakemake's, shells included, is "
        "the rest. Within a step the shares of phases are those of stack samples, one each 4 ms of CPU. Imports count "
        "as imports wherever they happen.",
        table(
            ("step", "runs", "CPU ms a run", "largest process, MB"),
            [
                (step, n, number(1000 * seconds / n), f"{peak / 1e6:.0f}")
                for step, (n, seconds, peak) in sorted(phases.by_step(run).items())
            ],
        ),
    ]
    bare = sum(measure.run([sys.executable, "-c", "pass"], folder).cpu for _ in range(10)) / 10
    told.append(f"Of start and imports, a bare interpreter is {number(1000 * bare)} ms a process.\n")
    loop = _loop(bench, folder)
    told.append(
        f"The same files through a shell loop of Debian's bcftools (`norm` twice with their indexes, `isec`, `csq` of "
        f"the follow-up; no report, no catalogue): {number(1000 * loop / patients)} CPU ms a patient. Ratio: "
        f"{number(run.use.cpu / loop)}.\n"
    )
    budget = Budget("cohort of panels, Snakemake included", each, 1.0, "CPU s a patient")
    pages = [path.stat().st_size for path in folder.glob("results/patients/*/report.html")]
    page = Budget("largest page of a patient of that cohort", max(pages) / 1000, 150, "KB")
    if not budget.met:
        told.append(phases.profile(run.jobs, "The jobs"))
        told.append(phases.profile([p for p in run.processes if not p.steps], "Snakemake"))
    return Section(f"(a) A cohort of {patients} panels", "\n\n".join(part.strip() for part in told), [budget, page])


def _loop(bench: Bench, folder: Path) -> float:
    """CPU seconds of LOOP."""
    models = (folder / "results/reference/GRCh38/genes.gff3.gz").resolve()
    shutil.rmtree(folder / "loop", ignore_errors=True)
    (folder / "loop").mkdir()
    command = ["bash", "-c", LOOP, "loop", str(bench.genome()), str(models)]
    use = measure.run(command, folder, nice=bench.nice).must("the loop of bcftools")
    if len(list((folder / "loop").glob("*.csq.bcf"))) != len(list((folder / "calls").glob("*-before.vcf.gz"))):
        raise RuntimeError("the loop of bcftools left patients out")
    shutil.rmtree(folder / "loop")
    return use.cpu


def growth(bench: Bench) -> str:
    """Part d, patients: CPU a patient in cohorts of growing size."""
    found = bench.found.setdefault("patients", {})
    untold = []
    for patients in bench.scale.growth:
        if patients in found:
            continue
        expected = _expected(found, patients)
        if expected > bench.scale.affordable:
            untold.append(
                f"{patients:,} patients were not run: at the cost of the last step they would have taken about "
                f"{expected:,.0f} s of wall time."
            )
            continue
        folder = bench.inputs("panel", patients)
        run = measure.workflow(bench.repository, folder, cores=bench.cores, sample=False, nice=bench.nice)
        found[patients] = run.use.must(f"{patients} patients")
    sizes = sorted(found)
    text = table(
        ("patients", "CPU s", "CPU s a patient", "wall s", "largest process, MB"),
        [
            (
                f"{n:,}",
                number(found[n].cpu),
                number(found[n].cpu / n),
                number(found[n].wall),
                f"{found[n].peak / 1e6:.0f}",
            )
            for n in sizes
        ],
    )
    return text + "\n" + "\n".join([steps(sizes, [found[n].cpu for n in sizes], "patient"), *untold]) + "\n"


def _expected(found: dict[int, measure.Use], patients: int) -> float:
    """Seconds that so many patients will take, by the last step between smaller cohorts; 0 if nothing is known."""
    smaller = sorted(n for n in found if n < patients)[-2:]
    if len(smaller) < 2:
        return 0.0
    (few, many), (less, more) = smaller, (found[n].wall for n in smaller)
    return more + (patients - many) * (more - less) / (many - few)


def steps(sizes: list[int], seconds: list[float], what: str) -> str:
    """What each further one costs, from one size to the next; and whether that is the same everywhere."""
    if len(sizes) < 3:
        return ""
    costs = [
        (b, (y - x) / (b - a)) for a, b, x, y in zip(sizes, sizes[1:], seconds, seconds[1:], strict=False) if y > x
    ]
    if len(costs) < 2:
        return "Too little to say whether the cost is linear."
    told = ", ".join(f"{_unit(cost)} up to {size:,}" for size, cost in costs)
    last, before = costs[-1][1], costs[-2][1]
    verdict = "linear" if last <= 1.15 * before else f"more than linear: the last step costs {last / before:.2f} times"
    return f"Each further {what} costs {told}: {verdict}."


def _unit(seconds: float) -> str:
    return f"{number(seconds)} CPU s" if seconds >= 0.01 else f"{number(1e6 * seconds)} CPU µs"


def dry(bench: Bench) -> Section:
    """Part e: `snakemake -n --quiet` of many patients."""
    patients = bench.scale.dry
    folder = bench.inputs("many", patients)
    run = measure.workflow(bench.repository, folder, ("--dry-run", "--quiet"), cores=bench.cores, nice=bench.nice)
    run.use.must("the dry run")
    budget = Budget(
        f"dry run of {patients:,} patients",
        run.use.wall,
        60.0 * patients / 10_000,
        "s",
        "" if patients == 10_000 else "budget scaled down from 10,000 patients",
    )
    told = [
        f"{patients:,} patients, `snakemake -n --quiet`: {number(run.use.wall)} s of wall time, "
        f"{number(run.use.cpu)} CPU seconds, {run.use.peak / 1e6:.0f} MB.\n"
    ]
    if not budget.met:
        told.append(phases.profile(run.processes, "Where it goes"))
    return Section(f"(e) Dry run of {patients:,} patients", "\n\n".join(part.strip() for part in told), [budget])
