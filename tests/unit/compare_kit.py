"""Makes the inputs of the compare room straight from docs/architecture.md, without the intake room."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pysam
from acquired.compare import compare_patient
from acquired.model import Specimen, Therapy
from pysam import bcftools

HEADER = """\
##fileformat=VCFv4.3
##FILTER=<ID=weak,Description="w">
##FILTER=<ID=strand,Description="s">
##INFO=<ID=GIVEN,Number=.,Type=String,Description="g">
##INFO=<ID=DUPLICATES,Number=1,Type=Integer,Description="d">
##INFO=<ID=OUTSIDE,Number=0,Type=Flag,Description="o">
##INFO=<ID=NORMAL_DP,Number=1,Type=Integer,Description="n">
##INFO=<ID=NORMAL_AC,Number=1,Type=Integer,Description="n">
##INFO=<ID=NAMED,Number=.,Type=String,Description="n">
##FORMAT=<ID=GT,Number=1,Type=String,Description="g">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="d">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="a">
##FORMAT=<ID=VAF,Number=1,Type=Float,Description="v">
##FORMAT=<ID=KEY,Number=1,Type=String,Description="k">
##FORMAT=<ID=PS,Number=1,Type=Integer,Description="p">
##FORMAT=<ID=SB,Number=4,Type=Integer,Description="s">
##contig=<ID=chr1,length=248956422>
##contig=<ID=chr6,length=170805979>
##contig=<ID=chr7,length=159345973>
"""


def record(
    chrom: str,
    pos: int,
    ref: str,
    alt: str,
    k: int | None,
    n: int | None,
    gt: str = "0/1",
    filters: str = "PASS",
    info: str = ".",
) -> str:
    """A line of a normalised file; k alternative reads of n."""
    if k is None or n is None:
        values = f"{gt}:{'.' if n is None else n}:.:.:."
    else:
        values = f"{gt}:{n}:{n - k},{k}:{k / n if n else 0:.6g}:AD/DP"
    return f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t.\t{filters}\t{info}\tGT:DP:AD:VAF:KEY\t{values}\n"


def normalized(folder: Path, specimen: str, body: str, depth: str = "", **account: Any) -> Path:
    """Write one specimen's three files; return the path of the JSON."""
    text = folder / f"{specimen}.vcf"
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"]
    text.write_text(HEADER + "\t".join([*columns, specimen]) + "\n" + body)
    bcf = folder / f"{specimen}.normalized.bcf"
    if account.get("status") == "refused":
        bcf.write_bytes(b"")
    else:
        bcftools.view("--no-version", "-Ob", "-o", str(bcf), str(text), catch_stdout=False)
    with gzip.open(folder / f"{specimen}.depth.bed.gz", "wt") as out:
        out.write(depth)
    path = folder / f"{specimen}.normalized.json"
    full = {"status": "ok", "problems": [], "specimen": specimen, "build": "GRCh38", "set_aside": [], **account}
    path.write_text(json.dumps(full))
    return path


def run(
    folder: Path,
    specimens: list[Specimen],
    therapies: list[Therapy],
    files: dict[str, Path],
    assays: dict[str, Any] | None = None,
    settings: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """compare_patient into `folder`."""
    out = folder / "compared.bcf", folder / "compared.json"
    return compare_patient("p1", specimens, therapies, files, *out, assays or {}, settings or {}, Path("resources"))


def alleles(folder: Path) -> dict[str, pysam.VariantRecord]:
    """Records of compared.bcf by allele, as an outside reader sees them."""
    with pysam.VariantFile(str(folder / "compared.bcf")) as file:
        return {f"{r.chrom}:{r.pos}:{r.ref}>{r.alts[0]}": r for r in file}


def statement(record: pysam.VariantRecord, place: int = 0) -> str:
    """`trajectory basis before after` of one comparison, `.` where there is none."""

    def value(key: str) -> str:
        values = record.info.get(key)
        return "." if values is None or values[place] is None else str(values[place])

    return " ".join(value(key) for key in ("TRAJECTORY", "BASIS", "BEFORE", "AFTER"))


def observation(record: pysam.VariantRecord, specimen: str) -> str:
    """`status k/n source` of one specimen."""
    sample = record.samples[specimen]
    counts = sample.get("AD") or (None, None)
    alt = counts[1] if len(counts) > 1 and counts[1] is not None else "."
    depth = "." if sample["DP"] is None else sample["DP"]
    return f"{sample['ST']} {alt}/{depth} {sample['SRC'] or '.'}"
