"""`python -m acquired annotate --build GRCh37 FILE.vcf`: the names of every variant of a file, as a table."""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from acquired.annotate.annotator import Annotator
from acquired.annotate.haplotype import combined
from acquired.annotate.named import annotation_from_named
from acquired.errors import InputError, Problem, quote
from acquired.model import Allele, Annotation
from acquired.stage import RESOURCES

COLUMNS = ("chrom", "pos", "ref", "alt", "gene", "transcript", "hgvs_c", "hgvs_p", "protein", "consequence")
_BASES = re.compile(r"[ACGTNacgtn]+\Z")
_MOST_PROBLEMS = 20
#: One molecule of one sample: (sample, phase set, side), to the alleles on it.
Molecules = dict[tuple[str, str, int], list[Allele]]


def add_parser(subparsers: Any) -> None:
    """Add `annotate` to the command line."""
    parser = subparsers.add_parser(
        "annotate",
        help="name every variant of a VCF on the bundled transcripts, as a table",
        description="Writes a tab-separated table: a row for each alternative and gene, on the gene's clinical "
        "transcript. Phased variants of one codon, or that mend each other's frame, get a further row, joined by +. "
        "Genes outside the bundle are named from CSQ or ANN in the file where it has them.",
    )
    parser.add_argument("file", type=Path, metavar="FILE.vcf", help="VCF (plain, gzip, BGZF) or BCF")
    parser.add_argument("--build", required=True, choices=("GRCh37", "GRCh38"), help="genome build of the file")
    parser.add_argument("--reference", type=Path, metavar="FASTA", help="your own indexed genome, for every gene")
    parser.add_argument("--gff", type=Path, metavar="GFF3", help="your own transcripts, for genes outside the bundle")
    parser.add_argument("--all-transcripts", action="store_true", help="also name on a gene's other transcripts")
    parser.add_argument("--resources", type=Path, default=RESOURCES, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the table. Raises InputError for a file that cannot be read or contradicts the build."""
    from acquired.reference import Reference

    if not (args.reference or args.gff):
        return _print(args, Annotator(Reference.open(args.resources, args.build)))
    from acquired.reference.build import build_reference

    with tempfile.TemporaryDirectory(prefix="acquired-annotate-") as folder:
        built = Path(folder) / args.build
        build_reference(args.resources, args.build, built, args.reference, args.gff)
        return _print(args, Annotator(Reference.open(args.resources, args.build, built)))


class _Record(NamedTuple):
    """One line: numbers and texts as the file has them; place: its chromosome as chr…, empty if it is none."""

    line: int
    chrom: str
    place: str
    pos: int
    ref: str
    alts: list[str]
    info: str
    samples: list[str]


class _File:
    """A call file that is read twice: to be checked, and to be named."""

    def __init__(self, path: Path, resources: Path):
        from acquired.intake.contigs import Naming
        from acquired.intake.dialects import read_tables
        from acquired.reference import contig_table

        self.path = path
        self.naming = Naming(read_tables(resources / "dialects")[1], contig_table(resources))

    def __iter__(self) -> Iterator[_Record]:
        from acquired.intake.header import read_header
        from acquired.intake.lines import read_lines
        from acquired.intake.named import namer

        lines = read_lines(self.path)
        header = read_header(lines, self.path.name)
        self.samples, self.namer, self.contigs = header.samples, namer(header), header.contigs
        problems: list[Problem] = []
        for number, line in enumerate(lines, header.first_record):
            if not line.strip() or line.startswith("#"):
                continue
            fields = line.split("\t")
            where = f"{self.path.name} line {number}"
            if len(fields) < 5:
                problems.append(Problem(where, f"the record {quote(line)} has {len(fields)} columns.",
                                        "blanks instead of tabs, or a cut line", "make the file again."))  # fmt: skip
            elif not fields[1].isdecimal():
                problems.append(Problem(where, f"POS is {quote(fields[1])}.", "the columns are shifted",
                                        "POS must be a whole number."))  # fmt: skip
            elif not _BASES.match(fields[3]):
                problems.append(Problem(where, f"REF is {quote(fields[3])}.", "the columns are shifted",
                                        "REF must be bases (A, C, G, T, N)."))  # fmt: skip
            else:
                place = self.naming.place(fields[0]).chrom
                yield _Record(number, fields[0], place, int(fields[1]), fields[3], fields[4].split(","),
                              fields[7] if len(fields) > 7 else "", fields[8:])  # fmt: skip
            if len(problems) >= _MOST_PROBLEMS:
                break
        if problems:
            raise InputError(*problems)


def _print(args: argparse.Namespace, annotator: Annotator) -> int:
    file = _File(args.file, args.resources)
    _check(file, annotator)
    out = sys.stdout
    out.write("\t".join(COLUMNS) + "\n")
    molecules: Molecules = {}
    given: dict[Allele, tuple[str, str, str, str]] = {}
    for record in file:
        named = _file_names(file, record)
        for number, alt in enumerate(record.alts, 1):
            row = (record.chrom, str(record.pos), record.ref, alt)
            allele = Allele(record.place, record.pos, record.ref.upper(), alt.upper())
            found, reason = _annotations(annotator, allele, named.get(number, []), args.all_transcripts)
            for annotation in found:
                _write(row, annotation)
            if not found:
                out.write("\t".join((*map(_clean, row), *[""] * 5, reason)) + "\n")
            elif any(a.protein for a in found):
                _note_phase(file.samples, record, number, allele, molecules)
                given[allele] = row
    done = set()
    for _, alleles in sorted(molecules.items()):
        for group, annotation in combined(annotator, alleles) if len(alleles) > 1 else []:
            if tuple(group) not in done:
                done.add(tuple(group))
                rows = [given[allele] for allele in group]
                _write((rows[0][0], *("+".join(row[i] for row in rows) for i in (1, 2, 3))), annotation)
    return 0


def _check(file: _File, annotator: Annotator) -> None:
    """Reads the file once: malformed lines, and whether its REF bases are those of the build."""
    known = 0
    wrong: list[_Record] = []
    records = 0
    for record in file:
        records += 1
        bases = annotator.reference.fetch(record.place, record.pos, record.pos + len(record.ref) - 1)
        if "N" not in bases and "N" not in record.ref.upper():
            known += 1
            if bases != record.ref.upper():
                wrong.append(record)
    _check_lengths(file, annotator)
    if not records:
        print(f"acquired: {file.path.name}: the file has no records.", file=sys.stderr)
    if not wrong:
        return
    build = annotator.reference.build
    if 2 * len(wrong) > known:
        other = "GRCh37" if build == "GRCh38" else "GRCh38"
        raise InputError(Problem(
            f"{file.path.name} line {wrong[0].line}",
            f"REF {quote(wrong[0].ref)} at {wrong[0].chrom}:{wrong[0].pos} is not what {build} has there; so with "
            f"{len(wrong)} of {known} records on known bases.",
            f"the file is of another build than {build}", f"try --build {other}."))  # fmt: skip
    for record in wrong[:_MOST_PROBLEMS]:
        what = f"REF {quote(record.ref)} at {record.chrom}:{record.pos} is not what {build} has there"
        print(f"acquired: {file.path.name} line {record.line}: {what}; named as it stands.", file=sys.stderr)
    if len(wrong) > _MOST_PROBLEMS:
        print(f"acquired: {file.path.name}: so with {len(wrong) - _MOST_PROBLEMS} more records.", file=sys.stderr)


def _check_lengths(file: _File, annotator: Annotator) -> None:
    """The header's chromosome lengths, where it has any, are the build's: an InputError where none is."""
    reference = annotator.reference
    lengths = {name: (file.naming.place(name).chrom, length) for name, length in file.contigs.items() if length}
    compared = [(name, chrom, length) for name, (chrom, length) in lengths.items() if chrom and chrom != "chrM"]
    if compared and all(reference.contigs.get(chrom) != length for _, chrom, length in compared):
        name, chrom, length = compared[0]
        raise InputError(Problem(
            f"{file.path.name}, header", f"contig {quote(name)} is {length} long; in {reference.build} it is "
            f"{reference.contigs.get(chrom)}.", f"the file is of another build than {reference.build}",
            "name the right one with --build."))  # fmt: skip


def _annotations(
    annotator: Annotator, allele: Allele, named: list[Annotation], aliases: bool
) -> tuple[list[Annotation], str]:
    """The annotations to print, or none and why."""
    if not _BASES.match(allele.alt):
        what = {"*": "overlapping deletion (*)", ".": "no alternative"}.get(allele.alt, "symbolic allele")
        return [], f"{what}, not annotated"
    if allele.alt == allele.ref:
        return [], "no change, not annotated"
    if not allele.chrom:
        return named, "contig outside the primary assembly, not annotated"
    ours = annotator.annotate(allele)
    genes = {a.gene for a in ours}
    shown = [a for a in ours if a.clinical or aliases] or ours
    return shown + [a for a in named if a.gene not in genes], "intergenic_variant"


def _file_names(file: _File, record: _Record) -> dict[int, list[Annotation]]:
    """Annotations from CSQ or ANN, by number of the alternative."""
    if file.namer is None:
        return {}
    found: dict[int, list[Annotation]] = {}
    for number, alt in enumerate(record.alts, 1):
        told = file.namer(record.info, record.ref, alt, number, len(record.alts))
        found[number] = [a for text in told.split(",") if text and (a := annotation_from_named(text))]
    return found


def _note_phase(samples: list[str], record: _Record, number: int, allele: Allele, molecules: Molecules) -> None:
    """Remembers the molecules a phased genotype puts the allele on."""
    if len(record.samples) < 2:
        return
    keys = record.samples[0].split(":")
    for sample, text in zip(samples, record.samples[1:], strict=False):
        values = dict(zip(keys, text.split(":"), strict=False))
        if "|" in values.get("GT", ""):
            for side, called in enumerate(values["GT"].split("|")):
                if called == str(number):
                    molecules.setdefault((sample, values.get("PS", ""), side), []).append(allele)


def _write(row: tuple[str, ...], a: Annotation) -> None:
    names = (a.gene, a.transcript, a.hgvs_c, a.hgvs_p, a.protein, a.consequence)
    sys.stdout.write("\t".join(map(_clean, (*row, *names))) + "\n")


def _clean(text: str) -> str:
    """A field that cannot break the table."""
    return "".join(c if c.isprintable() else "?" for c in text)
