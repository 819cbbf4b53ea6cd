"""Times, settings, drugs, and what must hold for any sheet."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import yaml
from acquired.errors import InputError
from acquired.sheets import fill_defaults, load_cohort
from acquired.sheets.columns import check_cell, load_columns
from acquired.sheets.drugs import DrugNames
from acquired.sheets.ledger import Ledger, Place
from acquired.sheets.times import BadTimeError, parse_time
from acquired.tables import Table
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "workflow/schemas"
DATES = st.dates(datetime.date(1970, 1, 1), datetime.date(2090, 12, 31))


@given(DATES)
def test_a_date_is_read_from_every_certain_spelling(date: datetime.date):
    serial = (date - datetime.date(1899, 12, 30)).days
    month = date.strftime("%b")
    for text in (
        date.isoformat(),
        f"{date.year}/{date.month}/{date.day}",
        f"{date} 00:00:00",
        f"{date:%Y%m%d}",
        f"{date.day}.{date.month}.{date.year}",
        f"{date.day}-{month}-{date.year}",
        f"{month} {date.day}, {date.year}",
        str(serial),
    ):
        assert parse_time(text).date == date, text


@given(DATES)
def test_two_readings_are_one_or_an_error(date: datetime.date):
    """d/m/Y is read rightly or refused, never as another day; an oracle tries both orders."""
    text = f"{date.day}/{date.month}/{date.year}"
    readings = set()
    for form in ("%d/%m/%Y", "%m/%d/%Y"):
        try:
            readings.add(datetime.datetime.strptime(text, form).date())
        except ValueError:
            continue
    if readings == {date}:
        assert parse_time(text).date == date
    else:
        with pytest.raises(BadTimeError, match="can mean"):
            parse_time(text)


@given(st.integers(-24_999, 24_999))
def test_days_are_whole_numbers(day: int):
    assert parse_time(str(day)).day == day
    assert parse_time(f"{day}.0").day == day


@pytest.mark.parametrize(
    "text", ["1.5", "day 3", "2021-13-01", "2021-02-29", "31/02/2021", "3/4/21", "4-Mar", "1e3", "99999", "1850-01-01",
             "2021-03", "20211301", "٣", "--3", "04-Mai-2021", "3/4-2021"]
)  # fmt: skip
def test_what_is_no_time(text: str):
    with pytest.raises(BadTimeError):
        parse_time(text)


@settings(max_examples=300)
@given(st.text(max_size=20))
def test_any_text_is_a_time_or_an_error_of_ours(text: str):
    try:
        time = parse_time(text)
    except BadTimeError:
        return
    assert (time.day is None) != (time.date is None)


@pytest.mark.parametrize(("sheet", "column"), [("samples", "material"), ("samples", "build")])
@given(value=st.one_of(st.text(min_size=1, max_size=8), st.sampled_from(["tissue", "GRCh38", "plasma", "GRCh37"])))
def test_the_checks_take_what_the_schema_takes(sheet: str, column: str, value: str):
    """A value that the JSON Schema allows is taken as it is; one that is taken is made one that the schema allows."""
    path = SCHEMAS / f"{sheet}.schema.yaml"
    schema = yaml.safe_load(path.read_text(encoding="utf-8"))["properties"][column]
    allowed = Draft202012Validator(schema).is_valid
    ledger = Ledger()
    taken = check_cell(load_columns(path)[column], value, Place(Table("t"), 0, 2), ledger)
    assert (taken == value) if allowed(value) else (allowed(taken) or ledger.problems)


def test_every_schema_is_a_schema():
    for path in SCHEMAS.glob("*.schema.yaml"):
        Draft202012Validator.check_schema(yaml.safe_load(path.read_text(encoding="utf-8")))


def test_defaults_are_filled_and_the_given_is_kept():
    given_config = {"compare": {"alpha": 0.05}, "assays": {"x": {"limit": 0.01}}}
    filled = fill_defaults(given_config, SCHEMAS)
    assert filled["compare"] == {
        "alpha": 0.05,
        "absent_below": 0.05,
        "absent_below_plasma": 0.0027,
        "error_rate": 0.001,
        "confidence": 0.95,
    }
    assert filled["assays"] == {"x": {"limit": 0.01}}
    assert filled["report"]["language"] == "en"
    assert filled["demo"] is False
    assert given_config == {"compare": {"alpha": 0.05}, "assays": {"x": {"limit": 0.01}}}
    assert fill_defaults(filled, SCHEMAS) == filled


def test_a_yes_on_the_command_line_is_a_yes():
    assert fill_defaults({"demo": "true"}, SCHEMAS)["demo"] is True
    with pytest.raises(InputError, match="is not of the type boolean"):
        fill_defaults({"demo": "perhaps"}, SCHEMAS)


def test_numbers_deep_in_the_command_line_are_numbers():
    """`--config compare='{alpha: 0.05}'` reaches the workflow as the text 0.05."""
    filled = fill_defaults(
        {"compare": {"alpha": "0.05"}, "assays": {"x": {"limit": "5e-3", "min_depth": "40"}}}, SCHEMAS
    )
    assert filled["compare"]["alpha"] == 0.05 and filled["assays"]["x"] == {"limit": 0.005, "min_depth": 40}
    assert fill_defaults({"samples": "7"}, SCHEMAS)["samples"] == "7", "a text where a text is wanted stays one"


def test_the_config_of_the_repository_is_the_defaults():
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    assert fill_defaults(config, SCHEMAS) == fill_defaults({}, SCHEMAS)


@pytest.mark.parametrize(
    ("config", "where", "part"),
    [
        ({"assay": {}}, "configuration", "“assays” was meant"),
        ({"compare": {"alfa": 1}}, "configuration, key compare", "“alpha” was meant"),
        ({"compare": {"alpha": 2}}, "configuration, key compare.alpha", "“2” is not less than 1"),
        ({"compare": {"alpha": "lots"}}, "configuration, key compare.alpha", "is not of the type number"),
        ({"compare": {"alpha": "nan"}}, "configuration, key compare.alpha", "is not of the type number"),
        ({"compare": None}, "configuration, key compare", "is not of the type object"),
        ({"judge": {"levels": ["A", "F"]}}, "configuration, key judge.levels.1", "“F” is not one of A, B, C, D, E"),
        ({"assays": {"x": {"limit": 0}}}, "configuration, key assays.x.limit", "is not more than 0"),
        ({"assays": {"x": {"limits": 0.1}}}, "configuration, key assays.x", "“limit” was meant"),
        ({"reference": {"hg38": {}}}, "configuration, key reference", "“hg38” is not known"),
        ({"reference": {"GRCh38": {"gff": "a"}}}, "configuration, key reference.GRCh38", "lacks the key fasta"),
        ({"samples": 3}, "configuration, key samples", "neither text nor a list"),
        ([], "configuration", "not a list of keys"),
    ],
)
def test_a_config_that_is_refused(config: dict, where: str, part: str):
    with pytest.raises(InputError) as caught:
        fill_defaults(config, SCHEMAS)
    assert [p.where for p in caught.value.problems] == [where]
    assert part in str(caught.value)


def test_files_of_the_config_are_looked_for(tmp_path: Path):
    (tmp_path / "empty.bed").touch()
    config = {
        "assays": {"a": {"regions": "gone.bed"}, "b": {"regions": "empty.bed"}},
        "reference": {"GRCh37": {"fasta": "."}},
        "catalogue": ["our.tsv"],
    }
    with pytest.raises(InputError) as caught:
        load_cohort(config, tmp_path, ROOT / "resources")
    said = str(caught.value)
    for part in (
        "assays.a.regions: the file “gone.bed” is not there",
        "assays.b.regions: the file “empty.bed” is empty",
        "reference.GRCh37.fasta: the file “.” is a folder",
        "catalogue[0]: the file “our.tsv” is not there",
    ):
        assert part in said


@pytest.mark.parametrize("pattern", ["**.tsv", "/", ".", "config/[", "no/such/*.tsv", "/no/such.tsv", "\0"])
def test_a_pattern_that_finds_no_sheet_is_told(tmp_path: Path, pattern: str):
    with pytest.raises(InputError) as caught:
        load_cohort({"samples": pattern}, tmp_path, ROOT / "resources")
    assert caught.value.problems


@pytest.mark.parametrize("where", ["sheets/x.tsv", "../lab/sheets/x.tsv", "sheets/*.tsv", "**/x.tsv", "absolute"])
def test_sheets_are_found_by_path_and_pattern(tmp_path: Path, where: str):
    workdir = tmp_path / "lab"
    (workdir / "sheets").mkdir(parents=True)
    (workdir / "sheets/a.vcf").write_text("x")
    (workdir / "sheets/x.tsv").write_text("patient\tspecimen\tvariants\nP1\ta\ta.vcf\n")
    pattern = str(workdir / "sheets/x.tsv") if where == "absolute" else where
    assert list(load_cohort({"samples": [pattern, pattern]}, workdir, ROOT / "resources").patients) == ["P1"]


def test_a_misspelt_assay_is_told(tmp_path: Path):
    (tmp_path / "config").mkdir()
    (tmp_path / "a.vcf").write_text("x")
    sheet = "patient\tspecimen\tassay\tvariants\nP1\ta\tpanel_v2\ta.vcf\n"
    (tmp_path / "config/x.samples.tsv").write_text(sheet)
    cohort = load_cohort({"assays": {"panel-v2": {"limit": 0.01}}}, tmp_path, ROOT / "resources")
    assert "“panel-v2” was meant" in str(cohort.warnings[0])


@pytest.fixture
def drugs(tmp_path: Path) -> DrugNames:
    table = tmp_path / "drugs.tsv"
    table.write_text(
        "name\tsynonyms\nosimertinib\tTagrisso; AZD9291;AZD-9291\ndabrafenib\tTafinlar\ntrametinib\tMekinist\n"
        "trifluridine/tipiracil\tLonsurf; TAS-102\ndabrafenib + trametinib\tDabTram\n"
    )
    return DrugNames(table)


@pytest.mark.parametrize("text", ["osimertinib", "OSIMERTINIB", "Tagrisso", "AZD 9291", "azd9291"])
def test_any_name_of_a_drug(drugs: DrugNames, text: str):
    assert drugs.parts(text) == [("osimertinib", text)]


@pytest.mark.parametrize("joiner", [" + ", "/", " and ", ", ", "; ", " plus ", " & "])
def test_a_combination_is_its_parts(drugs: DrugNames, joiner: str):
    text = f"Tafinlar{joiner}trametinib"
    assert [name for name, _ in drugs.parts(text)] == ["dabrafenib", "trametinib"]


def test_a_combination_with_a_name_of_its_own(drugs: DrugNames):
    assert drugs.parts("DabTram") == [("dabrafenib", "DabTram"), ("trametinib", "DabTram")]
    assert drugs.parts("dabrafenib + trametinib") == [
        ("dabrafenib", "dabrafenib + trametinib"),
        ("trametinib", "dabrafenib + trametinib"),
    ]


def test_a_drug_whose_name_has_a_stroke_is_one(drugs: DrugNames):
    assert drugs.parts("Trifluridine/Tipiracil") == [("trifluridine/tipiracil", "Trifluridine/Tipiracil")]


def test_an_unknown_drug_has_near_names(drugs: DrugNames):
    assert drugs.parts("osimertinb") == [("", "osimertinb")]
    assert drugs.suggest("osimertinb")[0] == "osimertinib"


def test_problems_come_in_the_same_order_whatever_the_order_of_reading(tmp_path: Path):
    """The same sheets read twice give the same list; rows in the order of lines, not of patients."""
    (tmp_path / "config").mkdir()
    lines = [f"P{i % 7}\ts{i}\t{i}\tgone{i}.vcf" for i in range(50)]
    (tmp_path / "config/x.samples.tsv").write_text("\n".join(["patient\tspecimen\tday\tvariants", *lines]))
    told = []
    for _ in range(2):
        with pytest.raises(InputError) as caught:
            load_cohort({}, tmp_path, ROOT / "resources")
        told.append([p.where for p in caught.value.problems])
    assert told[0] == told[1] == [f"config/x.samples.tsv row {i + 2}, column variants" for i in range(50)]
