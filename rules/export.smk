# Takes: every result.json.
# Gives: findings as TSV and XLSX with every run; annotated VCF, FHIR, cBioPortal studies and MultiQC's tables on request.


rule tables:
    # One job for all patients: starting a process costs more than a patient's tables do.
    input:
        each_patient("results/patients/{patient}/result.json"),
    output:
        each_patient("results/patients/{patient}/findings.tsv"),
        each_patient("results/patients/{patient}/findings.xlsx"),
        cohort=report(
            "results/cohort/findings.xlsx",
            caption="../workflow/report/findings.rst",
            category="Cohort",
            labels={"content": "table of findings"},
        ),
    log:
        "logs/cohort/tables.log",
    conda:
        "../workflow/envs/acquired.yaml"
    params:
        code=CODE["export_tables"],
    message:
        "tables of findings"
    script:
        "../scripts/export_tables.py"


rule export:
    input:
        results=each_patient("results/patients/{patient}/result.json"),
        reference=REFERENCES,
    output:
        each_patient("results/patients/{patient}/annotated.vcf.gz"),
        each_patient("results/patients/{patient}/annotated.vcf.gz.tbi"),
        each_patient("results/patients/{patient}/fhir.json"),
        studies=directory("results/cohort/cbioportal"),
        verdicts="results/cohort/multiqc/acquired_verdicts_mqc.json",
        specimens="results/cohort/multiqc/acquired_specimens_mqc.json",
    log:
        "logs/cohort/export.log",
    conda:
        "../workflow/envs/acquired.yaml"
    params:
        data=[DATA["export"], DATA["reference"]],
        code=CODE["export"],
    message:
        "exports"
    script:
        "../scripts/export.py"


rule exports:
    # `snakemake exports`: results for other programs.
    input:
        rules.tables.output,
        rules.export.output,


localrules:
    tables,
    export,
    exports,
