"""Compiling: lab files, provenance, determinism; the bundled catalogue as a patient's job reads it; the page."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from acquired.catalogue import Catalogue, compile_catalogue
from acquired.catalogue.page import write_catalogue_page
from acquired.catalogue.records import from_row, to_row
from small_catalogue import ROOT, resources_in, small

HEADER = ("action", "id", "gene", "alteration", "match", "context", "drug", "effect", "level", "disease", "mechanism",
          "evidence_for", "evidence_against", "sources", "pmids", "pmids_unverified", "citation_status", "added",
          "changed", "note")  # fmt: skip


def lab(path: Path, *rows: dict[str, str]) -> Path:
    default = {"gene": "EGFR", "alteration": "C797G", "match": "protein C797G", "drug": "osimertinib", "level": "C",
               "effect": "resistance", "disease": "nsclc", "mechanism": "target mutation", "evidence_for": "1",
               "pmids": "123", "citation_status": "confirmed"}  # fmt: skip
    lines = ["\t".join(HEADER)] + ["\t".join((default | row).get(c, "") for c in HEADER) for row in rows]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_lab_adds_overrides_and_withdraws(tmp_path: Path) -> None:
    resources, out = resources_in(tmp_path), tmp_path / "catalogue.json"
    file = lab(
        tmp_path / "own.tsv",
        {"id": "LAB-1", "note": "seen twice here"},
        {"id": "ACQ-000004", "action": "override", "match": "protein C797S", "alteration": "C797S", "level": "A"},
        {"id": "ACQ-000005", "action": "withdraw", "note": "too wide for us"},
    )
    compile_catalogue(resources, [file], out)
    catalogue = Catalogue.read(out)
    claims = {c.id: c for c in catalogue.claims()}
    assert claims["LAB-1"].file == "own.tsv" and claims["LAB-1"].note == "seen twice here"
    assert claims["ACQ-000004"].level == "A" and claims["ACQ-000004"].file == "own.tsv"
    assert "ACQ-000005" not in claims and claims["ACQ-000001"].file == "catalogue/claims.tsv"
    assert catalogue.withdrawn == [
        {"id": "ACQ-000005", "file": "catalogue/claims.tsv", "by": "own.tsv", "note": "too wide for us"}
    ]
    entry = next(f for f in catalogue.provenance["files"] if f["kind"] == "lab")
    assert (entry["file"], entry["add"], entry["override"], entry["withdraw"]) == ("own.tsv", 1, 1, 1)


def test_a_later_lab_file_speaks_last(tmp_path: Path) -> None:
    resources, out = resources_in(tmp_path), tmp_path / "catalogue.json"
    first = lab(tmp_path / "a.tsv", {"id": "LAB-1"})
    second = lab(tmp_path / "b.tsv", {"id": "LAB-1", "action": "withdraw"})
    compile_catalogue(resources, [first, second], out)
    assert "LAB-1" not in {c.id for c in Catalogue.read(out).claims()}


def test_the_same_files_give_the_same_bytes_and_any_change_another_digest(tmp_path: Path) -> None:
    resources = resources_in(tmp_path)
    outs = [tmp_path / f"{n}.json" for n in "abc"]
    one, two = compile_catalogue(resources, [], outs[0]), compile_catalogue(resources, [], outs[1])
    assert outs[0].read_bytes() == outs[1].read_bytes() and one == two
    claims = resources / "catalogue" / "claims.tsv"
    claims.write_text(claims.read_text().rstrip("\n"))  # as git hands it over
    assert compile_catalogue(resources, [], outs[2])["provenance"]["digest"] == one["provenance"]["digest"]
    claims.write_text(claims.read_text().replace("approved for this", "approved for that"))
    assert compile_catalogue(resources, [], outs[2])["provenance"]["digest"] != one["provenance"]["digest"]


def test_rows_survive_the_compiled_file() -> None:
    for claim in small().claims():
        assert from_row(to_row(claim)) == claim


def test_the_bundled_catalogue_compiles_and_answers(tmp_path: Path) -> None:
    out = tmp_path / "catalogue.json"
    compiled = compile_catalogue(ROOT / "resources", [], out)
    catalogue = Catalogue.read(out)
    assert len(catalogue.claims()) == len(compiled["claims"]) == catalogue.provenance["claims"]
    assert catalogue.provenance["residues"]["checked"] > 1000
    assert json.loads(out.read_text()) == json.loads(json.dumps(compiled))
    for spelling in ("Tagrisso", "AZD9291", "osimertinib mesylate"):
        drug = catalogue.drug(spelling)
        assert drug and drug.name == "osimertinib"
    assert {x.gene for x in catalogue.loci("osimertinib", disease="luad")} >= {"EGFR"}
    for drug in catalogue.drugs():  # every name of the table leads back to its drug
        for name in (drug.name, *drug.synonyms):
            found = catalogue.drug(name)
            assert found and found.name == drug.name, name


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.fixture
def page(tmp_path: Path) -> str:
    resources = resources_in(tmp_path)
    hostile = lab(tmp_path / "own.tsv", {"id": "LAB-1", "note": '<script>alert(1)</script>" onload=x'})
    compile_catalogue(resources, [hostile], tmp_path / "catalogue.json")
    write_catalogue_page(tmp_path / "catalogue.json", tmp_path / "page" / "index.html", ROOT / "resources")
    return (tmp_path / "page" / "index.html").read_text()


def test_the_page_holds_every_claim_and_asks_for_nothing(page: str) -> None:
    parsed = _Page()
    parsed.feed(page)
    rows = [a["id"] for tag, a in parsed.tags if tag == "tr" and a.get("id")]
    assert len(rows) == len(small().claims()) + 1 and "LAB-1" in rows
    assert not re.search(r"(?:src|href|action)=|@import|url\(", page)
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
    assert sum(tag == "script" for tag, _ in parsed.tags) == 1


def test_the_page_prints_no_unconfirmed_number(page: str) -> None:
    row = re.search(r'<tr id="ACQ-000028">.*?</tr>', page)
    assert row and "no confirmed citation" in row[0] and "222" not in row[0]
