"""MAF rows and the cBioPortal study. Its own validator runs in tests/shared/test_export_cbioportal.py."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from acquired.export import maf
from acquired.export.cbioportal import Study, write_studies
from acquired.export.vrs import Identifier
from export_kit import NAMES, RESOURCES, load

MAF = maf.Maf(RESOURCES)


def allele(pos: int = 100, ref: str = "C", alt: str = "T", **changed: Any) -> dict[str, Any]:
    return {
        "pos": pos,
        "ref": ref,
        "alt": alt,
        "protein": "",
        "hgvs_c": "",
        "gene": "EGFR",
        "consequence": "",
    } | changed


@pytest.mark.parametrize(
    ("pos", "ref", "alt", "expected"),
    [  # GDC MAF format: an insertion stands between Start and End = Start + 1; a deletion covers the lost bases
        (100, "C", "T", (100, 100, "SNP", "C", "T")),
        (100, "CA", "TG", (100, 101, "DNP", "CA", "TG")),
        (100, "CAG", "TGC", (100, 102, "TNP", "CAG", "TGC")),
        (100, "CAGT", "TGCA", (100, 103, "ONP", "CAGT", "TGCA")),
        (100, "C", "CAG", (100, 101, "INS", "-", "AG")),
        (100, "CAG", "C", (101, 102, "DEL", "AG", "-")),
        (100, "CAG", "CT", (101, 102, "DEL", "AG", "T")),
        (100, "CA", "CTTT", (101, 101, "INS", "A", "TTT")),
    ],
)
def test_places_and_types(pos: int, ref: str, alt: str, expected: tuple[object, ...]) -> None:
    assert maf.place(allele(pos, ref, alt)) == expected


@pytest.mark.parametrize(
    ("consequence", "ref", "alt", "gene", "expected"),
    [
        ("missense_variant", "C", "T", "EGFR", "Missense_Mutation"),
        ("stop_gained", "C", "T", "EGFR", "Nonsense_Mutation"),
        ("frameshift_variant", "CA", "C", "EGFR", "Frame_Shift_Del"),
        ("frameshift_variant", "C", "CA", "EGFR", "Frame_Shift_Ins"),
        ("inframe_deletion", "CAAA", "C", "EGFR", "In_Frame_Del"),
        ("protein_altering_variant", "CAAA", "C", "EGFR", "In_Frame_Del"),
        ("splice_donor_variant&intron_variant", "C", "T", "MET", "Splice_Site"),
        ("synonymous_variant", "C", "T", "EGFR", "Silent"),
        ("a_term_of_tomorrow", "C", "T", "EGFR", "Targeted_Region"),
        ("", "C", "T", "", "IGR"),
    ],
)
def test_classification(consequence: str, ref: str, alt: str, gene: str, expected: str) -> None:
    assert MAF.classification(allele(100, ref, alt, consequence=consequence, gene=gene)) == expected


@pytest.mark.parametrize(
    ("protein", "hgvs_c", "expected"),
    [
        ("T790M", "c.2369C>T", "p.T790M"),
        ("E746_A750del", "", "p.E746_A750del"),
        ("", "c.3028+1G>T", "p.X1010_splice"),  # cBioPortal's name of MET exon 14 donor site mutations
        ("", "c.-124C>T", ""),
        ("<script>", "", ""),
    ],
)
def test_short_protein_names(protein: str, hgvs_c: str, expected: str) -> None:
    assert maf.short(allele(protein=protein, hgvs_c=hgvs_c)) == expected


def study(tmp_path: Path, *results: dict[str, Any]) -> tuple[Study, Path]:
    made = Study(RESOURCES, "GRCh38", Identifier(RESOURCES, "GRCh38", None))
    for result in results:
        made.add(result)
    write_studies([made], tmp_path / "cbioportal")
    return made, tmp_path / "cbioportal" / "GRCh38"


def rows(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(io.StringIO("\n".join(lines)), delimiter="\t", quoting=csv.QUOTE_NONE, strict=True))


def test_a_row_for_each_specimen_that_carries_it(tmp_path: Path) -> None:
    result = load("egfr_five_time_points")
    _, folder = study(tmp_path, result)
    told = rows(folder / "data_mutations.txt") + rows(folder / "data_mutations_uncalled.txt")
    expected = {
        (a["protein"], f"{result['patient']}_{o['specimen']}", "" if o["alt_count"] is None else str(o["alt_count"]))
        for a in result["alterations"]
        if a["kind"] == "small variant"
        for o in a["observations"]
        if o["status"] in ("called", "filtered", "genotyped")
    }
    assert len(told) == len(expected) > 5
    t790m = [r for r in told if r["HGVSp_Short"] == "p.T790M"]
    assert {(r["Tumor_Sample_Barcode"], r["t_alt_count"]) for r in t790m} == {
        e[1:] for e in expected if e[0] == "T790M"
    }
    one = t790m[0]
    assert (one["Hugo_Symbol"], one["Entrez_Gene_Id"], one["SWISSPROT"]) == ("EGFR", "1956", "P00533")
    assert (one["Chromosome"], one["Start_Position"], one["Variant_Type"]) == ("7", "55181378", "SNP")
    assert int(one["t_ref_count"]) + int(one["t_alt_count"]) == int(one["t_depth"])
    filtered = rows(folder / "data_mutations_uncalled.txt")
    assert filtered and all(r["acquired_status"] == "filtered" and r["FILTER"] for r in filtered)


def test_timelines_hold_therapies_and_specimens(tmp_path: Path) -> None:
    result = load("egfr_five_time_points")
    _, folder = study(tmp_path, result)
    therapies = rows(folder / "data_timeline_treatment.txt")
    told = [(r["AGENT"], int(r["START_DATE"]), r["STOP_DATE"]) for r in therapies]
    assert told == [(t["drug"], t["start"], "" if t["stop"] is None else str(t["stop"])) for t in result["therapies"]]
    days = [int(r["START_DATE"]) for r in rows(folder / "data_timeline_specimen.txt")]
    assert days == [s["day"] for s in result["specimens"]]


def test_copy_number_and_fusions(tmp_path: Path) -> None:
    _, folder = study(tmp_path, load("many_kinds_bare_files"), load("egfr_five_time_points"))
    cna = {(r["Hugo_Symbol"], r["Sample_Id"]): r["Value"] for r in rows(folder / "data_cna.txt")}
    patient = load("many_kinds_bare_files")["patient"]
    assert cna[("TP53", f"{patient}_POST")] == "-2"
    assert ("TP53", f"{patient}_PRE") not in cna, "not called says nothing: no 0"
    assert {value for (gene, _), value in cna.items() if gene == "MET"} <= {"0", "2"}
    (fusion,) = rows(folder / "data_sv.txt")
    assert (fusion["Site1_Hugo_Symbol"], fusion["Site2_Hugo_Symbol"], fusion["Event_Info"]) == (
        "CCDC6",
        "RET",
        "CCDC6::RET",
    )


def test_what_has_no_place_is_counted(tmp_path: Path) -> None:
    made, folder = study(tmp_path, load("many_kinds_bare_files"))
    counted = {r["reason"]: int(r["count"]) for r in rows(folder.parent / "left_out.tsv")}
    assert counted == made.left_out
    assert counted["histology without a place in the study's formats"] == 1
    assert counted["specimens without a day, for the timeline"] == 2


def test_two_samples_never_share_a_name(tmp_path: Path) -> None:
    first, second = load("nothing_found"), load("nothing_found")
    first["patient"], second["patient"] = "A_B", "A"
    second["specimens"] = [dict(s, id=f"B_{s['id']}") for s in second["specimens"]]
    for alteration in second["alterations"]:
        for observation in alteration["observations"]:
            observation["specimen"] = f"B_{observation['specimen']}"
    _, folder = study(tmp_path, first, second)
    names = [r["SAMPLE_ID"] for r in rows(folder / "data_clinical_sample.txt")]
    assert len(names) == len(set(names)) == len(first["specimens"]) * 2


def test_every_file_of_every_result_is_a_whole_table(tmp_path: Path) -> None:
    _, folder = study(tmp_path, *(load(n) for n in NAMES if load(n)["build"] == "GRCh38"))
    for path in folder.glob("data_*.txt"):
        text = path.read_text(encoding="utf-8")
        widths = {line.count("\t") for line in text.splitlines()}
        assert len(widths) == 1 and '"' not in text, path.name
        assert f"data_filename: {path.name}" in (folder / path.name.replace("data_", "meta_")).read_text()


def test_a_study_that_was_there_is_replaced_whole(tmp_path: Path) -> None:
    _, folder = study(tmp_path, load("egfr_five_time_points"))
    assert (folder / "data_cna.txt").exists()
    study(tmp_path, load("nothing_found"))
    assert not (folder / "data_cna.txt").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["cbioportal"]


def test_the_table_of_genes_has_every_bundled_gene() -> None:
    header, *lines = (RESOURCES / "export" / "genes.tsv").read_text(encoding="utf-8").splitlines()
    table = {line.split("\t")[0]: dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines}
    head, *transcripts = (RESOURCES / "reference" / "transcripts.GRCh38.tsv").read_text(encoding="utf-8").splitlines()
    bundled = [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in transcripts]
    assert set(table) == {row["gene"] for row in bundled} and list(table) == sorted(table)
    for row in bundled:
        known = table[row["gene"]]
        assert known["entrez"] == row["gene_entrez"] or not row["gene_entrez"]
        assert re.fullmatch(r"[OPQ]\d[A-Z0-9]{3}\d|[A-NR-Z]\d([A-Z][A-Z0-9]{2}\d){1,2}", known["uniprot"])
        assert re.fullmatch(r"(HGNC:\d+)?", known["hgnc"])
    assert len({row["uniprot"] for row in table.values()}) == len(table)
