# Takes: COHORT, as rules/common.smk read it from the sheets and settings.
# Gives: what each job of a patient is told, in one file. Its parameters say when a job runs again, this what it reads.


rule sheets:
    output:
        "results/jobs.jsonl",
    log:
        "logs/sheets.log",
    conda:
        "../workflow/envs/acquired.yaml"
    params:
        cohort=digest(RECORDS, SETTINGS, library_digest(SCRIPTS)),
        code=CODE["sheets"],
    message:
        "sheets"
    script:
        "../scripts/sheets.py"


localrules:
    sheets,
