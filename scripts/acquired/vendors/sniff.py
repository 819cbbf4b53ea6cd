"""What kind of call file a file is, by its first bytes. Kept apart from the readers: every job asks, few need them."""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path

_HEAD = 1 << 16
_SECTION = r"^\"?\[(Small Variants|Gene Amplifications|Analysis Details)\]"
_VCF_COLUMNS = r"^#CHROM\s+POS\s+ID\s+REF\s+ALT\s+QUAL"
_VCF_NAMES = (".vcf", ".vcf.gz", ".vcf.bgz", ".bcf")


def kind_of(path: Path) -> str:
    """`vcf` (also where the file cannot be read: the VCF's reader says why), `xml`, `tso500` or `table`."""
    head = first_bytes(path, _HEAD)
    if not head or head.startswith(b"BCF"):
        return "vcf"
    text = as_text(head).lstrip("\ufeff \t\r\n")
    first = text.partition("\n")[0]
    if text.startswith("##fileformat") or re.search(_VCF_COLUMNS, text, re.MULTILINE):
        return "vcf"
    if text.startswith("<") and not path.name.lower().endswith(_VCF_NAMES):
        return "xml"
    if re.match(r"\"?(DRAGEN )?TruSight Oncology 500\b", first) or re.search(_SECTION, text, re.MULTILINE):
        return "tso500"
    if path.name.lower().endswith(_VCF_NAMES) or not re.search("[\t,;]", text):
        return "vcf"
    return "table"


def first_bytes(path: Path, limit: int) -> bytes:
    """The first bytes of a file, unpacked; empty where it cannot be read (the VCF's reader says why)."""
    try:
        with path.open("rb") as handle:
            packed = handle.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as opened:
            return opened.read(limit)
    except (OSError, EOFError, zlib.error):
        return b""


def uncommented(data: bytes) -> bytes:
    """The table with the `#` before its header taken off (`#CHROM`, `#gene1`); a comment has no cells."""
    lines = data.split(b"\n", 100)
    for number, line in enumerate(lines[:100]):
        if line.strip() and not line.startswith(b"#"):
            break
        if not line.startswith(b"##") and max(line.count(mark) for mark in (b"\t", b",", b";")) >= 2:
            lines[number] = line.lstrip(b"# ")
            break
    return b"\n".join(lines)


def as_text(data: bytes) -> str:
    """Text for a first look: UTF-8 or UTF-16 by its mark, else Latin-1."""
    for codec in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", errors="replace")
