"""The patient's page: what it must say, and what it must never do."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from acquired.errors import InputError
from acquired.report import write_report
from report_cases import NAMES, RESOURCES, ROOT, load, page
from report_html import Page

WHOLE = [n for n in NAMES if n != "refused"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {name: page(load(name), tmp_path_factory.mktemp(name)) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_the_scenarios_keep_the_contract(name: str) -> None:
    schema = yaml.safe_load((ROOT / "workflow/schemas/result.schema.yaml").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(load(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_whole_and_asks_for_nothing(name: str, pages: dict[str, str]) -> None:
    seen = Page(pages[name])
    assert seen.complaints == []
    assert len(seen.ids()) == len(set(seen.ids()))
    for link in seen.links():
        assert link.startswith("https://pubmed.ncbi.nlm.nih.gov/") or link.removeprefix("#") in seen.ids(), link
    for tag, attributes in seen.elements:
        assert tag not in ("iframe", "object", "embed", "base", "form", "video", "audio")
        assert not [a for a in attributes if a.startswith("on") or a == "style"], (tag, attributes)
        if tag not in ("a",):
            assert not re.match(r"(https?:)?//", attributes.get("href", attributes.get("src", ""))), attributes


@pytest.mark.parametrize("name", NAMES)
def test_only_the_pages_own_script_and_style_may_run(name: str, pages: dict[str, str]) -> None:
    seen = Page(pages[name])
    policy = next(a["content"] for t, a in seen.elements if t == "meta" and "Content-Security-Policy" in a.values())
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    for kind, texts in (("script-src", seen.scripts), ("style-src", seen.styles)):
        assert len(texts) == 1
        digest = base64.b64encode(hashlib.sha256(texts[0].encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy


@pytest.mark.parametrize("name", NAMES)
def test_every_page_says_what_it_is_for_and_its_versions(name: str, pages: dict[str, str]) -> None:
    result, text = load(name), Page(pages[name]).text
    assert pages[name].index("Research use only") < pages[name].index("<h1>")
    assert "acquired 0.1.0 · catalogue 2026.11.0" in text
    assert ("Synthetic demo data" in text) == result["demo"]
    assert not re.search(r"wild.?type", text, re.IGNORECASE)


def test_a_usual_patient_fits_150_kilobytes(pages: dict[str, str]) -> None:
    assert len(pages["egfr_five_time_points"].encode()) <= 150_000


@pytest.mark.parametrize("name", WHOLE)
def test_nothing_of_the_result_is_missing(name: str, pages: dict[str, str]) -> None:
    result, text = load(name), Page(pages[name]).text

    def said(value: object) -> bool:
        shown = str(value).replace("\u202e", "[U+202E]").replace("\u202c", "[U+202C]")
        return " ".join(shown.split()) in text

    for verdict in result["verdicts"]:
        assert said(verdict["why"]) and said(verdict["drug"])
    for alteration in result["alterations"]:
        assert said(alteration["name"]) and said(alteration["hgvs_c"])
        assert all(said(f["text"]) for f in alteration["flags"])
        assert all(said(g) for g in alteration.get("given", []))
        for observation in alteration["observations"]:
            if observation["alt_count"] is not None:
                assert said(f"{observation['alt_count']:,} of {observation['depth']:,}")
        for claim in alteration["claims"]:
            assert said(claim["claim"]) and said(claim["drug"])
    for negative in result["negatives"]:
        assert said(negative["locus"]) and (negative["depth"] is None or said(f"{negative['depth']:,}×"))
    for aside in result["set_aside"]["records"] + result["set_aside"]["not_listed"]:
        assert said(aside["reason"])
    for note in result["notes"]:
        assert said(note["text"])
    for item in result["provenance"]["inputs"]:
        assert said(item["sha256"]) and said(item["path"])
    assert said(result["quality"]["identity"]["why"])


@pytest.mark.parametrize("name", WHOLE)
def test_emerged_and_cleared_never_stand_without_their_ground(name: str, pages: dict[str, str]) -> None:
    tags = re.findall(r'<span class="tag t-(emerged|cleared)">(.*?)</span>', pages[name])
    for word, content in tags:
        assert re.search(r", by (depth|assay|calls)$", re.sub(r"<[^>]*>", "", content).strip()), (word, content)


def test_a_refused_patient_shows_the_problems_and_pretends_nothing(pages: dict[str, str]) -> None:
    seen = Page(pages["refused"])
    for problem in load("refused")["problems"]:
        for part in ("where", "what", "cause", "remedy"):
            assert problem[part] in seen.text
    assert not {"table", "svg", "nav"} & set(seen.tags())
    assert "emerged" not in seen.text and "None found" not in seen.text


def test_swapped_tubes_are_told_before_anything_else(pages: dict[str, str]) -> None:
    text = Page(pages["many_kinds_bare_files"]).text
    assert text.index("Not the same person") < text.index("Verdict for each drug")


def test_an_unverified_number_is_never_printed(tmp_path: Path) -> None:
    result = load("egfr_five_time_points")
    for alteration in result["alterations"]:
        for claim in alteration["claims"]:
            for source in claim["sources"]:
                source.update(pmids=["77777777"], citation="Somebody 1999", citation_status="unverified")
    html = page(result, tmp_path)
    assert "77777777" not in html and "Somebody 1999" not in html
    assert "no confirmed citation" in Page(html).text


def test_an_alteration_seen_outside_a_drugs_interval_is_not_called_new_for_it(tmp_path: Path) -> None:
    result = load("egfr_five_time_points")
    met = next(a for a in result["alterations"] if a["id"] == "cn-MET")
    met["trajectories"] = [t for t in met["trajectories"] if t["comparison"] != "C1"]
    html = page(result, tmp_path)
    first = html[html.index('id="d-erlotinib"') : html.index('id="d-osimertinib"')]
    row = first[first.index("MET amplification") :]
    assert "not seen in the interval judged for this drug" in row
    assert "emerged" not in Page(row[: row.index("</tbody>")]).text


def test_the_conflict_of_the_evidence_is_told_with_both_counts(pages: dict[str, str]) -> None:
    assert "conflicting: 9 for, 1 against" in Page(pages["egfr_five_time_points"]).text


def test_a_german_page_has_german_numbers_and_marks_english_sentences(tmp_path: Path) -> None:
    html = page(load("egfr_five_time_points"), tmp_path, language="de")
    text = Page(html).text
    assert '<html lang="de">' in html
    assert (
        "EGFR T790M neu aufgetreten: 0 von 1.243 Reads vorher (höchstens 0,24 %), 61 von 1.167 nachher (5,2 %)." in text
    )
    assert "Nur für Forschungszwecke" in text and "Research use only" not in text
    assert '<span lang="en">41 of 41 shared' in html


def test_the_labs_name_logo_and_disclaimer(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', encoding="utf-8")
    html = page(load("nothing_found"), tmp_path, lab="Core <7>", logo=str(logo), disclaimer="Ask & we tell.")
    assert "Core &lt;7&gt;" in html and "Ask &amp; we tell." in html
    assert 'src="data:image/svg+xml;base64,' in html
    for bad in ("missing.png", str(tmp_path / "result.json")):
        with pytest.raises(InputError, match="logo"):
            page(load("nothing_found"), tmp_path, logo=bad)


def test_the_same_result_gives_the_same_bytes_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = page(load("gist_two_sites"), tmp_path)
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert page(load("gist_two_sites"), tmp_path) == first
    assert sorted(p.name for p in tmp_path.iterdir()) == ["report.html", "result.json"]


def test_a_failed_writing_leaves_the_old_page(tmp_path: Path) -> None:
    page(load("refused"), tmp_path)
    before = (tmp_path / "report.html").read_bytes()
    (tmp_path / "result.json").write_text(json.dumps({**load("refused"), "quality": {}}), encoding="utf-8")
    with pytest.raises(KeyError):
        write_report(tmp_path / "result.json", tmp_path / "report.html", RESOURCES, {})
    assert (tmp_path / "report.html").read_bytes() == before
