"""Alleles and depth intervals put in order in bounded memory, duplicates merged, and written as BCF and BED."""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acquired.whole import whole, workshop

#: Entries kept in memory before they go to disk, chromosome by chromosome; about 150 MB.
LIMIT = 300_000

FORMAT = "GT:DP:AD:VAF:KEY:PS:SB"
#: pos, ref, alt, number in the input; columns FILTER to sample as text
Entry = tuple[int, str, str, int, str]

_HEADER = """##fileformat=VCFv4.3
##FILTER=<ID=PASS,Description="The caller lists it and lets it pass">
{filters}##INFO=<ID=GIVEN,Number=.,Type=String,Description="Spellings in the file: chrom:pos:ref:alt">
##INFO=<ID=DUPLICATES,Number=1,Type=Integer,Description="Records of the file merged into this one, beyond the first">
##INFO=<ID=OUTSIDE,Number=0,Type=Flag,Description="The reference has no bases here: trimmed, not left-aligned">
##INFO=<ID=NORMAL_DP,Number=1,Type=Integer,Description="Depth in the matched normal">
##INFO=<ID=NORMAL_AC,Number=1,Type=Integer,Description="Alternative reads in the matched normal">
##INFO=<ID=NAMED,Number=.,Type=String,Description="gene|transcript|hgvs_c|hgvs_p|consequence, from the file">
##FORMAT=<ID=GT,Number=1,Type=String,Description="0/1 called, 0/0 counted but not called here, ./. unknown">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reference and alternative reads">
##FORMAT=<ID=VAF,Number=1,Type=Float,Description="Variant allele fraction">
##FORMAT=<ID=KEY,Number=1,Type=String,Description="What depth and VAF were taken from">
##FORMAT=<ID=PS,Number=1,Type=Integer,Description="Phase set">
##FORMAT=<ID=SB,Number=4,Type=Integer,Description="Reads: reference +, reference -, alternative +, alternative -">
{contigs}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{sample}
"""


class Store:
    """Entries by chromosome rank; spilled to an unnamed file in `folder` when there are many."""

    def __init__(self, folder: Path, limit: int = LIMIT):
        self._folder, self._limit = folder, limit
        self._held: dict[int, list[tuple[Any, ...]]] = {}
        self._count = 0
        self._spilled: dict[int, Any] = {}

    def add(self, rank: int, entry: tuple[Any, ...]) -> None:
        """Keeps `entry` (a tuple of plain values) for the chromosome `rank`."""
        try:
            self._held[rank].append(entry)
        except KeyError:
            self._held[rank] = [entry]
        self._count += 1
        if self._count >= self._limit:
            self._spill()

    def _spill(self) -> None:
        for rank, entries in self._held.items():
            if rank not in self._spilled:
                self._spilled[rank] = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by `close`
            packed = marshal.dumps(entries)  # `marshal.load` from a file is eight times as slow as from bytes
            self._spilled[rank].write(len(packed).to_bytes(8, "little") + packed)
        self._held, self._count = {}, 0

    def drain(self) -> Iterator[tuple[int, list[Any]]]:
        """(rank, entries sorted) for each chromosome that has any, in order; one chromosome in memory at a time."""
        for rank in sorted(self._held.keys() | self._spilled.keys()):
            entries: list[tuple[Any, ...]] = []
            if spilled := self._spilled.pop(rank, None):
                spilled.seek(0)
                while size := spilled.read(8):
                    entries += marshal.loads(spilled.read(int.from_bytes(size, "little")))
                spilled.close()
            entries += self._held.pop(rank, [])
            entries.sort()
            yield rank, entries

    def close(self) -> None:
        """Gives back what was spilled."""
        for spilled in self._spilled.values():
            spilled.close()
        self._spilled = {}


def merge(entries: list[Entry]) -> Entry:
    """One entry of several of the same allele.

    The numbers, filters and genotype of one record are kept, never mixed: a call before a mere count, then one that
    passes before one that does not, then the deepest, then the first in the input.
    """

    columns = {entry[3]: entry[4].split("\t") for entry in entries}  # FILTER, INFO, FORMAT, sample

    def standing(entry: Entry) -> tuple[int, int, int, int]:
        filters, _, _, sample = columns[entry[3]]
        genotype, shown = sample.split(":")[:2]
        depth = int(shown) if shown != "." else -1
        return ("1" not in genotype, filters not in ("PASS", "."), -depth, entry[3])

    best = min(entries, key=standing)
    infos = {number: told[1].split(";") if told[1] != "." else [] for number, told in sorted(columns.items())}
    given = sorted(
        {
            spelling
            for info in infos.values()
            for part in info
            if part.startswith("GIVEN=")
            for spelling in part[6:].split(",")
        }
    )
    filters, _, format_, sample = columns[best[3]]
    info = [part for part in infos[best[3]] if not part.startswith("GIVEN=")]
    if given:
        info.insert(0, "GIVEN=" + ",".join(given))
    info.append(f"DUPLICATES={len(entries) - 1}")
    if not any(part.startswith("NAMED=") for part in info):
        info += [part for other in infos.values() for part in other if part.startswith("NAMED=")][:1]
    return (*best[:4], "\t".join((filters, ";".join(info), format_, sample)))


def differ(entries: list[Entry]) -> bool:
    """Whether duplicates of one allele carry different numbers."""
    return len({tuple(entry[4].rpartition("\t")[2].split(":")[1:3]) for entry in entries}) > 1


def write_alleles(store: Store, out: Path, contigs: dict[str, int], filters: set[str], sample: str) -> dict[str, int]:
    """Writes the canonical BCF, whole or not at all. Gives the numbers of alleles, duplicates and differing ones."""
    counts = {"alleles": 0, "duplicates": 0, "differing": 0}
    names = list(contigs)
    with workshop(out) as folder:
        text, packed = folder / "alleles.vcf", folder / "alleles.bcf"
        with text.open("w", encoding="utf-8", newline="\n") as handle:
            handle.write(
                _HEADER.format(
                    filters="".join(
                        f'##FILTER=<ID={name},Description="As the caller has it">\n' for name in sorted(filters)
                    ),
                    contigs="".join(f"##contig=<ID={name},length={length}>\n" for name, length in contigs.items()),
                    sample=sample,
                )
            )
            for rank, entries in store.drain():
                handle.writelines(_lines(names[rank], entries, counts))
        from pysam import bcftools

        bcftools.view("--no-version", "-Ob1", "-o", str(packed), str(text), catch_stdout=False)
        packed.replace(out)
    return counts


def _lines(chrom: str, entries: list[Entry], counts: dict[str, int]) -> Iterator[str]:
    at, total = 0, len(entries)
    while at < total:
        pos, ref, alt, _, tail = entries[at]
        after = at + 1
        while after < total and entries[after][0] == pos and entries[after][1:3] == (ref, alt):
            after += 1
        if after - at > 1:
            same = entries[at:after]
            counts["duplicates"] += len(same) - 1
            counts["differing"] += differ(same)
            tail = merge(same)[4]
        at = after
        counts["alleles"] += 1
        yield f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t.\t{tail}\n"


def write_depth(store: Store, out: Path, contigs: dict[str, int]) -> int:
    """Writes the depth intervals (chrom, start0, end, depth, source), sorted, neighbours of one depth joined.

    Gives their number. Entries are (start0, end, depth, source). Intervals may overlap where the file's records do.
    """
    import pysam

    names, written = list(contigs), 0
    with whole(out) as partial, pysam.BGZFile(str(partial), "w", None) as handle:
        for rank, entries in store.drain():
            chrom = names[rank]
            for start, end, depth, source in _joined(entries):
                handle.write(f"{chrom}\t{start}\t{end}\t{depth}\t{source}\n".encode())
                written += 1
    return written


def _joined(entries: list[tuple[int, int, int, str]]) -> Iterator[tuple[int, int, int, str]]:
    if not entries:
        return
    start, end, depth, source = entries[0]
    for entry in entries[1:]:
        if entry[0] == end and entry[2:] == (depth, source):
            end = entry[1]
            continue
        yield start, end, depth, source
        start, end, depth, source = entry
    yield start, end, depth, source
