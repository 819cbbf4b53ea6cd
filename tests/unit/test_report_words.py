"""The words of the pages: both languages whole, every word used, numbers by locale."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from acquired.errors import InputError
from acquired.model import Basis, Kind, Precision, Relation, Status, Trajectory, Verdict
from acquired.report.words import Words

ROOT = Path(__file__).parents[2]
RESOURCES = ROOT / "resources"
LANGUAGES = sorted(p.name.split(".")[1] for p in (RESOURCES / "wording").glob("report.*.yaml"))
VOCABULARY = {
    "verdict": Verdict, "basis": Basis, "trajectory": Trajectory, "status": Status, "precision": Precision,
    "relation": Relation, "kind": Kind,
}  # fmt: skip


def table(language: str) -> dict[str, Any]:
    return yaml.safe_load((RESOURCES / "wording" / f"report.{language}.yaml").read_text(encoding="utf-8"))


def leaves(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    if isinstance(value, dict):
        return {k: v for key, item in value.items() for k, v in leaves(item, (*path, str(key))).items()}
    return {path: str(value)}


def test_german_is_there() -> None:
    assert {"en", "de"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_fits_the_schema(language: str) -> None:
    schema = yaml.safe_load((ROOT / "workflow" / "schemas" / "wording.schema.yaml").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(table(language))
    assert table(language)["language"] == language


@pytest.mark.parametrize("language", [x for x in LANGUAGES if x != "en"])
def test_a_translation_has_the_same_keys_and_names(language: str) -> None:
    english, other = leaves(table("en")), leaves(table(language))
    own = ("glossary", "words")  # the glossary's words are the language's own
    assert {k for k in english if k[:2] != own} == {k for k in other if k[:2] != own}
    for key, text in english.items():
        if key[:2] != own:
            assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", other[key])), key
    assert len(table(language)["glossary"]["words"]) == len(table("en")["glossary"]["words"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", VOCABULARY)
def test_every_word_of_the_model_has_its_wording(language: str, group: str) -> None:
    assert {str(member) for member in VOCABULARY[group]} <= set(table(language)[group])


@pytest.mark.parametrize("language", LANGUAGES)
def test_wild_type_is_never_said(language: str) -> None:
    for text in leaves(table(language)).values():
        assert not re.search(r"wild.?typ", text, re.IGNORECASE)


def test_no_word_recommends() -> None:
    for text in leaves(table("en")).values():
        assert not re.search(r"\b(we recommend|recommended|should (be )?(treat|switch|receive)|consider)\b", text), text


def test_every_word_a_template_asks_for_is_there_and_none_is_idle() -> None:
    files = [*(RESOURCES / "report").glob("*.j2"), *(ROOT / "scripts/acquired/report").glob("*.py")]
    source = "\n".join(p.read_text(encoding="utf-8") for p in files)
    asked = set(re.findall(r"""(?:\bt|words|self)\(\s*['"](\w+)['"],\s*['"]([\w ]+)['"]""", source))
    english = table("en")
    assert asked, "the pattern no longer meets the templates"
    assert not {(g, k) for g, k in asked if k not in english.get(g, {})}
    for group, entries in english.items():
        if isinstance(entries, dict) and group not in VOCABULARY and group not in (
            "effect", "level", "mechanism", "phase", "disease_match", "identity", "role", "material", "drug_status",
            "glossary",
        ):  # fmt: skip
            idle = {k for k in entries if not re.search(rf"""['"](before_|after_)?{re.escape(k)}['"]""", source)}
            idle -= {
                f"{side}_{x}" for side in ("before", "after") for x in ("seen", "reads", "limit", "calls", "value")
            }
            assert not idle, (group, idle)


@pytest.mark.parametrize(
    ("locale", "number", "fraction", "tiny", "date"),
    [
        ("en", "1,243", "5.2\u00a0%", "0.24\u00a0%", "2024-02-20"),
        ("en_US", "1,243", "5.2%", "0.24%", "02/20/2024"),
        ("de", "1.243", "5,2\u00a0%", "0,24\u00a0%", "20.02.2024"),
        ("de_CH", "1’243", "5.2\u00a0%", "0.24\u00a0%", "20.02.2024"),
    ],
)
def test_numbers_and_dates_follow_the_locale(locale: str, number: str, fraction: str, tiny: str, date: str) -> None:
    words = Words.read(RESOURCES, locale[:2], locale)
    assert words.number(1243) == number
    assert words.fraction(61 / 1167) == fraction
    assert words.fraction(1 - 0.05 ** (1 / 1243)) == tiny
    assert words.date("2024-02-20") == date


def test_a_fraction_keeps_two_digits_however_small() -> None:
    words = Words.read(RESOURCES)
    assert words.fraction(0.000123) == "0.012\u00a0%"
    assert words.fraction(0.2204) == "22.0\u00a0%"
    assert words.fraction(1.0) == "100\u00a0%"
    assert words.fraction(None) == "–"
    assert words.p(1.2e-20) == "1.2 × 10⁻²⁰"
    assert words.p(0.0041) == "0.0041"


def test_an_unknown_language_or_locale_is_told_with_the_known_ones() -> None:
    for given in (("xx", ""), ("../../etc", ""), ("en", "tlh")):
        with pytest.raises(InputError) as told:
            Words.read(RESOURCES, *given)
        assert "de" in str(told.value) and "en" in str(told.value)


def test_the_config_offers_exactly_the_languages_and_locales_there_are() -> None:
    schema = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text(encoding="utf-8"))
    offered = schema["properties"]["report"]["properties"]
    locales = yaml.safe_load((RESOURCES / "wording" / "locales.yaml").read_text(encoding="utf-8"))
    assert set(offered["locale"]["enum"]) == {"", *locales}
    assert set(offered["language"]["enum"]) == {p.name.split(".")[1] for p in RESOURCES.glob("wording/report.*.yaml")}
