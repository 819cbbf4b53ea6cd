"""The built folder: what htslib, samtools and bcftools csq make of it."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import shutil
import subprocess
from pathlib import Path

import pysam
import pytest
from acquired.reference import BUILDS, Reference
from acquired.reference.build import FILES, build_reference
from reference_kit import run_csq

RESOURCES = Path(__file__).resolve().parents[2] / "resources"

#: One nucleotide change in four genes, on both strands: build -> (chrom, pos, ref, alt, what csq must say).
CHANGES = {
    "GRCh38": [
        ("chr2", 29220829, "G", "T", "missense|ALK|NM_004304.5|protein_coding|-|1174F>1174L"),
        ("chr7", 55174771, "AGGAATTAAGAGAAGC", "A", "inframe_deletion|EGFR|NM_005228.5|protein_coding|+|745KELREA"),
        ("chr7", 55181378, "C", "T", "missense|EGFR|NM_005228.5|protein_coding|+|790T>790M"),
        ("chr7", 55191822, "T", "G", "missense|EGFR|NM_005228.5|protein_coding|+|858L>858R"),
        ("chr12", 25245350, "C", "A", "missense|KRAS|NM_004985.5|protein_coding|-|12G>12V"),
    ],
    "GRCh37": [
        ("chr7", 55242464, "AGGAATTAAGAGAAGC", "A", "inframe_deletion|EGFR|NM_005228.5|protein_coding|+|745KELREA"),
        ("chr7", 55249071, "C", "T", "missense|EGFR|NM_005228.5|protein_coding|+|790T>790M"),
        ("chr7", 55259515, "T", "G", "missense|EGFR|NM_005228.5|protein_coding|+|858L>858R"),
        ("chr12", 25398284, "C", "A", "missense|KRAS|NM_004985.5|protein_coding|-|12G>12V"),
    ],
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Both builds, built once."""
    out = {build: tmp_path_factory.mktemp("reference") / build for build in BUILDS}
    for build, folder in out.items():
        build_reference(RESOURCES, build, folder)
    return out


@pytest.mark.parametrize("build", BUILDS)
def test_htslib_reads_the_sparse_genome_as_the_bundle_is(built: dict[str, Path], build: str) -> None:
    here = Reference.open(RESOURCES, build, built[build])
    assert here.source == "bundled" and here.fasta_path == built[build] / "genome.fa.gz"
    genome = pysam.FastaFile(str(here.fasta_path))
    assert dict(zip(genome.references, genome.lengths, strict=True)) == here.contigs
    dice = random.Random(3)
    for chrom, length in here.contigs.items():
        for start, end in dice.sample(here.blocks(chrom), min(20, len(here.blocks(chrom)))):
            low, high = max(1, start - 90), min(length, end + 90)
            assert genome.fetch(chrom, low - 1, high) == here.fetch(chrom, low, high)
        assert genome.fetch(chrom, length - 3, length + 9) == here.fetch(chrom, length - 2, length)


@pytest.mark.heavy
@pytest.mark.parametrize("build", BUILDS)
def test_samtools_makes_the_same_indexes(built: dict[str, Path], build: str, tmp_path: Path) -> None:
    samtools = shutil.which("samtools")
    if samtools is None:
        pytest.skip("samtools is not installed")
    shutil.copy(built[build] / "genome.fa.gz", tmp_path)
    subprocess.run([samtools, "faidx", tmp_path / "genome.fa.gz"], check=True)
    for suffix in (".fai", ".gzi"):
        name = f"genome.fa.gz{suffix}"
        assert (tmp_path / name).read_bytes() == (built[build] / name).read_bytes()


@pytest.mark.parametrize("build", BUILDS)
def test_csq_names_known_changes(built: dict[str, Path], build: str, tmp_path: Path) -> None:
    here = Reference.open(RESOURCES, build, built[build])
    calls = tmp_path / "calls.vcf"
    lines = ["##fileformat=VCFv4.3", *(f"##contig=<ID={c},length={n}>" for c, n in here.contigs.items())]
    lines += ["#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    lines += [f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t.\t.\t." for chrom, pos, ref, alt, _ in CHANGES[build]]
    calls.write_text("\n".join(lines) + "\n")
    out = tmp_path / "out.vcf"
    run_csq(
        "--local-csq", "-f", str(here.fasta_path), "-g", str(here.gff_path), "-Ov", "-o", str(out), str(calls),
    )  # fmt: skip
    said = [line.split("\t")[7] for line in out.read_text().splitlines() if not line.startswith("#")]
    for answer, (*_, expected) in zip(said, CHANGES[build], strict=True):
        assert expected in answer


@pytest.mark.parametrize("build", BUILDS)
def test_the_gff_has_the_models_and_whole_codons(built: dict[str, Path], build: str) -> None:
    here = Reference.open(RESOURCES, build, built[build])
    coding: dict[str, list[tuple[int, int, int]]] = {}
    exons: dict[str, list[tuple[int, int]]] = {}
    for line in gzip.decompress((built[build] / "genes.gff3.gz").read_bytes()).decode().splitlines():
        if line.startswith("#"):
            continue
        _, _, kind, start, end, _, _, phase, attributes = line.split("\t")
        name = attributes.partition("Parent=transcript:")[2]
        if kind == "CDS":
            coding.setdefault(name, []).append((int(start), int(end), int(phase)))
        elif kind == "exon":
            exons.setdefault(name, []).append((int(start), int(end)))
    models = {t.name: t for gene in here.genes for t in here.transcripts(gene)}
    assert len(coding) == len(exons) == here.description["transcripts_for_csq"] == 368
    for name, rows in coding.items():
        model = models[name]
        assert exons[name] == list(model.exons)
        assert [(start, end) for start, end, _ in rows] == list(model.coding)
        done = 0
        for start, end, phase in rows if model.strand == "+" else reversed(rows):
            assert (done + phase) % 3 == 0, "phase is the number of bases that finish the codon begun before"
            done += end - start + 1
        assert done % 3 == 0
    assert {"NM_000633.3", "NM_024426.6"} <= coding.keys(), "BCL2 lacks its stop only; WT1 starts at CTG"
    assert not {"NM_176795.5", "NM_002528.7"} & coding.keys(), "coding bases missing: csq would name nonsense"


def test_building_again_gives_the_same_bytes_and_nothing_else(built: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "results" / "GRCh37"
    out.mkdir(parents=True)
    (out / "transcripts.tsv").write_text("of a run with a GFF that is no longer named\n")
    build_reference(RESOURCES, "GRCh37", out)
    assert sorted(p.name for p in out.iterdir()) == sorted(FILES)
    assert [p.name for p in out.parent.iterdir()] == ["GRCh37"], "no draft folder is left"
    for path in out.iterdir():
        ours, first = (hashlib.sha256(p.read_bytes()).digest() for p in (path, built["GRCh37"] / path.name))
        assert ours == first, path.name
    description = json.loads((out / "reference.json").read_text())
    assert description["source"] == "bundled" and description["notes"] == []
    assert str(tmp_path) not in (out / "reference.json").read_text()
