# Takes: every result.json.
# Gives: results for other programs, on request: annotated VCF and FHIR bundles, cBioPortal studies, MultiQC's tables.


rule export:
    input:
        jobs=TOLD,
        result=rules.annotate.output[0],
        reference=rules.references.output[0],
    output:
        vcf="results/patients/{patient}/annotated.vcf.gz",
        index="results/patients/{patient}/annotated.vcf.gz.tbi",
        fhir="results/patients/{patient}/fhir.json",
    log:
        "logs/{patient}/export.log",
    priority: 40
    group:
        "patient"
    conda:
        "../workflow/envs/acquired.yaml"
    params:
        data=[DATA["export"], DATA["reference"]],
        code=CODE["export"],
    message:
        "{wildcards.patient}: export"
    shell:
        '"$ACQUIRED_PYTHON" "$ACQUIRED_SCRIPTS/export.py" --log {log:q} --jobs {input.jobs:q} --patient {wildcards.patient}'
        " --result {input.result:q} --reference {input.reference:q} --vcf {output.vcf:q} --fhir {output.fhir:q}"


rule export_cohort:
    input:
        results=each_patient("results/patients/{patient}/result.json"),
        reference="results/reference/builds.json",
    output:
        studies=directory("results/cohort/cbioportal"),
        verdicts="results/cohort/multiqc/acquired_verdicts_mqc.json",
        specimens="results/cohort/multiqc/acquired_specimens_mqc.json",
    log:
        "logs/cohort/export.log",
    conda:
        "../workflow/envs/acquired.yaml"
    params:
        data=[DATA["export"], DATA["reference"]],
        code=CODE["export_cohort"],
    message:
        "exports of the cohort"
    script:
        "../scripts/export_cohort.py"


rule exports:
    # `snakemake exports`
    input:
        each_patient("results/patients/{patient}/annotated.vcf.gz"),
        each_patient("results/patients/{patient}/fhir.json"),
        "results/cohort/cbioportal",
        "results/cohort/multiqc/acquired_verdicts_mqc.json",


localrules:
    export_cohort,
    exports,
