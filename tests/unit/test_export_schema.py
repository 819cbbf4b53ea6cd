"""The result's schema: documented as it is, and its version guarded."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import jsonschema
import pytest
from acquired.export.describe import ROOT, describe, fingerprint, main, read
from acquired.export.results import MAJOR
from export_kit import NAMES, load

HEAD, SCHEMA, VERSIONS = read()


def test_the_manual_is_current() -> None:
    manual = (ROOT / "docs" / "result.md").read_text(encoding="utf-8")
    assert manual == describe(HEAD, SCHEMA, VERSIONS), "run: python -m acquired.export.describe"


def test_a_changed_schema_has_a_version_and_a_note() -> None:
    newest = VERSIONS[0]
    assert SCHEMA["properties"]["schema_version"]["const"] == newest["version"]
    assert newest["note"] and newest["version"].split(".")[0] == MAJOR
    assert fingerprint(SCHEMA) == newest["digest"], "the schema has changed; run: python -m acquired.export.describe"
    numbers = [tuple(map(int, v["version"].split("."))) for v in VERSIONS]
    assert numbers == sorted(set(numbers), reverse=True)
    assert all(v["released"] for v in VERSIONS[1:]), "an unreleased version is changed, not followed by another"


def test_the_digest_tells_change_from_explanation() -> None:
    explained, changed = copy.deepcopy(SCHEMA), copy.deepcopy(SCHEMA)
    explained["properties"]["patient"]["description"] = "said otherwise"
    changed["properties"]["patient"]["type"] = "integer"
    assert fingerprint(explained) == fingerprint(SCHEMA) != fingerprint(changed)
    required = copy.deepcopy(SCHEMA)
    required["required"].append("demo")
    assert fingerprint(required) != fingerprint(SCHEMA)


def test_every_field_is_in_the_manual() -> None:
    manual = describe(HEAD, SCHEMA, VERSIONS)

    def names(node: object) -> set[str]:
        if isinstance(node, dict):
            here = set(node["properties"]) if isinstance(node.get("properties"), dict) else set()
            return here.union(*(names(v) for v in node.values()))
        return set().union(*(names(v) for v in node)) if isinstance(node, list) else set()

    missing = {n for n in names(SCHEMA) if f"{n}`" not in manual}
    assert not missing


@pytest.mark.parametrize("name", NAMES)
def test_the_scenarios_are_valid(name: str) -> None:
    jsonschema.validate(json.loads(json.dumps(load(name))), SCHEMA)


def test_no_field_has_a_stray_key() -> None:
    """`{description: a, b}` without quotes makes a key `b` of half the description."""

    def stray(node: object, path: str = "") -> list[str]:
        if isinstance(node, dict):
            return [f"{path}.{k}" for k, v in node.items() if v is None] + [
                s for k, v in node.items() for s in stray(v, f"{path}.{k}")
            ]
        return [s for v in node for s in stray(v, path)] if isinstance(node, list) else []

    assert not stray(SCHEMA)


def test_a_released_version_is_not_changed_in_silence(tmp_path: Path) -> None:
    for name in (
        "workflow/schemas/result.schema.yaml",
        "resources/export/schema_versions.yaml",
        "resources/export/result_head.md",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "docs").mkdir()
    schema = tmp_path / "workflow/schemas/result.schema.yaml"
    versions = tmp_path / "resources/export/schema_versions.yaml"
    assert main(tmp_path) == ""
    schema.write_text(schema.read_text().replace("patient: {type: string", "patient: {type: [string, integer]", 1))
    assert main(tmp_path) == "", "not released: the digest follows"
    assert fingerprint(read(tmp_path)[1]) == read(tmp_path)[2][0]["digest"] != VERSIONS[0]["digest"]
    versions.write_text(versions.read_text().replace("released: false", "released: true"))
    assert main(tmp_path) == ""
    schema.write_text(schema.read_text().replace("patient: {type: [string, integer]", "patient: {type: integer", 1))
    before = versions.read_text()
    assert "has changed since version" in main(tmp_path) and versions.read_text() == before
