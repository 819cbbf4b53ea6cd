"""config/README.md says of each column and setting what the schemas say."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MANUAL = (ROOT / "config/README.md").read_text(encoding="utf-8")


def schema(name: str) -> dict:
    return yaml.safe_load((ROOT / f"workflow/schemas/{name}.schema.yaml").read_text(encoding="utf-8"))


def settings(part: dict, prefix: str = "") -> list[str]:
    """Every key of the configuration as a row of the manual."""
    rows = []
    for key, given in part["properties"].items():
        if "$ref" in given:
            given = schema("config")["$defs"][given["$ref"].rpartition("/")[2]]
        inner = given.get("additionalProperties")
        if "properties" in given:
            rows += settings(given, f"{prefix}{key}.")
        elif isinstance(inner, dict):
            rows += settings(inner, f"{prefix}{key}.<name>.")
        else:
            default = given.get("default", "")
            default = ", ".join(map(str, default)) if isinstance(default, list) else default
            default = str(default).lower() if isinstance(default, bool) else default
            rows.append(f"| `{prefix}{key}` | {given['description']} | {f'`{default}`' if default != '' else ''} |")
    return rows


@pytest.mark.parametrize("kind", ["samples", "therapies"])
def test_each_column_stands_in_the_manual(kind: str):
    content = schema(kind)
    for name, column in content["properties"].items():
        star = " *" if name in content["required"] else ""
        row = f"| `{name}`{star} | {column['description']} | `{column['examples'][0]}` |"
        assert row in MANUAL, f"add to config/README.md: {row}"


def test_each_setting_stands_in_the_manual():
    for row in settings(schema("config")):
        assert row in MANUAL, f"add to config/README.md: {row}"


def test_the_manual_names_no_other_column_or_setting():
    known = {name for kind in ("samples", "therapies") for name in schema(kind)["properties"]}
    known |= {row.split("`")[1] for row in settings(schema("config"))}
    named = {line.split("`")[1] for line in MANUAL.splitlines() if line.startswith("| `")}
    assert named == known
