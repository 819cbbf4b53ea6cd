"""What else an alteration could be: each flag by numbers worked out by hand, and where it is not given."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from acquired import flags
from acquired.flags import Haematopoiesis, Seen, Shifts
from acquired.model import Allele, Annotation
from acquired.reference import Reference

ROOT = Path(__file__).resolve().parents[2]
RULES = yaml.safe_load((ROOT / "resources" / "flags" / "rules.yaml").read_text())
WORDS = yaml.safe_load((ROOT / "resources" / "wording" / "judge.en.yaml").read_text())["flags"]
BLOOD = Haematopoiesis(ROOT / "resources" / "flags" / "haematopoiesis.tsv")
C_T, G_T = Allele("chr1", 100, "C", "T"), Allele("chr1", 100, "G", "T")


def seen(*fractions: float, material: str = "tissue", depth: int = 200, strands=None) -> list[Seen]:
    return [Seen(f"s{i}", material, depth, vaf, strands) for i, vaf in enumerate(fractions)]


# ---- germline ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("normal", "expected"), [((40, 400), True), ((39, 400), False), ((0, 400), False), ((0, 0), False), (None, False)]
)
def test_in_normal(normal: tuple[int, int] | None, expected: bool) -> None:
    assert bool(flags.in_normal(normal, RULES)) is expected


@pytest.mark.parametrize(
    ("fractions", "expected"),
    [
        ((0.48, 0.52), True), ((0.41, 0.55, 0.50), True), ((0.98, 1.0), True),
        ((0.48,), False),  # one specimen says nothing of constancy
        ((0.48, 0.30), False), ((0.41, 0.57), False),  # they differ by more than 0.15
        ((0.50, 0.97), False),  # from one half to one: that is a loss of the other copy
    ],
)  # fmt: skip
def test_probable_germline(fractions: tuple[float, ...], expected: bool) -> None:
    assert bool(flags.germline(seen(*fractions), None, RULES)) is expected
    assert flags.germline(seen(*fractions), (0, 300), RULES) is None  # the normal has been asked
    assert flags.germline(seen(*fractions, depth=19), None, RULES) is None


def test_common_variants() -> None:
    known = {C_T: "rs1"}
    assert flags.common(C_T, seen(0.5, 0.1), known, RULES).fill == {"id": "rs1"}
    assert flags.common(C_T, seen(0.1), known, RULES) is None
    assert flags.common(G_T, seen(0.5), known, RULES) is None


# ---- blood ---------------------------------------------------------------------------------------------------------


def change(gene: str, protein: str, residue: int, consequence: str = "missense_variant") -> Annotation:
    return Annotation(gene, "NM", protein=protein, consequence=consequence, protein_start=residue, protein_end=residue)


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (change("DNMT3A", "R882H", 882), True),
        (change("DNMT3A", "R882=", 882, "synonymous_variant"), False),
        (change("JAK2", "V617F", 617), True),
        (change("JAK2", "L611S", 611), False),
        (change("PPM1D", "R472*", 472, "stop_gained"), True),
        (change("PPM1D", "R472Q", 472), False),
        (change("SF3B1", "K700E", 700), True),
        (change("EGFR", "T790M", 790), False),
        (None, False),
    ],
)
def test_the_set_of_genes_and_variants(annotation: Annotation | None, expected: bool) -> None:
    assert BLOOD.known(annotation) is expected
    told = flags.from_blood(annotation, seen(0.02, material="plasma"), None, BLOOD, RULES)
    assert bool(told) is expected


def test_only_plasma_or_the_normal_itself() -> None:
    dnmt3a = change("DNMT3A", "R882H", 882)
    plasma, tissue = seen(0.02, material="plasma"), seen(0.02, material="tissue")
    assert flags.from_blood(dnmt3a, plasma + tissue, None, BLOOD, RULES) is None
    assert flags.from_blood(dnmt3a, seen(0.3, material="blood"), None, BLOOD, RULES) is None
    # the matched normal shows a clone: 8 of 400 (2 %); it is clean; germline is somebody else's flag
    assert flags.from_blood(dnmt3a, plasma, (8, 400), BLOOD, RULES).code == "clone_in_normal"
    assert flags.from_blood(dnmt3a, plasma, (0, 400), BLOOD, RULES) is None
    assert flags.from_blood(dnmt3a, plasma, (2, 100), BLOOD, RULES) is None
    assert flags.from_blood(change("EGFR", "L858R", 858), plasma, (8, 400), BLOOD, RULES).code == "clone_in_normal"


def test_every_row_of_the_set_names_its_source() -> None:
    rows = (ROOT / "resources" / "flags" / "haematopoiesis.tsv").read_text().splitlines()[1:]
    for gene, kind, first, last, source in (row.split("\t") for row in rows):
        assert gene and source and kind in ("any", "missense", "truncating")
        assert int(first) <= int(last)


# ---- artefacts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strands", "p"),
    [  # two-sided Fisher's exact test
        ((50, 50, 12, 0), "0.00052"),  # as scipy.stats.fisher_exact([[12, 0], [50, 50]]) gives it
        ((50, 50, 5, 0), ""),  # p = 0.06
        ((50, 50, 20, 18), ""),
        ((95, 5, 20, 0), ""),  # the reference lies on one strand too: so the library was made
        ((50, 50, 4, 0), ""),
        (None, ""),
    ],
)
def test_strand_bias(strands: tuple[int, int, int, int] | None, p: str) -> None:
    told = flags.strand_bias(seen(0.1, strands=strands), RULES)
    assert (told.fill["p"] if told else "") == p


def test_strand_bias_must_be_everywhere() -> None:
    biased, fair = seen(0.1, strands=(50, 50, 14, 0)), seen(0.1, strands=(50, 50, 8, 7))
    assert flags.strand_bias(biased, RULES).code == "strand_bias"
    assert flags.strand_bias(biased + fair, RULES) is None
    assert flags.strand_bias(biased + seen(0.1), RULES).code == "strand_bias"  # one file does not count strands


def test_fixation() -> None:
    assert flags.fixation(C_T, seen(0.04, 0.09), RULES).fill == {"change": "C>T", "vaf": 0.09}
    assert flags.fixation(Allele("chr1", 1, "G", "A"), seen(0.04), RULES)
    assert flags.fixation(C_T, seen(0.04, 0.10), RULES) is None
    assert flags.fixation(C_T, seen(0.04, material="plasma"), RULES) is None
    assert flags.fixation(C_T, seen(0.04) + seen(0.04, material="plasma"), RULES) is None
    assert flags.fixation(Allele("chr1", 1, "T", "C"), seen(0.04), RULES) is None
    assert flags.fixation(C_T, [], RULES) is None


def test_oxidation() -> None:
    assert flags.oxidation(G_T, seen(0.01, material="plasma"), RULES)
    assert flags.oxidation(Allele("chr1", 1, "C", "A"), seen(0.019), RULES)
    assert flags.oxidation(G_T, seen(0.02), RULES) is None
    assert flags.oxidation(C_T, seen(0.01), RULES) is None


@pytest.mark.parametrize(
    ("ref", "alt", "ahead", "expected"),
    [
        ("GA", "G", "AAAAAACC", 6), ("G", "GAA", "AAAAAACC", 6), ("GAA", "G", "AAAAAAACC", 7),
        ("GA", "G", "AAAAACC", None),  # five
        ("G", "GAT", "AAAAAACC", None),  # another unit
        ("G", "A", "AAAAAACC", None), ("GC", "AT", "AAAAAACC", None),
    ],
)  # fmt: skip
def test_homopolymer(ref: str, alt: str, ahead: str, expected: int | None) -> None:
    def fetch(chrom: str, first: int, last: int) -> str:
        assert (chrom, first, last) == ("chr1", 101, 200)
        return ahead.ljust(100, "N")

    told = flags.homopolymer(Allele("chr1", 100, ref, alt), seen(0.05), fetch, RULES)
    assert (told.fill["run"] if told else None) == expected
    assert flags.homopolymer(Allele("chr1", 100, ref, alt), seen(0.5), fetch, RULES) is None


def test_homopolymer_in_the_reference() -> None:
    """BRCA2 c.5073del lies in a run of eight A (GRCh38 chr13:32339422 on)."""
    reference = Reference.open(ROOT / "resources", "GRCh38")
    run = reference.fetch("chr13", 32339422, 32339435)
    assert "A" * 6 in run
    first = 32339422 + run.index("A" * 6)
    while reference.fetch("chr13", first - 1, first - 1) == "A":
        first -= 1
    anchor = reference.fetch("chr13", first - 1, first - 1)
    told = flags.homopolymer(Allele("chr13", first - 1, anchor + "A", anchor), seen(0.05), reference.fetch, RULES)
    assert told.fill["base"] == "A" and told.fill["run"] >= 6


# ---- shifts --------------------------------------------------------------------------------------------------------


def observed(*fractions: float, status: str = "called", depth: int = 100) -> list[dict]:
    return [{"specimen": f"s{i}", "status": status, "vaf": v, "depth": depth} for i, v in enumerate(fractions)]


def shifts(*rows: tuple[float, float], chrom: str = "chr3", pos: int = 10_000_000) -> Shifts:
    gathered = Shifts(flags.arms(ROOT / "resources" / "flags" / "arms.tsv", "GRCh38"), RULES["shift"])
    for i, row in enumerate(rows):
        gathered.add(Allele(chrom, pos + i, "A", "G"), observed(*row))
    return gathered


def test_a_lost_copy_moves_the_arm() -> None:
    """Three sites at one half before, at 0.70, 0.31 and 0.68 after: distances 0.02 and 0.19 on the mean."""
    gathered = shifts((0.52, 0.70), (0.48, 0.31), (0.48, 0.68))
    told = gathered.explains(Allele("chr3", 37_000_000, "C", "T"), "s0", "s1")
    assert told.fill["arm"] == "3p" and told.fill["sites"] == 3
    assert told.fill["was"] == pytest.approx(0.02) and told.fill["now"] == pytest.approx((0.20 + 0.19 + 0.18) / 3)
    assert gathered.explains(Allele("chr3", 100_000_000, "C", "T"), "s0", "s1") is None  # the other arm
    assert gathered.explains(Allele("chr4", 1_000_000, "C", "T"), "s0", "s1") is None
    assert gathered.explains(Allele("chr3", 10_000_000, "A", "G"), "s0", "s1") is None  # two others are too few


def test_what_moves_nothing() -> None:
    target = Allele("chr3", 37_000_000, "C", "T")
    assert shifts((0.52, 0.50), (0.48, 0.49), (0.50, 0.52)).explains(target, "s0", "s1") is None
    assert shifts((0.52, 0.70), (0.48, 0.31)).explains(target, "s0", "s1") is None
    # homozygous, absent in one specimen, or on a sex chromosome: not heterozygous sites of the germline
    assert shifts((0.99, 0.70), (0.0, 0.4), (0.02, 0.45)).explains(target, "s0", "s1") is None
    gathered = shifts((0.52, 0.70), (0.48, 0.31), (0.48, 0.68), chrom="chrX")
    assert gathered.explains(Allele("chrX", 11_000_000, "C", "T"), "s0", "s1") is None


@pytest.mark.parametrize("build", ["GRCh37", "GRCh38"])
def test_arms_of_known_genes(build: str) -> None:
    """Bands as the HGNC has them: TP53 17p13, BRCA1 17q21, MLH1 3p22, PIK3CA 3q26, BRAF 7q34, EGFR 7p11 …"""
    reference = Reference.open(ROOT / "resources", build)
    gathered = Shifts(flags.arms(ROOT / "resources" / "flags" / "arms.tsv", build), RULES["shift"])
    wanted = {"TP53": "17p", "BRCA1": "17q", "MLH1": "3p", "PIK3CA": "3q", "BRAF": "7q", "EGFR": "7p", "JAK2": "9p",
              "ABL1": "9q", "AKT2": "19q", "STK11": "19p", "AR": "Xq"}  # fmt: skip
    for gene, arm in wanted.items():
        transcript = reference.clinical(gene)
        assert transcript is None or gathered.arm(transcript.chrom, transcript.start) == arm, gene


def test_every_flag_has_its_wording() -> None:
    codes = {"in_normal", "probable_germline", "common_variant", "clone_in_normal", "clonal_haematopoiesis",
             "strand_bias", "fixation", "oxidation", "homopolymer", "copy_neutral", "filtered",
             "filtered_catalogued"}  # fmt: skip
    assert codes <= set(WORDS)
