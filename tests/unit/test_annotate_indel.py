"""Random insertions, deletions and delins: the names, read back and applied, give the mutated gene and protein."""

from __future__ import annotations

import random
import re

import pytest
from acquired.annotate import Annotator
from acquired.model import Allele, Annotation
from annotate_oracle import Model, apply_p, other_strand, reference, residues

BUILDS = ("GRCh38", "GRCh37")
FLANK = 240


def random_change(rng: random.Random, model: Model) -> tuple[int, str, str]:
    """(pos, ref, alt) on the plus strand as a caller might write it: not always left-aligned or trimmed."""
    ref = reference(model.build)
    anchor = model.positions[rng.randrange(model.first, model.last + 1)] + rng.choice((0,) * 12 + (-12, -3, 3, 12))
    kind = rng.choice(("del", "ins", "dup", "delins", "mnv"))
    size = rng.choice((1, 1, 2, 3, 3, 4, 6, 9, 12, 15, 18, 24, 33))
    chrom = model.transcript.chrom
    bases = ref.fetch(chrom, anchor, anchor + size)
    new = "".join(rng.choice("ACGT") for _ in range(size))
    if kind == "del":
        return anchor, bases, bases[0]
    if kind == "ins":
        return anchor, bases[0], bases[0] + new
    if kind == "dup":
        return anchor, bases[0], bases[0] + bases[1:]
    if kind == "mnv":
        return anchor, bases[: min(size, 6) + 1], new[: min(size, 6)] + rng.choice("ACGT")
    return anchor, bases, new[: rng.randrange(1, size + 1)] + rng.choice("ACGT")


def mutated(model: Model, pos: int, ref: str, alt: str, start: int, end: int) -> str:
    """Plus-strand bases from start to end with the change made."""
    bases = reference(model.build).fetch(model.transcript.chrom, start, end)
    assert bases[pos - start : pos - start + len(ref)] == ref
    return bases[: pos - start] + alt + bases[pos - start + len(ref) :]


def check_c(model: Model, annotation: Annotation, pos: int, ref: str, alt: str) -> None:
    """The c. name gives the mutated bases, no name further 3' does, and repeats are called dup."""
    start, end = pos - FLANK, pos + len(ref) + FLANK
    want = mutated(model, pos, ref, alt, start, end)
    name = annotation.hgvs_c
    assert model.apply_c(name, start, end) == want, name
    where, op, new = re.fullmatch(r"c\.([-*+_\d]+?)(del|dup|ins|delins|inv|[ACGT]>)([ACGT]*)", name).groups()
    if op not in ("del", "dup", "ins"):
        return
    first, _, last = where.partition("_")
    ends = sorted((model.genome(first), model.genome(last or first)))
    step = 1 if model.forward else -1
    fetch = reference(model.build).fetch
    chrom = model.transcript.chrom

    def made(low: int, high: int, inserted: str = "") -> str:
        return mutated(model, low, fetch(chrom, low, high), inserted, start, end) if low <= high else ""

    if op == "del":
        assert made(ends[0] + step, ends[1] + step) != want, f"{name} is not the most 3'"
        return
    unit = fetch(chrom, *ends) if op == "dup" else (new if model.forward else other_strand(new))
    # An insertion one base further 3', of the unit turned by one, must differ.
    turned = unit[1:] + unit[0] if model.forward else unit[-1] + unit[:-1]
    spot = (ends[1] if op == "dup" else ends[0]) + 1 if model.forward else ends[0] - (2 if op == "dup" else 1)
    anchor = fetch(chrom, spot, spot)
    shifted = mutated(model, spot, anchor, anchor + turned, start, end)
    assert shifted != want, f"{name} is not the most 3'"
    if op == "ins":
        before = (fetch(chrom, ends[1] - len(unit), ends[0]) if model.forward
                  else fetch(chrom, ends[1], ends[0] + len(unit)))  # fmt: skip
        assert before != unit, f"{name} is a dup"


def spliced(model: Model, name: str, pos: int, ref: str, alt: str) -> str | None:
    """The mutated spliced transcript if the name lies within one exon's coding part, else None."""
    where, _ = re.match(r"c\.([-*+_\d]+?)(del|dup|ins|delins|inv|[ACGT]>)", name).groups()
    if re.search(r"\d[+-]\d|\*|^-|_-", where) and not re.fullmatch(r"\d+_\d+\+1", where):
        return None
    first, _, last = where.partition("_")
    ends = [model.genome(first), model.genome(last or first)]
    if any(p not in model.index for p in ends):
        return None
    start, end = pos - FLANK, pos + len(ref) + FLANK
    a, b = sorted(model.index[p] for p in ends)
    if b - a != abs(ends[1] - ends[0]):  # an exon border lies between
        return None
    changed = model.apply_c(name, start, end)
    grown = len(alt) - len(ref)
    # Bases of the changed stretch, read from the mutated genome around it.
    low, high = min(ends), max(ends)
    stretch = changed[low - start : high - start + 1 + grown]
    return model.rna[:a] + (stretch if model.forward else other_strand(stretch)) + model.rna[b + 1 :]


def check_p(model: Model, annotation: Annotation, pos: int, ref: str, alt: str) -> bool:
    """The p. name gives the protein of the mutated transcript; whether there was one to check."""
    rna = spliced(model, annotation.hgvs_c, pos, ref, alt)
    if rna is None or not annotation.hgvs_p:
        return False
    name = annotation.hgvs_p
    if name == "p.?":
        raise AssertionError(f"{annotation.hgvs_c} lies in an exon and is named p.?")
    if name == "p.(Met1?)":
        assert rna[model.first : model.first + 3] != model.rna[model.first : model.first + 3] or annotation.hgvs_c
        return True
    if name.startswith("p.["):
        changes = name.removeprefix("p.[(").removesuffix(")]").split(";")
        got = model.protein
        for change in changes:
            got = apply_p(f"p.({change})", got)
    else:
        got = apply_p(name, model.protein)
    want = "M" + residues(rna[model.first :])[1:]
    if "~" in got:
        kept, _, count = got.partition("~")
        assert want.startswith(kept), (name, kept[-5:], want[len(kept) - 5 : len(kept) + 3])
        kind = "ext" if "ext" in name else "fs"
        new = len(want) - len(kept) + (kind == "fs")
        assert count == (str(new) if want.endswith("*") else "?"), (name, new)
        assert model.protein[len(kept) - 1] != kept[-1]
    else:
        assert got == want, name
        check_most_terminal(model.protein, annotation.protein)
    return True


def check_most_terminal(protein: str, short: str) -> None:
    """A protein del or dup cannot be written further towards the C-terminus."""
    found = re.fullmatch(r"[A-Z](\d+)(?:_[A-Z](\d+))?(del|dup)", short)
    if not found:
        return
    low, high = int(found[1]), int(found[2] or found[1])
    assert protein[low - 1] != protein[high], f"{short} is not the most C-terminal"


def run(build: str, count: int, seed: int) -> int:
    """Checks `count` random changes; how many had a protein name to check."""
    rng = random.Random(seed)
    ref = reference(build)
    annotator = Annotator(ref)
    whole = [t for gene in ref.genes for t in ref.transcripts(gene) if t.bases == "all" and t.cds_start]
    proteins = 0
    models: dict[str, Model] = {}
    for _ in range(count):
        transcript = rng.choice(whole)
        if transcript.name not in models:
            models[transcript.name] = Model(transcript, build)
        model = models[transcript.name]
        pos, given, alt = random_change(rng, model)
        if given == alt or not ref.has_bases(transcript.chrom, pos - FLANK, pos + len(given) + FLANK):
            continue
        said = annotator.annotate(Allele(transcript.chrom, pos, given, alt))
        mine = [a for a in said if a.transcript == transcript.name]
        assert len(mine) == 1
        try:
            check_c(model, mine[0], pos, given, alt)
            proteins += check_p(model, mine[0], pos, given, alt)
        except Exception as error:
            raise AssertionError(f"{transcript.gene} {transcript.chrom}:{pos}{given}>{alt} {mine[0]}") from error
    return proteins


@pytest.mark.parametrize("build", BUILDS)
def test_some_random_changes(build: str) -> None:
    assert run(build, 400, 7) > 150


@pytest.mark.heavy
@pytest.mark.parametrize("build", BUILDS)
def test_many_random_changes(build: str) -> None:
    assert run(build, 20_000, 11) > 10_000


#: A stop among bases put in at the protein's end lets it grow, shortens it, or stands for one that is lost; the last
#: change meets the stop codon, and has one in its place.
ENDS = [
    ("chr3", 10149961, "A", "ATCTCCGTTAGAC", "c.639_640insCTCCGTTAGACT", "p.(Ter214LeuextTer2)", "inframe_insertion"),
    ("chr14", 65076478, "AGCTGGCC", "CCCTCTACGTG", "c.474_481delinsCACGTAGAGGG", "p.(Glu158_Ter161delinsAspThrTer)",
     "stop_gained"),
    ("chr13", 36827750, "G", "GTCTTAAAGG", "c.817_818insCTTAAAGGT", "p.(Ter273SerextTer1)", "stop_lost"),
    ("chr19", 1578339, "CCTAGA", "TCTAGG", "c.872_*1inv", "p.(Val291Ala)", "missense_variant"),
]  # fmt: skip


@pytest.mark.parametrize(("chrom", "pos", "ref", "alt", "hgvs_c", "hgvs_p", "consequence"), ENDS)
def test_a_stop_put_in_at_the_end(
    chrom: str, pos: int, ref: str, alt: str, hgvs_c: str, hgvs_p: str, consequence: str
) -> None:
    said = Annotator(reference("GRCh38")).annotate(Allele(chrom, pos, ref, alt))[0]
    assert (said.hgvs_c, said.hgvs_p, said.consequence) == (hgvs_c, hgvs_p, consequence)
