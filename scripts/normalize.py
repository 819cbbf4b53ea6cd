"""One specimen's calls to one canonical BCF, with an account of every record."""

from pathlib import Path

from acquired.intake import normalize_specimen
from acquired.model import Specimen
from acquired.stage import RESOURCES, stage, tell_problems

specimen = Specimen.from_dict(snakemake.params.specimen)
with stage(snakemake.log[0], "normalize", specimen.patient) as counts:
    references = {Path(path).parent.name: Path(path).parent for path in snakemake.input.reference}
    out = snakemake.output
    calls, depth, told, alterations = (Path(path) for path in (out.calls, out.depth, out.account, out.alterations))
    settings = {**snakemake.params.settings, "siblings": list(snakemake.input.siblings)}
    account = normalize_specimen(specimen, RESOURCES, references, calls, depth, told, settings, alterations)
    counts.update(specimen=specimen.specimen, status=account["status"], **account.get("records", {}))
    tell_problems(account["problems"], specimen.patient)
