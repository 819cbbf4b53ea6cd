"""The guess by read counts: only where one of two columns looks like a normal, and never against the sheet."""

from __future__ import annotations

from pathlib import Path

import pytest
from acquired.intake.columns import GUESS, guess
from acquired.intake.dialects import read_tables, recognise
from acquired.intake.header import read_header
from acquired.model import Specimen
from hypothesis import given, settings
from hypothesis import strategies as st

CALLERS, _ = read_tables(Path(__file__).resolve().parents[2] / "resources" / "dialects")
HEAD = [
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">',
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb",
]


def guessed(pairs: list[tuple[str, str]], **stated: str) -> tuple[int, int, str] | None:
    header = read_header(iter(HEAD), "x.vcf")
    dialect = recognise(header, "", CALLERS, False)[0]
    lines = [(n, f"chr7\t{n}\t.\tC\tT\t.\t.\t.\tAD\t{a}\t{b}") for n, (a, b) in enumerate(pairs, 3)]
    return guess(header, Specimen("P", "S", (), **stated), dialect, CALLERS, lines)


def test_the_column_with_reads_is_taken_whichever_it_is() -> None:
    assert guessed([("50,0", "80,20")] * 10) == (1, 0, GUESS)
    assert guessed([("80,20", "50,0")] * 10) == (0, 1, GUESS)


@pytest.mark.parametrize(
    "pairs",
    [
        [("50,0", "80,20")] * 9,  # too few records
        [("80,10", "80,20")] * 50,  # two tumours
        [("50,0", "80,20")] * 10 + [("40,40", "40,40")] * 2,  # more than a tenth germline
        [("50,0", "80,20")] * 20 + [("80,20", "50,0")] * 20,  # a baseline and a follow-up with changes both ways
        [("5,0", "80,20")] * 50,  # a column too thin to tell
        [(".", "80,20")] * 50,  # no reads at all
        [("50,0", "98,2")] * 50,  # no tumour to speak of
        [],
    ],
)
def test_no_guess_where_the_reads_do_not_tell(pairs: list[tuple[str, str]]) -> None:
    assert guessed(pairs) is None


def test_no_guess_against_the_sheet() -> None:
    assert guessed([("50,0", "80,20")] * 10, sample="c") is None
    assert guessed([("50,0", "80,20")] * 10, normal="c") is None


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60)), max_size=40))
@settings(max_examples=100, deadline=None)
def test_the_guess_does_not_depend_on_the_order_of_columns(counts: list[tuple[int, int, int, int]]) -> None:
    pairs = [(f"{a},{b}", f"{c},{d}") for a, b, c, d in counts]
    one, other = guessed(pairs), guessed([(b, a) for a, b in pairs])
    assert (one is None) == (other is None)
    if one and other:
        assert one[0] == other[1]
