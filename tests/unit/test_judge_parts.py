"""The judge's parts: where loci lie, how deep they were looked at, rows of large files, words and numbers."""

import gzip
from pathlib import Path
from typing import Any

import pytest
import yaml
from acquired.annotate import Annotator
from acquired.catalogue import Locus
from acquired.compare.settings import Assay, Regions, Thresholds
from acquired.judge import rows
from acquired.judge.negatives import Coverage, Place, place_of, splice_sites
from acquired.judge.rows import Spans
from acquired.judge.wording import percent
from acquired.model import Allele, Kind
from acquired.reference import Reference
from hypothesis import given
from hypothesis import strategies as st
from judge_cases import judge
from small_catalogue import ROOT

REFERENCE = {build: Reference.open(ROOT / "resources", build) for build in ("GRCh38", "GRCh37")}
RULES = yaml.safe_load((ROOT / "resources" / "judge" / "rules.yaml").read_text())
WORDS = yaml.safe_load((ROOT / "resources" / "wording" / "judge.en.yaml").read_text())


@pytest.mark.parametrize("build", REFERENCE)
@pytest.mark.parametrize(
    ("gene", "residue"),
    [
        ("EGFR", 790),
        ("ALK", 1196),
        ("BRAF", 600),
        ("KIT", 816),
        ("ABL1", 315),
        ("ROS1", 2032),
        ("KRAS", 12),
        ("BTK", 481),
    ],
)
def test_every_base_of_a_codon_changes_that_residue(build: str, gene: str, residue: int) -> None:
    """The annotator, which knows nothing of `codons`, must name the same residue for each base."""
    reference = REFERENCE[build]
    transcript = reference.clinical(gene)
    assert transcript
    annotator = Annotator(reference)
    bases = [(c, p) for c, start, end in transcript.codons(residue, residue) for p in range(start, end + 1)]
    assert len(bases) == 3
    for chrom, pos in bases:
        ref = reference.fetch(chrom, pos, pos)
        for alt in set("ACGT") - {ref}:
            named = annotator.annotate(Allele(chrom, pos, ref, alt))[0]
            assert (named.gene, named.protein_start) == (gene, residue)


@pytest.mark.parametrize("build", REFERENCE)
def test_codons_across_introns_and_whole_genes(build: str) -> None:
    transcript = REFERENCE[build].clinical("EGFR")
    assert transcript
    spans = transcript.codons(729, 823)  # exons 19 and 20
    assert len(spans) == 2 and sum(end - start + 1 for _, start, end in spans) == 3 * 95
    assert sum(end - start + 1 for _, start, end in transcript.codons(1, 1211)) == 3 * 1211


@pytest.mark.parametrize("build", REFERENCE)
def test_splice_sites_of_met_exon_14(build: str) -> None:
    reference = REFERENCE[build]
    transcript = reference.clinical("MET")
    assert transcript
    sites = splice_sites(transcript, 14)
    acceptor, donor = (reference.fetch(*site) for site in sites)
    assert acceptor == "AG" and donor[1:] == "GT"
    annotator = Annotator(reference)
    chrom, start, _ = sites[1]
    named = annotator.annotate(Allele(chrom, start + 1, "G", "T"))[0]
    assert named.hgvs_c == "c.3028+1G>T"


def test_loci_without_coordinates_have_no_span() -> None:
    def locus(gene: str, kind: Kind, start: int = 0) -> Locus:
        return Locus(gene, "x", kind, start, start, "A", ("ACQ-000001",))

    reference = REFERENCE["GRCh38"]
    assert not place_of(locus("MET", Kind.COPY_NUMBER), reference).spans
    assert not place_of(locus("NOTAGENE", Kind.SMALL, 5), reference).spans
    whole = place_of(locus("RB1", Kind.SMALL), reference)
    assert whole.size == 3 * 929


def coverage(folder: Path, lines: list[str]) -> Coverage:
    track = folder / "x.depth.bed.gz"
    with gzip.open(track, "wt") as out:
        out.writelines("\t".join(line.split(maxsplit=4)) + "\n" for line in lines)
    return Coverage(track, Spans([("chr7", 101, 110)]), Assay(), Thresholds())


def test_a_locus_is_as_good_as_its_worst_base(tmp_path: Path) -> None:
    span = [("chr7", 101, 110)]
    whole = ["chr7 90 105 500 reference block", "chr7 105 120 30 all sites"]
    assert coverage(tmp_path, whole).least(span) == (30, "all sites")
    assert coverage(tmp_path, ["chr7 90 105 500 a", "chr7 106 120 30 b"]).least(span) is None  # base 106 is missing
    assert coverage(tmp_path, ["chr7 90 109 500 a"]).least(span) is None
    assert coverage(tmp_path, ["chr8 90 200 500 a"]).least(span) is None
    assert coverage(tmp_path, []).least(span) is None
    assert Coverage(tmp_path / "none.bed.gz", Spans(span), Assay(), Thresholds()).least(span) is None


def test_overlapping_rows_of_a_track(tmp_path: Path) -> None:
    rows_ = ["chr7 90 120 500 a", "chr7 100 104 20 b"]
    assert coverage(tmp_path, rows_).least([("chr7", 101, 110)]) in ((500, "a"), (20, "b"))


def test_absent_or_low_follows_the_hidden_vaf(tmp_path: Path) -> None:
    own = coverage(tmp_path, [])
    assert own.judge(1243)[0] == "absent" and own.judge(1243)[1] == pytest.approx(1 - 0.05 ** (1 / 1243))
    assert own.judge(58)[0] == "low" and own.judge(59)[0] == "absent"  # 1 - 0.05^(1/59) is the first below 5 %


CASE: dict[str, Any] = {
    "disease": "LUAD",
    "therapies": {"lazertinib": [1, None]},
    "specimens": {"P0": {"assay": "panel"}, "P1": {"assay": "panel"}},
    "comparisons": {"c1": {"baseline": ["P0"], "window": ["P1"], "therapies": ["lazertinib"]}},
}


@pytest.mark.parametrize(
    ("bed", "assay", "status", "verdict"),
    [
        ("chr7\t55181000\t55182000\n", {"limit": 0.005}, "absent", "none_found"),
        ("chr7\t55181000\t55182000\n", {"min_depth": 500}, "absent", "none_found"),
        ("chr7\t55181000\t55182000\n", {"min_depth": 20}, "low", "cannot_be_judged"),
        ("chr7\t55181000\t55182000\n", {}, "not called", "none_called"),
        ("chr1\t100\t200\n", {"limit": 0.005}, "not assessed", "cannot_be_judged"),
        ("", {"limit": 0.005}, "not called", "none_called"),
    ],
)
def test_what_the_assay_states(tmp_path: Path, bed: str, assay: dict[str, Any], status: str, verdict: str) -> None:
    if bed:
        (tmp_path / "panel.bed").write_text(bed)
        assay = assay | {"regions": str(tmp_path / "panel.bed")}
    result = judge(CASE | {"assays": {"panel": assay}}, tmp_path)
    told = [n["status"] for n in result["negatives"] if n["locus"] == "T790" and n["specimen"] == "P1"]
    assert told == [status] and result["verdicts"][0]["verdict"] == verdict
    assert str(tmp_path) not in (tmp_path / "result.json").read_text()


def test_an_explicit_zero_speaks_for_its_residue(tmp_path: Path) -> None:
    allele = {"obs": {"P0": "absent 0/900", "P1": "absent 0/812"}}
    result = judge(CASE | {"alleles": {"EGFR T790M": allele}}, tmp_path)
    told = {(n["locus"], n["specimen"]): (n["status"], n["depth"]) for n in result["negatives"]}
    assert told["T790", "P1"] == ("absent", 812) and told["C797", "P1"] == ("not called", None)


HET, ABSENT = "called 50/100", "absent 0/100"


def test_large_files_are_sifted_by_htslib_without_losing_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alleles = {
        "EGFR T790M": {"obs": {"P0": ABSENT, "P1": "called 9/100"}, "moved": ["emerged depth P0 P1"]},
        "EGFR L858R": {"obs": {"P0": HET, "P1": HET}, "moved": ["persistent . P0 P1"]},
        "chr1 1000 A G": {"obs": {"P0": HET, "P1": HET}, "moved": ["persistent . P0 P1"]},
        "chr1 2000 A G": {"obs": {"P0": ABSENT, "P1": HET}, "moved": ["emerged depth P0 P1"]},
    }
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    small = judge(CASE | {"alleles": alleles}, tmp_path / "a")
    monkeypatch.setattr(rows, "_MANY", 2)
    large = judge(CASE | {"alleles": alleles}, tmp_path / "b")
    assert len(small["alterations"]) == 3
    # identity alone may rest on fewer sites: what persists outside the genes is not read
    assert {k: v for k, v in small.items() if k != "quality"} == {k: v for k, v in large.items() if k != "quality"}


def test_regions_touch() -> None:
    spans = Spans([("chr1", 10, 20), ("chr1", 18, 30), ("chr2", 5, 5)])
    assert spans.touch("chr1", 30, 40) and not spans.touch("chr1", 31, 40) and not spans.touch("chr1", 1, 9)
    assert spans.touch("chr2", 1, 5) and not spans.touch("chr3", 5, 5)
    assert spans.bed() == "chr1\t9\t30\nchr2\t4\t5\n"


@given(
    st.lists(st.tuples(st.integers(1, 200), st.integers(0, 20)), max_size=12), st.integers(1, 220), st.integers(0, 10)
)
def test_regions_touch_as_a_set_of_bases_does(pairs: list[tuple[int, int]], start: int, length: int) -> None:
    bases = {b for first, size in pairs for b in range(first, first + size + 1)}
    spans = Spans([("chr1", first, first + size) for first, size in pairs])
    assert spans.touch("chr1", start, start + length) == bool(bases & set(range(start, start + length + 1)))


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(0.0024, "0.24 %"), (0.052, "5.2 %"), (0.22, "22.0 %"), (1.0, "100 %"), (0.9999, "100 %"), (0.0, "0.0 %"),
     (0.00012, "0.012 %"), (0.005, "0.50 %")],
)  # fmt: skip
def test_percentages(fraction: float, text: str) -> None:
    assert percent(fraction) == text


def test_assay_regions_and_places_agree() -> None:
    regions = Regions({"chr7": [(55181000, 55182000)]})
    transcript = REFERENCE["GRCh38"].clinical("EGFR")
    assert transcript
    place = Place(Locus("EGFR", "T790", Kind.SMALL, 790, 790, "A", ()), transcript.codons(790, 790))
    assert place.size == 3 and all(regions.cover(*span) for span in place.spans)
