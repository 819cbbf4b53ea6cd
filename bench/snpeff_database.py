"""SnpEff (Debian's) on the bundled transcripts: its database made of our reference files, its run, its answers read.

Our genome has chromosomes of true length that are mostly N, which SnpEff would read and store whole. So each locus
(transcripts whose spans, with FLANK bases on both sides, touch) becomes a sequence of its own, `chr7_55018820`, and
its coordinates count from that position (1-based). Bases and transcript models are those of genome.fa.gz and
genes.gff3.gz as `build_reference` writes them; nothing else is changed.
"""

from __future__ import annotations

import gzip
import os
import resource
import shutil
import subprocess
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pysam
from acquired.model import Allele

#: Bases on both sides of a locus: what SnpEff is told to name up- and downstream (500, as we do) and some more.
FLANK = 1000
SCRIPTS = Path(__file__).parents[1] / "scripts"
UPSTREAM = 500


class Locus(NamedTuple):
    """A stretch of a chromosome, 1-based and inclusive."""

    chrom: str
    start: int
    end: int

    @property
    def name(self) -> str:
        return f"{self.chrom}_{self.start}"


class Answer(NamedTuple):
    """What SnpEff says of one allele on one transcript: its ANN entries, put together."""

    terms: tuple[str, ...]
    hgvs_c: str
    hgvs_p: str
    rank: str  # "exon or intron / number of them"
    notes: tuple[str, ...]  # SnpEff's errors, warnings and remarks


class Database:
    """A SnpEff database in a folder. `seconds`: CPU seconds that building took."""

    def __init__(self, built: Path, build: str, folder: Path):
        self.build, self.folder = build, folder
        with gzip.open(built / "genes.gff3.gz", "rt", encoding="utf-8") as file:
            rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
        self.loci = _loci(rows)
        marks = (mark for row in rows if row[2] == "mRNA" for mark in row[8].split(";"))
        self.transcripts = frozenset(m.removeprefix("ID=transcript:") for m in marks if m.startswith("ID="))
        self._by_chrom: dict[str, list[Locus]] = {}
        for locus in self.loci:
            self._by_chrom.setdefault(locus.chrom, []).append(locus)
        data = folder / "data" / build
        data.mkdir(parents=True)
        self.config = folder / "snpEff.config"
        self.config.write_text(f"data.dir = {folder.resolve()}/data\n{build}.genome : {build}\n", encoding="utf-8")
        with pysam.FastaFile(str(built / "genome.fa.gz")) as genome, (data / "sequences.fa").open("w") as out:
            for locus in self.loci:
                out.write(f">{locus.name}\n{genome.fetch(locus.chrom, locus.start - 1, locus.end)}\n")
        with (data / "genes.gff").open("w", encoding="utf-8") as out:
            out.write("##gff-version 3\n")
            for row in rows:
                place = self.locus(row[0], int(row[3]))
                assert place is not None
                shifted = [str(int(x) - place.start + 1) for x in row[3:5]]
                out.write("\t".join([place.name, *row[1:3], *shifted, *row[5:]]) + "\n")
        command = ["build", "-gff3", "-noCheckCds", "-noCheckProtein", *self._common(), build]
        self.seconds = run_snpeff(command, folder / "build.log")

    def locus(self, chrom: str, pos: int) -> Locus | None:
        """The locus a position lies in."""
        loci = self._by_chrom.get(chrom, [])
        at = bisect_right(loci, pos, key=lambda locus: locus.start) - 1
        return loci[at] if at >= 0 and pos <= loci[at].end else None

    def _common(self) -> list[str]:
        return ["-c", str(self.config), "-nodownload", "-noLog"]

    def annotate(self, alleles: Iterable[Allele], work: Path) -> tuple[float, dict[Allele, dict[str, Answer]]]:
        """CPU seconds, and what SnpEff says: allele to transcript to answer."""
        given, answered = work / f"{self.build}.shifted.vcf", work / f"{self.build}.snpeff.vcf"
        back: dict[tuple[str, str, str, str], Allele] = {}
        rows = []
        for number, allele in enumerate(alleles):
            locus = self.locus(allele.chrom, allele.pos)
            if locus is None:
                raise ValueError(f"{allele} lies in no locus")
            key = (locus.name, str(allele.pos - locus.start + 1), allele.ref, allele.alt)
            back[key] = allele
            rows.append(f"{key[0]}\t{key[1]}\ta{number}\t{key[2]}\t{key[3]}\t.\tPASS\t.\n")
        given.write_text("##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n" + "".join(rows))
        seconds = run_snpeff(
            ["ann", *self._common(), "-hgvs", "-noStats", "-noInteraction", "-noNextProt", "-noMotif", "-noLof",
             "-ud", str(UPSTREAM), self.build, str(given)], work / "snpeff.log", answered)  # fmt: skip
        return seconds, dict(_answers(answered, lambda fields: back[fields[0], fields[1], fields[3], fields[4]]))


def _loci(rows: list[list[str]]) -> list[Locus]:
    """Genes of a GFF3 whose spans, with the flanks, touch, are one locus."""
    spans = sorted((row[0], int(row[3]) - FLANK, int(row[4]) + FLANK) for row in rows if row[2] == "gene")
    found: list[Locus] = []
    for chrom, start, end in spans:
        if found and found[-1].chrom == chrom and start <= found[-1].end:
            found[-1] = found[-1]._replace(end=max(end, found[-1].end))
        else:
            found.append(Locus(chrom, start, end))
    return found


def program() -> str | None:
    """The path of snpEff, if it is here."""
    return shutil.which("snpEff")


def version() -> str:
    """`5.1d`, as SnpEff says it."""
    said = subprocess.run([str(program()), "-version"], capture_output=True, text=True, check=True).stdout
    return said.split()[1]


def run_snpeff(arguments: list[str], log: Path, out: Path | None = None) -> float:
    """Run snpEff; the CPU seconds (user and system) of it and the Java it starts. RuntimeError where it fails."""
    # A heap that a small machine has, and one thread for the garbage: CPU seconds are compared, not waiting.
    command = [str(program()), "-Xms512m", "-Xmx3g", *arguments]
    return cpu_seconds(command, log, out)


def cpu_seconds(command: list[str], log: Path, out: Path | None = None) -> float:
    """Run a command; the CPU seconds (user and system) of it and its children. RuntimeError where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with log.open("wb") as errors, (out or Path(os.devnull)).open("wb") as output:
        environment = {**os.environ, "PYTHONPATH": str(SCRIPTS)}
        code = subprocess.run(command, stdout=output, stderr=errors, env=environment).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if code:
        raise RuntimeError(f"{' '.join(command)} ended with {code}:\n{log.read_text(errors='replace')[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _answers(path: Path, allele_of: Callable[[list[str]], Allele]) -> Iterator[tuple[Allele, dict[str, Answer]]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.startswith("#CHROM"):  # Debian's wrapper prints its arguments before the header
                break
        for line in file:
            fields = line.rstrip("\n").split("\t")
            found: dict[str, Answer] = {}
            for info in fields[7].split(";"):
                for entry in info[4:].split(",") if info.startswith("ANN=") else ():
                    parts = entry.split("|")
                    if parts[5] != "transcript":
                        continue
                    name = parts[6].removeprefix("transcript:")
                    terms, notes = tuple(parts[1].split("&")), tuple(n for n in parts[15].split("&") if n)
                    was = found.get(name, Answer((), "", "", "", ()))
                    # A change that meets a UTR besides the coding bases has an entry for each; the first says most.
                    found[name] = Answer(was.terms + terms, was.hgvs_c or parts[9], was.hgvs_p or parts[10],
                                         was.rank or parts[8], was.notes + notes)  # fmt: skip
            yield allele_of(fields), found
