"""The laboratory's own genome and GFF3: used as they are, or refused with a reason."""

from __future__ import annotations

import gzip
import os
import shutil
from pathlib import Path
from typing import Any

import pysam
import pytest
import yaml
from acquired.errors import InputError
from acquired.reference import Reference
from acquired.reference.build import build_reference
from acquired.reference.sparse import write_genome
from acquired.reference.user_genome import _index, contig_names
from acquired.reference.user_gff import read_gff
from pysam import bcftools
from reference_kit import run_csq

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
CASES = Path(__file__).resolve().parents[1] / "cases" / "reference"
BUNDLE = {build: Reference.open(RESOURCES, build) for build in ("GRCh38", "GRCh37")}


def make_genome(path: Path, build: str, name: Any, lengths: dict[str, int] | None = None, change: Any = None) -> Path:
    """A genome as a laboratory may have it: the bundle's bases under the names `name(chrom)` gives."""
    here = BUNDLE[build]
    back = {name(chrom): chrom for chrom in here.contigs if name(chrom)}
    sizes = {new: (lengths or {}).get(chrom, here.contigs[chrom]) for new, chrom in back.items()}
    fetch = change or here.fetch
    path.parent.mkdir(parents=True, exist_ok=True)
    write_genome(path, sizes, lambda c: here.blocks(back[c]), lambda c, start, end: fetch(back[c], start, end))
    return path


def bare(chrom: str) -> str:
    return "MT" if chrom == "chrM" else chrom.removeprefix("chr")


@pytest.fixture(scope="module")
def bare_genome(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """GRCh37 with chromosomes 1 … MT, in a folder nobody may write into."""
    path = make_genome(tmp_path_factory.mktemp("lab") / "hs37.fa.gz", "GRCh37", bare)
    path.parent.chmod(0o555)
    yield path
    path.parent.chmod(0o755)


@pytest.fixture(scope="module")
def user_built(bare_genome: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "GRCh37"
    build_reference(RESOURCES, "GRCh37", out, bare_genome, CASES / "refseq_grch37" / "genes.gff3")
    return out


def test_a_genome_without_chr_is_used_under_our_names(user_built: Path, bare_genome: Path) -> None:
    here = Reference.open(RESOURCES, "GRCh37", user_built)
    assert here.source == "user"
    assert here.fasta_path and here.fasta_path.resolve() == bare_genome.resolve()
    assert sorted(p.name for p in bare_genome.parent.iterdir()) == ["hs37.fa.gz", "hs37.fa.gz.fai", "hs37.fa.gz.gzi"]
    assert here.fetch("chr7", 55249060, 55249080) == BUNDLE["GRCh37"].fetch("chr7", 55249060, 55249080)
    assert here.fetch("chr7", -1, 2) == "NNNN" and here.fetch("chrUn", 1, 2) == "NN"
    assert here.has_bases("chr7", 55249060, 55249080) and not here.has_bases("chr7", 1, 2)
    assert here.description["genome"]["bases_compared"] > 4_000_000
    assert here.description["genome"]["bases_unlike_bundle"] == 0
    assert "/" not in here.description["genome"]["name"]


def test_csq_and_norm_work_with_a_renamed_genome_and_a_gene_of_the_gff(user_built: Path, tmp_path: Path) -> None:
    here = Reference.open(RESOURCES, "GRCh37", user_built)
    calls, out = tmp_path / "calls.vcf", tmp_path / "out.vcf"
    calls.write_text(
        "##fileformat=VCFv4.3\n##contig=<ID=chr7,length=159138663>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        "chr7\t55249071\t.\tC\tT\t.\t.\t.\n"
    )
    bcftools.norm("-c", "e", "-f", str(here.fasta_path), "-o", str(out), str(calls), catch_stdout=False)
    run_csq(
        "--local-csq", "-f", str(here.fasta_path), "-g", str(here.gff_path), "-o", str(out), str(calls),
    )  # fmt: skip
    assert "790T>790M" in out.read_text()
    assert "ID=transcript:NM_999001.2" in gzip.decompress((user_built / "genes.gff3.gz").read_bytes()).decode()


def test_genes_outside_the_bundle_come_from_the_gff_and_bundled_ones_do_not(user_built: Path) -> None:
    here = Reference.open(RESOURCES, "GRCh37", user_built)
    outside = here.clinical("NEWGENE1")
    assert outside and outside.name == "NM_999001.2" and outside.status == "MANE Select" and outside.trust == "user"
    assert outside in here.overlapping("chr1", outside.start, outside.start)
    egfr = here.clinical("EGFR")
    assert egfr == BUNDLE["GRCh37"].clinical("EGFR")


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda p: p.name)
def test_gff_cases(case: Path, tmp_path: Path) -> None:
    """Each case: genes.gff3, and expected.yaml with `build` and either `transcripts` or `refused` (words said)."""
    expected = yaml.safe_load((case / "expected.yaml").read_text(encoding="utf-8"))
    build, out = expected["build"], tmp_path / "out"
    if "refused" in expected:
        with pytest.raises(InputError) as caught:
            build_reference(RESOURCES, build, out, None, case / "genes.gff3")
        for words in expected["refused"]:
            assert words in str(caught.value)
        assert not list(out.iterdir()), "nothing half-written"
        return
    found = {
        t.gene: f"{t.name} {t.status} {t.chrom}:{t.cds_start}-{t.cds_end}{t.strand} {len(t.exons)}"
        for t in read_gff(case / "genes.gff3", RESOURCES, build, with_bases=False)
    }
    assert found == expected["transcripts"]


def refusal(tmp_path: Path, fasta: Path, build: str = "GRCh38") -> str:
    out = tmp_path / "results" / build
    with pytest.raises(InputError) as caught:
        build_reference(RESOURCES, build, out, fasta)
    assert not list(out.iterdir()) and [p.name for p in out.parent.iterdir()] == [build], "nothing half-written"
    return str(caught.value)


def test_a_genome_of_the_other_build_is_refused(bare_genome: Path, tmp_path: Path) -> None:
    said = refusal(tmp_path, bare_genome)
    assert "chr1 has 249250621 bases; GRCh38 has 248956422 (24 differ)." in said and "it is GRCh37" in said


def test_a_genome_of_no_known_build_or_with_unknown_names_is_refused(tmp_path: Path) -> None:
    long = make_genome(tmp_path / "a.fa.gz", "GRCh38", str, {"chr9": 138394718})
    assert "another assembly" in refusal(tmp_path, long)
    (tmp_path / "b.fa").write_text(">contig_1\nACGT\n>chr7_KI270803v1_alt\nACGT\n")
    assert "no chromosome of the human genome by a known name" in refusal(tmp_path, tmp_path / "b.fa")
    part = make_genome(tmp_path / "c.fa.gz", "GRCh38", lambda c: c if c in ("chr7", "chr12") else "")
    assert "lacks chr1, chr2" in refusal(tmp_path, part)


def test_a_genome_with_other_bases_is_refused(tmp_path: Path) -> None:
    swap = str.maketrans("A", "G")
    other = make_genome(
        tmp_path / "p.fa.gz", "GRCh38", str, change=lambda *place: BUNDLE["GRCh38"].fetch(*place).translate(swap)
    )
    assert "bases in the bundled genes are unlike GRCh38" in refusal(tmp_path, other)


def test_an_index_that_is_not_of_this_file_does_not_go_unseen(tmp_path: Path) -> None:
    genome = make_genome(tmp_path / "g.fa.gz", "GRCh38", str)
    plain = tmp_path / "g.fa"
    plain.write_text(">chr1\n" + "ACGT" * 30 + "\n")
    shutil.copy(f"{genome}.fai", f"{plain}.fai")
    said = refusal(tmp_path, plain)
    assert "unlike GRCh38" in said or "cannot be read where its index points" in said
    assert "index (.fai" in said


def test_chrm_of_hg19_is_not_taken_for_the_cambridge_sequence(tmp_path: Path) -> None:
    hg19 = make_genome(tmp_path / "hg19.fa.gz", "GRCh37", lambda c: c if c != "chrY" else "", {"chrM": 16571})
    build_reference(RESOURCES, "GRCh37", tmp_path / "out", hg19)
    here = Reference.open(RESOURCES, "GRCh37", tmp_path / "out")
    assert any("revised Cambridge" in note for note in here.description["notes"])
    assert any("chrY is not in" in note for note in here.description["notes"])
    assert here.fetch("chrM", 1, 4) == "NNNN" and here.contigs["chrM"] == 16569


def test_files_that_are_no_indexable_fasta_are_refused(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path, tmp_path / "nowhere.fa")
    assert "is a directory" in refusal(tmp_path, tmp_path)
    plain = tmp_path / "plain.fa.gz"
    plain.write_bytes(gzip.compress(b">chr1\nACGT\n"))
    assert "plain gzip" in refusal(tmp_path, plain) and "bgzip" in refusal(tmp_path, plain)
    for content in (b"", b"ACGT\n"):
        (tmp_path / "odd.fa").write_bytes(content)
        assert "does not begin with '>'" in refusal(tmp_path, tmp_path / "odd.fa")
    cut = make_genome(tmp_path / "cut.fa.gz", "GRCh38", str)
    cut.write_bytes(cut.read_bytes()[:-1000])
    assert "ends in the middle" in refusal(tmp_path, cut)
    (tmp_path / "ragged.fa").write_bytes(b">chr1\nACGTAC\nAC\nACGTAC\n")
    assert "cannot be indexed" in refusal(tmp_path, tmp_path / "ragged.fa")


def test_problems_of_genome_and_gff_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        build_reference(RESOURCES, "GRCh38", tmp_path / "o", tmp_path / "no.fa", tmp_path / "no.gff3")
    assert len(caught.value.problems) == 2


def test_a_plain_fasta_is_indexed_in_our_folder_and_an_old_index_is_not_believed(tmp_path: Path) -> None:
    lab = tmp_path / "lab"
    lab.mkdir()
    fasta, link = lab / "g.fa", tmp_path / "genome.fa.gz"
    fasta.write_text(">7 of a lab\nACGTAC\nGT\n>MT\nTTT\n")
    (lab / "g.fa.fai").write_text("of another file\n")
    os.utime(lab / "g.fa.fai", (1, 1))
    link.symlink_to(fasta)
    _index(fasta, link, blocked=False)
    genome = pysam.FastaFile(str(link))
    assert genome.fetch("7", 4, 8) == "ACGT" and genome.lengths == [8, 3]
    assert (lab / "g.fa.fai").read_text() == "of another file\n", "nothing beside the laboratory's file is touched"
    shutil.copy(f"{link}.fai", lab / "g.fa.fai")
    again = tmp_path / "again.fa.gz"
    again.symlink_to(fasta)
    _index(fasta, again, blocked=False)
    assert Path(f"{again}.fai").read_bytes() == Path(f"{link}.fai").read_bytes()


def test_usual_names_of_chromosomes() -> None:
    names = contig_names(RESOURCES)
    for spelling, ours in {"7": "chr7", "chr7": "chr7", "NC_000007.14": "chr7", "NC_000007.13": "chr7", "MT": "chrM",
                           "M": "chrM", "chrMT": "chrM", "NC_012920.1": "chrM", "X": "chrX"}.items():  # fmt: skip
        assert names[spelling] == ours
    assert "chr7_KI270803v1_alt" not in names and "23" not in names
