"""Real alterations against the small catalogue: who meets which claim, how closely, and what it means for the drugs."""

import pytest
from acquired.catalogue import Subject
from acquired.model import Annotation, Kind
from small_catalogue import claims, small, variant

#: subject -> claim number -> precision; every claim that is met must be listed.
MEETS = [
    (variant("EGFR", "T790M", "missense_variant", exon=20), {1: "exact", 2: "exact", 3: "exact", 34: "exact"}),
    # another exchange of the residue meets resistance claims, never the sensitivity claim 3
    (variant("EGFR", "T790A", "missense_variant", exon=20), {1: "codon", 2: "codon", 34: "codon"}),
    (variant("EGFR", "T790=", "synonymous_variant", exon=20), {}),
    (variant("EGFR", "T790fs", "frameshift_variant", exon=20), {}),
    (variant("EGFR", "E746_A750del", "inframe_deletion", exon=19), {7: "range"}),
    (variant("EGFR", "L747_A750delinsP", "protein_altering_variant", exon=19), {7: "range"}),
    (variant("EGFR", "D770_N771insSVD", "inframe_insertion", exon=20), {8: "range"}),
    (variant("EGFR", "V769_D770insASV", "inframe_insertion", exon=20), {8: "range"}),
    (variant("EGFR", "A767_V769dup", "inframe_insertion", exon=20), {8: "range"}),
    (variant("EGFR", "C797_L798delinsSF", "missense_variant", exon=20), {4: "codon", 5: "codon", 37: "codon"}),
    (variant("ERBB2", "A775_G776insYVMA", "inframe_insertion"), {30: "exact"}),
    (variant("NPM1", "W288Cfs*12", "frameshift_variant"), {31: "exact"}),
    (variant("KIT", "D816H", "missense_variant", exon=17), {23: "range"}),
    (variant("KIT", "D816H", "missense_variant"), {23: "range"}),  # the exon from the residue
    (variant("KIT", "D816H", "missense_variant", exon=18), {}),
    (variant("NF1", "R1276*", "stop_gained"), {27: "gene"}),
    (variant("RB1", "R320*", "stop_gained"), {19: "class"}),
    (variant("RB1", "", "splice_donor_variant", "c.1215+1G>A"), {19: "class"}),
    (variant("RB1", "M1?", "start_lost"), {19: "class"}),
    (variant("RB1", "R661W", "missense_variant"), {}),
    (variant("PTEN", "R130fs", "frameshift_variant"), {20: "class"}),
    (variant("BRAF", "L505H", "missense_variant"), {36: "range"}),
    (variant("BRAF", "R444W", "missense_variant"), {}),
    (variant("KRAS", "G12D", "missense_variant"), {}),  # not sensitive to a G12C inhibitor
    # the splice sites of MET exon 14 (c.2888 to c.3028)
    (variant("MET", "", "splice_donor_variant", "c.3028+1G>T", 14), {11: "class"}),
    (variant("MET", "D1010H", "missense_variant", "c.3028G>C", 14), {11: "class"}),
    (variant("MET", "", "splice_donor_variant", "c.3025_3028+8del", 14), {11: "class"}),
    (variant("MET", "", "splice_acceptor_variant", "c.2888-17_2894del", 14), {11: "class"}),
    (variant("MET", "", "intron_variant", "c.2888-21_2888-5del", 14), {11: "class"}),
    (variant("MET", "", "splice_donor_variant", "c.3082+1G>T", 15), {}),
    (variant("MET", "", "splice_acceptor_variant", "c.3029-1G>T", 15), {}),
    (variant("MET", "D1010N", "missense_variant", "c.3027G>A", 14), {}),  # one base before the last
    (variant("MET", "", "intron_variant", "c.3028+40A>G", 14), {}),
    (Subject("cn", Kind.COPY_NUMBER, "MET", state="amplification"), {10: "exact"}),
    (Subject("cn", Kind.COPY_NUMBER, "MET", state="gain"), {}),
    (Subject("cn", Kind.COPY_NUMBER, "RB1", state="deletion"), {19: "class"}),
    (Subject("cn", Kind.COPY_NUMBER, "PTEN", state="loss"), {20: "gene"}),
    (Subject("ex", Kind.EXPRESSION, "AXL", state="high"), {33: "exact"}),
    (Subject("ex", Kind.EXPRESSION, "PTEN", state="low"), {20: "class"}),
    (Subject("sp", Kind.SPLICE, "AR", state="AR-V7"), {24: "exact"}),
    (Subject("sp", Kind.SPLICE, "MET", state="exon 14 skipping"), {11: "exact"}),
    (Subject("hi", Kind.HISTOLOGY, "", state="Small-cell carcinoma"), {26: "exact"}),
    (Subject("fu", Kind.FUSION, "ALK", partners=("EML4", "ALK")), {17: "class", 18: "exact"}),
    (Subject("fu", Kind.FUSION, "ALK", partners=("KIF5B", "ALK")), {17: "class"}),
    (Subject("fu", Kind.FUSION, "EML4", partners=("ALK", "EML4")), {}),
    (Subject("rv", Kind.SMALL, "BRCA2", state="reversion"), {35: "exact"}),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "expected"), MEETS, ids=lambda v: getattr(v, "id", ""))
def test_who_meets_what(subject: Subject, expected: dict[int, str]) -> None:
    found = {int(id_[4:]): m["precision"] for id_, m in claims(small(), subject, []).items()}
    assert found == expected


@pytest.mark.parametrize(
    ("gene", "transcript", "protein", "claim"),
    [("MET", "NM_001127500.3", "D1246N", "ACQ-000012"), ("AR", "historical", "T877A", "ACQ-000025")],
)
def test_numbering_aliases_meet_the_same_claim(gene: str, transcript: str, protein: str, claim: str) -> None:
    residue = int(protein[1:-1])
    alias = Annotation(gene, transcript, protein=protein, consequence="missense_variant", protein_start=residue,
                       protein_end=residue, clinical=False, origin="file")  # fmt: skip
    found = claims(small(), Subject("a", Kind.SMALL, gene, [alias]), [])
    assert found[claim]["precision"] == "exact"


def test_an_alias_does_not_count_beside_the_clinical_name() -> None:
    clinical = variant("MET", "A1000T", "missense_variant").annotations[0]
    alias = Annotation("MET", "NM_9.9", protein="D1228N", consequence="missense_variant", clinical=False)
    assert not claims(small(), Subject("a", Kind.SMALL, "MET", [clinical, alias]), [])


RELATIONS = [
    (["erlotinib"], "ACQ-000001", "given", False),
    (["Tarceva"], "ACQ-000001", "given", False),
    (["erlotinib"], "ACQ-000002", "given", True),
    (["gefitinib"], "ACQ-000001", "same class", False),
    (["crizotinib"], "ACQ-000001", "other", False),
    ([], "ACQ-000001", "other", False),
    (["some novel drug"], "ACQ-000001", "other", False),
]


@pytest.mark.parametrize(("given", "claim", "relation", "is_class"), RELATIONS)
def test_relation_to_the_drug_given(given: list[str], claim: str, relation: str, is_class: bool) -> None:
    match = claims(small(), variant("EGFR", "T790M", "missense_variant"), given)[claim]
    assert (match["relation"], match["drug_is_class"]) == (relation, is_class)


@pytest.mark.parametrize(
    ("given", "relation"),
    [(["dabrafenib", "trametinib"], "given"), (["Mekinist and Tafinlar"], "given"),
     (["vemurafenib + trametinib"], "given"),
     (["dabrafenib"], "other"), (["trametinib"], "other"), (["imatinib"], "other")],
)  # fmt: skip
def test_a_combination_needs_all_of_its_parts(given: list[str], relation: str) -> None:
    """Claim 15 is on any BRAF inhibitor with any MEK inhibitor."""
    match = claims(small(), variant("NRAS", "Q61K", "missense_variant"), given, "melanoma")["ACQ-000015"]
    assert match["relation"] == relation


def test_wide_classes_make_no_class_mates() -> None:
    """Enzalutamide and abiraterone share only `endocrine therapy`, which classes.tsv marks as a group."""
    match = claims(small(), variant("AR", "T878A", "missense_variant"), ["enzalutamide"], "PRAD")["ACQ-000025"]
    assert match["relation"] == "other"


@pytest.mark.parametrize(
    ("disease", "expected"),
    [("Lung adenocarcinoma", "wider"), ("DOID:3908", "same"), ("3908", "same"), ("lung adenocarcinomas", "wider"),
     ("melanoma", "other"), ("", "unknown"), ("a rare thing", "unknown"), ("any", "unknown")],
)  # fmt: skip
def test_diseases(disease: str, expected: str) -> None:
    match = claims(small(), variant("EGFR", "T790M", "missense_variant"), ["erlotinib"], disease)["ACQ-000001"]
    assert match["disease_match"] == expected
    assert match["raises_verdict"] == (expected != "other")


def test_a_claim_of_a_narrower_disease_is_unknown_not_other() -> None:
    match = claims(small(), variant("EGFR", "L858R", "missense_variant"), ["erlotinib"], "NSCLC")["ACQ-000009"]
    assert match["disease_match"] == "unknown"
