"""CIViC's files: reading, coverage, the difference for review; and the command line over all of it."""

from pathlib import Path

import pytest
from acquired.catalogue.civic import read_civic
from acquired.catalogue.coverage import civic_ids, count, text
from acquired.catalogue.update import differences, expression
from acquired.cli import main
from acquired.errors import InputError
from small_catalogue import ROOT, resources_in, small

HEADER = ("molecular_profile", "disease", "doid", "therapies", "therapy_interaction_type", "evidence_type",
          "evidence_direction", "evidence_level", "significance", "citation_id", "source_type", "evidence_status",
          "evidence_id")  # fmt: skip
ROWS = (
    "EGFR T790M|NSCLC|3908|Erlotinib||Predictive|Supports|A|Resistance|111|PubMed|accepted|1",
    "EGFR T790M|NSCLC|3908|Erlotinib||Predictive|Does Not Support|B|Resistance|112|PubMed|accepted|2",
    "EGFR C797S|NSCLC|3908|Osimertinib||Predictive|Supports|C|Resistance|113|PubMed|accepted|3",
    "MIR21 Expression|Melanoma|1909|Vemurafenib||Predictive|Supports|D|Resistance|114|PubMed|accepted|9",
    "EGFR C797S|NSCLC|3908|Osimertinib||Predictive|Supports|C|Sensitivity/Response|115|PubMed|accepted|10",
    "BRAF V600E|MEL|1909|Dabrafenib,Trametinib|Combination|Predictive|Supports|A|Reduced Sensitivity|116||accepted|11",
    "EGFR L858R|NSCLC|3908|||Prognostic|Supports|B|Better Outcome|117|PubMed|accepted|12",
    "EGFR L858R|NSCLC|3908|Erlotinib||Predictive|Supports|B|Resistance|118|PubMed|submitted|13",
)  # fmt: skip


def civic(folder: Path, rows: tuple[str, ...] = ROWS, header: tuple[str, ...] = HEADER) -> Path:
    path = folder / "civic.tsv"
    path.write_text("\t".join(header) + "\n" + "".join(r.replace("|", "\t") + "\n" for r in rows))
    return path


def test_reading_keeps_items_and_counts_the_rest(tmp_path: Path) -> None:
    evidence = read_civic(civic(tmp_path, (*ROWS, "cut|off")))
    assert [i.id for i in evidence.items] == ["EID1", "EID2", "EID3", "EID9", "EID10", "EID11"]
    assert evidence.aside == {"not predictive": 1, "status is submitted": 1}
    assert evidence.damaged == [10] and evidence.rows == 9
    assert evidence.items[5].therapies == ("Dabrafenib", "Trametinib")
    assert not evidence.items[1].supports


def test_older_files_of_civic_are_read_too(tmp_path: Path) -> None:
    header = ("gene", "variant", "disease", "doid", "drugs", "evidence_type", "evidence_direction", "evidence_level",
              "clinical_significance", "pubmed_id", "evidence_status", "evidence_id")  # fmt: skip
    row = "EGFR|T790M|Lung Cancer|1324|Erlotinib|Predictive|Supports|A|Resistance|111|accepted|1"
    [item] = read_civic(civic(tmp_path, (row,), header)).items
    assert (item.id, item.profile, item.therapies, item.pmid) == ("EID1", "EGFR T790M", ("Erlotinib",), "111")


@pytest.mark.parametrize("content", [b"", b"gene\tvariant\n", b"\x1f\x8b\x00\xff", b"a,b,c\n1,2,3\n"])
def test_what_is_no_civic_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.tsv"
    path.write_bytes(content)
    with pytest.raises(InputError) as raised:
        read_civic(path)
    assert raised.value.problems[0].remedy
    with pytest.raises(InputError):
        read_civic(tmp_path / "missing.tsv")


def test_coverage_accounts_for_each_resistance_item(tmp_path: Path) -> None:
    evidence = read_civic(civic(tmp_path))
    held = {id_ for c in small().claims() for id_ in civic_ids(c.sources)}
    counts = count(evidence, held, {"EID9": "miRNA"})
    assert counts["levels"]["A"] == {"items": 2, "included": 1, "excluded": 0, "unaccounted": 1}
    assert counts["levels"]["B"]["included"] == 1 and counts["levels"]["D"]["excluded"] == 1
    assert [i.id for i in counts["unaccounted"]] == ["EID3", "EID11"]
    told = text(evidence, counts, "civic.tsv")
    assert "all        5         2         1            2     60.0 %" in told and "EID3 level C: EGFR C797S" in told


def test_the_difference_is_reviewable(tmp_path: Path) -> None:
    changed = ROWS[0].replace("|A|", "|B|").replace("|111|", "|999|")
    rows = list(differences(read_civic(civic(tmp_path, (changed, *ROWS[2:]))), small(), {"EID9": "miRNA"}))
    told = {(r["change"], r["source_id"]): r for r in rows}
    assert [k for k in told if k[0] == "added"] == [("added", "EID3"), ("added", "EID11"), ("added", "EID10")]
    new = told["added", "EID3"]
    assert (new["gene"], new["match"], new["drug"], new["disease"]) == ("EGFR", "protein C797S", "osimertinib", "nsclc")
    assert told["added", "EID11"]["drug"] == "dabrafenib + trametinib"
    assert "its citation 999 is not among the claim's" in told["changed", "EID1"]["what"]
    assert told["withdrawn", "EID2"]["claim"] == "ACQ-000001"
    assert told["conflict", "EID10"]["claim"] == "ACQ-000004"
    assert ("added", "EID9") not in told


def test_the_same_file_is_no_difference(tmp_path: Path) -> None:
    assert list(differences(read_civic(civic(tmp_path, ROWS[:2])), small(), {})) == []


@pytest.mark.parametrize(
    ("profile", "match"),
    [("EGFR T790M", "protein T790M"), ("MET Amplification", "amplification"), ("EML4::ALK Fusion", "fusion EML4::ALK"),
     ("BRAF V600E AND NRAS Q61K", ""), ("TP53 Mutation", "any_mutation"), ("KIT Exon 11 Something", "")],
)  # fmt: skip
def test_expressions_of_plain_profiles(profile: str, match: str) -> None:
    assert expression(profile)[2] == match


# ---- the command line -----------------------------------------------------------------------------------------------


def run(tmp_path: Path, *arguments: str, lab: Path | None = None) -> int:
    folder = tmp_path / "resources" if (tmp_path / "resources").exists() else resources_in(tmp_path)
    more = ["--lab", str(lab)] if lab else []
    return main(["catalogue", "--resources", str(folder), *more, *arguments])


def test_validate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "validate") == 0
    assert "The catalogue is valid: small 0.0.1 (2026-11-21), 37 claims" in capsys.readouterr().out
    (tmp_path / "bad.tsv").write_text("id\tdrug\nLAB-1\tnothing\n")
    assert run(tmp_path, "validate", str(tmp_path / "bad.tsv")) == 2
    assert "bad.tsv row 2, column drug" in capsys.readouterr().err


def test_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for term, first in (("egfr", "EGFR: "), ("Tagrisso", "osimertinib, approved"),
                        ("acq-000004", "ACQ-000004: 1 claim"),
                        ("EGFR inhibitor", "EGFR inhibitor: 4 claims")):  # fmt: skip
        assert run(tmp_path, "show", *term.split()) == 0
        assert capsys.readouterr().out.startswith(first)
    assert run(tmp_path, "show", "osimertnib") == 2
    assert "“osimertinib”" in capsys.readouterr().err


MATCHES = [
    ("EGFR C797S", "osimertinib", "ACQ-000004  given  exact  B  resistance to osimertinib"),
    ("egfr p.Cys797Ser", "Tagrisso", "ACQ-000004  given  exact"),
    ("AR T877A", "Zytiga", "AR T877A: T877A is numbered on historical; on the clinical transcript it is T878A."),
    ("MET D1246N", "Xalkori", "ACQ-000012  given  exact"),
    ("MET c.3028+1G>T", "crizotinib", "ACQ-000011  given  class"),
    ("MET amplification", "osimertinib", "ACQ-000010  given  exact"),
    ("EML4::ALK", "alectinib", "ACQ-000018  given  exact"),
    ("AR AR-V7", "Xtandi", "ACQ-000024  given  exact"),
    ("AXL overexpression", "erlotinib", "ACQ-000033  given  exact"),
    ("histology small cell carcinoma", "osimertinib", "ACQ-000026  given  exact"),
    ("EGFR T791M", "osimertinib", "the clinical transcript of EGFR has Q at 791, not T"),
]


@pytest.mark.parametrize(("alteration", "drug", "line"), MATCHES)
def test_match(tmp_path: Path, capsys: pytest.CaptureFixture[str], alteration: str, drug: str, line: str) -> None:
    assert run(tmp_path, "match", alteration, "--drug", drug) == 0
    assert line in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [["EGRF C797S"], ["EGFR"], [""], ["EGFR C797S", "--drug", "osimertnib"], ["EGFR C797S", "--disease", "melanomma"]],
)
def test_match_tells_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert run(tmp_path, "match", *arguments) == 2
    assert "What to do:" in capsys.readouterr().err


def test_coverage_and_update(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = civic(tmp_path), tmp_path / "diff.tsv"
    assert run(tmp_path, "coverage", str(path)) == 0
    assert "Resistance and reduced sensitivity" in capsys.readouterr().out
    assert run(tmp_path, "update", "--civic", str(path), "--out", str(out)) == 0
    assert "3 added (2 of resistance)" in capsys.readouterr().out
    assert out.read_text().startswith("change\tsource_id\tclaim") and len(out.read_text().splitlines()) > 3
    assert run(tmp_path, "update", "--civic", str(path), "--out", str(tmp_path / "no" / "diff.tsv")) == 2


@pytest.mark.shared
def test_the_bundled_catalogue_accounts_for_civic() -> None:
    """Each resistance item of CIViC is in or excluded with a reason; of level A to C at least 85 % are in."""
    from acquired.catalogue import Catalogue
    from acquired.catalogue.build import compile_sources
    from acquired.tables import read_table

    folder = ROOT.parent / "shared" / "knowledge"
    if not folder.is_dir():
        pytest.skip("../shared is not there")
    catalogue = Catalogue(compile_sources(ROOT / "resources", [], check=False))
    held = {id_ for c in catalogue.claims() for id_ in civic_ids(c.sources)}
    rows = read_table(ROOT / "resources" / "catalogue" / "exclusions.tsv").rows
    excluded = {r["source_id"]: r["reason"] for r in rows if r["source"] == "CIViC"}
    evidence = read_civic(next(folder.glob("civic_accepted_evidence.*.tsv")))
    counts = count(evidence, held, excluded)
    assert counts["unaccounted"] == [] and not evidence.damaged
    clinical = [counts["levels"][level] for level in "ABC"]
    assert sum(r["included"] for r in clinical) >= 0.85 * sum(r["items"] for r in clinical) > 400
