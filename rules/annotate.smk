# Takes: a patient's compared alleles, the reference of the build and the catalogue.
# Gives: result.json, the contract that every writer reads: names, claims met, negatives and a verdict for each drug.


rule annotate:
    input:
        calls=rules.compare.output.calls,
        account=rules.compare.output.account,
        beside=beside_normalized,
        reads=reads_of,
        coverage=coverage_of,
        reference=REFERENCES,
        catalogue=rules.catalogue.output[0],
        regions=lambda wildcards: assay_files(specimens_of(wildcards.patient)),
    output:
        "results/patients/{patient}/result.json",
    log:
        "logs/{patient}/annotate.log",
    group:
        "patient"
    conda:
        "../workflow/envs/acquired.yaml"
    resources:
        mem_mb=memory(500, 500),
    params:
        facts=lambda wildcards: COHORT.patients[wildcards.patient].as_facts(demo=COHORT.demo),
        settings={key: SETTINGS[key] for key in ("compare", "judge", "assays", "copy_number")},
        data=[DATA[name] for name in ("wording", "judge", "identity", "flags", "dialects")],
        code=CODE["annotate"],
    message:
        "{wildcards.patient}: annotate and judge"
    script:
        "../scripts/annotate.py"
