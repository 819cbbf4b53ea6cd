"""One copy-number file of a specimen to its genes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from acquired.bundled import read_yaml
from acquired.copynumber.genes import Limits, gene_rows
from acquired.copynumber.segments import Segment, read_table_segments
from acquired.copynumber.shared import Account, Symbols
from acquired.copynumber.vcf import read_vcf_segments
from acquired.errors import InputError, Problem
from acquired.model import Specimen
from acquired.reference import Reference
from acquired.reference.core import BUILDS


def read_copy_number(
    path: Path, specimen: Specimen, reference: Reference, resources: Path, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """{"copy_number": rows, "copy_number_looked_at": "all" or genes, "account": {...}} of one file.

    The rows are those of `<specimen>.alterations.json`. Looked at is what a segment or a row of the file covers; "all"
    for a VCF that lists only changes, where a gene that is not in it is `not called`. settings: the config
    (`copy_number` is used). The specimen's stated tumour fraction is its purity. Raises InputError with every problem.
    """
    account = Account("copy number", path.name)
    dialects = read_yaml(resources / "dialects" / "copy_number.yaml")
    limits, purity = Limits.of(settings), purity_of(specimen)
    lists_changes = False
    if is_vcf(path):
        segments = read_vcf_segments(
            path, specimen.sample, specimen.specimen, reference, dialects["vcf"], resources, account
        )
        lists_changes = not any(s.state == "" and s.copies in (None, 2) and abs(s.log2 or 0) < 0.1 for s in segments)
    else:
        symbols = Symbols(resources, reference.genes)
        segments = read_table_segments(
            path, specimen.sample, specimen.specimen, reference, symbols, dialects, resources, account
        )
        if not account.problems:
            _prove_build(path, segments, reference, resources)
    account.close()
    rows = gene_rows(segments, reference, purity, limits, account)
    looked: str | list[str] = "all" if lists_changes else [row["gene"] for row in rows]
    return {"copy_number": rows, "copy_number_looked_at": looked, "account": account.as_dict()}


def purity_of(specimen: Specimen) -> float | None:
    """The stated tumour fraction, where it is one that can be reckoned with."""
    text = specimen.facts.get("tumour_fraction", "")
    return float(text) if text and float(text) > 0 else None


def is_vcf(path: Path) -> bool:
    """Whether a file is a VCF or BCF, by its first bytes (unpacked)."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(b"\x1f\x8b"):
        head = load_head(path)
    return head.startswith((b"##fi", b"BCF", b"\xef\xbb\xbf#")) and not head.startswith(b"\xef\xbb\xbf#g")


def load_head(path: Path) -> bytes:
    """The first four bytes of a gzip file's content; empty where it is damaged (the reader says so)."""
    import gzip
    import zlib

    try:
        with gzip.open(path) as packed:
            return packed.read(4)
    except (OSError, EOFError, zlib.error):
        return b""


def _prove_build(path: Path, segments: list[Segment], reference: Reference, resources: Path) -> None:
    """Gene rows that give a place must lie on their genes; refuses where the other build fits and this one does not."""
    placed = [s for s in segments if s.gene and s.chrom and reference.transcripts(s.gene)]
    if len(placed) < 3:
        return
    other = Reference.open(resources, next(b for b in BUILDS if b != reference.build))

    def fit(of: Reference) -> int:
        return sum(
            any(t.chrom == s.chrom and t.start <= s.end and s.start <= t.end for t in of.transcripts(s.gene))
            for s in placed
        )

    here, there = fit(reference), fit(other)
    if here * 2 < len(placed) and there > here:
        raise InputError(
            Problem(
                path.name,
                f"only {here} of {len(placed)} genes lie where {reference.build} has them; {there} fit {other.build}.",
                f"the file is on {other.build}",
                f"give the file on {reference.build}, as the variant calls are.",
            )
        )
