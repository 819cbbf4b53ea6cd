"""Packed bases, places and BGZF against the plainest possible oracles."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from acquired.reference import Reference, bgzf
from acquired.reference.bases import PackedBases, pack, unpack, write
from hypothesis import given, settings
from hypothesis import strategies as st

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
BASES = st.text("ACGT", min_size=1, max_size=90)


@given(BASES, st.data())
def test_any_part_of_a_packed_block_is_read_back(sequence: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(sequence) - 1))
    last = data.draw(st.integers(first, len(sequence) - 1))
    assert unpack(pack(sequence), first, last) == sequence[first : last + 1]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 30), BASES), max_size=6), st.integers(-5, 400), st.integers(0, 400))
def test_fetch_and_known_agree_with_a_string(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[tuple[int, str]], start: int, size: int
) -> None:
    plain, blocks, at = "", [], 0
    for gap, sequence in pieces:
        at += gap + 1
        blocks.append(("chr1", at, sequence))
        plain = plain.ljust(at - 1, "N") + sequence
        at += len(sequence)
    path = tmp_path_factory.mktemp("packed") / "bases.tsv"
    write(path, blocks)
    packed, end = PackedBases(path), start + size
    expected = "".join(plain[p - 1] if 1 <= p <= len(plain) else "N" for p in range(start, end + 1))
    assert packed.fetch("chr1", start, end) == expected
    assert packed.known("chr1", start, end) == ("N" not in expected)
    assert packed.fetch("chr2", start, end) == "N" * (size + 1)
    assert not packed.known("chr2", start, end)


@given(st.binary(max_size=200_000))
@settings(max_examples=15, deadline=None)
def test_bgzf_is_gzip_to_everybody_else(data: bytes) -> None:
    assert gzip.decompress(bgzf.compress(data)) == data


def test_what_is_not_known_is_n() -> None:
    here = Reference.open(RESOURCES, "GRCh38")
    assert here.source == "bundled" and here.fasta_path is None and here.gff_path is None
    assert here.fetch("chr7", 55181378, 55181378) == "C"
    assert here.has_bases("chr7", 55181378, 55181378)
    assert here.fetch("chr7", 1, 3) == "NNN" and not here.has_bases("chr7", 1, 3)
    assert here.fetch("chrUn_1", 5, 6) == "NN"
    assert here.fetch("chr7", 0, 1) == "NN"
    assert here.fetch("chr7", here.contigs["chr7"], here.contigs["chr7"] + 4) == "NNNNN"
    assert here.clinical("NOT_A_GENE") is None and here.transcripts("NOT_A_GENE") == ()


@pytest.mark.parametrize("build", ["GRCh38", "GRCh37"])
def test_overlapping_agrees_with_asking_every_transcript(build: str) -> None:
    here = Reference.open(RESOURCES, build)
    everything = [t for gene in here.genes for t in here.transcripts(gene)]
    dice = random.Random(7)
    for _ in range(400):
        t = dice.choice(everything)
        edge = dice.choice([t.start, t.end, dice.randint(t.start, t.end)])
        start = edge + dice.choice([-200_000, -1, 0, 1])
        end = start + dice.choice([0, 1, 5_000, 300_000])
        expected = {x.name for x in everything if x.chrom == t.chrom and x.start <= end and start <= x.end}
        found = here.overlapping(t.chrom, start, end)
        assert {x.name for x in found} == expected and len(found) == len(expected)
        assert [(x.gene, not x.clinical) for x in found] == sorted((x.gene, not x.clinical) for x in found)


@pytest.mark.parametrize("build", ["GRCh38", "GRCh37"])
def test_a_block_is_known_to_its_last_base_and_no_further(build: str) -> None:
    here = Reference.open(RESOURCES, build)
    for chrom in ("chr1", "chr7", "chrX"):
        for start, end in here.blocks(chrom):
            assert here.has_bases(chrom, start, end)
            assert not here.has_bases(chrom, start - 1, end) and not here.has_bases(chrom, start, end + 1)
            around = here.fetch(chrom, start - 1, end + 1)
            assert around[0] == around[-1] == "N" and "N" not in around[1:-1]
