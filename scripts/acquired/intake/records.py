"""One call file's records to canonical entries. The loop every record goes through; kept lean, since a genome has 5 million."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from acquired.errors import Problem, quote
from acquired.intake.alleles import Bases, agrees, canonical
from acquired.intake.contigs import Naming
from acquired.intake.dialects import Dialect
from acquired.intake.header import Header
from acquired.intake.ledger import ALTERNATIVE, Ledger
from acquired.intake.named import namer
from acquired.intake.phase import genotype
from acquired.intake.readings import Counts, Doubt, Layout, fraction, info_value, number
from acquired.intake.store import Store

_NO_ALLELE = {"<NON_REF>", "<*>", "<X>", "."}
_UNKNOWN = Counts(None, None, None, None, ".")
_SAFE_FILTER = re.compile(r"[^A-Za-z0-9_.+:/%@!?()\[\]{}^~*|&#$-]")


@dataclass
class Source:
    """One open call file, understood: whose column, which dialect, which build."""

    where: str
    header: Header
    dialect: Dialect
    column: int  # of the specimen, 0-based; -1: the file has no sample column
    normal: int  # of the matched normal; -1: none
    told: tuple[str, str] = ("", "")  # how the dialect, and how the column, was found


class Reader:
    """Takes records of one file into the stores and the ledger."""

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
        self.contigs = bases.genome.contigs
        self.name = namer(source.header)
        self.foreign_m = source.header.contigs.get("chrM") == naming.table["foreign_mitochondrion"]
        self.layouts: dict[str, Layout] = {}
        self.filter_cache: dict[str, str] = {}
        samples = len(source.header.samples)
        self.columns = 9 + samples if samples else 8
        self.sequence = ledger.read

    def run(self, records: Iterator[tuple[int, str]]) -> None:
        """Reads all records: (line number in the file, line without its end)."""
        for line_number, line in records:
            if not line:
                continue
            if line[0] == "#":
                self._second_header(line_number, line)
                continue
            self.ledger.read += 1
            fields = line.split("\t")
            try:
                pos = int(fields[1])
                good = len(fields) == self.columns or (self.columns == 8 and len(fields) > 8)
            except (ValueError, IndexError):
                good = False
            if not good:
                self._malformed(line_number, fields)
                continue
            self._record(line_number, fields, pos)

    def _record(self, line_number: int, fields: list[str], pos: int) -> None:
        name, ref, alts = fields[0], fields[3], fields[4]
        place = self.naming.place(name)
        if not place.chrom:
            self.ledger.aside("contig is no chromosome of the primary assembly", self._example(line_number, fields))
            return
        if place.chrom == "chrM" and self.foreign_m:
            self.ledger.aside(
                "hg19's own mitochondrial sequence, which is not the one of GRCh37", self._example(line_number, fields)
            )
            return
        if not ref.isupper():
            ref = ref.upper()
        if ref.strip("ACGT") or not ref:
            self._odd_reference(line_number, fields, ref)
            return
        if pos < 1 or pos + len(ref) - 1 > self.contigs[place.chrom]:
            self._beyond(line_number, fields, pos, place.chrom)
            return
        known = self.bases.get(place.chrom, pos, pos + len(ref) - 1)
        if ref != known and agrees(ref, known) is False:
            self._contradicts(line_number, fields, ref, known)
            return
        layout, values = self._sample(fields, self.source.column)
        listed = alts.replace(self.source.dialect.separator, ",").split(",")
        if all(alt in _NO_ALLELE for alt in listed):
            self._reference_record(line_number, fields, pos, place.chrom, place.rank, ref, layout, values)
            return
        kept, reasons = False, []
        for index, alt in enumerate(listed, 1):
            if alt.strip("ACGT") or not alt:
                alt = alt.upper()
                reason = _not_an_allele(alt)
                if reason == "malformed":
                    self._bad_alternative(line_number, fields, alt)
                    return
                if reason:
                    reasons.append(reason)
                    continue
            if alt == ref:
                reasons.append("the alternative equals REF")
                continue
            reason = self._allele(
                line_number, fields, pos, place.chrom, place.rank, ref, alt, index, len(listed), layout, values
            )
            if reason:
                reasons.append(reason)
            else:
                kept = True
        if kept:
            self.ledger.kept += 1
            for reason in reasons:
                self.ledger.aside(ALTERNATIVE + reason, self._example(line_number, fields))
        else:
            self.ledger.aside(reasons[0], self._example(line_number, fields))

    def _allele(
        self,
        line_number: int,
        fields: list[str],
        pos: int,
        chrom: str,
        rank: int,
        ref: str,
        alt: str,
        index: int,
        total: int,
        layout: Layout,
        values: list[str],
    ) -> str:
        """Stores one alternative; gives the reason where there is nothing to store."""
        info = fields[7]
        counts = self._counts(layout, values, info, ref, alt, index, total, line_number, fields)
        gt, phase_set = genotype(layout, values, index, self.source.dialect.by_reads, counts.alt, True)
        filters = self._filters(fields[6], layout, values)
        if self.source.dialect.not_called and not self.source.dialect.not_called.isdisjoint(filters.split(";")):
            gt = "0/0" if counts.alt is not None else "./."
        if gt == "./." and counts.alt is None and counts.vaf is None:
            return "no call and no reads in this sample"
        if len(ref) == 1 == len(alt):
            at, short_ref, short_alt, outside = pos, ref, alt, self.bases.get(chrom, pos, pos) == "N"
        else:
            at, short_ref, short_alt, outside = canonical(self.bases, chrom, pos, ref, alt)
        parts = []
        if at != pos or short_ref != ref or short_alt != alt:
            parts.append(f"GIVEN={fields[0]}:{pos}:{ref}:{alt}")
        if outside:
            parts.append("OUTSIDE")
        if self.source.normal >= 0:
            normal_layout, normal_values = self._sample(fields, self.source.normal)
            normal = self._counts(
                normal_layout, normal_values, info, ref, alt, index, total, line_number, fields, False
            )
            if normal.depth is not None:
                parts.append(f"NORMAL_DP={normal.depth}")
            if normal.alt is not None:
                parts.append(f"NORMAL_AC={normal.alt}")
        if self.name and (named := self.name(info, ref, alt, index, total)):
            parts.append(f"NAMED={named}")
        strands = counts.strands or (layout.strands(values, index) if layout.strands else "")
        self.ledger.vaf_keys[counts.key if counts.key != "." else "unknown"] += 1
        self.ledger.outside += outside
        self.sequence += 1
        self.alleles.add(
            rank,
            (
                at,
                short_ref,
                short_alt,
                self.sequence,
                filters,
                ";".join(parts) or ".",
                _sample_text(gt, counts, phase_set, strands),
            ),
        )
        return ""

    def _sample(self, fields: list[str], column: int) -> tuple[Layout, list[str]]:
        """The layout of this record's FORMAT and the values of a column, filled up where trailing ones were left out."""
        text = fields[8] if column >= 0 else ""
        layout = self.layouts.get(text)
        if layout is None:
            layout = self.layouts[text] = Layout(text, self.source.dialect, self.table)
        values = fields[9 + column].split(":") if column >= 0 else []
        missing = layout.width - len(values)
        if missing > 0:
            values += ["."] * missing
        return layout, values

    def _counts(
        self,
        layout: Layout,
        values: list[str],
        info: str,
        ref: str,
        alt: str,
        index: int,
        total: int,
        line_number: int,
        fields: list[str],
        compare: bool = True,
    ) -> Counts:
        """Depth, reads and fraction by the first reading that makes sense."""
        found = None
        for read in layout.readings:
            try:
                found = read(values, info, ref, alt, index, total)
            except Doubt as doubt:
                if compare:
                    self.ledger.doubt(str(doubt), self._example(line_number, fields))
                continue
            if found is not None and (found.depth is not None or found.vaf is not None):
                break
        else:
            return self._depth_only(layout, values, line_number, fields)
        if compare and found.alt is not None and found.ref is not None and found.vaf is not None:
            self._compare(layout, values, index, total, found, line_number, fields)
        return found

    def _depth_only(self, layout: Layout, values: list[str], line_number: int, fields: list[str]) -> Counts:
        try:
            depth = number(values[layout.dp], "DP") if layout.dp is not None else None
        except Doubt as doubt:
            self.ledger.doubt(str(doubt), self._example(line_number, fields))
            depth = None
        return _UNKNOWN if depth is None else Counts(depth, None, None, None, "DP")

    def _compare(
        self,
        layout: Layout,
        values: list[str],
        index: int,
        total: int,
        used: Counts,
        line_number: int,
        fields: list[str],
    ) -> None:
        """Notes a fraction of the caller's that differs from the reads by more than its own rounding."""
        for key, at in layout.fractions:
            text = values[at]
            try:
                other = fraction(text, key, index, total)
            except Doubt as doubt:
                self.ledger.doubt(str(doubt), self._example(line_number, fields))
                continue
            if other is None or used.vaf is None:
                continue
            if abs(other - used.vaf) > _rounding(text):
                self.ledger.disagree(
                    self._example(line_number, fields), f"{used.key} {used.vaf:.4g}", f"{key} {other:.4g}"
                )
                return

    def _filters(self, text: str, layout: Layout, values: list[str]) -> str:
        """FILTER as the caller has it, each reason once, made safe for a header; the sample's own FT joined to it."""
        if layout.ft is not None and values[layout.ft] not in (".", "", "PASS"):
            text = values[layout.ft].replace(",", ";") if text in ("PASS", ".") else f"{text};{values[layout.ft]}"
        found = self.filter_cache.get(text)
        if found is None:
            names = [
                _SAFE_FILTER.sub("_", name) for name in dict.fromkeys(text.split(";")) if name not in ("", ".", "0")
            ]
            if len(names) > 1 and "PASS" in names:
                names.remove("PASS")
            self.filters.update(name for name in names if name != "PASS")
            found = self.filter_cache[text] = ";".join(names) or "."
        return found

    def _reference_record(
        self,
        line_number: int,
        fields: list[str],
        pos: int,
        chrom: str,
        rank: int,
        ref: str,
        layout: Layout,
        values: list[str],
    ) -> None:
        """A reference block or a site without an alternative: an interval of depth, where the record gives one."""
        info = fields[7]
        end_text = info_value(info, "END")
        end = int(end_text) if end_text.isdigit() and int(end_text) >= pos else pos + len(ref) - 1
        kind = (
            "reference block"
            if (end_text.isdigit() and fields[4] != ".") or end > pos + len(ref) - 1
            else "all-sites record"
        )
        depth = None
        try:
            for at in (layout.min_dp, layout.dp):
                if at is not None and depth is None:
                    depth = number(values[at], "MIN_DP or DP")
            if depth is None and len(self.source.header.samples) <= 1:
                depth = number(info_value(info, "MIN_DP") or info_value(info, "DP"), "DP")
        except Doubt as doubt:
            self.ledger.doubt(str(doubt), self._example(line_number, fields))
        if depth is None:
            self.ledger.aside("no alternative, and no depth", self._example(line_number, fields))
            return
        self.ledger.kept += 1
        self.ledger.depth_records += 1
        self.ledger.depth_sources.add(kind)
        self.depth.add(rank, (pos - 1, min(end, self.contigs[chrom]), depth, kind))

    def _example(self, line_number: int, fields: list[str]) -> str:
        def shown(text: str) -> str:
            clean = "".join(c if c.isprintable() else "?" for c in text[:31])
            return clean[:30] + "…" if len(text) > 30 else clean

        return f"{shown(fields[0])}:{shown(fields[1])} {shown(fields[3])}>{shown(fields[4])} (line {line_number})"

    def _at(self, line_number: int, fields: list[str]) -> str:
        return f"{self.source.where} line {line_number}, {self._example(line_number, fields).rpartition(' (')[0]}"

    def _malformed(self, line_number: int, fields: list[str]) -> None:
        where = f"{self.source.where} line {line_number}"
        if len(fields) > 1 and (len(fields) == self.columns or self.columns == 8) and len(fields) >= 8:
            problem = Problem(
                where,
                f"POS is {quote(fields[1])}, not a whole number.",
                "a damaged or hand-edited line",
                "mend the line.",
            )
        else:
            problem = Problem(
                where,
                f"the line has {len(fields)} columns, the header {self.columns}: {quote(' '.join(fields))}.",
                "blanks instead of tabs, or a line cut off in the middle",
                "make the file again.",
            )
        self.ledger.problem("malformed", problem)

    def _odd_reference(self, line_number: int, fields: list[str], ref: str) -> None:
        if ref and not ref.strip("ACGTNRYSWKMBDHV"):
            self.ledger.aside("REF has a letter other than A, C, G, T", self._example(line_number, fields))
        else:
            self.ledger.problem(
                "REF",
                Problem(
                    self._at(line_number, fields),
                    f"REF is {quote(ref)}, which is no sequence of bases.",
                    "a table converted to VCF without the base before an indel",
                    "write REF as VCF asks.",
                ),
            )

    def _bad_alternative(self, line_number: int, fields: list[str], alt: str) -> None:
        self.ledger.problem(
            "ALT",
            Problem(
                self._at(line_number, fields),
                f"ALT holds {quote(alt)}, which is no allele of the VCF format.",
                "a table converted to VCF, or a damaged line",
                "write ALT as VCF asks.",
            ),
        )

    def _beyond(self, line_number: int, fields: list[str], pos: int, chrom: str) -> None:
        if pos in (0, self.contigs[chrom] + 1) and _not_an_allele(fields[4].split(",")[0]) not in ("", "malformed"):
            self.ledger.aside("breakend or symbolic allele at a telomere", self._example(line_number, fields))
            return
        length = self.contigs[chrom]
        self.ledger.problem(
            "beyond",
            Problem(
                self._at(line_number, fields),
                f"position {pos} does not lie on {chrom} of {self.bases.genome.build} (1 to {length:,}).",
                "calls on another assembly, or a damaged line",
                "name the right build, or mend the line.",
            ),
        )

    def _contradicts(self, line_number: int, fields: list[str], ref: str, known: str) -> None:
        self.ledger.problem(
            "contradicts",
            Problem(
                self._at(line_number, fields),
                f"REF is {quote(ref, 30)}, but {self.bases.genome.build} has {quote(known, 30)} there.",
                "an edited or damaged record, a position shifted by one, or calls on another assembly",
                "mend or remove the record.",
            ),
        )

    def _second_header(self, line_number: int, line: str) -> None:
        if line.startswith("#CHROM") and line.split("\t")[9:] != self.source.header.samples:
            self.ledger.problem(
                "header",
                Problem(
                    f"{self.source.where} line {line_number}",
                    "a second header with other sample columns begins here.",
                    "files were glued together with cat",
                    "join them with bcftools concat or merge, or list them one by one in `variants`.",
                ),
            )
        else:
            self.ledger.warnings.append(
                f"{self.source.where} has header lines among its records (first: line {line_number})."
            )


def _not_an_allele(alt: str) -> str:
    """Why an alternative (upper case) is no sequence: the reason it is set aside, "malformed", or "" where it is one."""
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
    """Half a unit of the last digit printed, and a hair."""
    first = text.split(",", 1)[0].strip()
    per_cent = first.endswith("%")
    digits = first.rstrip("% ")
    if "e" in digits or "E" in digits:
        return 0.001
    decimals = len(digits.partition(".")[2])
    # Callers leave out trailing zeros and some cut instead of rounding, so a whole unit of at most the fourth digit is allowed.
    return (10.0 ** -max(decimals, 2) if decimals < 4 else 1e-4) * (0.01 if per_cent and decimals < 4 else 1) + 1e-9


def _sample_text(gt: str, counts: Counts, phase_set: str, strands: str) -> str:
    depth, ref, alt, vaf, key = counts[:5]
    if alt is None:
        reads = "."
    else:
        reads = f"{'.' if ref is None else ref},{alt}"
    return (
        f"{gt}:{'.' if depth is None else depth}:{reads}:{'.' if vaf is None else f'{vaf:.6g}'}:{key}"
        f":{phase_set or '.'}:{strands or '.'}"
    )
