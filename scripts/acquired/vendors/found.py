"""What a reader of a vendor's file hands over: rows with coordinates, and everything that has none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from acquired.errors import Problem, quote

#: Sections of `<specimen>.alterations.json` that are lists of rows.
LISTS = ("copy_number", "fusions", "rearrangements", "splice", "expression", "named", "negatives")
#: Those that say what was looked at: "all", or a list of genes.
LOOKED_AT = ("copy_number_looked_at", "fusions_looked_at")


def empty_alterations() -> dict[str, Any]:
    """The content of an alterations file of a specimen with nothing in it; `status` is ok."""
    return {
        "status": "ok",
        "problems": [],
        **{name: [] for name in LISTS},
        **{name: [] for name in LOOKED_AT},
        "histology": "",
        "warnings": [],
    }


def merge(into: dict[str, Any], other: dict[str, Any]) -> None:
    """Adds the rows of `other` (a part of an alterations file) to `into`; "all" wins over lists of genes."""
    for name in (*LISTS, "warnings"):
        into[name] += other.get(name, [])
    for name in LOOKED_AT:
        both = (into[name], other.get(name, []))
        into[name] = "all" if "all" in both else sorted({*both[0], *both[1]})
    into["histology"] = into["histology"] or other.get("histology", "")


@dataclass(slots=True)
class Row:
    """One alternative of a vendor's table, with coordinates.

    start: 1-based. ref, alt: upper-case bases, either may be empty; with an empty ref the insertion stands between
    start and start + 1, as in a MAF. Both empty: `hgvs_c` on `transcript` says what the change is.
    Numbers are text as a VCF has it ("." unknown); vaf is a fraction.
    """

    line: int
    chrom: str
    start: int
    ref: str
    alt: str
    gene: str = ""
    transcript: str = ""
    hgvs_c: str = ""
    hgvs_p: str = ""
    consequence: str = ""
    called: bool = True
    filters: str = "."
    depth: str = "."
    ref_count: str = "."
    alt_count: str = "."
    vaf: str = "."
    normal: tuple[str, str, str] = (".", ".", ".")  # depth, reference and alternative reads

    def example(self) -> str:
        """The row named shortly, as in messages."""
        change = f"{self.ref or '-'}>{self.alt or '-'}" if self.ref or self.alt else self.hgvs_c
        return clean(f"{self.chrom}:{self.start} {change[:60]}")


@dataclass
class Found:
    """A vendor's file, read.

    where: the file's name. table: name of the table for `caller`. how: how it was told ("sheet", "columns", "content").
    says: what the numbers are from, as printed in KEY: reads over depth, and the fraction. entries: rows of the file.
    other: entries that went into `alterations`. build: what the file (or the vendor) says, and in
    `build_by` who says it ("the column NCBI_Build states").
    """

    where: str
    table: str
    how: str
    sample: str = ""
    sample_source: str = ""
    normal: bool = False
    says: tuple[str, str] = ("reads/depth", "fraction*depth")
    rows: list[Row] = field(default_factory=list)
    alterations: dict[str, Any] = field(default_factory=empty_alterations)
    entries: int = 0
    other: int = 0
    aside: list[tuple[str, str]] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    build: str = ""
    build_by: str = ""

    def keep(self, section: str, row: dict[str, Any]) -> None:
        """One entry of the file that becomes a row of the alterations file."""
        self.alterations[section].append({**row, "source": f"{self.table}, {self.where}"})
        self.other += 1

    def set_aside(self, reason: str, line: int, text: str) -> None:
        """One entry of which nothing is used, with the reason."""
        self.aside.append((reason, clean(f"{text} (line {line})")))

    def doubt(self, what: str, line: int) -> None:
        """A value that was not believed and stays unknown."""
        self.doubts.append((what, f"line {line}"))


def named_row(row: Row) -> dict[str, Any]:
    """A small variant that is known by the vendor's name alone, for the section `named`."""
    passes = row.filters in (".", "PASS")
    return {
        "gene": row.gene,
        "protein": row.hgvs_p,
        "hgvs_c": row.hgvs_c,
        "vaf": None if row.vaf == "." else float(row.vaf),
        "depth": None if row.depth == "." else int(row.depth),
        "status": ("called" if passes else "filtered") if row.called else "not called",
    }


def clean(text: str, limit: int = 120) -> str:
    """A hostile value for an example: printable, at most `limit` characters."""
    return quote(text, limit)[1:-1]
