# Takes: a specimen's alignments or depth file, every allele of its patient, the loci of the drugs given.
# Gives: alleles read back from the alignments, depth at the loci, phase and error rates; and the depth file in one form.
from acquired.reads.alignments import find_index


rule genotype:
    input:
        unpack(normalized),
        jobs=TOLD,
        alignments=lambda wildcards: specimen_of(wildcards).files["alignments"],
        index=lambda wildcards: find_index(Path(specimen_of(wildcards).files["alignments"])) or [],
        catalogue=rules.catalogue.output,
        reference=rules.references.output[0],
        genome=lambda wildcards: [f["fasta"] for f in SETTINGS["reference"].values()],
    output:
        table="results/patients/{patient}/{specimen}.reads.tsv.gz",
        account="results/patients/{patient}/{specimen}.reads.json",
    log:
        "logs/{patient}/{specimen}.genotype.log",
    group:
        "patient"
    conda:
        "../workflow/envs/acquired.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: 1000 * 2 ** (attempt - 1),
    params:
        job=told("genotype"),
        data=[DATA["dialects"], DATA["reference"], DATA["identity"]],
        code=CODE["genotype"],
    message:
        "{wildcards.patient}: read back {wildcards.specimen}"
    shell:
        '"$ACQUIRED_PYTHON" "$ACQUIRED_SCRIPTS/genotype.py" --log {log:q} --jobs {input.jobs:q} --patient {wildcards.patient} --specimen {wildcards.specimen}'
        " --accounts {input.accounts:q} --catalogue {input.catalogue:q} --reference {input.reference:q}"
        " --table {output.table:q} --account {output.account:q}"


rule coverage:
    input:
        unpack(normalized),
        jobs=TOLD,
        depth=lambda wildcards: specimen_of(wildcards).files["depth"],
    output:
        bed="results/patients/{patient}/{specimen}.coverage.bed.gz",
        account="results/patients/{patient}/{specimen}.coverage.json",
    log:
        "logs/{patient}/{specimen}.coverage.log",
    group:
        "patient"
    conda:
        "../workflow/envs/acquired.yaml"
    resources:
        mem_mb=memory,
    params:
        job=told("coverage"),
        data=[DATA["dialects"], DATA["reference"]],
        code=CODE["coverage"],
    message:
        "{wildcards.patient}: depth of {wildcards.specimen}"
    shell:
        '"$ACQUIRED_PYTHON" "$ACQUIRED_SCRIPTS/coverage.py" --log {log:q} --jobs {input.jobs:q} --patient {wildcards.patient} --specimen {wildcards.specimen}'
        " --accounts {input.accounts:q} --bed {output.bed:q} --account {output.account:q}"
