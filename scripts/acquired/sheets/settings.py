"""The configuration: checked against its schema, completed with the schema's defaults, its files found."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from acquired.errors import InputError, Problem, quote
from acquired.tables import nearest

SCHEMA = "config.schema.yaml"


def fill_defaults(config: dict[str, Any], schemas: Path) -> dict[str, Any]:
    """The configuration with every key that has a default, as a new object.

    config: config.yaml with the overrides of `--config`. schemas: folder of the JSON Schemas.
    Raises InputError with every problem; each names the key, the value and, for an unknown key, the nearest known one.
    """
    schema: dict[str, Any] = yaml.load((schemas / SCHEMA).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    filled = _typed(copy.deepcopy(config), schema)
    problems = check_config(filled, schema)
    if problems:
        raise InputError(*problems)
    filled = dict(filled)
    _fill(filled, schema)
    return filled


def check_config(config: object, schema: dict[str, Any]) -> list[Problem]:
    """Every way in which the configuration breaks the schema, in the order of its keys."""
    from jsonschema import Draft202012Validator  # 0.1 s to import, needed once a run

    if not isinstance(config, dict):
        return [Problem("configuration", "it is not a list of keys and values.", "", "see config/README.md.")]
    errors = Draft202012Validator(schema).iter_errors(_plain(config))
    return [problem for error in sorted(errors, key=lambda e: [str(p) for p in e.path]) for problem in _explain(error)]


def find_config_files(config: dict[str, Any], workdir: Path) -> list[Problem]:
    """Problems with the files that the configuration names: genomes, regions, claim files, logo."""
    named = [
        *(
            (f"assays.{name}.regions", assay["regions"])
            for name, assay in config["assays"].items()
            if "regions" in assay
        ),
        *(
            (f"reference.{build}.{key}", path)
            for build, files in config["reference"].items()
            for key, path in files.items()
        ),
        *((f"catalogue[{index}]", path) for index, path in enumerate(config["catalogue"])),
        *([("report.logo", config["report"]["logo"])] if config["report"]["logo"] else []),
    ]
    problems = []
    for key, path in named:
        found = workdir / path
        state = "is a folder" if found.is_dir() else "is not there" if not found.exists() else ""
        if not state and found.is_file() and found.stat().st_size == 0:
            state = "is empty"
        if state:
            problems.append(
                Problem(
                    f"configuration, key {key}",
                    f"the file {quote(path, 200)} {state}.",
                    "",
                    "correct the path; it is taken from the working directory.",
                )
            )
    return problems


def _plain(value: Any) -> Any:
    """Snakemake's configuration holds subclasses of dict and str; the validator is given plain values."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _typed(value: Any, part: dict[str, Any]) -> Any:
    """Texts as the numbers and truth values that the schema wants there.

    Snakemake hands on what stands deeper than the first level of `--config key='{a: 0.01}'` as text, and so `=true`.
    """
    if isinstance(value, dict):
        known, others = part.get("properties", {}), part.get("additionalProperties")
        rest = others if isinstance(others, dict) else {}
        return {key: _typed(item, known.get(key, rest)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_typed(item, part.get("items", {})) for item in value]
    kind = part.get("type", "string")
    if isinstance(value, str) and "string" not in kind:
        if "boolean" in kind and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if "integer" in kind and re.fullmatch(r"[+-]?\d+", value):
            return int(value)
        if "number" in kind and re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", value):
            return float(value)
    return value


def _explain(error: Any) -> Iterator[Problem]:
    """One error of the validator in words."""
    key = ".".join(str(part) for part in error.absolute_path)
    where = f"configuration, key {key}" if key else "configuration"
    if error.validator == "additionalProperties":
        known = list(error.schema["properties"])
        for name in error.instance:
            if name not in known:
                near = nearest(name, known)
                yield Problem(
                    where,
                    f"the key {quote(name)} is not known.",
                    f"{quote(near[0])} was meant" if near else "",
                    f"rename or remove it; known keys are {', '.join(known)}.",
                )
        return
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        yield Problem(where, f"it lacks the key {', '.join(missing)}.", "", "add it, or remove the whole entry.")
        return
    said = {
        "type": lambda v: f"is not of the type {v if isinstance(v, str) else ' or '.join(v)}",
        "enum": lambda v: f"is not one of {', '.join(map(str, v))}",
        "minimum": lambda v: f"is less than {v}",
        "maximum": lambda v: f"is more than {v}",
        "exclusiveMinimum": lambda v: f"is not more than {v}",
        "exclusiveMaximum": lambda v: f"is not less than {v}",
        "anyOf": lambda _: "is neither text nor a list of texts",
        "uniqueItems": lambda _: "names something twice",
    }.get(error.validator, lambda v: f"breaks the rule {error.validator}: {v}")(error.validator_value)
    meaning = error.schema.get("description", "")
    yield Problem(where, f"{quote(error.instance)} {said}.", "", f"the key means: {meaning}" if meaning else "")


def _fill(config: dict[str, Any], schema: dict[str, Any]) -> None:
    """Set each missing key that has a default, at every depth."""
    for key, part in schema.get("properties", {}).items():
        if key not in config and "default" in part:
            config[key] = copy.deepcopy(part["default"])
        if isinstance(config.get(key), dict):
            _fill(config[key], part)
