"""Real copy-number, structural-variant and fusion files: every record is accounted for, and what they hold is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from acquired.copynumber import read_copy_number
from acquired.errors import InputError
from acquired.fusions import read_fusions
from acquired.model import Specimen
from acquired.reference import Reference

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT.parent / "shared/samples"
RESOURCES = ROOT / "resources"
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not SAMPLES.exists(), reason="no ../shared")]


def records(path: Path) -> int:
    lines = [line for line in path.read_text().splitlines() if line.strip()]
    if path.suffix == ".vcf":
        return sum(not line.startswith("#") for line in lines)
    return len(lines) - 1


def accounted(path: Path, account: dict) -> None:
    aside = sum(entry["count"] for entry in account["set_aside"])
    assert account["read"] == account["kept"] + aside == records(path)


@pytest.mark.parametrize(
    ("name", "sample", "fusions", "rearrangements"),
    [
        ("sv_manta/vcf_stuff__HCC2218_manta.vcf", "HCC2218C", [], 1),
        ("sv_other/oncogemini__test.fusions.vcf", "H_LS-E2-A14P-01A-31D-A19H-09", ["TBL1XR1::PIK3CA"], 0),
        ("sv_other/vcf2maf__test_delly.vcf", "TUMOR", [], 2),
        ("fusion/arriba__fusions.tsv", "", ["BCR::ABL1"], 0),
    ],
)
def test_a_real_file_of_fusions(name: str, sample: str, fusions: list[str], rearrangements: int):
    path = SAMPLES / name
    found = read_fusions(path, Specimen("p", "s", (), sample=sample), Reference.open(RESOURCES, "GRCh37"), RESOURCES)
    accounted(path, found["account"])
    assert [row["name"] for row in found["fusions"]] == fusions
    assert len(found["rearrangements"]) == rearrangements


def test_the_transcript_of_a_real_fusion():
    """BCR exon 14 to ABL1 exon 2, 4 + 7 split reads and no discordant mates, as the file has them."""
    path = SAMPLES / "fusion/arriba__fusions.tsv"
    (row,) = read_fusions(path, Specimen("p", "s", ()), Reference.open(RESOURCES, "GRCh37"), RESOURCES)["fusions"]
    assert (row["detail"], row["frame"], row["support"]) == ("e14a2", "in-frame", 11)


@pytest.mark.parametrize("path", sorted((SAMPLES / "cnv").glob("*")), ids=lambda p: p.name)
def test_a_real_copy_number_file(path: Path):
    found = read_copy_number(path, Specimen("p", "s", ()), Reference.open(RESOURCES, "GRCh37"), RESOURCES, {})
    accounted(path, found["account"])
    assert len(found["copy_number"]) > 100
    assert found["copy_number_looked_at"] == [row["gene"] for row in found["copy_number"]]


def test_a_gene_of_a_real_file_has_the_number_of_its_segment():
    """CDKN2A (9p21) of the cell line lies in chr9:21,001,718-22,812,052, log2 -4.67."""
    path = SAMPLES / "cnv/cnvkit__cl_seq.cns"
    found = read_copy_number(path, Specimen("p", "s", ()), Reference.open(RESOURCES, "GRCh37"), RESOURCES, {})
    row = next(r for r in found["copy_number"] if r["gene"] == "CDKN2A")
    assert (row["state"], row["focal"], row["log2"]) == ("deletion", True, pytest.approx(-4.6743, abs=1e-3))


def test_the_wrong_build_is_refused():
    path = SAMPLES / "cnv/cnvkit__cl_seq.cns"
    with pytest.raises(InputError, match="beyond the end of"):
        read_copy_number(path, Specimen("p", "s", ()), Reference.open(RESOURCES, "GRCh38"), RESOURCES, {})


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("[m-v]*/*.vcf*")), ids=lambda p: p.name)
def test_a_file_of_small_variants_is_no_copy_number_file(path: Path):
    """A small-variant file in the wrong column is refused, or every record is set aside or accounted for."""
    try:
        found = read_copy_number(path, Specimen("p", "s", ()), Reference.open(RESOURCES, "GRCh37"), RESOURCES, {})
    except InputError as refused:
        assert all(problem.what for problem in refused.problems)
    else:
        account = found["account"]
        assert account["read"] == account["kept"] + sum(entry["count"] for entry in account["set_aside"])
