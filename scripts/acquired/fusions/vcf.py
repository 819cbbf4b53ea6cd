"""Junctions and their support from a structural-variant VCF: Manta, GRIDSS, PURPLE, DELLY, SvABA, DRAGEN SV, LUMPY."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acquired.copynumber.shared import Account, beyond, naming
from acquired.copynumber.vcf import choose_sample
from acquired.errors import InputError
from acquired.fusions.junctions import Junction, of_symbolic, parse_breakend, same
from acquired.fusions.naming import Genes, Named
from acquired.intake.header import Header, read_header
from acquired.intake.lines import read_lines
from acquired.model import Specimen

#: The second record of a junction is used with the first.
_MATE = "the mate of a record that was read"
_SYMBOL_FIELDS = ("SYMBOL", "Gene_Name")


@dataclass
class Record:
    """One record as far as it matters: its junctions, its reads in this specimen, its filters and genes."""

    where: str
    id: str
    mate: str
    junctions: list[Junction]
    support: int | None
    filters: list[str]
    symbol: str


def read_vcf_fusions(
    path: Path, specimen: Specimen, genes: Genes, resources: Path, account: Account
) -> list[tuple[Named, Record]]:
    """What the junctions of a VCF are called, each once (BND mates are paired), with their record.

    Records without a named junction are set aside with the reason. Problems are noted in `account`. Raises InputError
    where the file as a whole cannot be used.
    """
    lines = read_lines(path)
    header = read_header(lines, path.name)
    table = genes.table["vcf"]
    text = "\n".join(header.lines)
    account.format = next((name for pattern, name in table["callers"] if re.search(pattern, text)), "VCF")
    rows = [(n, line.split("\t")) for n, line in enumerate(lines, header.first_record) if line.strip()]
    columns = _columns(header, rows, specimen, table, path.name, account)
    records = list(_records(rows, header, columns, genes, resources, account, path.name))
    symbols = {r.id: r.symbol for r in records}
    found: list[tuple[Named, Record]] = []
    seen: dict[frozenset[str], list[Junction]] = {}
    for record in records:
        names: list[Named] = []
        reasons: list[str] = []
        for junction in record.junctions:
            place = frozenset((junction.one.chrom, junction.two.chrom))
            if any(same(junction, other) for other in seen.get(place, ())):
                reasons.append(_MATE)
                continue
            seen.setdefault(place, []).append(junction)
            named = genes.name(junction, (record.symbol, symbols.get(record.mate, "")))
            reasons.append(named) if isinstance(named, str) else names.append(named)
        # an inversion without orientation has two junctions: the one that makes a fusion is the one that counts
        names = [n for n in names if n.kind == "fusion"] or names[:1]
        found += [(named, record) for named in names]
        if names or (reasons and reasons[0] == _MATE):
            account.kept += 1
        else:
            account.leave(reasons[0] if reasons else "no second place is given", record.where)
    return found


def _columns(
    header: Header, rows: Sequence[tuple[int, list[str]]], specimen: Specimen, table: Mapping[str, Any], where: str,
    account: Account,
) -> tuple[int, int]:  # fmt: skip
    """Places of the specimen's column and of its matched normal (-1: none)."""
    normal = header.samples.index(specimen.normal) if specimen.normal in header.samples else -1
    try:
        return choose_sample(header, specimen.sample, specimen.specimen, where), normal
    except InputError:
        left = [i for i in range(len(header.samples)) if i != normal]
        if len(left) == 1:
            return left[0], normal
        totals = [sum(_support(f, {}, i, table) or 0 for _, f in rows) for i in left]
        best = max(totals, default=0)
        if not best or totals.count(best) > 1:
            raise
        chosen = left[totals.index(best)]
        account.warn(
            f"Which column of {where} is this specimen is a guess: {header.samples[chosen]} has the most supporting "
            f"reads ({best:,}). Name it in the sheet's `sample` column."
        )
        return chosen, normal


def _records(
    rows: Sequence[tuple[int, list[str]]], header: Header, columns: tuple[int, int], genes: Genes, resources: Path,
    account: Account, name: str,
) -> Iterator[Record]:  # fmt: skip
    table, names = genes.table["vcf"], naming(resources)
    for number, fields in rows:
        account.read += 1
        where = f"{name} line {number}"
        if len(fields) < 8 or not fields[1].isdecimal():
            account.refuse(where, "the record is no VCF record.", "the file was cut off", "make it again.")
            continue
        info = dict(part.partition("=")[::2] for part in fields[7].split(";"))
        kind, alt = info.get("SVTYPE", ""), fields[4]
        if alt.startswith("<") and alt.endswith(">"):
            kind = alt[1:-1] if alt[1:-1].split(":")[0] in ("DEL", "DUP", "INV", "TRA") else kind
        found = parse_breakend(fields[0], int(fields[1]), alt)
        junctions = [found] if found else of_symbolic(fields[0], int(fields[1]), kind, info)
        if not junctions:
            account.leave(f"a record of another kind ({kind or 'no SVTYPE'})", where)
            continue
        placed = []
        for j in junctions:
            one, two = names.place(j.one.chrom).chrom, names.place(j.two.chrom).chrom
            if one and two:
                placed.append(Junction(j.one._replace(chrom=one), j.two._replace(chrom=two), j.kind))
        if not placed:
            account.leave("not on chromosomes of the primary assembly", where)
            continue
        if any(beyond(e.chrom, e.pos, genes.reference, where, account) for e in (placed[0].one, placed[0].two)):
            continue
        support, normal = (
            _support(fields, info, i, table) if i >= 0 or k == 0 else None for k, i in enumerate(columns)
        )
        if support == 0 and columns[0] >= 0 and len(header.samples) > 1:
            account.leave("no supporting read in this specimen", where)
            continue
        if normal and support is not None and normal * 5 >= support:
            account.leave("in the matched normal too", where)
            continue
        filters = [] if fields[6] in ("PASS", ".", "") else fields[6].split(";")
        mate = info.get("MATEID") or info.get("PARID", "")
        yield Record(where, fields[2], mate.split(",")[0], placed, support, filters, _symbol(info, header))


def _support(fields: Sequence[str], info: Mapping[str, str], column: int, table: Mapping[str, Any]) -> int | None:
    """Reads that support the record in a column, by the first sum of keys that is there; None if nothing says."""
    own: dict[str, str] = {}
    if column >= 0 and len(fields) > 9 + column:
        own = dict(zip(fields[8].split(":"), fields[9 + column].split(":"), strict=False))
    for values, sums in ((own, table["support"]), (info, table["info_support"] if column < 0 or not own else ())):
        for keys in sums:
            counts = [_count(values.get(key.partition(".")[0], ""), int(key.partition(".")[2] or 0)) for key in keys]
            if all(c is not None for c in counts):
                return sum(c for c in counts if c is not None)
    return None


def _count(text: str, item: int) -> int | None:
    parts = text.split(",")
    if item == 0 and len(parts) == 2:
        item = 1  # reference, alternative
    return int(parts[item]) if item < len(parts) and parts[item].isdecimal() else None


def _symbol(info: Mapping[str, str], header: Header) -> str:
    """The gene that the file's own annotation (VEP's CSQ, SnpEff's ANN) names first; "" without one."""
    if "CSQ" in info and header.csq:
        names = [n.strip() for n in header.csq]
        place = next((names.index(f) for f in _SYMBOL_FIELDS if f in names), -1)
        for entry in info["CSQ"].split(","):
            parts = entry.split("|")
            if 0 <= place < len(parts) and parts[place]:
                return _plain(parts[place])
    if "ANN" in info:
        parts = info["ANN"].split(",")[0].split("|")
        return _plain(parts[3].split("&")[0].split("-")[0]) if len(parts) > 3 else ""
    return ""


def _plain(symbol: str) -> str:
    return symbol if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", symbol) else ""
