"""What each job of a patient is told: written once by the rule `sheets`, and read by every job that follows.

A job is a process of its own. What it needs of the sheets and settings lies in a file that is written once a run; so
a job starts in milliseconds, reads no sheet again, and no command line (which Snakemake prints when a job fails)
carries anything of a person. `job` is what a rule hands to Snakemake as its parameters, and `read_job` what its script
then reads: both by the same function, so that nothing a job rests on escapes the re-run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acquired.whole import write_bytes

if TYPE_CHECKING:
    from acquired.sheets.cohort import Patient

Json = dict[str, Any]

#: Keys of the configuration that each step reads; a change of any other one does not run it again.
SETTINGS_OF = {
    "normalize": ("tables", "copy_number"),
    "genotype": ("reads", "reference"),
    "coverage": ("assays", "reads"),
    "compare": ("assays", "compare", "copy_number"),
    "annotate": ("assays", "compare", "copy_number", "judge"),
    "report": ("report",),
    "export": (),
}

#: Parts of a patient's record that each step reads.
_PARTS_OF = {
    "normalize": ("specimens",),
    "genotype": ("specimens", "drugs"),
    "coverage": ("specimens",),
    "compare": ("specimens", "therapies"),
    "annotate": ("facts",),
    "report": (),
    "export": (),
}

#: Steps that see one specimen alone.
_OF_ONE = ("normalize", "coverage")


def record(patient: Patient, demo: bool) -> Json:
    """A patient of the cohort as plain values."""
    therapies = [therapy.as_dict() for therapy in patient.therapies]
    return {
        "specimens": [specimen.as_dict() for specimen in patient.specimens],
        "therapies": therapies,
        "drugs": sorted({therapy["drug"] for therapy in therapies}),
        "facts": patient.as_facts(demo=demo),
    }


def job(step: str, record: Json, settings: Json, specimen: str = "") -> Json:
    """What one job rests on: its parts of the patient's record, and its settings."""
    told = {part: record[part] for part in _PARTS_OF[step]}
    if step in _OF_ONE:
        told["specimens"] = [values for values in record["specimens"] if values["specimen"] == specimen]
    return {**told, "settings": {key: settings[key] for key in SETTINGS_OF[step]}}


def digest(records: Mapping[str, Json], settings: Json, library: str) -> str:
    """One digest of all that `write_jobs` writes."""
    import hashlib  # which jobs themselves do without

    text = json.dumps([records, _read_by_jobs(settings), library], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def write_jobs(records: Mapping[str, Json], settings: Json, library: str, out: Path) -> None:
    """Writes one file for all jobs, whole or not at all. library: digest of the library, for the result's provenance.

    Its first line has the settings and, by patient, where the patient's line begins (bytes after the first line) and
    how long it is: a job of one patient among ten thousand reads two lines.
    """
    lines = [_line(record) for record in records.values()]
    places, begin = {}, 0
    for patient, line in zip(records, lines, strict=True):
        places[patient] = [begin, len(line)]
        begin += len(line)
    head = _line({"settings": _read_by_jobs(settings), "library": library, "patients": places})
    write_bytes(out, head + b"".join(lines))


def read_job(jobs: Path, step: str, patient: str, specimen: str = "") -> tuple[Json, str]:
    """What the job `step` of this patient (and specimen) is told, and the library's digest.

    jobs: as `write_jobs` left it.
    """
    with jobs.open("rb") as lines:
        head = json.loads(lines.readline())
        begin, length = head["patients"][patient]
        lines.seek(begin, os.SEEK_CUR)
        return job(step, json.loads(lines.read(length)), head["settings"], specimen), head["library"]


def _read_by_jobs(settings: Json) -> Json:
    """The settings that any step reads; the others (where the sheets lie, folders of this machine) stay outside."""
    keys = {key for keys in SETTINGS_OF.values() for key in keys}
    return {key: settings[key] for key in sorted(keys)}


def _line(content: Json) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode() + b"\n"
