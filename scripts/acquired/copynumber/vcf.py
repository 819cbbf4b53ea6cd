"""Segments of a copy-number VCF: DRAGEN, CNVkit, GATK gCNV, Canvas, PURPLE, or any with `<DUP>`, `<DEL>`, `<CNV>`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from acquired.copynumber.segments import Segment
from acquired.copynumber.shared import Account, beyond, naming, number
from acquired.errors import InputError, Problem, quote
from acquired.intake.header import Header, read_header
from acquired.intake.lines import read_lines
from acquired.reference import Reference


def read_vcf_segments(
    path: Path, sample: str, specimen: str, reference: Reference, dialects: Mapping[str, Any], resources: Path,
    account: Account,
) -> list[Segment]:  # fmt: skip
    """The segments of a VCF: symbolic copy-number alternatives, and records without an alternative that give a number.

    Structural variants without a copy number and filtered records are set aside with the reason. Problems of records
    are noted in `account`. Raises InputError where the file as a whole cannot be used.
    """
    lines = read_lines(path)
    header = read_header(lines, path.name)
    text = "\n".join(header.lines)
    account.format = next((name for pattern, name in dialects["callers"] if re.search(pattern, text)), "VCF")
    column = choose_sample(header, sample, specimen, path.name)
    names = naming(resources)
    found = []
    for line_number, line in enumerate(lines, header.first_record):
        if not line.strip():
            continue
        account.read += 1
        where = f"{path.name} line {line_number}"
        fields = line.split("\t")
        if len(fields) < 8:
            account.refuse(where, f"the record has {len(fields)} columns.", "the file was cut off", "make it again.")
            continue
        if not fields[1].isdecimal():
            account.refuse(where, f"the position {quote(fields[1])} is no number.", "it is damaged", "make it again.")
            continue
        chrom = names.place(fields[0]).chrom
        if not chrom:
            account.leave("not on a chromosome of the primary assembly", f"{fields[0]} ({where})")
            continue
        segment = _segment(fields, chrom, column, dialects, account, where)
        if segment is not None and not beyond(chrom, segment.end, reference, where, account):
            found.append(segment)
            account.kept += 1
    return found


def choose_sample(header: Header, sample: str, specimen: str, where: str) -> int:
    """Place of the specimen's column among the samples; -1 where there is no sample column. Raises InputError."""
    if not header.samples:
        return -1
    for name in (sample, specimen, *_stated(header)):
        if name and name in header.samples:
            return header.samples.index(name)
    tumour = [i for i, name in enumerate(header.samples) if re.fullmatch(r"tumou?r", name, re.IGNORECASE)]
    if len(header.samples) == 1:
        return 0
    if len(tumour) == 1:
        return tumour[0]
    raise InputError(
        Problem(
            where,
            f"which of its columns ({quote(', '.join(header.samples), 120)}) is this specimen is not known.",
            "the column is named otherwise than the specimen",
            "name it in the sheet's `sample` column.",
        )
    )


def _stated(header: Header) -> list[str]:
    """Sample names that the header says are the tumour's."""
    found = []
    for line in header.lines:
        if m := re.match(r"##(?:tumor_sample|tumour_sample|DRAGENTumorSample)=(.+)", line):
            found.append(m[1].strip())
    return found


def _segment(
    fields: list[str], chrom: str, column: int, dialects: Mapping[str, Any], account: Account, where: str
) -> Segment | None:
    info = dict(part.partition("=")[::2] for part in fields[7].split(";"))
    own: dict[str, str] = {}
    if column >= 0 and len(fields) > 9 + column:
        own = dict(zip(fields[8].split(":"), fields[9 + column].split(":"), strict=False))
    kind = _kind(fields[4], info)
    if kind is None or (kind and kind not in dialects["types"] and kind.split(":")[0] not in dialects["types"]):
        account.leave("not a copy-number record", f"{fields[4][:30]} ({where})")
        return None
    if fields[6] not in ("PASS", ".", ""):
        account.leave(f"filtered by the caller ({fields[6][:60]})", where)
        return None
    noted = len(account.problems)
    end = info.get("END", "")
    if end.isdecimal():
        last = int(end)
    elif info.get("SVLEN", "").removeprefix("-").isdecimal():
        last = int(fields[1]) + abs(int(info["SVLEN"]))
    else:
        account.refuse(where, "the record has neither END nor SVLEN.", "it is no segment", "give both ends in INFO.")
        return None
    # a symbolic alternative begins after its anchor base (VCF specification 4.3, section 1.6.1)
    start = int(fields[1]) + (1 if "<" in fields[4] else 0)
    copies = _value(dialects["copies"], own, info, "copy number", account, where)
    log2 = _value(dialects["log2"], own, info, "log2 ratio", account, where)
    ratio = _value(dialects["ratio"], own, info, "ratio", account, where)
    if log2 is None and ratio is not None and ratio > 0:
        log2 = math.log2(ratio)
    if len(account.problems) > noted:
        return None
    state = dialects["types"].get(kind) or dialects["types"].get(kind.split(":")[0], "") if kind else ""
    if state == "loss" and own.get("GT", "").replace("|", "/") == "1/1":
        state = "deletion"
    if copies is None and log2 is None and not state:
        account.leave("neither copies, a ratio nor a direction", where)
        return None
    if copies is not None or log2 is not None:
        state = ""  # the numbers say more than DUP or DEL
    return Segment(chrom, min(start, last), max(start, last), copies, log2, state, source=account.format)


def _kind(alt: str, info: Mapping[str, str]) -> str | None:
    """DUP, DEL, CNV …; "" for a record without an alternative; None for another kind of record.

    Alternatives as `<DEL>,<DUP>` or `<CN0>,<CN3>` are of a caller that gives the number in CN.
    """
    if alt in (".", ""):
        return ""
    if m := re.fullmatch(r"<([A-Z0-9:_]+)>(?:,<[A-Z0-9:_]+>)*", alt):
        first = "CN" if re.fullmatch(r"CN\d+", m[1]) else m[1]
        return "CNV" if "," in alt else first
    kind = info.get("SVTYPE", "")
    return kind if kind in ("CNV", "DUP", "DEL") and "END" in info and not re.fullmatch("[ACGTN]+", alt) else None


def _value(
    keys: list[str], own: Mapping[str, str], info: Mapping[str, str], what: str, account: Account, where: str
) -> float | None:
    for values in (own, info):
        for key in keys:
            if key in values:
                value = number(values[key].split(",")[0], f"{where}, {key}", what, account)
                if value is not None:
                    return value
    return None
