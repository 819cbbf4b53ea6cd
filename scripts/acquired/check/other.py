"""The heads of alignments and depth files."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from acquired.depth.kinds import tell
from acquired.errors import InputError, Problem, quote
from acquired.intake.alleles import Genome
from acquired.intake.contigs import Naming
from acquired.intake.lines import read_lines
from acquired.model import Specimen
from acquired.reads.alignments import find_index


def alignments(path: Path, specimen: Specimen, genomes: dict[str, Genome], naming: Naming) -> tuple[str, list[str]]:
    """Kind, build and sample of a BAM or CRAM by its header, and warnings (no index, an old one, another sample)."""
    import pysam

    verbosity = pysam.set_verbosity(0)
    try:
        with pysam.AlignmentFile(str(path), check_sq=False) as file:
            kind = "CRAM" if file.is_cram else "BAM" if file.is_bam else "SAM"
            header = file.header.to_dict()
            lengths = dict(zip(file.references, file.lengths, strict=True))
    except (OSError, ValueError) as error:
        what = f"the alignments cannot be read: {quote(error, 120)}."
        raise InputError(
            Problem(path.name, what, "the file is cut short, or no BAM or CRAM", "copy it again.")
        ) from None
    finally:
        pysam.set_verbosity(verbosity)
    if kind == "SAM":
        raise InputError(
            Problem(path.name, "the alignments are a SAM file.", "they come straight from an aligner",
                    "convert it: samtools sort -o x.bam x.sam, then index it.")
        )  # fmt: skip
    warnings = []
    index = find_index(path)
    if index is None:
        order = header.get("HD", {}).get("SO", "")
        if order and order != "coordinate":
            raise InputError(
                Problem(path.name, f"there is no index, and the reads are sorted by {quote(order)}.", "",
                        "sort and index them: samtools sort -o sorted.bam x.bam; samtools index sorted.bam.")
            )  # fmt: skip
        warnings.append(f"{path.name} has no index; the run makes one, for which it reads the whole file.")
    elif index.stat().st_mtime + 1 < path.stat().st_mtime:
        warnings.append(f"The index {index.name} is older than {path.name}; if reads are missing, make it again.")
    samples = sorted({str(g["SM"]) for g in header.get("RG", []) if g.get("SM")})
    own = {specimen.specimen.casefold(), specimen.sample.casefold()} - {""}
    if samples and not own & {s.casefold() for s in samples}:
        shown = ", ".join(quote(s, 40) for s in samples[:5])
        doubt = f"The read groups of {path.name} name {shown}, not {specimen.specimen}"
        warnings.append(f"{doubt}: check whose reads they are.")
    return f"{kind}; {_build(path, lengths, genomes, naming)}", warnings


def _build(path: Path, lengths: dict[str, int], genomes: dict[str, Genome], naming: Naming) -> str:
    """The build by the lengths of the chromosomes. Raises InputError where none has them."""
    placed = {naming.place(name).chrom: n for name, n in lengths.items()}
    placed = {chrom: n for chrom, n in placed.items() if chrom and chrom != "chrM"}  # hg19 has another chrM
    if not placed:
        shown = ", ".join(quote(name, 30) for name in list(lengths)[:5]) or "there is none"
        what = f"none of the contigs of the alignments is a human chromosome: {shown}."
        cause = "reads were aligned to another genome"
        raise InputError(Problem(path.name, what, cause, "give alignments to GRCh37 or GRCh38."))
    fits = [build for build, genome in genomes.items() if all(genome.contigs.get(c) == n for c, n in placed.items())]
    if not fits:
        raise InputError(
            Problem(path.name, "the chromosome lengths are those of neither GRCh37 nor GRCh38.",
                    "the reads were aligned to another assembly", "give alignments to GRCh37 or GRCh38.")
        )  # fmt: skip
    return f"{fits[0]} by the lengths of {len(placed)} chromosomes"


def depth(path: Path) -> tuple[str, list[str]]:
    """The kind of a depth file by its first lines. Raises InputError where it is none that is known."""
    header: list[str] = []
    for line in islice(read_lines(path), 200):
        cells = line.split("\t") if "\t" in line else line.split()
        if len(cells) < 3 or not cells[1].isdecimal():
            header = [cell.lstrip("#") for cell in cells]
            continue
        return tell(header, cells, None).name, []
    raise InputError(
        Problem(path.name, "there is no line with a chromosome and a position in its beginning.", "no depth file",
                "give a file of mosdepth, samtools depth, or a table as docs/inputs.md says.")
    )  # fmt: skip
