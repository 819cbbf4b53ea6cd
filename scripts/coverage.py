"""One specimen's depth file in one form: depth at the patient's alleles and at the bundled loci."""

from acquired.depth import prepare_coverage
from acquired.stage import RESOURCES, task, tell_problems

with task("coverage") as (given, counts):
    [specimen] = given.specimens
    bed, account = given.path("bed"), given.path("account")
    told = prepare_coverage(specimen, given.normalized, RESOURCES, bed, account, given.settings)
    counts.update(
        specimen=specimen.specimen, status=told["status"], kind=told["kind"].replace(" ", "_"), rows=told["rows"]
    )
    tell_problems(told["problems"], specimen.patient)
