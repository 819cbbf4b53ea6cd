# Takes: a specimen's alignments or depth file, every allele of its patient, the loci of the drugs given.
# Gives: alleles read back from the alignments, depth at the loci, phase and error rates; and the depth file in one form.
from acquired.reads.alignments import find_index


rule genotype:
    input:
        alignments=lambda wildcards: specimen_of(wildcards).files["alignments"],
        index=lambda wildcards: find_index(Path(specimen_of(wildcards).files["alignments"])) or [],
        accounts=normalized_of,
        beside=beside_normalized,
        catalogue=rules.catalogue.output,
        reference=REFERENCES,
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
        specimens=lambda wildcards: [s.as_dict() for s in specimens_of(wildcards.patient)],
        drugs=lambda wildcards: sorted({t.drug for t in COHORT.patients[wildcards.patient].therapies}),
        settings={key: SETTINGS[key] for key in ("reads", "reference")},
        data=[DATA["dialects"], DATA["reference"]],
        code=CODE["genotype"],
    message:
        "{wildcards.patient}: read back {wildcards.specimen}"
    script:
        "../scripts/genotype.py"


rule coverage:
    input:
        depth=lambda wildcards: specimen_of(wildcards).files["depth"],
        accounts=normalized_of,
        beside=beside_normalized,
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
        mem_mb=memory(500, 200),
    params:
        specimen=lambda wildcards: specimen_of(wildcards).as_dict(),
        settings={key: SETTINGS[key] for key in ("assays", "reads")},
        data=[DATA["dialects"], DATA["reference"]],
        code=CODE["coverage"],
    message:
        "{wildcards.patient}: depth of {wildcards.specimen}"
    script:
        "../scripts/coverage.py"
