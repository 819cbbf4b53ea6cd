"""The dialect table is data: valid, complete, documented, and each row has its scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from acquired.intake.contigs import Naming
from acquired.intake.describe import describe
from acquired.intake.dialects import read_tables, recognise
from acquired.intake.header import read_header
from acquired.intake.readings import Doubt, Layout, fraction, info_value, number
from acquired.reference.core import contig_table

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT / "resources" / "dialects"
CALLERS, CONTIGS = read_tables(TABLES)


def test_the_table_fits_its_schema_and_names_readings_that_exist() -> None:
    schema = yaml.safe_load((ROOT / "workflow" / "schemas" / "dialects.schema.yaml").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(CALLERS)
    named = [name for row in CALLERS["dialects"] for name in row["readings"]]
    named += [row["normal_reading"] for row in CALLERS["dialects"] if "normal_reading" in row]
    named += CALLERS["common"]["readings"] + CALLERS["common"]["info_readings"]
    assert set(named) == set(CALLERS["readings"]), "a reading is unknown, or used by nobody"
    ids = [row["id"] for row in CALLERS["dialects"]]
    assert len(ids) == len(set(ids))


def test_every_dialect_has_a_scenario() -> None:
    told = {
        yaml.safe_load(path.read_text(encoding="utf-8"))["expect"].get("caller")
        for path in (ROOT / "tests/cases/intake").glob("*/case.yaml")
    }
    assert {row["name"] for row in CALLERS["dialects"]} - told == set()


def test_the_page_of_inputs_is_the_tables() -> None:
    assert (ROOT / "docs" / "inputs.md").read_text(encoding="utf-8") == describe(TABLES), (
        "run python -m acquired.intake.describe > docs/inputs.md"
    )


def test_the_sheet_names_the_caller() -> None:
    header = read_header(
        iter(["##source=Mutect2", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS"]), "x.vcf"
    )
    assert recognise(header, "", CALLERS, True)[0].id == "mutect2"
    for spelling in ("vardict", "VarDict", "Var-Dict"):
        dialect, how, warnings = recognise(header, spelling, CALLERS, True)
        assert (dialect.id, how, warnings) == ("vardict", "sheet", [])
    dialect, how, warnings = recognise(header, "vardikt", CALLERS, True)
    assert (dialect.id, how) == ("mutect2", "header")
    assert "near: vardict" in warnings[0]


@pytest.mark.parametrize(
    ("text", "index", "alternatives", "value"),
    [
        ("0.25", 1, 1, 0.25),
        ("25%", 1, 1, 0.25),
        ("25 %", 1, 1, 0.25),
        ("0.1,0.2", 2, 2, 0.2),
        ("0.7,0.1,0.2", 2, 2, 0.2),
        ("0.9,0.1", 1, 1, 0.1),
        (".", 1, 1, None),
        ("", 1, 1, None),
        ("0.1,.", 2, 2, None),
        ("1", 1, 1, 1.0),
        ("1e-3", 1, 1, 0.001),
    ],
)
def test_fractions(text: str, index: int, alternatives: int, value: float | None) -> None:
    assert fraction(text, "AF", index, alternatives) == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize(
    "text", ["12.5", "-0.1", "x", "0,125", "nan", "inf", "101%", "0.1,0.2,0.3", "12,5%", "1_0", "1,0"]
)
def test_what_is_no_fraction_is_doubted(text: str) -> None:
    with pytest.raises(Doubt):
        fraction(text, "AF", 1, 1)


@pytest.mark.parametrize("text", ["-1", "1.5", "1_0", "²", "x", "nan", "inf", "99999999999", "1,2"])
def test_what_is_no_number_of_reads_is_doubted(text: str) -> None:
    with pytest.raises(Doubt):
        number(text, "DP")


def test_numbers_of_reads() -> None:
    assert [number(text, "DP") for text in ("0", "7", "7.0", ".", "")] == [0, 7, 7, None, None]


def test_info_values_are_found_by_whole_key() -> None:
    info = "XDP=1;DP=20;DP4=1,2,3,4;FLAG;END=9"
    assert [info_value(info, key) for key in ("DP", "DP4", "END", "P", "FLAG", "XDP")] == [
        "20",
        "1,2,3,4",
        "9",
        "",
        "",
        "1",
    ]


def test_a_layout_fills_nothing_in() -> None:
    dialect, _, _ = recognise(
        read_header(iter(["#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]), "x.vcf"), "", CALLERS, True
    )
    layout = Layout("GT:AD:DP", dialect, CALLERS)
    assert layout.readings[0](["0/1", ".", "30"], "", "A", "C", 1, 1) is None
    counts = layout.readings[0](["0/1", "20,10", "."], "", "A", "C", 1, 1)
    assert counts is not None and counts[:5] == (30, 20, 10, pytest.approx(1 / 3), "AD/reads")


def test_contig_names() -> None:
    naming = Naming(CONTIGS, contig_table(ROOT / "resources"))
    places: dict[str, Any] = {
        name: naming.place(name)
        for name in ("7", "chr7", "CHR7", "MT", "chrM", "chrMT", "x", "23", "NC_000007.14", "NC_000007.13", "NC_000007")
    }
    assert [place.chrom for place in places.values()] == ["chr7"] * 3 + ["chrM"] * 3 + ["chrX"] * 2 + ["chr7"] * 3
    assert [places[name].build for name in ("NC_000007.14", "NC_000007.13", "NC_000007", "7")] == [
        "GRCh38",
        "GRCh37",
        "",
        "",
    ]
    for name in (
        "GL000224.1",
        "chr7_KI270803v1_alt",
        "HLA-A*01:01:01:01",
        "chrUn_KI270302v1",
        "hs37d5",
        "chr",
        "",
        "chrEBV",
        "25",
        "0",
    ):
        assert naming.place(name).chrom == ""


def test_a_decimal_comma_is_not_a_list_of_two_alternatives() -> None:
    with pytest.raises(Doubt):
        fraction("0,125", "AF", 1, 2)
    assert fraction("0,1", "AF", 2, 2) == 1
    assert fraction("10%,20%", "FREQ", 2, 2) == pytest.approx(0.2)
