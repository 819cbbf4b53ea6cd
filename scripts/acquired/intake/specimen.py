"""One specimen's call files to one canonical BCF, a depth track and their accounting."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acquired.errors import InputError, Problem, quote
from acquired.intake import builds, columns, dialects
from acquired.intake.account import account, empty_account, inputs_of
from acquired.intake.alleles import Bases, Genome
from acquired.intake.contigs import Naming
from acquired.intake.header import Header, read_header
from acquired.intake.ledger import Ledger
from acquired.intake.lines import read_lines
from acquired.intake.records import Reader
from acquired.intake.sample import Source
from acquired.intake.store import Store, write_alleles, write_depth
from acquired.model import Specimen
from acquired.reference import Reference
from acquired.reference.core import contig_table
from acquired.whole import write_bytes, write_text

if TYPE_CHECKING:
    from acquired.vendors.found import Found


@dataclass
class Opened:
    """One call file, understood: its source, its build and what that rests on, and a vendor's rows if it is no VCF."""

    path: Path
    source: Source
    build: str  # "" where nothing in the file has coordinates
    evidence: str
    warnings: list[str] = field(default_factory=list)
    found: Found | None = None
    usual: str = ""  # the build that a table's vendor uses, or its column says, where no row has coordinates


def normalize_specimen(
    specimen: Specimen,
    resources: Path,
    references: dict[str, Path],
    out_bcf: Path,
    out_depth: Path,
    out_json: Path,
    settings: dict[str, Any],
    out_alterations: Path | None = None,
) -> dict[str, Any]:
    """Normalises all call files of one specimen; writes the four files that docs/architecture.md describes.

    references: build to `results/reference/<build>`. settings: of the config, `tables`; and
    `siblings`, accounts of the patient's other specimens, for one without call files. out_alterations: by default
    `<specimen>.alterations.json` beside `out_json`. Gives what was written as JSON.
    Bad input does not raise: it is written as a refusal (`status: refused` with its problems, BCF and depth of
    zero bytes).
    """
    genomes: dict[str, Genome] = {
        build: Reference.open(resources, build, built=path) for build, path in sorted(references.items())
    }
    return normalize_files(specimen, resources, genomes, out_bcf, out_depth, out_json, settings, out_alterations)


def normalize_files(
    specimen: Specimen,
    resources: Path,
    genomes: dict[str, Genome],
    out_bcf: Path,
    out_depth: Path,
    out_json: Path,
    settings: dict[str, Any] | None = None,
    out_alterations: Path | None = None,
) -> dict[str, Any]:
    """`normalize_specimen` with the genomes opened."""
    from acquired.vendors.found import empty_alterations

    out_bcf.parent.mkdir(parents=True, exist_ok=True)
    alterations = empty_alterations()
    try:
        told = _normalize(specimen, resources, genomes, out_bcf, out_depth, settings or {}, alterations)
    except InputError as error:
        for out in (out_bcf, out_depth):  # zero bytes, so that nobody takes them for results
            write_bytes(out, b"")
        told = empty_account(specimen)
        told["problems"] = [problem.as_dict() for problem in error.problems]
        told["inputs"] = inputs_of(specimen, missing_ok=True)
        alterations = {**empty_alterations(), "status": "refused", "problems": told["problems"]}
    beside = out_alterations or out_json.with_name(f"{specimen.specimen}.alterations.json")
    for out, content in ((beside, alterations), (out_json, told)):
        write_text(out, json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    return told


def _normalize(
    specimen: Specimen,
    resources: Path,
    genomes: dict[str, Genome],
    out_bcf: Path,
    out_depth: Path,
    settings: dict[str, Any],
    alterations: dict[str, Any],
) -> dict[str, Any]:
    """Writes BCF and depth, fills `alterations`; gives the account."""
    from acquired.vendors import other_files
    from acquired.vendors.found import merge

    callers, contigs = dialects.read_tables(resources / "dialects")
    naming = Naming(contigs, contig_table(resources))
    if not specimen.variants and not specimen.files and "histology" not in specimen.facts:
        raise InputError(
            Problem(
                specimen.source or specimen.specimen,
                "the specimen has no call file.",
                "an empty `variants` cell",
                "name the file with its calls.",
            )
        )
    stated = stated_build(specimen.build, specimen.source or specimen.specimen, naming)
    stated = stated or _build_of(settings.get("siblings", ()))
    opener = Opener(specimen, resources, genomes, callers, naming, stated, settings)
    opened, problems = [], []
    for path in map(Path, specimen.variants):
        try:
            opened.append(opener.open(path))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*problems)
    build = _one_build(specimen, opened)
    ledger, filters = Ledger(), set[str]()
    alleles, depth = Store(out_bcf.parent), Store(out_bcf.parent)
    # A specimen without any coordinates has no build of its own; its empty BCF needs the contigs of one.
    usual = next((file.usual for file in opened if file.usual), "")
    genome = genomes[build or stated or usual or max(genomes)]
    try:
        for file in opened:
            reader = Reader(file.source, Bases(genome), naming, callers, alleles, depth, ledger, filters)
            if file.found:
                _run_table(reader, file.found, genome, naming, ledger)
            else:
                reader.run(_records(file.path, file.source.header))
            ledger.warnings += file.warnings
        _check(ledger, specimen)
        parts = [file.found.alterations for file in opened if file.found]
        asked = replace(specimen, build=stated)
        for part in [*parts, other_files(asked, resources, build, genome if build else None, settings)]:
            merge(alterations, part)
        written = write_alleles(alleles, out_bcf, genome.contigs, filters, specimen.specimen)
        intervals = write_depth(depth, out_depth, genome.contigs)
    finally:
        alleles.close()
        depth.close()
    told = account(specimen, genome.build, bool(build), opened, ledger, written, intervals)
    if not opened:
        known = "as the sheet or the patient's other specimens have it" if stated else "was taken, as nothing tells"
        told["build_evidence"] = f"No call file; {genome.build} {known}."
    return told


def _run_table(reader: Reader, found: Found, genome: Genome, naming: Naming, ledger: Ledger) -> None:
    """The rows of a vendor's table through the reader of VCF records; what has no coordinates is counted beside."""
    from acquired.vendors.lines import lines

    before = ledger.read
    for reason, example in found.aside:
        ledger.aside(reason, example)
    told, listed = len(found.aside), len(ledger.disagreements)
    reader.run(lines(found, genome, naming))
    for row in ledger.disagreements[listed:]:  # the table's own word for its fraction
        row["other"] = row["other"].replace("AF", found.says[1].partition("*")[0], 1)
    for reason, example in found.aside[told:]:  # rows that could not be placed
        ledger.aside(reason, example)
    for what, example in found.doubts:
        ledger.doubt(what, f"{found.where} {example}")
    ledger.kept += found.other
    ledger.other += found.other
    ledger.read = before + found.entries
    ledger.warnings += found.warnings


def _build_of(siblings: Iterable[str]) -> str:
    """The build of the patient's other specimens; "" where there are none, or they do not agree."""
    accounts = [json.loads(Path(path).read_text(encoding="utf-8")) for path in siblings]
    builds = {account["build"] for account in accounts if account.get("placed")}
    return str(builds.pop()) if len(builds) == 1 else ""


def _one_build(specimen: Specimen, opened: list[Opened]) -> str:
    """The build of all files that have coordinates; "" where none has."""
    proved = {file.build for file in opened if file.build}
    if len(proved) > 1:
        raise InputError(
            Problem(
                specimen.specimen,
                "its call files are on different builds: "
                + "; ".join(f"{file.path.name} is {file.evidence}" for file in opened),
                "files of two pipelines in one row",
                "give files of one build.",
            )
        )
    return proved.pop() if proved else ""


class Opener:
    """Opens the call files of one specimen."""

    def __init__(
        self,
        specimen: Specimen,
        resources: Path,
        genomes: dict[str, Genome],
        callers: dict[str, Any],
        naming: Naming,
        stated: str,
        settings: dict[str, Any],
    ):
        self.specimen, self.resources, self.genomes, self.settings = specimen, resources, genomes, settings
        self.callers, self.naming, self.stated = callers, naming, stated

    def open(self, path: Path) -> Opened:
        """What kind of file it is, whose column, which dialect, which build; InputError with what is wrong."""
        from acquired.vendors.sniff import kind_of

        kind = kind_of(path)
        return self._vcf(path) if kind == "vcf" else self._table(path, kind)

    def _vcf(self, path: Path) -> Opened:
        lines = read_lines(path)
        header = read_header(lines, path.name)
        named = self.specimen.caller
        one = len(header.samples) < 2
        dialect, how, warnings = dialects.recognise(header, named, self.callers, info_readings=one)
        if named and how != "sheet" and self._is_table(named):  # it names another file of this specimen
            dialect, how, warnings = dialects.recognise(header, "", self.callers, info_readings=one)
        try:
            chosen = columns.choose(header, self.specimen, dialect, self.callers, path.name)
        except InputError:
            by_reads = columns.guess(header, self.specimen, dialect, self.callers, _records(path, header))
            if not by_reads:
                raise
            chosen = by_reads
            warnings.append(columns.guessed(header, chosen, path.name, self.specimen.specimen))
        column, normal, column_source = chosen
        if column < 0:
            warnings.append(
                f"{path.name} has no sample column; depth and fraction are taken from INFO where the caller has them."
            )
        evidence = builds.gather(header, _numbered(lines, header), self.genomes, self.naming, path.name)
        if not evidence.records:
            warnings.append(f"{path.name} holds no records: nothing was called.")
        self._check_placed(evidence, path.name)
        build, sentence = builds.decide(evidence, self.stated, path.name)
        other = builds.header_note(header, self.naming, build)
        if other:
            warnings.append(f"The header of {path.name} names {other}; the records are {build}, which was used.")
        source = Source(path.name, header, dialect, column, normal, (how, column_source))
        return Opened(path, source, build, sentence, header.warnings + warnings)

    def _is_table(self, caller: str) -> bool:
        from acquired.vendors.read import is_table_name

        return is_table_name(caller, self.settings, self.resources / "dialects")

    def _table(self, path: Path, kind: str) -> Opened:
        """A MAF, a vendor's table or report."""
        from acquired.vendors import lines as records
        from acquired.vendors.read import read_file

        genes = tuple({gene for genome in self.genomes.values() for gene in getattr(genome, "genes", ())})
        found = read_file(path, kind, self.specimen, self.resources, genes, self.settings)
        header = records.header_of(found)
        normal = 1 if found.normal else -1
        told = (found.how, found.sample_source)
        source = Source(path.name, header, records.dialect_of(found), 0, normal, told, records.name_of)
        if not found.entries:
            found.warnings.append(f"{path.name} holds no rows: nothing was reported.")
        said = stated_build(found.build, f"{path.name}, {found.build_by}", self.naming)
        if not found.rows:
            return Opened(path, source, "", f"{path.name} has no coordinates.", [], found, said)
        evidence = builds.gather(header, records.proof_lines(found), self.genomes, self.naming, path.name)
        self._check_placed(evidence, path.name)
        build, sentence = builds.decide_table(evidence, self.stated, said, found.build_by, path.name)
        if said and build != said:
            found.warnings.append(f"{path.name}: {found.build_by} {said}, but the rows are {build}, which was used.")
        return Opened(path, source, build, sentence, [], found)

    def _check_placed(self, evidence: builds.Evidence, where: str) -> None:
        if evidence.records and not evidence.placed:
            raise InputError(
                Problem(
                    where,
                    f"none of its {evidence.records:,} records lies on a human chromosome; "
                    f"contigs: {', '.join(evidence.contigs)}.",
                    "calls on another genome, or on contigs that were renamed",
                    "name the contigs chr1 or 1, and so on, or give the right file.",
                )
            )


def _numbered(lines: Iterator[str], header: Header) -> Iterator[tuple[int, str]]:
    return enumerate(lines, header.first_record)


def _records(path: Path, header: Header) -> Iterator[tuple[int, str]]:
    """The records of a file, read again from the start."""
    lines = read_lines(path)
    for _ in range(header.first_record - 1):
        next(lines)
    return _numbered(lines, header)


def stated_build(said: str, where: str, naming: Naming) -> str:
    """A build by any of its names; "" for none. Raises InputError for a name that is not known."""
    if not said:
        return ""
    for build, names in naming.table["build_names"].items():
        if said.strip().lower() in (name.lower() for name in names):
            return str(build)
    raise InputError(
        Problem(
            where,
            f"the build {quote(said)} is not known.",
            "a spelling mistake, or another assembly",
            "write GRCh37 or GRCh38, or leave it empty.",
        )
    )


def _check(ledger: Ledger, specimen: Specimen) -> None:
    """Refuses where a problem was noted; and a defect of ours where the sums do not agree."""
    ledger.raise_problems(specimen.specimen)
    if ledger.read != ledger.kept + ledger.set_aside_records():
        raise AssertionError(
            f"{specimen.specimen}: {ledger.read} read, {ledger.kept} kept, {ledger.set_aside_records()} set aside"
        )
