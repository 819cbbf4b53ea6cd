"""`bcftools csq` says the same of every substitution, and knows haplotypes by phase set."""

from __future__ import annotations

import random
from pathlib import Path

import pysam
import pytest
from acquired.annotate import Annotator, csq_consequences
from acquired.annotate.csq import consequences_of, disagreement, of_transcript
from acquired.model import Allele
from acquired.reference import Reference
from acquired.reference.build import build_reference
from annotate_oracle import RESOURCES

A = Allele
V600E, V600M = A("chr7", 140753336, "A", "T"), A("chr7", 140753337, "C", "T")

#: csq's words for ours. Its splice_region beside a coding term is our flag.
WORDS = {
    "missense": "missense_variant", "synonymous": "synonymous_variant", "stop_gained": "stop_gained",
    "stop_lost": "stop_lost", "start_lost": "start_lost", "stop_retained": "stop_retained_variant",
    "5_prime_utr": "5_prime_UTR_variant", "3_prime_utr": "3_prime_UTR_variant", "splice_donor": "splice_donor_variant",
    "splice_acceptor": "splice_acceptor_variant", "splice_region": "splice_region_variant", "intron": "intron_variant",
}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reference]:
    folder = tmp_path_factory.mktemp("reference")
    out = {}
    for build in ("GRCh38", "GRCh37"):
        build_reference(RESOURCES, build, folder / build, None, None)
        out[build] = Reference.open(RESOURCES, build, folder / build)
    return out


def sample(reference: Reference, each: int) -> list[Allele]:
    """Substitutions in and around the exons of every gene with bases."""
    rng = random.Random(5)
    found = set()
    for gene in reference.genes:
        transcript = reference.clinical(gene)
        if transcript is None or transcript.bases == "none":
            continue
        for start, end in transcript.exons:
            for _ in range(each):
                pos = rng.randrange(start - 10, end + 10)
                base = reference.fetch(transcript.chrom, pos, pos)
                if base != "N":
                    found.add(A(transcript.chrom, pos, base, rng.choice([b for b in "ACGT" if b != base])))
    return sorted(found)


@pytest.mark.parametrize("build", ["GRCh38", "GRCh37"])
def test_csq_agrees_on_substitutions(build: str, built: dict[str, Reference]) -> None:
    reference = built[build]
    alleles = sample(reference, 2)
    said = consequences_of(alleles, reference)
    annotator = Annotator(reference)
    whole = {t.name for gene in reference.genes for t in reference.transcripts(gene) if t.bases in ("all", "coding")}
    seen: dict[str, int] = {}
    for allele in alleles:
        for ours in annotator.annotate(allele):
            if ours.transcript not in whole:  # csq needs all of the coding bases
                continue
            theirs = of_transcript(ours, said.get(allele, []))
            assert disagreement(ours, theirs) == "", (allele, ours, theirs)
            terms = {term for e in theirs for term in e["consequence"].split("&")}
            # a splice region is csq's second word, and our flag
            if "splice region" in ours.flags:
                assert "splice_region" in terms, (allele, ours, theirs)
            if len(terms) > 1:
                assert "splice region" in ours.flags, (allele, ours, theirs)
                terms.discard("splice_region")
            if not terms:
                # csq is silent upstream and in introns, and on an alias's UTR where it names another transcript
                elsewhere = any(e["gene"] == ours.gene for e in said.get(allele, []))
                silent = ours.consequence in ("intron_variant", "upstream_gene_variant")
                assert silent or (elsewhere and not ours.clinical and not ours.protein), (allele, ours)
                continue
            assert {WORDS[t] for t in terms} == {ours.consequence}, (allele, ours, theirs)
            seen[ours.consequence] = seen.get(ours.consequence, 0) + 1
    assert seen["missense_variant"] > 3000 and seen["splice_donor_variant"] > 50 and len(seen) >= 10


def test_a_wrong_name_is_noticed(built: dict[str, Reference]) -> None:
    said = consequences_of([V600E], built["GRCh38"])[V600E]
    ours = Annotator(built["GRCh38"]).annotate(V600E)[0]
    other = Annotator(built["GRCh38"]).annotate(V600M)[0]
    assert disagreement(ours, said) == ""
    assert disagreement(other, said) == "csq: V600E"
    assert disagreement(ours, []) == "csq names no amino acid"


Calls = list[tuple[str, int | None]]  # a genotype and its phase set for each sample


def write(path: Path, reference: Reference, rows: list[tuple[Allele, Calls]], names: list[str]) -> None:
    header = pysam.VariantHeader()
    for chrom, length in reference.contigs.items():
        header.contigs.add(chrom, length=length)
    header.formats.add("GT", 1, "String", "")
    header.formats.add("PS", 1, "Integer", "")
    for name in names:
        header.add_sample(name)
    with pysam.VariantFile(str(path), "wb", header=header) as out:
        for allele, calls in rows:
            start = allele.pos - 1
            record = out.new_record(allele.chrom, start, start + len(allele.ref), (allele.ref, allele.alt))
            for name, (genotype, phase_set) in zip(names, calls, strict=True):
                sides = genotype.replace("|", "/").split("/")
                record.samples[name]["GT"] = tuple(None if s == "." else int(s) for s in sides)
                record.samples[name].phased = "|" in genotype
                if phase_set is not None:
                    record.samples[name]["PS"] = phase_set
            out.write(record)


def changes(said: dict[Allele, list[dict]], allele: Allele, mode: str) -> set[tuple[str, str]]:
    return {
        (s, e["amino_acid"])
        for e in said.get(allele, [])
        if e["mode"] == mode and e["transcript"] == "NM_004333.6"
        for s in e.get("specimens", [""])
    }


def test_haplotypes_by_phase_set(tmp_path: Path, built: dict[str, Reference]) -> None:
    path = tmp_path / "calls.bcf"
    rows = [
        (V600E, [("0|1", 7), ("0|1", 7), ("0|1", 1), ("0/1", None)]),
        (V600M, [("0|1", 7), ("1|0", 7), ("0|1", 2), ("0/1", None)]),
        (A("chr1", 1000, "A", "T"), [("./.", None)] * 4),  # no bases here
    ]
    write(path, built["GRCh38"], rows, ["cis", "trans", "othersets", "unphased"])
    said = csq_consequences(path, built["GRCh38"])
    assert set(said) == {V600E, V600M}
    assert changes(said, V600E, "record") == {("", "600V>600E")}
    assert changes(said, V600M, "record") == {("", "600V>600M")}
    together = changes(said, V600E, "haplotype") | changes(said, V600M, "haplotype")
    assert together == {("cis", "600V>600K"), ("trans", "600V>600E"), ("trans", "600V>600M")}


def test_no_variant_and_no_built_reference(tmp_path: Path, built: dict[str, Reference]) -> None:
    path = tmp_path / "none.bcf"
    write(path, built["GRCh38"], [], ["s"])
    assert csq_consequences(path, built["GRCh38"]) == {}
    with pytest.raises(ValueError, match="built"):
        consequences_of([V600E], Reference.open(RESOURCES, "GRCh38"))


def test_runs_in_one_process_do_not_disturb_each_other(built: dict[str, Reference]):
    """csq keeps the place where its last run ended; a run that starts before it on the same contig must still work."""
    late, early = Allele("chr7", 55191822, "T", "G"), Allele("chr7", 55181378, "C", "T")
    for alleles in ([late], [early], [early, late], [early]):
        assert set(consequences_of(alleles, built["GRCh38"])) == set(alleles)
