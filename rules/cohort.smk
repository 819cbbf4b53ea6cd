# Takes: every result.json.
# Gives: the cohort's page and tables; at the end of the run, the verdicts on the terminal.


rule cohort:
    input:
        each_patient("results/patients/{patient}/result.json"),
    output:
        page=report(
            "results/cohort/index.html",
            caption="../workflow/report/cohort.rst",
            category="Cohort",
            labels={"content": "all patients"},
        ),
        findings="results/cohort/findings.tsv",
        workbook=report(
            "results/cohort/findings.xlsx",
            caption="../workflow/report/findings.rst",
            category="Cohort",
            labels={"content": "table of findings"},
        ),
    log:
        "logs/cohort/cohort.log",
    conda:
        "../workflow/envs/acquired.yaml"
    params:
        report=SETTINGS["report"],
        data=[DATA["report"], *PAGE_WORDS],
        code=CODE["cohort"],
    message:
        "cohort page"
    script:
        "../scripts/cohort.py"


rule summary:
    # Prints the verdicts, and fails while an input of any patient was refused: the pages are there all the same.
    input:
        results=each_patient("results/patients/{patient}/result.json"),
        pages=each_patient("results/patients/{patient}/report.html"),
        page="results/cohort/index.html",
    output:
        "results/cohort/summary.txt",
    log:
        "logs/cohort/summary.log",
    conda:
        "../workflow/envs/acquired.yaml"
    params:
        code=CODE["summary"],
    message:
        "summary"
    script:
        "../scripts/summary.py"


localrules:
    reference,
    references,
    catalogue,
    catalogue_page,
    cohort,
    summary,
