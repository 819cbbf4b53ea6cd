"""What the fuzz suite found, each as its shortest file: refused or read, and never a traceback again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fuzz_rooms import ROOMS, Seed, seeds_of_alignments, seeds_of_patients

RUN = {room.name: room.run for room in ROOMS}
CNV = (
    '##fileformat=VCFv4.2\n##source=x\n##INFO=<ID=END,Number=1,Type=Integer,Description="e">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts1\n"
    "chr7\t55019017x\t.\tN\t<DUP>\t.\tPASS\tEND=55211628;SVTYPE=DUP\tGT:CN\t0/1:9\n"
)
GFF = "##gff-version 3\n7\tx\tmRNA\t1\t9\t.\t+\t.\tID=a;XParent=b\n"
REFUSED: dict[str, tuple[str, str, str]] = {
    "segments without a start": ("copynumber", "s.cns", "chromosome\tstop\tlog2\tgene\nchr7\t9\t1.5\tEGFR\n"),
    "a copy-number record without a number": ("copynumber", "s.vcf", CNV),
    "a region of 5,000 digits": ("regions", "p.bed", f"chr7\t1\t{'9' * 5000}\n"),
    "a depth line of 5,000 digits": ("depth", "d.bed", f"chr7\t1\t{'9' * 5000}\t8\n"),
    "a transcript without its parent": ("gff", "g.gff3", GFF),
    "a quote that is not closed": ("copynumber", "s.seg", 'sample\t"chrom\tb\nx"y\t1\n'),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what: str, tmp_path: Path) -> None:
    room, name, text = REFUSED[what]
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    (tmp_path / "out").mkdir()
    assert not RUN[room](path, Seed(name, b"", {"build": "GRCh38"}), tmp_path / "out")


def one(room: str, seed: Seed, change: Callable[[bytes], bytes], tmp_path: Path) -> bool:
    path, out = tmp_path / seed.name, tmp_path / "out"
    out.mkdir()
    path.write_bytes(change(seed.data))
    return RUN[room](path, seed, out)


def test_a_bam_whose_header_has_a_length_that_is_no_number(tmp_path: Path) -> None:
    import gzip

    from fuzz_mutate import repack

    plain = seeds_of_alignments(tmp_path)[0]
    assert not one(
        "alignments", plain, lambda data: repack(gzip.decompress(data).replace(b"LN:145138636", b"LN:145138v36"), True),
        tmp_path,
    )  # fmt: skip


def test_a_filter_with_a_colon_goes_through_comparison(tmp_path: Path) -> None:
    seed = seeds_of_patients(tmp_path)[0]
    assert one("patient", seed, lambda data: data.replace(b"\tPASS\t", b"\tq:10\t", 3), tmp_path)
