"""Identity on real files: tumour and normal of one person, a patient beside donors, somatic calls alone."""

from __future__ import annotations

from pathlib import Path

import pysam
import pytest
import yaml
from acquired.identity import Model, Sites
from acquired.model import Allele

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT.parent / "shared" / "samples"
MODEL = Model(yaml.safe_load((ROOT / "resources" / "identity" / "rules.yaml").read_text()))

pytestmark = [pytest.mark.shared, pytest.mark.skipif(not FOLDER.exists(), reason="no ../shared")]


def observations(path: Path) -> Sites:
    """The first two columns of a joint VCF: what carries the allele by GT is called, the rest has its depth."""
    file = pysam.VariantFile(str(path))
    names = list(file.header.samples)[:2]
    sites = Sites(names, MODEL, {})
    for record in file:
        if not record.alts or len(record.alts) != 1:
            continue
        seen, genotypes = [], []
        for name in names:
            sample = record.samples[name]
            gt, ad = sample.get("GT") or (None,), sample.get("AD")
            carried = any(copy not in (0, None) for copy in gt)
            genotypes.append("/".join("." if copy is None else str(copy) for copy in gt))
            own = {"status": "called" if carried else "not called", "depth": None, "alt_count": None, "vaf": None}
            if isinstance(ad, tuple) and len(ad) == 2 and None not in ad and sum(ad):
                status = "called" if carried else "absent"
                own = {"status": status, "depth": sum(ad), "alt_count": ad[1], "vaf": ad[1] / sum(ad)}
            seen.append(own | {"hidden_vaf": None})
        chrom = record.chrom if record.chrom.startswith("chr") else f"chr{record.chrom}"
        sites.add(Allele(chrom, record.pos, record.ref, record.alts[0]), seen, genotypes)
    return sites


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("mutect2/varcode__mutect-example.vcf", "same"),
        ("vardict/vcf_stuff__test-vardict.vcf.gz", "same"),
        ("varscan2/vcf2maf__test_varscan.vcf", "same"),
        ("vardict/postprocessing_variant_calls__case_control_test.vcf", "different"),  # the normal is a pool of donors
        ("mutect2/somaticseq__MuTect2.vcf.gz", "not enough to tell"),  # somatic calls only
        ("sage_purple/vcf_stuff__test-sage2-rna.vcf.gz", "not enough to tell"),
    ],
)
def test_real_pairs(name: str, verdict: str) -> None:
    (pair,) = observations(FOLDER / name).pairs()
    assert pair["verdict"] == verdict, pair
