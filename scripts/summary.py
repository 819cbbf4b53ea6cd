"""The verdicts on the terminal at the end of a run. Fails while an input of any patient was refused."""

from pathlib import Path

from acquired.report import summarize
from acquired.stage import stage

with stage(snakemake.log[0], "summary") as counts:
    table, refused = summarize([Path(path) for path in snakemake.input.results], snakemake.input.page)
    counts["refused"] = refused
    print(table, flush=True)
    if not refused:
        Path(snakemake.output[0]).write_text(table + "\n", encoding="utf-8")
if refused:
    raise SystemExit(1)
