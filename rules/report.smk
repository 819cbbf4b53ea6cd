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
    params:
        report=SETTINGS["report"],
        data=[DATA["wording"], DATA["report"]],
        code=CODE["report"],
    log:
        "logs/{patient}/report.log",
    group:
        "patient"
    message:
        "{wildcards.patient}: report"
    script:
        "../scripts/report.py"
