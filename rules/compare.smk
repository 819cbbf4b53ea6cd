# Takes: a patient's normalized specimens, and what their alignments and depth files say.
# Gives: one multi-sample BCF, an observation for each allele and specimen, and a trajectory with its basis for each allele.


rule compare:
    input:
        accounts=normalized_of,
        beside=beside_normalized,
        reads=reads_of,
        coverage=coverage_of,
        regions=lambda wildcards: assay_files(specimens_of(wildcards.patient)),
    output:
        calls="results/patients/{patient}/compared.bcf",
        account="results/patients/{patient}/compared.json",
    log:
        "logs/{patient}/compare.log",
    group:
        "patient"
    conda:
        "../workflow/envs/acquired.yaml"
    resources:
        mem_mb=memory(500, 200),
    params:
        specimens=lambda wildcards: [s.as_dict() for s in specimens_of(wildcards.patient)],
        therapies=lambda wildcards: [t.as_dict() for t in COHORT.patients[wildcards.patient].therapies],
        assays=SETTINGS["assays"],
        settings={key: SETTINGS[key] for key in ("compare", "copy_number")},
        data=DATA["dialects"],
        code=CODE["compare"],
    message:
        "{wildcards.patient}: compare"
    script:
        "../scripts/compare.py"
