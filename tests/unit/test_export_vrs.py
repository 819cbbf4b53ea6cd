"""VRS identifiers against published ones, and the laws of fully justified alleles."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from acquired.export.vrs import Identifier, sha512t24u
from acquired.reference import Reference
from export_kit import RESOURCES, Bases
from hypothesis import given
from hypothesis import strategies as st

CASES = Path(__file__).parents[1] / "cases" / "export" / "vrs.tsv"
LINES = [line for line in CASES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
PUBLISHED = list(csv.DictReader(LINES, delimiter="\t"))


@pytest.mark.parametrize("row", PUBLISHED, ids=[f"{r['build']}-{r['chrom']}-{r['pos']}-{r['alt']}" for r in PUBLISHED])
def test_published_identifiers(row: dict[str, str]) -> None:
    bases = Bases(int(row["from"]), row["context"]) if row["context"] else None
    made = Identifier(RESOURCES, row["build"], bases).allele(row["chrom"], int(row["pos"]), row["ref"], row["alt"])
    assert made is not None
    state = made["state"]
    told = f"{state['length']}/{state['repeatSubunitLength']}" if "length" in state else state["sequence"]
    assert (made["location"]["start"], made["location"]["end"], told) == (
        int(row["start"]),
        int(row["end"]),
        row["state"],
    )
    if row["id"]:
        assert made["id"] == row["id"]


def test_the_digest_of_the_specification() -> None:
    assert sha512t24u(b"") == "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXc"
    assert sha512t24u(b"ACGT") == "aKF498dAxcJAqme6QYQ7EZ07-fiw8Kw2"


def test_no_identifier_where_it_cannot_be_told() -> None:
    """An indel without bases, or with bases that end within the repeat; what is no base; a stranger's contig."""
    nothing, ends_early = Identifier(RESOURCES, "GRCh38", None), Identifier(RESOURCES, "GRCh38", Bases(100, "CAAAA"))
    assert nothing.allele("chr1", 100, "CA", "C") is None
    assert ends_early.allele("chr1", 100, "CA", "C") is None
    assert nothing.allele("chr1", 100, "C", "<DEL>") is None
    assert nothing.allele("chr1", 100, "C", "*") is None
    assert nothing.allele("chrUn", 100, "C", "T") is None
    assert nothing.allele("chr1", 100, "C", "C") is None


def test_every_chromosome_of_both_builds_has_its_own_accession() -> None:
    rows = (RESOURCES / "export" / "sequences.tsv").read_text(encoding="utf-8").splitlines()[1:]
    columns = list(zip(*(row.split("\t") for row in rows), strict=True))
    assert columns[0] == tuple(Reference.open(RESOURCES, "GRCh38").contigs)
    assert columns[1][24] == columns[2][24], "chrM is the revised Cambridge sequence in both builds"
    accessions = [*columns[1][:24], *columns[2][:24]]
    assert len(set(accessions)) == 48 and all(len(a) == 35 and a.startswith("SQ.") for a in accessions)


@given(st.text("AC", min_size=12, max_size=40), st.data())
def test_every_spelling_of_an_allele_has_one_identifier(bases: str, data: st.DataObject) -> None:
    """Two VCF spellings are the same allele exactly if they make the same sequence; so must be their identifiers."""
    context = "G" + bases + "T"
    identifier = Identifier(RESOURCES, "GRCh38", Bases(1000, context))
    found: dict[str, set[str]] = {}
    size = data.draw(st.integers(1, 3))
    insert = data.draw(st.text("AC", min_size=size, max_size=size))
    for at in range(1, len(context) - size):
        deletion = (1000 + at - 1, context[at - 1 : at + size], context[at - 1])
        insertion = (1000 + at - 1, context[at - 1], context[at - 1] + insert)
        for pos, ref, alt in (deletion, insertion):
            if "T" in ref or "G" in ref[1:]:
                continue
            made = identifier.allele("chr1", pos, ref, alt)
            assert made is not None
            after = context[: pos - 1000] + alt + context[pos - 1000 + len(ref) :]
            found.setdefault(after, set()).add(made["id"])
            start, end, state = made["location"]["start"], made["location"]["end"], made["state"]
            assert context[: start - 999] + state["sequence"] + context[end - 999 :] == after
    assert all(len(ids) == 1 for ids in found.values())
    assert len({next(iter(ids)) for ids in found.values()}) == len(found)


def test_an_allele_is_plain_json() -> None:
    made = Identifier(RESOURCES, "GRCh38", None).allele("chr7", 55181378, "C", "T")
    assert json.loads(json.dumps(made)) == made
