"""The bundle proves itself: every transcript of both builds is translated again from the bases as they are shipped."""

from __future__ import annotations

import csv
import hashlib
from functools import cache
from itertools import pairwise, product
from pathlib import Path

import pytest
import yaml
from acquired.reference import BUILDS, Reference, Transcript, contig_lengths, contig_table

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
FOLDER = RESOURCES / "reference"
PROVENANCE = yaml.safe_load((FOLDER / "provenance.yaml").read_text(encoding="utf-8"))
EXCEPTIONS = PROVENANCE["exceptions"]

#: The standard genetic code, as NCBI's translation table 1 writes it.
CODE = dict(
    zip(
        ("".join(codon) for codon in product("TCAG", repeat=3)),
        "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
        strict=True,
    )
)

#: Residues everybody knows, on the clinical transcript.
HOTSPOTS = """
ABL1 T315 E255 Y253 F317 V299 F359 | AKT1 E17 | ALK L1196 G1202 C1156 F1174 I1171 F1245 R1275 G1269 |
AR T878 L702 W742 H875 F877 | BCL2 G101 D103 F104 | BRAF V600 L505 G469 K601 L597 | BRCA1 C61 | BTK C481 T474 L528 |
CD79B Y196 | CSF3R T618 | CTNNB1 S33 S45 T41 | DNMT3A R882 | EGFR T790 C797 L858 L718 G724 G719 S768 L861 L792 S492 |
ERBB2 L755 T798 V777 L869 S310 | ESR1 D538 Y537 L536 E380 S463 | EZH2 Y646 A682 | FGFR1 V561 N546 |
FGFR2 N549 V564 S252 | FGFR3 S249 Y373 V555 K650 | FLT3 D835 F691 N676 Y842 | HRAS G12 Q61 | IDH1 R132 |
IDH2 R140 R172 | JAK2 V617 | KIT D816 V654 T670 N822 A829 V559 W557 | KRAS G12 G13 Q61 Y96 H95 R68 A146 |
MAP2K1 C121 K57 P124 | MEN1 M327 T349 | MET D1228 Y1230 L1195 G1163 D1010 | MITF E318 | MTOR F2108 |
MYD88 L265 | NF1 R1276 | NOD2 R702 | NPM1 W288 | NRAS Q61 G12 | NTRK1 G595 G667 F589 |
PDGFRA D842 V561 T674 | PIK3CA E542 E545 H1047 | PLCG2 R665 S707 L845 | PTEN R130 | PTPN11 E76 |
RET M918 G810 V804 C634 | ROS1 G2032 D2033 L2026 S1986 L2086 |
SF3B1 K700 | SMAD4 R361 | SRSF2 P95 | TP53 R175 R248 R273 Y220 | U2AF1 S34 | WT1 R467
"""


@cache
def reference(build: str) -> Reference:
    return Reference.open(RESOURCES, build)


def listed(build: str) -> list[Transcript]:
    here = reference(build)
    return [transcript for gene in here.genes for transcript in here.transcripts(gene)]


def turned(bases: str) -> str:
    return bases.translate(str.maketrans("ACGTN", "TGCAN"))[::-1]


def coding(build: str, transcript: Transcript) -> str:
    bases = "".join(reference(build).fetch(transcript.chrom, start, end) for start, end in transcript.coding)
    return turned(bases) if transcript.strand == "-" else bases


def protein(build: str, transcript: Transcript) -> str:
    bases = coding(build, transcript)
    return "".join(CODE.get(bases[at : at + 3], "X") for at in range(0, len(bases), 3))


@cache
def proteins(build: str) -> dict[str, str]:
    return {t.name: protein(build, t) for t in listed(build) if t.bases in ("all", "coding")}


@pytest.mark.parametrize("build", BUILDS)
def test_every_transcript_translates(build: str) -> None:
    seen = 0
    for transcript in listed(build):
        if transcript.bases == "none":
            continue
        bases = coding(build, transcript)
        assert len(bases) % 3 == 0, transcript.name
        unknown = EXCEPTIONS["unknown_coding_bases"].get(transcript.name, {"bases": 0})["bases"]
        assert bases.count("N") == unknown, transcript.name
        assert (transcript.bases == "part") == (unknown > 0)
        chain = protein(build, transcript)
        starts_oddly = transcript.name in EXCEPTIONS["start"]
        assert (bases[:3] != "ATG") == starts_oddly, transcript.name
        assert "*" not in chain[:-1], transcript.name
        assert chain[-1] == ("X" if unknown else "*"), transcript.name
        seen += 1
    assert seen == 370


@pytest.mark.parametrize("build", BUILDS)
def test_introns_begin_and_end_as_introns_do(build: str) -> None:
    here, odd, seen = reference(build), {}, 0
    for transcript in listed(build):
        for (_, left), (right, _) in pairwise(transcript.exons):
            sites = [here.fetch(transcript.chrom, at, at + 1) for at in (left + 1, right - 2)]
            if "N" in "".join(sites):
                continue
            donor, acceptor = sites if transcript.strand == "+" else map(turned, reversed(sites))
            seen += 1
            if (donor, acceptor) not in (("GT", "AG"), ("GC", "AG"), ("AT", "AC")):
                odd[transcript.name] = f"{donor}-{acceptor}"
    assert odd == {name: row["sites"] for name, row in EXCEPTIONS["splice_sites"].items()}
    assert seen > 4300


@pytest.mark.parametrize("build", BUILDS)
def test_hotspot_residues_have_their_published_numbers(build: str) -> None:
    wrong = []
    for entry in HOTSPOTS.replace("\n", " ").split("|"):
        gene, *residues = entry.split()
        transcript = reference(build).clinical(gene)
        assert transcript is not None, gene
        chain = protein(build, transcript)
        wrong += [f"{gene} {r}" for r in residues if chain[int(r[1:]) - 1] != r[0]]
    assert wrong == []


def test_both_builds_give_the_same_proteins_but_for_the_listed_ones() -> None:
    ours, theirs = (proteins(build) for build in BUILDS)
    assert ours.keys() == theirs.keys()
    differ = {
        name: [f"{a}{i}{b}" for i, (a, b) in enumerate(zip(ours[name], theirs[name], strict=True), 1) if a != b]
        for name in ours
        if ours[name] != theirs[name]
    }
    assert differ == {name: [change] for name, change in PROVENANCE["builds_differ"].items()}
    assert len(differ) == 8


@pytest.mark.parametrize("build", BUILDS)
def test_the_choice_of_numbering_is_proved_by_residues(build: str) -> None:
    with (FOLDER / "numbering.tsv").open(encoding="utf-8") as handle:
        rows = {row["gene"]: row for row in csv.DictReader(handle, delimiter="\t")}
    for gene, row in rows.items():
        transcript = reference(build).clinical(gene)
        assert transcript is not None and transcript.name == row["transcript"]
        assert row["reason"]
        chain = protein(build, transcript)
        for residue in filter(None, row["proof"].split(";")):
            assert chain[int(residue[1:]) - 1] == residue[0], f"{gene} {residue}"
    for transcript in listed(build):
        if transcript.clinical and transcript.status != "MANE Select":
            assert transcript.gene in rows
        if transcript.status == "clinical":
            assert transcript.gene in rows, "a gene with a transcript of clinicians' choice states what it is named by"


@pytest.mark.parametrize("build", BUILDS)
def test_aliases_number_the_same_residue_otherwise(build: str) -> None:
    other = {t.name: t for t in listed(build)}
    for name, residue in (
        ("NM_001378902.1", "G2026"), ("NM_001374258.1", "V640"), ("NM_002468.5", "L252"), ("NM_001172567.1", "L273"),
        ("NM_001370259.2", "M322"), ("NM_022970.4", "V565"), ("NM_001039933.1", "Y197"), ("NM_001024847.2", "K153"),
    ):  # fmt: skip
        assert not other[name].clinical
        assert protein(build, other[name])[int(residue[1:]) - 1] == residue[0]


def test_a_gene_has_one_clinical_transcript_and_both_builds_list_the_same() -> None:
    for build in BUILDS:
        here = reference(build)
        assert len(here.genes) == 424
        for gene in here.genes:
            first, *rest = here.transcripts(gene)
            assert first.clinical and not any(t.clinical for t in rest)
            assert here.clinical(gene) == first
        without = [gene for gene in here.genes if here.transcripts(gene)[0].bases == "none"]
        assert len([*without, "NTHL1"]) == 84
    names = [[(t.gene, t.name, t.clinical, t.bases, len(t.exons), t.strand) for t in listed(b)] for b in BUILDS]
    assert names[0] == names[1]
    assert len(names[0]) == 456


@pytest.mark.parametrize("build", BUILDS)
def test_transcripts_lie_within_their_chromosomes(build: str) -> None:
    lengths = contig_lengths(RESOURCES, build)
    for t in listed(build):
        assert all(a <= b for a, b in t.exons) and all(a[1] < b[0] for a, b in pairwise(t.exons)), t.name
        assert t.exons[0][0] >= 1 and t.exons[-1][1] <= lengths[t.chrom]
        assert any(a <= t.cds_start <= b for a, b in t.exons) and any(a <= t.cds_end <= b for a, b in t.exons)
        assert t.bases in ("all", "coding", "part", "none") and bool(t.trust) == (t.bases != "none"), t.name


def test_the_digests_are_those_of_the_files() -> None:
    found = {p.name: hashlib.sha256(p.read_bytes().rstrip(b"\n")).hexdigest() for p in FOLDER.glob("*.tsv")}
    assert found == PROVENANCE["sha256"]


def test_the_files_survive_being_handed_on_as_text_without_a_final_newline(tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    for path in FOLDER.iterdir():
        text = path.read_bytes().decode("utf-8")
        (tmp_path / "reference" / path.name).write_bytes(text.removesuffix("\n").encode())
    there = Reference.open(tmp_path, "GRCh38")
    last = listed("GRCh38")[-1]
    assert there.transcripts(last.gene) == reference("GRCh38").transcripts(last.gene)
    chrom = list(there.contigs)[-3]
    assert there.blocks(chrom) == reference("GRCh38").blocks(chrom) != []


@pytest.mark.parametrize("build", BUILDS)
def test_loci_beyond_the_coding_sequence_that_are_asked_about(build: str) -> None:
    here = reference(build)
    met, tert = here.clinical("MET"), here.clinical("TERT")
    assert met and tert
    start, end = met.exons[13]
    assert here.has_bases("chr7", start - 300, end + 300), "MET exon 14 and its splice sites"
    assert here.fetch("chr7", end + 1, end + 2) == "GT" and here.fetch("chr7", start - 2, start - 1) == "AG"
    atg = tert.cds_end  # on the minus strand; c.-124 and c.-146 are the promoter's two hot spots
    assert [here.fetch("chr5", atg + n, atg + n) for n in (124, 146)] == ["G", "G"]


def test_contig_lengths_add_up_to_the_published_totals() -> None:
    assert sum(contig_lengths(RESOURCES, "GRCh38").values()) == 3_088_286_401
    assert sum(contig_lengths(RESOURCES, "hg19").values()) == 3_095_693_983
    rows = contig_table(RESOURCES)
    assert [row["contig"] for row in rows] == [f"chr{c}" for c in (*range(1, 23), "X", "Y", "M")]
    for row in rows[:-1]:
        assert row["GRCh37"] == row["hg19"] != row["GRCh38"]
    assert (rows[-1]["GRCh37"], rows[-1]["GRCh38"], rows[-1]["hg19"]) == ("16569", "16569", "16571")


def test_another_build_is_not_opened() -> None:
    with pytest.raises(ValueError, match="hg18"):
        Reference.open(RESOURCES, "hg18")
