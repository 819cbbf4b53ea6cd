# Takes: one specimen's call files as they are.
# Gives: one canonical single-sample BCF, what the file says of depth elsewhere, everything of the specimen that is no
# small variant with coordinates (alterations), and an account of every record.


def siblings_with_calls(wildcards):
    """For a specimen without call files, the accounts of the patient's others, whose build is then its own."""
    if specimen_of(wildcards).variants:
        return []
    return [
        f"results/patients/{wildcards.patient}/{s.specimen}.normalized.json"
        for s in specimens_of(wildcards.patient)
        if s.variants
    ]


rule normalize:
    input:
        variants=lambda wildcards: list(specimen_of(wildcards).variants),
        other=lambda wildcards: other_files(specimen_of(wildcards)),
        siblings=siblings_with_calls,
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
