"""A page to browse and filter all claims."""

from pathlib import Path

from acquired.catalogue.page import write_catalogue_page
from acquired.stage import stage

with stage(snakemake.log[0], "catalogue page"):
    write_catalogue_page(Path(snakemake.input[0]), Path(snakemake.output[0]))
