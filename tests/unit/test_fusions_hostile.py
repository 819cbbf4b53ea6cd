"""Hostile and broken files of copy number, fusions and expression are read or refused, never a traceback."""

from __future__ import annotations

from pathlib import Path

from acquired.copynumber import read_copy_number
from acquired.errors import InputError
from acquired.expression import read_expression
from acquired.fusions import read_fusions
from acquired.fusions.junctions import LEFT, RIGHT, End, of_symbolic, parse_breakend, same
from acquired.model import Specimen
from acquired.reference import Reference
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
REFERENCE = Reference.open(RESOURCES, "GRCh38")
SPECIMEN = Specimen("p", "s1", ())
HEADERS = """chromosome start end gene log2 probes|ID chrom loc.start loc.end num.mark seg.mean|gene copy_number call
gene1 gene2 breakpoint1 breakpoint2 reads|fusion reads|gene event reads|gene s1|gene tpm"""
HEADERS = [header.replace(" ", "\t") for header in HEADERS.replace("\n", "|").split("|")]
HEADERS.append("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tT1")
WORDS = """. chr7 7 X 1 0 -1 116700000 116900000 99999999999 1e400 nan 2,5 12% MET ALK EML4 1-Mar EML4::ALK EML4-ALK-X
chr2:29223528 AR-V7 <DEL> <DUP> N]chr2:29223528] [[ END=116900000;SVTYPE=DEL SVTYPE=BND;MATEID=x END=a GT:CN 0/1:9
PASS '" ü =cmd()"""
CELLS = st.sampled_from([*WORDS.split(), "", "\x00"])
FILES = st.builds(
    lambda header, rows: header + "\n" + "\n".join("\t".join(row) for row in rows) + "\n",
    st.sampled_from(HEADERS),
    st.lists(st.lists(CELLS, min_size=1, max_size=10), max_size=5),
)


@given(FILES | st.text(max_size=200))
@example("")
@example("##fileformat=VCFv4.2\n")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_is_read_or_refused(tmp_path: Path, text: str):
    path = tmp_path / "x.tsv"
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    for read in (
        lambda: read_copy_number(path, SPECIMEN, REFERENCE, RESOURCES, {}),
        lambda: read_fusions(path, SPECIMEN, REFERENCE, RESOURCES),
        lambda: read_expression(path, SPECIMEN, REFERENCE, RESOURCES),
    ):
        try:
            account = read()["account"]
        except InputError as refused:
            assert all(problem.where and problem.what for problem in refused.problems)
        else:
            assert account["read"] == account["kept"] + sum(entry["count"] for entry in account["set_aside"])


PLACES = st.tuples(st.sampled_from(["chr1", "chr2"]), st.integers(1, 10**8))


@given(PLACES, PLACES, st.sampled_from([LEFT, RIGHT]), st.sampled_from([LEFT, RIGHT]))
def test_a_breakend_and_its_mate_are_one_junction(one, two, keeps_one: str, keeps_two: str):
    def written(far, here_keeps: str, far_keeps: str) -> str:
        bracket = "]" if far_keeps == LEFT else "["
        place = f"{bracket}{far[0]}:{far[1]}{bracket}"
        return f"A{place}" if here_keeps == LEFT else f"{place}A"

    first = parse_breakend(*one, written(two, keeps_one, keeps_two))
    mate = parse_breakend(*two, written(one, keeps_two, keeps_one))
    assert first is not None and mate is not None
    assert same(first, mate)
    assert {first.one, first.two} == {End(*one, keeps_one), End(*two, keeps_two)}


def test_symbolic_junctions_by_hand():
    """A deletion joins what lies before it to what lies behind; a duplication its end to its beginning."""
    (deletion,) = of_symbolic("chr1", 100, "DEL", {"END": "200"})
    assert (deletion.one, deletion.two) == (End("chr1", 100, LEFT), End("chr1", 201, RIGHT))
    (duplication,) = of_symbolic("chr1", 100, "DUP:TANDEM", {"SVLEN": "100"})
    assert (duplication.one, duplication.two) == (End("chr1", 200, LEFT), End("chr1", 101, RIGHT))
    assert len(of_symbolic("chr1", 100, "INV", {"END": "200"})) == 2
    assert of_symbolic("chr1", 100, "INV", {"END": "200", "INV5": ""})[0].one.keeps == RIGHT
    assert of_symbolic("chr1", 100, "INS", {"END": "200"}) == []
