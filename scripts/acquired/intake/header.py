"""The header of a VCF: what it declares, in the few facts that intake needs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from acquired.errors import InputError, Problem, quote

_ID = re.compile(r"^##(FILTER|INFO|FORMAT|contig|ALT)=<ID=([^,>]+)")
_LENGTH = re.compile(r"\blength=(\d+)")
_FORMAT_LIST = re.compile(r"Format: *\"?'?([^\"'>]+)")
#: A human assembly has 3,400 contigs with all decoys and HLA sequences.
_MOST_LINES = 200_000
_MOST_BYTES = 8 * 2**20
_MOST_SAMPLES = 100_000
COLUMNS = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]


@dataclass
class Header:
    """What a VCF header says.

    lines: the `##` lines; samples: names of the sample columns; contigs: declared length by name (0: none);
    formats, infos, filters: declared keys; csq: names of the CSQ sub-fields (VEP), in order;
    first_record: number of the line after the column line (1-based).
    """

    lines: list[str] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)
    contigs: dict[str, int] = field(default_factory=dict)
    formats: set[str] = field(default_factory=set)
    infos: set[str] = field(default_factory=set)
    filters: set[str] = field(default_factory=set)
    csq: list[str] = field(default_factory=list)
    first_record: int = 1
    warnings: list[str] = field(default_factory=list)


def read_header(lines: Iterator[str], where: str) -> Header:
    """Takes the header off `lines`, up to and with the `#CHROM` line. `where` names the file in messages.

    Raises InputError where there is no column line, or its columns are not a VCF's.
    """
    header = Header()
    size = 0
    for number, raw in enumerate(lines, 1):
        size += len(raw) if raw.startswith("##") else 0
        if number > _MOST_LINES or size > _MOST_BYTES:
            raise InputError(
                Problem(
                    where,
                    f"the header has more than {_MOST_LINES:,} lines or {_MOST_BYTES >> 20} MB.",
                    "it was made to exhaust the machine, or is damaged",
                    "give the caller's own file.",
                )
            )
        line = _decode(raw, header)
        if number == 1:
            line = line.removeprefix("\ufeff")
        if line.startswith("##"):
            header.lines.append(line)
            _declare(header, line)
            continue
        if line.startswith("#CHROM"):
            _columns(header, line, f"{where} line {number}")
            header.first_record = number + 1
            return header
        raise InputError(_no_columns(where, number, line))
    raise InputError(_no_columns(where, 0, ""))


def _decode(raw: str, header: Header) -> str:
    if raw.isascii():
        return raw
    try:
        return raw.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        note = "The header is not UTF-8 text; it was read as Latin-1."
        if note not in header.warnings:
            header.warnings.append(note)
        return raw


def _declare(header: Header, line: str) -> None:
    match = _ID.match(line)
    if not match:
        return
    kind, name = match.groups()
    if kind == "contig":
        length = _LENGTH.search(line)
        header.contigs[name] = int(length.group(1)) if length else 0
    elif kind == "FORMAT":
        header.formats.add(name)
    elif kind == "FILTER":
        header.filters.add(name)
    elif kind == "INFO":
        header.infos.add(name)
        if name == "CSQ" and (found := _FORMAT_LIST.search(line)):
            header.csq = found.group(1).strip().split("|")


def _columns(header: Header, line: str, where: str) -> None:
    names = line.split("\t")
    if names[: len(COLUMNS)] != COLUMNS:
        raise InputError(
            Problem(
                where,
                f"the column line is {quote(line)}.",
                "blanks instead of tabs, or a table that is not a VCF",
                "the first eight columns must be CHROM POS ID REF ALT QUAL FILTER INFO, separated by tabs.",
            )
        )
    samples = names[len(COLUMNS) + 1 :]
    if samples and not samples[-1].strip():
        # A trailing tab: a column without a name and without a value in any record.
        header.warnings.append("The column line ends in a tab; the nameless last column was left out.")
        samples = samples[:-1]
    if len(samples) > _MOST_SAMPLES:
        raise InputError(
            Problem(
                where,
                f"the file has {len(samples):,} sample columns.",
                "it is of a whole population",
                "take out this patient's columns: bcftools view -s NAME.",
            )
        )
    twice = sorted(name for name, count in Counter(samples).items() if count > 1)
    if twice:
        raise InputError(
            Problem(
                where,
                f"the sample column {quote(twice[0])} is there more than once.",
                "files were merged without renaming",
                "give each column its own name.",
            )
        )
    header.samples = samples


def _no_columns(where: str, number: int, line: str) -> Problem:
    if not number:
        return Problem(where, "the file ends before a #CHROM line.", "it is truncated", "make the file again.")
    return Problem(
        f"{where} line {number}",
        f"expected a header line, found {quote(line)}.",
        "the header was cut off, so nothing says whose reads the columns hold" if "\t" in line else "this is not a VCF",
        "put the caller's header back (at the least the #CHROM line with the sample names).",
    )
