"""Rows of a table by the roles of its columns: the one reader behind every vendor's table and the config's mappings."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from typing import Any

from acquired.errors import Problem, quote
from acquired.intake.readings import Doubt
from acquired.tables import Row as Cells
from acquired.vendors.found import Found, Row, named_row
from acquired.vendors.numbers import amount, count, share
from acquired.vendors.rows import bare_p, copy_row, copy_state, fusion_row, splice_name, split_c, split_pair
from acquired.vendors.symbols import Symbols

_BASES = re.compile(r"[ACGTN]*\Z")
_LOCUS = re.compile(r"(?P<chrom>[^:\s]+):(?:g\.)?(?P<start>\d+)(?:[-_]\d+)?")


def fold(name: str) -> str:
    """A column's name compared without case and punctuation."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


class Mapping:
    """Which column of one table has which role. roles: for each role the names it may have, best first."""

    def __init__(self, roles: dict[str, list[str]], columns: Iterable[str], nothing: set[str]):
        names: dict[str, str] = {}
        for column in columns:
            names.setdefault(fold(column), column)
        exact = set(columns)
        self.columns = {
            role: next((c if c in exact else names[fold(c)] for c in wanted if fold(c) in names), "")
            for role, wanted in roles.items()
        }
        self._nothing = nothing

    def has(self, role: str) -> bool:
        """Whether the table has a column of this role."""
        return bool(self.columns.get(role))

    def raw(self, cells: Cells, role: str) -> str:
        """The cell as it is."""
        column = self.columns.get(role)
        return cells[column] if column else ""

    def get(self, cells: Cells, role: str) -> str:
        """The cell, "" where it says nothing (NA, a dash and the like)."""
        text = self.raw(cells, role)
        return "" if text.casefold() in self._nothing else text

    def says(self, *roles: str) -> str:
        """The first of these columns the table has, as printed in KEY; blanks and marks become `_`."""
        found = next((self.columns[role] for role in roles if self.has(role)), "")
        return re.sub(r"[^A-Za-z0-9_.()-]+", "_", found).strip("_")


class Reader:
    """Takes the rows of one table (or one section of a file) into a `Found`."""

    def __init__(
        self, spec: dict[str, Any], tables: dict[str, Any], columns: Iterable[str], found: Found, genes: Symbols
    ):
        self.spec, self.tables, self.found, self.genes = spec, tables, found, genes
        self.map = Mapping(spec["columns"], columns, set(tables["nothing"]))
        self.no_bases = set(tables["no_bases"])
        if any(self.map.has(role) for role in ("normal_depth", "normal_ref_count", "normal_alt_count")):
            found.normal = True

    def run(self, rows: Iterable[Cells]) -> None:
        """All rows."""
        take: dict[str, Callable[[Cells], None]] = {
            "small": self._small,
            "copy_number": self._copy_number,
            "fusion": self._fusion,
            "splice": self._splice,
            "rearrangement": self._rearrangement,
            "none": self._none,
            "unknown": self._unknown,
        }
        for cells in rows:
            self.found.entries += 1
            take[self._kind(cells)](cells)

    def _kind(self, cells: Cells) -> str:
        holds = str(self.spec["holds"])
        if holds != "mixed":
            return holds
        written = self.map.get(cells, "kind")
        kind = self.tables["kinds"].get(written.casefold(), "") if written else "small"
        if not kind:
            return "unknown"
        return str(kind)

    def _none(self, cells: Cells) -> None:
        self.found.set_aside("a row that is no alteration (MSI, TMB)", cells.line, self.map.get(cells, "gene") or "row")

    def _unknown(self, cells: Cells) -> None:
        written = quote(self.map.get(cells, "kind"), 30)
        self.found.set_aside(f"a kind of row that is not known: {written}", cells.line, self.map.get(cells, "gene"))

    def _gene(self, cells: Cells, role: str = "gene") -> str:
        written = self.map.get(cells, role)
        return self.genes.current(written) if written else ""

    def _called(self, cells: Cells) -> bool:
        """Whether the vendor calls the row: True where the table has no such column, or the cell says nothing.

        A word that is not known is a problem: to take it for a call would be a guess.
        """
        said = self.map.get(cells, "call").casefold()
        own = [str(word).casefold() for word in self.spec.get("not_called", ())]
        if said in own or said in self.tables["not_called"]:
            return False
        if said and not own and said not in self.tables["called"] and not said.isdecimal():
            column = self.map.columns["call"]
            self.found.problems.append(
                Problem(
                    f"{self.found.where} row {cells.line}, column {column}",
                    f"{quote(said, 30)} is neither a word for a call nor for none.",
                    "a language or code that is not known",
                    "name the words for no call in the config: `not_called` of the table under `tables:`.",
                )
            )
        return self.map.get(cells, "status").casefold() not in self.tables["not_called"]

    def _number(self, cells: Cells, role: str, read: Callable[[str, str], Any], nothing: Any) -> Any:
        """A cell as a number; `nothing`, with a doubt noted, for what cannot be one."""
        text = self.map.get(cells, role)
        try:
            return read(text, self.map.columns.get(role, role)) if text else nothing
        except Doubt as doubt:
            self.found.doubt(str(doubt), cells.line)
            return nothing

    # -- small variants ---------------------------------------------------------------------------

    def _small(self, cells: Cells) -> None:
        get = self.map.get
        chrom, start = get(cells, "chrom"), get(cells, "start")
        if not start and (place := _LOCUS.match(get(cells, "locus"))):
            chrom, start = place["chrom"], place["start"]
        transcript, hgvs_c = split_c(get(cells, "hgvs_c"))
        row = Row(cells.line, chrom, 0, "", "", self._gene(cells), get(cells, "transcript") or transcript, hgvs_c)
        row.hgvs_p = bare_p(get(cells, "hgvs_p"))
        row.consequence = self._consequence(get(cells, "consequence"))
        row.called = self._called(cells)
        row.filters = "PASS" if self.spec.get("passes") else self._filters(cells)
        self._counts(cells, row)
        alleles = self._alleles(cells)
        if alleles is None:
            return
        if chrom and start and alleles:
            self._placed(cells, row, start, *alleles)
        elif row.gene and (row.hgvs_p or row.hgvs_c):
            self._named(row)
        else:
            self.found.set_aside(
                "a row without coordinates that names no gene and change", cells.line, get(cells, "gene") or "row"
            )

    def _placed(self, cells: Cells, row: Row, start: str, ref: str, alts: list[str]) -> None:
        number = start.removesuffix(".0")
        if not number.isdecimal() or not 0 < int(number) < 2**31:
            self.found.problems.append(
                Problem(
                    f"{self.found.where} row {cells.line}",
                    f"the position is {quote(start)}, not a whole number.",
                    "a thousands separator, a number in scientific notation, or a damaged cell",
                    "write the position in figures.",
                )
            )
            return
        row.start, row.ref, row.alt = int(number), ref, alts[0]
        if ref == row.alt:
            self.found.set_aside("the alternative equals the reference allele", cells.line, row.example())
            return
        if not row.called and row.alt_count == "." and row.vaf == ".":
            self.found.set_aside("the vendor does not call it, and gives no reads", cells.line, row.example())
            return
        self.found.rows.append(row)
        for alt in alts[1:]:  # a second alternative: its reads are not given
            self.found.entries += 1
            self.found.rows.append(
                Row(row.line, row.chrom, row.start, ref, alt, row.gene, called=row.called, filters=row.filters)
            )

    def _named(self, row: Row) -> None:
        if not row.called:
            self.found.set_aside("the vendor does not call it", row.line, f"{row.gene} {row.hgvs_p or row.hgvs_c}")
            return
        self.found.keep("named", named_row(row))

    def _alleles(self, cells: Cells) -> tuple[str, list[str]] | tuple[()] | None:
        """Reference allele and alternatives; () where there is none, None (and a problem) where they are no bases."""
        change = self.map.get(cells, "change")
        if change:
            ref, arrow, alt = change.partition(">")
            alts = [alt] if arrow else []
        else:
            if not self.map.has("alt") or not (self.map.raw(cells, "ref") or self.map.raw(cells, "alt")):
                return ()
            ref, alts = self.map.raw(cells, "ref"), [self.map.raw(cells, "alt")]
            other = self.map.raw(cells, "alt1")
            if other and self._bases(other) != self._bases(ref):
                # The first allele of a MAF is usually the reference; else it is the call, or one of two.
                alts = [other] if self._bases(alts[0]) == self._bases(ref) else list(dict.fromkeys([*alts, other]))
        if not alts:
            return ()
        bases = [self._bases(text) for text in (ref, *alts)]
        bad = [text for text, read in zip((ref, *alts), bases, strict=True) if not _BASES.match(read)]
        if bad:
            self.found.problems.append(
                Problem(
                    f"{self.found.where} row {cells.line}",
                    f"the allele {quote(bad[0])} is no sequence of bases.",
                    "columns that were shifted, or a length in place of the bases",
                    "give the bases, or `-` for none.",
                )
            )
            return None
        if bases[0] == bases[1] == "":
            return ()
        return bases[0], bases[1:]

    def _bases(self, text: str) -> str:
        return "" if text in self.no_bases else text.upper()

    def _counts(self, cells: Cells, row: Row) -> None:
        row.depth = self._number(cells, "depth", count, ".")
        row.ref_count = self._number(cells, "ref_count", count, ".")
        row.alt_count = self._number(cells, "alt_count", count, ".")
        row.vaf = self._number(cells, "vaf", share, ".")
        if row.vaf == ".":
            row.vaf = self._number(cells, "vaf_percent", lambda text, what: share(text, what, True), ".")
        row.normal = (
            self._number(cells, "normal_depth", count, "."),
            self._number(cells, "normal_ref_count", count, "."),
            self._number(cells, "normal_alt_count", count, "."),
        )

    def _consequence(self, written: str) -> str:
        known: dict[str, str] = self.tables["consequences"]
        term = written if re.fullmatch(r"[A-Za-z0-9_]+(&[A-Za-z0-9_]+)*", written) else ""
        return known.get(written.casefold(), term)

    def _filters(self, cells: Cells) -> str:
        names = [re.sub(r"[^A-Za-z0-9_.+-]+", "_", name) for name in re.split("[;,]", self.map.get(cells, "filter"))]
        if self.map.get(cells, "status").casefold() == "germline":
            names.append("germline")
        return ";".join(name for name in dict.fromkeys(names) if name) or "."

    # -- everything else --------------------------------------------------------------------------

    def _copy_number(self, cells: Cells) -> None:
        gene = self._gene(cells)
        copies = self._number(cells, "copy_number", amount, None)
        change = self._number(cells, "fold_change", amount, None)
        called = self._called(cells)
        if not gene:
            shown = self.map.raw(cells, "gene")
            self.found.set_aside("a copy-number row without a gene that is known", cells.line, shown)
            return
        written = self.map.get(cells, "copy_state")
        state = self.tables["copy_states"].get(written.casefold(), "") or str(self.spec.get("state", ""))
        if written and not state:
            self.found.warnings.append(f"The copy-number state {quote(written, 30)} of {gene} is not known.")
        state = copy_state(state, copies, change, called)
        if self.spec.get("looked_at") == "listed":
            self.found.alterations["copy_number_looked_at"].append(gene)
        if not state:
            self.found.set_aside("a copy-number row that says neither number nor direction", cells.line, gene)
            return
        log2 = math.log2(change) if change else None
        self.found.keep("copy_number", copy_row(gene, copies, log2, state, self.map.get(cells, "chrom")))

    def _fusion(self, cells: Cells) -> None:
        pair = self.map.get(cells, "gene_pair")
        apart = (self.map.get(cells, "gene_a"), self.map.get(cells, "gene_b"), "")
        written = split_pair(pair, self.genes) if pair else apart
        genes = [self.genes.current(name) if name else "" for name in written[:2]]
        ordered = written[2] != "unknown" and self.spec.get("order") != "unknown"
        downstream = self.map.get(cells, "downstream").upper()
        if downstream in ("A", "B"):  # the 3' partner
            genes = genes[::-1] if downstream == "A" else genes
        elif "downstream" in self.spec["columns"]:
            ordered = False
        places = [self._breakpoint(cells, side) for side in ("a", "b")]
        if downstream == "A":
            places.reverse()
        name = "::".join(gene or "?" for gene in genes)
        if not self._called(cells):
            self.found.set_aside("the vendor does not call this fusion", cells.line, name)
        elif not any(genes):
            self.found.set_aside("a fusion without a gene", cells.line, "fusion")
        else:
            support = self._number(cells, "support", count, ".")
            row = fusion_row(genes, [p for p in places if p], support, self.map.get(cells, "frame"), ordered)
            self.found.keep("fusions", {**row, **({"given": pair} if pair else {})})

    def _breakpoint(self, cells: Cells, side: str) -> str:
        given = self.map.get(cells, f"breakpoint_{side}")
        chrom, pos = self.map.get(cells, f"chrom_{side}"), self.map.get(cells, f"pos_{side}")
        return given or (f"{chrom}:{pos}" if chrom and pos else "")

    def _splice(self, cells: Cells) -> None:
        gene, exons = self._gene(cells), self.map.get(cells, "exons").partition("/")[0]
        places = [self._breakpoint(cells, side) for side in ("a", "b")]
        name = self.map.get(cells, "name") or splice_name(gene, exons, places, self.tables["splice_names"])
        if not gene or not self._called(cells):
            self.found.set_aside("a splice row without a gene, or not called", cells.line, gene or "row")
            return
        support = self._number(cells, "support", count, ".")
        row = {"gene": gene, "name": name, "support": None if support == "." else int(support)}
        self.found.keep("splice", {**row, "breakpoints": [place for place in places if place]})

    def _rearrangement(self, cells: Cells) -> None:
        gene = self._gene(cells)
        said = [self.map.get(cells, role) for role in ("exons", "copy_state", "fold_change")]
        if not gene or not any(said):
            self.found.set_aside("a gene that is listed without an alteration", cells.line, gene or "row")
            return
        text = f"exons {said[0]}" if said[0] else ""
        row = {"gene": gene, "type": said[1], "description": text, "breakpoints": []}
        self.found.keep("rearrangements", row)
