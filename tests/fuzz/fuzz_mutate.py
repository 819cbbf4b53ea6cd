"""Mutations of a file's bytes: blind ones, and ones that know of lines, cells and tags. Same seed, same bytes."""

from __future__ import annotations

import gzip
import io
import random
import zlib
from pathlib import Path

import pysam
from pysam import bcftools

#: What breaks programs: numbers beyond every type, other scripts' digits, controls, markup, formulas, paths, entities.
TOKENS = (
    b"", b".", b"-", b"0", b"-1", b"+5", b"1e5", b"1_000", b" 7", b"1e400", b"-1e400", b"nan", b"NaN", b"inf",
    b"-inf", b"Infinity", b"2147483647", b"2147483648", b"4294967296", b"9223372036854775808", b"9" * 40,
    b"9" * 5000, b"0x10", b"1,5", b"12.5%", b"0/1/2/9999999999", "²".encode(), "٣".encode(), "𝟙".encode(),
    "é".encode(), b"\xe9", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc2\x85", "\u2028".encode(), "\u202e".encode(), b"\0",
    b"\x01", b"\x0b", b"\x0c", b"\x1b[31m", b"\x7f", b"\r", b"\r\n", b"\n", b"\t", b",", b";", b":", b"|", b"=",
    b'"', b"'", b'""', b"%", b"%00", b"%0A", b"=cmd|'/C calc'!A0", b"@SUM(1)", b"+1-1",
    b"<script>alert(1)</script>", b"<svg/onload=alert(1)>", b"]]>", b"&x;", b"<!DOCTYPE a>", b"../../etc/passwd",
    b"$(id)", b"`id`", b"{0.__class__}", b"{{7*7}}", b"%s%n", b"!!python/object:os.system", b"PASS", b"chrM", b"MT",
    b"chrX", b"X", b"hs37d5", b"<NON_REF>", b"*", b"<DUP>", b"<DEL>", b"N[chr7:5[", b"]chr9:1]A", b".A", b"ACGTN",
    b"A" * 3000, b"A,C,G,T,<*>", b"0|1", b"./.", b".|.", b"1/1/1", b"END=5", b"END=-5", b"END=999999999999",
    b"SVTYPE=BND", b"GT", b"AD", b"p.T790M", b"c.2369C>T", b"1-Mar", b"EGFR", b"EML4::ALK", b"EML4-ALK", b"9" * 400,
    b"1e300", b"1" * 30 + b".5", b"0" * 50 + b"1",
)  # fmt: skip


def mutate(data: bytes, dice: random.Random) -> bytes:
    """One to six mutations of `data`; packed files are, as often as not, mutated inside their packing."""
    packed = data.startswith(b"\x1f\x8b")
    if packed and dice.random() < 0.85:
        try:
            inner = gzip.decompress(data)
        except (OSError, EOFError, zlib.error):
            inner = b""
        if inner:
            return repack(_mutate(inner, dice), bgzf=data[3:4] == b"\x04")
    return _mutate(data, dice)


def repack(data: bytes, bgzf: bool) -> bytes:
    """`data` as gzip or BGZF."""
    if not bgzf:
        return gzip.compress(data, 1, mtime=0)
    out = io.BytesIO()
    for at in range(0, len(data), 60000):
        body = zlib.compressobj(1, zlib.DEFLATED, -15)
        block = data[at : at + 60000]
        deflated = body.compress(block) + body.flush()
        size = len(deflated) + 25
        out.write(b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + size.to_bytes(2, "little") + deflated)
        out.write(zlib.crc32(block).to_bytes(4, "little") + len(block).to_bytes(4, "little"))
    out.write(bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000"))
    return out.getvalue()


def _mutate(data: bytes, dice: random.Random) -> bytes:
    for _ in range(dice.choice((1, 1, 1, 1, 1, 2, 2, 4))):
        text = b"\n" in data[:20000] and b"\0" not in data[:200]
        data = dice.choice((_cell, _cell, _cell, _line, _field) if text and dice.random() < 0.85 else (_bytes, _cut))(
            data, dice
        )
    return data


def _bytes(data: bytes, dice: random.Random) -> bytes:
    if not data:
        return dice.choice(TOKENS)
    at = dice.randrange(len(data))
    kind = dice.randrange(5)
    if kind == 0:
        return data[:at] + bytes((data[at] ^ (1 << dice.randrange(8)),)) + data[at + 1 :]
    if kind == 1:
        return data[:at] + dice.randbytes(dice.randint(1, 8)) + data[at + dice.randint(0, 8) :]
    if kind == 2:
        return data[:at] + dice.choice(TOKENS) + data[at + dice.choice((0, 1, 4)) :]
    if kind == 3:
        return data[:at] + data[at + dice.randint(1, 200) :]
    width = dice.randint(1, 400)
    return data[:at] + data[at : at + width] * dice.choice((2, 3, 50)) + data[at + width :]


def _cut(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] if dice.random() < 0.9 else data[at:]


def _line(data: bytes, dice: random.Random) -> bytes:
    lines = data.split(b"\n")
    at, to = dice.randrange(len(lines)), dice.randrange(len(lines))
    kind = dice.randrange(4)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(to, lines[at])
    elif kind == 2:
        lines[at], lines[to] = lines[to], lines[at]
    else:
        lines[at] += dice.choice((b"\t", b"\tx", b"\r", b" ", b"," * 20, b"\tA" * 300))
    return b"\n".join(lines)


def _number(dice: random.Random) -> bytes:
    """A number that may well be right."""
    text = dice.choice(
        (
            f"{dice.randint(0, 300)}",
            f"{dice.random():.3g}",
            f"{dice.randint(1, 250_000_000)}",
            f"-{dice.randint(1, 50)}",
        )
    )
    return text.encode()


def _pick(lines: list[bytes], dice: random.Random) -> int:
    """A line, rather one of data than of a header."""
    body = [i for i, line in enumerate(lines) if line and not line.startswith((b"#", b"@"))]
    return dice.choice(body) if body and dice.random() < 0.7 else dice.randrange(len(lines))


def _cell(data: bytes, dice: random.Random) -> bytes:
    """A cell of a table (by its tabs, commas or semicolons) replaced, swapped, emptied or taken out."""
    lines = data.split(b"\n")
    at = _pick(lines, dice)
    mark = max((b"\t", b",", b";"), key=lines[at].count)
    cells = lines[at].split(mark)
    here, there = dice.randrange(len(cells)), dice.randrange(len(cells))
    kind = dice.randrange(6)
    if kind <= 1:
        cells[here] = dice.choice(TOKENS)
    elif kind == 2:
        cells[here] = _number(dice)
    elif kind == 3:
        cells[here] += dice.choice(TOKENS)
    elif kind == 4:
        cells[here], cells[there] = cells[there], cells[here]
    else:
        del cells[here]
    lines[at] = mark.join(cells)
    return b"\n".join(lines)


def _field(data: bytes, dice: random.Random) -> bytes:
    """A part of a cell between `:`, `;`, `,`, `=`, `/`, `|` or quotes replaced."""
    lines = data.split(b"\n")
    at = _pick(lines, dice)
    mark = dice.choice((b":", b";", b",", b"=", b"/", b"|", b'"', b" "))
    parts = lines[at].split(mark)
    parts[dice.randrange(len(parts))] = dice.choice(TOKENS) if dice.random() < 0.6 else _number(dice)
    lines[at] = mark.join(parts)
    return b"\n".join(lines)


def as_bcf(vcf: bytes, folder: str) -> bytes:
    """A VCF's text as BCF; empty where htslib does not take it."""
    plain, packed = Path(folder) / "made.vcf", Path(folder) / "made.bcf"
    plain.write_bytes(vcf)
    try:
        bcftools.view("--no-version", "-Ob", "-o", str(packed), str(plain), catch_stdout=False)
    except pysam.SamtoolsError:
        return b""
    return packed.read_bytes()
