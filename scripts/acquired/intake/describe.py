"""docs/inputs.md, written from the dialect tables: `python -m acquired.intake.describe > docs/inputs.md`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from acquired.intake.dialects import read_tables
from acquired.tables import read_table

_TOP = """# What goes in

Any VCF or BCF, as the caller wrote it: plain, gzip or BGZF, sorted or not, indexed or not, any chromosome
naming, GRCh37 or GRCh38; and MAFs, vendors' tables and reports (below). This page is generated from
`resources/dialects`; a new caller is a row of `callers.yaml` and a scenario in `tests/cases/intake`, a new table
a row of `tables.yaml` and a scenario in `tests/cases/vendors`.

## Depth, reads and fraction
For each record the readings of the caller's row are tried in order, then the common ones; the first whose keys
are there and make sense is used, and printed with the numbers. The fraction is reads over depth wherever there
are reads. Where there are reads of the alternative and the caller's own fraction differs from theirs by more than
its rounding, both are kept in the specimen's accounting. A value that cannot be (a negative depth, a list of the
wrong length, a fraction above 1 without a per cent sign) is never guessed at: it is counted, and the next key is
tried; with none left the alteration is kept and its fraction is unknown.

`AD/reads` instead of `AD/DP` (and so for the others) says that the file has no depth there, or one smaller than
the reads it counts: the sum of the reads is the depth. `AF*DP`: reads are the fraction times the depth, rounded.

| caller | in the sheet | how the file is recognised | read as, in this order | notes |
|---|---|---|---|---|
"""

_REST = """
A caller that is not recognised is read as: {common}. In files with one sample or none also as: {info}.

## Which column
The sheet's `sample`, else the only column, else the column with the specimen's id, else what the header says
(`##tumor_sample`, `##SAMPLE`, `##PEDIGREE`, command lines of GATK, Sentieon and DRAGEN), else a name such as
TUMOR. Where none of these tells, the reads may: of two columns one has next to no read of the alternative (2 % at
most) in nine of ten records and the other 5 % or more, in at least 10 records. That is a guess, and the page says
so. Else the file is refused with the list of its columns. The matched normal is the sheet's `normal`, or what
header or name say.

## Which build
The bases in REF against the reference, on both builds: one build with {enough} agreeing bases or more ({alone}
where the other build knows none of the places), and none that differs, is proved, and so is a build that fits
where the other is contradicted. Else chromosome lengths in the header, else RefSeq accessions of the contigs,
else the sheet's `build`, and the page says so. A header line that names a build is shown, never believed. A
stated build that the bases or lengths disprove is refused; so is a file with a record whose REF contradicts the
build.

## What becomes of each record
| record | becomes |
|---|---|
| an alternative of bases A, C, G, T | an allele: trimmed, left-aligned where bases are known, MNVs whole |
| filtered by the caller | an allele with its filter |
| genotype 0/0, or ./. with reads | an allele with its reads, not called |
| ./. and no reads | set aside: the sample has no call there |
| a reference block or a site without an alternative | depth, where the record gives one (MIN_DP before DP) |
| `*`, `<NON_REF>`, `<*>` | set aside: no allele |
| `<DEL>`, `<DUP>`, breakends | set aside here: no small variant |
| an alternative or REF with N or another letter | set aside |
| on a contig outside chr1 to chr22, X, Y, M | set aside; so is hg19's own mitochondrial sequence |
| the same allele again | merged and counted; kept: the call, then the one that passes, then the deepest |
| a line that is no VCF record, a REF that contradicts the genome | the file is refused, with the line |

Every record read is either kept or set aside with a reason, and the sums are checked. Bytes that are not UTF-8
are read as Latin-1, with a warning where they stand in the header. A file with a header and no records is a
result: nothing was called.
"""


_TABLES = """
## MAFs, vendors' tables and reports
A file in `variants` that is no VCF is known by its content: a MAF or table by its columns, a TSO 500
CombinedVariantOutput and a FoundationOne report by their form. Text may be UTF-8, UTF-16 or Windows-1252, with
tabs, commas or semicolons, and gzipped. Names of columns are compared without case and punctuation.

| table | in the sheet | known by | read |
|---|---|---|---|
{tables}
`(unseen)`: written from memory, not from a file.

A table of another shape is mapped in the config and named in the sheet's `caller`:
```yaml
tables:
  our-list:
    holds: small               # or copy_number, fusion, splice, mixed
    build: GRCh38
    not_called: [nein]
    columns: {{gene: Gen, hgvs_p: Protein, locus: "Position (hg38)", change: Austausch, vaf: AF, call: berichtet}}
```

| in a table | becomes |
|---|---|
| a row with coordinates | the allele as from a VCF: REF checked, left-aligned; `-` gets the base before it |
| the vendor's name of the change | kept; the name worked out here is compared with it |
| an indel where the reference has no bases | kept by the vendor's name, with a warning |
| gene and protein change, no coordinates | matched on the protein, shown as named by the vendor |
| a row that is not called (`call` = 0, no, genotyped) | its reads (0/0); without reads set aside |
| a word in `call` that is not known | the file is refused: it is not taken for a call |
| copy number, fusions, splice forms, rearrangements, pertinent negatives | `<specimen>.alterations.json` |
| rows of other samples | left out and counted; with several samples the sheet's `sample` says which |
| `0,125`, `12.5%`, `12,5 %` | fractions; above 1 without a per cent sign: not believed |
| `1,000` or a negative number as reads | not believed: unknown, with a warning |
| a position or allele that is none, a base that the genome does not have | the file is refused, with the row |

A table that lists only what it found says nothing of what it did not: its account says `table`.
Guardant360's copy-number table lists every gene it looked at, FoundationOne its pertinent negatives: these are used.
The build is proved as for VCFs; what a build column or the vendor says counts only where nothing proves another.
Of a FoundationOne report only {kept} leave
the parser, with the attributes listed above; document types, entities, more than {depth} nested or {elements:,}
elements are refused.

Gene symbols: {symbols} old symbols, everyday names and dates that spreadsheets made of symbols are turned into
today's symbol (`gene_symbols.tsv`) and the page says so; `1-Mar` may be MARCHF1 or MTARC1 and stays unknown.
"""


def describe(tables: Path) -> str:
    """The page as Markdown. tables: resources/dialects."""
    from acquired.copynumber.describe import section
    from acquired.intake.builds import ENOUGH_ALONE, ENOUGH_BASES

    callers, _ = read_tables(tables)
    readings = callers["readings"]
    rows = "".join(
        f"| {row['name']} | `{row['id']}` | {_recognised(row)} | {_list(row['readings'], readings)} | {_notes(row)} |\n"
        for row in sorted(callers["dialects"], key=lambda row: row["name"].lower())
    )
    return (
        _TOP
        + rows
        + _REST.format(
            common=_list(callers["common"]["readings"], readings),
            enough=ENOUGH_BASES,
            alone=ENOUGH_ALONE,
            info=_list(callers["common"]["info_readings"], readings),
        )
        + _tables(tables)
        + section(tables)
    )


def _tables(folder: Path) -> str:
    from acquired.vendors.read import read_specs

    specs = read_specs(folder)
    rows = []
    for spec in specs["tables"]:
        needs = " or ".join(", ".join(f"`{column}`" for column in columns) for columns in spec["needs"])
        rows.append(f"| {spec['name']} | `{spec['id']}` | {needs} | {_roles(spec, spec.get('unseen', []))} |")
    tso = specs["tso500"]
    for name, part in tso["sections"].items():
        rows.append(f"| {tso['name']}: {name} |  | its section | {_roles(part, tso['unseen'])} |")
    report = specs["foundation"]
    for kind in ("small", "copy_number", "rearrangement"):
        part = {role: key for role, key in report[kind].items() if role != "element"}
        said = "; ".join(f"{role}: `{key}`" for role, key in part.items())
        rows.append(f"| {report['name']}: {report[kind]['element']} |  | its element | {said} |")
    kept = ", ".join(f"`{report[kind]['element']}`" for kind in ("small", "copy_number", "rearrangement", "negative"))
    symbols = len(read_table(folder / "gene_symbols.tsv").rows)
    return _TABLES.format(
        tables="\n".join(rows) + "\n",
        kept=kept,
        depth=report["limits"]["depth"],
        elements=report["limits"]["elements"],
        symbols=symbols,
    )


def _roles(spec: dict[str, Any], unseen: list[str]) -> str:
    """`role: columns` of one table."""
    return "; ".join(
        f"{role}: " + ", ".join(f"`{name}`" + (" (unseen)" if name in unseen else "") for name in names)
        for role, names in spec["columns"].items()
    )


def _list(names: list[str], readings: dict[str, Any]) -> str:
    return ", ".join(f"`{readings[name]['says']}`" for name in names)


def _recognised(row: dict[str, Any]) -> str:
    parts = ["header `" + pattern.replace("|", "\\|") + "`" for pattern in row.get("header", ())]
    parts += [
        f"{kind.upper()} " + ", ".join(f"`{key}`" for key in row[kind]) for kind in ("format", "info") if kind in row
    ]
    return " or ".join(parts)


def _notes(row: dict[str, Any]) -> str:
    notes = []
    if row.get("genotype"):
        notes.append("whether the sample carries it is told by reads, not GT")
    if row.get("estimate"):
        notes.append("its fraction is a model's estimate")
    if row.get("tumour_column"):
        notes.append("the first column of a pair is the tumour")
    if row.get("not_called"):
        notes.append("FILTER " + ", ".join(f"`{name}`" for name in row["not_called"]) + " is no call")
    if row.get("normal_reading"):
        notes.append("the normal's reads stand in the same column")
    if row.get("separator"):
        notes.append(f"alternatives separated by `{row['separator']}`")
    return "; ".join(notes)


if __name__ == "__main__":
    from acquired.stage import RESOURCES

    sys.stdout.write(describe(RESOURCES / "dialects"))
