"""What FILTER and the sample columns say of an alternative: reads, fraction, genotype. Equal columns are read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from acquired.errors import InputError
from acquired.intake import complaints
from acquired.intake.dialects import Dialect
from acquired.intake.header import Header
from acquired.intake.ledger import Ledger
from acquired.intake.named import Namer
from acquired.intake.phase import genotype
from acquired.intake.readings import Counts, Doubt, Layout, fraction, number

#: Different names in FILTER; each becomes a line of a header.
_MOST_FILTERS = 10_000
_UNKNOWN = Counts(None, None, None, None, ".")
#: What a FILTER name may hold in a header line and in FORMAT/FT (no colon); other characters become "_".
_UNSAFE_IN_FILTER = re.compile(r"[^A-Za-z0-9_.+/%@!?()\[\]{}^~*|&#$-]")
#: Most answers kept for reuse in one layout: enough for a genome, 40 MB.
_KEPT = 50_000


class Read(NamedTuple):
    """What FILTER and a sample's column say of one alternative.

    reason: why there is nothing to store (then the others are empty). filters: as they are written. text: the sample
    column without its strands. key: what the numbers are from. strands: of the reading, else "".
    """

    reason: str
    filters: str
    text: str
    key: str
    strands: str


@dataclass
class Source:
    """One open call file, understood: whose column, which dialect."""

    where: str  # the file's name, for messages
    header: Header
    dialect: Dialect
    column: int  # of the specimen, 0-based; -1: the file has no sample column
    normal: int  # of the matched normal; -1: none
    told: tuple[str, str] = ("", "")  # how the dialect, and how the column, was found
    namer: Namer | None = None  # of files that are no VCF; a VCF's is told by its header


class Samples:
    """Reads the sample columns of one file. `line_number` and `fields` are the record at hand, set by who asks."""

    def __init__(self, source: Source, table: dict[str, Any], ledger: Ledger, filters: set[str]):
        self.source, self.table, self.ledger, self.filters = source, table, ledger, filters
        self.layouts: dict[str, Layout] = {}
        self.filter_cache: dict[str, tuple[str, bool]] = {}
        self.line_number = 0
        self.fields: list[str] = []
        self.reusable = True  # whether what is being read holds wherever the same values stand

    def column(self, column: int, fields: list[str]) -> tuple[Layout, list[str]]:
        """The layout of a record's FORMAT, and a column's values, filled up where trailing ones were left out."""
        text = fields[8] if column >= 0 else ""
        layout = self.layouts.get(text)
        if layout is None:
            layout = self.layouts[text] = Layout(text, self.source.dialect, self.table)
        values = fields[9 + column].split(":") if column >= 0 else []
        if len(values) < layout.width:
            values += ["."] * (layout.width - len(values))
        return layout, values

    def read(self, layout: Layout, values: list[str], ref: str, alt: str, index: int, total: int) -> Read:
        """What FILTER and the specimen's column say of alternative `index` of `total`; from memory, if known."""
        key = (self.fields[6], index, total, layout.telling(values))
        read: Read | None = layout.known.get(key)
        if read is None:
            self.reusable = True
            read = self._read(layout, values, ref, alt, index, total)
            if self.reusable:
                _keep(layout.known, key, read)
        return read

    def _read(self, layout: Layout, values: list[str], ref: str, alt: str, index: int, total: int) -> Read:
        """`read`, worked out.

        Leaves `reusable` false where that took more than `layout.telling`, or where something was noted on the record.
        """
        counts = self._counts(layout, values, ref, alt, index, total, True)
        gt, phase_set = genotype(layout, values, index, self.source.dialect.by_reads, counts.alt)
        filters, no_call = self._filters(self.fields[6], layout, values)
        if no_call:
            gt = "./." if counts.alt is None else "0/0"
        if gt == "./." and counts.alt is None and counts.vaf is None:
            return Read("no call and no reads in this sample", "", "", "", "")
        return Read("", filters, _sample_text(gt, counts, phase_set), counts.key, counts.strands)

    def _counts(
        self, layout: Layout, values: list[str], ref: str, alt: str, index: int, total: int, own: bool
    ) -> Counts:
        """Depth, reads and fraction by the first reading that makes sense. own: not the matched normal's."""
        for number_of, read in enumerate(layout.readings):
            self.reusable = self.reusable and number_of < layout.plain
            try:
                found = read(values, self.fields[7], ref, alt, index, total)
            except Doubt as doubt:
                if own:
                    self._doubt(doubt)
                continue
            if found is not None:
                # Without a read of it a model still gives a fraction: its prior, which contradicts nothing.
                if own and layout.fractions and found.alt and found.depth is not None and "*" not in found.key:
                    self._compare(layout, values, index, total, found)
                return found
        try:
            depth = number(values[layout.dp], "DP") if layout.dp is not None else None
        except Doubt as doubt:
            if own:
                self._doubt(doubt)
            return _UNKNOWN
        return _UNKNOWN if depth is None else Counts(depth, None, None, None, "DP")

    def normal(self, layout: Layout, values: list[str], ref: str, alt: str, index: int, total: int) -> tuple[str, ...]:
        """The matched normal's counts for INFO, from its own column, or from the tumour's where the caller puts them
        there."""
        if self.source.normal < 0:
            try:
                found = layout.normal(values, self.fields[7], ref, alt, index, total) if layout.normal else None
            except Doubt:
                found = None
            return _normal_text(found or _UNKNOWN)
        layout, values = self.column(self.source.normal, self.fields)
        key = (None, index, total, layout.telling(values))
        told: tuple[str, ...] | None = layout.known.get(key)  # beside those of `read`, which have a FILTER
        if told is None:
            self.reusable = True
            told = _normal_text(self._counts(layout, values, ref, alt, index, total, False))
            if self.reusable:
                _keep(layout.known, key, told)
        return told

    def _compare(self, layout: Layout, values: list[str], index: int, total: int, used: Counts) -> None:
        """Notes a fraction of the caller's that differs from the reads by more than its own rounding."""
        for key, at in layout.fractions:
            try:
                other = fraction(values[at], key, index, total)
            except Doubt as doubt:
                self._doubt(doubt)
                continue
            if other is None or used.vaf is None:
                continue
            difference = abs(other - used.vaf)
            if difference > 1e-4 and difference > _rounding(values[at]):
                self.reusable = False
                self.ledger.disagree(
                    complaints.example(self.line_number, self.fields),
                    f"{used.key} {used.vaf:.4g}",
                    f"{key} {other:.4g}",
                )
                return

    def _filters(self, text: str, layout: Layout, values: list[str]) -> tuple[str, bool]:
        """FILTER as the caller has it, each reason once and safe for a header, the sample's own FT joined to it;
        and whether it says that this is no call."""
        if layout.ft is not None and values[layout.ft] not in (".", "", "PASS"):
            text = f"{text};{values[layout.ft].replace(',', ';')}"
        found = self.filter_cache.get(text)
        if found is None:
            names = [_UNSAFE_IN_FILTER.sub("_", name) for name in text.split(";") if name not in ("", ".", "0")]
            names = list(dict.fromkeys(names))
            if len(names) > 1 and "PASS" in names:
                names.remove("PASS")
            self.filters.update(name for name in names if name != "PASS")
            if len(self.filters) > _MOST_FILTERS:
                raise InputError(complaints.too_many_filters(self.source.where, self.line_number, _MOST_FILTERS))
            no_call = not self.source.dialect.not_called.isdisjoint(names)
            found = self.filter_cache[text] = (";".join(names) or ".", no_call)
        return found

    def _doubt(self, doubt: Doubt) -> None:
        self.reusable = False
        self.ledger.doubt(str(doubt), complaints.example(self.line_number, self.fields))


def _rounding(text: str) -> float:
    """One unit of the last digit printed, 0.01 at most: some callers cut instead of rounding, and leave zeros out."""
    digits = text.split(",", 1)[0].rstrip("% ")
    if "e" in digits or "E" in digits:
        return 0.001
    decimals = len(digits.partition(".")[2]) + (2 if "%" in text else 0)
    return float(10.0 ** -max(decimals, 2)) + 1e-9


def _sample_text(gt: str, counts: Counts, phase_set: str) -> str:
    """The sample column without its strands: GT:DP:AD:VAF:KEY:PS."""
    depth, ref, alt, vaf, key, _ = counts
    reads = "." if alt is None else f"{'.' if ref is None else ref},{alt}"
    fields = (gt, "." if depth is None else depth, reads, "." if vaf is None else f"{vaf:.6g}", key, phase_set or ".")
    return ":".join(map(str, fields))


def _normal_text(counts: Counts) -> tuple[str, ...]:
    """What is known of the matched normal, as entries of INFO."""
    told = (("NORMAL_DP", counts.depth), ("NORMAL_AC", counts.alt))
    return tuple(f"{key}={count}" for key, count in told if count is not None)


def _keep(known: dict[Any, Any], key: Any, said: Any) -> None:
    if len(known) >= _KEPT:
        known.clear()
    known[key] = said
