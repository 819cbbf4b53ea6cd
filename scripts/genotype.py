"""A patient's alleles read back from one specimen's alignments, with depth at the known loci, phase and error rates."""

from acquired.reads.specimen import genotype_specimen
from acquired.stage import RESOURCES, task, tell_problems

with task("genotype") as (given, counts):
    specimens, drugs = given.specimens, given.job["drugs"]
    specimen = next(s for s in specimens if s.specimen == given.specimen)
    catalogue, table, account = (given.path(name) for name in ("catalogue", "table", "account"))
    inputs = (given.normalized, catalogue, given.references, RESOURCES)
    told = genotype_specimen(specimen, specimens, drugs, *inputs, table, account, given.settings)
    counts.update(specimen=specimen.specimen, status=told["status"], **told["alleles"])
    tell_problems(told["problems"], specimen.patient)
