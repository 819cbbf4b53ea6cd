"""The laboratory of the truth suite: simulated reads, aligned by bwa and called by freebayes, as in a core laboratory.

Only the windows of the simulation are aligned to (a genome of N would take bwa an hour to index); coordinates are
moved to the chromosomes afterwards, in the alignments and in the calls.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pysam

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit"))
from reads_kit import GRCH38, Fragment, Haplotype, haplotype, header, simulate, write_fastq

TOOLS = ("bwa", "freebayes")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]

Window = tuple[str, int, int]
#: Fractions of molecules and the variants (pos, ref, alt) they carry; the rest of a window is the reference.
Mixture = list[tuple[float, list[tuple[int, str, str]]]]


def molecules(window: Window, mixture: Mixture) -> list[tuple[float, Haplotype]]:
    """The haplotypes of a window with their fractions, the reference for what is left."""
    rest = 1 - sum(share for share, _ in mixture)
    return [(rest, haplotype(*window)), *((share, haplotype(*window, variants)) for share, variants in mixture)]


def sequence(
    folder: Path, specimen: str, contents: dict[Window, Mixture], depth: int, seed: int
) -> tuple[Path, Path, list[Fragment]]:
    """One specimen: BAM and VCF on the chromosomes of GRCh38, and the fragments with their true source."""
    genome = folder / "windows.fa"
    if not genome.exists():
        genome.write_text("".join(f">{_name(w)}\n{GRCH38.fetch(*w)}\n" for w in sorted(contents)))
        _run("bwa", "index", str(genome))
        pysam.faidx(str(genome))
    fragments = [
        fragment
        for i, (window, mixture) in enumerate(sorted(contents.items()))
        for fragment in simulate(seed + i, molecules(window, mixture), depth)
    ]
    one, two = write_fastq(folder, specimen, fragments)
    local, bam = folder / f"{specimen}.local.bam", folder / f"{specimen}.bam"
    sam = folder / f"{specimen}.sam"
    group = f"@RG\\tID:rg1\\tSM:{specimen}"
    sam.write_bytes(_run("bwa", "mem", "-t", "2", "-R", group, str(genome), str(one), str(two)))
    pysam.sort("-o", str(local), str(sam))
    pysam.index(str(local))
    _move_alignments(local, bam, specimen)
    calls = _run("freebayes", "-f", str(genome), "-F", "0.05", "-C", "3", "--pooled-continuous", "-m", "20", "-q", "20",
                 str(local)).decode()  # fmt: skip
    vcf = folder / f"{specimen}.vcf"
    vcf.write_text(_move_calls(calls))
    return bam, vcf, fragments


def true_counts(fragments: list[Fragment], window: Window, mixture: Mixture, pos: int, ref: str, alt: str) -> int:
    """Fragments that carry a variant and have a read over all of it."""
    carriers = {i + 1 for i, (_, variants) in enumerate(mixture) if (pos, ref, alt) in variants}
    return sum(
        f.chrom == window[0]
        and f.source in carriers
        and any(window[1] <= r.start0 + 1 <= pos and pos + len(ref) <= _end(r) for r in (f.left, f.right))
        for f in fragments
    )


def _end(read) -> int:
    return read.start0 + sum(n for operation, n in read.cigar if operation in (0, 2))


def _name(window: Window) -> str:
    return f"{window[0]}_{window[1]}"


def _move_alignments(local: Path, bam: Path, specimen: str) -> None:
    made = pysam.AlignmentHeader.from_dict(header(specimen))
    with pysam.AlignmentFile(str(local)) as source:
        moved = []
        for row in source:
            values = row.to_dict()
            for name, place in (("ref_name", "ref_pos"), ("next_ref_name", "next_ref_pos")):
                own = values["ref_name"] if values[name] == "=" else values[name]
                if own != "*" and "_" in own:
                    chrom, _, start = own.partition("_")
                    values[place] = str(int(values[place]) + int(start) - 1)
                    if name == "next_ref_name" or values[name] != "=":
                        values[name] = chrom
            values["tags"] = [tag for tag in values["tags"] if not tag.startswith(("XA", "SA"))]
            moved.append(pysam.AlignedSegment.from_dict(values, made))
    moved.sort(key=lambda s: (s.reference_id if s.reference_id >= 0 else 99, s.reference_start))
    with pysam.AlignmentFile(str(bam), "wb", header=made) as out:
        for row in moved:
            out.write(row)
    pysam.index(str(bam))


def _move_calls(text: str) -> str:
    contigs = "".join(f"##contig=<ID={name},length={n}>\n" for name, n in GRCH38.contigs.items())
    lines, rows = [], []
    for line in text.splitlines(keepends=True):
        if line.startswith(("##contig", "##commandline", "##reference")):
            continue
        if line.startswith("#CHROM"):
            lines.append(contigs)
        if line.startswith("#"):
            lines.append(line)
            continue
        name, pos, rest = line.split("\t", 2)
        chrom, _, start = name.partition("_")
        rows.append((chrom, int(pos) + int(start) - 1, rest))
    order = {name: i for i, name in enumerate(GRCH38.contigs)}
    rows.sort(key=lambda row: (order[row[0]], row[1]))
    return "".join(lines) + "".join(f"{chrom}\t{pos}\t{rest}" for chrom, pos, rest in rows)


def _run(*command: str) -> bytes:
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, f"{command[0]}: {done.stderr.decode()[-2000:]}"
    return done.stdout
