# Takes: one specimen's call files as they are.
# Gives: one canonical single-sample BCF, what the file says of depth elsewhere, everything of the specimen that is no
# small variant with coordinates (alterations), and an account of every record.


rule normalize:
    input:
        unpack(call_files),
        jobs=TOLD,
        reference=rules.references.output[0],
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
        mem_mb=memory,
    params:
        job=told("normalize"),
        data=[DATA["dialects"], DATA["reference"]],
        code=CODE["normalize"],
    message:
        "{wildcards.patient}: normalize {wildcards.specimen}"
    shell:
        '"$ACQUIRED_PYTHON" "$ACQUIRED_SCRIPTS/normalize.py" --log {log:q} --jobs {input.jobs:q} --patient {wildcards.patient} --specimen {wildcards.specimen}'
        " --reference {input.reference:q} --siblings {input.siblings:q} --calls {output.calls:q}"
        " --depth {output.depth:q} --alterations {output.alterations:q} --account {output.account:q}"
