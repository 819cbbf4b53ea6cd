"""The verdicts on the terminal at the end of a run. Fails while an input of any patient was refused."""

from pathlib import Path

from acquired.report.summary import summarize
from acquired.stage import stage
from acquired.whole import write_text

with stage(snakemake.log[0], "summary") as counts:
    table, refused = summarize([Path(path) for path in snakemake.input.results], snakemake.input.page)
    counts["refused"] = refused
    print(table, flush=True)
    if not refused:
        write_text(Path(snakemake.output[0]), table + "\n")
if refused:
    raise SystemExit(1)
