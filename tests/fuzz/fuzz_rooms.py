"""The rooms that read what others wrote: for each its seeds (the scenarios' own files) and one call that checks what
it leaves behind.

A room's call gives True for success and False for a refusal of ours; whatever else it raises is a failure.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pysam
import yaml
from acquired.compare import compare_patient
from acquired.compare.settings import Regions
from acquired.copynumber import read_copy_number
from acquired.depth.files import Wanted
from acquired.depth.files import read as read_depth
from acquired.errors import InputError, Problem
from acquired.expression import read_expression
from acquired.fusions import read_fusions
from acquired.intake import normalize_files
from acquired.intake.contigs import Naming
from acquired.intake.dialects import read_tables
from acquired.judge import judge_patient
from acquired.model import Specimen, Therapy
from acquired.reads.specimen import genotype_specimen
from acquired.reference import Reference
from acquired.reference.core import contig_table
from acquired.reference.user_gff import read_gff
from acquired.report import write_report
from acquired.sheets import load_cohort
from fuzz_mutate import as_bcf, repack

ROOT = Path(__file__).resolve().parents[2]
RESOURCES, CASES, CALLS = ROOT / "resources", ROOT / "tests" / "cases", ROOT / "resources" / "example" / "calls"
BUILDS = ("GRCh37", "GRCh38")


@dataclass(frozen=True)
class Seed:
    """One good file. what: facts of its scenario (the specimen's, the build)."""

    name: str
    data: bytes
    what: dict[str, Any]


@dataclass(frozen=True)
class Room:
    """weight: its share of the inputs."""

    name: str
    weight: int
    seeds: Callable[[Path], list[Seed]]
    run: Callable[[Path, Seed, Path], bool]


@cache
def genome(build: str) -> Reference:
    return Reference.open(RESOURCES, build)


@cache
def config() -> dict[str, Any]:
    from acquired.sheets.settings import fill_defaults

    return fill_defaults({}, ROOT / "workflow" / "schemas")


def no_constant(text: str) -> None:
    raise AssertionError(f"{text} in a JSON file")


def whole_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"), parse_constant=no_constant)


# ---- call files


def seeds_of_calls(folder: Path) -> list[Seed]:
    found = []
    for case in sorted((CASES / "intake").glob("*/calls.vcf")):
        what = yaml.safe_load((case.parent / "case.yaml").read_text(encoding="utf-8")).get("specimen", {})
        what.pop("files", None)
        text = case.read_bytes()
        found.append(Seed("calls.vcf", text, what))
        found.append(Seed("calls.vcf.gz", repack(text, bgzf=len(found) % 4 == 1), what))
        if bcf := as_bcf(text, str(folder)):
            found.append(Seed("calls.bcf", bcf, what))
    return found


def seeds_of_vendors(folder: Path) -> list[Seed]:
    found = []
    for case in sorted((CASES / "vendors").glob("*/case.yaml")):
        scenario = yaml.safe_load(case.read_text(encoding="utf-8"))
        what = dict(scenario["specimen"])
        what["settings"] = scenario.get("settings", {})
        for name in what.pop("files"):
            data = (case.parent / name).read_bytes()
            found.append(Seed(name, data, what))
            found.append(Seed(name, repack(data, False), what))
    return found


def normalize(path: Path, seed: Seed, out: Path) -> bool:
    what = {key: value for key, value in seed.what.items() if key != "settings"}
    specimen = Specimen("P1", "S1", (str(path),), **what)
    return normalized(specimen, out, seed.what.get("settings", {}))["status"] == "ok"


def normalized(specimen: Specimen, out: Path, settings: dict[str, Any]) -> dict[str, Any]:
    """`normalize_files`, and what it promises of the files it leaves."""
    name = specimen.specimen
    ends = (".normalized.bcf", ".depth.bed.gz", ".normalized.json", ".alterations.json")
    bcf, depth, account, alterations = (out / f"{name}{end}" for end in ends)
    genomes = {build: genome(build) for build in BUILDS}
    told = normalize_files(specimen, RESOURCES, genomes, bcf, depth, account, settings)
    assert whole_json(account) == told and whole_json(alterations)["status"] == told["status"]
    left = {path.name for path in out.iterdir() if path.name.startswith((name, "."))}
    assert left == {f"{name}{end}" for end in ends}, left
    if told["status"] == "refused":
        assert bcf.stat().st_size == depth.stat().st_size == 0
        assert told["problems"] and all(p["where"] and p["what"] for p in told["problems"])
        assert all(c.isprintable() for p in told["problems"] for text in p.values() for c in text), told["problems"]
        return told
    assert told["status"] == "ok"
    records = told["records"]
    assert records["read"] == records["kept"] + records["set_aside"]
    with pysam.VariantFile(str(bcf)) as source:
        assert sum(1 for _ in source) == records["alleles"]
    with gzip.open(depth, "rt", encoding="utf-8") as bed:
        assert all(len(line.split("\t")) == 5 for line in bed)
    return told


# ---- copy number, fusions, expression, depth, regions, transcripts


def seeds_of(kind: str, ending: str = "") -> Callable[[Path], list[Seed]]:
    def seeds(folder: Path) -> list[Seed]:
        found = []
        for case in sorted((CASES / kind).glob("*/case.yaml")):
            what = yaml.safe_load(case.read_text(encoding="utf-8"))
            data = (case.parent / what["file"]).read_bytes()
            found.append(Seed(what["file"], data, what))
            found.append(Seed(what["file"] + ".gz", repack(data, True), what))
        return found

    return seeds


def specimen_of(what: dict[str, Any]) -> Specimen:
    facts = {"tumour_fraction": str(what["purity"])} if "purity" in what else {}
    return Specimen("p", what.get("specimen", "s1"), (), sample=what.get("sample", ""), facts=facts)


def refusing(read: Callable[[Path, Seed, Path], Any]) -> Callable[[Path, Seed, Path], bool]:
    """A reader that raises InputError; what it gives must be JSON."""

    def run(path: Path, seed: Seed, out: Path) -> bool:
        try:
            told = read(path, seed, out)
        except InputError as error:
            assert all(p.where and p.what for p in error.problems)
            assert all(c.isprintable() or c == "\n" for c in str(error)), str(error)
            return False
        json.dumps(told, allow_nan=False)
        return True

    return run


def copy_number(path: Path, seed: Seed, out: Path) -> Any:
    where = genome(seed.what.get("build", "GRCh38"))
    return read_copy_number(path, specimen_of(seed.what), where, RESOURCES, {"copy_number": config()["copy_number"]})


def fusions(path: Path, seed: Seed, out: Path) -> Any:
    return read_fusions(path, specimen_of(seed.what), genome(seed.what.get("build", "GRCh38")), RESOURCES)


def expression(path: Path, seed: Seed, out: Path) -> Any:
    return read_expression(path, specimen_of(seed.what), genome("GRCh38"), RESOURCES)


def seeds_of_depth(folder: Path) -> list[Seed]:
    per_base = "chr7\t0\t55181377\t0\nchr7\t55181377\t55181400\t812\nchr7\t55181400\t159345973\t3\n"
    regions = "chr7\t55181377\t55181400\tEGFR\t812.5\nchr12\t25245340\t25245360\tKRAS\t90.0\n"
    threshold = "#chrom\tstart\tend\tregion\t1X\t10X\t100X\nchr7\t55181377\t55181400\tEGFR\t23\t23\t20\n"
    quantized = "chr7\t55181377\t55181400\t20:100\nchr7\t55181400\t55181500\t100:inf\n"
    panel = (RESOURCES / "example" / "panel.GRCh38.bed").read_text()
    texts = (per_base, regions, threshold, quantized, panel)
    return [
        Seed(f"d.bed{z}", t.encode() if not z else repack(t.encode(), True), {}) for t in texts for z in ("", ".gz")
    ]


def depth(path: Path, seed: Seed, out: Path) -> Any:
    naming = Naming(read_tables(RESOURCES / "dialects")[1], contig_table(RESOURCES))
    found = read_depth(path, naming, genome("GRCh38").contigs, Wanted([("chr7", 55181300, 55181500)]), 100)
    return [found.rows, found.warnings]


def regions(path: Path, seed: Seed, out: Path) -> Any:
    Regions.read(path, "config").cover("chr7", 5, 10)


def seeds_of_gff(folder: Path) -> list[Seed]:
    paths = sorted((CASES / "reference").glob("*/*.gff3"))
    return [Seed(p.name, p.read_bytes(), {"build": BUILDS["38" in p.parent.name]}) for p in paths]


def gff(path: Path, seed: Seed, out: Path) -> Any:
    return len(read_gff(path, RESOURCES, seed.what["build"], with_bases=True))


# ---- sheets


def seeds_of_sheets(folder: Path) -> list[Seed]:
    found = []
    for name in ("samples.tsv", "therapies.tsv"):
        text = (RESOURCES / "example" / f"cohort.{name}").read_text(encoding="utf-8")
        found.append(Seed(f"x.{name}", text.encode(), {}))
        found.append(Seed(f"x.{name}", text.encode("utf-16"), {}))
        found.append(Seed(f"x.{name}", text.replace("\t", ";").encode("cp1252", "replace"), {}))
    found *= 8  # most of the scenarios below are refused as they are
    for case in sorted((CASES / "sheets").glob("*/config/*.tsv")):
        found.append(Seed(case.name, case.read_bytes(), {}))
    return found


def sheets(path: Path, seed: Seed, out: Path) -> Any:
    (out / "config").mkdir()
    shutil.copy(path, out / "config" / seed.name)
    (out / "config" / "calls").symlink_to(CALLS)
    (out / "config" / "other").symlink_to(CALLS.parent / "other")
    if "therapies" in seed.name:
        shutil.copy(RESOURCES / "example" / "cohort.samples.tsv", out / "config" / "x.samples.tsv")
    cohort = load_cohort({}, out, RESOURCES)
    return [p.as_facts() for p in cohort.patients.values()]


def seeds_of_config(folder: Path) -> list[Seed]:
    text = (ROOT / "config" / "config.yaml").read_text(encoding="utf-8")
    return [Seed("c.yaml", t.encode(), {}) for t in (text, text.replace("\n# ", "\n").replace("\n#  ", "\n  "))]


def configuration(path: Path, seed: Seed, out: Path) -> Any:
    """As Snakemake loads it, by the safe loader; what is no YAML never reaches us."""
    from acquired.sheets.settings import fill_defaults

    try:
        loaded = yaml.safe_load(path.read_bytes())
    except (yaml.YAMLError, ValueError, RecursionError):
        raise InputError(Problem("config", "is no YAML.")) from None
    fill_defaults(loaded if isinstance(loaded, dict) else {}, ROOT / "workflow" / "schemas")


def seeds_of_claims(folder: Path) -> list[Seed]:
    twice = (CASES / "catalogue" / "bad" / "duplicate_ids" / "lab.tsv").read_text(encoding="utf-8")
    head, first, second = twice.splitlines(keepends=True)[:3]
    lab = head + first + second.replace("LAB-1", "LAB-2")  # so mended, it is a good one
    cases = [p.read_bytes() for p in sorted((CASES / "catalogue" / "bad").glob("*/lab.tsv"))]
    return [Seed("lab.tsv", data, {}) for data in ([lab.encode()] * len(cases) + cases)]


def claims(path: Path, seed: Seed, out: Path) -> Any:
    from acquired.catalogue.build import compile_sources

    return compile_sources(RESOURCES, [path], folder=CASES / "catalogue" / "small")


# ---- a whole patient: what gets through intake must get through everything behind it


def seeds_of_patients(folder: Path) -> list[Seed]:
    found = []
    for path in sorted(CALLS.rglob("*.vcf*")):
        if path.stat().st_size < 200_000 and path.suffix != ".tbi":
            data = path.read_bytes()
            data = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
            found.append(Seed("calls.vcf", data, {}))
    return found


def catalogue(folder: Path) -> Path:
    """The compiled bundled catalogue, once."""
    from acquired.catalogue import compile_catalogue

    path = folder / "catalogue.json"
    if not path.exists():
        compile_catalogue(RESOURCES, [], path)
    return path


def patient(path: Path, seed: Seed, out: Path) -> bool:
    first = out.parent / f"whole.{abs(hash(seed.data))}.vcf"
    first.write_bytes(seed.data)
    both = [
        Specimen("P1", name, (str(file),), day=day, order=order, role=role, assay="tissue panel")
        for order, (name, file, day, role) in enumerate(
            ((("pre"), first, 0, "baseline"), ("post", path, 90, "follow-up"))
        )
    ]
    drugs = [Therapy("P1", drug, drug, 1, None) for drug in ("osimertinib", "imatinib")]
    for specimen in both:
        normalized(specimen, out, {})
    accounts = {s.specimen: out / f"{s.specimen}.normalized.json" for s in both}
    bcf, told, result = out / "compared.bcf", out / "compared.json", out / "result.json"
    chosen = {key: config()[key] for key in ("compare", "judge", "assays", "copy_number")}
    compare_patient("P1", both, drugs, accounts, bcf, told, {}, chosen, RESOURCES)
    facts = {"patient": "P1", "disease": "NSCLC", "facts": {}, "therapies": [d.as_dict() for d in drugs], "demo": False}
    references = dict.fromkeys((), out / "none")
    judge_patient(bcf, told, catalogue(out.parent), references, RESOURCES, result, facts, chosen)
    write_report(result, out / "report.html", RESOURCES, config()["report"])
    status = whole_json(result)["status"]
    assert (status == "refused") == any(whole_json(path)["status"] == "refused" for path in accounts.values()), status
    return bool(status != "refused")


# ---- alignments


def seeds_of_alignments(folder: Path) -> list[Seed]:
    head = {"HD": {"VN": "1.6", "SO": "coordinate"}, "RG": [{"ID": "r", "SM": "s"}]}
    head["SQ"] = [{"SN": c, "LN": n} for c, n in genome("GRCh38").contigs.items()]  # type: ignore[assignment]
    made = pysam.AlignmentHeader.from_dict(head)
    bases = genome("GRCh38").fetch("chr7", 55181301, 55181450)
    found = []
    for name, mode in (("s.bam", "wb"), ("u.bam", "wbu")):
        with pysam.AlignmentFile(str(folder / name), mode, header=made) as out:  # type: ignore[arg-type]
            for number in range(40):
                read = pysam.AlignedSegment(made)
                read.query_name, read.query_sequence = f"f{number // 2}", bases[:77] + "T" + bases[78:]
                read.flag = (0x53, 0xA3)[number % 2]
                read.reference_id, read.reference_start, read.mapping_quality = 6, 55181300, 60
                read.next_reference_id, read.next_reference_start = 6, 55181300
                read.cigarstring = ("150M", "70M3I77M", "60M5D90M", "20S130M")[number % 4]
                read.query_qualities = pysam.qualitystring_to_array("F" * 150)
                read.set_tag("RG", "r")
                read.set_tag("MI", str(number // 3))
                out.write(read)
        found.append(Seed(name, (folder / name).read_bytes(), {}))
    return found


def alignments(path: Path, seed: Seed, out: Path) -> bool:
    base = out.parent / "reads"
    calls = base / "s.normalized.json"
    if not calls.exists():
        base.mkdir(exist_ok=True)
        text = (
            "##fileformat=VCFv4.2\n##contig=<ID=chr7,length=159345973>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts\n"
            "chr7\t55181378\t.\tC\tT\t.\tPASS\t.\tGT:AD\t0/1:9,9\nchr7\t55181398\t.\tT\tA\t.\tPASS\t.\tGT:AD\t0/1:9,9\n"
        )
        (base / "calls.vcf").write_text(text)
        told = normalized(Specimen("P1", "s", (str(base / "calls.vcf"),)), base, {})
        assert told["status"] == "ok"
    specimen = Specimen("P1", "s", ("calls.vcf",), build="GRCh38", files={"alignments": str(path)})
    table, account = out / "s.reads.tsv.gz", out / "s.reads.json"
    chosen = {"reads": config()["reads"], "reference": {}}
    whole = catalogue(out.parent)
    told = genotype_specimen(
        specimen, [specimen], ["osimertinib"], {"s": calls}, whole, {}, RESOURCES, table, account, chosen
    )
    assert whole_json(account) == told
    assert (table.stat().st_size == 0) == (told["status"] != "ok")
    assert not [p for p in out.iterdir() if "partial" in p.name]
    return bool(told["status"] == "ok")


ROOMS = (
    Room("calls", 30, seeds_of_calls, normalize),
    Room("vendors", 16, seeds_of_vendors, normalize),
    Room("copynumber", 12, seeds_of("copynumber"), refusing(copy_number)),
    Room("fusions", 12, seeds_of("fusions"), refusing(fusions)),
    Room("expression", 6, seeds_of("expression"), refusing(expression)),
    Room("depth", 6, seeds_of_depth, refusing(depth)),
    Room("regions", 2, seeds_of_depth, refusing(regions)),
    Room("gff", 2, seeds_of_gff, refusing(gff)),
    Room("sheets", 6, seeds_of_sheets, refusing(sheets)),
    Room("config", 2, seeds_of_config, refusing(configuration)),
    Room("claims", 4, seeds_of_claims, refusing(claims)),
    Room("patient", 5, seeds_of_patients, patient),
    Room("alignments", 3, seeds_of_alignments, alignments),
)
