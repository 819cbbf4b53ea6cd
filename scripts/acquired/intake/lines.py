"""A call file as numbered lines of text, whatever its packing: plain, gzip, BGZF or BCF, told by its first bytes."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path

from acquired import unpack
from acquired.errors import InputError, Problem

_GZIP = b"\x1f\x8b"
#: The empty block that ends every whole BGZF file (SAM specification, section 4.1.2).
_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
_BCF = b"BCF\x02"
#: Bytes turned into lines at a time.
_BLOCK = 1 << 17


def digest(path: Path) -> tuple[str, int]:
    """SHA-256 (hex) and size in bytes of a file."""
    sha = hashlib.sha256()
    size = 0
    with path.open("rb") as handle:
        while chunk := handle.read(1 << 20):
            sha.update(chunk)
            size += len(chunk)
    return sha.hexdigest(), size


def check_file(path: Path) -> str:
    """How the file is packed: `plain`, `gzip` or `bcf`. Raises InputError where it cannot be a call file at all."""
    where = path.name
    if not path.exists():
        raise InputError(Problem(where, "the file is not there.", "a wrong path in the sheet", "correct `variants`."))
    if not path.is_file():
        raise InputError(
            Problem(
                where,
                "this is a folder, not a call file.",
                "the path stops one level too early",
                "name the VCF or BCF file itself.",
            )
        )
    try:
        with path.open("rb") as handle:
            head = handle.read(64)
            handle.seek(0, 2)
            size = handle.tell()
            handle.seek(max(0, size - len(_BGZF_END)))
            tail = handle.read()
    except PermissionError:
        raise InputError(Problem(where, "the file may not be read.", "its permissions", "make it readable.")) from None
    if not head:
        raise InputError(
            Problem(
                where,
                "the file is empty (0 bytes).",
                "the caller or a copy failed half-way",
                "call the variants again or copy the file again.",
            )
        )
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError(
            Problem(
                where,
                "the file is UTF-16 text, not a VCF.",
                "it was saved by a spreadsheet or editor",
                "save it as plain UTF-8 text.",
            )
        )
    if not head.startswith(_GZIP):
        return "bcf" if head.startswith(_BCF) else "plain"
    is_bgzf = len(head) > 16 and head[3] & 4 and head[12:14] == b"BC"
    if is_bgzf and tail != _BGZF_END:
        raise InputError(_truncated(where))
    try:
        with gzip.open(path) as packed:
            return "bcf" if packed.read(4) == _BCF else "gzip"
    except (OSError, EOFError, zlib.error):
        raise InputError(_truncated(where)) from None


def read_lines(path: Path) -> Iterator[str]:
    """Every line of the file without its line end, as Latin-1 text (each byte one character, so nothing can fail).

    The header alone is decoded again, as UTF-8, by the reader of the header. Raises InputError for a file
    that is missing, empty, truncated or damaged, and for a BCF that bcftools cannot read.
    """
    packing = check_file(path)
    if packing == "bcf":
        yield from _bcf_lines(path)
        return
    rest = ""
    try:
        with unpack.opened(path, packing == "gzip") as content:
            while block := content.read(_BLOCK):
                text = rest + block.decode("latin-1")
                lines = text.split("\n")
                rest = lines.pop()
                yield from [line.rstrip("\r") for line in lines] if "\r" in text else lines
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise InputError(_truncated(path.name)) from None
    if rest:
        yield rest.rstrip("\r")


def _bcf_lines(path: Path) -> Iterator[str]:
    """A BCF's text, through htslib."""
    import pysam

    unpack.check_bgzf(path)
    previous = pysam.set_verbosity(0)
    try:
        with pysam.VariantFile(str(path)) as source:
            yield from _bytewise(str(source.header)).split("\n")[:-1]
            for record in source:
                line = _bytewise(str(record)).rstrip("\n")
                if len(line) > unpack.MAX_DIGITS:
                    unpack.check_line(line.encode("latin-1", "replace"), path.name)
                yield line
    except (OSError, ValueError):
        raise InputError(
            Problem(
                path.name,
                "the BCF cannot be read to its end.",
                "it is truncated or damaged",
                "write it again, for example with bcftools view -Ob.",
            )
        ) from None
    finally:
        pysam.set_verbosity(previous)


def _bytewise(text: str) -> str:
    """Text that htslib's binding has decoded as UTF-8, each byte one character again, as of the other packings."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")


def _truncated(where: str) -> Problem:
    return Problem(
        where,
        "the compressed file ends too early or is damaged.",
        "a copy or the caller stopped half-way",
        "copy or make the file again; `gzip -t` tells whether it is whole.",
    )
