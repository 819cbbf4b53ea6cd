"""compare_patient as a whole: what the files hold, that they are whole, and that nothing depends on chance."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import compare_kit as kit
import pysam
import pytest
import yaml
from acquired.compare import write
from acquired.model import Specimen, Therapy
from jsonschema import Draft202012Validator

PRE = Specimen("p1", "pre", (), day=0, order=0, assay="panel", facts={"tumour_fraction": "0.3", "histology": "adeno"})
POST = Specimen("p1", "post", (), day=100, order=1, site="liver", material="tissue")
ERLOTINIB = [Therapy("p1", "erlotinib", "Tarceva", 1)]
SCHEMA = Path(__file__).parents[2] / "workflow" / "schemas" / "result.schema.yaml"


def pair(folder, pre: str, post: str, **account):
    return {"pre": kit.normalized(folder, "pre", pre, **account), "post": kit.normalized(folder, "post", post)}


def test_specimens_comparisons_and_problems_fit_the_contract(tmp_path):
    schema = yaml.safe_load(SCHEMA.read_text())
    files = pair(
        tmp_path,
        kit.record("chr7", 9, "A", "C", 3, 90),
        kit.record("chr7", 9, "A", "C", 30, 90),
        caller="Mutect2",
        records={"read": 3, "kept": 1},
        set_aside=[{"reason": "symbolic allele", "count": 2, "examples": ["chr7:1 A>*"]}],
        warnings=["no index"],
        inputs=[{"kind": "variants", "path": "a.vcf", "sha256": "0", "bytes": 7}],
    )
    result = kit.run(tmp_path, [PRE, POST], ERLOTINIB, files, {"panel": {"limit": 0.01}})
    assert json.loads((tmp_path / "compared.json").read_text()) == result

    def valid(part, value):
        Draft202012Validator({**part, "$defs": schema["$defs"]}).validate(value)

    for specimen in result["specimens"]:
        valid(schema["$defs"]["specimen"], specimen)
    valid(schema["properties"]["comparisons"], result["comparisons"])
    valid(schema["properties"]["notes"], result["notes"])
    valid(schema["properties"]["set_aside"]["properties"]["records"], result["set_aside"])
    valid(schema["properties"]["provenance"]["properties"]["inputs"], result["inputs"])
    first = result["specimens"][0]
    assert (first["role"], first["limit"], first["tumour_fraction"]) == ("baseline", 0.01, 0.3)
    assert result["specimens"][1]["role"] == "follow-up"
    assert result["counts"] == {"c1": {"risen": 1}}

    refused = kit.run(tmp_path, [PRE, POST], ERLOTINIB, pair(tmp_path, "", "", build="GRCh37"))
    valid(schema["properties"]["problems"], refused["problems"])
    assert refused["build"] == ""


def test_info_of_the_files_is_merged(tmp_path):
    pre = kit.record("chr1", 5, "A", "C", 9, 90, info="GIVEN=1:5:AG:CG;NORMAL_DP=30;NORMAL_AC=1;OUTSIDE")
    post = kit.record("chr1", 5, "A", "C", 9, 90, info="GIVEN=1:4:GA:GC;NORMAL_DP=40;NORMAL_AC=0;NAMED=EGFR|T|c|p|m")
    result = kit.run(tmp_path, [PRE, POST], ERLOTINIB, pair(tmp_path, pre, post))
    info = kit.alleles(tmp_path)["chr1:5:A>C"].info
    assert info["GIVEN"] == ("1:4:GA:GC", "1:5:AG:CG")
    assert (info["NORMAL_DP"], info["NORMAL_AC"], info["NAMED"]) == (40, 0, ("EGFR|T|c|p|m",))
    assert info["OUTSIDE"] and result["outside_reference"] == 1


def test_filters_strands_and_phase_sets_are_kept_per_specimen(tmp_path):
    pre = "chr1\t5\t.\tA\tC\t.\tweak;strand\t.\tGT:DP:AD:PS:SB\t0|1:90:80,10:5:40,40,9,1\n"
    kit.run(tmp_path, [PRE, POST], ERLOTINIB, pair(tmp_path, pre, kit.record("chr1", 5, "A", "C", 9, 90)))
    record = kit.alleles(tmp_path)["chr1:5:A>C"]
    sample = record.samples["pre"]
    assert sample["ST"] == "filtered" and sample["FT"] == "weak;strand" and sample["PS"] == 5
    assert sample["SB"] == (40, 40, 9, 1) and sample.phased
    assert sample["VAF"] == pytest.approx(1 / 9)
    assert record.samples["post"]["FT"] in (None, ".")


def test_an_allele_seen_before_the_baseline_is_told(tmp_path):
    """Emerged against the baseline of the second line, but not for the first time."""
    specimens = [Specimen("p1", f"s{i}", (), day=i * 100, order=i) for i in range(3)]
    bodies = [kit.record("chr1", 5, "A", "C", *c) for c in ((30, 100), (0, 300, "0/0"), (40, 100))]
    files = {s.specimen: kit.normalized(tmp_path, s.specimen, b) for s, b in zip(specimens, bodies, strict=True)}
    kit.run(tmp_path, specimens, [Therapy("p1", "osimertinib", "", 150)], files)
    info = kit.alleles(tmp_path)["chr1:5:A>C"].info
    assert info["TRAJECTORY"] == ("emerged",) and info["EARLIER"] == ("s0",)


def many(seed: int) -> str:
    rows = []
    for i in range(400):
        if (i * 7 + seed) % 10:
            rows.append(
                kit.record("chr1" if i < 200 else "chr7", 100 + i * 5, "A", "CG"[(i + seed) % 7 == 0], i % 50, 90)
            )
    return "".join(rows)


def test_pieces_give_the_same_file_as_one(tmp_path, monkeypatch):
    files = pair(tmp_path, many(1), many(2))
    result = kit.run(tmp_path, [PRE, POST], ERLOTINIB, files)
    whole = [re.sub(";CHANGE_Q=[^;\t]*", "", str(r)) for r in pysam.VariantFile(str(tmp_path / "compared.bcf"))]
    bytes_of_whole = (tmp_path / "compared.bcf").read_bytes()
    kit.run(tmp_path, [PRE, POST], ERLOTINIB, files)
    assert (tmp_path / "compared.bcf").read_bytes() == bytes_of_whole  # the same input, the same bytes
    monkeypatch.setattr(write.BcfWriter.__init__, "__defaults__", (50, None))
    in_pieces = kit.run(tmp_path, [PRE, POST], ERLOTINIB, files)
    assert in_pieces == result  # the q-values of a file too large to hold are in compared.json
    assert [str(r) for r in pysam.VariantFile(str(tmp_path / "compared.bcf"))] == whole
    assert len(whole) > 300


def test_a_failure_leaves_nothing_behind(tmp_path):
    unsorted = kit.record("chr1", 50, "A", "C", 9, 90) + kit.record("chr1", 5, "A", "C", 9, 90)
    files = pair(tmp_path, unsorted, "")
    before = {p.name for p in tmp_path.iterdir()}
    with pytest.raises(ValueError, match="not sorted"):
        kit.run(tmp_path, [PRE, POST], ERLOTINIB, files)
    assert {p.name for p in tmp_path.iterdir()} == before


def test_an_allele_listed_twice_is_a_defect_of_intake(tmp_path):
    twice = kit.record("chr1", 5, "A", "C", 9, 90) * 2
    with pytest.raises(ValueError, match="twice"):
        kit.run(tmp_path, [PRE, POST], ERLOTINIB, pair(tmp_path, twice, ""))


def test_what_each_site_of_a_day_has_alone(tmp_path):
    """Two sites on one day, and a third specimen of that day whose calls are missing and which takes no side."""
    sites = [Specimen("p1", name, (), day=9, order=1, site=name) for name in ("liver", "lung", "failed")]
    bodies = {
        "pre": kit.record("chr1", 5, "A", "C", 30, 100),
        "liver": "".join(
            kit.record("chr1", pos, "A", "C", *counts)
            for pos, counts in ((5, (30, 100)), (15, (20, 100)), (25, (0, 500, "0/0")), (35, (9, 90)), (45, (9, 90)))
        ),
        "lung": kit.record("chr1", 5, "A", "C", 30, 100)
        + kit.record("chr1", 15, "A", "C", 0, 500, "0/0")
        + kit.record("chr1", 25, "A", "C", 40, 100),
        "failed": kit.record("chr1", 5, "A", "C", None, None, "./."),
    }
    files = {name: kit.normalized(tmp_path, name, body) for name, body in bodies.items()}
    result = kit.run(tmp_path, [PRE, *sites], ERLOTINIB, files)
    private = {"liver": {"excluded": 1, "not_seen": 2}, "lung": {"excluded": 1, "not_seen": 0}}
    assert result["same_day"] == [{"specimens": ["liver", "lung"], "private": private}]
    [note] = [n["text"] for n in result["notes"] if n["code"] == "same_day"]
    assert note.endswith("seen in one of them alone: liver 3 (1 excluded elsewhere); lung 1 (1 excluded elsewhere).")
    first, *later = [s["therapies"] for s in result["specimens"]]
    assert first == [{"drug": "erlotinib", "days_from_start": -1, "days_from_stop": None}]
    assert later[0] == [{"drug": "erlotinib", "days_from_start": 8, "days_from_stop": None}]


def test_thresholds_come_from_the_config(tmp_path):
    files = pair(tmp_path, kit.record("chr1", 5, "A", "C", 0, 68, "0/0"), kit.record("chr1", 5, "A", "C", 30, 90))
    said = {}
    for absent_below in (0.05, 0.01):
        kit.run(tmp_path, [PRE, POST], ERLOTINIB, files, settings={"compare": {"absent_below": absent_below}})
        said[absent_below] = kit.alleles(tmp_path)["chr1:5:A>C"].info["TRAJECTORY"]
    assert said == {0.05: ("emerged",), 0.01: ("unresolved",)}


def test_a_specimen_without_any_record(tmp_path):
    kit.run(tmp_path, [PRE, POST], ERLOTINIB, pair(tmp_path, "", kit.record("chr1", 5, "A", "C", 30, 90)))
    assert kit.statement(kit.alleles(tmp_path)["chr1:5:A>C"]) == "emerged calls pre post"
    result = kit.run(tmp_path, [PRE, POST], ERLOTINIB, pair(tmp_path, "", ""))
    assert result["alleles"] == 0 and kit.alleles(tmp_path) == {}


def test_the_union_is_that_of_bcftools(tmp_path):
    """Debian's bcftools isec lists the same alleles as private and shared."""
    files = pair(tmp_path, many(1), many(2))
    kit.run(tmp_path, [PRE, POST], ERLOTINIB, files)
    for name in ("pre", "post"):
        subprocess.run(["bcftools", "index", "-f", tmp_path / f"{name}.normalized.bcf"], check=True)
    inputs = [tmp_path / "pre.normalized.bcf", tmp_path / "post.normalized.bcf"]
    listed = subprocess.run(
        ["bcftools", "isec", "-n", "+1", "-c", "none", *inputs], check=True, capture_output=True, text=True
    )
    theirs = {tuple(row.split("\t")) for row in listed.stdout.splitlines()}
    ours = set()
    for name, record in kit.alleles(tmp_path).items():
        sources = [record.samples[s]["SRC"] for s in ("pre", "post")]
        ours.add((*name.replace(">", ":").split(":"), "".join("1" if s == "AD/DP" else "0" for s in sources)))
    assert ours == theirs


def test_intakes_reason_for_silent_records_is_still_its_word():
    """calls_missing counts what intake set aside under this reason; the two rooms must agree on it."""
    from acquired.compare import patient

    reader = Path(patient.__file__).parents[1] / "intake" / "sample.py"
    assert f'"{patient._SILENT}"' in reader.read_text()
