"""Where CPU time goes: samples of the stack by phase of the work, and as a table of functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from measure import Process, Run

#: A sample belongs to the phase of its innermost frame in one of these files of the library; what serves several
#: rooms (tables, model, reference) counts for its caller. First match.
PHASES = (
    ("intake/lines.py", "reading"),
    ("intake/header.py", "reading"),
    ("intake/dialects.py", "reading"),
    ("intake/columns.py", "reading"),
    ("intake/contigs.py", "reading"),
    ("intake/builds.py", "reading"),
    ("intake/readings.py", "reading"),
    ("intake/phase.py", "reading"),
    ("intake/named.py", "reading"),
    ("vendors/", "reading"),
    ("intake/", "normalising"),
    ("compare/", "comparing"),
    ("depth/", "comparing"),
    ("reads/", "comparing"),
    ("annotate/", "annotating"),
    ("catalogue/", "judging"),
    ("flags/", "judging"),
    ("identity/", "judging"),
    ("reversion/", "judging"),
    ("judge/", "judging"),
    ("report/", "rendering"),
    ("export/", "rendering"),
)
#: Where no frame tells: by the step that ran.
STEPS = {
    "normalize": "normalising",
    "compare": "comparing",
    "annotate": "judging",
    "report": "rendering",
    "cohort": "rendering",
    "tables": "rendering",
    "summary": "rendering",
    "export": "rendering",
}
#: Steps of a whole run, by how their names begin.
ONCE = ("sheets", "reference", "catalogue")
#: In the order they are told.
ORDER = (
    "Snakemake",
    "start and imports",
    "reading",
    "normalising",
    "comparing",
    "annotating",
    "judging",
    "rendering",
    "sheets, reference and catalogue, once a run",
    "other",
)


def phase(step: str, stack: list[tuple[str, str]]) -> str:
    """The phase of one sample in a step."""
    importing = any("importlib._bootstrap" in file for file, _ in stack)
    if importing:
        return "start and imports"
    if step.startswith(ONCE):
        return "sheets, reference and catalogue, once a run"
    for file, _ in stack:
        _, _, inner = file.rpartition("/scripts/acquired/")
        if inner == file:
            continue
        for start, name in PHASES:
            if inner.startswith(start):
                return name
    return STEPS.get(step, "other")


def split(run: Run) -> dict[str, float]:
    """CPU seconds of a run by phase. Steps are measured; within a step the samples share its seconds out."""
    seconds: Counter[str] = Counter({"Snakemake": run.snakemake})
    samples: dict[str, Counter[str]] = {}
    for job in run.jobs:
        for n, step, stack in job.stacks:
            if step:
                samples.setdefault(step, Counter())[phase(step, stack)] += n
    for job in run.jobs:
        seconds["start and imports"] += job.cpu - sum(used for _, _, used in job.steps)
        for step, _, used in job.steps:
            counted = samples.get(step)
            if not counted:
                seconds[phase(step, [])] += used
                continue
            for name, n in counted.items():
                seconds[name] += used * n / counted.total()
    return {name: seconds[name] for name in ORDER if seconds[name]}


def by_step(run: Run) -> dict[str, tuple[int, float, int]]:
    """Step to (how often it ran, CPU seconds, peak bytes of the largest process that ran it)."""
    found: dict[str, tuple[int, float, int]] = {}
    for job in run.jobs:
        for step, _, used in job.steps:
            n, seconds, peak = found.get(step, (0, 0.0, 0))
            found[step] = n + 1, seconds + used, max(peak, job.peak)
    return found


def _name(file: str, function: str) -> str:
    """A function as it is told: file without what is this machine's or this run's, and name."""
    if "importlib._bootstrap" in file:
        return "imports"
    if "/.snakemake/scripts/" in file:  # a copy of a rule's script: tmp1a2b3c.compare.py
        return "scripts/" + file.rpartition("/")[2].partition(".")[2] + f": {function}"
    for mark, put in (("/scripts/acquired/", "acquired/"), ("/site-packages/", ""), ("/lib/python", "python")):
        _, found, inner = file.rpartition(mark)
        if found:
            return f"{put}{inner}: {function}"
    return f"{file.rpartition('/')[2] if file.startswith('/') else file}: {function}"


def hottest(processes: Iterable[Process], number: int = 12) -> list[tuple[str, float, float]]:
    """Functions by samples, as (file and name, share as innermost, share with all it called): the `number` with most
    of their own and the `number` with most in all, without those that nearly every sample has."""
    own: Counter[str] = Counter()
    within: Counter[str] = Counter()
    total = 0
    for process in processes:
        for n, _, stack in process.stacks:
            names = [_name(file, function) for file, function in stack]
            total += n
            own[names[0]] += n
            for name in set(names):
                within[name] += n
    if not total:
        return []
    chosen = [name for name, _ in own.most_common(number)]
    chosen += [name for name, n in within.most_common() if n < 0.9 * total][:number]
    rows = [(name, own[name] / total, within[name] / total) for name in dict.fromkeys(chosen)]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def profile(processes: Iterable[Process], title: str) -> str:
    """`hottest` as Markdown."""
    rows = hottest(processes)
    if not rows:
        return f"{title}: no samples.\n"
    lines = [
        f"{title} (samples of the stack, one each 4 ms of CPU; own: the function itself, all: with what it calls):",
        "",
    ]
    lines += ["| function | own | all |", "|---|---|---|"]
    lines += [f"| `{name}` | {100 * own:.1f} % | {100 * within:.1f} % |" for name, own, within in rows]
    return "\n".join(lines) + "\n"
