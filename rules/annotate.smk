# Takes: a patient's compared alleles, the reference of the build and the catalogue.
# Gives: result.json, the contract that every writer reads: names, claims met, negatives and a verdict for each drug.


rule annotate:
    input:
        unpack(looked_at),
        jobs=TOLD,
        calls=rules.compare.output.calls,
        account=rules.compare.output.account,
        reference=rules.references.output[0],
        catalogue=rules.catalogue.output[0],
    output:
        "results/patients/{patient}/result.json",
    log:
        "logs/{patient}/annotate.log",
    priority: 20
    group:
        "patient"
    conda:
        "../workflow/envs/acquired.yaml"
    resources:
        mem_mb=memory,
    params:
        job=told("annotate"),
        data=[DATA[name] for name in ("judge", "identity", "flags", "dialects")],
        words=[DATA[f"wording/{name}.en.yaml"] for name in ("judge", "doubt", "other")],
        code=CODE["annotate"],
    message:
        "{wildcards.patient}: annotate and judge"
    shell:
        '"$ACQUIRED_PYTHON" "$ACQUIRED_SCRIPTS/annotate.py" --log {log:q} --jobs {input.jobs:q} --patient {wildcards.patient}'
        " --calls {input.calls:q} --account {input.account:q} --catalogue {input.catalogue:q}"
        " --reference {input.reference:q} --result {output:q}"
