"""All sheets and the head of every file: a plan of the run in words, and every problem."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from acquired.check.head import Heads
from acquired.check.other import alignments, depth
from acquired.errors import InputError, Problem, quote
from acquired.intake import dialects
from acquired.intake.alleles import Genome
from acquired.intake.contigs import Naming
from acquired.intake.specimen import stated_build
from acquired.model import Specimen
from acquired.reference import Reference
from acquired.reference.core import BUILDS, contig_table
from acquired.sheets import Cohort, load_cohort
from acquired.sheets.cohort import Patient


@dataclass
class Checked:
    """lines: the plan, a line each. warnings: accepted, but to be known. problems: what would stop or spoil the run."""

    lines: list[str] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def check(config: dict[str, Any], workdir: Path, resources: Path) -> Checked:
    """What a run with this configuration would do. Nothing is written; every problem found is in the answer.

    Where the sheets themselves have problems, only these are told: what they name cannot be known.
    """
    out = Checked()
    try:
        cohort = load_cohort(config, workdir, resources)
    except InputError as error:
        out.problems += error.problems
        return out
    out.warnings += cohort.warnings
    catalogue = _catalogue(cohort, resources, out)
    cohort_of_demo = " (the synthetic demo cohort)" if cohort.demo else ""
    specimens = sum(len(p.specimens) for p in cohort.patients.values())
    out.lines.append(f"{_n(len(cohort.patients), 'patient')}, {_n(specimens, 'specimen')}{cohort_of_demo}.")
    reader = _Reader(cohort, workdir, resources)
    for patient in cohort.patients.values():
        out.lines.append(_patient_line(patient))
        if catalogue is not None:
            out.warnings += _disease(patient, catalogue)
        for specimen in patient.specimens:
            reader.specimen(specimen, out)
    out.lines.append(_jobs(cohort))
    return out


def _n(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _catalogue(cohort: Cohort, resources: Path, out: Checked) -> Any:
    """The catalogue with the lab's own claims; None with its problems noted where it cannot be made."""
    from acquired.catalogue import Catalogue
    from acquired.catalogue.build import compile_sources

    lab = [Path(path) for path in cohort.settings["catalogue"]]
    try:
        compiled = compile_sources(resources, lab)
    except InputError as error:
        out.problems += error.problems
        return None
    told = compiled["provenance"]
    own = f", with {', '.join(path.name for path in lab)}" if lab else ""
    out.lines.append(f"Catalogue {told['version']} of {told['date']}: {told['claims']:,} claims{own}.")
    return Catalogue(compiled)


def _disease(patient: Patient, catalogue: Any) -> Iterator[Problem]:
    """A diagnosis that the catalogue does not know: no claim is then left out for it, and none counts as its own."""
    if not patient.disease or catalogue.disease(patient.disease) is not None:
        return
    near = catalogue.suggest_disease(patient.disease)
    cause = f"{' or '.join(quote(n) for n in near)} was meant" if near else ""
    yield Problem(
        f"patient {patient.id}", f"the disease {quote(patient.disease)} is not known to the catalogue.", cause,
        "write a name of resources/catalogue/diseases.tsv, a DOID or an OncoTree code; else no claim is known to be of "
        "this tumour or of another.",
    )  # fmt: skip


def _patient_line(patient: Patient) -> str:
    drugs = ", ".join(dict.fromkeys(t.drug for t in patient.therapies)) or "no therapy given"
    return f"{patient.id}: {patient.disease or 'disease not given'}; {drugs}"


class _Reader:
    """Tells of the files of one specimen after the other."""

    def __init__(self, cohort: Cohort, workdir: Path, resources: Path):
        _, contigs = dialects.read_tables(resources / "dialects")
        self._naming = Naming(contigs, contig_table(resources))
        self._genomes: dict[str, Genome] = {build: Reference.open(resources, build) for build in BUILDS}
        self._settings, self._workdir, self._resources = cohort.settings, workdir, resources
        self._heads = Heads(resources, self._genomes, self._naming, cohort.settings)

    def specimen(self, specimen: Specimen, out: Checked) -> None:
        """Lines, warnings and problems of one specimen."""
        who = f"{specimen.patient} {specimen.specimen}"
        when = f"day {specimen.day}" if specimen.day is not None else specimen.role or "no day"
        unknown = specimen.assay and specimen.assay not in self._settings["assays"]
        assay = f"assay {specimen.assay or 'not given'}{' (the config says nothing of it)' if unknown else ''}"
        facts = [when, specimen.material or "material not given", assay,
                 _ground(specimen, self._settings["assays"])]  # fmt: skip
        out.lines.append(f"  {specimen.specimen}: {', '.join(facts)}")
        try:
            stated = stated_build(specimen.build, specimen.source or who, self._naming)
        except InputError as error:
            out.problems += error.problems
            stated = ""
        proved = ""
        for path in specimen.variants:
            try:
                head = self._heads.read(self._workdir / path, specimen, stated)
            except InputError as error:
                out.problems += [_of(who, p) for p in error.problems]
                out.lines.append(f"    {Path(path).name}: cannot be used, see below")
                continue
            proved = proved or head.proved
            told = [head.kind, head.caller, f"column {head.column}", head.contigs, head.build]
            out.lines.append(f"    {head.path}: {'; '.join(filter(None, told))}")
            out.warnings += [Problem(who, text) for text in head.warnings]
        self._others(specimen, proved or stated, who, out)

    def _others(self, specimen: Specimen, build: str, who: str, out: Checked) -> None:
        for kind, path in sorted(specimen.files.items()):
            here = self._workdir / path
            try:
                if kind == "alignments":
                    said, warnings = alignments(here, specimen, self._genomes, self._naming)
                elif kind == "depth":
                    said, warnings = depth(here)
                else:
                    continue
            except InputError as error:
                out.problems += [_of(who, p) for p in error.problems]
                said, warnings = "cannot be used, see below", []
            out.lines.append(f"    {Path(path).name}: {kind}; {said}")
            out.warnings += [Problem(who, text) for text in warnings]
        named = {k: str(self._workdir / p) for k, p in specimen.files.items() if k not in ("alignments", "depth")}
        if named:
            self._tables(specimen, named, build, who, out)

    def _tables(self, specimen: Specimen, named: Mapping[str, str], build: str, who: str, out: Checked) -> None:
        """Copy number, fusions, expression: small tables, read whole as the run will read them."""
        from dataclasses import replace

        from acquired.vendors.other import other_files

        for kind, path in sorted(named.items()):
            one = replace(specimen, files={kind: path}, facts={})
            try:
                read = other_files(one, self._resources, build, self._genomes.get(build), self._settings)
            except InputError as error:
                out.problems += [_of(who, p) for p in error.problems]
                out.lines.append(f"    {Path(path).name}: {kind}; cannot be used, see below")
                continue
            out.lines.append(f"    {Path(path).name}: {kind.replace('_', ' ')}; read")
            out.warnings += [Problem(who, text) for text in read["warnings"]]


def _of(who: str, problem: Problem) -> Problem:
    """A problem of a file, with whose file it is."""
    return Problem(f"{who}, {problem.where}", problem.what, problem.cause, problem.remedy)


def _ground(specimen: Specimen, assays: Mapping[str, Any]) -> str:
    """What an absence in this specimen can rest on, before the files themselves are read."""
    if specimen.files.get("alignments"):
        return "absence by reads of the alignments"
    if specimen.files.get("depth"):
        return "absence by the depth file"
    assay = assays.get(specimen.assay, {})
    if assay.get("regions") and (assay.get("limit") or assay.get("min_depth")):
        return "absence by the assay's stated limit"
    return "absence only where the call file itself gives depth"


def _jobs(cohort: Cohort) -> str:
    """How many jobs of each kind a fresh run has."""
    specimens = [s for p in cohort.patients.values() for s in p.specimens]
    jobs = Counter(
        normalize=len(specimens), genotype=sum("alignments" in s.files for s in specimens),
        coverage=sum("depth" in s.files for s in specimens), compare=len(cohort.patients),
        annotate=len(cohort.patients), report=len(cohort.patients),
    )  # fmt: skip
    told = ", ".join(f"{n:,} {kind}" for kind, n in jobs.items() if n)
    return f"A fresh run has {told} jobs, and a few for all patients together."
