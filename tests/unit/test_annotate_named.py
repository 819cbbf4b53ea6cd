"""Names that a file brings along (CSQ, ANN) become annotations in the spelling claims are matched on."""

from __future__ import annotations

import pytest
from acquired.annotate import Annotator, annotation_from_named
from acquired.annotate.named import one_letter
from acquired.model import Allele
from annotate_oracle import Model, reference
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("hgvs_p", "short"),
    [
        ("p.Thr790Met", "T790M"),
        ("p.(Thr790Met)", "T790M"),
        ("ENSP00000275493.2:p.Thr790Met", "T790M"),
        ("NP_005219.2:p.(Glu746_Ala750del)", "E746_A750del"),
        ("p.Leu747_Pro753delinsSer", "L747_P753delinsS"),
        ("p.Asp770_Asn771insSerValAsp", "D770_N771insSVD"),
        ("p.Tyr772_Ala775dup", "Y772_A775dup"),
        ("p.Trp288CysfsTer12", "W288Cfs*12"),
        ("p.Trp288Cysfs*12", "W288Cfs*12"),
        ("p.Trp288fs", "W288fs"),
        ("p.Trp288CysfsX12", "W288Cfs*12"),
        ("p.Tyr4TerfsTer1", "Y4*"),
        ("p.Gln22Ter", "Q22*"),
        ("p.Gln22*", "Q22*"),
        ("p.Q22X", "Q22*"),
        ("p.Met1?", "M1?"),
        ("p.Ter394GlnextTer?", "*394Qext*?"),
        ("p.Leu858%3D", "L858="),
        ("p.Leu858=", "L858="),
        ("p.Leu858Leu", "L858="),
        ("p.E746_A750delELREA", "E746_A750del"),
        ("p.V600E", "V600E"),
        ("p.[(Ser44Arg;Trp46Arg)]", "S44R;W46R"),
        ("p.?", ""),
        ("p.(=)", ""),
        ("", ""),
    ],
)
def test_one_letter(hgvs_p: str, short: str) -> None:
    assert one_letter(hgvs_p) == short


def test_a_named_value() -> None:
    got = annotation_from_named("TP53BP1|ENST00000382044.9|c.1A>T|p.Trp288CysfsTer12|frameshift_variant&splice_region")
    assert got is not None
    assert (got.gene, got.transcript, got.transcript_ensembl) == ("TP53BP1", "ENST00000382044.9", "ENST00000382044.9")
    assert (got.hgvs_c, got.hgvs_p, got.protein) == ("c.1A>T", "p.Trp288CysfsTer12", "W288Cfs*12")
    assert (got.consequence, got.origin, got.clinical) == ("frameshift_variant", "file", True)
    assert (got.protein_start, got.protein_end) == (288, 288)


def test_percent_encoding_of_a_field_and_of_the_whole() -> None:
    for text in ("G%7C1|NM_1.1|c.2%2C3del|p.Leu8%3D|x", "G%257C1%7CNM_1.1%7Cc.2%252C3del%7Cp.Leu8%253D%7Cx"):
        got = annotation_from_named(text)
        assert got is not None and (got.gene, got.hgvs_c, got.protein) == ("G|1", "c.2,3del", "L8=")


def test_ranges_and_short_values() -> None:
    got = annotation_from_named("EGFR|NM_005228.5||NP_005219.2:p.Glu746_Ala750del")
    assert got is not None and (got.protein_start, got.protein_end, got.hgvs_p) == (746, 750, "p.Glu746_Ala750del")
    assert annotation_from_named("EGFR||||") is None
    assert annotation_from_named("") is None
    assert annotation_from_named("|NM_1|c.1A>T||") is None


@given(st.text(max_size=60))
def test_nothing_breaks_it(text: str) -> None:
    annotation_from_named(text)
    one_letter(text)


@given(st.integers(0, 3 * 1210 - 1), st.sampled_from("ACGT"), st.integers(0, 8), st.booleans())
def test_our_own_names_read_back(i: int, base: str, size: int, insertion: bool) -> None:
    """The 3-letter name of any change in EGFR gives the short name that was worked out with it."""
    ref = reference("GRCh38")
    transcript = ref.clinical("EGFR")
    assert transcript is not None
    model = _models.setdefault("EGFR", Model(transcript, "GRCh38"))
    pos = model.positions[model.first + i]
    bases = ref.fetch(transcript.chrom, pos, pos + size)
    allele = Allele(transcript.chrom, pos, bases[0], bases[0] + base * size) if insertion else Allele(
        transcript.chrom, pos, bases, base)  # fmt: skip
    for said in _annotator().annotate(allele):
        if said.protein:
            assert one_letter(said.hgvs_p) == said.protein


_models: dict[str, Model] = {}
_made: list[Annotator] = []


def _annotator() -> Annotator:
    if not _made:
        _made.append(Annotator(reference("GRCh38")))
    return _made[0]
