# `snakemake --cores 8` here runs the workflow; everything is in workflow/Snakefile.
include: "workflow/Snakefile"


# A Snakefile that only includes another has no target of its own: name it.
rule default:
    default_target: True
    input:
        rules.all.input,
    message:
        "All pages are made; start with results/cohort/index.html"
