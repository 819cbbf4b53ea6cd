"""The catalogue's tables: whole, sorted, consistent, and in the vocabulary that they define."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from acquired.catalogue import names
from acquired.catalogue.build import compile_sources
from acquired.catalogue.language import genes_of, parse_context, parse_match
from acquired.catalogue.records import CITATION, COLUMNS, EFFECTS, LEVELS, MECHANISMS

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "resources" / "catalogue"
ROW = r"CIViC:EID\d+|CGI:2017-12:[0-9a-f]{6}|literature:[0-9a-f]{6}|PMID:\d+|curation:\d{4}-\d\d"
ARTICLE = r"DOI:10\.\d{4,}/[^;\s()]+|MTMT:\d+|article:[A-Z][A-Za-z ]+ \d+:\d+(-\d+)?"
SOURCE = re.compile(rf"({ROW}|{ARTICLE})(\(against\))?")


def read(name: str) -> list[dict[str, str]]:
    with (CATALOGUE / f"{name}.tsv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


def items(cell: str) -> list[str]:
    return [i for i in cell.split(";") if i]


@pytest.fixture(scope="module")
def claims() -> list[dict[str, str]]:
    return read("claims")


@pytest.fixture(scope="module")
def drugs() -> dict[str, dict[str, str]]:
    return {r["name"]: r for r in read("drugs")}


def test_it_compiles_without_a_problem():
    """Every check that a lab's own file goes through, residues against the transcripts among them."""
    compiled = compile_sources(ROOT / "resources", [])
    assert compiled["provenance"]["version"] == yaml.safe_load((CATALOGUE / "catalogue.yaml").read_text())["version"]
    residues = compiled["provenance"]["residues"]
    assert residues["checked"] > 2500
    assert residues["unchecked"] < residues["checked"] / 10


@pytest.mark.parametrize("table", sorted(COLUMNS))
def test_columns_cells_and_lines(table):
    text = (CATALOGUE / f"{table}.tsv").read_text(encoding="utf-8")
    lines = text.split("\n")
    assert lines[0] == "\t".join(COLUMNS[table])
    assert lines[-1] == "" and "\r" not in text
    for line in lines[1:-1]:
        cells = line.split("\t")
        assert len(cells) == len(COLUMNS[table]), line
        assert [c for c in cells if c != c.strip() or "  " in c] == [], line


@pytest.mark.parametrize(
    ("table", "key"),
    [("claims", "id"), ("drugs", "name"), ("classes", "name"), ("diseases", "id")],
)
def test_keys_are_unique_and_sorted(table, key):
    keys = [r[key] for r in read(table)]
    assert len(set(keys)) == len(keys)
    assert keys == sorted(keys, key=str.lower)


def test_claim_ids_are_those_of_the_ledger(claims):
    ledger = {r["id"]: r for r in read("ledger")}
    assert len(ledger) == len(read("ledger"))
    live = {i for i, r in ledger.items() if r["state"] == "live"}
    assert {r["id"] for r in claims} == live
    for r in claims:
        assert re.fullmatch(r"ACQ-\d{6}", r["id"])
        assert (ledger[r["id"]]["added"], ledger[r["id"]]["changed"]) == (r["added"], r["changed"])
        assert r["added"] <= r["changed"]


def test_words_are_the_fixed_ones(claims):
    for r in claims:
        assert r["effect"] in EFFECTS, r["id"]
        assert r["level"] in LEVELS, r["id"]
        assert r["mechanism"] in MECHANISMS, r["id"]
        assert r["citation_status"] in CITATION, r["id"]
        assert r["alteration"] and "\n" not in r["note"], r["id"]


def test_no_two_claims_say_the_same(claims):
    """Resistance and reduced sensitivity count as one: a fact of several sources is one claim."""
    keys = Counter(
        (r["gene"], r["match"], r["context"], r["drug"], r["disease"], r["effect"] == "sensitivity") for r in claims
    )
    assert [k for k, n in keys.items() if n > 1] == []


def test_expressions_drugs_diseases_and_genes_are_known(claims, drugs):
    classes = {r["name"] for r in read("classes")}
    diseases = {r["id"] for r in read("diseases")}
    bundled = {
        r["gene"] for r in csv.DictReader((ROOT / "resources/reference/transcripts.GRCh38.tsv").open(), delimiter="\t")
    }
    genes = bundled | {r["gene"] for r in read("genes")}
    for r in claims:
        named = set(genes_of(parse_match(r["match"]), r["gene"]))
        for condition in parse_context(r["context"]):
            named |= set(genes_of(condition.match, r["gene"]))
        assert named <= genes, (r["id"], named - genes)
        assert r["disease"] in diseases, r["id"]
        parts = r["drug"].split(" + ")
        assert set(parts) <= set(drugs) | classes, r["id"]
        assert parts == sorted(set(parts), key=str.casefold), r["id"]


def test_counts_follow_from_the_sources(claims):
    for r in claims:
        sources = items(r["sources"])
        assert sources and len(set(sources)) == len(sources), r["id"]
        assert all(SOURCE.fullmatch(s) for s in sources), r["id"]
        against = [s for s in sources if s.endswith("(against)")]
        assert int(r["evidence_against"]) == len(against), r["id"]
        support = [s for s in sources if s not in against]
        # an article that confirms a row of the list is the row's own evidence, not another item
        rows = [s for s in support if re.fullmatch(ROW, s)]
        if r["effect"] == "sensitivity":  # the list repeats what overcomes an allele in the rows of that allele
            rows = list({"literature" if s.startswith("literature") else s for s in rows})
        assert int(r["evidence_for"]) == len(rows or support), r["id"]
        assert int(r["evidence_for"]) or (r["effect"] != "sensitivity" and r["citation_status"] == "unverified"), r[
            "id"
        ]


def test_hierarchies_have_no_circles():
    for table, key in (("classes", "name"), ("diseases", "id")):
        parents = {r[key]: items(r["parents"]) for r in read(table)}
        assert {p for above in parents.values() for p in above} <= set(parents), table
        assert names.cycles(parents) == [], table


def test_one_spelling_means_one_drug_or_class(drugs):
    meant: dict[str, str] = {}
    for name, row in drugs.items():
        for spelling in [name, *items(row["synonyms"])]:
            assert meant.setdefault(names.drug_key(spelling), name) == name, spelling
    assert not {names.drug_key(r["name"]) for r in read("classes")} & set(meant)


def test_drug_table_is_large_enough_and_whole(drugs):
    single = {n: r for n, r in drugs.items() if " + " not in n}
    classes = {r["name"] for r in read("classes")}
    assert len(single) >= 300
    for name, row in drugs.items():
        assert set(items(row["classes"])) <= classes, name
        assert row["status"] in ("approved", "withdrawn", "trial", "preclinical"), name
        assert re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", row["status_date"]), name
        assert row["status_source"], name
        assert all(re.fullmatch(r"NCIt:C\d+", i) for i in items(row["ids"])), name
    for name in set(drugs) - set(single):
        assert set(name.split(" + ")) <= set(single), name


def test_every_class_has_a_drug_or_a_class_below(drugs):
    used = {c for r in drugs.values() for c in items(r["classes"])}
    used |= {p for r in read("classes") for p in items(r["parents"])}
    claimed = {part for r in read("claims") for part in r["drug"].split(" + ")}
    assert {r["name"] for r in read("classes")} <= used | claimed


@pytest.mark.parametrize(
    ("spelling", "drug"),
    [
        ("Tagrisso", "osimertinib"), ("AZD9291", "osimertinib"), ("osimertinib mesylate", "osimertinib"),
        ("Gleevec", "imatinib"), ("STI-571", "imatinib"), ("BYL719", "alpelisib"), ("T-DM1", "trastuzumab emtansine"),
        ("Lumakras", "sotorasib"), ("AMG 510", "sotorasib"), ("LOXO-305", "pirtobrutinib"), ("Zytiga", "abiraterone"),
    ],
)  # fmt: skip
def test_names_of_the_ward_are_known(drugs, spelling, drug):
    found = [n for n, r in drugs.items() if names.drug_key(spelling) in map(names.drug_key, [n, *items(r["synonyms"])])]
    assert found == [drug]


def test_exclusions_give_a_reason_and_are_not_claims_too(claims):
    used = {s.removesuffix("(against)") for r in claims for s in items(r["sources"])}
    rows = read("exclusions")
    assert len({(r["source"], r["source_id"]) for r in rows}) == len(rows)
    for r in rows:
        assert len(r["reason"]) > 10 and r["what"], r
        assert f"{r['source']}:{r['source_id']}" not in used, r


def test_activity_is_abl1_with_its_doi(drugs):
    rows = read("activity")
    assert len(rows) == 144
    for r in rows:
        assert r["gene"] == "ABL1" and r["drug"] in drugs
        assert float(r["value"]) > 0 and float(r["fold"]) > 0
        assert r["doi"] == "10.1038/s42003-018-0075-x"
    fold = {(r["drug"], r["protein"]): float(r["fold"]) for r in rows}
    assert fold["bosutinib", "T315I"] > 10 > 1 > fold["axitinib", "T315I"]


def test_counts_of_catalogue_yaml_are_true(claims, drugs):
    meta = yaml.safe_load((CATALOGUE / "catalogue.yaml").read_text(encoding="utf-8"))
    assert re.fullmatch(r"\d{4}\.\d{1,2}\.\d+", str(meta["version"]))
    assert f"## {meta['version']} " in (CATALOGUE / "CHANGELOG.md").read_text(encoding="utf-8")
    counts = meta["counts"]
    assert counts["claims"] == len(claims)
    assert counts["drugs"] == len(drugs)
    assert counts["without confirmed citation"] == sum(r["citation_status"] == "unverified" for r in claims)
    used = {s.split(":")[0] for r in claims for s in items(r["sources"])}
    assert {s["id"] for s in meta["sources"]} >= used - {"PMID", "DOI", "MTMT"}


def test_regions_and_aliases_speak_of_bundled_transcripts():
    lines = (ROOT / "resources/reference/transcripts.GRCh38.tsv").read_text().splitlines()
    header = lines[0].split("\t")
    rows = [dict(zip(header, line.split("\t"), strict=True)) for line in lines[1:]]
    clinical = {r["gene"]: r["refseq"] for r in rows if r["clinical"] == "yes"}
    for r in read("regions"):
        assert clinical[r["gene"]] == r["transcript"], r
        assert 1 <= int(r["start"]) <= int(r["end"]), r
    for r in read("aliases"):
        assert r["gene"] in clinical and int(r["offset"]) != 0 and int(r["first"]) < int(r["last"]), r
