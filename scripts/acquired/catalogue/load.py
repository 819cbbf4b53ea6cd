"""Reading the catalogue's tables: every row checked, every problem kept, nothing raised until all is read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from acquired.catalogue import names
from acquired.catalogue.claims import read_claims
from acquired.catalogue.records import COLUMNS, STATUSES
from acquired.catalogue.sources import Sources, dated, one_of, split_list, unique, unknown_drug, unknown_gene
from acquired.errors import quote
from acquired.tables import Row, Table, nearest, scan_table

#: Columns a table may lack, beside those whose cells may be empty anyway.
_OPTIONAL_TABLES = ("regions", "aliases", "activity", "exclusions")


def load_sources(folder: Path, lab_files: Sequence[Path], genes: Iterable[str]) -> Sources:
    """Read `resources/catalogue` and a lab's own claim files.

    genes: symbols there are (of the bundled transcripts); those of `genes.tsv` in the folder come on top.
    All problems are in `Sources.problems`; the caller raises them together with those it finds itself.
    """
    out = Sources()
    known = set(genes) | _more_genes(folder, out)
    out.meta = _meta(folder / "catalogue.yaml", out)
    tables = {name: _table(folder / f"{name}.tsv", COLUMNS[name], out) for name in COLUMNS}
    _classes(tables["classes"], out)
    _drugs(tables["drugs"], out, known)
    _diseases(tables["diseases"], out)
    _small_tables(tables, out, known)
    before = len(out.claims)
    read_claims(tables["claims"], out, known, lab=False)
    _count(out, len(out.claims) - before)
    for path in lab_files:
        table = _table(path, ("action", *COLUMNS["claims"]), out, required=("id",), kind="lab", label=path.name)
        read_claims(table, out, known, lab=True)
    return out


def _more_genes(folder: Path, out: Sources) -> set[str]:
    """Symbols in genes.tsv (column `gene`): genes of claims that have no bundled transcript."""
    path = folder / "genes.tsv"
    if not path.exists():
        return set()
    table = scan_table(path, label=_label(path))
    out.problems += table.problems
    _digest(path, "bundled", out)
    return {row["gene"] for row in table.rows}


def _meta(path: Path, out: Sources) -> dict[str, Any]:
    import yaml

    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        out.refuse(
            _label(path), f"the file cannot be read: {type(error).__name__}.", "", "restore it from the repository."
        )
        return {}
    except yaml.YAMLError as error:
        out.refuse(_label(path), f"the file is not YAML: {quote(str(error).splitlines()[0])}.", "", "mend its syntax.")
        return {}
    if not isinstance(loaded, dict) or not all(loaded.get(k) for k in ("name", "version", "date")):
        out.refuse(_label(path), "name, version or date is missing.", "", "give all three.")
        return loaded if isinstance(loaded, dict) else {}
    _digest(path, "bundled", out)
    return loaded


def _label(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _digest(path: Path, kind: str, out: Sources) -> dict[str, Any]:
    # A file fetched through git may have lost its last newline, and Windows its line ends: neither is a change.
    content = path.read_bytes().replace(b"\r\n", b"\n").rstrip(b"\n")
    entry = {"file": path.name, "kind": kind, "sha256": hashlib.sha256(content).hexdigest()}
    out.files.append(entry)
    return entry


def _table(
    path: Path,
    columns: tuple[str, ...],
    out: Sources,
    required: tuple[str, ...] | None = None,
    kind: str = "bundled",
    label: str = "",
) -> Table:
    label = label or _label(path)
    if not path.exists() and kind == "bundled" and path.stem in _OPTIONAL_TABLES:
        return Table(label)
    table = scan_table(path, columns, columns if required is None else required, label)
    out.problems += table.problems
    if path.is_file():
        _digest(path, kind, out)
    return table


def _count(out: Sources, claims: int) -> None:
    for entry in out.files:
        if entry["file"] == "claims.tsv" and entry["kind"] == "bundled":
            entry["claims"] = claims


def _hierarchy(
    parents: dict[str, list[str]], lines: dict[str, int], table: Table, column: str, what: str, out: Sources
) -> None:
    for name, above in parents.items():
        for parent in above:
            if parent not in parents:
                near = nearest(parent, parents, 1)
                out.refuse(
                    table.where(lines[name], column),
                    f"the {what} {quote(parent)} is not in this table.",
                    f"{quote(near[0])} was meant" if near else "",
                    "correct the name, or add a row for it.",
                )
    plural = {"class": "classes", "disease": "diseases"}[what]
    for ring in names.cycles(parents):
        out.refuse(
            table.where(lines[ring[0]], column),
            f"{plural} go round in a circle: {' → '.join(map(quote, [*ring, ring[0]]))}.",
            "",
            "remove one of these parents.",
        )


def _classes(table: Table, out: Sources) -> None:
    lines: dict[str, int] = {}
    for row in table.rows:
        if unique(row, "name", lines, table, out):
            out.classes[row["name"]] = split_list(row["parents"])
            if row["description"].startswith("Group:"):
                out.groups.add(row["name"])
    _hierarchy(out.classes, lines, table, "parents", "class", out)


def _drugs(table: Table, out: Sources, genes: set[str]) -> None:
    lines: dict[str, int] = {}
    for row in table.rows:
        if not unique(row, "name", lines, table, out):
            continue
        out.drugs[row["name"]] = row.cells
        for name in split_list(row["classes"]):
            if name not in out.classes:
                near = nearest(name, out.classes, 1)
                out.refuse(
                    table.where(row.line, "classes"),
                    f"the class {quote(name)} is not in classes.tsv.",
                    f"{quote(near[0])} was meant" if near else "",
                    "correct the name, or add the class.",
                )
        one_of(row, "status", STATUSES, table, out)
        dated(row, "status_date", table, out)
        for spelling in (row["name"], *split_list(row["synonyms"])):
            key = names.drug_key(spelling)
            if out.drug_keys.setdefault(key, row["name"]) != row["name"]:
                out.refuse(
                    table.where(row.line, "synonyms"),
                    f"{quote(spelling)} is also a name of {quote(out.drug_keys[key])}.",
                    "",
                    "leave it with one of the two drugs.",
                )
    for name in out.drugs:
        if name in out.classes:
            out.refuse(
                table.where(lines[name], "name"), f"{quote(name)} is also the name of a class.", "", "rename one."
            )


def _diseases(table: Table, out: Sources) -> None:
    lines: dict[str, int] = {}
    for row in table.rows:
        if not unique(row, "id", lines, table, out):
            continue
        out.diseases[row["id"]] = row.cells
        out.disease_parents[row["id"]] = split_list(row["parents"])
    # a disease's own id and name win over another one's synonym or OncoTree code
    for columns in (("id", "name"), ("doid",), ("synonyms", "oncotree")):
        for id_, cells in out.diseases.items():
            for column in columns:
                for spelling in split_list(cells.get(column, "")):
                    out.disease_keys.setdefault(names.disease_key(spelling), id_)
    _hierarchy(out.disease_parents, lines, table, "parents", "disease", out)


def _small_tables(tables: dict[str, Table], out: Sources, genes: set[str]) -> None:
    def numbers(table: Table, row: Row, *columns: str) -> list[int] | None:
        try:
            return [int(row[c]) for c in columns]
        except ValueError:
            bad = next(c for c in columns if not re.fullmatch(r"-?\d+", row[c]))
            out.refuse(
                table.where(row.line, bad), f"{quote(row[bad])} is no whole number.", "", "give a residue number."
            )
            return None

    for row in tables["regions"].rows:
        if span := numbers(tables["regions"], row, "start", "end"):
            out.regions.setdefault(row["gene"], {}).setdefault(row["region"], []).append((span[0], span[1]))
    for row in tables["aliases"].rows:
        if values := numbers(tables["aliases"], row, "first", "last", "offset"):
            out.aliases.setdefault(row["gene"], []).append((row["transcript"], values[0], values[1], values[2]))
    for row in tables["activity"].rows:
        entry = {c: row[c] for c in ("drug", "value", "unit", "fold", "reference", "source", "doi") if row[c]}
        out.activity.setdefault(row["gene"], {}).setdefault(row["protein"], []).append(entry)
        if row["drug"] not in out.drugs:
            unknown_drug(tables["activity"], row, row["drug"], out)
    out.exclusions = [row.cells for row in tables["exclusions"].rows]
    for name in ("regions", "aliases", "activity"):
        for row in tables[name].rows:
            if row["gene"] not in genes:
                unknown_gene(tables[name], row, "gene", row["gene"], genes, out)
