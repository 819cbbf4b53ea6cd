"""Inputs of the bench: cohorts and pairs of call files as Mutect2 writes them (tumour-only), made up from a seed.

    panel_cohort(folder, patients)      2 specimens x about 300 records a patient, in the bundled genes; with sheets
    exome_pair(folder)                  1 patient, 2 x 60,000 records; one in thirty lies in the bundled genes
    genome_pair(folder, records)        1 patient, 2 x 5,000,000 records over all chromosomes
    many_patients(folder, patients)     sheets and files of one record of so many patients, for a dry run
    write_fasta(path)                   the genome that all records were drawn from, for `bcftools norm -f`

Every one of them makes a folder in which `snakemake -s <repository>/Snakefile` runs: config/ with the sheets, calls/.
Where the bundled reference knows a base REF is that base; elsewhere it is that of a made-up genome, the same for every
record. Coordinates are 1-based, as in VCF. Equal arguments make equal bytes.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pysam
from acquired.reference import Reference
from callers import HEADER, Records, records

ROOT = Path(__file__).resolve().parents[1]
BUILD = "GRCh38"

#: Length of the made-up sequence that repeats on every chromosome (1.05 million bases; a prime, so that no two
#: chromosomes' windows of equal size are in step).
PERIOD = 1_048_583
#: Of the sites of a patient, that both specimens list; the others are split between them.
SHARED = 0.97
#: Of the sites of a patient, that one specimen lists.
LISTED = (1 + SHARED) / 2
#: Of an exome's records, that lie in bundled genes (424 of about 20,000 genes, as the design counts them, and flanks).
IN_BUNDLE = 1 / 30
#: What an SNV may turn a base into, and bases to insert.
OTHERS = {"A": "CGT", "C": "AGT", "G": "ACT", "T": "ACG"}
INSERTED = "".join(np.array(list("ACGT"))[np.random.default_rng(4).integers(0, 4, 4096)])
#: Chromosomes of a person that has all of them.
CHROMS = tuple(f"chr{name}" for name in (*range(1, 23), "X", "Y"))


@dataclass(frozen=True)
class Story:
    """What a patient of the panel cohort has: alleles as (chrom, pos, ref, alt), the driver before and after, the
    emerged one after alone."""

    disease: str
    drug: str
    driver: tuple[str, int, str, str]
    emerged: tuple[str, int, str, str]


#: Published positions on GRCh38; tests/unit/test_bench_inputs.py checks their names against the bundle.
STORIES = (
    Story("lung adenocarcinoma", "erlotinib", ("chr7", 55191822, "T", "G"), ("chr7", 55181378, "C", "T")),
    Story("lung adenocarcinoma", "osimertinib", ("chr7", 55191822, "T", "G"), ("chr7", 55181398, "T", "A")),
    Story("melanoma", "vemurafenib", ("chr7", 140753336, "A", "T"), ("chr1", 114713909, "G", "T")),
    Story("colorectal cancer", "sotorasib", ("chr12", 25245351, "C", "A"), ("chr12", 25245350, "C", "T")),
    Story("breast cancer", "letrozole", ("chr3", 179234297, "A", "G"), ("chr6", 152098788, "A", "C")),
)


class Genome:
    """The bundle's bases, and a made-up sequence where it has none."""

    def __init__(self) -> None:
        self.reference = Reference.open(ROOT / "resources", BUILD)
        self.contigs = self.reference.contigs
        letters = np.frombuffer(b"ACGT", dtype=np.uint8)
        self._made_up = letters[np.random.default_rng(38).integers(0, 4, PERIOD)]

    def chromosome(self, chrom: str) -> bytes:
        """Every base of a chromosome, upper case; no N."""
        bases = np.resize(self._made_up, self.contigs[chrom])
        for start, end in self.reference.blocks(chrom):
            known = self.reference.fetch(chrom, start, end).encode()
            bases[start - 1 : end] = np.frombuffer(known, dtype=np.uint8)
        return bases.tobytes()


def write_fasta(path: Path) -> None:
    """The whole genome (3.1 GB, plain text as `bcftools norm` reads it fastest) and its index."""
    genome, line, offset = Genome(), 100, 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out, Path(f"{path}.fai").open("w", encoding="ascii") as index:
        for chrom, length in genome.contigs.items():
            head = f">{chrom}\n".encode()
            index.write(f"{chrom}\t{length}\t{offset + len(head)}\t{line}\t{line + 1}\n")
            bases = np.frombuffer(genome.chromosome(chrom), dtype=np.uint8)
            whole = length // line
            lines = np.full((whole, line + 1), 10, dtype=np.uint8)
            lines[:, :line] = bases[: whole * line].reshape(whole, line)
            last = bases[whole * line :].tobytes()
            data = head + lines.tobytes() + (last + b"\n" if last else b"")
            out.write(data)
            offset += len(data)


class Pair:
    """Two call files of one patient, written side by side. Sites come in order of the genome."""

    def __init__(self, folder: Path, patient: str, contigs: dict[str, int], depth: int, rng: np.random.Generator):
        self._rng, self._depth = rng, depth
        folder.mkdir(parents=True, exist_ok=True)
        self._files = []
        for name in ("before", "after"):
            specimen = f"{patient}-{name}"
            out = pysam.BGZFile(str(folder / f"{specimen}.vcf.gz"), "wb")
            lines = [f"##contig=<ID={chrom},length={length}>" for chrom, length in contigs.items()]
            out.write(HEADER.format(contigs="\n".join(lines), sample=specimen).encode())
            self._files.append(out)
        self._texts = _texts(depth)

    def put(self, sites: Records, late: set[int] | None = None, early: set[int] | None = None) -> list[int]:
        """Write the sites into both files, most of them. late, early: places in `sites` of alleles that only the
        follow-up has, and of drivers that both have. Gives how many records each file got."""
        n = len(sites.texts)
        rng = self._rng
        kinds = np.where(sites.multiallelic, 4, rng.choice(4, n, p=(0.58, 0.3, 0.07, 0.05)))
        fate = rng.random(n)
        written = []
        for number, out in enumerate(self._files):
            other = (SHARED, LISTED) if number == 0 else (LISTED, 1.0)
            listed = ~((fate >= other[0]) & (fate < other[1]))
            chosen = kinds.copy()
            for index in early or ():
                chosen[index], listed[index] = 2, True
            for index in late or ():
                chosen[index], listed[index] = 2, number == 1
            picks = rng.integers(0, len(self._texts[0]), n)
            texts = self._texts
            lines = [
                site + texts[kind][pick]
                for site, kind, pick, there in zip(
                    sites.texts, chosen.tolist(), picks.tolist(), listed.tolist(), strict=True
                )
                if there
            ]
            out.write("".join(lines).encode())
            written.append(len(lines))
        return written

    def close(self) -> None:
        for out in self._files:
            out.close()


_TEXTS: dict[int, list[list[str]]] = {}


def _texts(depth: int) -> list[list[str]]:
    """The columns from QUAL on, by kind of record: germline (one copy, two copies), tumour, artefact, multiallelic."""
    if depth not in _TEXTS:
        rng = np.random.default_rng(depth)
        kinds = ("one copy", "two copies", "tumour", "artefact", "multiallelic")
        _TEXTS[depth] = [records(rng, kind, depth, 10_000) for kind in kinds]
    return _TEXTS[depth]


def make_sites(rng: np.random.Generator, places: list[tuple[str, int, str, int]]) -> Records:
    """Alleles at these places: 88.5 % SNVs, 10 % indels of 1 to 30 bases (two in three insertions repeat the bases
    beside them), 1.5 % with two alternatives. A place: chrom, first position of the bases known there, those bases,
    position of the allele (1-based)."""
    n = len(places)
    kind, pick = rng.random(n).tolist(), rng.integers(0, 3, n).tolist()
    length = np.minimum(rng.geometric(0.35, n), 30).tolist()
    lines, multiallelic = [], np.zeros(n, dtype=bool)
    for index, (chrom, start, text, pos) in enumerate(places):
        at, draw = pos - start, kind[index]
        ref = text[at]
        size = length[index]
        if draw < 0.885 or at + 1 + size > len(text):
            alt = OTHERS[ref][pick[index]]
        elif draw < 0.935:
            ref, alt = text[at : at + 1 + size], ref
        elif draw < 0.985:
            new = text[at + 1 : at + 1 + size] if pick[index] else INSERTED[pos % 4000 : pos % 4000 + size]
            alt = ref + new
        else:
            alt = ",".join(base for base in OTHERS[ref] if base != OTHERS[ref][pick[index]])
            multiallelic[index] = True
        lines.append(f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t")
    return Records(lines, multiallelic)


def _sheets(folder: Path, patients: list[tuple[str, Story]]) -> None:
    """config/ of a folder whose calls/ hold <patient>-before.vcf.gz and <patient>-after.vcf.gz."""
    config = folder / "config"
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.yaml").write_text("{}\n", encoding="utf-8")
    samples = ["patient\tspecimen\tday\tvariants\tdisease\tmaterial"]
    therapies = ["patient\tdrug\tstart\tstop"]
    for patient, story in patients:
        for name, day in (("before", 0), ("after", 310)):
            path = f"calls/{patient}-{name}.vcf.gz"
            samples.append(f"{patient}\t{patient}-{name}\t{day}\t{path}\t{story.disease}\ttissue")
        therapies.append(f"{patient}\t{story.drug}\t5\t300")
    (config / "bench.samples.tsv").write_text("\n".join(samples) + "\n", encoding="utf-8")
    (config / "bench.therapies.tsv").write_text("\n".join(therapies) + "\n", encoding="utf-8")


def _drawn(rng: np.random.Generator, total: int, weights: list[int]) -> list[int]:
    """`total` split at random over places of these weights."""
    shares = np.array(weights, dtype=float)
    return rng.multinomial(total, shares / shares.sum()).tolist()


def _positions(rng: np.random.Generator, start: int, end: int, count: int) -> np.ndarray:
    """`count` different positions from start to end (fewer where there is less room), ascending."""
    count = min(count, (end - start + 1) // 2)
    found = np.unique(rng.integers(start, end + 1, count))
    while len(found) < count:
        found = np.unique(np.concatenate([found, rng.integers(start, end + 1, count - len(found))]))
    return found


class Panel:
    """All stretches that the bundle knows, laid end to end, so that a place is one number."""

    def __init__(self, genome: Genome):
        self.stretches = [
            (chrom, start, genome.reference.fetch(chrom, start, end))
            for chrom in CHROMS[:-1]
            for start, end in genome.reference.blocks(chrom)
        ]
        self.ends = np.cumsum([len(text) for _, _, text in self.stretches])

    def places(self, rng: np.random.Generator, count: int, story: Story) -> list[tuple[str, int, str, int]]:
        """Places of `count` alleles, and of the story's, in order of the genome."""
        numbers = set(rng.integers(0, self.ends[-1], count).tolist())
        numbers |= {self._number(allele) for allele in (story.driver, story.emerged)}
        found = []
        for number in sorted(numbers):
            chrom, start, text = self.stretches[index := int(np.searchsorted(self.ends, number, side="right"))]
            found.append((chrom, start, text, start + number - int(self.ends[index]) + len(text)))
        return found

    def _number(self, allele: tuple[str, int, str, str]) -> int:
        chrom, pos, _, _ = allele
        for (name, start, text), end in zip(self.stretches, self.ends.tolist(), strict=True):
            if name == chrom and start <= pos < start + len(text):
                return end - len(text) + pos - start
        raise ValueError(f"the bundle does not know {chrom}:{pos}")


def _tell(story: Story, sites: Records, places: list[tuple[str, int, str, int]]) -> tuple[set[int], set[int]]:
    """Put the story's alleles in their places. Gives the places (in `sites`) of the emerged one and of the driver."""
    told = {allele[:2]: allele for allele in (story.driver, story.emerged)}
    late, early = set(), set()
    for index, (chrom, _, _, pos) in enumerate(places):
        if allele := told.get((chrom, pos)):
            sites.texts[index], sites.multiallelic[index] = "{}\t{}\t.\t{}\t{}\t".format(*allele), False
            (late if allele == story.emerged else early).add(index)
    return late, early


def panel_cohort(folder: Path, patients: int, records_each: int = 300, seed: int = 1) -> list[int]:
    """A cohort of panels: `patients` with two specimens of about `records_each` records, and their sheets.

    Gives the number of records of each file.
    """
    genome = Genome()
    panel = Panel(genome)
    told, counts = [], []
    for number in range(patients):
        rng = np.random.default_rng([seed, number])
        patient, story = f"P{number + 1:05d}", STORIES[number % len(STORIES)]
        pair = Pair(folder / "calls", patient, genome.contigs, 600, rng)
        total = max(20, int(rng.normal(records_each / LISTED, records_each / 20)))
        places = panel.places(rng, total, story)
        sites = make_sites(rng, places)
        counts += pair.put(sites, *_tell(story, sites, places))
        pair.close()
        told.append((patient, story))
    _sheets(folder, told)
    return counts


def _exons(rng: np.random.Generator, length: int, count: int) -> np.ndarray:
    """`count` different positions in a chromosome's exons and 100 bases beside them: of 20,000 genes in the genome each
    has ten exons of 150 bases within 30,000."""
    genes = rng.integers(10_000, length - 50_000, max(1, 20_000 * length // 3_100_000_000))
    exons = (genes[:, None] + rng.integers(0, 30_000, (len(genes), 10))).ravel()
    found = np.zeros(0, dtype=int)
    while len(found) < count:
        more = rng.choice(exons, count - len(found)) + rng.integers(-100, 250, count - len(found))
        found = np.unique(np.concatenate([found, more]))
    return found


def _pair(
    folder: Path, records_each: int, depth: int, in_bundle: float, seed: int, chroms: tuple[str, ...]
) -> list[int]:
    """A patient with two files of `records_each` records on average over these chromosomes: everywhere, or, where
    `in_bundle` says how many of them lie in the stretches that the bundle knows, in exons alone. A chromosome's bases
    and records are in memory at once (1 GB)."""
    genome, rng = Genome(), np.random.default_rng(seed)
    pair = Pair(folder / "calls", "PAIR", genome.contigs, depth, rng)
    total = round(records_each / LISTED)
    counts = [0, 0]
    story = STORIES[0]
    for chrom, count in zip(chroms, _drawn(rng, total, [genome.contigs[c] for c in chroms]), strict=True):
        bases = genome.chromosome(chrom).decode("ascii")
        blocks = genome.reference.blocks(chrom)
        moved = round(count * in_bundle)
        parts = [_exons(rng, len(bases), count - moved) if in_bundle else _positions(rng, 10_000, len(bases), count)]
        if moved and blocks:
            split = _drawn(rng, moved, [end - start + 1 for start, end in blocks])
            parts += [_positions(rng, start, end, n) for (start, end), n in zip(blocks, split, strict=True) if n]
        parts.append(np.array([a[1] for a in (story.driver, story.emerged) if a[0] == chrom], dtype=int))
        places = [(chrom, 1, bases, pos) for pos in np.unique(np.concatenate(parts)).tolist()]
        sites = make_sites(rng, places)
        counts = [a + b for a, b in zip(counts, pair.put(sites, *_tell(story, sites, places)), strict=True)]
    pair.close()
    _sheets(folder, [("PAIR", story)])
    return counts


def exome_pair(folder: Path, records_each: int = 60_000, seed: int = 2, chroms: tuple[str, ...] = CHROMS) -> list[int]:
    """One patient's pair of exomes, and its sheets. Gives the records of both files."""
    return _pair(folder, records_each, 120, IN_BUNDLE, seed, chroms)


def genome_pair(
    folder: Path, records_each: int = 5_000_000, seed: int = 3, chroms: tuple[str, ...] = CHROMS
) -> list[int]:
    """One patient's pair of whole genomes, and its sheets. Gives the records of both files."""
    return _pair(folder, records_each, 40, 0.0, seed, chroms)


def many_patients(folder: Path, patients: int) -> None:
    """Sheets of so many patients, and for each specimen a file of one record: enough for what a dry run looks at."""
    genome = Genome()
    pair = Pair(folder, "ONE", genome.contigs, 600, np.random.default_rng(0))
    pair.put(Records(["chr7\t55181378\t.\tC\tT\t"], np.zeros(1, dtype=bool)), late=set(), early={0})
    pair.close()
    contents = {name: (folder / f"ONE-{name}.vcf.gz").read_bytes() for name in ("before", "after")}
    told = [(f"P{number + 1:05d}", STORIES[number % len(STORIES)]) for number in range(patients)]
    (folder / "calls").mkdir(exist_ok=True)
    for patient, _ in told:
        for name, content in contents.items():
            (folder / "calls" / f"{patient}-{name}.vcf.gz").write_bytes(content)
    _sheets(folder, told)


def main() -> None:
    """python bench/inputs.py panel|exome|genome|many FOLDER [NUMBER], or fasta FILE."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("panel", "exome", "genome", "many", "fasta"))
    parser.add_argument("path", type=Path)
    parser.add_argument("number", type=int, nargs="?", help="patients (panel, many) or records a file")
    given = parser.parse_args()
    if given.what == "fasta":
        write_fasta(given.path)
        return
    makers = {"panel": panel_cohort, "exome": exome_pair, "genome": genome_pair, "many": many_patients}
    usual = {"panel": 200, "exome": 60_000, "genome": 5_000_000, "many": 10_000}
    records = makers[given.what](given.path, given.number or usual[given.what])
    if records:
        print(f"{len(records):,} files of {min(records):,} to {max(records):,} records")


if __name__ == "__main__":
    main()
