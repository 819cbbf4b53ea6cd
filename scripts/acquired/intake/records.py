"""One call file's records to canonical entries: the loop that all records go through, kept lean for whole genomes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from acquired.errors import InputError
from acquired.intake import complaints
from acquired.intake.alleles import Bases, agrees, canonical
from acquired.intake.contigs import Naming, Place
from acquired.intake.dialects import Dialect
from acquired.intake.header import Header
from acquired.intake.ledger import ALTERNATIVE, Ledger
from acquired.intake.named import Namer, namer
from acquired.intake.phase import genotype
from acquired.intake.readings import Counts, Doubt, Layout, fraction, info_value, number
from acquired.intake.store import Store

_NO_ALLELE = {"<NON_REF>", "<*>", "<X>", "."}
#: Different names in FILTER; each becomes a line of a header.
_MOST_FILTERS = 10_000
_UNKNOWN = Counts(None, None, None, None, ".")
#: What a FILTER name may hold in a header line and in FORMAT/FT (no colon); other characters become "_".
_UNSAFE_IN_FILTER = re.compile(r"[^A-Za-z0-9_.+/%@!?()\[\]{}^~*|&#$-]")


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


class Reader:
    """Takes the records of one file into the stores and the ledger."""

    def __init__(
        self,
        source: Source,
        bases: Bases,
        naming: Naming,
        table: dict[str, Any],
        alleles: Store,
        depth: Store,
        ledger: Ledger,
        filters: set[str],
    ):
        self.source, self.bases, self.naming, self.table = source, bases, naming, table
        self.alleles, self.depth, self.ledger, self.filters = alleles, depth, ledger, filters
        self.build, self.contigs = bases.genome.build, bases.genome.contigs
        self.name = source.namer or namer(source.header)
        self.foreign_m = source.header.contigs.get("chrM") == naming.table["foreign_mitochondrion"]
        self.layouts: dict[str, Layout] = {}
        self.filter_cache: dict[str, tuple[str, bool]] = {}
        samples = len(source.header.samples)
        self.columns = 9 + samples if samples else 8
        self.sequence = ledger.read
        # The record at hand.
        self.line_number = 0
        self.fields: list[str] = []

    def run(self, records: Iterator[tuple[int, str]]) -> None:
        """Reads all records: (line number in the file, line without its end)."""
        for line_number, line in records:
            if not line:
                continue
            if line[0] == "#":
                self._header_again(line_number, line)
                continue
            self.ledger.read += 1
            self.line_number, self.fields = line_number, line.split("\t")
            columns = len(self.fields)
            if (columns == self.columns or columns > self.columns == 8) and self.fields[1].isdecimal():
                self._record(int(self.fields[1]))
            else:
                problem = complaints.malformed(self.source.where, line_number, self.fields, self.columns)
                self.ledger.problem("malformed", problem)

    def _record(self, pos: int) -> None:
        """One record whose columns are in order; pos is 1-based."""
        name, _, _, ref, alts = self.fields[:5]
        place = self.naming.place(name)
        if not place.chrom:
            self._aside("contig is no chromosome of the primary assembly")
            return
        if self.foreign_m and place.chrom == "chrM":
            self._aside("hg19's own mitochondrial sequence, which is not the one of GRCh37")
            return
        if ref.strip("ACGT") or not ref:
            ref = ref.upper()
            if ref.strip("ACGT") or not ref:
                self._odd_reference(ref)
                return
        end = pos + len(ref) - 1
        if pos < 1 or end > self.contigs[place.chrom]:
            self._beyond(pos, place.chrom)
            return
        known = self.bases.get(place.chrom, pos, end)
        if ref != known and known != "N" and agrees(ref, known) is False:
            problem = complaints.contradicts(self.source.where, self.line_number, self.fields, known, self.build)
            self.ledger.problem("contradicts", problem)
            return
        layout, values = self._sample(self.source.column)
        if not alts.strip("ACGT") and alts and alts != ref:
            reason = self._allele(pos, place, ref, alts, known, 1, 1, layout, values)
            if reason:
                self._aside(reason)
            else:
                self.ledger.kept += 1
            return
        listed = alts.replace(self.source.dialect.separator, ",").split(",")
        if all(alt in _NO_ALLELE for alt in listed):
            self._reference_record(pos, place, ref, layout, values)
        else:
            self._alternatives(pos, place, ref, listed, known, layout, values)

    def _alternatives(
        self, pos: int, place: Place, ref: str, listed: list[str], known: str, layout: Layout, values: list[str]
    ) -> None:
        """A record with several alternatives, or one that is not plain upper-case bases."""
        kept, reasons = False, []
        for index, given in enumerate(listed, 1):
            alt = given.upper()
            reason = "the alternative equals REF" if alt == ref else not_an_allele(alt)
            if reason == "malformed":
                problem = complaints.bad_alternative(self.source.where, self.line_number, self.fields, given)
                self.ledger.problem("ALT", problem)
                return
            reason = reason or self._allele(pos, place, ref, alt, known, index, len(listed), layout, values)
            if reason:
                reasons.append(reason)
            else:
                kept = True
        if kept:
            self.ledger.kept += 1
            for reason in reasons:
                self._aside(ALTERNATIVE + reason)
        else:
            self._aside(reasons[0])

    def _allele(
        self,
        pos: int,
        place: Place,
        ref: str,
        alt: str,
        known: str,
        index: int,
        total: int,
        layout: Layout,
        values: list[str],
    ) -> str:
        """Stores alternative `index` of `total`; gives the reason where there is nothing to store."""
        info = self.fields[7]
        counts = self._counts(layout, values, ref, alt, index, total, True)
        gt, phase_set = genotype(layout, values, index, self.source.dialect.by_reads, counts.alt)
        filters, no_call = self._filters(self.fields[6], layout, values)
        if no_call:
            gt = "./." if counts.alt is None else "0/0"
        if gt == "./." and counts.alt is None and counts.vaf is None:
            return "no call and no reads in this sample"
        if len(ref) == 1 == len(alt):
            at, short_ref, short_alt, outside = pos, ref, alt, known == "N"
        else:
            at, short_ref, short_alt, outside = canonical(self.bases, place.chrom, pos, ref, alt)
        parts = []
        if short_alt != alt or at != pos or short_ref != ref:
            parts.append(f"GIVEN={self.fields[0]}:{pos}:{ref}:{alt}")
        if outside:
            parts.append("OUTSIDE")
            self.ledger.outside += 1
        if self.source.normal >= 0 or layout.normal:
            normal = self._normal(layout, values, ref, alt, index, total)
            if normal.depth is not None:
                parts.append(f"NORMAL_DP={normal.depth}")
            if normal.alt is not None:
                parts.append(f"NORMAL_AC={normal.alt}")
        if self.name and (named := self.name(info, ref, alt, index, total)):
            parts.append(f"NAMED={named}")
        strands = counts.strands or (layout.strands(values, index) if layout.strands else "")
        self.ledger.vaf_keys[counts.key] += 1
        self.sequence += 1
        text = _sample_text(gt, counts, phase_set, strands)
        self.alleles.add(place.rank, (at, short_ref, short_alt, self.sequence, filters, ";".join(parts) or ".", text))
        return ""

    def _sample(self, column: int) -> tuple[Layout, list[str]]:
        """The layout of this record's FORMAT, and a column's values, filled up where trailing ones were left out."""
        text = self.fields[8] if column >= 0 else ""
        layout = self.layouts.get(text)
        if layout is None:
            layout = self.layouts[text] = Layout(text, self.source.dialect, self.table)
        values = self.fields[9 + column].split(":") if column >= 0 else []
        if len(values) < layout.width:
            values += ["."] * (layout.width - len(values))
        return layout, values

    def _counts(
        self, layout: Layout, values: list[str], ref: str, alt: str, index: int, total: int, own: bool
    ) -> Counts:
        """Depth, reads and fraction by the first reading that makes sense. own: not the matched normal's."""
        for read in layout.readings:
            try:
                found = read(values, self.fields[7], ref, alt, index, total)
            except Doubt as doubt:
                if own:
                    self.ledger.doubt(str(doubt), self._example())
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
                self.ledger.doubt(str(doubt), self._example())
            return _UNKNOWN
        return _UNKNOWN if depth is None else Counts(depth, None, None, None, "DP")

    def _normal(self, layout: Layout, values: list[str], ref: str, alt: str, index: int, total: int) -> Counts:
        """The matched normal's counts, from its own column, or from the tumour's where the caller puts them there."""
        if self.source.normal >= 0:
            return self._counts(layout, self._sample(self.source.normal)[1], ref, alt, index, total, False)
        try:
            found = layout.normal(values, self.fields[7], ref, alt, index, total) if layout.normal else None
        except Doubt:
            found = None
        return found or _UNKNOWN

    def _compare(self, layout: Layout, values: list[str], index: int, total: int, used: Counts) -> None:
        """Notes a fraction of the caller's that differs from the reads by more than its own rounding."""
        for key, at in layout.fractions:
            text = values[at]
            if total == 1 and used.vaf is not None and len(text) == 5 and text[:2] == "0." and text[2:].isdecimal():
                # Nearly every record: three decimals, compared without more ado (see `_rounding`).
                if abs(float(text) - used.vaf) > 0.001 + 1e-9:
                    self.ledger.disagree(self._example(), f"{used.key} {used.vaf:.4g}", f"{key} {float(text):.4g}")
                    return
                continue
            try:
                other = fraction(values[at], key, index, total)
            except Doubt as doubt:
                self.ledger.doubt(str(doubt), self._example())
                continue
            if other is None or used.vaf is None:
                continue
            difference = abs(other - used.vaf)
            if difference > 1e-4 and difference > _rounding(values[at]):
                self.ledger.disagree(self._example(), f"{used.key} {used.vaf:.4g}", f"{key} {other:.4g}")
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

    def _reference_record(self, pos: int, place: Place, ref: str, layout: Layout, values: list[str]) -> None:
        """A reference block or a site without an alternative: an interval of depth, where the record gives one."""
        info = self.fields[7]
        end_text = info_value(info, "END")
        is_block = end_text.isdecimal() and int(end_text) >= pos and (self.fields[4] != "." or int(end_text) > pos)
        end = int(end_text) if is_block else pos + len(ref) - 1
        kind = "reference block" if is_block else "all-sites record"
        depth = None
        try:
            for at in (layout.min_dp, layout.dp):
                if at is not None and depth is None:
                    depth = number(values[at], "MIN_DP or DP")
            if depth is None and len(self.source.header.samples) <= 1:
                depth = number(info_value(info, "MIN_DP") or info_value(info, "DP"), "DP")
        except Doubt as doubt:
            self.ledger.doubt(str(doubt), self._example())
        if depth is None:
            self._aside("no alternative, and no depth")
            return
        self.ledger.kept += 1
        self.ledger.depth_records += 1
        self.ledger.depth_sources.add(kind)
        self.depth.add(place.rank, (pos - 1, min(end, self.contigs[place.chrom]), depth, kind))

    def _example(self) -> str:
        return complaints.example(self.line_number, self.fields)

    def _aside(self, reason: str) -> None:
        self.ledger.aside(reason, self._example())

    def _odd_reference(self, ref: str) -> None:
        if ref and not ref.strip("ACGTNRYSWKMBDHV"):
            self._aside("REF has a letter other than A, C, G, T")
        else:
            problem = complaints.odd_reference(self.source.where, self.line_number, self.fields)
            self.ledger.problem("REF", problem)

    def _beyond(self, pos: int, chrom: str) -> None:
        length = self.contigs[chrom]
        reason = not_an_allele(self.fields[4].split(",")[0].upper())
        if pos in (0, length + 1) and reason not in ("", "malformed"):
            self._aside("breakend or symbolic allele at a telomere")
            return
        problem = complaints.beyond(self.source.where, self.line_number, self.fields, chrom, length, self.build)
        self.ledger.problem("beyond", problem)

    def _header_again(self, line_number: int, line: str) -> None:
        if line.startswith("#CHROM") and line.split("\t")[9:] != self.source.header.samples:
            self.ledger.problem("header", complaints.second_header(self.source.where, line_number))
        else:
            self.ledger.warnings.append(f"{self.source.where} has header lines among its records.")


def not_an_allele(alt: str) -> str:
    """Why an alternative (upper case) is set aside; "malformed" for what VCF does not know; "" for bases."""
    if alt and not alt.strip("ACGT"):
        return ""
    if alt == "*":
        return "alternative *, a deletion that another record carries"
    if alt in _NO_ALLELE:
        return "alternative <NON_REF> or <*>, which is no allele"
    if alt.startswith("<") and alt.endswith(">"):
        return "symbolic alternative, a structural or copy-number variant"
    if "[" in alt or "]" in alt or (len(alt) > 1 and (alt[0] == "." or alt[-1] == ".")):
        return "breakend, a structural variant"
    if alt and not alt.strip("ACGTNRYSWKMBDHV"):
        return "alternative has a letter other than A, C, G, T"
    return "malformed"


def _rounding(text: str) -> float:
    """One unit of the last digit printed, 0.01 at most: some callers cut instead of rounding, and leave zeros out."""
    digits = text.split(",", 1)[0].rstrip("% ")
    if "e" in digits or "E" in digits:
        return 0.001
    decimals = len(digits.partition(".")[2]) + (2 if "%" in text else 0)
    return float(10.0 ** -max(decimals, 2)) + 1e-9


def _sample_text(gt: str, counts: Counts, phase_set: str, strands: str) -> str:
    """The sample column: GT:DP:AD:VAF:KEY:PS:SB."""
    depth, ref, alt, vaf, key, _ = counts
    if ref is not None and alt is not None and vaf is not None:
        return f"{gt}:{depth}:{ref},{alt}:{vaf:.6g}:{key}:{phase_set or '.'}:{strands or '.'}"
    reads = "." if alt is None else f"{'.' if ref is None else ref},{alt}"
    fields = (gt, "." if depth is None else depth, reads, "." if vaf is None else f"{vaf:.6g}", key)
    return f"{':'.join(map(str, fields))}:{phase_set or '.'}:{strands or '.'}"
