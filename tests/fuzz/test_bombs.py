"""Files made to exhaust a machine, and values beyond every type: bounded in memory and time, whoever reads them."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from acquired import unpack
from acquired.errors import InputError
from acquired.model import Specimen
from fuzz_mutate import as_bcf, repack
from fuzz_rooms import ROOMS, Seed, normalized
from fuzz_worker import run_all

HEAD = (
    "##fileformat=VCFv4.2\n##contig=<ID=chr7,length=159345973>\n"
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="g">\n'
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="a">\n'
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="d">\n'
    '##FORMAT=<ID=AF,Number=A,Type=Float,Description="f">\n'
)
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
T790M = "chr7\t55181378\t.\tC\tT\t.\tPASS\t.\tGT:AD\t0/1:80,20\n"


def one(tmp_path: Path, name: str, data: bytes, room: str = "calls") -> tuple[bool, str]:
    """Whether a file is read, and else what it is refused with; within 1 GB and 10 s, or the test fails."""
    path, out = tmp_path / name, tmp_path / "out"
    path.write_bytes(data)
    out.mkdir()
    reader = next(r for r in ROOMS if r.name == room)

    def run(_: str) -> bool:
        if reader.name != "calls":
            return reader.run(path, Seed(name, b"", {}), out)
        told = normalized(Specimen("P1", "S1", (str(path),)), out, {})
        (tmp_path / "told.json").write_text(json.dumps(told["problems"] or told["records"]))
        return bool(told["status"] == "ok")

    tally = run_all([name], run)
    assert not tally.wrong, tally.wrong
    said = (tmp_path / "told.json").read_text() if room == "calls" else ""
    return tally.ok == 1, said


def repeated(head: bytes, megabytes: int, what: bytes) -> bytes:
    """Gzip of a head and so many megabytes of `what`, a member a megabyte."""
    member = gzip.compress(what * (2**20 // len(what)), 9, mtime=0)
    return gzip.compress(head, mtime=0) + member * megabytes


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("what", "said"),
    [
        (b"\0", "line of more than 16 MB"),
        (b"##x=1\n", "more than 200,000 lines"),
        (T790M.encode(), "250 times its size"),
    ],
    ids=["one line", "header lines", "records"],
)
def test_a_gzip_bomb_is_refused_early(tmp_path: Path, what: bytes, said: str) -> None:
    """3 GB in 3 to 12 MB."""
    head = HEAD if what.startswith(b"#") else HEAD + COLUMNS
    ok, told = one(tmp_path, "calls.vcf.gz", repeated(head.encode(), 3000, what))
    assert not ok and said in told, told


def test_a_bgzf_and_a_bcf_bomb_are_refused(tmp_path: Path) -> None:
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflated = body.compress(b"\0" * 65280) + body.flush()
    block = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + (len(deflated) + 25).to_bytes(2, "little") + deflated
    block += zlib.crc32(b"\0" * 65280).to_bytes(4, "little") + (65280).to_bytes(4, "little")
    bomb = repack((HEAD + COLUMNS).encode(), True)[:-28] + block * 20000 + repack(b"", True)
    assert not one(tmp_path, "calls.vcf.gz", bomb)[0]
    bcf = as_bcf((HEAD + COLUMNS + T790M).encode(), str(tmp_path))
    path = tmp_path / "bomb.bcf"
    path.write_bytes(bcf[:-28] + block * 20000 + bcf[-28:])
    with pytest.raises(InputError, match="250 times its size"):
        unpack.check_bgzf(path)


@pytest.mark.heavy
@pytest.mark.parametrize("room", ["vendors", "copynumber", "fusions", "expression", "depth", "regions"])
def test_a_bomb_as_any_other_file(tmp_path: Path, room: str) -> None:
    assert not one(tmp_path, "table.tsv.gz", repeated(b"gene\tlog2\n", 2000, b"EGFR\t1\n"), room)[0]


def test_a_file_that_only_compresses_well_is_read(tmp_path: Path) -> None:
    """An all-sites file of 120 MB of one depth: real, and packed 20 to 60 times."""
    rows = "".join(f"chr7\t{pos}\t.\tN\t.\t.\t.\t.\tGT:DP\t0/0:100\n" for pos in range(60_000_000, 60_200_000))
    with gzip.open(tmp_path / "x.gz", "wb", 6) as out:
        out.write((HEAD + COLUMNS + rows).encode())
    packed = (tmp_path / "x.gz").stat().st_size
    assert 5 < len(rows) / packed < unpack.MAX_RATIO / 4


RECORDS: dict[str, tuple[str, bool | None]] = {
    "ALT of 1 MB": (f"chr7\t55181378\t.\tC\tC{'ACGT' * 250_000}\t.\tPASS\t.\tGT:AD\t0/1:80,20\n", True),
    "REF of 1 MB": (f"chr7\t55181378\t.\tC{'A' * 1_000_000}\tC\t.\tPASS\t.\tGT:AD\t0/1:80,20\n", False),
    "POS of 2**31": (T790M.replace("55181378", str(2**31)), False),
    "POS of 2**64": (T790M.replace("55181378", str(2**64)), False),
    "POS of 5,000 digits": (T790M.replace("55181378", "9" * 5000), False),
    "POS of -1": (T790M.replace("55181378", "-1"), False),
    "END of 5,000 digits": (T790M.replace("\tPASS\t.", "\tPASS\tEND=" + "9" * 5000), False),
    "AD of 2**40": (T790M.replace("80,20", f"80,{2**40}"), None),
    "depth nan": (T790M.replace("GT:AD", "GT:DP:AF").replace("80,20", "nan:0.2"), None),
    "depth inf": (T790M.replace("GT:AD", "GT:DP:AF").replace("80,20", "inf:0.2"), None),
    "fraction nan": (T790M.replace("GT:AD", "GT:DP:AF").replace("80,20", "100:nan"), None),
    "fraction inf": (T790M.replace("GT:AD", "GT:DP:AF").replace("80,20", "100:-inf"), None),
    "50,000 alternatives": (T790M.replace("\tT\t", "\t" + ",".join(["T"] * 50_000) + "\t"), None),
    "100,000 FORMAT keys": (T790M.replace("GT:AD", "GT:AD" + ":X" * 100_000), None),
    "1,000,000 filters": (T790M.replace("PASS", ";".join(f"f{i}" for i in range(1_000_000))), None),
    "GT of 1,000,000 alleles": (T790M.replace("0/1", "/".join(["0"] * 1_000_000)), None),
    "phase set of 40 digits": (T790M.replace("GT:AD", "GT:AD:PS").replace("80,20", "80,20:" + "9" * 40), None),
}


@pytest.mark.parametrize("what", RECORDS)
def test_values_beyond_every_type(tmp_path: Path, what: str) -> None:
    record, wanted = RECORDS[what]
    ok, told = one(tmp_path, "calls.vcf", (HEAD + COLUMNS + record).encode())
    assert wanted in (None, ok), told
    text = (tmp_path / "out" / "S1.normalized.json").read_text()
    assert "NaN" not in text and "Infinity" not in text


def many_samples() -> str:
    names = "\t".join(f"S{i}" for i in range(1_000_000))
    return HEAD + COLUMNS.replace("\tS\n", f"\t{names}\n") + T790M.replace("\t0/1:80,20", "\t0/1:8,2" * 1_000_000)


HEADS: dict[str, Callable[[], str]] = {
    "1,000,000 samples": many_samples,
    "a header line of 6 MB": lambda: HEAD + "##x=" + "y" * 6_000_000 + "\n" + COLUMNS + T790M,
    "a header line of 20 MB": lambda: HEAD + "##x=" + "y" * 20_000_000 + "\n" + COLUMNS + T790M,
    "300,000 header lines": lambda: HEAD + "##contig=<ID=c,length=1>\n" * 300_000 + COLUMNS + T790M,
    "a contig of 5,000 digits": lambda: HEAD.replace("159345973", "9" * 5000) + COLUMNS + T790M,
}


@pytest.mark.heavy
@pytest.mark.parametrize("what", HEADS)
def test_headers_that_are_too_large(tmp_path: Path, what: str) -> None:
    """Each is read or refused; what matters is that it costs no more than the worker lets it."""
    one(tmp_path, "calls.vcf", HEADS[what]().encode())


def test_a_bcf_with_letters_beyond_latin_1_is_read(tmp_path: Path) -> None:
    """Found by fuzzing: htslib's binding decodes what other packings hand on byte by byte."""
    text = HEAD + "##centre=Kraków \u2028 \ufeff\n" + COLUMNS + T790M
    (tmp_path / "work").mkdir()
    ok, told = one(tmp_path, "calls.bcf", as_bcf(text.encode(), str(tmp_path / "work")))
    assert ok, told


XML = {
    "a billion laughs": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "'
    + b"&a;" * 1000
    + b'">]><a>&b;</a>',
    "an external entity": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "a parameter entity": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/"> %x;]><a/>',
    "deep nesting": b"<a>" * 1_000_000,
    "many attributes": b"<a " + b" ".join(b'a%d="x"' % i for i in range(1_000_000)) + b"/>",
    "many elements": b"<a>" + b"<b/>" * 5_000_000 + b"</a>",
    "one text of 60 MB": b"<a>" + b"x" * 60_000_000 + b"</a>",
}


@pytest.mark.heavy
@pytest.mark.parametrize("what", XML)
def test_xml_bombs(tmp_path: Path, what: str) -> None:
    ok, _ = one(tmp_path, "report.xml", XML[what])
    assert not ok


@pytest.mark.heavy
@pytest.mark.parametrize("room", ["vendors", "copynumber", "fusions", "expression"])
def test_tables_of_very_many_cells(tmp_path: Path, room: str) -> None:
    """60 MB, under the limit of a table's size, of cells of one character."""
    ok, _ = one(tmp_path, "table.tsv", b"gene\tlog2" + b"\tc" * 2 + b"\n" + b"a\tb\tcc\tdd\n" * 6_000_000, room)
    assert not ok
