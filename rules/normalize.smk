# Takes: one specimen's call files as they are.
# Gives: one canonical single-sample BCF, what the file says of depth elsewhere, everything of the specimen that is no
# small variant with coordinates (alterations), and an account of every record.


rule normalize:
    input:
        variants=lambda wildcards: list(specimen_of(wildcards).variants),
        other=lambda wildcards: other_files(specimen_of(wildcards)),
        # A specimen without call files has the build of the patient's others.
        siblings=lambda wildcards: [
            f"results/patients/{wildcards.patient}/{s.specimen}.normalized.json"
            for s in specimens_of(wildcards.patient)
            if s.variants and not specimen_of(wildcards).variants
        ],
        reference=REFERENCES,
    output:
        calls="results/patients/{patient}/{specimen}.normalized.bcf",
        depth="results/patients/{patient}/{specimen}.depth.bed.gz",
        alterations="results/patients/{patient}/{specimen}.alterations.json",
        account="results/patients/{patient}/{specimen}.normalized.json",
    log:
        "logs/{patient}/{specimen}.normalize.log",
    group:
        "patient"
    conda:
        "../workflow/envs/acquired.yaml"
    resources:
        mem_mb=memory(500, 200),
    params:
        specimen=lambda wildcards: specimen_of(wildcards).as_dict(),
        settings={key: SETTINGS[key] for key in ("tables", "copy_number")},
        data=[DATA["dialects"], DATA["reference"]],
        code=CODE["normalize"],
    message:
        "{wildcards.patient}: normalize {wildcards.specimen}"
    script:
        "../scripts/normalize.py"
