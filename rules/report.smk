# Takes: result.json.
# Gives: the patient's page.


rule report:
    input:
        rules.annotate.output,
    output:
        report(
            "results/patients/{patient}/report.html",
            caption="../workflow/report/patient.rst",
            category="Patients",
            labels={"patient": "{patient}"},
        ),
    log:
        "logs/{patient}/report.log",
    group:
        "patient"
    conda:
        "../workflow/envs/acquired.yaml"
    params:
        report=SETTINGS["report"],
        data=[DATA["wording"], DATA["report"]],
        code=CODE["report"],
    message:
        "{wildcards.patient}: report"
    script:
        "../scripts/report.py"
