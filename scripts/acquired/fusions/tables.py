"""Fusions and splice forms from tables: Arriba, STAR-Fusion, FusionCatcher, and vendors' own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from acquired.copynumber.shared import Account, Symbols, beyond, fold, load_table, naming, number
from acquired.errors import InputError, Problem, quote
from acquired.fusions.junctions import LEFT, RIGHT, End
from acquired.fusions.naming import Genes, Named, exons_in_order, frame_of, split_name
from acquired.reference import Transcript
from acquired.tables import Row, Table

_BREAKPOINT = re.compile(r"(?P<chrom>[A-Za-z0-9_.]+):(?P<pos>[\d,]+)(?::[-+.])?(?:\([-+]\))?\Z")


class Told(NamedTuple):
    """One row: what it is called, breakpoints as chrom:pos, reads, whether it passes and why not."""

    named: Named
    breakpoints: list[str]
    support: int | None
    filters: list[str]
    where: str


def read_table_fusions(path: Path, genes: Genes, resources: Path, account: Account) -> list[Told]:
    """The rows of a table of fusions or splice forms. Rows that name no fusion are set aside with the reason.

    Problems of rows are noted in `account`. Raises InputError where the table as a whole is not understood.
    """
    table = load_table(path, account)
    given = {column.casefold(): column for column in table.columns}
    rows = genes.table["tables"]
    dialect = next((r for r in rows if all(c.casefold() in given for c in r["columns"])), None)
    dialect = dict(dialect) if dialect else _vendor(table, genes.table["vendor"], path)
    account.format = dialect["name"]
    reader = _Reader(dialect, genes, Symbols(resources, genes.known), resources, account)
    account.read = len(table.rows)
    found = []
    for row in table.rows:
        noted = len(account.problems)
        told = reader.row(row, table.where(row.line))
        if isinstance(told, Told) and told.support == 0:
            told = "no supporting read"
        if isinstance(told, Told):
            found.append(told)
            account.kept += 1
        elif len(account.problems) == noted:
            account.leave(told, table.where(row.line))
    return found


def _vendor(table: Table, spellings: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """A dialect for a vendor's own spelling. Raises InputError where the table names neither genes nor a fusion."""
    folded = {fold(column): column for column in table.columns}
    dialect: dict[str, Any] = {"name": spellings["name"], "filtered": spellings["filtered"]}
    for key in ("fusion", "five", "three", "five_at", "three_at", "support", "frame", "filter", "gene", "event"):
        if column := next((folded[s] for s in spellings[key] if s in folded), ""):
            dialect[key] = [column] if key == "support" else column
    if "fusion" in dialect or ("five" in dialect and "three" in dialect) or ("gene" in dialect and "event" in dialect):
        return dialect
    raise InputError(
        Problem(
            f"{path.name} row {table.header_line}",
            f"its columns ({quote(', '.join(table.columns), 200)}) are of no fusion file that is known.",
            "a file of another kind, or a header that was cut off",
            "give a VCF, a table of Arriba, STAR-Fusion or FusionCatcher, or one with the columns gene1 and gene2 "
            "(5' gene first), or fusion, or gene and event; breakpoint1, breakpoint2 and reads where they are known.",
        )
    )


class _Reader:
    """Rows of one table, one after the other."""

    def __init__(
        self, dialect: Mapping[str, Any], genes: Genes, symbols: Symbols, resources: Path, account: Account
    ):  # fmt: skip
        self.dialect, self.genes, self.symbols = dialect, genes, symbols
        self.naming, self.account = naming(resources), account

    def _cell(self, row: Row, key: str) -> str:
        return row[self.dialect[key]] if key in self.dialect else ""

    def row(self, row: Row, where: str) -> Told | str:
        """The row, or why it says nothing."""
        event = self._cell(row, "event")
        pair = self._pair(row, where)
        if pair is None and event and self._cell(row, "gene"):
            return self._event(row, event, where)
        if pair is None:
            return "no pair of genes"
        resolved = [self.symbols.resolve(g, where, self.account) for g in pair]
        if not all(resolved):
            return "no gene symbol"
        places = [self._place(self._cell(row, key), where) for key in ("five_at", "three_at")]
        known = [p for p in places if p]
        named = self._named((resolved[0], resolved[1]), places, row)
        if isinstance(named, str):
            return named
        return Told(named, [f"{c}:{p}" for c, p in known], self._reads(row, where), self._filters(row), where)

    def _pair(self, row: Row, where: str) -> tuple[str, str] | None:
        if self._cell(row, "five") and self._cell(row, "three"):
            # STAR-Fusion has EML4^ENSG00000143924; Arriba names the genes around an intergenic breakpoint A(123),B(456)
            five, three = (re.split(r"[\^(,]", self._cell(row, key))[0].strip() for key in ("five", "three"))
            return (five, three) if five and three and "." not in (five, three) else None
        return split_name(self._cell(row, "fusion"), self.genes.known) if self._cell(row, "fusion") else None

    def _place(self, text: str, where: str) -> tuple[str, int] | None:
        """A breakpoint on a chromosome of the build; None for an empty cell. A wrong one is noted as a problem."""
        if text in ("", ".", "NA"):
            return None
        match = _BREAKPOINT.match(text)
        chrom = self.naming.place(match["chrom"]).chrom if match else ""
        if not match or not chrom:
            self.account.refuse(where, f"the breakpoint {quote(text)} is no place.", "", "write it as chr2:42301394.")
            return None
        pos = int(match["pos"].replace(",", ""))
        return None if beyond(chrom, pos, self.genes.reference, where, self.account) else (chrom, pos)

    def _named(self, pair: tuple[str, str], places: list[tuple[str, int] | None], row: Row) -> Named | str:
        frame = self._frame(self._cell(row, "frame"))
        if pair[0] == pair[1]:
            return self._within(pair[0], places)
        five, three = (self.genes.transcript(g) for g in pair)
        detail = ""
        if five and three and places[0] and places[1] and self._fits(five, places[0]) and self._fits(three, places[1]):
            own = self._borders(five, places[0][1], three, places[1][1])
            frame, detail = frame or own.frame, own.detail
        return Named("fusion", pair, "::".join(pair), frame, detail)

    def _borders(self, five: Transcript, five_at: int, three: Transcript, three_at: int) -> Named:
        sides = [LEFT if t.strand == "+" else RIGHT for t in (five, three)]
        one = End(five.chrom, five_at, sides[0])
        two = End(three.chrom, three_at, RIGHT if sides[1] == LEFT else LEFT)
        named = self.genes.fusion(five, one, three, two)
        return named if named.frame else Named(named.kind, named.genes, named.name,
                                               frame_of(five, five_at, three, three_at), named.detail)  # fmt: skip

    @staticmethod
    def _fits(transcript: Transcript, place: tuple[str, int]) -> bool:
        return transcript.chrom == place[0] and transcript.start <= place[1] <= transcript.end

    def _within(self, gene: str, places: list[tuple[str, int] | None]) -> Named | str:
        """Exons left out or doubled, from the exons whose borders an RNA junction joins."""
        transcript = self.genes.transcript(gene)
        if transcript is None or not places[0] or not places[1]:
            return "a junction within one gene whose exons are not known"
        numbers = []
        for place in places:
            hit = [n for n, (a, b) in exons_in_order(transcript) if place and a <= place[1] <= b]
            if not hit:
                return "a junction within one gene that does not join exons"
            numbers.append(hit[0])
        five, three = numbers
        if three > five + 1:
            return self.genes.exons(transcript, "deletion", five + 1, three - 1)
        if three <= five:
            return self.genes.exons(transcript, "duplication", three, five)
        return "exons joined as they are in the gene"

    def _event(self, row: Row, event: str, where: str) -> Told | str:
        """A splice form by its name."""
        gene = self.symbols.resolve(self._cell(row, "gene"), where, self.account)
        if not gene:
            return "no gene symbol"
        name = splice_name(gene, event, self.genes.table)
        if not name:
            return f"the event {quote(event)} is not known"
        places = [self._place(self._cell(row, key), where) for key in ("five_at", "three_at")]
        named = Named("deletion", (gene,), name)
        return Told(named, [f"{p[0]}:{p[1]}" for p in places if p], self._reads(row, where), self._filters(row), where)

    def _reads(self, row: Row, where: str) -> int | None:
        columns = self.dialect.get("support", [])
        values = [number(row[c], f"{where}, column {c}", "number of reads", self.account) for c in columns]
        known = [v for v in values if v is not None]
        return int(sum(known)) if known else None

    def _frame(self, text: str) -> str:
        word = re.sub(r"\s+", " ", text.strip()).casefold()
        return next((frame for frame, words in self.genes.table["frames"].items() if word in words), "")

    def _filters(self, row: Row) -> list[str]:
        word = self._cell(row, "filter").strip()
        filtered = {str(f).casefold() for f in self.dialect.get("filtered", ())}
        return [word] if word.casefold() in filtered else []


def splice_name(gene: str, text: str, table: Mapping[str, Any]) -> str:
    """The catalogue's name of a splice form as a table writes it (AR-V7, EGFRvIII, exon 14 skipping); "" if unknown."""
    plain = re.sub(r"[\s_.\-]+", "", text).casefold()
    for row in table["splice_names"]:
        if row["gene"] == gene and re.fullmatch(str(row["pattern"]), plain):
            return str(row["name"])
    if m := re.fullmatch(
        r"(?:" + re.escape(gene.casefold()) + r")?ex(?:on)?s?(\d+)(?:-?(\d+))?(?:skipping|skip|del(?:etion)?)", plain
    ):
        return f"exon {m[1]} skipping" if not m[2] else f"exon {m[1]}-{m[2]} skipping"
    return ""
