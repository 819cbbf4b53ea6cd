# Takes: a patient's normalized specimens, and what their alignments and depth files say.
# Gives: one multi-sample BCF, an observation for each allele and specimen, and a trajectory with its basis for each allele.


rule compare:
    input:
        unpack(to_compare),
        jobs=TOLD,
    output:
        calls="results/patients/{patient}/compared.bcf",
        account="results/patients/{patient}/compared.json",
    log:
        "logs/{patient}/compare.log",
    priority: 10
    group:
        "patient"
    conda:
        "../workflow/envs/acquired.yaml"
    resources:
        mem_mb=memory,
    params:
        job=told("compare"),
        data=DATA["dialects"],
        code=CODE["compare"],
    message:
        "{wildcards.patient}: compare"
    shell:
        '"$ACQUIRED_PYTHON" "$ACQUIRED_SCRIPTS/compare.py" --log {log:q} --jobs {input.jobs:q} --patient {wildcards.patient}'
        " --accounts {input.accounts:q} --calls {output.calls:q} --account {output.account:q}"
