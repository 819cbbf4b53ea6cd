"""Bad input at the level of a run: what stops it before the first job, and what refuses one patient and no other."""

from __future__ import annotations

import json

GOOD = """##fileformat=VCFv4.2
##contig=<ID=chr7,length=159345973>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS
chr7\t55191822\t.\tT\tG\t.\tPASS\t.\tGT:AD:DP\t0/1:700,300:1000
"""
T790M = "chr7\t55181378\t.\tC\tT\t.\tPASS\t.\tGT:AD:DP\t0/1:900,100:1000\n"


def lay(bench, sheet: str, **files: str) -> None:
    (bench / "config/lab.samples.tsv").write_text(sheet.replace(" ", "\t"), encoding="utf-8")
    for name, text in files.items():
        (bench / f"{name}.vcf").write_text(text, encoding="utf-8")


def test_every_mistake_of_every_sheet_at_once_before_the_first_job(bench, run):
    lay(bench, "patient specimen day variants\n../x a 0 a.vcf\nP1 b soon a.vcf\nP2 c 0 missing.vcf\n", a=GOOD)
    (bench / "config/other.samples.tsv").write_text("patient\tspecimen\tday\tvariant\nP3\td\t0\ta.vcf\n")
    said = run(bench)
    assert said.returncode != 0 and not (bench / "results").exists()
    told = said.stderr + said.stdout
    assert "Traceback" not in told
    for hint in (
        "lab.samples.tsv row 2",
        "../x",
        "row 3",
        "soon",
        "row 4",
        "missing.vcf",
        "other.samples.tsv",
        "variants",
    ):
        assert hint in told, hint


def test_one_bad_file_refuses_its_patient_and_no_other(bench, run):
    rows = ("P1 p1a 0 a.vcf", "P1 p1b 90 b.vcf", "P2 p2a 0 c.vcf", "P2 p2b 90 bad.vcf")
    sheet = "patient specimen day variants disease build\n" + "".join(f"{row} NSCLC GRCh38\n" for row in rows)
    lay(bench, sheet, a=GOOD, b=GOOD + T790M, c=GOOD, bad=GOOD + T790M.replace("\tC\tT\t", "\tA\tT\t"))
    (bench / "config/lab.therapies.tsv").write_text(
        "patient\tdrug\tstart\tstop\nP1\terlotinib\t1\t\nP2\terlotinib\t1\t\n"
    )
    said = run(bench)
    told = said.stderr + said.stdout
    assert said.returncode != 0, "a refused patient must show in the exit code"
    assert "P2" in told and "55181378" in told

    good, bad = (json.loads((bench / f"results/patients/{p}/result.json").read_text()) for p in ("P1", "P2"))
    assert good["status"] == "compared" and good["verdicts"][0]["verdict"] == "emerged"
    assert bad["status"] == "refused" and not bad["verdicts"] and not bad["alterations"]
    assert (bench / "results/patients/P2/p2b.normalized.bcf").stat().st_size == 0, (
        "nothing that could be taken for whole"
    )
    page = (bench / "results/cohort/index.html").read_text(encoding="utf-8")
    assert "P1" in page and "P2" in page and "55181378" in page
    assert not (bench / "results/cohort/summary.txt").exists()

    # Mended, the patient is done again, the other is not, and the run ends well.
    before = (bench / "results/patients/P1/result.json").stat().st_mtime_ns
    (bench / "bad.vcf").write_text(GOOD + T790M)
    said = run(bench)
    assert said.returncode == 0, said.stderr[-2000:]
    assert (bench / "results/patients/P1/result.json").stat().st_mtime_ns == before


def test_a_patient_with_one_specimen_is_reported_and_not_compared(bench, run):
    lay(bench, "patient specimen day variants build therapy\nP1 only 0 b.vcf GRCh38 erlotinib\n", b=GOOD + T790M)
    said = run(bench)
    assert said.returncode == 0, said.stderr[-2000:]
    result = json.loads((bench / "results/patients/P1/result.json").read_text())
    assert result["status"] == "not compared"
    assert {a["trajectory"] for a in result["alterations"]} == {"not compared"}
    assert "T790M" in (bench / "results/patients/P1/report.html").read_text(encoding="utf-8")


def test_mixed_builds_in_one_patient_are_refused(bench, run):
    hg19 = GOOD.replace("159345973", "159138663").replace("55191822", "55259515")
    lay(bench, "patient specimen day variants\nP1 a 0 a.vcf\nP1 b 9 b.vcf\n", a=GOOD, b=hg19)
    said = run(bench)
    assert said.returncode != 0
    result = json.loads((bench / "results/patients/P1/result.json").read_text())
    assert result["status"] == "refused" and "GRCh37" in json.dumps(result["problems"])


def test_a_table_of_names_fits_any_build(bench, run):
    """Rows with a gene and a protein change and no coordinates are of no build; they stand beside a VCF of either."""
    hg19 = GOOD.replace("159345973", "159138663").replace("55191822", "55259515")
    table = "Hugo_Symbol\tHGVSp_Short\tt_alt_freq\nEGFR\tp.T790M\t4.5%\nEGFR\tp.L858R\t20%\n"
    lay(bench, "patient specimen day variants therapy\nP1 a 0 a.vcf erlotinib\nP1 b 9 b.tsv erlotinib\n", a=hg19)
    (bench / "b.tsv").write_text(table, encoding="utf-8")
    said = run(bench)
    assert said.returncode == 0, (said.stdout + said.stderr)[-3000:]
    result = json.loads((bench / "results/patients/P1/result.json").read_text())
    assert (result["status"], result["build"]) == ("compared", "GRCh37")
    found = next(a for a in result["alterations"] if a["name"] == "EGFR T790M")
    assert (found["trajectory"], found["basis"], found["annotation_origin"]) == ("emerged", "calls", "vendor")
