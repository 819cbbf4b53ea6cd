"""`python -m acquired annotate` on files as people have them."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from acquired.cli import main

HEAD = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
COLUMNS = ["chrom", "pos", "ref", "alt", "gene", "transcript", "hgvs_c", "hgvs_p", "protein", "consequence"]
T790M = "7\t55249071\t.\tC\tT\t.\tPASS\t."


def run(
    path: Path, capsys: pytest.CaptureFixture[str], *more: str, build: str = "GRCh37"
) -> tuple[int, list[dict], str]:
    """Exit code, rows and stderr of one run."""
    code = main(["annotate", "--build", build, *more, str(path)])
    out, err = capsys.readouterr()
    lines = [line.split("\t") for line in out.splitlines()]
    if lines:
        assert lines[0] == COLUMNS
    return code, [dict(zip(COLUMNS, line, strict=True)) for line in lines[1:]], err


def vcf(folder: Path, *records: str, head: str = HEAD, name: str = "calls.vcf") -> Path:
    path = folder / name
    path.write_text("\n".join([head, *records]) + "\n", encoding="utf-8")
    return path


def test_names_without_chr_and_several_alternatives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    several, v600e = "7\t55249071\t.\tC\tG,<DEL>,*\t.\t.\t.", "7\t140453136\t.\tA\tT\t.\t.\t."
    path = vcf(tmp_path, T790M, several, v600e, "2\t1000\t.\tA\tC\t.\t.\t.")
    code, rows, err = run(path, capsys)
    assert (code, err) == (0, "")
    assert [r["protein"] for r in rows] == ["T790M", "T790R", "", "", "V600E", ""]
    assert rows[0] == dict(zip(COLUMNS, ["7", "55249071", "C", "T", "EGFR", "NM_005228.5", "c.2369C>T", "p.(Thr790Met)",
                                         "T790M", "missense_variant"], strict=True))  # fmt: skip
    assert [r["consequence"] for r in rows[2:4]] == [
        "symbolic allele, not annotated",
        "overlapping deletion (*), not annotated",
    ]
    assert (rows[5]["gene"], rows[5]["consequence"]) == ("", "intergenic_variant")


def test_aliases_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = vcf(tmp_path, "chr7\t140453136\t.\tA\tT\t.\t.\t.")
    _, rows, _ = run(path, capsys, "--all-transcripts")
    assert [(r["transcript"], r["protein"]) for r in rows] == [("NM_004333.6", "V600E"), ("NM_001374258.1", "V640E")]


def test_gzip(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "calls.vcf.gz"
    path.write_bytes(gzip.compress(f"{HEAD}\n{T790M}\n".encode()))
    assert run(path, capsys)[1][0]["protein"] == "T790M"


def test_phased_variants_of_one_codon_get_a_row_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = HEAD + "\tFORMAT\tone\ttwo"
    first, second = "chr7\t140453136\t.\tA\tT\t.\t.\t.\tGT:PS\t", "chr7\t140453137\t.\tC\tT\t.\t.\t.\tGT:PS\t"
    path = vcf(tmp_path, first + "0|1:5\t0|1:5", second + "0|1:5\t1|0:5", head=head)
    _, rows, _ = run(path, capsys)
    assert [(r["pos"], r["protein"]) for r in rows] == [
        ("140453136", "V600E"),
        ("140453137", "V600M"),
        ("140453136+140453137", "V600K"),
    ]
    assert (rows[2]["ref"], rows[2]["alt"], rows[2]["hgvs_c"]) == ("A+C", "T+T", "c.1798_1799delinsAA")
    for unphased in (("0/1:5", "0/1:5"), ("0|1:5", "0|1:6"), ("0|1:5", "1|0:5")):
        path = vcf(tmp_path, first + f"{unphased[0]}\t./.:.", second + f"{unphased[1]}\t./.:.", head=head)
        assert len(run(path, capsys)[1]) == 2


def test_genes_outside_the_bundle_are_named_by_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = HEAD.replace("#CHROM", '##INFO=<ID=ANN,Number=.,Type=String,Description="Functional annotations">\n#CHROM')
    ann = "ANN=T|missense_variant|MODERATE|TTN|ENSG1|transcript|ENST1.1|protein_coding|1/2|c.5A>T|p.Lys2Met|1|1|1||"
    path = vcf(tmp_path, f"2\t179400000\t.\tA\tT\t.\t.\t{ann}", f"{T790M[:-1]}{ann}", head=head)
    _, rows, _ = run(path, capsys)
    assert (rows[0]["gene"], rows[0]["hgvs_p"], rows[0]["protein"]) == ("TTN", "p.Lys2Met", "K2M")
    assert [r["gene"] for r in rows[1:]] == ["EGFR", "TTN"]


@pytest.mark.parametrize(
    ("records", "head", "told"),
    [
        (["7\t55249071\t.\tG\tT\t.\t.\t."], HEAD, "line 3: REF “G” at 7:55249071 is not what GRCh37 has there"),
        (["7\tx\t.\tC\tT\t.\t.\t."], HEAD, "line 3: POS is “x”"),
        (["7\t55249071\t.\t<N>\tT\t.\t.\t."], HEAD, "line 3: REF is “<N>”"),
        (["7 55249071 . C T"], HEAD, "line 3: the record “7 55249071 . C T” has 1 columns"),
        (["7\tx\t.\tC\tT\t.\t.\t.", "7\ty\t.\tC\tT\t.\t.\t."], HEAD, "line 4: POS is “y”"),
        ([], HEAD.replace("#CHROM", "##contig=<ID=7,length=159345973>\n#CHROM"), "of another build than GRCh37"),
        ([], "no vcf", "line 1: expected a header line"),
        ([], "", "expected a header line"),
    ],
)
def test_bad_input(
    records: list[str], head: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, rows, err = run(vcf(tmp_path, *records, head=head), capsys)
    assert (code, rows) == (2, [])
    assert told in err and "Traceback" not in err


def test_one_odd_reference_base_is_told_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = vcf(tmp_path, T790M, "7\t140453136\t.\tA\tT\t.\t.\t.", "7\t55259515\t.\tA\tG\t.\t.\t.")
    code, rows, err = run(path, capsys)
    assert code == 0 and "line 5: REF “A” at 7:55259515 is not what GRCh37 has there" in err
    assert rows[2]["protein"] == "L858R"


def test_missing_file_and_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (tmp_path / "none.vcf", tmp_path):
        code, _, err = run(path, capsys)
        assert code == 2 and path.name in err


def test_as_a_command(tmp_path: Path) -> None:
    """From another folder; and a reader that stops early is no error."""
    path = vcf(tmp_path, *[T790M] * 5000)
    command = [sys.executable, "-m", "acquired", "annotate", "--build", "GRCh37", str(path)]
    whole = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert len(whole.stdout.splitlines()) == 5001
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait() == 0
        assert process.stderr.read() == ""


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    out = capsys.readouterr().out
    assert "annotate" in out and "catalogue" in out
    with pytest.raises(SystemExit) as stop:
        main(["nonsense"])
    assert stop.value.code == 2
