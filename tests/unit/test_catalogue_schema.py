"""The schema of the catalogue says what the loader checks, and the bundled tables fit it."""

import csv

import jsonschema
import pytest
import yaml
from acquired.catalogue import records
from small_catalogue import ROOT, SMALL

SCHEMA = yaml.safe_load((ROOT / "workflow" / "schemas" / "catalogue.schema.yaml").read_text())
BUNDLED = ROOT / "resources" / "catalogue"


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_loader_and_schema_know_the_same_words_and_columns() -> None:
    claims = SCHEMA["$defs"]["claims"]["properties"]
    assert tuple(claims["effect"]["enum"]) == records.EFFECTS
    assert tuple(claims["level"]["enum"]) == records.LEVELS
    assert tuple(claims["mechanism"]["enum"]) == records.MECHANISMS
    assert tuple(claims["citation_status"]["enum"]) == records.CITATION
    assert tuple(claims["action"]["enum"]) == (*records.ACTIONS, "")
    assert tuple(SCHEMA["$defs"]["drugs"]["properties"]["status"]["enum"]) == records.STATUSES
    for table, columns in records.COLUMNS.items():
        known = set(SCHEMA["$defs"][table]["properties"]) - {"action"}
        assert known == set(columns), table
        assert all(p.get("description") for p in SCHEMA["$defs"][table]["properties"].values()), table


@pytest.mark.parametrize("folder", [BUNDLED, SMALL], ids=["bundled", "small"])
@pytest.mark.parametrize("table", records.COLUMNS)
def test_rows_fit(folder, table: str) -> None:
    with (folder / f"{table}.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    validator = jsonschema.Draft202012Validator(SCHEMA["$defs"][table])
    sample = rows[:: max(1, len(rows) // 150)]  # the loader checks every row; this is the schema's own proof
    assert sample and not [e.message for row in sample for e in validator.iter_errors(row)]
