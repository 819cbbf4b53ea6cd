"""Whatever stands in the sheets: a cohort whose parts fit together, or problems that say where and what to do."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from acquired.errors import InputError
from acquired.sheets import Cohort, load_cohort
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
CELLS = {
    "patient": ["P1", "P2", "p1", "../x", ""],
    "specimen": ["a", "b", "c", "A", "a b"],
    "role": ["", "baseline", "follow-up", "follow-up 2", "relapse"],
    "day": ["", "0", "90", "-4", "2021-03-04", "3/4/2021", "44259", "soon"],
    "variants": ["a.vcf", "b.vcf", "c.vcf", "a.vcf;b.vcf", "none.vcf", ""],
    "sample": ["", "X", "Y"],
    "site": ["", "liver", "lung"],
    "disease": ["", "melanoma", "lung cancer"],
    "therapy": ["", "erlotinib", "dabrafenib + trametinib", "no such drug"],
}
THERAPIES = {
    "patient": ["P1", "P2", "P3"],
    "drug": ["erlotinib", "imatinib + dasatinib", "erlotinb", ""],
    "start": ["", "0", "50", "2021-03-05"],
    "stop": ["", "10", "200", "2021-04-05"],
}


def rows(cells: dict[str, list[str]], most: int) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(st.tuples(*(st.sampled_from(v) for v in cells.values())).map(list), max_size=most)


@contextmanager
def lab(samples: bytes, therapies: bytes | None) -> Iterator[Path]:
    workdir = Path(tempfile.mkdtemp())
    try:
        (workdir / "config").mkdir()
        (workdir / "config/x.samples.tsv").write_bytes(samples)
        if therapies is not None:
            (workdir / "config/x.therapies.tsv").write_bytes(therapies)
        for name in ("a.vcf", "b.vcf", "c.vcf"):
            (workdir / name).write_text("calls\n")
        yield workdir
    finally:
        shutil.rmtree(workdir)


def text(cells: dict[str, list[str]], table: list[list[str]]) -> bytes:
    return "\n".join(["\t".join(cells), *("\t".join(row) for row in table)]).encode()


def check(workdir: Path) -> Cohort | None:
    """The cohort, if it could be read; every promise about it, or about its problems, is held here."""
    try:
        cohort = load_cohort({}, workdir, ROOT / "resources")
    except InputError as error:
        wheres = [p.where for p in error.problems]
        assert all(p.where.removeprefix("config/").startswith("x.") and p.what for p in error.problems), wheres
        assert wheres.index(min(wheres, key=lambda w: "therapies" in w)) == 0, "samples come before therapies"
        return None
    for name, patient in cohort.patients.items():
        orders = [s.order for s in patient.specimens]
        assert sorted(set(orders)) == list(range(len(set(orders))))
        assert orders == sorted(orders)
        assert len({s.specimen.casefold() for s in patient.specimens}) == len(orders)
        days = [s.day for s in patient.specimens]
        assert all(d is None for d in days) or (None not in days and days == sorted(days))
        assert {s.patient for s in patient.specimens} == {name} == {name} | {t.patient for t in patient.therapies}
        assert all(s.role in ("baseline", "follow-up") for s in patient.specimens)
        assert all(t.stop is None or t.start is None or t.start <= t.stop for t in patient.therapies)
        starts = [t.start for t in patient.therapies if t.start is not None]
        assert starts == sorted(starts)
    return cohort


@settings(max_examples=60, deadline=None)
@given(rows(CELLS, 5), st.none() | rows(THERAPIES, 3))
def test_any_cells(samples: list[list[str]], therapies: list[list[str]] | None):
    with lab(text(CELLS, samples), None if therapies is None else text(THERAPIES, therapies)) as workdir:
        check(workdir)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_damage_to_a_good_sheet(data: st.DataObject):
    sheet = bytearray(
        b"patient\tspecimen\tday\tvariants\tdisease\nP1\ta\t0\ta.vcf\tmelanoma\nP1\tb\t90\tb.vcf\tmelanoma\n"
    )
    for _ in range(data.draw(st.integers(0, 3))):
        sheet[data.draw(st.integers(0, len(sheet) - 1))] = data.draw(st.integers(0, 255))
    with lab(bytes(sheet), None) as workdir:
        check(workdir)


@settings(max_examples=25, deadline=None)
@given(st.permutations(["0", "30", "60"]), st.booleans())
def test_the_order_of_the_lines_does_not_matter(days: list[str], dates: bool):
    named = {"0": "a", "30": "b", "60": "c"}
    date = {"0": "2021-03-01", "30": "31.3.2021", "60": "44316"}
    table = [["P1", named[d], "", date[d] if dates else d, f"{named[d]}.vcf", "", "", "", ""] for d in days]
    with lab(text(CELLS, table), None) as workdir:
        cohort = check(workdir)
    assert cohort is not None
    assert [(s.specimen, s.day, s.role) for s in cohort.patients["P1"].specimens] == [
        ("a", 0, "baseline"),
        ("b", 30, "follow-up"),
        ("c", 60, "follow-up"),
    ]
