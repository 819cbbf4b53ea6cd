# Takes: all sheets, the configuration, and the head of every file that they name.
# Gives: nothing in results/; on the terminal what would be run and what is wrong. `snakemake check --cores 1`.


rule check:
    log:
        "logs/check.log",
    conda:
        "../workflow/envs/acquired.yaml"
    params:
        config=config,
    message:
        "check sheets and files"
    script:
        "../scripts/check.py"


localrules:
    check,


onerror:
    # Snakemake itself would end with 1; bad input is told by 2, as it is for sheets and settings.
    if "check" in workflow.dag_settings.targets:
        raise SystemExit(EXIT_BAD_INPUT)
