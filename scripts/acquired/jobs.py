"""What each job of a patient is told: written once, before the first job of a run, and read by every job.

A job is a process of its own. What it needs of the sheets and settings lies in a file that is written once a run; so
a job starts in milliseconds, reads no sheet again, and no command line (which Snakemake prints when a job fails)
carries anything of a person. `job` is what a rule hands to Snakemake as its parameters, and `read_job` what its script
then reads: both by the same function, so that nothing a job rests on escapes the re-run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acquired.errors import InputError, Problem
from acquired.whole import write_bytes

if TYPE_CHECKING:
    from acquired.sheets.cohort import Patient

Json = dict[str, Any]

#: Where `write_jobs` writes in a working directory.
JOBS = Path("results", "jobs.jsonl")

#: The variable of the environment by which a run hands its jobs the digest of what it has read.
DIGEST = "ACQUIRED_COHORT"

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

#: Steps that see one specimen alone, and what of it: a corrected date or site reads no call file again.
_OF_ONE = {
    "normalize": ("patient", "specimen", "variants", "sample", "normal", "caller", "build", "files", "facts"),
    "coverage": ("patient", "specimen", "variants", "assay", "files"),
}


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
    own = [values for values in record["specimens"] if values["specimen"] == specimen or step not in _OF_ONE]
    if step in _OF_ONE:
        told["specimens"] = [{key: values[key] for key in _OF_ONE[step]} for values in own]
    settings = {key: settings[key] for key in SETTINGS_OF[step]}
    if "assays" in settings:
        named = {values["assay"] for values in own}
        settings["assays"] = {name: assay for name, assay in settings["assays"].items() if name in named}
    return {**told, "settings": settings}


def digest(records: Mapping[str, Json], settings: Json, library: str) -> str:
    """One digest of all that `write_jobs` writes."""
    import hashlib  # which jobs themselves do without

    text = json.dumps([records, _read_by_jobs(settings), library], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def write_jobs(records: Mapping[str, Json], settings: Json, library: str, out: Path) -> None:
    """Writes one file for all jobs, whole or not at all; the same whatever the order of the sheets' rows.

    library: digest of the library, for the result's provenance.

    Its first line has the settings, `digest`, and, by patient, where the patient's line begins (bytes after the first
    line) and how long it is: a job of one patient among ten thousand reads two lines.
    """
    lines = {patient: _line(records[patient]) for patient in sorted(records)}
    places, begin = {}, 0
    for patient, line in lines.items():
        places[patient] = [begin, len(line)]
        begin += len(line)
    told = {"digest": digest(records, settings, library), "library": library, "settings": _read_by_jobs(settings)}
    write_bytes(out, _line({**told, "patients": places}) + b"".join(lines.values()))


def digest_of(jobs: Path) -> str:
    """The digest of what `jobs` holds; "" if it is not there, or of an older version."""
    with suppress(FileNotFoundError, ValueError, KeyError), jobs.open("rb") as lines:
        return str(json.loads(lines.readline())["digest"])
    return ""


def unknown_results(workdir: Path, digest: str) -> Problem | None:
    """What is wrong if results are of other sheets, and Snakemake has lost its memory of what each was made of.

    Its memory is `.snakemake/metadata`. Without it Snakemake goes by times alone: an edited sheet would change nothing.
    digest: of the sheets, settings and library as they are.
    """
    memory = workdir / ".snakemake" / "metadata"
    if not (workdir / "results" / "patients").is_dir() or (memory.is_dir() and any(memory.iterdir())):
        return None
    if digest_of(workdir / JOBS) == digest:
        return None
    return Problem(
        "results/",
        "the results here were made of other sheets, settings or library files, and what each rests on is lost.",
        "the folder .snakemake was removed, or results/ was copied without it",
        "make everything anew: the same command with --forceall; or remove the folder results/.",
    )


def read_job(jobs: Path, step: str, patient: str, specimen: str = "") -> tuple[Json, str]:
    """What the job `step` of this patient (and specimen) is told, and the library's digest.

    jobs: as `write_jobs` left it.
    """
    with jobs.open("rb") as lines:
        head = json.loads(lines.readline())
        if head.get("digest") != os.environ.get(DIGEST, head.get("digest")):
            raise InputError(
                Problem(
                    str(jobs),
                    "what the jobs are told is not of the sheets and settings that this run has read.",
                    "another run of this folder has begun since, or the run was started with --no-hooks",
                    "give the same command again when no other run is at work here.",
                )
            )
        begin, length = head["patients"][patient]
        lines.seek(begin, os.SEEK_CUR)
        return job(step, json.loads(lines.read(length)), head["settings"], specimen), head["library"]


def _read_by_jobs(settings: Json) -> Json:
    """The settings that any step reads; the others (where the sheets lie, folders of this machine) stay outside."""
    keys = {key for keys in SETTINGS_OF.values() for key in keys}
    return {key: settings[key] for key in sorted(keys)}


def _line(content: Json) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode() + b"\n"
