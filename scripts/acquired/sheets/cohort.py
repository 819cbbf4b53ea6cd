"""Sheets and configuration to a `Cohort`, or every error of all sheets at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from acquired.errors import Problem, quote
from acquired.model import Specimen, Therapy
from acquired.sheets.columns import Column, load_columns, required_columns
from acquired.sheets.drugs import DrugNames
from acquired.sheets.files import Files
from acquired.sheets.ledger import Ledger
from acquired.sheets.rows import SheetRow, agree, find_sheets, read_sheets, unread_workbooks
from acquired.sheets.settings import fill_defaults, find_config_files
from acquired.sheets.specimens import Axis, build_specimens, derive_roles
from acquired.sheets.therapies import build_therapies, therapies_of_column
from acquired.tables import nearest


@dataclass(frozen=True)
class Patient:
    """One patient: diagnosis as given, specimens in order of time, therapies in order of start.

    facts: what else the sheets say of the patient as such (germline).
    """

    id: str
    disease: str
    specimens: list[Specimen]
    therapies: list[Therapy]
    facts: dict[str, str] = field(default_factory=dict)

    def as_facts(self, demo: bool = False) -> dict[str, Any]:
        """What the judgement needs to know of the patient, as plain values."""
        return {
            "patient": self.id,
            "disease": self.disease,
            "facts": dict(self.facts),
            "therapies": [therapy.as_dict() for therapy in self.therapies],
            "demo": demo,
        }


@dataclass(frozen=True)
class Cohort:
    """All patients of the sheets, in the order in which the sheets (sorted by name) first mention them.

    settings: the configuration with its defaults, and in the demo with the demo's assays.
    warnings: what was accepted but should be known (encodings, rewritten dates, assays that look misspelt).
    """

    patients: dict[str, Patient]
    demo: bool
    settings: dict[str, Any]
    warnings: list[Problem]


def load_cohort(config: dict[str, Any], workdir: Path, resources: Path) -> Cohort:
    """The cohort that the configuration and the sheets describe; the demo cohort where there is no sheet.

    config: config.yaml with overrides, filled or not. workdir: where relative paths and patterns of the
    configuration start. resources: the bundled resources; the schemas are looked for beside them.
    Raises InputError with every problem of the configuration, or else of all sheets.
    """
    schemas = resources.parent / "workflow" / "schemas"
    settings = fill_defaults(config, schemas)
    ledger, files = Ledger(), Files(workdir)
    for problem in find_config_files(settings, workdir):
        ledger.add(problem)
    sample_sheets = find_sheets(settings["samples"], workdir)
    therapy_sheets = find_sheets(settings["therapies"], workdir)
    demo, root = settings["demo"], workdir
    if not demo:
        found = {"samples": sample_sheets, "therapies": therapy_sheets}
        _missing_sheets(settings, fill_defaults({}, schemas), found, workdir, ledger)
        demo = not sample_sheets and not therapy_sheets and not ledger.problems
    if demo:
        example, root = resources / "example", resources.parent
        sample_sheets = [example / "cohort.samples.tsv"]
        therapy_sheets = [example / "cohort.therapies.tsv"]
        settings["assays"] = _demo_assays(example, files)
    columns = load_columns(schemas / "samples.schema.yaml")
    required = required_columns(schemas / "samples.schema.yaml")
    rows = read_sheets(sample_sheets, columns, required, root, 0, ledger)
    if not rows and not ledger.problems:
        where = ", ".join(sorted(sheet.name for sheet in sample_sheets))
        ledger.add(
            Problem(where, "there is no specimen: no row below the header.", "", "add rows, or remove the sheet.")
        )
    therapy_schema = schemas / "therapies.schema.yaml"
    therapy_rows = read_sheets(
        therapy_sheets, load_columns(therapy_schema), required_columns(therapy_schema), root, len(sample_sheets), ledger
    )
    drugs = DrugNames(resources / "catalogue" / "drugs.tsv")
    patients = _patients(rows, therapy_rows, columns, files, drugs, ledger)
    _check_shared_files(rows, patients, files, ledger)
    _check_assays(rows, settings, ledger)
    return Cohort(patients, demo, settings, ledger.close())


def _patients(
    rows: Sequence[SheetRow],
    therapy_rows: Sequence[SheetRow],
    columns: dict[str, Column],
    files: Files,
    drugs: DrugNames,
    ledger: Ledger,
) -> dict[str, Patient]:
    """Every patient of the samples sheets with its therapies."""
    grouped: dict[str, list[SheetRow]] = defaultdict(list)
    for row in rows:
        grouped[row["patient"]].append(row)
    treated: dict[str, list[SheetRow]] = defaultdict(list)
    for row in therapy_rows:
        treated[row["patient"]].append(row)
    _check_patients(grouped, treated, ledger)
    of_patient = [c.name for c in columns.values() if c.of_patient]
    patients = {}
    for name, own in grouped.items():
        agreed = {column: agree(own, column, ledger) for column in of_patient}
        axis = Axis(own, ledger)
        specimens = build_specimens(own, axis, columns, agreed, files, ledger)
        if treated[name]:
            therapies = build_therapies(treated[name], axis, specimens, drugs, ledger)
            for row in own:
                if row["therapy"]:
                    ledger.refuse(
                        row.place,
                        "therapy",
                        f"patient {name} has therapies in {treated[name][0].place.table.label} too.",
                        "",
                        "give a patient's therapies in one place.",
                    )
        else:
            therapies = therapies_of_column(own, specimens, drugs, ledger)
        starts = [t.start for t in therapies if t.start is not None]
        specimens = derive_roles(specimens, min(starts, default=None))
        facts = {key: value for key, value in agreed.items() if value and key not in ("disease", "build")}
        patients[name] = Patient(name, agreed["disease"], specimens, therapies, facts)
    return patients


def _missing_sheets(
    settings: dict[str, Any], defaults: dict[str, Any], found: dict[str, list[Path]], workdir: Path, ledger: Ledger
) -> None:
    """Sheets that were meant to be there: the demo must never stand in for them in silence."""
    for problem in unread_workbooks(workdir):
        ledger.add(problem)
    for kind in ("samples", "therapies"):
        patterns = [settings[kind]] if isinstance(settings[kind], str) else settings[kind]
        for pattern in patterns if settings[kind] != defaults[kind] else ():
            if not find_sheets(pattern, workdir):
                where, what = f"configuration, key {kind}", f"no file matches {quote(pattern, 200)}."
                ledger.add(Problem(where, what, "", "correct it; it is taken from the working directory."))
    if found["therapies"] and not found["samples"] and not ledger.problems:
        where, what = found["therapies"][0].name, "there is a therapies sheet but no samples sheet."
        cause = "the samples sheet is named otherwise than config/*.samples.tsv"
        ledger.add(Problem(where, what, cause, "rename or add it."))


def _demo_assays(example: Path, files: Files) -> dict[str, Any]:
    """The assays of the demo cohort; their regions lie beside it."""
    content: dict[str, Any] = yaml.load((example / "assays.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    for assay in content["assays"].values():
        if "regions" in assay:
            assay["regions"] = files.shown(example / assay["regions"])
    return dict(content["assays"])


def _check_patients(grouped: dict[str, list[SheetRow]], treated: dict[str, list[SheetRow]], ledger: Ledger) -> None:
    """Ids that differ only in case (they would share a folder on some disks), and therapies of nobody."""
    first: dict[str, str] = {}
    for name, rows in grouped.items():
        other = first.setdefault(name.casefold(), name)
        if other != name:
            ledger.refuse(
                rows[0].place,
                "patient",
                f"{quote(name)} differs from {quote(other)} ({grouped[other][0].place}) only in upper and lower case.",
                "a typing error",
                "write a patient's id in one way.",
            )
    unknown = [name for name in treated if name not in grouped and grouped]
    for number, name in enumerate(unknown):
        rows = treated[name]
        near = nearest(name, grouped) if number < 20 else []  # each looks at every patient
        for row in rows:
            ledger.refuse(
                row.place,
                "patient",
                f"the patient {quote(name)} has no specimen in any samples sheet.",
                f"{quote(near[0])} was meant" if near else "",
                "correct the id, or remove the row.",
            )


def _check_shared_files(rows: Sequence[SheetRow], patients: dict[str, Patient], files: Files, ledger: Ledger) -> None:
    """One call file for two specimens is right only where each names its own column of it."""
    by_source = {str(row.place): row for row in rows}
    owners: dict[tuple[int, int], list[Specimen]] = defaultdict(list)
    for patient in patients.values():
        for specimen in patient.specimens:
            for path in specimen.variants:
                owners[files.identity[path]].append(specimen)
    for specimens in owners.values():
        taken: dict[str, Specimen] = {}
        for specimen in specimens if len(specimens) > 1 else ():
            row = by_source[specimen.source]
            other = specimens[0] if specimen is not specimens[0] else specimens[1]
            if not specimen.sample:
                named = quote(row["variants"], 200)
                what = f"{named} is also that of specimen {other.specimen} ({other.source}), and no sample is named."
                cause = "a copied row, or one VCF that holds several specimens"
                ledger.refuse(
                    row.place, "variants", what, cause, "name another file, or the VCF's column under sample."
                )
            elif specimen.sample in taken:
                twin = taken[specimen.sample]
                what = (
                    f"the column {quote(specimen.sample)} of this file is specimen {twin.specimen} too ({twin.source})."
                )
                ledger.refuse(row.place, "sample", what, "the row was copied", "name another column or file.")
            taken.setdefault(specimen.sample, specimen)


def _check_assays(rows: Sequence[SheetRow], settings: dict[str, Any], ledger: Ledger) -> None:
    """An assay that the configuration does not know is allowed, but a misspelt one would lose its limit in silence."""
    told: set[str] = set()
    for row in rows:
        name = row["assay"]
        if name and settings["assays"] and name not in settings["assays"] and name not in told:
            told.add(name)
            near = nearest(name, settings["assays"])
            ledger.warn(
                row.place,
                "assay",
                f"the configuration says nothing of the assay {quote(name)}, so its limit of detection is not known.",
                f"{quote(near[0])} was meant" if near else "",
                "add it under assays: in config.yaml if its limit is known.",
            )
