"""The part of docs/inputs.md on copy number, fusions and expression, from their dialect tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from acquired.bundled import read_yaml
from acquired.copynumber.genes import Limits

_PAGE = """
## Copy number
The sheet's `copy_number`: segments or genes, as the program wrote them; a table is known by its columns.

| program | known by the columns | first base | copies | log2 ratio |
|---|---|---|---|---|
{copy_number}

Also any VCF with `<DUP>`, `<DEL>`, `<CNV>` or segments without a change (copies from {vcf_copies}, ratio from
{vcf_ratio}, log2 from {vcf_log2}), and any table with a gene and one of copies, log2 ratio, fold change or a
word such as “amplified”.

A gene takes the segment that covers most of it; segments that delete whole exons come first. By copies a gene
is amplified from {amplification:g}, gained from {gain:g}, lost below {loss:g} and deleted below {deletion:g};
where only a ratio is known by log2 {amplification_log2:g}, {gain_log2:g}, {loss_log2:g} and {deletion_log2:g}
(`copy_number` in the config). With the sheet's `tumour_fraction` the copies in the tumour cells are worked out
from a ratio of the mixture, copies = (2 * 2^log2 - 2 * (1 - fraction)) / fraction, for autosomes of a diploid
genome; programs that take the purity out themselves (PURPLE, PureCN, FACETS, ASCAT, Sequenza) are taken at
their word. Ratios between {loss_log2:g} and {gain_log2:g} are noise whatever the fraction, and where an
amplification could not have shown above it the gene is `low`. X and Y: the sex is not known here, so only
amplifications and, by stated copies, deletions are told. Stretches of up to {focal:g} Mb are focal. A gene
outside every segment is not assessed; in a VCF that lists changes only it is not called.

## Fusions, structural variants and splice forms
The sheet's `fusions`: a VCF of {callers}, or a table.

| table | known by the columns | genes, 5' first | breakpoints | reads |
|---|---|---|---|---|
{fusions}
Also any table with `gene1` and `gene2` (5' first), or `fusion` (EML4::ALK, EML4-ALK), or `gene` and `event`
(AR-V7, METex14).

In a VCF the two sides of a junction say which part of each gene is kept: on a gene's own strand its beginning
(5') or its end (3'). One of each is a fusion, in that order; mates are paired; the junction of two beginnings
or two ends, or with a place outside the known genes, is shown as a rearrangement and meets no claim on a
fusion. Reads are those of {support}. The frame is told where both breakpoints lie in introns or at exon borders
of transcripts whose coding bases are known. Within a gene, whole exons lost or doubled are named: {events};
others as “exon 3 skipping”; out of frame they count as a loss of the gene. Usual partners outside the bundled
genes: {partners} genes (`fusions_partners.*.tsv`).

## Expression
The sheet's `expression`: one row a gene, and the specimen's values in a column of a known name ({units}) or in
a column called as the specimen or the sheet's `sample`. The unit comes from the column's name, a line `# unit:
TPM`, or the file's name. A change counts from a log2 fold of {fold:g} on, where the larger value reaches the
unit's floor ({floors}). One measurement a time point allows no test: the page says so, and expression alone
raises no verdict.
"""


def section(tables: Path) -> str:
    """The section as Markdown. tables: resources/dialects."""
    copies = read_yaml(tables / "copy_number.yaml")
    fusions = read_yaml(tables / "fusions.yaml")
    expression = read_yaml(tables / "expression.yaml")
    limits = Limits()
    partners = (tables / "fusions_partners.GRCh38.tsv").read_text(encoding="utf-8").count("\n") - 1
    change = expression["change"]
    return _PAGE.format(
        copy_number="".join(_copy_row(row) for row in copies["tables"]),
        vcf_copies=", ".join(copies["vcf"]["copies"]),
        vcf_ratio=", ".join(copies["vcf"]["ratio"]),
        vcf_log2=", ".join(copies["vcf"]["log2"]),
        callers=", ".join(name for _, name in fusions["vcf"]["callers"]),
        fusions="".join(_fusion_row(row) for row in fusions["tables"]),
        support=", ".join(" + ".join(key.partition(".")[0] for key in keys) for keys in fusions["vcf"]["support"]),
        events=", ".join(f"{e['gene']} {e['name']}" for e in fusions["events"]),
        partners=partners,
        units=", ".join(unit for unit in expression["values"] if unit != "value"),
        fold=change["log2_fold"],
        floors=", ".join(f"{value} {unit}" for unit, value in change["floor"].items() if value),
        focal=limits.focal_length / 1e6,
        **{
            name: getattr(limits, name)
            for name in limits.__dataclass_fields__
            if name not in ("focal_length", "change")
        },
    )


def _copy_row(row: Mapping[str, Any]) -> str:
    copies = row.get("copies", "")
    shown = " + ".join(f"`{c}`" for c in ([copies] if isinstance(copies, str) else copies) if c)
    log2 = f"`{row['log2']}`" if "log2" in row else ""
    return f"| {row['name']} | {', '.join(f'`{c}`' for c in row['columns'])} | {row['base']} | {shown} | {log2} |\n"


def _fusion_row(row: Mapping[str, Any]) -> str:
    known = ", ".join(f"`{c}`" for c in row["columns"])
    reads = " + ".join(f"`{c}`" for c in row["support"])
    genes, places = f"`{row['five']}`, `{row['three']}`", f"`{row['five_at']}`, `{row['three_at']}`"
    return f"| {row['name']} | {known} | {genes} | {places} | {reads} |\n"
