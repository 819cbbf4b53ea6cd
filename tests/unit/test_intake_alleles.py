"""Canonical spelling: a property, and bcftools norm as the independent oracle."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from acquired.intake.alleles import Bases, agrees, canonical, trim
from hypothesis import given, settings
from hypothesis import strategies as st

#: Repeats of many kinds, so that most indels can be shifted.
SEQUENCE = "".join(random.Random(7).choice(["A", "CA", "GGT", "TTTT", "ACAC", "CAGCAG", "G"]) for _ in range(300))


class Toy:
    """A genome of one contig."""

    def __init__(self, sequence: str = SEQUENCE):
        self.build, self.sequence, self.contigs = "GRCh38", sequence, {"chr1": len(sequence)}

    def fetch(self, chrom: str, start: int, end: int) -> str:
        return "".join(self.sequence[i - 1] if 1 <= i <= len(self.sequence) else "N" for i in range(start, end + 1))


def mutated(pos: int, ref: str, alt: str) -> str:
    """The whole sequence with the allele in it: what two spellings must share."""
    assert SEQUENCE[pos - 1 : pos - 1 + len(ref)] == ref
    return SEQUENCE[: pos - 1] + alt + SEQUENCE[pos - 1 + len(ref) :]


@st.composite
def spellings(draw: st.DrawFn) -> tuple[tuple[int, str, str], tuple[int, str, str]]:
    """Two spellings of one indel: one plain, one shifted to the right as far as drawn, and padded on both sides."""
    pos = draw(st.integers(20, len(SEQUENCE) - 60))
    if draw(st.booleans()):
        inserted = draw(st.text("ACGT", min_size=1, max_size=7))
        plain = (pos, SEQUENCE[pos - 1], SEQUENCE[pos - 1] + inserted)
    else:
        plain = (pos, SEQUENCE[pos - 1 : pos + draw(st.integers(1, 7))], SEQUENCE[pos - 1])
    target = mutated(*plain)
    shifted = plain
    for _ in range(draw(st.integers(0, 12))):
        p, r, a = shifted
        follow = SEQUENCE[p - 1 + len(r)]
        moved = (p + 1, r[1:] + follow, a[1:] + follow)
        if mutated(*moved) != target:
            break
        # The same anchor form again: one shared base, then the indel.
        if moved[1][0] != moved[2][0]:
            break
        shifted = moved
    left, right = draw(st.integers(0, 8)), draw(st.integers(0, 8))
    p, r, a = shifted
    before, after = SEQUENCE[p - 1 - left : p - 1], SEQUENCE[p - 1 + len(r) : p - 1 + len(r) + right]
    return plain, (p - left, before + r + after, before + a + after)


@given(spellings())
@settings(max_examples=300, deadline=None)
def test_every_spelling_of_an_indel_gives_one_allele(two: tuple[tuple[int, str, str], tuple[int, str, str]]) -> None:
    plain, other = two
    bases = Bases(Toy())
    first, second = canonical(bases, "chr1", *plain), canonical(bases, "chr1", *other)
    assert first == second
    assert mutated(*first[:3]) == mutated(*plain)
    assert not first[3]


def test_an_mnv_stays_whole_and_loses_shared_ends() -> None:
    assert trim(10, "ACGT", "ATTT") == (11, "CG", "TT")
    assert trim(10, "GA", "TC") == (10, "GA", "TC")
    assert trim(10, "CTAG", "CG") == (10, "CTA", "C")


def test_a_shift_that_meets_unknown_bases_stops_and_says_so() -> None:
    bases = Bases(Toy("ACGTNNNAAAAAAC"))
    assert canonical(bases, "chr1", 13, "A", "AA") == (8, "A", "AA", True)
    assert canonical(bases, "chr1", 6, "TT", "T") == (6, "TT", "T", True)
    assert canonical(bases, "chr1", 14, "C", "CG") == (14, "C", "CG", False)


def test_ref_against_partly_known_bases() -> None:
    assert agrees("ACGT", "ACGT") is True
    assert agrees("ACGT", "NNNN") is None
    assert agrees("ACGT", "NCGN") is True
    assert agrees("ACGT", "NCTN") is False


def test_the_window_gives_what_the_genome_has() -> None:
    genome, bases, generator = Toy(), None, random.Random(3)
    bases = Bases(genome)
    for _ in range(500):
        start = generator.randint(1, len(SEQUENCE) - 30)
        end = start + generator.randint(0, 25)
        assert bases.get("chr1", start, end) == SEQUENCE[start - 1 : end]


@pytest.mark.skipif(not Path("/usr/bin/bcftools").exists(), reason="Debian's bcftools is the oracle")
def test_agrees_with_bcftools_norm(tmp_path: Path) -> None:
    fasta = tmp_path / "toy.fa"
    fasta.write_text(f">chr1\n{SEQUENCE}\n")
    generator = random.Random(11)
    lines, mine = [], []
    bases = Bases(Toy())
    for number in range(2000):
        pos = generator.randint(15, len(SEQUENCE) - 40)
        ref = SEQUENCE[pos - 1 : pos - 1 + generator.randint(1, 6)]
        alt = "".join(generator.choice("ACGT") for _ in range(generator.randint(0, 6)))
        if generator.random() < 0.7:  # mostly real indels, padded: the harder ones
            alt = ref[0] + alt + ref[1:] if generator.random() < 0.5 else ref[0]
        if not alt or alt == ref:
            continue
        lines.append(f"chr1\t{pos}\t{number}\t{ref}\t{alt}\t.\t.\t.\n")
        at, r, a, _ = canonical(bases, "chr1", pos, ref, alt)
        mine.append((str(number), at, r, a))
    vcf = tmp_path / "toy.vcf"
    vcf.write_text(
        f"##fileformat=VCFv4.2\n##contig=<ID=chr1,length={len(SEQUENCE)}>\n"
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n" + "".join(lines)
    )
    out = subprocess.run(
        ["/usr/bin/bcftools", "norm", "-f", str(fasta), str(vcf)], capture_output=True, text=True, check=True
    ).stdout
    theirs = {
        row[2]: (int(row[1]), row[3], row[4])
        for row in (line.split("\t") for line in out.splitlines() if line[0] != "#")
    }
    assert len(mine) > 1500
    assert [(number, allele) for number, *allele in mine if theirs[number] != tuple(allele)] == []
