"""One specimen's calls to one canonical BCF, with an account of every record."""

from acquired.intake import normalize_specimen
from acquired.stage import RESOURCES, task, tell_problems

with task("normalize") as (given, counts):
    [specimen] = given.specimens
    settings = {**given.settings, "siblings": [str(path) for path in given.paths("siblings")]}
    calls, depth, told, alterations = (given.path(name) for name in ("calls", "depth", "account", "alterations"))
    account = normalize_specimen(specimen, RESOURCES, given.references, calls, depth, told, settings, alterations)
    counts.update(specimen=specimen.specimen, status=account["status"], **account.get("records", {}))
    tell_problems(account["problems"], specimen.patient)
