"""Builds the inputs of the judge from a readable case: compared.bcf, compared.json, depth tracks, facts."""

from __future__ import annotations

import functools
import gzip
import json
import tempfile
from pathlib import Path
from typing import Any

from acquired.catalogue.build import compile_catalogue
from acquired.judge import judge_patient
from acquired.reference import Reference
from pysam import bcftools
from small_catalogue import ROOT, SMALL

#: Alleles that cases name, on GRCh38.
ALLELES = {
    "EGFR T790M": "chr7 55181378 C T", "EGFR C797S": "chr7 55181398 T A", "EGFR L858R": "chr7 55191822 T G",
    "EGFR L718Q": "chr7 55174012 T A", "EGFR Q787=": "chr7 55181370 G A", "EGFR intron": "chr7 55181500 C T",
    "BRAF V600E": "chr7 140753336 A T", "BRAF V600M": "chr7 140753337 C T",
    "DNMT3A R882H": "chr2 25234373 C T", "KIT V654A": "chr4 54728092 T C", "KIT D816H": "chr4 54733154 G C",
    "ABL1 T315I": "chr9 130872896 C T", "outside": "chr1 1000 A G",
}  # fmt: skip

_FORMAT = "GT:ST:DP:AD:VAF:HV:FT:SRC:PS"
_HEADER = (
    ("INFO", "TRAJECTORY", ".", "String"), ("INFO", "BASIS", ".", "String"), ("INFO", "CHANGE_P", ".", "Float"),
    ("INFO", "BEFORE", ".", "String"), ("INFO", "AFTER", ".", "String"), ("INFO", "EARLIER", ".", "String"),
    ("INFO", "GIVEN", ".", "String"), ("INFO", "PARTS", ".", "String"), ("INFO", "OUTSIDE", "0", "Flag"),
    ("INFO", "NAMED", ".", "String"), ("INFO", "NORMAL_DP", "1", "Integer"), ("INFO", "NORMAL_AC", "1", "Integer"),
    ("FORMAT", "GT", "1", "String"), ("FORMAT", "ST", "1", "String"), ("FORMAT", "DP", "1", "Integer"),
    ("FORMAT", "AD", "R", "Integer"), ("FORMAT", "VAF", "1", "Float"), ("FORMAT", "HV", "1", "Float"),
    ("FORMAT", "FT", "1", "String"), ("FORMAT", "SRC", "1", "String"), ("FORMAT", "PS", "1", "Integer"),
)  # fmt: skip


@functools.cache
def catalogue_json() -> Path:
    """The small catalogue, compiled once a test session."""
    folder = Path(tempfile.mkdtemp(prefix="acquired-test-"))
    (folder / "resources").mkdir()
    (folder / "resources" / "catalogue").symlink_to(SMALL)
    (folder / "resources" / "reference").symlink_to(ROOT / "resources" / "reference")
    compile_catalogue(folder / "resources", [], folder / "catalogue.json")
    return folder / "catalogue.json"


def column(text: str) -> str:
    """A sample column from `called 61/1167 0|1 7`, `absent 0/1243`, `filtered 6/1000 weak`, `not called`."""
    if text in ("not called", "not assessed"):
        return f"./.:{text.replace(' ', '_')}:.:.:.:.:.:.:."
    status, counts, *more = text.split()
    alt, depth = map(int, counts.split("/"))
    seen = status in ("called", "filtered", "genotyped")
    hidden = "." if status == "called" else f"{1 - 0.05 ** (1 / depth):.6g}" if not alt else "0.02"
    gt = next((m for m in more if "|" in m), "0/1" if seen else "0/0")
    filters = more[0] if status == "filtered" else "."
    ps = next((m for m in more if m.isdigit()), ".")
    return f"{gt}:{status}:{depth}:{depth - alt},{alt}:{alt / depth:.6g}:{hidden}:{filters}:AD/DP:{ps}"


def record(name: str, allele: dict[str, Any], specimens: list[str]) -> tuple[list[Any], str]:
    """A VCF line and its sort key. allele: obs by specimen, moved (`trajectory basis before after` a comparison)."""
    chrom, pos, ref, alt = ALLELES.get(name, name).split()
    moved = [m.split() if m else ["."] * 4 for m in allele.get("moved", [])]
    info = [
        f"{key}={','.join(m[i] for m in moved)}"
        for i, key in enumerate(("TRAJECTORY", "BASIS", "BEFORE", "AFTER"))
        if any(m[i] != "." for m in moved)
    ] + list(allele.get("info", []))
    columns = "\t".join(column(allele["obs"][s]) for s in specimens)
    line = f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t.\t.\t{';'.join(info) or '.'}\t{_FORMAT}\t{columns}\n"
    return [int(chrom[3:]), int(pos), alt], line


def judge(case: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Write the inputs of a case into `folder` and judge it.

    case: disease, therapies (drug -> [start, stop]), specimens (id -> facts), comparisons, alleles, and optionally
    depth (specimen -> lines of a track), notes, assays, levels, status, problems.
    """
    reference = Reference.open(ROOT / "resources", "GRCh38")
    specimens = list(case["specimens"])
    head = ["##fileformat=VCFv4.3\n"]
    head += [f'##{k}=<ID={i},Number={n},Type={t},Description="x">\n' for k, i, n, t in _HEADER]
    head += [f"##contig=<ID={c},length={n}>\n" for c, n in reference.contigs.items()]
    head.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t" + "\t".join(specimens) + "\n")
    lines = sorted(record(name, allele, specimens) for name, allele in case.get("alleles", {}).items())
    text = folder / "compared.vcf"
    text.write_text("".join(head + [line for _, line in lines]))
    bcftools.view("-Ob", "-o", str(folder / "compared.bcf"), str(text), catch_stdout=False)
    for specimen, rows in case.get("depth", {}).items():
        with gzip.open(folder / f"{specimen}.depth.bed.gz", "wt") as track:
            track.writelines("\t".join(row.split(maxsplit=4)) + "\n" for row in rows)
    described = [
        {"id": s, "role": "baseline" if i == 0 else "follow-up", "day": 30 * i, "order": i, "assay": "",
         "caller": "test", **(facts or {})}
        for i, (s, facts) in enumerate(case["specimens"].items())
    ]  # fmt: skip
    compared = {
        "status": case.get("status", "compared"), "patient": "T", "build": "GRCh38",
        "problems": case.get("problems", []),
        "notes": case.get("notes", []), "specimens": described, "set_aside": [], "outside_reference": 0,
        "inputs": [], "alleles": len(lines),
        "comparisons": [
            {"id": id_, "baseline": c["baseline"], "follow_ups": c["window"], "window": c["window"],
             "therapies": c["therapies"], "why": "test"}
            for id_, c in case.get("comparisons", {}).items()
        ],
    }  # fmt: skip
    (folder / "compared.json").write_text(json.dumps(compared))
    therapies = [
        {"drug": drug, "given_as": drug, "start": days[0], "stop": days[1]}
        for drug, days in case.get("therapies", {}).items()
    ]
    facts = {
        "patient": "T", "disease": case.get("disease", ""), "facts": case.get("facts", {}), "demo": False,
        "therapies": therapies,
    }  # fmt: skip
    settings = {"judge": {"levels": case.get("levels", list("ABCD"))}, "compare": {}, "assays": case.get("assays", {})}
    paths = [folder / "compared.bcf", folder / "compared.json", catalogue_json()]
    return judge_patient(*paths, {}, ROOT / "resources", folder / "result.json", facts, settings)
