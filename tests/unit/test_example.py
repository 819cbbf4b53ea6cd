"""The demo cohort is what its stories say: the same bytes, the published changes, and nothing that is not text."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pysam
import pytest
import yaml
from acquired.errors import InputError
from acquired.model import Basis, Trajectory, Verdict
from acquired.sheets import Cohort, load_cohort

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "resources/example"
STORIES = yaml.safe_load((EXAMPLE / "stories.yaml").read_text(encoding="utf-8"))
#: Nucleotide changes as published, in GRCh38: written here by hand, not taken from the stories.
PUBLISHED = {
    "EGFR T790M": ("chr7", 55181378, "C", "T"),
    "EGFR L858R": ("chr7", 55191822, "T", "G"),
    "BRAF V600E": ("chr7", 140753336, "A", "T"),
    "KIT D816H": ("chr4", 54733154, "G", "C"),
}
#: … and in GRCh37.
PUBLISHED_37 = {
    "EGFR E746_A750del": ("7", 55242464, "AGGAATTAAGAGAAGC", "A"),
    "KRAS G12C": ("chr12", 25398285, "C", "A"),
    "ABL1 T315I": ("9", 133748283, "C", "T"),
    "PIK3CA H1047R": ("3", 178952085, "A", "G"),
}


@pytest.fixture(scope="module")
def maker():
    spec = importlib.util.spec_from_file_location("make_example", ROOT / "tools/make_example.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_example"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    return load_cohort({}, tmp_path_factory.mktemp("empty"), ROOT / "resources")


def records(path: Path) -> set[tuple[str, int, str, str]]:
    with pysam.VariantFile(str(path)) as vcf:
        return {(r.chrom, r.pos, r.ref, alt) for r in vcf for alt in r.alts}


def test_the_stories_give_the_same_bytes(maker):
    made = maker.make(EXAMPLE)
    there = {str(p.relative_to(EXAMPLE)): p for p in EXAMPLE.rglob("*") if p.is_file()}
    assert set(there) - {"stories.yaml"} == set(made)
    for name, text in made.items():
        assert there[name].read_bytes() == text.encode(), f"run tools/make_example.py: {name} differs"


def test_a_wrong_base_or_residue_is_refused(maker, tmp_path: Path):
    for wrong, said in (("c.2369G>T", "has C there"), ("c.2369C>G", "makes T790R")):
        text = (EXAMPLE / "stories.yaml").read_text(encoding="utf-8").replace("c.2369C>T", wrong)
        (tmp_path / "stories.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(SystemExit, match=said):
            maker.make(tmp_path)


def test_with_no_sheet_the_demo_cohort_is_read(cohort: Cohort):
    assert cohort.demo
    assert cohort.warnings == []
    assert set(cohort.patients) == set(STORIES["patients"])
    for assay in cohort.settings["assays"].values():
        assert Path(assay["regions"]).is_file()
    used = {s.assay for p in cohort.patients.values() for s in p.specimens if s.assay}
    assert used == set(cohort.settings["assays"])


def test_with_a_sheet_the_demo_is_read_only_where_it_is_asked_for(tmp_path: Path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config/x.samples.tsv").write_text("patient\tspecimen\tvariants\nP1\ta\tgone.vcf\n")
    assert load_cohort({"demo": True}, tmp_path, ROOT / "resources").demo
    with pytest.raises(InputError):
        load_cohort({}, tmp_path, ROOT / "resources")


@pytest.mark.parametrize("path", sorted((EXAMPLE / "calls").iterdir()), ids=lambda p: p.name)
def test_each_file_is_a_vcf_that_says_it_is_synthetic(path: Path):
    assert "synthetic" in path.read_text(encoding="utf-8").splitlines()[1]
    with pysam.VariantFile(str(path)) as vcf:
        found = [(vcf.get_tid(r.chrom), r.pos, r.samples.values()) for r in vcf]
    assert len(found) >= 10
    assert [place[:2] for place in found] == sorted(place[:2] for place in found)


@pytest.mark.parametrize(("build", "wanted"), [("GRCh38", PUBLISHED), ("GRCh37", PUBLISHED_37)])
def test_published_changes_lie_where_they_were_published(cohort: Cohort, build: str, wanted: dict):
    for name, place in wanted.items():
        patients = [
            p for p, story in STORIES["patients"].items() if story["build"] == build and name in story["alterations"]
        ]
        assert patients
        for patient in patients:
            files = {Path(f) for s in cohort.patients[patient].specimens for f in s.variants}
            assert any(place in records(path) for path in files), name


def test_the_sequence_is_what_the_story_says(cohort: Cohort):
    """T790M: 0 of 1,243 reads before erlotinib, 61 of 1,167 after it, on one molecule with C797S at the end."""
    specimens = cohort.patients["EGFR-L858R"].specimens
    with pysam.VariantFile(specimens[0].variants[0]) as vcf:
        by_place = {r.pos: r for r in vcf if r.chrom == "chr7"}
        counts = [by_place[55181378].samples[s.sample]["AD"] for s in specimens]
        both = [by_place[pos].samples[specimens[-1].sample] for pos in (55181378, 55181398)]
        assert counts[0] == (1243, 0)
        assert counts[2] == (1167 - 61, 61)
        assert both[0]["PID"] == both[1]["PID"]
        assert both[0]["GT"] == both[1]["GT"] == (0, 1)


def test_the_second_deletion_restores_the_frame(maker):
    """BRCA2 c.5946del alone ends early; with c.5959_5963del 3,416 of 3,418 residues are back."""
    genome = maker.Genome("GRCh38")
    coding = "".join(genome.base("BRCA2", place) for place in genome.coding("BRCA2"))

    def residues(sequence: str) -> int:
        codons = (sequence[i : i + 3] for i in range(0, len(sequence) - 2, 3))
        return next(i for i, codon in enumerate(codons) if codon in ("TAA", "TAG", "TGA"))

    first, second = coding[:5945] + coding[5946:], coding[:5945] + coding[5946:5958] + coding[5963:]
    assert residues(coding) == 3418
    assert residues(first) < 2100
    assert residues(second) == 3416


def others(story: dict) -> set[str]:
    """Names that the story's other files make possible."""
    copies = story.get("copy_number", {}).get("copies", {})
    junctions = story.get("fusions", {})
    spliced = {name if name != "AR AR-V7" else "AR-V7" for name in junctions.get("splice", {})}
    expressed = {f"{gene} expression high" for gene in story.get("expression", {}).get("genes", {})}
    return {f"{gene} amplification" for gene in copies} | set(junctions.get("reads", {})) | spliced | expressed


def test_expectations_are_in_the_words_of_the_model():
    for name, story in STORIES["patients"].items():
        expected = story["expected"]
        given = {part for drug, *_ in story["therapies"] for part in drug.split(" + ")}
        assert set(expected["verdicts"]) == given, name
        assert set(expected["verdicts"].values()) <= set(Verdict)
        for alteration, (trajectory, basis) in expected["alterations"].items():
            assert alteration in {*story["alterations"], *others(story)}, name
            assert trajectory in set(Trajectory)
            assert basis in {"", *Basis}
    told = {basis for s in STORIES["patients"].values() for _, basis in s["expected"]["alterations"].values()}
    assert told >= set(Basis)
