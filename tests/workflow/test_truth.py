"""End-to-end truth: reads with variants spiked in at known fractions, aligned by bwa, called by freebayes, through the
whole workflow with and without the alignments. What is expected stands in EXPECTED; every row of it is asserted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from acquired.reads import ReadCounts, load
from conftest import ROOT, snakemake
from truth_kit import MISSING, Mixture, Window, sequence, true_counts

pytestmark = [pytest.mark.heavy, pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")]

DEPTH = 1000
EXON_19, EXON_20, EXON_21 = ("chr7", 55174201, 55175300), ("chr7", 55180793, 55181978), ("chr7", 55191300, 55192400)
KRAS = ("chr12", 25244774, 25245895)
DEL19 = (55174771, "AGGAATTAAGAGAAGC", "A")
GERMLINE, T790M, C797S, L858R = (55181370, "G", "A"), (55181378, "C", "T"), (55181398, "T", "A"), (55191822, "T", "G")
G12C = (25245351, "C", "A")

#: Patient -> specimen -> window -> fractions of molecules and what they carry.
MIXTURES: dict[str, dict[str, dict[Window, Mixture]]] = {
    "CIS": {
        "pre": {
            EXON_20: [(0.5, [GERMLINE])],
            EXON_21: [(0.3, [L858R])],
            KRAS: [(0.02, [G12C])],
        },
        "post": {
            EXON_20: [(0.5, [GERMLINE]), (0.1, [T790M]), (0.1, [T790M, C797S])],
            EXON_21: [(0.3, [L858R])],
            KRAS: [(0.2, [G12C])],
        },
    },
    "TRANS": {
        "pre": {EXON_19: [(0.25, [DEL19])], EXON_20: []},
        "post": {EXON_19: [], EXON_20: [(0.15, [T790M]), (0.15, [C797S])]},
    },
}


class Row(NamedTuple):
    """One line of the table: trajectory and basis with the alignments, and from the calls alone."""

    patient: str
    name: str
    window: Window
    allele: tuple[int, str, str]
    with_reads: tuple[str, str]
    calls_alone: tuple[str, str]


EXPECTED = [
    # Acquired: the reads of the baseline exclude it at their depth; the calls alone say that it was not listed.
    Row("CIS", "EGFR T790M", EXON_20, T790M, ("emerged", "depth"), ("emerged", "calls")),
    Row("CIS", "EGFR C797S", EXON_20, C797S, ("emerged", "depth"), ("emerged", "calls")),
    # There before treatment at 2 %, below what the caller lists: without the reads it looks new.
    Row("CIS", "KRAS G12C", KRAS, G12C, ("risen", ""), ("emerged", "calls")),
    Row("CIS", "EGFR L858R", EXON_21, L858R, ("persistent", ""), ("persistent", "")),
    Row("TRANS", "EGFR T790M", EXON_20, T790M, ("emerged", "depth"), ("emerged", "calls")),
    Row("TRANS", "EGFR C797S", EXON_20, C797S, ("emerged", "depth"), ("emerged", "calls")),
    # Gone after treatment: the reads show that it would have been seen.
    Row("TRANS", "EGFR E746_A750del", EXON_19, DEL19, ("cleared", "depth"), ("not seen", "")),
]


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Both patients sequenced, aligned and called."""
    folder = tmp_path_factory.mktemp("laboratory")
    made: dict[str, Any] = {"folder": folder}
    for i, (patient, specimens) in enumerate(MIXTURES.items()):
        (folder / patient).mkdir()
        for j, (specimen, contents) in enumerate(specimens.items()):
            made[patient, specimen] = sequence(folder / patient, specimen, contents, DEPTH, seed=100 * i + 10 * j)
    return made


def work(laboratory: dict[str, Any], workdir: Path, alignments: bool) -> Path:
    """The whole workflow on the cohort, with or without the column of alignments."""
    (workdir / "config").mkdir()
    shutil.copy(ROOT / "config" / "config.yaml", workdir / "config")
    rows = [["patient", "specimen", "day", "variants", "disease", *(["alignments"] if alignments else [])]]
    for patient, specimens in MIXTURES.items():
        for day, specimen in enumerate(specimens):
            bam, vcf, _ = laboratory[patient, specimen]
            rows.append([patient, specimen, str(100 * day), str(vcf), "lung adenocarcinoma"])
            if alignments:
                rows[-1].append(str(bam))
    (workdir / "config" / "truth.samples.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))
    therapies = "".join(f"{patient}\tosimertinib\t1\t90\n" for patient in MIXTURES)
    (workdir / "config" / "truth.therapies.tsv").write_text("patient\tdrug\tstart\tstop\n" + therapies)
    said = snakemake(workdir, *(f"results/patients/{patient}/result.json" for patient in MIXTURES))
    assert said.returncode == 0, said.stdout[-2000:] + said.stderr[-4000:]
    return workdir


@pytest.fixture(scope="module")
def with_reads(laboratory, tmp_path_factory) -> Path:
    return work(laboratory, tmp_path_factory.mktemp("with"), alignments=True)


@pytest.fixture(scope="module")
def calls_alone(laboratory, tmp_path_factory) -> Path:
    return work(laboratory, tmp_path_factory.mktemp("without"), alignments=False)


def result_of(workdir: Path, patient: str) -> dict[str, Any]:
    return json.loads((workdir / f"results/patients/{patient}/result.json").read_text(encoding="utf-8"))


def told(workdir: Path, row: Row) -> tuple[str, str]:
    found = {a["name"]: (a["trajectory"], a["basis"]) for a in result_of(workdir, row.patient)["alterations"]}
    return found.get(row.name, ("not listed", ""))


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: f"{row.patient} {row.name}")
def test_calls_alone(calls_alone, row):
    assert told(calls_alone, row) == row.calls_alone


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: f"{row.patient} {row.name}")
def test_with_the_alignments(with_reads, row):
    assert told(with_reads, row) == row.with_reads


@pytest.fixture(scope="module")
def counts(with_reads) -> Callable[[str, str], ReadCounts]:
    return lambda patient, specimen: load(with_reads / f"results/patients/{patient}/{specimen}.reads.tsv.gz")


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: f"{row.patient} {row.name}")
def test_every_allele_is_read_back_as_it_was_spiked_in(laboratory, counts, row):
    """Counts against the simulator's own: no carrier is invented beyond sequencing errors, few are lost."""
    for specimen, contents in MIXTURES[row.patient].items():
        truth = true_counts(laboratory[row.patient, specimen][2], row.window, contents[row.window], *row.allele)
        seen = counts(row.patient, specimen).allele(row.window[0], *row.allele)
        assert 0.85 * truth <= seen.alt <= truth + 0.02 * truth + 4, (specimen, truth, seen)
        assert seen.depth > 0.8 * DEPTH


def test_absent_is_told_from_below_the_caller(counts):
    """Before treatment: no T790M in a thousand fragments, but KRAS G12C at about 2 %."""
    before = counts("CIS", "pre")
    t790m, g12c = before.allele("chr7", *T790M), before.allele("chr12", *G12C)
    assert t790m.alt <= 3
    assert 0.01 < g12c.alt / g12c.depth < 0.03 and g12c.alt_fwd and g12c.alt_rev


@pytest.mark.parametrize(("patient", "both", "apart"), [("CIS", True, False), ("TRANS", False, True)])
def test_cis_and_trans_by_reads(counts, patient, both, apart):
    after = counts(patient, "post")
    (pair,) = (p for p in after.phases if {(a.pos, a.ref, a.alt) for a in p} == {T790M, C797S})
    found = after.phase(*pair)
    assert (found.both > 50) == both, found
    assert (found.second_only > 50) == apart, found
    assert min(found.both, found.second_only) <= 3, found


@pytest.mark.parametrize(("patient", "phase"), [("CIS", "cis"), ("TRANS", "trans")])
def test_cis_and_trans_reach_the_result(with_reads, calls_alone, patient, phase):
    """freebayes phases nothing: from the calls alone it is unknown."""
    for workdir, expected in ((with_reads, phase), (calls_alone, "unknown")):
        found = {a["name"]: a for a in result_of(workdir, patient)["alterations"]}
        (pair,) = (p for p in found["EGFR C797S"]["phase"] if p["with"] == found["EGFR T790M"]["id"])
        assert pair["phase"] == expected, pair


def test_depth_at_the_known_loci(counts, with_reads, calls_alone):
    """EGFR G796, a locus of osimertinib where nothing was spiked in: looked at as deep as was sequenced."""
    assert counts("CIS", "post").depth("chr7", 55181393, 55181395) > 0.8 * DEPTH
    for workdir, status in ((with_reads, "absent"), (calls_alone, "not called")):
        rows = [n for n in result_of(workdir, "CIS")["negatives"] if (n["gene"], n["locus"]) == ("EGFR", "G796")]
        assert {n["specimen"]: n["status"] for n in rows} == {"pre": status, "post": status}
        assert all((n["depth"] or 0) > 0.8 * DEPTH for n in rows) == (status == "absent")


def test_the_verdicts(with_reads, calls_alone):
    for workdir, basis in ((with_reads, "depth"), (calls_alone, "calls")):
        for patient in MIXTURES:
            (verdict,) = result_of(workdir, patient)["verdicts"]
            assert (verdict["drug"], verdict["verdict"], verdict["basis"]) == ("osimertinib", "emerged", basis)


def test_error_rates_are_those_of_the_simulator(with_reads):
    """0.001 wrong bases of quality 37 in any of three ways: about 0.00033 a class; bases of quality 12 do not count."""
    account = json.loads((with_reads / "results/patients/CIS/post.reads.json").read_text(encoding="utf-8"))
    for change, found in account["error_rates"].items():
        assert 0.0001 < found["rate"] < 0.0007, (change, found)
    assert account["samples"] == ["post"]
    assert ["duplicate" in text for text in account["warnings"]] == [True], "the simulation makes no duplicates"
