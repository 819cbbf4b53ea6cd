"""Is it the same person: the model by hand, what each kind of file can tell, small simulations."""

from __future__ import annotations

import random
from math import log
from pathlib import Path

import pytest
from acquired.identity import Sites, common_sites
from acquired.identity.model import HET, HOM, LOW, REF, RELATIONS, UNLISTED, shared
from acquired.judge.rows import Row, Spans, all_there
from acquired.model import Allele
from acquired.reference import Reference
from identity_kit import MODEL, ROOT, WORDS, Panel, compared, observation, trial
from pysam import bcftools

CALLED = {"status": "called", "depth": 200, "alt_count": 100, "vaf": 0.5, "hidden_vaf": None}
HOM_ALT = {**CALLED, "alt_count": 199, "vaf": 0.995}
ABSENT = {"status": "absent", "depth": 200, "alt_count": 0, "vaf": None, "hidden_vaf": 0.0149}
NOT_CALLED = {"status": "not called", "depth": None, "alt_count": None, "vaf": None, "hidden_vaf": None}
NOT_ASSESSED = {**NOT_CALLED, "status": "not assessed"}
BY_ASSAY = {**NOT_CALLED, "status": "absent", "hidden_vaf": 0.005}


def gathered(*rows: tuple[dict, ...], genotypes: tuple[str, ...] = (), normal=None, chrom="chr1") -> Sites:
    """Sites of two specimens from rows of observations, each in a gene of its own of two places."""
    sites = Sites(["a", "b"], MODEL, {}, lambda _, pos: f"gene {pos // 1000}")
    for i, row in enumerate(rows):
        sites.add(Allele(chrom, 1000 * i + 5, "A", "G"), row, genotypes, normal)
    return sites


@pytest.mark.parametrize(
    ("relation", "expected"),
    [  # p = 1/2: chance of the same genotype, by hand
        ("same", 1.0),
        ("stranger", 1 / 16 + 1 / 4 + 1 / 16),
        ("parent", 1 / 8 + 1 / 4 + 1 / 8),
        ("sibling", (3 / 8) / 4 + (1 / 2) / 2 + 1 / 4),
    ],
)
def test_chance_of_equal_genotypes(relation: str, expected: float) -> None:
    chances = shared(0.5, RELATIONS[relation])
    assert sum(chances.values()) == pytest.approx(1)
    assert sum(chances[g, g] for g in range(3)) == pytest.approx(expected)


def test_one_site_by_hand() -> None:
    """Both heterozygous at a site of the bundled set: the mean over its frequencies, given that it is seen at all."""
    het, hom, none = MODEL.rules["emission"][1], MODEL.rules["emission"][2], MODEL.rules["emission"][0]
    like = [sum(row[2:]) for row in (none, het, hom)]
    top = bottom = 0.0
    for p in (0.3, 0.5, 0.7):
        for chance, row, seen in zip(((1 - p) ** 2, 2 * p * (1 - p), p * p), (none, het, hom), like, strict=True):
            top += chance * row[HET] ** 2
            bottom += chance * (1 - (1 - seen) ** 2)
    fits = []
    for one, two in MODEL.rules["somatic"]["shares"]:
        fits.append(log((1 - one - two) * top / bottom + (one + two) * 0.95 * 0.04))
    assert MODEL.log_likelihoods({("common", HET, HET): 1})["same"] == pytest.approx(max(fits))


def test_only_what_was_looked_at_counts() -> None:
    many = [(CALLED, CALLED)] * 10
    for other, sites in ((ABSENT, 11), (BY_ASSAY, 11), (NOT_CALLED, 10), (NOT_ASSESSED, 10)):
        assert gathered(*many, (CALLED, other)).pairs()[0]["sites"] == sites, other


def test_a_call_list_speaks_of_genes_it_has_calls_in() -> None:
    """A site without a record counts only where that file has another call in the gene, at another place."""
    sites = gathered(*[(CALLED, CALLED)] * 12)
    sites.add(Allele("chr1", 5, "A", "T"), (CALLED, NOT_CALLED))  # the gene's other call is at this very place
    assert sites.pairs()[0]["sites"] == 12
    sites.add(Allele("chr1", 77, "A", "T"), (HOM_ALT, NOT_CALLED))
    told = sites.pairs()[0]
    assert (told["sites"], told["agree"], told["opposite"]) == (13, 12, 1)


def test_two_call_lists_of_strangers_are_not_one_person() -> None:
    """Sites that both list agree by themselves: those that one lists and the other does not must count."""
    draw = random.Random(3)
    panel = Panel(draw, 40, 5)
    specimens = [panel.specimen(panel.person(), 0.5, 200, 0) for _ in range(2)]
    told = compared(*specimens, listed_only=True).pairs()[0]
    assert told["verdict"] == "different"
    assert told["sites"] > 40


def test_a_file_without_germline_calls_says_nothing() -> None:
    """Tumour against normal: its caller left germline out, so that what it does not list means nothing."""
    rows = [(CALLED, NOT_CALLED)] * 40 + [(CALLED, {**CALLED, "vaf": 0.08})] * 5
    sites = gathered(*rows)
    for i in range(45):
        sites.add(Allele("chr1", 1000 * i + 9, "C", "T"), (NOT_CALLED, {**CALLED, "vaf": 0.08}))
    assert sites.pairs()[0]["verdict"] == "not enough to tell"


def test_alleles_the_normal_does_not_carry_are_left_out() -> None:
    assert gathered(*[(CALLED, ABSENT)] * 30, normal=(0, 300)).pairs()[0]["sites"] == 0
    assert gathered(*[(CALLED, ABSENT)] * 30, normal=(150, 300)).pairs()[0]["sites"] == 30


def test_genotypes_stand_in_where_there_are_no_counts() -> None:
    bare = {**CALLED, "depth": None, "alt_count": None, "vaf": None}
    told = gathered(*[(bare, bare)] * 25, genotypes=("0/1", "0|1")).pairs()[0]
    assert (told["sites"], told["agree"], told["verdict"]) == (25, 25, "same")
    assert gathered(*[(bare, bare)] * 25, genotypes=("1/1", "0/1")).pairs()[0]["agree"] == 0


def test_somatic_variants_of_one_specimen_are_no_other_person() -> None:
    rows = [(CALLED, CALLED)] * 20 + [(HOM_ALT, HOM_ALT)] * 10 + [(ABSENT, CALLED)] * 60
    assert gathered(*rows).pairs()[0]["verdict"] == "same"
    lost_copies = [(ABSENT, CALLED)] * 30 + [(ABSENT, HOM_ALT)] * 20 + [(CALLED, CALLED)] * 3
    for one_way in ([(ABSENT, CALLED)] * 40, lost_copies):
        told = gathered(*one_way).verdict(WORDS)
        assert told["verdict"] == "not enough to tell" and "somatic" in told["why"]
    subtracted = [(ABSENT, CALLED)] * 20 + [(CALLED, ABSENT)] * 20 + [(CALLED, CALLED)] * 4  # nothing homozygous
    assert gathered(*subtracted).pairs()[0]["verdict"] == "not enough to tell"
    both_ways = [*rows, *[(CALLED, ABSENT)] * 40, *[(HOM_ALT, ABSENT)] * 12]
    assert gathered(*both_ways).pairs()[0]["verdict"] != "same"


def test_loss_of_heterozygosity_is_no_other_person() -> None:
    low = {**CALLED, "vaf": 0.15}
    high = {**CALLED, "vaf": 0.86}
    rows = [(CALLED, CALLED)] * 20 + [(HOM_ALT, HOM_ALT)] * 8 + [(CALLED, low)] * 6 + [(CALLED, high)] * 6
    assert gathered(*rows).pairs()[0]["verdict"] == "same"


def test_sex_chromosomes() -> None:
    """Two X in one specimen, one in the other: doubtful where the rest does not tell; said where it does."""
    sites = gathered(*[(CALLED, HOM_ALT)] * 6, chrom="chrX")
    told = sites.verdict(WORDS)
    assert told["verdict"] == "doubtful"
    assert told["pairs"][0]["sex"] == ["2 X", "1 X"]
    assert "2 X" in told["why"]


def test_states() -> None:
    assert [MODEL.state(v) for v in (0.0, 0.029, 0.03, 0.31, 0.5, 0.69, 0.9, 1.0)] == [0, 0, 1, 2, 2, 2, 4, 4]
    assert (REF, LOW, HET, HOM, UNLISTED) == (0, 1, 2, 4, 5)


def test_nothing_to_compare() -> None:
    alone = Sites(["a"], MODEL, {})
    assert alone.verdict(WORDS)["verdict"] == "not checked"
    told = gathered(*[(CALLED, ABSENT)] * 19).verdict(WORDS)
    assert told["verdict"] == "not enough to tell"
    assert "19" in told["why"]


def test_bundled_sites_are_the_reference_in_both_builds() -> None:
    for build in ("GRCh37", "GRCh38"):
        reference = Reference.open(ROOT / "resources", build)
        sites = common_sites(ROOT / "resources", build)
        assert len(sites) == 80
        assert list(sites) == sorted(sites, key=lambda a: (list(reference.contigs).index(a.chrom), a.pos))
        for allele in sites:
            assert reference.fetch(allele.chrom, allele.pos, allele.pos) == allele.ref, allele


def test_alignments_fill_in_the_bundled_sites() -> None:
    """Counts at the common sites alone are enough, where the files list nothing germline."""
    common = common_sites(ROOT / "resources", "GRCh38")
    draw = random.Random(1)
    persons = [{a: (draw.choice((0, 50, 100)), 100) for a in common} for _ in range(2)]

    def verdict(one: dict, other: dict) -> str:
        sites = Sites(["a", "b"], MODEL, common)
        sites.add_counts([one, other])
        return sites.pairs()[0]["verdict"]

    assert verdict(persons[0], persons[0]) == "same"
    assert verdict(*persons) == "different"
    sites = Sites(["a", "b"], MODEL, common)
    sites.add_counts([persons[0], None])
    assert sites.pairs()[0]["verdict"] == "not enough to tell"


@pytest.mark.parametrize(
    ("relation", "verdict"), [("same", "same"), ("stranger", "different"), ("sibling", "doubtful")]
)
def test_few_simulated_pairs(relation: str, verdict: str) -> None:
    draw = random.Random(relation)
    told = [trial(draw, relation, 100, 5)["verdict"] for _ in range(5)]
    assert told.count(verdict) >= 4


def test_observation_of_the_kit() -> None:
    assert observation((2, 100), True)["status"] == "not called"
    assert observation((2, 100), False)["status"] == "absent"


def test_bcftools_gtcheck_agrees(tmp_path: Path) -> None:
    """Genotypes without noise: the sites that disagree are the discordant ones of `bcftools gtcheck`, pair by pair."""
    draw = random.Random(8)
    panel = Panel(draw, 60, 4)
    mother, father = panel.person(), panel.person()
    one, sibling, stranger = panel.child(mother, father), panel.child(mother, father), panel.person()
    names, persons = ["one", "again", "sibling", "stranger"], [one, one, sibling, stranger]
    sites = Sites(names, MODEL, {}, lambda _, pos: f"gene {pos // 10**5}")
    lines = []
    for gene in range(panel.genes):
        for site in panel.sites[gene]:
            copies = [sum(site in panel.haplotypes[gene][h] for h in person[gene]) for person in persons]
            allele = Allele("chr1", 10**5 * gene + site, "A", "G")
            sites.add(allele, [(ABSENT, CALLED, HOM_ALT)[c] for c in copies])
            genotypes = "\t".join(("0/0", "0/1", "1/1")[c] for c in copies)
            lines.append(f"chr1\t{allele.pos}\t.\tA\tG\t.\tPASS\t.\tGT\t{genotypes}\n")
    head = "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=248956422>\n"
    head += '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    head += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t" + "\t".join(names) + "\n"
    vcf = tmp_path / "persons.vcf"
    vcf.write_text(head + "".join(lines))
    said = bcftools.gtcheck("-u", "GT", "-E", "0", str(vcf), split_lines=True)
    rows = [line.split("\t") for line in said if line.startswith("DCv2")]
    discordant = {frozenset(row[1:3]): int(float(row[3])) for row in rows}
    pairs = {frozenset((p["a"], p["b"])): p for p in sites.pairs()}
    assert len(discordant) == len(pairs) == 6
    for pair, told in pairs.items():
        assert told["sites"] - told["agree"] == discordant[pair], sorted(pair)
    assert pairs[frozenset(("one", "again"))]["verdict"] == "same"
    assert pairs[frozenset(("one", "sibling"))]["verdict"] == "doubtful"
    assert pairs[frozenset(("one", "stranger"))]["verdict"] == "different"


def test_of_a_large_file_only_places_that_are_read_whole_count() -> None:
    """Outside the genes only alleles that moved are read: they alone would make another person."""
    genes = Spans([("chr7", 100, 200)])
    inside, outside = Allele("chr7", 150, "A", "G"), Allele("chr7", 900, "A", "G")
    assert [all_there(genes, n)(a) for n in (1000, 10**6) for a in (inside, outside)] == [True, True, True, False]
    rows = [Row(Allele("chr7", 900 + i, "A", "G"), [CALLED, ABSENT], [], genotypes=[("", "")] * 2) for i in range(30)]
    for where, sites in ((all_there(genes, 1000), 30), (all_there(genes, 10**6), 0)):
        gatherer = Sites(["a", "b"], MODEL, {})
        assert list(gatherer.watch(rows, where)) == rows
        assert gatherer.pairs()[0]["sites"] == sites
