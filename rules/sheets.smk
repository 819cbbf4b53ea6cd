# Takes: COHORT, as rules/common.smk read it from the sheets and settings.
# Gives: what each job of a patient is told, in one file. Its parameters say when a job runs again, this what it reads.

# As an input that is `ancient`, the file would hide from Snakemake what has changed for the jobs behind it, whenever it is to
# be written itself: an edited sheet would run `sheets`, and nothing else. As any other input it would run all jobs again.
# So it is no part of the plan where run and jobs see the same disk. Where they do not it is an input, as it must travel.
if workflow.storage_settings.default_storage_provider is None:
    TOLD = []
    if workflow.is_main_process and not DRY_RUN and not workflow.modifier.is_main_snakefile():
        tell_jobs()  # a module's `onstart` is not called

else:

    rule sheets:
        output:
            "results/jobs.jsonl",
        log:
            "logs/sheets.log",
        conda:
            "../workflow/envs/acquired.yaml"
        params:
            cohort=COHORT_DIGEST,
            code=CODE["sheets"],
        message:
            "sheets"
        script:
            "../scripts/sheets.py"

    TOLD = rules.sheets.output[0]

    localrules:
        sheets,
