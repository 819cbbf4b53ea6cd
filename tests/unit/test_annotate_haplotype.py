"""Several alleles on one molecule: one protein change where they make one."""

from __future__ import annotations

import random

import pytest
from acquired.annotate import Annotator
from acquired.annotate.haplotype import combined
from acquired.model import Allele
from annotate_oracle import Model, apply_p, other_strand, reference, residues

A = Allele
V600E, V600M = A("chr7", 140753336, "A", "T"), A("chr7", 140753337, "C", "T")
T790M, C797S = A("chr7", 55181378, "C", "T"), A("chr7", 55181398, "T", "A")


@pytest.fixture(scope="module")
def annotator() -> Annotator:
    return Annotator(reference("GRCh38"))


def test_two_bases_of_one_codon_are_one_change(annotator: Annotator) -> None:
    got = annotator.annotate_haplotype([V600M, V600E])
    assert got is not None
    assert (got.gene, got.hgvs_c, got.hgvs_p) == ("BRAF", "c.1798_1799delinsAA", "p.(Val600Lys)")
    assert (got.protein, got.consequence, got.exon) == ("V600K", "missense_variant", 15)
    whole = annotator.annotate(A("chr7", 140753336, "AC", "TT"))[0]
    assert (whole.hgvs_c, whole.protein) == (got.hgvs_c, got.protein)


def test_one_base_apart_within_a_codon_is_one_delins(annotator: Annotator) -> None:
    # EGFR T790 is ACG: both outer bases changed
    got = annotator.annotate_haplotype([A("chr7", 55181377, "A", "T"), A("chr7", 55181379, "G", "C")])
    assert got is not None and got.hgvs_c == "c.2368_2370delinsTCC" and got.protein == "T790S"


def test_residues_apart_are_listed_in_cis(annotator: Annotator) -> None:
    got = annotator.annotate_haplotype([C797S, T790M])
    assert got is not None
    assert got.hgvs_c == "c.[2369C>T;2389T>A]"
    assert got.hgvs_p == "p.[(Thr790Met;Cys797Ser)]"
    assert (got.protein, got.protein_start, got.protein_end) == ("T790M;C797S", 790, 797)


def test_a_second_deletion_mends_the_frame(annotator: Annotator) -> None:
    """BRCA2 c.5946del with two bases lost further on reads in frame again: the candidate reversion."""
    first = A("chr13", 32340300, "GT", "G")
    base = reference("GRCh38").fetch("chr13", 32340310, 32340312)
    second = A("chr13", 32340310, base, base[0])
    alone = annotator.annotate(first)[0]
    assert (alone.hgvs_c, alone.protein) == ("c.5946del", "S1982Rfs*22")
    got = annotator.annotate_haplotype([first, second])
    assert got is not None and got.consequence == "inframe_deletion" and "fs" not in got.protein
    assert got.protein.startswith("S1982_") and "delins" in got.protein


def test_what_is_no_haplotype(annotator: Annotator) -> None:
    assert annotator.annotate_haplotype([T790M]) is None
    assert annotator.annotate_haplotype([]) is None
    assert annotator.annotate_haplotype([T790M, V600E]) is None  # two genes
    assert annotator.annotate_haplotype([V600E, A("chr7", 140753336, "A", "C")]) is None  # one place, two alleles
    assert annotator.annotate_haplotype([T790M, A("chr7", 55174700, "G", "A")]) is None  # one lies in an intron


def test_only_what_belongs_together_is_combined(annotator: Annotator) -> None:
    groups = combined(annotator, [T790M, V600E, C797S, V600M])
    assert [(group, named.protein) for group, named in groups] == [([V600E, V600M], "V600K")]


@pytest.mark.parametrize("build", ["GRCh38", "GRCh37"])
def test_random_haplotypes_give_the_protein_of_all_changes(build: str) -> None:
    """Two or three small changes in one exon, applied at once, against the translation of the changed transcript."""
    rng = random.Random(3)
    ref = reference(build)
    annotator = Annotator(ref)
    genes = [g for g in ref.genes if (t := ref.clinical(g)) and t.bases == "all" and t.cds_start]
    checked = 0
    while checked < 150:
        gene = rng.choice(genes)
        transcript = ref.clinical(gene)
        assert transcript is not None
        model = Model(transcript, build)
        exon = rng.choice(transcript.coding)
        if exon[1] - exon[0] < 60:
            continue
        start = rng.randrange(exon[0] + 6, exon[1] - 30)
        places = [start, start + rng.choice((1, 2, 3, 5, 7, 9, 12)) + 4]
        alleles, rna = [], list(model.rna)
        for pos in places:
            size = rng.choice((0, 0, 1, 2, 3))
            base = ref.fetch(transcript.chrom, pos, pos + size)
            if size:
                alleles.append(A(transcript.chrom, pos, base, base[0]))
                for p in range(pos + 1, pos + size + 1):
                    rna[model.index[p]] = ""
            else:
                new = rng.choice([b for b in "ACGT" if b != base])
                alleles.append(A(transcript.chrom, pos, base, new))
                rna[model.index[pos]] = new if model.forward else other_strand(new)
        if model.first > min(model.index[p] for p in places) - 9:
            continue
        want = "M" + residues("".join(rna[model.first :]))[1:]
        got = annotator.annotate_haplotype(alleles)
        if got is None:  # 3' shifting took one out of the exon, or onto the other
            continue
        checked += 1
        name = got.hgvs_p
        protein = model.protein
        parts = name.removeprefix("p.[(").removesuffix(")]").split(";") if name.startswith("p.[") else [name[3:-1]]
        tail = ""
        for part in reversed(parts):  # from the end, so that residue numbers stay true; a shifted end is kept apart
            kept, shifted, count = apply_p(f"p.({part})", protein).partition("~")
            tail = shifted + count or tail
            protein = kept if kept.endswith("*") or not tail else kept + "*"
        protein = protein[:-1] + tail if tail else protein
        kept, shifted, _ = protein.partition("~")
        assert want.startswith(kept) if shifted else protein == want, (gene, alleles, got, want[-30:])
