"""One table of gene expression, of one specimen or of several, to this specimen's values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from acquired.bundled import read_yaml
from acquired.copynumber.shared import Account, Symbols, fold, load_bytes, load_table, number
from acquired.errors import InputError, Problem, quote
from acquired.model import Specimen
from acquired.reference import Reference
from acquired.tables import Table


def read_expression(path: Path, specimen: Specimen, reference: Reference, resources: Path) -> dict[str, Any]:
    """{"expression": [{gene, value, unit, source}], "account": …} of one table.

    A table has one row a gene and either one specimen's values in a column of a known name (TPM, counts …) or a column
    for each specimen, called by the sheet's `sample`, the specimen or patient and specimen. Kept are the bundled genes,
    those of the catalogue and the receptor tyrosine kinases. Counts of a whole transcriptome become counts per
    million. Raises InputError with every problem.
    """
    account = Account("expression", path.name)
    spellings = read_yaml(resources / "dialects" / "expression.yaml")
    table = load_table(path, account)
    gene_column = _gene_column(table, spellings, path)
    column, unit = _value_column(table, gene_column, specimen, spellings, path)
    account.format = f"table of genes, {unit}"
    wanted = wanted_genes(reference, resources, spellings)
    symbols = Symbols(resources, wanted)
    ensembl = {t.gene_ensembl.split(".")[0]: g for g in reference.genes for t in reference.transcripts(g)}
    account.read = len(table.rows)
    values: dict[str, float] = {}
    total, genes = 0.0, 0
    for row in table.rows:
        where = table.where(row.line)
        value = number(row[column], f"{where}, column {column}", "value", account)
        name = row[gene_column]
        if not name or name.startswith("__") or value is None:
            account.leave("no value" if name and value is None else "no gene", where)
            continue
        if value < 0 and unit != "log2":
            account.refuse(
                f"{where}, column {column}",
                f"the value {value:g} of {quote(name)} is negative.",
                "the values are logarithms",
                "give linear values, or say log2 in the file's name or the column's.",
            )
            continue
        total, genes = total + value, genes + 1
        gene = _gene(name, ensembl, symbols, where, account)
        if gene in wanted:
            # rows of one gene are its transcripts or probes: linear values add up, of logarithms the largest counts
            known = values.get(gene)
            joined = max(known, value) if unit == "log2" and known is not None else (known or 0.0) + value
            values[gene] = value if known is None else joined
            account.kept += 1
        else:
            account.leave("a gene that no claim names and that is not bundled", name[:40])
    if unit == "counts" and genes >= spellings["whole_transcriptome"] and total > 0:
        values = {g: v * 1e6 / total for g, v in values.items()}
        unit = "CPM"
        account.warn(
            f"{path.name}: the counts were turned into counts per million of this specimen ({total:,.0f} reads)."
        )
    elif unit == "counts":
        account.warn(
            f"{path.name}: counts of {genes} genes only; they are compared as they are, without regard to the depth "
            "of each library."
        )
    account.close()
    rows = [
        {"gene": g, "value": round(values[g], 4), "unit": unit, "source": f"{path.name}, column {column}"}
        for g in sorted(values)
    ]
    return {"expression": rows, "account": account.as_dict()}


def wanted_genes(reference: Reference, resources: Path, spellings: Mapping[str, Any]) -> frozenset[str]:
    """The genes whose values are kept."""
    lines = (resources / "catalogue" / "genes.tsv").read_text(encoding="utf-8").split()
    return frozenset((*reference.genes, *lines[1:], *spellings["receptor_tyrosine_kinases"]))


def _gene(name: str, ensembl: Mapping[str, str], symbols: Symbols, where: str, account: Account) -> str:
    """The symbol in use; Ensembl ids (alone or as ENSG…_EGFR, EGFR|1956) are looked up."""
    if m := re.match(r"(ENSG\d{11})(?:\.\d+)?(?:[_|](.+))?\Z", name):
        return ensembl.get(m[1], "") or (m[2] or m[1])
    plain = name.split("|")[0]
    return symbols.resolve(plain, f"{where}, gene", account) if plain != "?" else ""


def _gene_column(table: Table, spellings: Mapping[str, Any], path: Path) -> str:
    folded = {fold(c): c for c in table.columns}
    for wanted in spellings["gene"]:
        if wanted in folded:
            return folded[wanted]
    raise InputError(
        Problem(
            f"{path.name} row {table.header_line}",
            f"no column holds the gene; columns are {quote(', '.join(table.columns), 160)}.",
            "the table has no header line, or its genes are the columns",
            "give one row a gene, with a header line that names a column gene.",
        )
    )


def _value_column(
    table: Table, gene_column: str, specimen: Specimen, spellings: Mapping[str, Any], path: Path
) -> tuple[str, str]:
    """The column of this specimen's values, and their unit. Raises InputError where it cannot be told."""
    folded = {fold(c): c for c in table.columns}
    own = (specimen.sample, specimen.specimen, f"{specimen.patient}_{specimen.specimen}",
           f"{specimen.patient}-{specimen.specimen}")  # fmt: skip
    said = unit_said(path, spellings)
    for name in filter(None, own):
        hit = next((c for c in table.columns if re.sub(r"\.bam\Z", "", Path(c).name) == name and c != gene_column), "")
        if hit:
            return hit, said or "value"
    for unit, names in spellings["values"].items():
        for name in names:
            if name in folded:
                return folded[name], said if unit == "value" and said else unit
    left = [c for c in table.columns if c != gene_column and fold(c) not in spellings["not_values"]]
    left = [c for c in left if fold(c) not in spellings["gene"]]
    if len(left) == 1:
        return left[0], said or "value"
    raise InputError(
        Problem(
            f"{path.name} row {table.header_line}",
            f"no column is called {quote(specimen.specimen)}; columns are {quote(', '.join(table.columns), 160)}.",
            "the specimen is named otherwise in this table",
            "name its column in the sheet's `sample`, or rename the column.",
        )
    )


def unit_said(path: Path, spellings: Mapping[str, Any]) -> str:
    """The unit that a line `# unit: TPM` before the header, or the file's name, says; "" without one."""
    head: Sequence[bytes] = load_bytes(path)[:2000].splitlines()[:10]
    comments = [line.decode("latin-1") for line in head if line.startswith(b"#")]
    told = next((m[1] for line in comments if (m := re.match(r"#+\s*unit:\s*(\S.*)", line, re.IGNORECASE))), "")
    for text in (told, path.name):
        words = re.split(r"[^a-z0-9]+", text.casefold())
        for word, unit in spellings["unit_words"].items():
            if word in words or f"{word}s" in words:
                return str(unit)
    return ""
