"""A patient's alleles read back from one specimen's alignments, with depth at the known loci, phase and error rates."""

from pathlib import Path

from acquired.model import Specimen
from acquired.reads.specimen import genotype_specimen
from acquired.stage import RESOURCES, stage, tell_problems

given, out, params, wildcards = snakemake.input, snakemake.output, snakemake.params, snakemake.wildcards
with stage(snakemake.log[0], "genotype", wildcards.patient) as counts:
    specimens = [Specimen.from_dict(values) for values in params.specimens]
    specimen = next(s for s in specimens if s.specimen == wildcards.specimen)
    normalized = {s.specimen: Path(path) for s, path in zip(specimens, given.accounts, strict=True)}
    references = {Path(path).parent.name: Path(path).parent for path in given.reference}
    catalogue, table, account = Path(given.catalogue[0]), Path(out.table), Path(out.account)
    told = genotype_specimen(
        specimen, specimens, params.drugs, normalized, catalogue, references, RESOURCES, table, account, params.settings
    )
    counts.update(specimen=specimen.specimen, status=told["status"], **told["alleles"])
    tell_problems(told["problems"], specimen.patient)
