"""Reading a call file that is no VCF: which table it is, whose rows, on which build."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from acquired.bundled import read_yaml
from acquired.errors import InputError, Problem, quote
from acquired.model import Specimen
from acquired.tables import MAX_BYTES, Table, nearest, parse_table
from acquired.vendors.found import Found
from acquired.vendors.foundation import read_foundation
from acquired.vendors.mapped import Reader, fold
from acquired.vendors.sniff import as_text, first_bytes, uncommented
from acquired.vendors.symbols import Symbols
from acquired.vendors.tso500 import read_tso500


@lru_cache(maxsize=4)
def read_specs(folder: Path) -> dict[str, Any]:
    """The table resources/dialects/tables.yaml of `folder`."""
    specs: dict[str, Any] = read_yaml(folder / "tables.yaml")
    return specs


def is_table_name(caller: str, settings: dict[str, Any], dialects: Path) -> bool:
    """Whether the sheet's `caller` names a table (of the config, or a bundled one) and not a VCF's caller."""
    return bool(caller) and _spec_by_name(caller, settings, read_specs(dialects)) is not None


def read_file(
    path: Path, kind: str, specimen: Specimen, resources: Path, genes: tuple[str, ...], settings: dict[str, Any]
) -> Found:
    """A call file of `kind` (see `kind_of`). genes: symbols of the bundled genes. settings: of the config (`tables`).

    Raises InputError with every problem of the file.
    """
    tables = read_specs(resources / "dialects")
    symbols = Symbols(resources / "dialects" / "gene_symbols.tsv", genes)
    data = first_bytes(path, MAX_BYTES + 1)
    if not data:
        raise InputError(
            Problem(path.name, "the file cannot be read to its end.", "a copy stopped half-way", "copy it again.")
        )
    if len(data) > MAX_BYTES:
        raise InputError(
            Problem(path.name, f"the file is larger than {MAX_BYTES >> 20} MB.", "it holds a whole cohort", "split it.")
        )
    if kind == "xml":
        found = read_foundation(data, path.name, tables, symbols)
    elif kind == "tso500":
        found = read_tso500(as_text(data), path.name, specimen, tables, symbols)
    else:
        found = _read_table(parse_table(uncommented(data), path.name), path.name, specimen, tables, symbols, settings)
    found.warnings += symbols.warnings()
    return found


def _read_table(
    table: Table, where: str, specimen: Specimen, tables: dict[str, Any], genes: Symbols, settings: dict[str, Any]
) -> Found:
    if table.problems:
        raise InputError(*table.problems)
    spec, how = _spec_of(table, specimen.caller, tables, settings)
    found = Found(where, spec["name"], how, build=spec.get("build", ""))
    found.build_by = f"the config states for {spec['name']}" if spec.get("own") else "the vendor uses"
    found.warnings += [f"{warning.where}: {warning.what}" for warning in table.warnings]
    reader = Reader(spec, tables, table.columns, found, genes)
    _sample(found, table, reader, specimen)
    _build(found, table, reader)
    if found.problems:
        raise InputError(*found.problems)
    says = reader.map.says
    depth = says("depth") or (f"{says('ref_count')}+{says('alt_count')}" if says("ref_count") else "reads")
    fraction = says("vaf", "vaf_percent")
    found.says = (f"{says('alt_count')}/{depth}", f"{fraction}*{says('depth')}" if says("depth") else fraction)
    column = reader.map.columns.get("sample", "")
    mine = [row for row in table.rows if not column or row[column] == found.sample]
    others = len(table.rows) - len(mine)
    if others:
        found.warnings.append(f"{others:,} rows of {where} are of other samples and were left out.")
    reader.run(mine)
    if found.problems:
        raise InputError(*found.problems[:20])
    return found


def _spec_of(table: Table, caller: str, tables: dict[str, Any], settings: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The mapping of a table: the one the sheet's `caller` names, else the first whose columns it has."""
    named = _spec_by_name(caller, settings, tables) if caller else None
    if named:
        _check_columns(table, named)
        return named, "sheet"
    have = {fold(column) for column in table.columns}
    for spec in tables["tables"]:
        if any({fold(column) for column in needed} <= have for needed in spec["needs"]):
            return spec, "columns"
    shown = ", ".join(quote(column, 30) for column in table.columns[:30])
    raise InputError(
        Problem(
            f"{table.label} row {table.header_line}",
            f"the columns are those of no table that is known: {shown}.",
            "a table of the lab's own, or another program's output",
            "say in the config, under `tables:`, which column holds what, and name that table in the sheet's `caller`; "
            "files of copy number, fusions or expression have columns of their own in the sheet.",
        )
    )


def _spec_by_name(caller: str, settings: dict[str, Any], tables: dict[str, Any]) -> dict[str, Any] | None:
    wanted = fold(caller)
    for name, given in settings.get("tables", {}).items():
        if fold(name) == wanted:
            columns = {role: [column] for role, column in given["columns"].items()}
            kept = {key: value for key, value in given.items() if key != "columns"}
            return {"holds": "small", **kept, "id": name, "name": name, "columns": columns, "own": True}
    for spec in tables["tables"]:
        if wanted in (fold(spec["id"]), fold(spec["name"])):
            return dict(spec)
    return None


def _check_columns(table: Table, spec: dict[str, Any]) -> None:
    """Every column that the config maps must be there; raises InputError with all that are not."""
    if not spec.get("own"):
        return
    have = {fold(column) for column in table.columns}
    problems = []
    for role, (column,) in spec["columns"].items():
        if fold(column) not in have:
            near = nearest(column, table.columns)
            problems.append(
                Problem(
                    f"{table.label} row {table.header_line}",
                    f"the config maps `{role}` of the table {quote(spec['name'])} to the column {quote(column)}, "
                    f"which the file does not have.",
                    f"{quote(near[0])} was meant" if near else "another file, or a table of another version",
                    "correct `tables:` in the config, or name the right file.",
                )
            )
    if problems:
        raise InputError(*problems)


def _sample(found: Found, table: Table, reader: Reader, specimen: Specimen) -> None:
    """Whose rows are taken: the sheet's `sample`, the only one, or the one with the specimen's id."""
    column = reader.map.columns.get("sample", "")
    if not column:
        found.sample_source = "the table has no sample column"
        return
    names = list(dict.fromkeys(row[column] for row in table.rows))
    for chosen, source in (
        (specimen.sample, "sheet"),
        (names[0] if len(names) == 1 and not specimen.sample else "", "the only sample"),
        (specimen.specimen if not specimen.sample else "", "sample with the specimen's id"),
    ):
        if chosen and chosen in names:
            found.sample, found.sample_source = chosen, source
            return
    if not names:
        return
    shown = ", ".join(quote(name, 40) for name in (nearest(specimen.sample, names) or names[:10]))
    what = (
        f"the sheet names the sample {quote(specimen.sample)}, which no row has"
        if specimen.sample
        else f"the file has rows of {len(names):,} samples, and nothing says which is this specimen's"
    )
    found.problems.append(
        Problem(
            f"{found.where}, column {column}",
            f"{what}; it has {shown}" + (f" and {len(names) - 10:,} more." if len(names) > 10 else "."),
            "a spelling mistake, or the wrong file" if specimen.sample else "a table of a whole cohort",
            f"write the sample's name into `sample` for specimen {specimen.specimen}.",
        )
    )


def _build(found: Found, table: Table, reader: Reader) -> None:
    """What the table's own build column says, for where the bases prove nothing."""
    column = reader.map.columns.get("build", "")
    said = sorted({row[column] for row in table.rows if row[column]}) if column else []
    if len(said) == 1:
        found.build, found.build_by = said[0], f"the column {column} states"
    elif said:
        found.problems.append(
            Problem(
                f"{found.where}, column {column}",
                f"the rows are on several builds: {', '.join(quote(name, 20) for name in said[:5])}.",
                "tables of two pipelines were joined",
                "give one build a file.",
            )
        )
