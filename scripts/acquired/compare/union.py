"""All specimens' alleles side by side, streamed in order of place; memory does not grow with the files.

Records travel as text fields, not as pysam objects, whose attributes cost more than a split; a genome
pair has ten million of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pysam
from pysam import bcftools

from acquired.whole import beside

#: A record's columns: chrom, pos, id, ref, alt, qual, and the rest (filter, info, format, sample) unsplit.
Fields = list[str]

#: One allele of the union: a record, or None, for each specimen.
Row = list[Fields | None]

#: Ref and alt to the row, for the alleles of one place.
Alleles = dict[tuple[str, str], Row]

#: A place as one number that sorts: contig's rank in the upper bits, 1-based position in the lower ones.
POSITION_BITS = 32
POSITION = (1 << POSITION_BITS) - 1

#: What stands for the next record where a file has ended: behind every place.
_END: tuple[int, Fields] = (1 << 2 * POSITION_BITS, [])


def _open(path: Path) -> pysam.VariantFile:
    """A BCF read from its start; htslib's complaint about the index that is not needed is kept quiet."""
    level = pysam.set_verbosity(0)
    try:
        return pysam.VariantFile(str(path))
    finally:
        pysam.set_verbosity(level)


def contigs(path: Path) -> dict[str, int]:
    """Names and lengths of the contigs in the header of a normalised BCF, in their order."""
    with _open(path) as file:
        return {str(name): int(file.header.contigs[name].length or 0) for name in file.header.contigs}


def read(path: Path, ranks: dict[str, int], folder: Path) -> Iterator[tuple[int, Fields]]:
    """Place and columns of each record of a normalised BCF, in the file's order. folder: for its text meanwhile.

    Raises ValueError if the records are not sorted: intake promises that they are.
    """
    with beside(folder / f"{path.name}.vcf") as scratch:
        bcftools.view("--no-header", "--no-version", "-Ov", "-o", str(scratch), str(path), catch_stdout=False)
        chrom, last, start = "", -1, 0
        with scratch.open(encoding="utf-8", newline="\n") as text:
            for line in text:
                fields = line[:-1].split("\t", 6)
                if fields[0] != chrom:
                    chrom = fields[0]
                    start = ranks[chrom] << POSITION_BITS
                place = start | int(fields[1])
                if place < last:
                    raise ValueError(f"{path.name} is not sorted at {chrom}:{fields[1]}")
                last = place
                yield place, fields


def union(paths: Sequence[Path], ranks: dict[str, int], folder: Path) -> Iterator[tuple[int, Alleles]]:
    """Each place where any specimen has a record, with all alleles there, in order of place. folder: for scratch.

    Raises ValueError if one file lists an allele twice: intake promises that duplicates are merged.
    """
    readers = [read(path, ranks, folder) for path in paths]
    heads = [next(reader, _END) for reader in readers]
    places = [head[0] for head in heads]
    while (place := min(places)) != _END[0]:
        alleles: Alleles = {}
        for i, reader in enumerate(readers):
            while places[i] == place:
                fields = heads[i][1]
                key = (fields[3], fields[4])
                row = alleles.get(key)
                if row is None:
                    row = alleles[key] = [None] * len(readers)
                elif row[i] is not None:
                    raise ValueError(f"{paths[i].name} lists {fields[0]}:{fields[1]} {key[0]}>{key[1]} twice")
                row[i] = fields
                heads[i] = head = next(reader, _END)
                places[i] = head[0]
        yield place, alleles


def calls_missing(path: Path, set_aside: int = 0) -> bool:
    """Whether a specimen's calls are missing: none is called, and most records say nothing of it.

    That is how a joint VCF shows a sample that failed: a column of ./. with no counts. set_aside: records
    of that kind that intake set aside.
    """
    silent, told = set_aside, 0
    with _open(path) as file:
        for record in file:
            fields = str(record)[:-1].split("\t")
            genotype, _, rest = fields[9].partition(":")
            if "1" in genotype:
                return False
            # Depth or counts are there if there is a digit; the name of their key (AD/DP) has none.
            if "0" in genotype or any(c.isdigit() for c in rest):
                told += 1
            else:
                silent += 1
    return silent > told
