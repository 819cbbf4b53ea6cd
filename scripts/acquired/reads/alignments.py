"""A specimen's BAM or CRAM opened: whole, indexed, on the right build and of the right sample, or refused."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pysam

from acquired.errors import InputError, Problem, quote
from acquired.intake.contigs import Naming
from acquired.whole import whole

_INDEXES = (".bai", ".csi", ".crai")


@dataclass
class Opened:
    """Alignments ready to be read. contigs: chromosome (chr7) to the file's own name for it.

    samples: names in the read groups (SM). groups: read groups of this specimen, None where all are. evidence: of the
    build, in a sentence. notes: what should be known and refuses nothing.
    """

    file: Any
    contigs: dict[str, str]
    samples: list[str]
    groups: frozenset[str] | None
    evidence: str
    header_digest: str
    notes: list[str] = field(default_factory=list)


@contextmanager
def opened(
    path: Path,
    build: str,
    lengths: Mapping[str, Mapping[str, int]],
    naming: Naming,
    names: Sequence[str],
    others: Mapping[str, str],
    fasta: Path | None,
    index_stem: Path,
) -> Iterator[Opened]:
    """Open `path` and prove that it can be used; InputError with what is wrong.

    build: of the specimen's calls. lengths: build to chromosome lengths. names: how this specimen may be called in read
    groups, the best first. others: names of the patient's other specimens (casefolded) to their ids. fasta: a whole
    genome, for CRAM. index_stem: where an index is made if none lies beside the file, whose own folder is
    never written to.
    """
    # A CRAM's reference is never looked for on the network: a run is offline.
    if "REF_PATH" not in os.environ:
        os.environ["REF_PATH"] = "/dev/null"
    verbosity = pysam.set_verbosity(0)
    file = None
    try:
        file, note = _open(path, fasta, index_stem)
        header = str(file.header)
        contigs, evidence = _prove_build(path.name, file, build, lengths, naming)
        samples, groups, notes = _choose_sample(path.name, file.header.to_dict(), names, others)
        digest = hashlib.sha256(header.encode()).hexdigest()
        yield Opened(file, contigs, samples, groups, evidence, digest, ([note] if note else []) + notes)
    except (OSError, pysam.SamtoolsError) as error:
        raise InputError(_unreadable(path, error, fasta)) from error
    finally:
        if file is not None:
            file.close()
        pysam.set_verbosity(verbosity)


def find_index(path: Path) -> Path | None:
    """The index that lies beside the alignments (x.bam.bai, x.bai, x.bam.csi, x.cram.crai), or None."""
    beside = [Path(f"{path}{end}") for end in _INDEXES] + [path.with_suffix(end) for end in _INDEXES]
    return next((found for found in beside if found.is_file() and found.stat().st_size), None)


def _open(path: Path, fasta: Path | None, index_stem: Path) -> tuple[Any, str]:
    reference = str(fasta) if fasta else None
    # Opened once without an index: the end-of-file marker and the header are looked at first.
    try:
        with pysam.AlignmentFile(str(path), reference_filename=reference, check_sq=False) as first:
            kind = "CRAM" if first.is_cram else "BAM" if first.is_bam else "SAM"
            order = first.header.to_dict().get("HD", {}).get("SO", "")
    except ValueError as error:  # also of a header whose fields are not what they must be
        raise OSError(str(error)) from error
    if kind == "SAM":
        raise InputError(
            Problem(
                path.name,
                "the alignments are a SAM file.",
                "they come straight from an aligner",
                "convert it: samtools sort -o x.bam x.sam, then index it.",
            )
        )
    index, note = find_index(path), ""
    if index is None:
        index = _own_index(path, index_stem, "crai" if kind == "CRAM" else "csi")
        if not index.exists():
            _make_index(path, index, kind, order)
        note = f"{path.name} has no index; one was made in the results folder."
    elif index.stat().st_mtime + 1 < path.stat().st_mtime:
        note = f"The index {index.name} is older than {path.name}; if reads seem to be missing, make it again."
    file = pysam.AlignmentFile(str(path), reference_filename=reference, index_filename=str(index))
    return file, note


def _own_index(path: Path, stem: Path, ending: str) -> Path:
    """Where an index of exactly this file lies: another file, or the same one written anew, has another. Others go."""
    state = path.stat()
    key = hashlib.sha256(f"{path.resolve()} {state.st_size} {state.st_mtime_ns}".encode()).hexdigest()[:12]
    own = stem.with_name(f"{stem.name}.{key}.{ending}")
    for other in stem.parent.glob(f"{stem.name}.*"):
        if other != own:
            other.unlink()
    return own


def _make_index(path: Path, index: Path, kind: str, order: str) -> None:
    try:
        with whole(index) as partial:
            pysam.index(*(["-c"] if kind == "BAM" else []), "-o", str(partial), str(path))
    except pysam.SamtoolsError as error:
        raise InputError(
            Problem(
                path.name,
                "the alignments have no index and none can be made"
                + (f"; the header says they are sorted by {quote(order)}." if order and order != "coordinate" else "."),
                "they are not sorted by coordinate, or damaged",
                "sort and index them: samtools sort -o sorted.bam x.bam; samtools index sorted.bam.",
            )
        ) from error


def _prove_build(
    name: str, file: Any, build: str, lengths: Mapping[str, Mapping[str, int]], naming: Naming
) -> tuple[dict[str, str], str]:
    """Chromosomes to the file's names, and the evidence. Lengths decide; chrM does not count, hg19 has another one."""
    contigs: dict[str, str] = {}
    fits: dict[str, int] = dict.fromkeys(lengths, 0)
    differs: list[str] = []
    for contig, length in zip(file.references, file.lengths, strict=True):
        chrom = naming.place(contig).chrom
        if not chrom or chrom in contigs:
            continue
        contigs[chrom] = contig
        if chrom == "chrM":
            continue
        for other, known in lengths.items():
            fits[other] += known[chrom] == length
        if lengths[build][chrom] != length:
            differs.append(f"{contig} has {length:,} bases, {build} has {lengths[build][chrom]:,}")
    counted = len(contigs.keys() - {"chrM"})
    if not counted:
        shown = ", ".join(quote(contig, 30) for contig in file.references[:5])
        raise InputError(
            Problem(
                name,
                f"none of the contigs of the alignments is a human chromosome: {shown or 'there is none'}.",
                "reads were not aligned, or aligned to another genome or to transcripts",
                f"give alignments to {build}.",
            )
        )
    if differs:
        better = [other for other, n in fits.items() if other != build and n == counted]
        raise InputError(
            Problem(
                name,
                f"the alignments are not on {build}, the build of the calls: {'; '.join(differs[:3])}.",
                f"the reads were aligned to {better[0]}" if better else "the reads were aligned to another assembly",
                f"give alignments to {build}, or calls made from these.",
            )
        )
    if "chrM" in contigs and file.get_reference_length(contigs["chrM"]) != lengths[build]["chrM"]:
        del contigs["chrM"]
    return contigs, f"{build} by the lengths of all {counted} chromosomes in the header of {name}."


def _choose_sample(
    name: str, header: Mapping[str, Any], names: Sequence[str], others: Mapping[str, str]
) -> tuple[list[str], frozenset[str] | None, list[str]]:
    """Names in the read groups, groups to use (None: all), notes. A single name is believed unless it is another's."""
    groups = header.get("RG", [])
    samples = sorted({str(group["SM"]) for group in groups if group.get("SM")})
    own = [sample for wanted in names for sample in samples if sample.casefold() == wanted.casefold()]
    if not samples:
        return samples, None, [f"{name} names no sample in its read groups; whose reads they are was not checked."]
    if own:
        if len(samples) == 1:
            return samples, None, []
        ids = frozenset(str(group["ID"]) for group in groups if group.get("SM") == own[0])
        left = ", ".join(quote(s) for s in samples if s != own[0])
        return samples, ids, [f"Of {name} only reads of {quote(own[0])} were used; it also holds {left}."]
    wanted = ", ".join(quote(n) for n in names)
    if len(samples) > 1:
        raise InputError(
            Problem(
                name,
                f"the read groups name {len(samples)} samples, none of them this specimen: "
                f"{', '.join(quote(s) for s in samples[:5])}; expected {wanted}.",
                "reads of several samples were merged",
                "give the reads of this specimen alone (samtools split), or call the specimen as its read groups do.",
            )
        )
    if (other := others.get(samples[0].casefold())) is not None:
        raise InputError(
            Problem(
                name,
                f"the reads are of {quote(samples[0])}, which is specimen {quote(other)} of this patient.",
                "the files of two specimens were exchanged in the sheet",
                "name the alignments of this specimen.",
            )
        )
    doubt = f"The read groups of {name} name the sample {quote(samples[0])}, not {wanted}"
    return samples, None, [f"{doubt}: check that the reads are this specimen's."]


def _unreadable(path: Path, error: Exception, fasta: Path | None) -> Problem:
    text = str(error)
    if path.suffix.lower() == ".cram" and "EOF" not in text:
        return Problem(
            path.name,
            f"the CRAM file cannot be read: {quote(text, 120)}.",
            "the genome in the config is not the one it was written against, or the file is damaged"
            if fasta
            else "its reference genome is not at hand (the bundled loci are not enough for a CRAM), or it is damaged",
            "name the genome it was written against under `reference:` in the config, or convert the file to BAM.",
        )
    return Problem(
        path.name,
        f"the alignments cannot be read: {quote(text, 120)}.",
        "the file was cut off, or is no BAM or CRAM file",
        "copy or make the file again; check it with samtools quickcheck.",
    )
