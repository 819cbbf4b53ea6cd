"""One specimen's depth file in one form: depth at the patient's alleles and at the bundled loci."""

from pathlib import Path

from acquired.depth import prepare_coverage
from acquired.model import Specimen
from acquired.stage import RESOURCES, stage, tell_problems

given, out, params, wildcards = snakemake.input, snakemake.output, snakemake.params, snakemake.wildcards
with stage(snakemake.log[0], "coverage", wildcards.patient) as counts:
    specimen = Specimen.from_dict(params.specimen)
    normalized = {Path(path).name.removesuffix(".normalized.json"): Path(path) for path in given.accounts}
    told = prepare_coverage(specimen, normalized, RESOURCES, Path(out.bed), Path(out.account), params.settings)
    counts.update(
        specimen=specimen.specimen, status=told["status"], kind=told["kind"].replace(" ", "_"), rows=told["rows"]
    )
    tell_problems(told["problems"], specimen.patient)
