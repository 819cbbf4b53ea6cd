"""What the head of one call file tells: kind, caller, columns, build, names of its contigs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from acquired.errors import InputError, Problem, quote
from acquired.intake import builds, columns, dialects
from acquired.intake.alleles import Genome
from acquired.intake.contigs import Naming
from acquired.intake.header import Header, read_header
from acquired.intake.lines import read_lines
from acquired.intake.specimen import Opener
from acquired.model import Specimen
from acquired.vendors.read import is_table_name
from acquired.vendors.sniff import kind_of

#: So many records are looked at. The run itself reads on where these do not prove the build.
RECORDS = 2000
_HOW = {"sheet": "the sheet", "header": "its header", "keys": "its keys", "none": ""}
_COLUMNS = 8


@dataclass
class Head:
    """kind: VCF or the name of a table. caller, column, build, contigs: each in a clause, with what it rests on.
    proved: the build's name, "" where the head does not tell it."""

    path: str
    kind: str = ""
    caller: str = ""
    column: str = ""
    build: str = ""
    contigs: str = ""
    proved: str = ""
    warnings: list[str] = field(default_factory=list)


class Heads:
    """Reads the heads of call files of one configuration."""

    def __init__(self, resources: Path, genomes: dict[str, Genome], naming: Naming, settings: dict[str, Any]):
        self._resources, self._genomes, self._naming, self._settings = resources, genomes, naming, settings
        self._callers, _ = dialects.read_tables(resources / "dialects")

    def read(self, path: Path, specimen: Specimen, stated: str) -> Head:
        """The head of one call file. stated: the sheet's build. Raises InputError with what is wrong with it."""
        kind = kind_of(path)
        return self._vcf(path, specimen, stated) if kind == "vcf" else self._table(path, specimen, stated)

    def _vcf(self, path: Path, specimen: Specimen, stated: str) -> Head:
        lines = read_lines(path)
        header = read_header(lines, path.name)
        records = list(islice(enumerate(lines, header.first_record), RECORDS))
        named = specimen.caller
        if named and is_table_name(named, self._settings, self._resources / "dialects"):
            named = ""
        dialect, how, warnings = dialects.recognise(header, named, self._callers, len(header.samples) < 2)
        head = Head(path.name, "VCF", warnings=header.warnings + warnings)
        head.caller = f"{dialect.name} by {_HOW[how]}" if _HOW[how] else dialect.name
        problems = list(_misshapen(records, header, path.name))
        try:
            head.column = self._column(header, specimen, dialect, path.name, records, head)
        except InputError as error:
            problems += error.problems
        head.contigs = self._contigs(header, records)
        try:
            head.build = self._build(header, records, stated, path.name, head)
        except InputError as error:
            problems += error.problems
        if problems:
            raise InputError(*problems)
        return head

    def _column(
        self, header: Header, specimen: Specimen, dialect: dialects.Dialect, where: str,
        records: list[tuple[int, str]], head: Head,
    ) -> str:  # fmt: skip
        try:
            chosen = columns.choose(header, specimen, dialect, self._callers, where)
        except InputError:
            found = columns.guess(header, specimen, dialect, self._callers, records)
            if found is None:
                raise
            chosen = found
            head.warnings.append(columns.guessed(header, chosen, where, specimen.specimen))
        at, normal, source = chosen
        if at < 0:
            return source
        beside = f", normal {quote(header.samples[normal], 40)}" if normal >= 0 else ""
        return f"{quote(header.samples[at], 40)} of {len(header.samples)} ({source}){beside}"

    def _build(self, header: Header, records: list[tuple[int, str]], stated: str, where: str, head: Head) -> str:
        evidence = builds.gather(header, iter(records), self._genomes, self._naming, where)
        if not evidence.records:
            head.warnings.append(f"{where} holds no records: nothing was called.")
        elif not evidence.placed:
            shown = ", ".join(evidence.contigs)
            what = f"none of its first {evidence.records:,} records lies on a human chromosome; contigs: {shown}."
            cause = "calls on another genome, or on contigs that were renamed"
            raise InputError(Problem(where, what, cause, "name the contigs chr1 or 1, and so on."))
        try:
            head.proved, sentence = builds.decide(evidence, stated, where)
            return sentence
        except InputError as error:
            disproved = any(tally.differ for tally in evidence.tallies.values())
            if disproved or len(records) < RECORDS:
                raise
            head.warnings.append(f"{error.problems[0].what} The run reads on beyond these {RECORDS:,} records.")
            return f"not told by the first {RECORDS:,} records"

    def _contigs(self, header: Header, records: list[tuple[int, str]]) -> str:
        """How chromosomes are written, and what else there is."""
        names = list(dict.fromkeys([line.split("\t", 1)[0] for _, line in records] or list(header.contigs)))
        placed = [name for name in names if self._naming.place(name).chrom]
        others = len(names) - len(placed)
        ways = {"chr1" if name.startswith("chr") else "NC_" if name.startswith("NC_") else "1" for name in placed}
        told = f"written as {' and '.join(sorted(ways))}" if ways else "on no human chromosome"
        return f"chromosomes {told}{f', and {others} other contigs' if others else ''}"

    def _table(self, path: Path, specimen: Specimen, stated: str) -> Head:
        opener = Opener(
            specimen, self._resources, self._genomes, self._callers, self._naming, stated, self._settings
        )  # fmt: skip
        opened = opener.open(path)
        found = opened.found
        assert found is not None
        how, sample_source = opened.source.told
        sample = f"{quote(found.sample, 40)} ({sample_source})" if found.sample else sample_source
        told = f"{found.entries:,} entries"
        return Head(path.name, found.table, f"told by {how}", sample, opened.evidence, told, opened.build,
                    [*opened.warnings, *found.warnings])  # fmt: skip


def _misshapen(records: list[tuple[int, str]], header: Header, where: str) -> Iterator[Problem]:
    """The first record that does not have the header's columns, or no position."""
    samples = len(header.samples)
    wanted = _COLUMNS + (1 + samples if samples else 0)
    for number, line in records:
        cells = line.rstrip("\n").split("\t")
        if len(cells) < wanted:
            what = f"the record has {len(cells)} columns, the header names {wanted}: {quote(line, 40)}."
            yield Problem(f"{where} line {number}", what, "the line was cut off, or holds blanks for tabs",
                          "write the file again.")  # fmt: skip
            return
        if not cells[1].isdecimal():
            what = f"the position {quote(cells[1])} is no number."
            yield Problem(f"{where} line {number}", what, "columns were shifted", "write the file again.")
            return
