# Takes: config, config/*.samples.tsv, config/*.therapies.tsv (or the demo cohort).
# Gives: COHORT, SETTINGS, CODE and DATA (digests of the library files behind each script, and of each folder of bundled
# data: what a job rests on and Snakemake would not see), and the input functions of the other stages.
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
from acquired.provenance import code_digests, data_digests, prefer_library
from acquired.sheets import load_cohort

prefer_library(SCRIPTS)

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

SETTINGS = COHORT.settings
for warning in COHORT.warnings:
    logger.warning(warning)
if COHORT.demo:
    logger.info("Running the synthetic demo cohort: there is no config/*.samples.tsv here, or the config asks for it.")

CODE = code_digests(SCRIPTS)
DATA = data_digests(RESOURCES)
BUILDS = ("GRCh37", "GRCh38")

# Both, whatever a sheet states: a build is proved at normalisation, and a wrong one is told by what the other would fit.
REFERENCES = [f"results/reference/{build}/reference.json" for build in BUILDS]


wildcard_constraints:
    patient=r"[A-Za-z0-9][A-Za-z0-9._+-]*",
    specimen=r"[A-Za-z0-9][A-Za-z0-9._+-]*",
    build="|".join(BUILDS),


def specimens_of(patient):
    return COHORT.patients[patient].specimens


def specimen_of(wildcards):
    """The sheet row behind one job, as plain values: a changed row re-runs this job and no other."""
    return next(s for s in specimens_of(wildcards.patient) if s.specimen == wildcards.specimen)


def normalized_of(wildcards):
    return [
        f"results/patients/{wildcards.patient}/{s.specimen}.normalized.json" for s in specimens_of(wildcards.patient)
    ]


def beside_normalized(wildcards):
    """What lies beside the accountings; named so that a lost file is made again."""
    stems = [path.removesuffix(".normalized.json") for path in normalized_of(wildcards)]
    return [stem + end for stem in stems for end in (".normalized.bcf", ".depth.bed.gz", ".alterations.json")]


def other_files(specimen):
    """Files of copy number, fusions and expression."""
    return [specimen.files[kind] for kind in ("copy_number", "fusions", "expression") if specimen.files.get(kind)]


def looked_at(kind, endings):
    """Input function: files of these endings for each specimen of the patient whose sheet row names a file of `kind`."""
    return lambda wildcards: [
        f"results/patients/{wildcards.patient}/{s.specimen}{ending}"
        for s in specimens_of(wildcards.patient)
        if s.files.get(kind)
        for ending in endings
    ]


reads_of = looked_at("alignments", (".reads.json", ".reads.tsv.gz"))
coverage_of = looked_at("depth", (".coverage.json", ".coverage.bed.gz"))


def assay_files(specimens):
    """The region files of the assays of these specimens: an edited region file re-runs what rests on it."""
    assays = (SETTINGS["assays"].get(s.assay, {}) for s in specimens)
    return sorted({a["regions"] for a in assays if a.get("regions")})


def each_patient(pattern):
    return [pattern.format(patient=patient) for patient in COHORT.patients]


def memory(base, per_gb):
    """Megabytes for a job: a base plus a share of the input's size, doubled at each further attempt."""
    return lambda wildcards, input, attempt: int((base + per_gb * input.size_mb / 1000) * 2 ** (attempt - 1))
