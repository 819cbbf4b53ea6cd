"""Makes the synthetic demo cohort: resources/example/stories.yaml to VCFs, sheets and regions beside it.

    python tools/make_example.py [FOLDER]      (default: resources/example)

The same stories give the same bytes. Coordinates come from the bundled reference: each change is named on the gene's
clinical transcript (c.2369C>T), placed on the genome, and refused if the reference base is another one or if a
single-base change does not make the residue that its name says.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tools")]

from acquired.reference import Reference, Transcript  # noqa: E402
from example_other import Others, sheet  # noqa: E402
from example_vcf import Call, vcf_text  # noqa: E402

_CHANGE = re.compile(r"c\.(\d+)(?:([+-])(\d+))?(?:_(\d+))?(?:([ACGT])>([ACGT])|(del))\Z")
_COMPLEMENT = str.maketrans("ACGT", "TGCA")
_BASES = "TCAG"
_AMINO = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
_CODE = {
    a + b + c: _AMINO[16 * i + 4 * j + k]
    for i, a in enumerate(_BASES)
    for j, b in enumerate(_BASES)
    for k, c in enumerate(_BASES)
}
_DEPTH = {"plasma": 1200, "tissue": 560, "blood": 1100}
_REASONS = {
    "mutect2": ["strand_bias", "base_qual", "weak_evidence", "clustered_events;strand_bias"],
    "vardict": ["Bias", "p8", "q22.5;SN1.5"],
}


@dataclass(frozen=True)
class Place:
    """A change on the genome as VCF writes it: 1-based position; bases of the plus strand."""

    chrom: str
    pos: int
    ref: str
    alt: str


class Genome:
    """One build: changes named on transcripts to places, and random places for the background."""

    def __init__(self, build: str):
        self.reference = Reference.open(ROOT / "resources", build)
        self.build = build
        self.contigs = {name: length for name, length in self.reference.contigs.items() if name != "chrM"}
        self.ranks = {name: rank for rank, name in enumerate(self.contigs)}
        self._coding: dict[str, list[int]] = {}

    def transcript(self, gene: str) -> Transcript:
        found = self.reference.clinical(gene)
        if found is None:
            raise SystemExit(f"{gene} has no clinical transcript")
        return found

    def coding(self, gene: str) -> list[int]:
        """Genomic position of each coding base of the gene, in the direction of the transcript."""
        if gene not in self._coding:
            transcript = self.transcript(gene)
            places = [p for start, end in transcript.coding for p in range(start, end + 1)]
            self._coding[gene] = places if transcript.strand == "+" else places[::-1]
        return self._coding[gene]

    def base(self, gene: str, place: int) -> str:
        """The base at a genomic place, on the gene's strand."""
        transcript = self.transcript(gene)
        base = self.reference.fetch(transcript.chrom, place, place)
        return base if transcript.strand == "+" else base.translate(_COMPLEMENT)

    def place(self, gene: str, change: str) -> Place:
        """A change such as c.2369C>T, c.4290+5C>T, c.5946del or c.2235_2249del on the genome, left-aligned."""
        match = _CHANGE.match(change)
        if not match:
            raise SystemExit(f"{gene} {change}: not understood")
        coding, transcript = self.coding(gene), self.transcript(gene)
        first = coding[int(match[1]) - 1]
        direction = 1 if transcript.strand == "+" else -1
        if match[2]:
            first += direction * int(match[3]) * (1 if match[2] == "+" else -1)
        if match[7]:
            last = coding[int(match[4] or match[1]) - 1]
            return self._deletion(transcript.chrom, min(first, last), max(first, last))
        if self.base(gene, first) != match[5]:
            raise SystemExit(f"{gene} {change}: {self.build} has {self.base(gene, first)} there")
        ref, alt = match[5], match[6]
        if direction < 0:
            ref, alt = ref.translate(_COMPLEMENT), alt.translate(_COMPLEMENT)
        return Place(transcript.chrom, first, ref, alt)

    def _deletion(self, chrom: str, start: int, end: int) -> Place:
        """A deletion of start … end, moved left as far as it goes, with its anchor base."""
        while self.reference.fetch(chrom, start - 1, start - 1) == self.reference.fetch(chrom, end, end):
            start, end = start - 1, end - 1
        bases = self.reference.fetch(chrom, start - 1, end)
        return Place(chrom, start - 1, bases, bases[0])

    def protein(self, gene: str, change: str) -> str:
        """What a single coding base's change makes of its residue: T790M."""
        match = _CHANGE.match(change)
        if not match or not match[6] or match[2]:
            return ""
        index = int(match[1]) - 1
        codon = [self.base(gene, p) for p in self.coding(gene)[index // 3 * 3 : index // 3 * 3 + 3]]
        old = _CODE["".join(codon)]
        codon[index % 3] = match[6]
        return f"{old}{index // 3 + 1}{_CODE[''.join(codon)]}"

    def somewhere(self, gene: str, draw: random.Random, synonymous: bool = False) -> str:
        """A random single-base change of the gene that makes no stop codon, or no change of the protein at all."""
        while True:
            index = draw.randrange(30, len(self.coding(gene)) - 30)
            base = self.base(gene, self.coding(gene)[index])
            change = f"c.{index + 1}{base}>{draw.choice([b for b in 'ACGT' if b != base])}"
            made = self.protein(gene, change)
            if not made.endswith("*") and (not synonymous or made[0] == made[-1]):
                return change


class Patient:
    """One story, made into the files of its specimens."""

    def __init__(self, name: str, story: dict[str, Any], stories: dict[str, Any], genome: Genome):
        self.name, self.story, self.stories, self.genome = name, story, stories, genome
        self.specimens: list[dict[str, Any]] = story["specimens"]
        self.caller: str = story["caller"]

    def draw(self, *key: object) -> random.Random:
        """Chance that depends on the key alone."""
        return random.Random("|".join(map(str, (self.stories["seed"], *key))))

    def depth(self, specimen: dict[str, Any], draw: random.Random) -> int:
        usual = self.story.get("depth", _DEPTH[specimen["material"]])
        return max(int(usual * (0.85 + 0.3 * draw.random())), 4)

    def counts(self, specimen: dict[str, Any], fraction: float, *key: object) -> tuple[int, int]:
        """Reads of an allele at this fraction in this specimen."""
        draw = self.draw(self.name, specimen["id"], *key)
        n = self.depth(specimen, draw)
        return sum(draw.random() < fraction for _ in range(n)), n

    def sites(self) -> list[dict[str, Any]]:
        """Where persons differ: the common variants, and synonymous ones drawn alike for all patients of a build."""
        made = list(self.stories["common"])
        for number in range(self.stories["synonymous"]["sites"]):
            draw = self.draw("synonymous", self.genome.build, number)
            gene = draw.choice(self.stories["panel"])
            change = self.genome.somewhere(gene, draw, synonymous=True)
            made.append({"gene": gene, "change": change, "frequency": self.stories["synonymous"]["frequency"]})
        return made

    def germline(self) -> Iterator[tuple[Place, list[tuple[int, int]], float]]:
        """Common variants that the person carries (two persons where tubes were swapped); and the first genotype."""
        for common in self.sites():
            name = f"{common['gene']} {common['change']}"
            genotypes = []
            for specimen in self.specimens:
                draw = self.draw("person", specimen.get("person", self.name), name)
                genotypes.append(sum(draw.random() < common["frequency"] for _ in range(2)) / 2)
            if any(genotypes):
                reads = [
                    self.counts(s, g * 0.997 if g else 0.0, name)
                    for s, g in zip(self.specimens, genotypes, strict=True)
                ]
                yield self.genome.place(common["gene"], common["change"]), reads, genotypes[0]

    def somatic(self) -> Iterator[tuple[Place, list[tuple[int, int]]]]:
        """Passengers: four of the trunk, and one that is only in the last specimen; in fraction of the tumour."""
        for number in range(5):
            draw = self.draw(self.name, "passenger", number)
            gene = draw.choice(self.stories["passengers"])
            place = self.genome.place(gene, self.genome.somewhere(gene, draw))
            clone = 0.3 + 0.15 * draw.random()
            reads = []
            for specimen in self.specimens:
                there = number < 4 or specimen is self.specimens[-1]
                swapped = "person" in specimen
                fraction = specimen["tumour"] * clone if there and not swapped else 0.0
                reads.append(self.counts(specimen, fraction, "passenger", number))
            yield place, reads

    def told(self) -> Iterator[tuple[Place, list[tuple[int, int] | None], list[str], str]]:
        """The alterations of the story, with filters and name."""
        for name, given in self.story["alterations"].items():
            gene, _, protein = name.partition(" ")
            made = self.genome.protein(gene, given["change"])
            if made and made != protein:
                raise SystemExit(f"{self.name} {name}: {given['change']} makes {made}")
            reads: list[tuple[int, int] | None] = []
            filters = []
            for text in given["reads"]:
                counts, _, reason = text.partition(" ")
                reads.append(None if counts == "." else (int(counts.split("/")[0]), int(counts.split("/")[1])))
                filters.append(reason or "PASS")
            yield self.genome.place(gene, given["change"]), reads, filters, name

    def calls(self) -> list[tuple[Call, list[str], float]]:
        """Every allele with reads for each specimen, its filter for each specimen, and its genotype in the normal."""
        made = []
        cis = self.story.get("cis", [])
        phase = ""
        for place, told, filters, name in sorted(self.told(), key=lambda t: (t[0].chrom, t[0].pos)):
            if name in cis and not phase:
                phase = f"{place.pos}_{place.ref}_{place.alt}"
            made.append((self._call(place, told, phase if name in cis else ""), filters, 0.0))
        for place, reads, genotype in self.germline():
            made.append((self._call(place, self._listed(reads)), ["PASS"] * len(reads), genotype))
        for place, reads in self.somatic():
            made.append((self._call(place, self._listed(reads)), ["PASS"] * len(reads), 0.0))
        return made

    def _listed(self, reads: list[tuple[int, int]]) -> list[tuple[int, int] | None]:
        """A caller of single specimens lists no allele without a read; one that calls all together does."""
        return [counts if counts[0] or self.story["calls"] == "joint" else None for counts in reads]

    def _call(self, place: Place, reads: list[tuple[int, int] | None], phase: str = "") -> Call:
        return Call(self.genome.ranks[place.chrom], place.pos, place.ref, place.alt, reads, "PASS", phase)

    def files(self) -> Iterator[tuple[str, str]]:
        """(name, text) of each call file."""
        calls = self.calls()
        if self.story["calls"] == "joint":
            columns = [self.column(s) for s in self.specimens]
            listed = [self._with(call, call.reads, filters) for call, filters, _ in calls]
            yield f"{self.name}.vcf", self._text(columns, columns, "", listed + self._artefacts(len(columns), "joint"))
            return
        for number, specimen in enumerate(self.specimens):
            column, normal = self.column(specimen), ""
            listed = []
            for call, filters, genotype in calls:
                counts = call.reads[number]
                if counts is None:
                    continue
                reads: list[tuple[int, int] | None] = [counts]
                if self.story["calls"] == "normal":
                    reads.insert(0, self.counts(self.specimens[0], genotype * 0.997, "normal", call.pos))
                reason = "germline" if self.story["calls"] == "normal" and genotype else filters[number]
                listed.append(self._with(call, reads, [reason]))
            columns = [column]
            if self.story["calls"] == "normal":
                normal = f"{self.name}_normal"
                columns = [normal, column]
            if self.story["calls"] == "blocks":
                for call in listed:
                    call.gvcf = True
                listed += self._blocks(specimen, listed)
            else:
                listed += self._artefacts(len(columns), specimen["id"])
            yield f"{self.name}.{specimen['id']}.vcf", self._text(columns, [column], normal, listed)

    def column(self, specimen: dict[str, Any]) -> str:
        return f"{self.name}_{specimen['id']}"

    @staticmethod
    def _with(call: Call, reads: list[tuple[int, int] | None], filters: list[str]) -> Call:
        reason = next((f for f in filters if f != "PASS"), "PASS")
        return Call(call.rank, call.pos, call.ref, call.alt, list(reads), reason, call.phase)

    def _artefacts(self, columns: int, where: str) -> list[Call]:
        """A few records that the caller filters."""
        made = []
        for number in range(self.story.get("artefacts", 3) if self.caller in _REASONS else 0):
            draw = self.draw(self.name, "artefact", where, number)
            gene = draw.choice(self.stories["passengers"])
            place = self.genome.place(gene, self.genome.somewhere(gene, draw))
            reads: list[tuple[int, int] | None] = []
            for _ in range(columns):
                n = self.depth(self.specimens[0], draw)
                reads.append((int(n * (0.008 + 0.012 * draw.random())), n))
            call = self._call(place, reads)
            call.filters = draw.choice(_REASONS[self.caller])
            made.append(call)
        return made

    def _blocks(self, specimen: dict[str, Any], listed: list[Call]) -> list[Call]:
        """Reference blocks over the coding exons, with ten bases around, of the story's genes; alleles cut them."""
        made = []
        for gene in self.story["blocks"]:
            transcript = self.genome.transcript(gene)
            rank = self.genome.ranks[transcript.chrom]
            for start, end in transcript.coding:
                start, end = start - 10, end + 10
                for call in sorted(c for c in listed if c.rank == rank and start <= c.pos <= end):
                    made += self._block(specimen, transcript.chrom, start, call.pos - 1)
                    start = call.pos + len(call.ref)
                made += self._block(specimen, transcript.chrom, start, end)
        return made

    def _block(self, specimen: dict[str, Any], chrom: str, start: int, end: int) -> list[Call]:
        while start <= end and not self.genome.reference.has_bases(chrom, start, start):
            start += 1  # a file would have the base there; the bundle has not
        if end < start:
            return []
        depth = self.depth(specimen, self.draw(self.name, specimen["id"], "block", chrom, start))
        base = self.genome.reference.fetch(chrom, start, start)
        return [Call(self.genome.ranks[chrom], start, base, "", [(0, depth)], end=end)]

    def _text(self, columns: list[str], tumours: list[str], normal: str, calls: list[Call]) -> str:
        chr_names = self.story["naming"] == "chr"
        contigs = [(n if chr_names else n.removeprefix("chr"), size) for n, size in self.genome.contigs.items()]
        return vcf_text(self.caller, contigs, self.genome.build, columns, tumours, normal, calls)

    def others(self) -> list[tuple[str, str, str, str]]:
        """(specimen, column of the sheet, file name, text) of the other files."""
        return list(
            Others(self.name, self.story, self.genome.reference, ROOT / "resources/dialects", self.draw).files()
        )

    def rows(self) -> Iterator[dict[str, str]]:
        """The patient's rows of the samples sheet."""
        joint = self.story["calls"] == "joint"
        for specimen in self.specimens:
            row: dict[str, str] = {
                key: str(specimen[key])
                for key in ("day", "date", "role", "material", "site", "histology")
                if key in specimen
            }
            row |= {key: str(self.story[key]) for key in ("disease", "build", "assay", "germline") if key in self.story}
            row |= {"patient": self.name, "specimen": specimen["id"]}
            row["variants"] = f"calls/{self.name}.vcf" if joint else f"calls/{self.name}.{specimen['id']}.vcf"
            row["sample"] = self.column(specimen) if joint else ""
            row |= {column: f"other/{name}" for id_, column, name, _ in self.others() if id_ == specimen["id"]}
            drug, start, _ = self.story["therapies"][0]
            row["therapy"] = drug if start is None and specimen is not self.specimens[0] else ""
            yield row


def make(folder: Path) -> dict[str, str]:
    """Every file of the demo cohort by its name within `folder`, made from the stories there."""
    stories = yaml.safe_load((folder / "stories.yaml").read_text(encoding="utf-8"))
    genomes = {build: Genome(build) for build in ("GRCh37", "GRCh38")}
    files: dict[str, str] = {}
    rows: list[dict[str, str]] = []
    therapies: list[dict[str, str]] = []
    for name, story in stories["patients"].items():
        patient = Patient(name, story, stories, genomes[story["build"]])
        files |= {f"calls/{path}": text for path, text in patient.files()}
        files |= {f"other/{path}": text for _, _, path, text in patient.others()}
        rows += patient.rows()
        for drug, start, stop in story["therapies"]:
            if start is not None:
                therapies.append(
                    {"patient": name, "drug": drug, "start": str(start), "stop": "" if stop is None else str(stop)}
                )
    columns = ["patient", "specimen", "role", "day", "date", "variants", "sample", "assay", "material", "site"]
    columns += ["disease", "build", "therapy", "copy_number", "fusions", "expression", "histology", "germline"]
    files["cohort.samples.tsv"] = sheet(columns, rows)
    files["cohort.therapies.tsv"] = sheet(["patient", "drug", "start", "stop"], therapies)
    files["assays.yaml"] = (
        "# Assays of the synthetic demo cohort, as they would stand in config.yaml.\n"
        + yaml.safe_dump({"assays": stories["assays"]})
    )
    for build, genome in genomes.items():
        files[f"panel.{build}.bed"] = regions(genome, stories["panel"])
    return files


def regions(genome: Genome, genes: list[str]) -> str:
    """BED of the coding exons, with ten bases around."""
    parts = [
        (genome.ranks[t.chrom], start - 11, end + 10, t.chrom, t.gene)
        for t in map(genome.transcript, genes)
        for start, end in t.coding
    ]
    return "".join(f"{chrom}\t{start}\t{end}\t{gene}\n" for _, start, end, chrom, gene in sorted(parts))


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "resources" / "example"
    files = make(folder)
    for inner in (folder / "calls", folder / "other"):
        inner.mkdir(exist_ok=True)
        for path in set(inner.iterdir()) - {folder / name for name in files}:
            path.unlink()  # of a story that is gone
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    print(f"{len(files)} files, {sum(map(len, files.values()))} bytes")


if __name__ == "__main__":
    main()
