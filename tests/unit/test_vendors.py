"""Parts of the readers of vendors' files: numbers, symbols, names on a transcript, the hardened XML parser."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import yaml
from acquired.annotate import Annotator
from acquired.annotate.template import Template
from acquired.errors import InputError
from acquired.intake.alleles import Bases, canonical
from acquired.intake.readings import Doubt
from acquired.model import Allele
from acquired.reference import Reference
from acquired.vendors.cds import genomic_change
from acquired.vendors.found import empty_alterations, merge
from acquired.vendors.foundation import read_xml
from acquired.vendors.numbers import amount, count, share
from acquired.vendors.read import read_specs
from acquired.vendors.rows import bare_p, copy_state, split_c, split_pair
from acquired.vendors.sniff import kind_of
from acquired.vendors.symbols import Symbols, as_date
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT / "resources" / "dialects"
SPECS = read_specs(TABLES)


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference.open(ROOT / "resources", "GRCh38")


def test_the_tables_fit_their_schema() -> None:
    schema = yaml.safe_load((ROOT / "workflow/schemas/tables.schema.yaml").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(SPECS)
    roles = schema["$defs"]["columns"]["properties"]
    mapped = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text(encoding="utf-8"))
    own = mapped["properties"]["tables"]["additionalProperties"]["properties"]["columns"]["properties"]
    assert set(own) <= set(roles), "a role of the config that no reader knows"
    ids = [spec["id"] for spec in SPECS["tables"]]
    assert len(ids) == len(set(ids))


def test_every_table_has_a_scenario() -> None:
    told = set()
    for path in (ROOT / "tests/cases/vendors").glob("*/case.yaml"):
        told.update(str(yaml.safe_load(path.read_text(encoding="utf-8"))["expect"].get("caller", "")).split("; "))
    names = {spec["name"] for spec in SPECS["tables"]} | {SPECS["tso500"]["name"], SPECS["foundation"]["name"]}
    assert names - told == set()


@pytest.mark.parametrize(
    ("text", "percent", "value"),
    [
        ("0.125", False, "0.125"), ("12.5%", False, "0.125"), ("12.5 %", False, "0.125"), ("0,125", False, "0.125"),
        ("12,5%", False, "0.125"), ("1", False, "1"), ("0", False, "0"), ("2.5", True, "0.025"),
        ("0.08", True, "0.0008"), ("1e-3", False, "0.001"), ("", False, "."), (".5", False, "0.5"),
    ],
)  # fmt: skip
def test_fractions_as_people_write_them(text: str, percent: bool, value: str) -> None:
    assert share(text, "AF", percent) == value


@pytest.mark.parametrize("text", ["50", "1.01", "-0.1", "101%", "x", "<0.1", "0,1,2", "1.2.3", "nan", "%", "1_0"])
def test_what_is_no_fraction_is_doubted(text: str) -> None:
    with pytest.raises(Doubt):
        share(text, "AF")


@pytest.mark.parametrize("text", ["-5", "1,000", "1.000", "x", "1.5", "nan", "9999999999", "1e400"])
def test_what_is_no_count_is_doubted(text: str) -> None:
    with pytest.raises(Doubt):
        count(text, "depth")


def test_counts_and_amounts() -> None:
    assert [count(text, "d") for text in ("12", "12.0", "", ".")] == ["12", "12", ".", "."]
    assert [amount(text, "c") for text in ("7.93", "0,4", "")] == [7.93, 0.4, None]
    with pytest.raises(Doubt):
        amount("-1", "c")


@given(st.text(max_size=20))
@settings(max_examples=300, deadline=None)
def test_a_cell_is_a_number_or_a_doubt(text: str) -> None:
    for read in (count, share):
        try:
            value = read(text, "x")
        except Doubt:
            continue
        assert value == "." or float(value) >= 0
    assert as_date(text) == "" or "-" in as_date(text)


def test_symbols() -> None:
    symbols = Symbols(TABLES / "gene_symbols.tsv", ("EGFR", "NKX2-1", "RET"))
    assert [symbols.current(text) for text in ("MLL", "whsc1", "EGFR", "CD274 (PD-L1)", "HER2")] == [
        "KMT2A", "NSD2", "EGFR", "CD274", "ERBB2",
    ]  # fmt: skip
    for text in ("9-Sep", "Sep-9", "09-Sep-2023", "2023-09-09", "9/Sep", "September 9"):
        assert (as_date(text), symbols.current(text)) == ("9-Sep", "SEPTIN9"), text
    assert symbols.current("1-Mar") == "", "MARCHF1 and MTARC1 cannot be told apart"
    assert symbols.current("5-May") == "", "no gene is known that became this date"
    assert [as_date(text) for text in ("NKX2-1", "HLA-A", "MAR", "40-Mar", "TP53", "ERBB2", "Sept")] == [""] * 7
    assert any("“MLL” was read as KMT2A" in text for text in symbols.warnings())
    assert split_pair("NKX2-1-RET", symbols)[:2] == ("NKX2-1", "RET")
    assert split_pair("PPARG/AC016683.6;PAX8", symbols) == ("PPARG", "PAX8", "unknown")
    assert split_pair("EML4::ALK", symbols) == ("EML4", "ALK", "")
    assert split_pair("ALK", symbols) == ("ALK", "", "unknown")


def test_vendors_names_taken_apart() -> None:
    assert split_c("NM_005228.5:c.2369C>T") == ("NM_005228.5", "c.2369C>T")
    assert split_c("ENST00000275493.7:c.2369C>T") == ("ENST00000275493.7", "c.2369C>T")
    assert split_c("NM_004958.3:c.2997C>T(p.(Asn999=))") == ("NM_004958.3", "c.2997C>T")
    assert split_c("c.85delG") == ("", "c.85delG")
    assert bare_p("NP_003811.2:p.(Lys17Arg)") == "p.(Lys17Arg)"
    assert bare_p("NM_004958.3:c.2997C>T(p.(Asn999=))") == "p.(Asn999=)"
    assert (bare_p("T790M"), bare_p("")) == ("T790M", "")


def test_states_of_copy_number() -> None:
    assert copy_state("loss", 0.0, None, True) == "deletion"
    assert copy_state("loss", 1.0, None, True) == "loss"
    assert copy_state("", 7.9, None, True) == "amplification"
    assert copy_state("", 7.9, None, False) == "neutral"
    assert copy_state("", None, 0.5, True) == "loss"
    assert copy_state("", None, None, True) == ""


GENES = ("EGFR", "BRAF", "KIT", "TP53", "MET", "ERBB2", "PIK3CA", "ALK")


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_named_change_is_the_allele_it_was_named_after(data: st.DataObject) -> None:
    """The annotator names an allele; read back from its name on the transcript it is the same allele again."""
    reference = Reference.open(ROOT / "resources", "GRCh38")
    transcript = reference.clinical(data.draw(st.sampled_from(GENES)))
    assert transcript is not None
    first, last = data.draw(st.sampled_from(transcript.coding))
    pos = data.draw(st.integers(first - 6, last + 3))
    ref = reference.fetch(transcript.chrom, pos, pos + data.draw(st.integers(0, 12)))
    alt = data.draw(st.sampled_from("ACGT"))
    if data.draw(st.booleans()):
        alt = ref[0] + data.draw(st.text("ACGT", max_size=8))
    if "N" in ref or alt == ref:
        return
    bases = Bases(reference)
    at, short, long, outside = canonical(bases, transcript.chrom, pos, ref, alt)
    named = next(a for a in Annotator(reference).annotate(Allele(transcript.chrom, at, short, long)) if a.clinical)
    if outside or not named.hgvs_c or named.gene != transcript.gene or "inv" in named.hgvs_c or "[" in named.hgvs_c:
        return
    start, old, new = genomic_change(Template(transcript, reference), named.hgvs_c)
    if not (old and new):
        base = bases.get(transcript.chrom, start - 1, start - 1)
        start, old, new = start - 1, base + old, base + new
    assert canonical(bases, transcript.chrom, start, old, new)[:3] == (at, short, long), named.hgvs_c


@pytest.mark.parametrize(
    "name",
    ["weird", "c.", "2236_2250del3", "2369A>T", "5_2del", "2310_2315insGGT", "2310_2311ins", "p.T790M", "2369C>C"],
)
def test_a_name_that_cannot_be_is_refused(name: str, reference: Reference) -> None:
    transcript = reference.clinical("EGFR")
    assert transcript is not None
    with pytest.raises(ValueError, match=r"change|bases"):
        genomic_change(Template(transcript, reference), name)


def xml(data: bytes) -> str:
    with pytest.raises(InputError) as error:
        read_xml(data, "x.xml", SPECS["foundation"])
    return str(error.value)


def test_a_million_nested_elements_are_refused() -> None:
    assert "nests more than 100 elements" in xml(b"<?xml version='1.0'?>" + b"<a>" * 1_000_000)


def test_a_million_elements_side_by_side_are_refused() -> None:
    assert "has more than 1,000,000" in xml(b"<r>" + b"<a/>" * 1_000_001 + b"</r>")


@pytest.mark.parametrize(
    "head",
    [
        b"<!DOCTYPE r>", b"<!DOCTYPE r SYSTEM 'http://example.org/x.dtd'>", b"<!DOCTYPE r [<!ENTITY a 'b'>]>",
        b"<!DOCTYPE r [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]>",
    ],
)  # fmt: skip
def test_no_document_type_is_accepted(head: bytes) -> None:
    assert "declares a document type or entities" in xml(b"<?xml version='1.0'?>" + head + b"<r/>")


def test_broken_xml_is_told_without_its_content() -> None:
    text = xml(b"<rr><PMI><FullName>Jane Secret</FullName><DOB>1950</PMI></rr>")
    assert "not well-formed XML" in text and "Secret" not in text and "1950" not in text
    assert "encoding" in xml(b"<?xml version='1.0' encoding='no-such-thing'?><r/>")


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_report_or_a_refusal(data: bytes) -> None:
    try:
        read_xml(b"<?xml version='1.0'?><variant-report>" + data, "x.xml", SPECS["foundation"])
    except InputError as error:
        assert error.problems


def test_what_a_file_is(tmp_path: Path) -> None:
    texts = {
        "a.txt": ("##fileformat=VCFv4.2\n", "vcf"), "b.maf": ("#version 2.4\nHugo_Symbol\tChromosome\n", "table"),
        "c.xml": ("\ufeff<?xml version='1.0'?><r/>", "xml"),
        "d.tsv": ("TruSight Oncology 500 - Combined\t\n", "tso500"),
        "e.vcf": ("a\tb\n", "vcf"), "f.txt": ("nothing", "vcf"), "g.txt": ("#CHROM\tPOS\tID\tREF\tALT\tQUAL\n", "vcf"),
    }  # fmt: skip
    for name, (text, kind) in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert kind_of(tmp_path / name) == kind, name
    assert kind_of(tmp_path / "absent") == "vcf"


def test_parts_of_alterations_add_up() -> None:
    total = empty_alterations()
    merge(total, {"named": [{"gene": "A"}], "copy_number_looked_at": ["B"], "histology": "small cell"})
    merge(total, {"named": [{"gene": "C"}], "copy_number_looked_at": ["A"], "fusions_looked_at": "all"})
    merge(total, {"fusions_looked_at": ["X"]})
    assert total["named"] == [{"gene": "A"}, {"gene": "C"}]
    assert total["copy_number_looked_at"] == ["A", "B"]
    assert (total["fusions_looked_at"], total["histology"]) == ("all", "small cell")
