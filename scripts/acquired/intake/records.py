"""One call file's records to canonical entries: the loop that all records go through, kept lean for whole genomes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acquired.intake import complaints
from acquired.intake.alleles import Bases, agrees, canonical
from acquired.intake.contigs import Naming, Place
from acquired.intake.ledger import ALTERNATIVE, Ledger
from acquired.intake.named import namer
from acquired.intake.readings import Doubt, Layout, info_value, number
from acquired.intake.sample import Read, Samples, Source
from acquired.intake.store import FORMAT, Store

_NO_ALLELE = {"<NON_REF>", "<*>", "<X>", "."}
_SUBSTITUTIONS = {(ref, alt) for ref in "ACGT" for alt in "ACGT" if ref != alt}


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
        self.source, self.bases, self.naming = source, bases, naming
        self.alleles, self.depth, self.ledger = alleles, depth, ledger
        self.samples = Samples(source, table, ledger, filters)
        self.build, self.contigs = bases.genome.build, bases.genome.contigs
        self.name = source.namer or namer(source.header)
        self.foreign_m = source.header.contigs.get("chrM") == naming.table["foreign_mitochondrion"]
        samples = len(source.header.samples)
        self.columns = 9 + samples if samples else 8
        self.sequence = ledger.read
        self.plain_info = not self.name and source.normal < 0  # INFO says no more than whether the place is known
        # The contig of the record before: its name, place and length.
        self.contig: tuple[str, Place, int] = ("", Place("", 0), 0)
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
            fields = line.split("\t")
            columns = len(fields)
            if (columns == self.columns or columns > self.columns == 8) and fields[1].isdecimal():
                if self._usual(fields):
                    continue
                self.line_number, self.fields = line_number, fields
                self.samples.line_number, self.samples.fields = line_number, fields
                self._record(int(fields[1]))
            else:
                problem = complaints.malformed(self.source.where, line_number, fields, self.columns)
                self.ledger.problem("malformed", problem)

    def _usual(self, fields: list[str]) -> bool:
        """Stores a record of the commonest kind; False where it is of another kind, and nothing was done.

        It is a substitution on the contig of the record before, in the window of bases at hand, and its sample column
        says what another has said already. `_record` would do the same, step by step.
        """
        name, text, _, ref, alt = fields[:5]
        if name != self.contig[0] or (ref, alt) not in _SUBSTITUTIONS or not self.plain_info:
            return False
        pos, (_, place, length) = int(text), self.contig
        known = self.bases.held(place.chrom, pos)
        if (known != ref and known != "N") or not 0 < pos <= length:
            return False
        layout, values = self.samples.column(self.source.column, fields)
        read = None if layout.normal else layout.known.get((fields[6], 1, 1, layout.telling(values)))
        if read is None or read.reason:
            return False
        self._store(place, pos, ref, alt, "OUTSIDE" if known == "N" else ".", read, layout, values, 1)
        self.ledger.kept += 1
        self.ledger.outside += known == "N"
        return True

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
        self.contig = name, place, self.contigs[place.chrom]
        layout, values = self.samples.column(self.source.column, self.fields)
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
        read = self.samples.read(layout, values, ref, alt, index, total)
        if read.reason:
            return read.reason
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
            parts += self.samples.normal(layout, values, ref, alt, index, total)
        if self.name and (named := self.name(self.fields[7], ref, alt, index, total)):
            parts.append(f"NAMED={named}")
        self._store(place, at, short_ref, short_alt, ";".join(parts) or ".", read, layout, values, index)
        return ""

    def _store(
        self,
        place: Place,
        pos: int,
        ref: str,
        alt: str,
        info: str,
        read: Read,
        layout: Layout,
        values: list[str],
        index: int,
    ) -> None:
        """Stores an allele in canonical spelling with what was read of it."""
        _, filters, text, key, strands = read
        if not strands:
            strands = (layout.strands(values, index) if layout.strands else "") or "."
        self.ledger.vaf_keys[key] += 1
        self.sequence += 1
        tail = f"{filters}\t{info}\t{FORMAT}\t{text}:{strands}"
        self.alleles.add(place.rank, (pos, ref, alt, self.sequence, tail))

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
