"""Walks tests/cases/reads: a folder a scenario.

Reads are written as they align; their bases are the reference's but for what `change` (base by place), `insert` and
`clip` say. Expected numbers were worked out by hand; those not named are 0."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pysam
import pytest
import yaml
from acquired.model import Allele
from acquired.reads.count import Filters, Source, count_alleles
from acquired.reads.covered import depths
from acquired.reads.table import AlleleCount, PhaseCount, ReadCounts, load, write
from reads_kit import GRCH38, header

CASES = sorted((Path(__file__).resolve().parents[1] / "cases" / "reads").iterdir())
RANKS = {chrom: i for i, chrom in enumerate(GRCH38.contigs)}


def bases_of(read: dict[str, Any]) -> tuple[str, list[int]]:
    """Sequence and the place of each base (0 where it has none), as the CIGAR lays them out."""
    sequence, places, at = "", [], read["at"]
    inserted, clipped = read.get("insert", ""), read.get("clip", "")
    for length, operation in re.findall(r"(\d+)([MIDNSH])", read["cigar"]):
        n = int(length)
        if operation == "M":
            sequence += GRCH38.fetch("chr7", at, at + n - 1)
            places += range(at, at + n)
        if operation in "IS":
            given = inserted if operation == "I" else clipped
            assert len(given) == n, f"{read['name']}: {operation} needs {n} bases"
            sequence += given
            places += [0] * n
        at += n if operation in "MDN" else 0
    changed = read.get("change", {})
    assert set(changed) <= set(places)
    return "".join(changed.get(p, b) for p, b in zip(places, sequence, strict=True)), places


def aligned(folder: Path, reads: list[dict[str, Any]]) -> Path:
    head = pysam.AlignmentHeader.from_dict(header())
    made = []
    for read in reads:
        s = pysam.AlignedSegment(head)
        s.query_name, s.reference_name, s.reference_start = read["name"].replace(" ", "_"), "chr7", read["at"] - 1
        s.flag = read.get("flag", 0) | (0x10 if read.get("reverse") else 0)
        s.mapping_quality = read.get("mapq", 60)
        sequence, places = (read["sequence"], []) if "sequence" in read else bases_of(read)
        s.query_sequence, s.cigarstring = (None if sequence == "*" else sequence), read["cigar"]
        if sequence != "*" and read.get("qualities") != "none":
            low = read.get("low", [])
            given = places or [0] * len(sequence)
            s.query_qualities = pysam.qualitystring_to_array("".join("." if p in low else "F" for p in given))
        for tag, value in read.get("tags", {}).items():
            s.set_tag(tag, value)
        made.append(s)
    path = folder / "reads.bam"
    with pysam.AlignmentFile(str(path), "wb", header=head) as out:
        for s in sorted(made, key=lambda s: s.reference_start):
            out.write(s)
    pysam.index(str(path))
    return path


def allele(name: str) -> Allele:
    chrom, pos, ref, alt = name.split(":")
    return Allele(chrom, int(pos), ref, alt)


@pytest.mark.parametrize("folder", CASES, ids=[path.name for path in CASES])
def test_scenario(folder: Path, tmp_path: Path) -> None:
    case = yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))
    expected = {
        allele(name): AlleleCount(**{**dict.fromkeys(AlleleCount._fields, 0), **numbers})
        for name, numbers in case["alleles"].items()
    }
    with pysam.AlignmentFile(str(aligned(tmp_path, case["reads"]))) as file:
        source = Source(file, {"chr7": "chr7"}, Filters())
        counts = ReadCounts()
        counts.alleles, counts.phases = count_alleles(
            source, list(expected), GRCH38.fetch, lambda a: frozenset({"EGFR"}), RANKS
        )
        tally = dict(source.tally)
        wanted = [re.split("[:-]", span) for span in case.get("depth", {})]
        counts.depths = depths(source, [(c, int(a), int(b)) for c, a, b in wanted], RANKS)
    assert counts.alleles == expected
    if "phase" in case:
        pairs = {tuple(map(allele, pair.split())): PhaseCount(**n) for pair, n in case["phase"].items()}
        assert counts.phases == pairs
    if "tally" in case:
        assert tally == case["tally"]
    for (chrom, first, last), depth in zip(wanted, case.get("depth", {}).values(), strict=True):
        assert counts.depth(chrom, int(first), int(last)) == depth, (first, last)
    write(counts, tmp_path / "x.reads.tsv.gz", RANKS)
    assert load(tmp_path / "x.reads.tsv.gz") == counts
