"""Text from sheets, files and catalogues stays text, whatever it holds."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from report_cases import load, page
from report_html import Page

#: Values a reader's schema fixes; a file cannot bring other ones.
FIXED = {
    "schema_version", "status", "build", "verdict", "basis", "trajectory", "kind", "effect", "level", "disease_match",
    "precision", "relation", "citation_status", "annotation_origin", "specimen", "comparison", "before", "after", "id",
    "baseline", "follow_ups", "window", "alterations", "role", "phase",
}  # fmt: skip


def replaced(value: Any, text: str, key: str = "") -> Any:
    """Every free string of a result set to `text`."""
    if isinstance(value, dict):
        return {k: replaced(v, text, k) for k, v in value.items()}
    if isinstance(value, list):
        return [replaced(v, text, key) for v in value]
    return text if isinstance(value, str) and key not in FIXED else value


def test_the_hostile_scenario_stays_text(tmp_path: Path) -> None:
    result = load("hostile_strings")
    seen = Page(page(result, tmp_path))
    assert seen.complaints == []
    assert seen.tags()["script"] == 1 and "img" not in seen.tags()
    assert not [a for _, attributes in seen.elements for a in attributes if a.startswith("on")]
    hostile = result["disease"]["name"]
    assert hostile.replace("\u202e", "[U+202E]").replace("\u202c", "[U+202C]") in " ".join(seen.words)
    assert not {"\u202e", "\u202c"} & set(seen.text)
    assert "x" * 10_000 in seen.text
    assert not [
        link
        for link in seen.links()
        if "<" in link or ("pubmed" in link and not link.rstrip("/").rsplit("/", 1)[1].isdigit())
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
@example(text="</script><script>alert(1)</script>")
@example(text="</style><svg/onload=alert(1)>")
@example(text="\"'><b>{{7*7}}{% raw %}")
@example(text="\u202e\u2066 javascript:alert(1) \x00\x1b[31m")
@example(text="x" * 10_000)
def test_any_string_anywhere_adds_no_element(tmp_path: Path, text: str) -> None:
    plain, strange = (replaced(copy.deepcopy(load("gist_two_sites")), t) for t in ("a", text))
    one, other = (Page(page(json.loads(json.dumps(r)), tmp_path)) for r in (plain, strange))
    assert other.complaints == []
    # Blank strings are left out and equal ones said once; markup can only ever be less, never another kind.
    assert set(other.tags()) <= set(one.tags()) | {"br"}
    assert other.tags()["script"] == other.tags()["style"] == 1
    assert {a for _, attributes in other.elements for a in attributes} <= {
        a for _, attributes in one.elements for a in attributes
    } | {"lang"}
