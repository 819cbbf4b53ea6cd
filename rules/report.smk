# Takes: result.json.
# Gives: the patient's page, and its findings as TSV and XLSX.


rule report:
    input:
        jobs=TOLD,
        result=rules.annotate.output[0],
    output:
        page=report(
            "results/patients/{patient}/report.html",
            caption="../workflow/report/patient.rst",
            category="Patients",
            labels={"patient": "{patient}"},
        ),
        tsv="results/patients/{patient}/findings.tsv",
        xlsx="results/patients/{patient}/findings.xlsx",
    log:
        "logs/{patient}/report.log",
    priority: 30
    group:
        "patient"
    conda:
        "../workflow/envs/acquired.yaml"
    params:
        job=told("report"),
        data=[DATA["report"], *PAGE_WORDS],
        code=CODE["report"],
    message:
        "{wildcards.patient}: report"
    shell:
        '"$ACQUIRED_PYTHON" "$ACQUIRED_SCRIPTS/report.py" --log {log:q} --jobs {input.jobs:q} --patient {wildcards.patient}'
        " --result {input.result:q} --page {output.page:q} --tsv {output.tsv:q} --xlsx {output.xlsx:q}"
