"""A patient's alleles named, matched against the catalogue and judged: result.json."""

from pathlib import Path

from acquired.judge import judge_patient
from acquired.stage import RESOURCES, stage

given, params = snakemake.input, snakemake.params
with stage(snakemake.log[0], "annotate", snakemake.wildcards.patient) as counts:
    references = {Path(path).parent.name: Path(path).parent for path in given.reference}
    paths = [Path(path) for path in (given.calls, given.account, given.catalogue)]
    result = judge_patient(*paths, references, RESOURCES, Path(snakemake.output[0]), params.facts, params.settings)
    counts.update(status=result["status"], alterations=len(result["alterations"]))
