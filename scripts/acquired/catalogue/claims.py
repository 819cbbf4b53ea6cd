"""The rows of claims.tsv and of a lab's own claim files."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from acquired.catalogue import names
from acquired.catalogue.language import MatchError, genes_of, parse_context, parse_match
from acquired.catalogue.records import ACTIONS, CITATION, COLUMNS, EFFECTS, LEVELS, MECHANISMS, Claim
from acquired.catalogue.sources import Sources, dated, one_of, split_list, unique, unknown_drug, unknown_gene
from acquired.errors import quote
from acquired.tables import Row, Table, nearest

_ID = re.compile(r"[A-Z][A-Z0-9]*-\d{1,9}")
_BUNDLED_ID = re.compile(r"ACQ-\d{6}")


def read_claims(table: Table, out: Sources, genes: set[str], lab: bool) -> None:
    seen: dict[str, int] = {}
    counts = dict.fromkeys(ACTIONS, 0)
    for row in table.rows:
        if not unique(row, "id", seen, table, out):
            continue
        action = (row["action"] or "add").casefold() if lab else "add"
        if _allowed(action, row, table, out, lab):
            counts[action] += 1
            if action == "withdraw":
                old = out.claims.pop(row["id"])
                out.withdrawn.append({"id": old.id, "file": old.file, "by": table.label, "note": row["note"]})
            elif claim := _claim(row, table, out, genes):
                out.claims[claim.id] = claim
                out.where[claim.id] = table.where(row.line)
    if lab:
        out.files[-1 if out.files else 0 :] = [{**entry, **counts} for entry in out.files[-1:]]


def _allowed(action: str, row: Row, table: Table, out: Sources, lab: bool) -> bool:
    """Whether the row's id fits what it wants to do."""
    where, id_ = table.where(row.line, "id"), row["id"]
    if action not in ACTIONS:
        one_of(row, "action", ACTIONS, table, out)
        return False
    if not (_ID if lab else _BUNDLED_ID).fullmatch(id_):
        shape = "letters, a hyphen and a number, such as LAB-000001" if lab else "ACQ- and six digits"
        out.refuse(where, f"{quote(id_)} is no claim id.", "", f"write {shape}.")
        return False
    known = id_ in out.claims
    if action == "add" and lab and known:
        out.refuse(
            where,
            f"the claim {quote(id_)} is there already ({out.where[id_]}).",
            "",
            "give a new id, or write override in the column action.",
        )
        return False
    if action == "add" and lab and id_.startswith("ACQ-"):
        out.refuse(
            where, f"{quote(id_)} is an id of the bundled catalogue.", "", "use a prefix of your own, as LAB-000001."
        )
        return False
    if action != "add" and not known:
        near = nearest(id_, out.claims, 1)
        out.refuse(
            where,
            f"there is no claim {quote(id_)} to {action}.",
            f"{quote(near[0])} was meant" if near else "it was withdrawn from the catalogue",
            "correct the id, or remove the row.",
        )
        return False
    return True


def _claim(row: Row, table: Table, out: Sources, genes: set[str]) -> Claim | None:
    """The claim of a row; None with problems noted where it cannot be one."""
    found = len(out.problems)
    for column, words in (
        ("effect", EFFECTS),
        ("level", LEVELS),
        ("mechanism", MECHANISMS),
        ("citation_status", CITATION),
    ):
        one_of(row, column, words, table, out)
    for column in ("added", "changed"):
        if row[column]:
            dated(row, column, table, out)
    if not row["alteration"]:
        out.refuse(table.where(row.line, "alteration"), "the cell is empty.", "", "say what a clinician calls it.")
    _expressions(row, table, out, genes)
    drug, parts = _drug_of(row, table, out)
    if row["disease"] not in out.diseases:
        near = nearest(row["disease"], out.diseases, 3)
        out.refuse(
            table.where(row.line, "disease"),
            f"the disease {quote(row['disease'])} is not in diseases.tsv.",
            f"{' or '.join(map(quote, near))} was meant" if near else "",
            "write an id of diseases.tsv, or add the disease.",
        )
    counts = [_integer(row, c, table, out) for c in ("evidence_for", "evidence_against")]
    pmids = split_list(row["pmids"])
    for column in ("pmids", "pmids_unverified"):
        for bad in (p for p in split_list(row[column]) if not re.fullmatch(r"[1-9]\d{0,8}", p)):
            out.refuse(table.where(row.line, column), f"{quote(bad)} is no PubMed number.", "", "write digits only.")
    if row["citation_status"] == "confirmed" and not pmids and not any(":" in s for s in split_list(row["sources"])):
        out.refuse(
            table.where(row.line, "citation_status"),
            "the citation is called confirmed, but neither a PubMed number nor a source with an id is given.",
            "",
            "give the number that was seen, or write unverified.",
        )
    if len(out.problems) > found:
        return None
    cells: dict[str, Any] = {column: row[column] for column in COLUMNS["claims"]}
    cells.update(
        drug=drug,
        evidence_for=counts[0],
        evidence_against=counts[1],
        sources=split_list(row["sources"]),
        pmids=pmids,
        pmids_unverified=split_list(row["pmids_unverified"]),
    )
    return Claim(**cells, file=table.label, parts=parts, of_class=any(part in out.classes for part in parts))


def _integer(row: Row, column: str, table: Table, out: Sources) -> int:
    if re.fullmatch(r"\d{0,4}", row[column]):
        return int(row[column] or 0)
    out.refuse(table.where(row.line, column), f"{quote(row[column])} is no count.", "", "write a whole number.")
    return 0


def _expressions(row: Row, table: Table, out: Sources, genes: set[str]) -> None:
    """The match and context cells, and every gene they name."""
    used: dict[str, str] = {row["gene"]: "gene"}
    checks: tuple[tuple[str, Callable[[str], Any]], ...] = (("match", parse_match), ("context", parse_context))
    for column, parse in checks:
        try:
            parsed = parse(row[column])
        except MatchError as error:
            out.refuse(
                table.where(row.line, column), f"{error.what} (in {quote(row[column])}).", "", f"{error.remedy}."
            )
            continue
        matches = [parsed] if column == "match" else [c.match for c in parsed]
        for match in matches:
            for gene in genes_of(match, row["gene"]):
                used.setdefault(gene, column)
            for part in (match, *match.parts):
                if part.form == "region" and part.value not in out.regions.get(part.gene or row["gene"], {}):
                    out.refuse(
                        table.where(row.line, column),
                        f"regions.tsv has no region {quote(part.value)} of {part.gene or row['gene']}.",
                        "",
                        "correct the name, or add the region.",
                    )
    for gene, column in used.items():
        if gene not in genes:
            unknown_gene(table, row, column, gene, genes, out)


def _drug_of(row: Row, table: Table, out: Sources) -> tuple[str, list[str]]:
    """The canonical drug cell and its parts, drugs or classes. Claims must use canonical names."""
    name = row["drug"]
    parts = [name] if name in out.classes else [p.strip() for p in name.split(" + ")]
    for part in parts:
        if part in out.drugs or part in out.classes:
            continue
        meant = out.drug_keys.get(names.drug_key(part))
        if meant:
            out.refuse(
                table.where(row.line, "drug"),
                f"{quote(part)} is not the name that drugs.tsv uses.",
                f"it is a synonym of {quote(meant)}",
                f"write {quote(meant)}.",
            )
        else:
            unknown_drug(table, row, part, out)
    parts = sorted(parts, key=str.casefold)
    return " + ".join(parts), parts
