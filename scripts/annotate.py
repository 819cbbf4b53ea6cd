"""A patient's alleles named, matched against the catalogue and judged: result.json."""

from acquired.judge import judge_patient
from acquired.stage import RESOURCES, task

with task("annotate") as (given, counts):
    paths = [given.path(name) for name in ("calls", "account", "catalogue")]
    facts, settings = given.job["facts"], given.settings
    out = given.path("result")
    result = judge_patient(*paths, given.references, RESOURCES, out, facts, settings, given.library)
    counts.update(status=result["status"], alterations=len(result["alterations"]))
