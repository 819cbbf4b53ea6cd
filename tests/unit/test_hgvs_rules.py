"""The nomenclature's rules one by one, on a gene made for the purpose, on both strands.

Exon 1 holds the 5' UTR and codons 1 to 7, exon 2 the rest: M K G H Q Q C | A S S L W *. Behind it a stop comes in
frame (TGA, the third codon) and one base later (TGA, the fifth), and none in the last frame.
"""

from __future__ import annotations

import pytest
from acquired.annotate import Annotator
from acquired.model import Allele, Annotation
from acquired.reference import Transcript

UPSTREAM = "TTACGACTGC"
EXON1 = "GACCTCGAG" + "ATGAAAGGACATCAGCAATGC"  # 5' UTR 9, codons 1-7
INTRON = "GTAAGTCCCTTGACTTTTTTTTTTGCAACTGACATTCTCATTTCCAG"
EXON2 = "GCTTCATCTCTGTGGTAA" + "CGTACCTGAGGATTGAC"  # codons 8-12, stop, 3' UTR
DOWNSTREAM = "ACGTTGCAAC"
FORWARD = UPSTREAM + EXON1 + INTRON + EXON2 + DOWNSTREAM
PAIR = str.maketrans("ACGT", "TGCA")


class Made:
    """What Annotator needs of a Reference, for one gene on a chromosome of its own."""

    def __init__(self, strand: str):
        self.strand = strand
        self.genes = ("MADE",)
        self.text = FORWARD if strand == "+" else FORWARD.translate(PAIR)[::-1]
        one = (self.place(len(UPSTREAM)), self.place(len(UPSTREAM + EXON1) - 1))
        two = (self.place(len(UPSTREAM + EXON1 + INTRON)), self.place(len(UPSTREAM + EXON1 + INTRON + EXON2) - 1))
        cds = (self.place(len(UPSTREAM) + 9), self.place(len(UPSTREAM + EXON1 + INTRON) + 17))
        exons = sorted((min(e), max(e)) for e in (one, two))
        self.made = Transcript(
            "MADE", "chr1", strand, "ENST1", "NM_1.1", "NP_1.1", "MANE Select", True, tuple(exons), min(cds), max(cds)
        )

    def place(self, offset: int) -> int:
        """Genome position of an offset along the gene."""
        return offset + 1 if self.strand == "+" else len(FORWARD) - offset

    def fetch(self, chrom: str, start: int, end: int) -> str:
        return "".join(self.text[p - 1] if 0 < p <= len(self.text) else "N" for p in range(start, end + 1))

    def overlapping(self, chrom: str, start: int, end: int) -> list[Transcript]:
        return [self.made] if self.made.start <= end and start <= self.made.end else []

    def clinical(self, gene: str) -> Transcript:
        return self.made

    def allele(self, offset: int, old: str, new: str) -> Allele:
        """The change at an offset along the gene, in plus-strand spelling, anchored by the base before."""
        assert FORWARD[offset : offset + len(old)] == old, FORWARD[offset : offset + len(old)]
        if self.strand == "+":
            pos = offset + 1
        else:
            pos = len(FORWARD) - offset - len(old) + 1
            old, new = old.translate(PAIR)[::-1], new.translate(PAIR)[::-1]
        if old and new:
            return Allele("chr1", pos, old, new)
        anchor = self.fetch("chr1", pos - 1, pos - 1)
        return Allele("chr1", pos - 1, anchor + old, anchor + new)


C1 = len(UPSTREAM) + 9  # offset of c.1
C22 = len(UPSTREAM + EXON1 + INTRON)  # offset of c.22
I1 = len(UPSTREAM + EXON1)  # offset of c.21+1


@pytest.fixture(scope="module", params=["+", "-"])
def made(request: pytest.FixtureRequest) -> Made:
    return Made(request.param)


def say(made: Made, offset: int, old: str, new: str) -> Annotation:
    found = Annotator(made).annotate(made.allele(offset, old, new))  # type: ignore[arg-type]
    assert len(found) == 1
    return found[0]


RULES = [
    # offset, old, new, c., p., short, consequence
    (C1 + 3, "A", "G", "c.4A>G", "p.(Lys2Glu)", "K2E", "missense_variant"),
    (C1 + 5, "A", "G", "c.6A>G", "p.(Lys2=)", "K2=", "synonymous_variant"),
    (C1 + 12, "C", "T", "c.13C>T", "p.(Gln5Ter)", "Q5*", "stop_gained"),
    (C1, "A", "G", "c.1A>G", "p.(Met1?)", "M1?", "start_lost"),
    (C1 + 1, "TG", "", "c.2_3del", "p.(Met1?)", "M1?", "start_lost"),
    # 3' rule: one of AAA goes, the last of the run is named; the frame shifts and the first changed residue counts
    (C1 + 3, "A", "", "c.6del", "p.(Gly3AspfsTer16)", "G3Dfs*16", "frameshift_variant"),
    # an insertion that repeats is a duplication
    (C1 + 3, "", "A", "c.6dup", "p.(Gly3ArgfsTer?)", "G3Rfs*?", "frameshift_variant"),
    (C1 + 9, "", "CAT", "c.12_14dup", "p.(His4dup)", "H4dup", "inframe_insertion"),
    (C1 + 12, "CAG", "", "c.15_17del", "p.(Gln6del)", "Q6del", "inframe_deletion"),
    (C1 + 12, "CAGCAA", "", "c.13_18del", "p.(Gln5_Gln6del)", "Q5_Q6del", "inframe_deletion"),
    (C1 + 9, "", "GCA", "c.9_10insGCA", "p.(Gly3_His4insAla)", "G3_H4insA", "inframe_insertion"),
    (C1 + 10, "", "GCC", "c.10_11insGCC", "p.(Gly3_His4insArg)", "G3_H4insR", "inframe_insertion"),
    # substitutions side by side are one delins, in one codon or two
    (C1 + 9, "CA", "GC", "c.10_11delinsGC", "p.(His4Ala)", "H4A", "missense_variant"),
    (C1 + 11, "TC", "AA", "c.12_13delinsAA", "p.(His4_Gln5delinsGlnLys)", "H4_Q5delinsQK", "missense_variant"),
    (C1 + 6, "GGACAT", "CTTCAA", "c.7_12delinsCTTCAA", "p.(Gly3_His4delinsLeuGln)", "G3_H4delinsLQ",
     "missense_variant"),
    # residues that are apart are named apart
    (C1 + 6, "GGACATCAG", "CTACATAAG", "c.7_13delinsCTACATA", "p.[(Gly3Leu;Gln5Lys)]", "G3_Q5delinsLHK",
     "missense_variant"),
    # a stop within an insertion, at once or after some residues
    (C1 + 9, "", "TAA", "c.9_10insTAA", "p.(His4Ter)", "H4*", "stop_gained"),
    (C1 + 9, "", "GGTTAA", "c.9_10insGGTTAA", "p.(Gly3_His4insGlyTer)", "G3_H4insG*", "stop_gained"),
    (C1 + 9, "CATCAG", "GCTTAG", "c.10_13delinsGCTT", "p.(His4_Gln5delinsAlaTer)", "H4_Q5delinsA*", "stop_gained"),
    # the stop codon: extension, retained, read through to the end of the transcript
    (C22 + 15, "T", "C", "c.37T>C", "p.(Ter13GlnextTer3)", "*13Qext*3", "stop_lost"),
    (C22 + 16, "AA", "GG", "c.38_39delinsGG", "p.(Ter13TrpextTer3)", "*13Wext*3", "stop_lost"),
    (C22 + 15, "", "C", "c.36_37insC", "p.(Ter13LeuextTer?)", "*13Lext*?", "stop_lost"),
    (C22 + 17, "A", "G", "c.39A>G", "p.(Ter13=)", "*13=", "stop_retained_variant"),
    (C22 + 14, "GTAA", "", "c.36_39del", "p.(Trp12CysfsTer6)", "W12Cfs*6", "frameshift_variant"),
    # in frame, and the stop goes with it: by the nomenclature named as a frameshift, or as an extension
    (C22 + 13, "GGTAAC", "", "c.36_*2del", "p.(Trp12CysfsTer3)", "W12Cfs*3", "stop_lost"),
    (C22 + 12, "TGGTAA", "", "c.34_39del", "p.(Trp12ArgfsTer3)", "W12Rfs*3", "stop_lost"),
    (C22 + 15, "TAA", "", "c.37_39del", "p.(Ter13ArgextTer2)", "*13Rext*2", "stop_lost"),
    # untranslated
    (C1 - 4, "C", "T", "c.-4C>T", "", "", "5_prime_UTR_variant"),
    (C22 + 20, "T", "A", "c.*3T>A", "", "", "3_prime_UTR_variant"),
    # introns: donor, acceptor, region, inside; the middle counts from the exon before
    (I1, "G", "T", "c.21+1G>T", "p.?", "", "splice_donor_variant"),
    (I1 + 1, "T", "C", "c.21+2T>C", "p.?", "", "splice_donor_variant"),
    (I1 + 4, "G", "A", "c.21+5G>A", "p.?", "", "splice_region_variant"),
    (C22 - 1, "G", "A", "c.22-1G>A", "p.?", "", "splice_acceptor_variant"),
    (C22 - 2, "A", "T", "c.22-2A>T", "p.?", "", "splice_acceptor_variant"),
    (I1 + 23, "T", "A", "c.21+24T>A", "", "", "intron_variant"),
    (I1 + 24, "G", "A", "c.22-23G>A", "", "", "intron_variant"),
    (C22 - 12, "T", "G", "c.22-12T>G", "", "", "intron_variant"),
    # a deletion over the border; and the 3' rule over it, as c.1704+1del in the nomenclature
    (I1 - 3, "TGCGTA", "", "c.19_21+3del", "p.?", "", "splice_donor_variant"),
    (C22 - 4, "CCAGGC", "", "c.22-4_23del", "p.?", "", "splice_acceptor_variant"),
    # a repeated A of ..AG| keeps the acceptor; two bases more of the donor's start do not change it
    (C22 - 2, "", "A", "c.22-2dup", "p.?", "", "splice_region_variant"),
    (I1, "", "GT", "c.21+1_21+2dup", "p.?", "", "splice_region_variant"),
    (I1, "", "CCC", "c.21_21+1insCCC", "p.?", "", "splice_donor_variant"),
]  # fmt: skip


@pytest.mark.parametrize(("offset", "old", "new", "c", "p", "short", "consequence"), RULES)
def test_rule(
    made: Made, offset: int, old: str, new: str, c: str | None, p: str | None, short: str | None, consequence: str
) -> None:
    got = say(made, offset, old, new)
    assert c is None or got.hgvs_c == c
    assert p is None or got.hgvs_p == p
    assert short is None or got.protein == short
    assert got.consequence == consequence


def test_what_is_not_plain_bases_is_not_named(made: Made) -> None:
    annotator = Annotator(made)  # type: ignore[arg-type]
    for alt in ("<DEL>", "*", ".", "A[chr2:5[", "", "R"):
        assert annotator.annotate(Allele("chr1", 15, FORWARD[14], alt)) == []
    assert annotator.annotate(Allele("chr1", 15, "A", "A")) == []


def test_a_reference_base_that_differs_is_told(made: Made) -> None:
    good = made.allele(C1 + 4, "A", "T")
    base = next(b for b in "ACGT" if b not in (good.ref, good.alt))
    got = Annotator(made).annotate(Allele(good.chrom, good.pos, base, good.alt))[0]  # type: ignore[arg-type]
    assert "reference differs" in got.flags
    assert "reference differs" not in say(made, C1 + 4, "A", "T").flags


def test_the_border_of_an_exon_is_flagged(made: Made) -> None:
    assert say(made, I1 - 1, "C", "T").flags == ("splice region",)
    assert say(made, I1 - 3, "T", "C").flags == ("splice region",)
    assert say(made, I1 - 4, "A", "C").flags == ()
    assert say(made, len(UPSTREAM), "G", "A").flags == ()  # the transcript's own end is no border


def test_exon_numbers_run_with_the_transcript(made: Made) -> None:
    assert say(made, C1 + 3, "A", "G").exon == 1
    assert say(made, C22 + 3, "T", "G").exon == 2
    assert say(made, I1 + 4, "G", "A").exon == 1
    assert say(made, C22 - 2, "A", "T").exon == 2


def test_unknown_bases_give_what_can_be_told(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    allele, shift = made.allele(C1 + 12, "C", "T"), made.allele(C1 + 9, "C", "")
    splice = made.allele(I1, "G", "T")
    monkeypatch.setattr(made, "fetch", lambda chrom, start, end: "N" * (end - start + 1))
    annotator = Annotator(made)  # type: ignore[arg-type]
    got = annotator.annotate(allele)[0]
    assert (got.hgvs_c, got.hgvs_p, got.protein) == ("c.13C>T", "", "")
    assert (got.consequence, got.protein_start) == ("coding_sequence_variant", 5)
    assert got.flags == ("reference bases not known",)
    assert annotator.annotate(shift)[0].consequence == "frameshift_variant"
    assert annotator.annotate(splice)[0].consequence == "splice_donor_variant"
