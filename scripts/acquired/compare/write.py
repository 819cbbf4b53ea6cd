"""Writes compared.bcf: as VCF text in pieces, each turned into BCF by htslib, joined at the end.

That is cheaper than making pysam records one by one, and in pieces a genome needs little disk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from pysam import bcftools

from acquired.whole import workshop

#: Kind, id, number, type and description of each field. Lists over comparisons are parallel.
_FIELDS = (
    ("INFO", "TRAJECTORY", ".", "String", "How the allele moved, in each comparison of compared.json"),
    ("INFO", "BASIS", ".", "String", "What emerged or cleared stands on: depth, assay, measured, calls"),
    (
        "INFO",
        "CHANGE_P",
        ".",
        "Float",
        "Test of the change, in each comparison: Fisher exact, one-sided for emerged and cleared, "
        "and not less than that of the error rate",
    ),
    ("INFO", "CHANGE_Q", ".", "Float", "Benjamini-Hochberg q of CHANGE_P among all alleles tested in the comparison"),
    ("INFO", "BEFORE", ".", "String", "Baseline specimen the statement rests on, in each comparison"),
    ("INFO", "AFTER", ".", "String", "Follow-up specimen the statement rests on, in each comparison"),
    (
        "INFO",
        "EARLIER",
        ".",
        "String",
        "Last specimen before a baseline without the allele that had it, in each comparison",
    ),
    ("INFO", "DOUBT", ".", "String", "Why no more is claimed of an unresolved or unseen allele, in each comparison"),
    ("INFO", "GIVEN", ".", "String", "Spellings in the input files where they differ, as chrom:pos:ref:alt"),
    ("INFO", "PARTS", ".", "String", "Parts that stand for this MNV in a specimen, as chrom:pos:ref:alt"),
    ("INFO", "OUTSIDE", "0", "Flag", "No reference bases here: trimmed, not left-aligned"),
    ("INFO", "NAMED", ".", "String", "Annotation in the input file: gene|transcript|hgvs_c|hgvs_p|consequence"),
    ("INFO", "NORMAL_DP", "1", "Integer", "Depth in the matched normal"),
    ("INFO", "NORMAL_AC", "1", "Integer", "Alternative reads in the matched normal"),
    ("FORMAT", "GT", "1", "String", "Genotype as the caller had it"),
    ("FORMAT", "ST", "1", "String", "called, filtered, genotyped, absent, low, not_called or not_assessed"),
    ("FORMAT", "DP", "1", "Integer", "Depth"),
    ("FORMAT", "AD", "R", "Integer", "Reference and alternative reads"),
    ("FORMAT", "VAF", "1", "Float", "Variant allele fraction"),
    ("FORMAT", "HV", "1", "Float", "Hidden VAF: one-sided Clopper-Pearson bound, or the stated limit of the assay"),
    ("FORMAT", "FT", "1", "String", "The caller's filters of this specimen's record"),
    ("FORMAT", "SRC", "1", "String", "What the observation was read from"),
    ("FORMAT", "PS", "1", "Integer", "Phase set"),
    ("FORMAT", "SB", "4", "Integer", "Reads by strand: ref forward, ref reverse, alt forward, alt reverse"),
)


def header(contigs: Mapping[str, int], specimens: Sequence[str]) -> str:
    """The VCF header of compared.bcf. contigs: names and lengths in order."""
    lines = ["##fileformat=VCFv4.3\n"]
    for kind, name, number, type_, told in _FIELDS:
        lines.append(f'##{kind}=<ID={name},Number={number},Type={type_},Description="{told}">\n')
    lines += [f"##contig=<ID={name},length={length}>\n" for name, length in contigs.items()]
    lines.append("\t".join(["#CHROM POS ID REF ALT QUAL FILTER INFO FORMAT".replace(" ", "\t"), *specimens]) + "\n")
    return "".join(lines)


def line(chrom: str, pos: int, ref: str, alt: str, info: str, columns: str) -> str:
    """One line of compared.bcf as VCF text. columns: FORMAT and the samples."""
    return f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t.\t.\t{info or '.'}\t{columns}\n"


class BcfWriter:
    """A context that takes lines of VCF text and leaves a whole BCF at `path`, or nothing if it failed."""

    def __init__(
        self,
        path: Path,
        head: str,
        piece: int = 250_000,
        finish: Callable[[list[str]], list[str]] | None = None,
    ) -> None:
        """head: the header's text. piece: lines turned into BCF at a time. finish: what is done to all lines at the
        end, where they are no more than one piece."""
        self._path, self._head, self._piece, self._finish = path, head, piece, finish
        self._beside = workshop(path)
        self._lines: list[str] = [head]
        self._pieces: list[str] = []

    def write(self, text: str) -> None:
        """Add one line, with its newline."""
        self._lines.append(text)
        if len(self._lines) > self._piece:
            self._flush()

    def _flush(self) -> None:
        stem = self._folder / str(len(self._pieces))
        text, bcf = stem.with_suffix(".vcf"), stem.with_suffix(".bcf")
        with text.open("w", encoding="utf-8") as out:
            out.writelines(self._lines)
        bcftools.view("--no-version", "-Ob", "-l", "1", "-o", str(bcf), str(text), catch_stdout=False)
        text.unlink()
        self._lines = [self._head]
        self._pieces.append(str(bcf))

    def __enter__(self) -> BcfWriter:
        self._folder = self._beside.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if kind is not None:
            return bool(self._beside.__exit__(kind, error, trace))
        with ExitStack() as stack:
            stack.push(self._beside.__exit__)
            self._put_in_place()
        return False

    def _put_in_place(self) -> None:
        if not self._pieces and self._finish is not None:
            self._lines[1:] = self._finish(self._lines[1:])
        if len(self._lines) > 1 or not self._pieces:
            self._flush()
        whole = self._pieces[0]
        if len(self._pieces) > 1:
            whole = str(self._folder / "whole.bcf")
            bcftools.concat("--naive", "-o", whole, *self._pieces, catch_stdout=False)
        Path(whole).replace(self._path)
