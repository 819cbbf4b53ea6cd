"""Writing of BGZF (blocked gzip, SAM specification section 4.1), so that a block is compressed once and used often."""

from __future__ import annotations

import struct
import zlib

#: The empty block every BGZF file ends with.
END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def block(data: bytes, level: int = 6) -> bytes:
    """One BGZF block of `data` (at most 65,280 bytes). No time is written into it, so equal data give equal bytes."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15)
    body = deflate.compress(data) + deflate.flush()
    head = struct.pack("<4BI2BH2B2H", 31, 139, 8, 4, 0, 0, 255, 6, 66, 67, 2, len(body) + 25)
    return head + body + struct.pack("<2I", zlib.crc32(data), len(data))


def compress(data: bytes) -> bytes:
    """A whole BGZF file of `data`."""
    return b"".join(block(data[at : at + 65280]) for at in range(0, len(data), 65280)) + END
