"""Walks tests/cases/intake: a folder a scenario, `case.yaml` saying what must come out."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pysam
import pytest
import yaml
from acquired.intake import normalize_files
from acquired.model import Specimen
from acquired.reference import Reference

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "resources"
CASES = sorted(path.parent for path in (ROOT / "tests" / "cases" / "intake").glob("*/case.yaml"))


@pytest.fixture(scope="module")
def genomes() -> dict[str, Reference]:
    return {build: Reference.open(RESOURCES, build) for build in ("GRCh37", "GRCh38")}


def make(how: str, folder: Path, tmp: Path) -> Path:
    """Inputs that cannot be kept as text."""
    made = tmp / "made.vcf.gz"
    if how == "folder":
        made.mkdir()
        return made
    if how in ("bgzf", "bcf"):
        if how == "bgzf":
            pysam.tabix_compress(str(folder / "calls.vcf"), str(made), force=True)
            return made
        made = tmp / "made.bcf"
        with (
            pysam.VariantFile(str(folder / "calls.vcf")) as source,
            pysam.VariantFile(str(made), "wb", header=source.header) as out,
        ):
            for record in source:
                out.write(record)
        return made
    text = b"##fileformat=VCFv4.2\n" + b"".join(b"##x=%d\n" % (number * 7919) for number in range(20000))
    if how == "damaged_gzip":
        packed = bytearray(gzip.compress(text))
        packed[len(packed) // 2 :] = bytes(len(packed) - len(packed) // 2)
        made.write_bytes(packed)
        return made
    with pysam.BGZFile(str(made), "w") as out:
        out.write(text)
    whole = made.read_bytes()
    made.write_bytes(whole[:-28] if how == "no_end_block" else whole[: len(whole) // 2])
    return made


def described(bcf: Path) -> list[str]:
    """Each record as the scenarios write it: place, filter, GT, DP, AD, VAF, KEY, then what else there is."""
    told = []
    with pysam.VariantFile(str(bcf)) as source:
        assert len(source.header.samples) == 1
        for record in source:
            sample = record.samples[0]
            separator = "|" if sample.phased and sample["GT"] != (None, None) else "/"
            gt = separator.join("." if allele is None else str(allele) for allele in sample["GT"])
            reads = sample["AD"]
            parts = [
                f"{record.chrom}:{record.pos}",
                f"{record.ref}>{record.alts[0]}",
                ";".join(record.filter.keys()) or ".",
                gt,
                "." if sample["DP"] is None else str(sample["DP"]),
                "."
                if reads in (None, (None,), (None, None))
                else ",".join("." if n is None else str(n) for n in reads),
                "." if sample["VAF"] is None else f"{sample['VAF']:.6g}",
                sample["KEY"] or ".",
            ]
            if sample["PS"] is not None:
                parts.append(f"ps={sample['PS']}")
            if sample["SB"] not in (None, (None,)) and None not in sample["SB"]:
                parts.append("sb=" + ",".join(map(str, sample["SB"])))
            for key in ("GIVEN", "OUTSIDE", "NORMAL_DP", "NORMAL_AC", "NAMED", "DUPLICATES"):
                if key in record.info:
                    value = record.info[key]
                    parts.append(
                        key if value is True else f"{key}={','.join(value) if isinstance(value, tuple) else value}"
                    )
            told.append(" ".join(parts))
    return told


@pytest.mark.parametrize("folder", CASES, ids=[path.name for path in CASES])
def test_scenario(folder: Path, tmp_path: Path, genomes: dict[str, Reference]) -> None:
    case: dict[str, Any] = yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))
    expect, given = case["expect"], dict(case.get("specimen", {}))
    files = [folder / name for name in given.pop("files", ["calls.vcf"])]
    if case.get("make"):
        files = [make(case["make"], folder, tmp_path)]
    specimen = Specimen("P1", "S1", tuple(map(str, files)), **given)
    out = tmp_path / "out"
    bcf, depth, account = out / "S1.normalized.bcf", out / "S1.depth.bed.gz", out / "S1.normalized.json"
    told = normalize_files(specimen, RESOURCES, genomes, bcf, depth, account)
    assert json.loads(account.read_text(encoding="utf-8")) == told
    assert sorted(path.name for path in out.iterdir()) == ["S1.alterations.json", depth.name, bcf.name, account.name], (
        "nothing half-written is left"
    )
    assert told["status"] == expect["status"], told["problems"]
    assert str(tmp_path) not in account.read_text(encoding="utf-8")
    if expect["status"] == "refused":
        assert bcf.stat().st_size == depth.stat().st_size == 0
        text = "\n".join(" ".join(problem.values()) for problem in told["problems"])
        assert [said for said in expect["says"] if said not in text] == [], text
        assert all(problem["where"] and problem["cause"] and problem["remedy"] for problem in told["problems"])
        return
    # Sorted by chromosome then place, as the scenarios list them.
    assert described(bcf) == expect["alleles"]
    records = told["records"]
    assert records["read"] == records["kept"] + records["set_aside"]
    assert records["alleles"] == len(expect["alleles"])
    check(told, expect, depth)


def check(told: dict[str, Any], expect: dict[str, Any], depth: Path) -> None:
    """What the scenario says beyond the alleles."""
    with gzip.open(depth, "rt") as bed:
        intervals = [" ".join(line.split("\t")).rstrip() for line in bed]
    assert intervals == expect.get("depth", [])
    for key in ("caller", "sample", "sample_source", "normal", "build", "vaf_keys"):
        if key in expect:
            assert told[key] == expect[key]
    for key, value in expect.get("records", {}).items():
        assert told["records"][key] == value, key
    assert told["disagreements_count"] == expect.get("disagreements", told["disagreements_count"])
    assert expect.get("evidence", "") in told["build_evidence"]
    assert {row["reason"]: row["count"] for row in told["set_aside"]} == expect.get("set_aside", {})
    warnings = "\n".join(told["warnings"])
    assert [text for text in expect.get("warnings", []) if text not in warnings] == [], warnings
    if "warnings" not in expect:
        assert told["warnings"] == []


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    """Also under another locale, time zone and hash seed."""
    folder = ROOT / "tests" / "cases" / "intake" / "alternatives_and_blocks"
    code = (
        "import sys; from pathlib import Path; from acquired.intake import normalize_specimen\n"
        "from acquired.model import Specimen\n"
        "out = Path(sys.argv[2]); normalize_specimen(Specimen('P', 'S', (sys.argv[1],)), Path(sys.argv[3]),"
        " {'GRCh37': None, 'GRCh38': None}, out / 'a.bcf', out / 'a.bed.gz', out / 'a.json', {})"
    )
    written = []
    for number, extra in enumerate(
        (
            {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "1"},
            {"LC_ALL": "C.UTF-8", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "2"},
        )
    ):
        out = tmp_path / str(number)
        subprocess.run(
            [sys.executable, "-c", code, str(folder / "calls.vcf"), str(out), str(RESOURCES)], check=True, env=extra
        )
        written.append({path.name: path.read_bytes() for path in sorted(out.iterdir())})
    assert written[0] == written[1]
    assert len(written[0]) == 4
