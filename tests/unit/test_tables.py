"""Tables as people and Excel write them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from acquired.errors import InputError
from acquired.tables import MAX_BYTES, MAX_SHOWN, nearest, parse_table, read_table, scan_table
from hypothesis import given, settings
from hypothesis import strategies as st

PLAIN = "patient\tdisease\nP1\tLungenkrebs größer\nP2\t\n"
WANTED = [(2, {"patient": "P1", "disease": "Lungenkrebs größer"}), (3, {"patient": "P2", "disease": ""})]


def rows(data: bytes, known=("patient", "disease")) -> list[tuple[int, dict[str, str]]]:
    table = parse_table(data, "t.tsv", known)
    assert table.problems == []
    return [(row.line, row.cells) for row in table.rows]


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_every_spelling_of_one_table(delimiter: str, codec: str, end: str, last: bool):
    text = PLAIN.replace("\t", delimiter).replace("\n", end)
    assert rows((text if last else text.rstrip("\r\n")).encode(codec)) == WANTED


def test_big_endian_excel_text():
    assert rows(b"\xfe\xff" + PLAIN.encode("utf-16-be")) == WANTED


def test_windows_1252_is_read_with_a_warning_that_names_the_line():
    table = parse_table(PLAIN.encode("cp1252"), "t.tsv", ["patient", "disease"])
    assert [row.cells["disease"] for row in table.rows] == ["Lungenkrebs größer", ""]
    assert [w.where for w in table.warnings] == ["t.tsv row 2"]


def test_trailing_blanks_quotes_remarks_and_blank_lines():
    text = '\n\n"patient"\t "disease"\t\t\n# a remark\n"P1"\t"a ""quoted""\tcell"\t\t\n\t\t\t\n\u00a0\nP2\n'
    assert rows(text.encode()) == [
        (5, {"patient": "P1", "disease": 'a "quoted"\tcell'}),
        (8, {"patient": "P2"}),
    ]


def test_a_cell_over_two_lines_keeps_the_lines_of_the_rows_after_it():
    assert rows(b'patient\tdisease\nP1\t"two\nlines"\nP2\tx\n') == [
        (2, {"patient": "P1", "disease": "two\nlines"}),
        (4, {"patient": "P2", "disease": "x"}),
    ]


def test_the_delimiter_is_that_of_the_header_not_of_the_cells():
    assert rows(b"patient\tdisease\nP1\ta,b;c,d;e\n") == [(2, {"patient": "P1", "disease": "a,b;c,d;e"})]
    assert rows(b"sep=,\npatient,disease\nP1,a;b\n") == [(3, {"patient": "P1", "disease": "a;b"})]
    assert rows(b"patient\nP1\n", ["patient"]) == [(2, {"patient": "P1"})]


def test_column_names_without_regard_to_case_and_a_header_that_is_a_remark():
    table = parse_table(b"#Patient\tCopy Number\nP1\tx\n", "t.tsv", ["patient", "copy_number"])
    assert table.columns == ("patient", "copy_number")
    assert table.header_line == 1


def test_without_known_columns_names_are_taken_as_they_are():
    assert parse_table(b"Gene\tDrug name\nEGFR\tx\n", "t.tsv").columns == ("Gene", "Drug name")


@pytest.mark.parametrize(
    ("data", "where", "part"),
    [
        (b"", "t.tsv", "is empty"),
        (b"\n \n\t\t\n", "t.tsv", "is empty"),
        (b"patient\nP1\nP\x002\n", "t.tsv row 3", "NUL byte"),
        (PLAIN.encode("utf-16-le"), "t.tsv row 1", "NUL byte"),
        (b"patient\nP1\x07\n", "t.tsv row 2", "control character"),
        (b"patient\nP1\nP\x81\n", "t.tsv row 3", "not text in UTF-8"),
        (b"patient\n\xff\xfe\x01\n", "t.tsv row 2", "not text in UTF-8"),
        (b"\xff\xfep\x00a", "t.tsv", "ends within a character"),
        (b"PK\x03\x04rest", "t.tsv", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "t.tsv", "old Excel workbook"),
        (b"\x1f\x8brest", "t.tsv", "gzip-compressed"),
        (b'patient\nP1\n"P2\nP3\n', "t.tsv row 3", "cannot be split"),
        (b'patient\n"P1"x\n', "t.tsv row 2", "cannot be split"),
        (b"patient\n" + b"x" * 200_000 + b"\n", "t.tsv row 2", "cannot be split"),
        (b"patient\tpatient\nP1\tP1\n", "t.tsv row 1", "is there twice (cells 1 and 2)"),
        (b"pateint\nP1\n", "t.tsv row 1", "“patient” was meant"),
        (b"disease\nx\n", "t.tsv row 1", "lacks the column patient"),
        (b"patient\nP1\tstray\n", "t.tsv row 2", "“stray”"),
        (b"patient\t\tdisease\nP1\tstray\tx\n", "t.tsv row 2", "cell 2 holds “stray”"),
        (b"P1\tx\nP2\ty\n", "t.tsv row 1", "the first line is not a header"),
    ],
)
def test_what_is_refused(data: bytes, where: str, part: str):
    problems = parse_table(data, "t.tsv", ["patient", "disease"], ["patient"]).problems
    assert any(p.where == where and part in str(p) for p in problems), [str(p) for p in problems]


def test_many_of_one_problem_are_counted():
    data = b"patient\n" + b"P1\tstray\n" * 1000
    problems = parse_table(data, "t.tsv", ["patient"]).problems
    assert len(problems) == MAX_SHOWN + 1
    assert "980 more rows" in problems[-1].what


def test_the_readable_rows_are_there_beside_the_problems():
    table = parse_table(b"patient\twhat\nP1\tx\n", "t.tsv", ["patient"])
    assert len(table.problems) == 1
    assert table.rows[0]["patient"] == "P1"
    assert table.rows[0]["disease"] == ""


def test_files_that_are_no_tables(tmp_path: Path):
    for path, part in ((tmp_path, "Is a directory"), (tmp_path / "none.tsv", "No such file")):
        with pytest.raises(InputError, match=part):
            read_table(path)
    with (tmp_path / "big.tsv").open("wb") as out:
        out.truncate(MAX_BYTES + 1)
    assert "larger than" in scan_table(tmp_path / "big.tsv").problems[0].what


def test_nearest_names_first():
    assert nearest("Osimertinb", ["erlotinib", "osimertinib", "Imatinib"])[0] == "osimertinib"
    assert nearest("x", ["erlotinib"]) == []


CELL = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f"), max_size=8).filter(
    lambda s: s == s.strip() and not s.startswith("#") and all(c.isprintable() for c in s)
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(CELL.filter(bool), CELL), max_size=6), st.sampled_from("\t,;"))
def test_what_csv_writes_is_read_back(cells: list[tuple[str, str]], delimiter: str):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([("patient", "disease"), *cells])
    read = rows(out.getvalue().encode())
    assert [(row["patient"], row["disease"]) for _, row in read] == cells
    assert [line for line, _ in read] == list(range(2, len(cells) + 2))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes):
    table = parse_table(data, "t.tsv", ["patient"], ["patient"])
    assert table.problems or "patient" in table.columns
