"""Every row of the sources is in a claim or in exclusions.tsv; every citation goes back to its source."""

from __future__ import annotations

import csv
import filecmp
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "resources" / "catalogue"
TOOLS = ROOT / "tools" / "catalogue"
KNOWLEDGE = ROOT.parent / "shared" / "knowledge"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not KNOWLEDGE.is_dir(), reason="../shared/knowledge is not here"),
]

sys.path.append(str(TOOLS))
from facts import RESISTS, row_key  # noqa: E402


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


def items(cell: str) -> list[str]:
    return [i for i in cell.split(";") if i]


@pytest.fixture(scope="module")
def claims():
    return read(CATALOGUE / "claims.tsv")


@pytest.fixture(scope="module")
def used(claims):
    return {s.removesuffix("(against)") for c in claims for s in items(c["sources"])}


@pytest.fixture(scope="module")
def excluded():
    return {f"{r['source']}:{r['source_id']}" for r in read(CATALOGUE / "exclusions.tsv")}


@pytest.fixture(scope="module")
def civic():
    (path,) = KNOWLEDGE.glob("civic_accepted_evidence.*.tsv")
    return [r for r in read(path) if r["evidence_type"] == "Predictive"]


def test_every_civic_item_on_resistance_is_accounted_for(civic, used, excluded):
    resisting = [r for r in civic if r["significance"] in RESISTS]
    keys = {f"CIViC:EID{r['evidence_id']}" for r in resisting}
    assert len(keys) == len(resisting) > 1000
    assert keys - used - excluded == set()
    clinical = {f"CIViC:EID{r['evidence_id']}" for r in resisting if r["evidence_level"] in "ABC"}
    assert len(clinical & used) / len(clinical) >= 0.85


def test_items_that_disagree_are_kept_as_evidence_against(civic, claims, used, excluded):
    """None of them supports the effect it denies."""
    support = defaultdict(set)
    for c in claims:
        for s in items(c["sources"]):
            support[s].add(c["effect"] == "sensitivity")
    for r in civic:
        if r["evidence_direction"] == "Does Not Support" and r["significance"] in RESISTS:
            key = f"CIViC:EID{r['evidence_id']}"
            assert key not in support, key
            assert f"{key}(against)" in support or key in excluded, key


@pytest.mark.parametrize(
    ("file", "prefix", "source"),
    [("resistance_facts.tsv", "CGI:2017-12:", "CGI"), ("missing_facts.tsv", "literature:", "")],
)
def test_every_other_row_is_accounted_for(file, prefix, source, used, excluded):
    rows = [r for r in read(KNOWLEDGE / file) if not source or r["source"].startswith(source)]
    keys = [prefix + row_key(r) for r in rows]
    assert len(set(keys)) == len(keys) >= 400
    assert set(keys) - used - excluded == set()
    assert len(set(keys) & used) / len(keys) > 0.95


def test_items_newer_than_the_file_are_accounted_for(used, excluded):
    newer = {
        f"CIViC:{e}"
        for r in read(KNOWLEDGE / "resistance_facts.tsv")
        if r["source"].startswith("CIViC")
        for e in items(r["source_ids"])
    }
    assert newer - used - excluded == set()


def test_every_citation_goes_back_to_a_source(civic, claims):
    """A number in `pmids` is cited by one of the claim's own supporting sources, or was seen by a curator."""
    cited = defaultdict(set)
    for r in civic:
        cited[f"CIViC:EID{r['evidence_id']}"].add(r["citation_id"])
    for file in ("resistance_facts.tsv", "sensitivity_facts.tsv"):
        for r in read(KNOWLEDGE / file):
            keys = [f"CIViC:{e}" for e in items(r["source_ids"])]
            if r["source"].startswith("CGI"):
                keys = ["CGI:2017-12:" + row_key(r)]
            for key in keys:
                cited[key] |= set(items(r["pmids"]))
    for r in read(KNOWLEDGE / "missing_facts.tsv"):
        cited["literature:" + row_key(r)] |= set(items(r["pmids_confirmed"]))
    seen = {r["number"] for r in read(TOOLS / "confirmed.tsv")}
    for c in claims:
        own = set().union(*(cited[s] for s in items(c["sources"]) if not s.endswith("(against)")), seen)
        own |= {s.removeprefix("PMID:") for s in items(c["sources"])}
        assert set(items(c["pmids"])) <= own, c["id"]


def test_recalled_numbers_of_the_list_stay_unprinted(claims):
    """A number that no row confirms is nowhere a citation, unless confirmed.tsv or another source has it."""
    rows = read(KNOWLEDGE / "missing_facts.tsv")
    confirmed = {p for r in rows for p in items(r["pmids_confirmed"])}
    recalled = {p for r in rows for p in items(r["pmids"])} - confirmed
    recalled -= {r["number"] for r in read(TOOLS / "confirmed.tsv")}
    for c in claims:
        if all(s.startswith("literature:") for s in items(c["sources"])):
            assert not recalled & set(items(c["pmids"])), c["id"]


def test_the_tools_give_the_same_bytes_again(tmp_path):
    copy = tmp_path / "catalogue"
    shutil.copytree(CATALOGUE, copy)
    command = [sys.executable, TOOLS / "build.py", KNOWLEDGE, "--catalogue", copy, "--today", "2030-01-01"]
    subprocess.run(command, check=True, capture_output=True)
    for name in ("claims.tsv", "exclusions.tsv", "activity.tsv", "genes.tsv", "ledger.tsv", "catalogue.yaml"):
        assert filecmp.cmp(CATALOGUE / name, copy / name, shallow=False), name
