"""Annotation beside SnpEff (Debian) on the same transcripts: CPU time, concordance, and every difference explained.

    python bench/snpeff.py [--number N] [--seed S] [--build B ...] [--out FILE]

Needs Debian's snpeff (`apt-get install snpeff`) with its Java; without it the section is one line that says so.
`section(tmp)` gives the same Markdown to the bench. Both tools name the same alleles on the same bases and models:
    snpeff_alleles.py   the published alleles, and seeded random ones over all bundled genes
    snpeff_database.py  SnpEff's database made of genome.fa.gz and genes.gff3.gz, and its run
    snpeff_compare.py   what is alike, by the classes of snpeff_terms.tsv
    snpeff_reasons.py   why something differs, decided by the bases (snpeff_truth.py); in words: snpeff_reasons.tsv
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from acquired.annotate import Annotator
from acquired.model import Allele
from acquired.reference import Reference
from acquired.reference.build import build_reference
from snpeff_alleles import exon_deletions, published, random_alleles
from snpeff_compare import FIELDS, SPLICE_REGION
from snpeff_database import Database, cpu_seconds, program, version
from snpeff_tally import ALL, KINDS, PUBLISHED, WORDS, Tally

ROOT = Path(__file__).parents[1]
BUILDS = ("GRCh38", "GRCh37")
#: Random alleles a transcript, and the seed, of the run that the bench reports.
NUMBER, SEED = 100, 1


class Times(NamedTuple):
    """CPU seconds (user and system). start: of a file with one allele; whole: of all; library: naming alone."""

    alleles: int
    start: float
    whole: float
    library: float = 0.0

    @property
    def each(self) -> float:
        """Seconds for 1,000 more alleles."""
        return 1000 * (self.whole - self.start) / (self.alleles - 1)


class Run(NamedTuple):
    """One build: what building and naming cost both, and how the names compare."""

    build: str
    ours: Times
    theirs: Times
    built: tuple[float, float]
    transcripts: int
    genes: tuple[int, int]  # in SnpEff's database, and bundled


def alleles_of(reference: Reference, database: Database, number: int, seed: int) -> list[Allele]:
    """The alleles of a run, sorted as in a VCF: those in a locus of the database."""
    found = set(published(reference))
    for gene in reference.genes:
        for transcript in reference.transcripts(gene):
            if transcript.bases in ("all", "coding"):
                found.update(random_alleles(reference, transcript, number, seed))
                found.update(exon_deletions(reference, transcript, seed))
    rank = {chrom: i for i, chrom in enumerate(reference.contigs)}
    inside = (a for a in found if database.locus(a.chrom, a.pos) is not None)
    return sorted(inside, key=lambda a: (rank[a.chrom], a.pos, a.ref, a.alt))


def run(tmp: Path, build: str, number: int, seed: int, tally: Tally) -> Run:
    """Name the alleles of one build with both, and add the pairs to `tally`."""
    work = tmp / build
    work.mkdir(parents=True)
    begun = time.process_time()
    build_reference(ROOT / "resources", build, work / "reference")
    seconds = time.process_time() - begun
    reference = Reference.open(ROOT / "resources", build, work / "reference")
    database = Database(work / "reference", build, work / "snpeff")
    alleles = alleles_of(reference, database, number, seed)
    ours = _our_times(work, reference, alleles)
    start, _ = database.annotate(alleles[:1], work)
    whole, answers = database.annotate(alleles, work)
    tally.add(reference, database.transcripts, answers, set(published(reference)))
    held = [gene for gene in reference.genes for t in reference.transcripts(gene) if t.name in database.transcripts]
    genes = (len(set(held)), len(reference.genes))
    return Run(build, ours, Times(len(alleles), start, whole), (seconds, database.seconds), len(held), genes)


def _our_times(work: Path, reference: Reference, alleles: list[Allele]) -> Times:
    """What `python -m acquired annotate` costs on a file with all alleles and on one with the first alone."""
    seconds = []
    for name, some in (("one", alleles[:1]), ("all", alleles)):
        vcf = work / f"{name}.vcf"
        lines = [f"{a.chrom}\t{a.pos}\t.\t{a.ref}\t{a.alt}\t.\tPASS\t.\n" for a in some]
        vcf.write_text("##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n" + "".join(lines))
        command = [sys.executable, "-m", "acquired", "annotate", "--all-transcripts"]
        command += ["--build", reference.build, str(vcf)]
        seconds.append(cpu_seconds(command, work / "annotate.log", work / f"{name}.tsv"))
    annotator = Annotator(reference)
    begun = time.process_time()
    for allele in alleles:
        annotator.annotate(allele)
    return Times(len(alleles), seconds[0], seconds[1], time.process_time() - begun)


def section(tmp: Path, number: int = NUMBER, seed: int = SEED, builds: tuple[str, ...] = BUILDS) -> str:
    """The Markdown section, with its heading; `tmp`: a folder for what is made on the way."""
    title = "## Annotation beside SnpEff\n\n"
    if program() is None:
        return f"{title}Not measured: snpEff is not here (Debian: `apt-get install snpeff`).\n"
    tally = Tally()
    with tempfile.TemporaryDirectory(dir=tmp, prefix="snpeff-") as folder:
        runs = [run(Path(folder), build, number, seed, tally) for build in builds]
    return title + _times(runs, seed, number) + _concordance(tally) + _differences(tally) + _conventions(tally)


def _times(runs: list[Run], seed: int, number: int) -> str:
    one = runs[0]
    lines = [
        f"SnpEff {version()} (Debian) on a database made of our reference files: the same bases and the same "
        f"{one.transcripts} transcripts of {one.genes[0]} genes (of {one.genes[1]}; of the others not all coding bases "
        "are bundled), a sequence a locus, since whole chromosomes here are mostly N. Alleles: published ones of our "
        f"tests, and {number} random ones a transcript (SNVs, MNVs, insertions, duplications, deletions, delins, "
        "inversions, lost exons; in coding exons, at splice sites, start and stop codons, in UTRs, introns, upstream; "
        f"seed {seed}), left-aligned; the hard places are drawn far more often than they occur. CPU seconds (user and "
        "system), start of interpreter or Java included; ours is `python -m acquired annotate --all-transcripts`.\n",
        "| | acquired | SnpEff | SnpEff / acquired |",
        "|---|---:|---:|---:|",
    ]

    def row(what: str, ours: float, theirs: float) -> None:
        lines.append(f"| {what} | {ours:.2f} | {theirs:.2f} | {theirs / ours:.1f} |")

    for r in runs:
        row(f"{r.build}: reference or database built, once", *r.built)
        row(f"{r.build}: a file with one allele", r.ours.start, r.theirs.start)
        row(f"{r.build}: {r.ours.alleles:,} alleles", r.ours.whole, r.theirs.whole)
        row(f"{r.build}: each 1,000 alleles more", r.ours.each, r.theirs.each)
    each = ", ".join(f"{1e6 * r.ours.library / r.ours.alleles:.0f} µs ({r.build})" for r in runs)
    lines.append(f"\nNaming alone, without reading and writing: {each} an allele, all its transcripts.\n")
    return "\n".join(lines) + "\n"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}" if whole else ""


def _concordance(tally: Tally) -> str:
    lines = [
        f"Concordance over {tally.pairs[ALL]:,} pairs (allele, transcript) of {tally.alleles:,} alleles, in percent of "
        "pairs; names after levelling the conventions listed below. Every other difference has its reason in the next "
        f"table; unexplained: {len(tally.unexplained)}.\n",
        "| kind | pairs | consequence | splice region | `c.` | `p.` |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for kind in (*KINDS, ALL, PUBLISHED):
        cells = [_percent(tally.same[kind, field], tally.pairs[kind]) for field in FIELDS]
        lines.append(f"| {kind} | {tally.pairs[kind]:,} | {' | '.join(cells)} |")
    lines.append(
        f"\nJudged by the bases alone (an implementation of its own, tests/unit/annotate_oracle.py), of our names "
        f"{tally.checked['c.']:,} `c.` and {tally.checked['p.']:,} `p.`, these with their consequence, were read back; "
        f"wrong: {len(tally.wrong)}.\n"
    )
    lines += [f"- **wrong**: {text}" for text in tally.wrong[:20]]
    lines += [f"- **unexplained**: {text}" for text in tally.unexplained[:20]]
    return "\n".join(lines) + "\n"


def _differences(tally: Tally) -> str:
    lines = [
        "Every difference. `convention`: both say the same change by other rules; `SnpEff`: its answer contradicts the "
        "bases, the nomenclature or the ontology; `bundle`: needs bases not bundled. Examples: ours / SnpEff's.\n",
        "| field | difference | pairs | nature | why | example |",
        "|---|---|---:|---|---|---|",
    ]
    order = {field: i for i, field in enumerate((*FIELDS, "unpaired"))}
    names = {"hgvs_c": "`c.`", "hgvs_p": "`p.`", SPLICE_REGION: "splice region"}
    for (field, key), count in sorted(tally.reasons.items(), key=lambda item: (order[item[0][0]], -item[1], item[0])):
        row = WORDS[field, key]
        example = tally.examples[field, key].replace("|", "\\|").replace("*", "\\*")
        lines.append(f"| {names.get(field, field)} | {key} | {count:,} | {row['nature']} | {row['text']} | {example} |")
    return "\n".join(lines) + "\n\n"


def _conventions(tally: Tally) -> str:
    lines = ["Conventions levelled before names were compared, with the pairs that are alike because of it:\n"]
    for (field, note), count in sorted(tally.notes.items(), key=lambda item: (item[0][0], -item[1])):
        lines.append(f"- {field.replace('hgvs_', '`')}.` {note}: {count:,}")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Print the section, or write it to --out. 1 where a difference is unexplained or a name of ours is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=NUMBER, help="random alleles a transcript (default %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--build", action="append", choices=BUILDS, help="default: both")
    parser.add_argument("--out", type=Path, help="a file instead of standard output")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="acquired-bench-") as tmp:
        text = section(Path(tmp), args.number, args.seed, tuple(args.build or BUILDS))
    if args.out:
        args.out.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return int("**unexplained**" in text or "**wrong**" in text)


if __name__ == "__main__":
    sys.exit(main())
