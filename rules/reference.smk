# Takes: resources/reference, or the genome and annotation that the config names; resources/catalogue and the lab's own claims.
# Gives: once a build, an indexed genome and the transcripts; once a run, the validated catalogue.


rule reference:
    input:
        given=lambda wildcards: [f for f in SETTINGS["reference"].get(wildcards.build, {}).values() if f],
    output:
        genome="results/reference/{build}/genome.fa.gz",
        index="results/reference/{build}/genome.fa.gz.fai",
        blocks="results/reference/{build}/genome.fa.gz.gzi",
        models="results/reference/{build}/genes.gff3.gz",
        transcripts="results/reference/{build}/transcripts.tsv",
        provenance="results/reference/{build}/reference.json",
    log:
        "logs/reference/{build}.log",
    conda:
        "../workflow/envs/acquired.yaml"
    params:
        given=lambda wildcards: SETTINGS["reference"].get(wildcards.build, {}),
        data=DATA["reference"],
        code=CODE["reference"],
    message:
        "reference {wildcards.build}"
    script:
        "../scripts/reference.py"


rule references:
    # One file for both builds, as each job of each patient names it.
    input:
        expand("results/reference/{build}/reference.json", build=BUILDS),
    output:
        "results/reference/builds.json",
    log:
        "logs/reference/builds.log",
    conda:
        "../workflow/envs/acquired.yaml"
    message:
        "references"
    script:
        "../scripts/references.py"


rule catalogue:
    input:
        lab=SETTINGS["catalogue"],
    output:
        "results/catalogue/catalogue.json",
    log:
        "logs/catalogue/catalogue.log",
    conda:
        "../workflow/envs/acquired.yaml"
    params:
        data=[DATA["catalogue"], DATA["reference"]],
        code=CODE["catalogue"],
    message:
        "catalogue"
    script:
        "../scripts/catalogue.py"


rule catalogue_page:
    # Not made by default: `snakemake results/catalogue/index.html`.
    input:
        "results/catalogue/catalogue.json",
    output:
        "results/catalogue/index.html",
    log:
        "logs/catalogue/page.log",
    conda:
        "../workflow/envs/acquired.yaml"
    params:
        code=CODE["catalogue_page"],
    message:
        "catalogue page"
    script:
        "../scripts/catalogue_page.py"
