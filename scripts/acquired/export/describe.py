"""`python -m acquired.export.describe` writes docs/result.md from the result's schema, and guards its version."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[3]


def describe(head: str, schema: Json, versions: list[Json]) -> str:
    """The text of docs/result.md."""
    lines = [head, f"## Fields, version {schema['properties']['schema_version']['const']}\n"]
    lines.append("Fields in **bold** are always there.\n")
    lines += _fields(schema)
    for name, part in schema["$defs"].items():
        lines += [f"### {name}\n", *_fields(part)]
    lines.append("## Versions\n")
    lines.append(
        "`schema_version` follows semantic versioning. A new optional field raises the second number: readers go on "
        "working. Anything\nelse raises the first: readers refuse a result whose first number they do not know. "
        "Results are cheap to make again:\nrun the workflow with the new version, and only the last steps run.\n"
    )
    lines += ["| version | what a reader must do |", "|---|---|"]
    lines += [f"| {v['version']} | {v['note']} |" for v in versions]
    return "\n".join(lines) + "\n"


def fingerprint(schema: Json) -> str:
    """SHA-256 over the schema without descriptions, titles and order of keys, as 16 hexadecimal digits."""
    text = json.dumps(_bare(schema), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _bare(node: Any) -> Any:
    """The node without what only explains. A field may itself be called `title`: then it is a schema, not text."""
    if isinstance(node, dict):
        return {k: _bare(v) for k, v in node.items() if not (k in ("description", "title") and isinstance(v, str))}
    return [_bare(v) for v in node] if isinstance(node, list) else node


def _fields(node: Json) -> list[str]:
    return ["| field | type | what |", "|---|---|---|", *_rows(node, ""), ""]


def _rows(node: Json, prefix: str) -> list[str]:
    rows = []
    for name, field in node.get("properties", {}).items():
        shown = f"`{prefix}{name}`"
        if name in node.get("required", []):
            shown = f"**{shown}**"
        rows.append(f"| {shown} | {_type(field)} | {_text(field)} |")
        inner = field.get("items", field)
        rows += _rows(inner, f"{prefix}{name}{'[]' if 'items' in field else ''}.")
    return rows


def _type(field: Json) -> str:
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name})"
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" if value != "" else "empty" for value in field["enum"])
    kind = field.get("type", "")
    if kind == "array":
        return f"list of {_type(field['items'])}"
    if isinstance(kind, list):
        return " or ".join(kind)
    return str(kind)


def _text(field: Json) -> str:
    return " ".join(field.get("description", "").split()).replace("|", "\\|")


def read(root: Path = ROOT) -> tuple[str, Json, list[Json]]:
    """The text that stands above the fields, the schema, and the table of its versions."""
    head = (root / "resources" / "export" / "result_head.md").read_text(encoding="utf-8")
    schema = yaml.safe_load((root / "workflow" / "schemas" / "result.schema.yaml").read_text(encoding="utf-8"))
    versions = yaml.safe_load((root / "resources" / "export" / "schema_versions.yaml").read_text(encoding="utf-8"))
    return head, schema, versions


def main(root: Path = ROOT) -> str:
    """Renew docs/result.md and, while the newest version is not released, its digest; what is wrong, or nothing."""
    _, schema, versions = read(root)
    table = root / "resources" / "export" / "schema_versions.yaml"
    newest, now = versions[0], fingerprint(schema)
    if newest["digest"] != now and newest["released"]:
        return f"The schema has changed since version {newest['version']} was released: {table.name} says what to do."
    table.write_text(table.read_text(encoding="utf-8").replace(newest["digest"], now, 1), encoding="utf-8")
    (root / "docs" / "result.md").write_text(describe(*read(root)), encoding="utf-8")
    return ""


if __name__ == "__main__":
    sys.exit(main() or 0)
