# Takes: config, config/*.samples.tsv, config/*.therapies.tsv (or the demo cohort).
# Gives: COHORT, RECORDS, SETTINGS, CODE and DATA (digests of the library files behind each script, and of each folder of bundled
# data: what a job rests on and Snakemake would not see), and the input functions of the other stages.
import gc
import os
import sys
from pathlib import Path

from snakemake.sourcecache import LocalSourceFile

HERE = workflow.current_basedir
if isinstance(HERE, LocalSourceFile):
    ROOT = Path(HERE.get_path_or_uri(secret_free=True)).resolve().parent
else:
    # A module of another repository: Snakemake fetches only the files it is told of, so name them all.
    FILES = Path(workflow.source_path("../workflow/files.txt")).read_text().split()
    ROOT = [Path(workflow.source_path(f"../{name}")) for name in FILES][0].parents[FILES[0].count("/")]
SCRIPTS, RESOURCES = ROOT / "scripts", ROOT / "resources"

sys.path.insert(0, str(SCRIPTS))

from acquired.errors import EXIT_BAD_INPUT, InputError
from acquired.jobs import DIGEST, JOBS, digest, digest_of, job, record, unknown_results, write_jobs
from acquired.provenance import code_digests, data_digests, library_digest, prepare_environment
from acquired.running import begin_run
from acquired.sheets import load_cohort

# A patient's scripts are called by a command line: `script:` would have each import Snakemake, which costs as much CPU
# as the work on a panel does. An environment that Snakemake sets up has its own Python.
prepare_environment(SCRIPTS, "python" if workflow.deployment_settings.deployment_method else sys.executable)

try:
    COHORT = load_cohort(config, Path.cwd(), RESOURCES)
    if COHORT.settings["catalogue"]:  # a lab's bad claims stop the run before its first job
        from acquired.catalogue.build import compile_sources

        compile_sources(RESOURCES, [Path(path) for path in COHORT.settings["catalogue"]])
except InputError as error:
    print(
        f"The run has not started: {len(error.problems)} problem(s) in its sheets, settings or claims.\n{error}",
        file=sys.stderr,
    )
    raise SystemExit(EXIT_BAD_INPUT) from None

# Snakemake's plan of a cohort is millions of objects that all stay: looking through them for garbage again and again
# costs a fifth of a dry run.
gc.set_threshold(1_000_000, 50, 1000)

SETTINGS = COHORT.settings
for warning in COHORT.warnings:
    logger.warning(warning)
if COHORT.demo:
    logger.info("Running the synthetic demo cohort: there is no config/*.samples.tsv here, or the config asks for it.")

DRY_RUN = bool({"-n", "--dry-run", "--dryrun"} & set(sys.argv))
if workflow.is_main_process and not DRY_RUN:
    begin_run(Path.cwd(), logger.warning)

RECORDS = {name: record(patient, COHORT.demo) for name, patient in COHORT.patients.items()}
CODE = code_digests(SCRIPTS)
DATA = data_digests(RESOURCES)
# The judge's words stand in the results, the pages' words in the pages alone.
PAGE_WORDS = [DATA[name] for name in DATA if name.startswith(("wording/report.", "wording/locales."))]
COHORT_DIGEST = digest(RECORDS, SETTINGS, library_digest(SCRIPTS))
if workflow.is_main_process:
    os.environ[DIGEST] = COHORT_DIGEST  # a job refuses what another run was told
    if not {"-F", "--forceall"} & set(sys.argv):
        if problem := unknown_results(Path.cwd(), COHORT_DIGEST):
            print(f"The run has not started. {problem}", file=sys.stderr)
            raise SystemExit(EXIT_BAD_INPUT)
BUILDS = ("GRCh37", "GRCh38")


wildcard_constraints:
    patient=r"[A-Za-z0-9][A-Za-z0-9._+-]*",
    specimen=r"[A-Za-z0-9][A-Za-z0-9._+-]*",
    build="|".join(BUILDS),


def tell_jobs():
    """Before the first job: the file is of the sheets as this run has read them."""
    if digest_of(JOBS) != COHORT_DIGEST:
        write_jobs(RECORDS, SETTINGS, library_digest(SCRIPTS), JOBS)


def specimens_of(patient):
    return COHORT.patients[patient].specimens


def told(step):
    """Params function: what a job reads of the sheets and settings, so that a change of it runs this job and no other."""
    return lambda wildcards: job(step, RECORDS[wildcards.patient], SETTINGS, wildcards.get("specimen", ""))


def specimen_of(wildcards):
    return next(s for s in specimens_of(wildcards.patient) if s.specimen == wildcards.specimen)


def made_of(patient, *endings, beside=""):
    """Files that the stages before made of a patient's specimens; `beside`: of those whose row names a file of this kind."""
    return [
        f"results/patients/{patient}/{s.specimen}{ending}"
        for s in specimens_of(patient)
        if not beside or s.files.get(beside)
        for ending in endings
    ]


# Input functions give all of a rule's files at once: Snakemake takes its time over each function.


def call_files(wildcards):
    """What a specimen's row names; and, for one without call files, the accounts of those that know the build."""
    specimen, specimens = specimen_of(wildcards), specimens_of(wildcards.patient)
    others = [s for s in specimens if s.variants and not specimen.variants]
    return {
        "variants": list(specimen.variants),
        "other": [specimen.files[k] for k in ("copy_number", "fusions", "expression") if specimen.files.get(k)],
        "siblings": [f"results/patients/{wildcards.patient}/{s.specimen}.normalized.json" for s in others],
    }


def normalized(wildcards):
    """The specimens as `normalize` leaves them; every file is named, so that a lost one is made again."""
    patient = wildcards.patient
    return {
        "accounts": made_of(patient, ".normalized.json"),
        "beside": made_of(patient, ".normalized.bcf", ".alterations.json"),
        "depth": made_of(patient, ".depth.bed.gz"),
    }


def looked_at(wildcards):
    """What says how deep each place was looked at. An edited region file of an assay re-runs what rests on it."""
    patient = wildcards.patient
    assays = (SETTINGS["assays"].get(s.assay, {}) for s in specimens_of(patient))
    return {
        "depth": made_of(patient, ".depth.bed.gz"),
        "reads": made_of(patient, ".reads.json", ".reads.tsv.gz", beside="alignments"),
        "coverage": made_of(patient, ".coverage.json", ".coverage.bed.gz", beside="depth"),
        "regions": sorted({a["regions"] for a in assays if a.get("regions")}),
    }


def to_compare(wildcards):
    return looked_at(wildcards) | normalized(wildcards)


def each_patient(pattern):
    """A file of each patient. Whoever takes these names files beside them by their paths, never by `rules`: Snakemake
    would then compare each with all."""
    return [pattern.format(patient=patient) for patient in COHORT.patients]


def memory(wildcards, attempt):
    """Megabytes for a job: by the call files of its specimen or patient, doubled at each further attempt.

    By the sheets' files, which are there when a group of jobs is submitted; measured at 2 MB per MB of compressed calls.
    """
    specimens = [specimen_of(wildcards)] if "specimen" in wildcards.keys() else specimens_of(wildcards.patient)
    sizes = [Path(path).stat().st_size for s in specimens for path in s.variants if Path(path).exists()]
    return int((500 + 4 * sum(sizes) / 1e6) * 2 ** (attempt - 1))


onstart:
    if TOLD == [] and workflow.is_main_process and "check" not in workflow.dag_settings.targets:
        tell_jobs()
    # Snakemake 9 limits jobs to 100 a second, and plans anew each second once for every job that has ended: time that grows
    # with the square of a cohort. A cluster's queue needs the limit; processes on this machine do not.
    if workflow.local_exec and workflow.scheduler:
        workflow.scheduler.job_rate_limiter = None
