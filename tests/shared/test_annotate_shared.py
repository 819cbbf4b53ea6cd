"""Names on real files: a public MAF's own names, and every VCF of the samples through the command."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from acquired.annotate import Annotator
from acquired.annotate.named import one_letter
from acquired.cli import main
from acquired.model import Allele
from acquired.reference import Reference

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT.parent / "shared" / "samples"
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not SAMPLES.exists(), reason="../shared is not here")]

#: Genes that the MAF numbers on another isoform than the bundle's clinical transcript.
OTHER_ISOFORM = {"TGFBR2", "TCF3", "DNMT1", "CYLD", "KDM6A", "CASP8", "CIC", "WT1", "PPARG"}


def test_the_names_of_a_public_maf() -> None:
    """MSK-ACCESS calls, GRCh37, named by another annotator (VEP with MSK's isoforms)."""
    reference = Reference.open(ROOT / "resources", "GRCh37")
    annotator = Annotator(reference)
    path = SAMPLES / "maf" / "postprocessing_variant_calls__example_input.maf"
    same = 0
    seen = set()
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            name = row["HGVSp_Short"] or ""
            if not row["Start_Position"].isdigit() or not name:
                continue
            chrom, pos = f"chr{row['Chromosome']}", int(row["Start_Position"])
            ref, alt = row["Reference_Allele"].replace("-", ""), row["Tumor_Seq_Allele2"].replace("-", "")
            if (chrom, pos, ref, alt) in seen:
                continue
            seen.add((chrom, pos, ref, alt))
            if not ref or not alt:
                at = pos if not ref else pos - 1
                anchor = reference.fetch(chrom, at, at)
                pos, ref, alt = at, anchor + ref, anchor + alt
            for ours in annotator.annotate(Allele(chrom, pos, ref, alt)):
                if not ours.clinical or ours.gene != row["Hugo_Symbol"] or ours.flags not in ((), ("splice region",)):
                    continue
                theirs = one_letter(name)
                if ours.gene in OTHER_ISOFORM and theirs != ours.protein:
                    assert re.sub(r"\d+", "#", theirs) == re.sub(r"\d+", "#", ours.protein), (ours, name)
                    continue
                assert theirs == ours.protein or (ours.hgvs_p == "p.?" and "splice" in name), (ours, name)
                same += 1
    assert same > 200


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/*.vcf*")), ids=lambda p: p.name)
def test_every_vcf_is_named_or_refused(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    codes = []
    for build in ("GRCh37", "GRCh38"):
        codes.append(main(["annotate", "--build", build, str(path)]))
        out, err = capsys.readouterr()
        assert all(line.count("\t") == 9 for line in out.splitlines())
        if codes[-1]:
            assert codes[-1] == 2 and out == "" and "Likely cause" in err
        else:
            assert out
    assert set(codes) <= {0, 2}
