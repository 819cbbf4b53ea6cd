"""Counts against Debian's samtools and against what was simulated; and laws that any counting must keep."""

from __future__ import annotations

import random
import shutil
import subprocess
from math import sqrt
from pathlib import Path

import pysam
import pytest
from acquired.model import Allele
from acquired.reads.count import Filters, Source, count_alleles
from acquired.reads.covered import depths
from acquired.reads.rates import error_rates
from hypothesis import given, settings
from hypothesis import strategies as st
from reads_kit import GRCH38, haplotype, simulate, write_bam

RANKS = {chrom: i for i, chrom in enumerate(GRCH38.contigs)}
WINDOW = ("chr7", 55181001, 55181900)
SAMTOOLS = shutil.which("samtools")
needs_samtools = pytest.mark.skipif(SAMTOOLS is None, reason="Debian's samtools is not installed")
T790M, C797S = (55181378, "C", "T"), (55181398, "T", "A")
INDELS = [
    (55181312, "G", "GCAGGCTTCC"),
    (55181576, "ATG", "A"),
    (55181700, GRCH38.fetch("chr7", 55181700, 55181712), ""),
]
INDELS[2] = (55181700, INDELS[2][1], INDELS[2][1][0])


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory):
    """A tenth of the molecules carry two SNVs, an insertion, a short and a long deletion; BAM and fragments."""
    carrier = haplotype(*WINDOW, [T790M, C797S, *INDELS])
    fragments = simulate(11, [(0.9, haplotype(*WINDOW)), (0.1, carrier)], 1500)
    return write_bam(tmp_path_factory.mktemp("mixed") / "x.bam", fragments), fragments


def count(bam: Path, alleles: list[Allele]):
    with pysam.AlignmentFile(str(bam)) as file:
        source = Source(file, {"chr7": "chr7"}, Filters())
        return count_alleles(source, alleles, GRCH38.fetch, lambda a: frozenset({"EGFR"}), RANKS)


@needs_samtools
def test_depth_is_that_of_samtools_where_mates_agree(tmp_path):
    """samtools depth -s takes one mate where both overlap; with good bases everywhere that is counting fragments."""
    bam = write_bam(tmp_path / "x.bam", simulate(3, [(1.0, haplotype(*WINDOW, INDELS))], 80, poor=0))
    command = [SAMTOOLS, "depth", "-s", "-a", "-q", "20", "-Q", "20", "-r", f"chr7:{WINDOW[1]}-{WINDOW[2]}", str(bam)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    theirs = {int(pos): int(n) for _, pos, n in (line.split() for line in lines)}
    assert ours(bam) == theirs and max(theirs.values()) > 60


@needs_samtools
def test_depth_is_that_of_samtools_where_bases_are_poor(tmp_path):
    """Single reads: no mates to reconcile, so that every base of quality 20 counts for both programs."""
    fragments = simulate(4, [(1.0, haplotype(*WINDOW, INDELS))], 80, error=0.02, poor=0.1, size=(150, 150))
    for f in fragments:
        f.right.sequence, f.right.qualities, f.right.cigar = f.left.sequence[:1], [2], [(0, 1)]
    bam = write_bam(tmp_path / "x.bam", fragments)
    command = [SAMTOOLS, "depth", "-a", "-q", "20", "-Q", "20", "-r", f"chr7:{WINDOW[1]}-{WINDOW[2]}", str(bam)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert ours(bam) == {int(pos): int(n) for _, pos, n in (line.split() for line in lines)}
    command = [
        SAMTOOLS,
        "mpileup",
        "-B",
        "-x",
        "-d",
        "0",
        "-q",
        "20",
        "-Q",
        "20",
        "-r",
        f"chr7:{WINDOW[1]}-{WINDOW[2]}",
        str(bam),
    ]
    wanted = [
        (p, b) for p in range(WINDOW[1] + 50, WINDOW[1] + 250, 3) for b in "ACGT" if b != GRCH38.fetch("chr7", p, p)
    ]
    counts, _ = count(bam, [Allele("chr7", p, GRCH38.fetch("chr7", p, p), b) for p, b in wanted])
    theirs = {}
    for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
        cells = line.split("\t")
        theirs[int(cells[1])] = _plain(cells[4])
    seen = {(a.pos, a.alt): n.alt for a, n in counts.items()}
    assert seen == {(p, b): theirs.get(p, "").count(b) for p, b in wanted} and sum(seen.values()) > 50


def _plain(bases: str) -> str:
    """The bases of a pile-up column without its marks of read ends, mapping qualities and indels."""
    found, i = "", 0
    while i < len(bases):
        if bases[i] == "^":
            i += 2
        elif bases[i] in "+-":
            digits = "".join(c for c in bases[i + 1 : i + 4] if c.isdigit())
            i += 1 + len(digits) + int(digits)
        else:
            found += bases[i].upper()
            i += 1
    return found


def ours(bam: Path) -> dict[int, int]:
    with pysam.AlignmentFile(str(bam)) as file:
        runs = depths(Source(file, {"chr7": "chr7"}, Filters()), [WINDOW], RANKS)["chr7"]
    return {pos: depth for start, end, depth in runs for pos in range(start, end + 1)}


@pytest.mark.parametrize("variant", [T790M, C797S, *INDELS], ids=lambda v: f"{v[0]}{v[1]}>{v[2]}")
def test_fractions_are_unbiased(mixed, variant):
    """Neither the reference nor the allele is preferred: a tenth is found as a tenth, within 3.3 standard errors."""
    (n,) = count(mixed[0], [Allele("chr7", *variant)])[0].values()
    assert n.depth > 1000 and n.other <= 0.01 * n.depth
    assert abs(n.alt / n.depth - 0.1) < 3.3 * sqrt(0.09 / n.depth), n


def test_no_read_of_the_reference_is_taken_for_an_indel(tmp_path):
    """A thousand molecules with errors and none of the alleles."""
    bam = write_bam(tmp_path / "x.bam", simulate(12, [(1.0, haplotype(*WINDOW))], 800, error=0.003))
    counts, _ = count(bam, [Allele("chr7", *v) for v in INDELS])
    assert [n.alt for n in counts.values()] == [0, 0, 0]


def test_carriers_are_those_of_the_simulator(mixed):
    """Phase: both SNVs are on the same molecules and nowhere else, but for wrong bases."""
    alleles = [Allele("chr7", *T790M), Allele("chr7", *C797S)]
    counts, phases = count(mixed[0], alleles)
    (found,) = phases.values()
    assert found.both > 100 and found.first_only + found.second_only <= 3
    assert found.both <= min(n.alt for n in counts.values())


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(WINDOW[1] + 30, WINDOW[2] - 30), max_size=25), st.randoms(use_true_random=False))
def test_what_else_is_asked_changes_no_count(mixed, places, dice: random.Random):
    """An allele is counted the same alone and among any other SNVs."""
    asked = [Allele("chr7", *T790M), Allele("chr7", *INDELS[0]), Allele("chr7", *INDELS[2])]
    alone = [count(mixed[0], [a])[0][a] for a in asked]
    others = {
        Allele("chr7", p, r := GRCH38.fetch("chr7", p, p), dice.choice([b for b in "ACGT" if b != r])) for p in places
    }
    together, _ = count(mixed[0], [*asked, *sorted(others - set(asked))])
    assert [together[a] for a in asked] == alone


def test_sums(mixed):
    counts, _ = count(mixed[0], [Allele("chr7", *v) for v in (T790M, C797S, *INDELS)])
    for n in counts.values():
        assert n.depth == n.ref + n.alt + n.other
        assert n.alt <= n.alt_fwd + n.alt_rev <= 2 * n.alt and n.ref <= n.ref_fwd + n.ref_rev <= 2 * n.ref


@pytest.mark.parametrize(("error", "change"), [(0.0, 0.0), (0.003, 0.001)])
def test_error_rates_are_those_put_in(tmp_path, error, change):
    """Mates do not overlap here. Variants of the patient, listed or not, are no errors."""
    carrier = haplotype(*WINDOW, [T790M, C797S])
    fragments = simulate(13, [(0.8, haplotype(*WINDOW)), (0.2, carrier)], 300, error=error, poor=0, size=(310, 330))
    with pysam.AlignmentFile(str(write_bam(tmp_path / "x.bam", fragments))) as file:
        source = Source(file, {"chr7": "chr7"}, Filters())
        places = [("chr7", p, p) for p in range(WINDOW[1] + 100, WINDOW[2], 100)]
        rates = error_rates(source, places, [Allele("chr7", *T790M)], GRCH38.fetch)
    for found in rates.values():
        assert found.bases > 20_000
        assert abs(found.rate - change) <= 0.4 * change, rates


@pytest.mark.parametrize(
    ("gene", "residue", "spans"),
    [
        ("EGFR", 790, [("chr7", 55181377, 55181379)]),
        ("KRAS", 12, [("chr12", 25245349, 25245351)]),
        ("BRAF", 600, [("chr7", 140753335, 140753337)]),
        ("EGFR", 729, [("chr7", 55174722, 55174724)]),
    ],
)
def test_codons_of_known_residues(gene, residue, spans):
    """T790, G12 and V600 are textbook places; EGFR 729 begins exon 19."""
    found = GRCH38.clinical(gene).codons(residue, residue)
    assert found == spans


def test_codons_that_an_intron_divides_have_all_their_bases():
    for gene in ("EGFR", "KRAS", "BRCA2", "ALK"):
        transcript = GRCH38.clinical(gene)
        total = sum(end - start + 1 for start, end in transcript.coding)
        sizes = [sum(e - s + 1 for _, s, e in transcript.codons(r, r)) for r in range(1, total // 3 + 1)]
        assert set(sizes) == {3}
        assert any(len(transcript.codons(r, r)) == 2 for r in range(1, total // 3 + 1))
