"""The build proved, not believed: from REF bases and chromosome lengths. A header line that names it is shown only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from acquired.errors import InputError, Problem, quote
from acquired.intake.alleles import Bases, Genome, agrees
from acquired.intake.contigs import Naming
from acquired.intake.header import Header

#: Bases of REF that must agree, none disagreeing, before they prove a build alone: by chance 4^-6 = 1 in 4,096.
ENOUGH_BASES = 6
#: The same where the other build knows no base at any of the records, which speaks against it too: 4^-3 = 1 in 64.
ENOUGH_ALONE = 3
#: Records with known bases after which the proof stops reading; the main pass checks all the others on the build found.
ENOUGH_RECORDS = 40


@dataclass
class Tally:
    """What one build's genome says to the file's REF bases, and to its contig lengths."""

    bases: int = 0  # bases of REF that agree
    agree: int = 0  # records
    differ: int = 0
    examples: list[str] = field(default_factory=list)  # records that differ, at most 5
    lengths_agree: int = 0
    lengths_differ: int = 0
    accessions: int = 0  # contig names that carry this build's RefSeq version


@dataclass
class Evidence:
    """All that was found out about a file's build."""

    tallies: dict[str, Tally]
    told: list[str] = field(default_factory=list)  # header lines that name a build or a reference file
    records: int = 0  # records looked at
    placed: int = 0  # of these, on a chromosome of the primary assembly
    contigs: list[str] = field(default_factory=list)  # names that are no chromosome, at most 5
    assembly: str = ""  # another assembly whose chromosome 1 has the declared length


def gather(
    header: Header, records: Iterable[tuple[int, str]], genomes: dict[str, Genome], naming: Naming, where: str
) -> Evidence:
    """Compares REF bases and contig lengths with every genome. records: (line number, line), until all is clear."""
    found = Evidence({build: Tally() for build in genomes})
    _lengths(header, genomes, naming, found)
    found.told = [line for line in header.lines if line.lower().startswith(("##reference=", "##assembly="))][:3]
    bases = {build: Bases(genome) for build, genome in genomes.items()}
    for number, line in records:
        if not line or line[0] == "#":
            continue
        found.records += 1
        fields = line.split("\t", 4)
        if len(fields) < 5 or not fields[1].isdecimal():
            found.placed += 1
            continue  # the main pass names it
        place = naming.place(fields[0])
        if place.chrom:
            found.placed += 1
        elif len(found.contigs) < 5 and (shown := quote(fields[0], 30)) not in found.contigs:
            found.contigs.append(shown)
        if place.build in found.tallies:
            found.tallies[place.build].accessions += 1
        ref = fields[3].upper()
        if not place.chrom or place.chrom == "chrM" or not ref or ref.strip("ACGT"):
            continue
        pos = int(fields[1])
        for build, tally in found.tallies.items():
            if pos + len(ref) - 1 > genomes[build].contigs[place.chrom] or pos < 1:
                continue
            verdict = agrees(ref, known := bases[build].get(place.chrom, pos, pos + len(ref) - 1))
            if verdict:
                tally.agree += 1
                tally.bases += len(known) - known.count("N")
            elif verdict is False:
                tally.differ += 1
                if len(tally.examples) < 5:
                    tally.examples.append(
                        f"{where} line {number}, {fields[0]}:{pos}: REF {quote(ref, 20)}, "
                        f"the genome has {quote(known, 20)}"
                    )
        if _clear(found):
            break
    return found


def _clear(found: Evidence) -> bool:
    tallies = list(found.tallies.values())
    seen = max(tally.agree + tally.differ for tally in tallies)
    return seen >= ENOUGH_RECORDS and any(tally.differ == 0 and tally.bases >= ENOUGH_BASES for tally in tallies)


def _lengths(header: Header, genomes: dict[str, Genome], naming: Naming, found: Evidence) -> None:
    others = {length: name for name, length in naming.table["other_assemblies"].items()}
    for name, length in header.contigs.items():
        place = naming.place(name)
        if not place.chrom or not length or place.chrom == "chrM":
            continue
        if place.chrom == "chr1":
            found.assembly = others.get(length, "")
        for build, tally in found.tallies.items():
            if genomes[build].contigs[place.chrom] == length:
                tally.lengths_agree += 1
            else:
                tally.lengths_differ += 1


def decide_table(found: Evidence, stated: str, said: str, by: str, where: str) -> tuple[str, str]:
    """`decide` for a table that names its build itself (`said`; `by`: "the column NCBI_Build states").

    What it says is used where nothing proves another build, as a header's words never are: a table has no
    chromosome lengths.
    """
    if stated or not said:
        return decide(found, stated, where)
    try:
        return decide(found, said, where, by)
    except InputError:
        return decide(found, "", where)


def decide(found: Evidence, stated: str, where: str, by: str = "the sheet states") -> tuple[str, str]:
    """The build, and in a sentence what it rests on. stated: the build that `by` ("the sheet states") says, or "".

    Bases that contradict a build disprove it; bases count before lengths, lengths before the sheet. Raises InputError
    where the stated build is disproved, where both builds are, and where nothing tells.
    """
    fits = [build for build, tally in found.tallies.items() if not tally.differ and tally.bases]
    wrong = [build for build, tally in found.tallies.items() if tally.differ]
    lengths = [build for build, tally in found.tallies.items() if tally.lengths_agree > tally.lengths_differ]
    names = [build for build, tally in found.tallies.items() if tally.accessions]
    told = f" The header says {quote(found.told[0], 80)}, which was not relied on." if found.told else ""
    if len(wrong) == len(found.tallies):
        best = min(
            wrong,
            key=lambda build: found.tallies[build].differ / (found.tallies[build].agree + found.tallies[build].differ),
        )
        raise InputError(_contradiction(found, stated or best, where))
    alone = sum(1 for tally in found.tallies.values() if tally.agree or tally.differ) == 1
    enough = ENOUGH_ALONE if alone else ENOUGH_BASES
    proved = [build for build in fits if found.tallies[build].bases >= enough or (wrong and build not in wrong)]
    other_lengths = bool(found.tallies) and all(
        t.lengths_differ and not t.lengths_agree for t in found.tallies.values()
    )
    if stated and stated in wrong:
        raise InputError(_contradiction(found, stated, where, proved))
    if len(proved) == 1:
        return _agreed(
            proved[0], stated, found, where, _bases_sentence(found, proved[0]) + _lengths_note(found, proved[0]) + told
        )
    if other_lengths and not proved:
        raise InputError(
            Problem(
                where,
                "the chromosome lengths in the header are those of neither GRCh37 nor GRCh38.",
                f"the calls were made on {found.assembly}"
                if found.assembly
                else "another assembly, or a cut-out of a genome",
                "call or lift over to GRCh37 or GRCh38.",
            )
        )
    for candidates, sentence in (
        (lengths, "chromosome lengths in the header"),
        (names, "RefSeq accessions of the contigs"),
    ):
        open_ones = [build for build in candidates if build not in wrong]
        if len(open_ones) == 1:
            return _agreed(
                open_ones[0],
                stated,
                found,
                where,
                f"{open_ones[0]} by the {sentence}; " + _weak_bases(found, open_ones[0]) + told,
            )
    for build in wrong:
        if build in lengths or found.tallies[build].agree >= found.tallies[build].differ:
            raise InputError(_contradiction(found, build, where))
    remaining = [build for build in found.tallies if build not in wrong]
    if stated in remaining:
        return stated, f"{stated} as {by}; nothing in the file proves or disproves it.{told}"
    raise InputError(
        Problem(
            where,
            "nothing proves the build: "
            + (
                "too few bases are known where its records lie"
                if any(tally.bases for tally in found.tallies.values())
                else "no record lies where the reference has bases"
            )
            + ", and no chromosome lengths are declared.",
            "a short list of calls, or calls outside the bundled genes, with a bare header"
            + (f"; the header says {quote(found.told[0], 80)}" if found.told else ""),
            "write GRCh37 or GRCh38 into `build`.",
        )
    )


def _agreed(build: str, stated: str, found: Evidence, where: str, sentence: str) -> tuple[str, str]:
    if stated and stated != build:
        raise InputError(
            Problem(
                where,
                f"the sheet states {stated}, but the file is {sentence}",
                "the wrong build in the sheet, or the wrong file",
                f"write {build} into `build`, or name the right file.",
            )
        )
    return build, sentence


def _bases_sentence(found: Evidence, build: str) -> str:
    tally = found.tallies[build]
    against = [
        f"{other} contradicted by {t.differ}" for other, t in found.tallies.items() if other != build and t.differ
    ]
    return (
        f"{build} by REF: {tally.agree} records ({tally.bases} bases) agree and none differs"
        + "".join(f"; {text}" for text in against)
        + "."
    )


def _lengths_note(found: Evidence, build: str) -> str:
    tally = found.tallies[build]
    if tally.lengths_agree and not tally.lengths_differ:
        return f" Chromosome lengths agree ({tally.lengths_agree})."
    if tally.lengths_differ:
        return f" {tally.lengths_differ} chromosome lengths in the header do not fit; the bases were believed."
    return ""


def _weak_bases(found: Evidence, build: str) -> str:
    tally = found.tallies[build]
    return (
        f"REF agrees in {tally.agree} records where bases are known."
        if tally.agree
        else "no record lies where bases are known."
    )


def _contradiction(found: Evidence, build: str, where: str, proved: list[str] | None = None) -> Problem:
    tally = found.tallies[build]
    lines = "; ".join(tally.examples)
    what = (
        f"REF contradicts {build} in {tally.differ} of {tally.differ + tally.agree} records "
        f"where its bases are known: {lines}."
    )
    if proved:
        return Problem(
            where,
            what,
            f"the calls are on {proved[0]}, whose bases agree in {found.tallies[proved[0]].agree} records",
            f"write {proved[0]} into `build`, or name the right file.",
        )
    few = tally.differ <= tally.agree
    return Problem(
        where,
        what,
        "these records were edited or damaged, or lifted over without their bases"
        if few
        else "the calls were made on another assembly, or positions are shifted by one",
        "mend or remove these records, or call on GRCh37 or GRCh38.",
    )


def header_note(header: Header, naming: Naming, build: str) -> str:
    """The build that the header names, where it is not `build`; "" otherwise (for a warning)."""
    text = "\n".join(
        line for line in header.lines if line.startswith(("##reference", "##assembly", "##contig"))
    ).lower()
    for other, names in naming.table["build_names"].items():
        if other != build and any(len(name) > 2 and name.lower() in text for name in names):
            return str(other)
    return ""
