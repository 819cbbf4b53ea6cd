"""How surprising a recurrence is, against SciPy and against arithmetic by hand."""

from __future__ import annotations

from itertools import pairwise

import pytest
from acquired.report.facts import Facts
from acquired.report.recurrence import poisson_tail, recurrent
from acquired.report.transcripts import coding_exons, length
from report_cases import RESOURCES
from scipy import stats


def patient(name: str, *hits: tuple[str, str]) -> Facts:
    facts = Facts(name, "compared", False, "", 2, "same", "", ("", ""), [], [], {})
    facts.new = [(gene, residue, f"{gene} {residue}X") for gene, residue in hits]
    facts.genes = {"A", "B"}
    return facts


@pytest.mark.parametrize("k", [0, 1, 2, 5, 30])
@pytest.mark.parametrize("mean", [1e-6, 0.01, 0.7, 3.0, 12.5, 40.0])
def test_the_poisson_tail(k: int, mean: float) -> None:
    assert poisson_tail(k, mean) == pytest.approx(stats.poisson.sf(k - 1, mean), rel=1e-9)


def test_expected_number_and_rates_by_hand() -> None:
    lengths = {"A": 100, "B": 900, "never seen": 5000}
    cohort = [patient("p1", ("A", "K7")), patient("p2", ("A", "K7"), ("B", "")), patient("p3", ("B", ""))]
    found = recurrent(cohort, lengths)
    gene = next(r for r in found if r.gene == "A" and not r.residue)
    # Loads are 1, 2, 1; a gene of 100 among the 1,000 residues looked at.
    expected = 0.1 + (1 - 0.9**2) + 0.1
    assert gene.expected == pytest.approx(expected)
    assert gene.p == pytest.approx(stats.poisson.sf(1, expected))
    residue = next(r for r in found if r.residue)
    assert (residue.gene, residue.residue, residue.patients) == ("A", "K7", ("p1", "p2"))
    assert residue.expected == pytest.approx(0.001 + (1 - 0.999**2) + 0.001)
    assert residue.q == pytest.approx(min(1, residue.p * 1000))
    # Two genes were tested; B's larger p bounds A's q from above.
    b = poisson_tail(2, 0.9 + (1 - 0.1**2) + 0.9)
    assert gene.q == pytest.approx(min(gene.p * 2, b))


def test_one_patient_is_no_recurrence_however_often_hit() -> None:
    assert recurrent([patient("p1", ("A", "K7"), ("A", "K7"), ("A", "K9"))], {"A": 100, "B": 900}) == []
    assert recurrent([], {"A": 100}) == []


@pytest.mark.parametrize(
    ("gene", "residues", "exon", "first", "last"),
    [("EGFR", 1210, 19, 729, 761), ("EGFR", 1210, 20, 762, 823), ("KIT", 976, 11, 550, 592), ("KIT", 976, 17, 788, 828),
     ("KRAS", 188, 2, 1, 37), ("BRAF", 766, 15, 582, 620)],
)  # fmt: skip
def test_coding_exons_in_residues(gene: str, residues: int, exon: int, first: int, last: int) -> None:
    # A codon that two exons share counts where it begins: BRAF D581 is exon 14's.
    exons = coding_exons(RESOURCES, {gene})[gene]
    assert length(exons) == residues
    assert (exon, first, last) in exons
    assert exons[0][1] == 1
    assert all(a[2] + 1 == b[1] for a, b in pairwise(exons))
