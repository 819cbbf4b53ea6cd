# Takes: every result.json.
# Gives: the cohort's page and table; at the end of the run, the verdicts on the terminal.


rule cohort:
    input:
        each_patient("results/patients/{patient}/result.json"),
    output:
        page=report("results/cohort/index.html", caption="../workflow/report/cohort.rst", category="Cohort"),
        findings="results/cohort/findings.tsv",
    params:
        report=SETTINGS["report"],
        data=[DATA["wording"], DATA["report"]],
        code=CODE["cohort"],
    log:
        "logs/cohort/cohort.log",
    message:
        "cohort page"
    script:
        "../scripts/cohort.py"


rule summary:
    # Prints the verdicts, and fails while an input of any patient was refused: the pages are there all the same.
    input:
        results=each_patient("results/patients/{patient}/result.json"),
        pages=each_patient("results/patients/{patient}/report.html"),
        page=rules.cohort.output.page,
    output:
        "results/cohort/summary.txt",
    params:
        code=CODE["summary"],
    log:
        "logs/cohort/summary.log",
    message:
        "summary"
    script:
        "../scripts/summary.py"


localrules:
    reference,
    catalogue,
    catalogue_page,
    cohort,
    summary,
