"""The laboratory's own genome FASTA: checked, indexed and renamed without a file beside it."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from acquired.errors import InputError, Problem, quote
from acquired.reference import bgzf
from acquired.reference.core import BUILDS, Reference, contig_lengths, contig_table

#: Share of the bundle's bases that may differ before a genome is refused (assemblies' patches and masked bases do not
#: come near it; a personal or another species' genome does).
MAX_DIFFERENT = 0.0005


def contig_names(resources: Path) -> dict[str, str]:
    """Every usual spelling of a main chromosome to its name here: chr7, 7, NC_000007.14 and NC_000007.13 to chr7."""
    names: dict[str, str] = {}
    for row in contig_table(resources):
        contig = row["contig"]
        bare = contig.removeprefix("chr")
        spellings = {contig, bare, f"Chr{bare}", f"CHR{bare}", row["GRCh38_refseq"], row["GRCh37_refseq"]}
        if bare == "M":
            spellings |= {"MT", "chrMT"}
        names |= dict.fromkeys(spellings, contig)
    return names


@dataclass
class UserGenome:
    """What was found in a genome that is good to use."""

    contigs: int  # sequences in the file
    renamed: int  # sequences under another name here
    differ: int  # bases unlike the bundle's
    compared: int  # bases compared with the bundle's
    notes: list[str] = field(default_factory=list)


def _check_file(fasta: Path) -> bool:
    """Whether `fasta` is BGZF (else plain text); InputError if it is neither, or no FASTA at all."""
    where = f"reference FASTA {fasta}"
    if not fasta.is_file():
        what = "is a directory, not a file." if fasta.is_dir() else "does not exist."
        raise InputError(Problem(where, what, "the path in the config is mistyped", "correct `reference:` there."))
    try:
        with fasta.open("rb") as handle:
            head = handle.read(18)
            handle.seek(max(fasta.stat().st_size - len(bgzf.END), 0))
            tail = handle.read()
    except OSError as error:
        raise InputError(
            Problem(where, f"cannot be read ({error.strerror}).", "its permissions", "let this user read it.")
        ) from None
    if head[:2] == b"\x1f\x8b":
        if len(head) == 18 and head[3] & 4 and head[12:14] == b"BC":
            if tail != bgzf.END:
                raise InputError(
                    Problem(where, "ends in the middle.", "an interrupted download or copy", "fetch or copy it again.")
                )
            return True
        raise InputError(
            Problem(
                where,
                "is compressed with plain gzip, in which no place can be looked up.",
                "it was downloaded as .gz and never blocked",
                "recompress it: gunzip -c FILE | bgzip > NEW.fa.gz; or decompress it.",
            )
        )
    if not head.startswith(b">"):
        raise InputError(
            Problem(
                where,
                f"does not begin with '>': {quote(head.decode('latin-1'), 12)}.",
                "it is not a FASTA file, or it is empty",
                "name a FASTA of the build.",
            )
        )
    return False


def _index(fasta: Path, link: Path, blocked: bool) -> None:
    """Put `link`.fai (and .gzi) in place: the user's own where they are not older than the FASTA, else made anew."""
    import pysam

    own = [Path(f"{fasta}{suffix}") for suffix in ((".fai", ".gzi") if blocked else (".fai",))]
    stamp = fasta.stat().st_mtime
    if all(path.is_file() and path.stat().st_mtime >= stamp for path in own):
        for path in own:
            Path(f"{link}{path.suffix}").write_bytes(path.read_bytes())
    else:
        try:
            pysam.faidx(str(link))
        except pysam.SamtoolsError as error:
            reason = str(error).strip().splitlines()[-1][:200]
            raise InputError(
                Problem(
                    f"reference FASTA {fasta}",
                    f"cannot be indexed: {quote(reason, 160)}.",
                    "it is truncated, or its lines are of different lengths",
                    "fetch it again, or rewrite it with: samtools faidx.",
                )
            ) from None
    if not blocked:  # the workflow lists the file; htslib does not read it for a plain FASTA
        Path(f"{link}.gzi").write_bytes(struct.pack("<Q", 0))


def _check_lengths(where: str, resources: Path, build: str, found: dict[str, int]) -> list[str]:
    """Notes on what is missing; InputError if the lengths are not of `build`."""
    expected = contig_lengths(resources, build)
    main = [chrom for chrom in expected if chrom != "chrM"]
    wrong = [chrom for chrom in main if chrom in found and found[chrom] != expected[chrom]]
    if wrong or not any(chrom in found for chrom in main):
        others = [b for b in BUILDS if b != build]
        other = [b for b in others if wrong and all(found[c] == contig_lengths(resources, b)[c] for c in wrong)]
        if other:
            cause, remedy = f"it is {other[0]}", f"name it under {other[0]}, and a FASTA of {build} here."
        elif wrong:
            cause, remedy = "another assembly, or a truncated file", f"name a FASTA of {build}."
        else:
            cause, remedy = "its chromosomes have unusual names", "name them 1 … 22, X, Y or chr1 … chrY."
        what = (
            f"{wrong[0]} has {found[wrong[0]]} bases; {build} has {expected[wrong[0]]} ({len(wrong)} differ)."
            if wrong
            else "holds no chromosome of the human genome by a known name."
        )
        raise InputError(Problem(where, what, cause, remedy))
    missing = [chrom for chrom in main if chrom not in found]
    needed = [chrom for chrom in missing if chrom != "chrY"]
    if needed:
        raise InputError(
            Problem(
                where,
                f"lacks {', '.join(needed)}.",
                "it is a part of the genome",
                "name the whole genome, or none: the bundled reference is used then.",
            )
        )
    notes = [f"{chrom} is not in the genome FASTA." for chrom in missing]
    if found.get("chrM") != expected["chrM"]:
        notes.append(
            "chrM of the genome FASTA is not the revised Cambridge sequence, and is not used."
            if "chrM" in found
            else "chrM is not in the genome FASTA."
        )
    return notes


def link_genome(fasta: Path, draft: Path, resources: Path, build: str) -> UserGenome:
    """Make `draft`/genome.fa.gz a link to `fasta`, with an index under the names used here.

    The link has that name whether or not the file is compressed (htslib looks at the content, not at the name). Raises
    InputError where the FASTA is missing, not blocked, of another build or unlike the bundle's bases.
    """
    where = f"reference FASTA {fasta}"
    blocked = _check_file(fasta)
    link = draft / "genome.fa.gz"
    link.symlink_to(fasta.resolve())
    _index(fasta, link, blocked)
    index = Path(f"{link}.fai")
    rows = [line.split("\t") for line in index.read_text(encoding="utf-8", errors="replace").splitlines()]
    if not rows or any(len(row) < 5 or not row[1].isdigit() for row in rows):
        raise InputError(Problem(where, "has an index (.fai) that cannot be read.", "it is damaged", "delete it."))
    names = contig_names(resources)
    twice = sorted({names[row[0]] for row in rows if row[0] in names and _count(rows, names, names[row[0]]) > 1})
    if twice:
        raise InputError(
            Problem(where, f"holds {', '.join(twice)} twice, under two names.", "two genomes in one file", "keep one.")
        )
    lengths = {names[row[0]]: int(row[1]) for row in rows if row[0] in names}
    notes = _check_lengths(where, resources, build, lengths)
    for row in rows:
        row[0] = names.get(row[0], row[0])
        if row[0] == "chrM" and int(row[1]) != contig_lengths(resources, build)["chrM"]:
            row[0] = "chrM_not_rCRS"
    renamed = "".join("\t".join(row) + "\n" for row in rows)
    changed = sum(a != b for a, b in zip(index.read_text().splitlines(), renamed.splitlines(), strict=True))
    index.write_text(renamed, encoding="utf-8")
    os.utime(index)  # never older than the link
    try:
        differ, compared = _compare(link, Reference.open(resources, build))
    except (OSError, ValueError) as error:
        raise InputError(
            Problem(
                where,
                f"cannot be read where its index points ({quote(error, 80)}).",
                "it is truncated, or its index (.fai, .gzi) is of another file",
                "fetch it again, and delete an old .fai and .gzi beside it.",
            )
        ) from None
    if differ > MAX_DIFFERENT * max(compared, 1):
        raise InputError(
            Problem(
                where,
                f"{differ} of {compared} bases in the bundled genes are unlike {build}.",
                "a personal or patched genome, or an index (.fai) that is not of this file",
                f"name the unchanged {build}, and delete an old .fai beside it.",
            )
        )
    return UserGenome(len(rows), changed, differ, compared, notes)


def _count(rows: list[list[str]], names: dict[str, str], chrom: str) -> int:
    return sum(names.get(row[0]) == chrom for row in rows)


def _compare(link: Path, reference: Reference) -> tuple[int, int]:
    """(bases that differ, bases compared) between a genome and the bundle; unknown bases of either do not count."""
    import pysam

    genome: Any = pysam.FastaFile(str(link))
    differ = compared = 0
    here = set(genome.references)
    for chrom in reference.contigs:
        for start, end in reference.blocks(chrom) if chrom in here else ():
            ours, theirs = reference.fetch(chrom, start, end), genome.fetch(chrom, start - 1, end).upper()
            if ours == theirs:
                compared += len(ours)
                continue
            pairs = [(a, b) for a, b in zip(ours, theirs, strict=False) if b in "ACGT"]
            compared += len(pairs)
            differ += sum(a != b for a, b in pairs) + len(ours) - len(theirs)
    return differ, compared
