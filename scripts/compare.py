"""A patient's specimens side by side: an observation for each allele and specimen, a trajectory for each allele."""

from pathlib import Path

from acquired.compare import compare_patient
from acquired.model import Specimen, Therapy
from acquired.stage import RESOURCES, stage

patient, params = snakemake.wildcards.patient, snakemake.params
with stage(snakemake.log[0], "compare", patient) as counts:
    specimens = [Specimen.from_dict(values) for values in params.specimens]
    therapies = [Therapy(**values) for values in params.therapies]
    normalized = {s.specimen: Path(path) for s, path in zip(specimens, snakemake.input.accounts, strict=True)}
    calls, account = Path(snakemake.output.calls), Path(snakemake.output.account)
    told = compare_patient(
        patient, specimens, therapies, normalized, calls, account, params.assays, params.settings, RESOURCES
    )
    counts.update(status=told["status"], specimens=len(specimens))
