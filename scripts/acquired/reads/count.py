"""Counting of alleles: every fragment once, mates reconciled, UMI families by majority; and phase of pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from acquired.model import Allele
from acquired.reads.sites import ALT, OTHER, REF, Haplotypes, Read, Substitution, blocks_of
from acquired.reads.table import AlleleCount, PhaseCount

#: Alleles so near to each other (in bases) are read in one go.
_NEAR = 100
#: Indels are looked at together as long as their stretch is not longer than this (in bases): reads must span it.
_TOGETHER = 60
#: Pairs of alleles farther apart than this (in bases) are not asked for phase: few fragments are longer.
REACH = 1000
#: Reads that are never looked at, by flag, and how they are named in the account.
SKIPPED = {
    0x4: "unmapped",
    0x100: "secondary",
    0x200: "failed quality checks",
    0x400: "duplicate",
    0x800: "supplementary",
}
_SKIP = sum(SKIPPED)
_DISAGREE = 3


class Alignments(Protocol):
    """The part of pysam.AlignmentFile that is needed."""

    def fetch(self, contig: str, start: int, stop: int) -> Iterator[Any]: ...


@dataclass(frozen=True)
class Filters:
    """What a read must be to count. groups: read groups of the specimen; None: all of them are its own."""

    base_quality: int = 20
    mapping_quality: int = 20
    groups: frozenset[str] | None = None


@dataclass
class Source:
    """Alignments and how they are read. contigs: chromosome (chr7) to the file's own name.

    tally: reads met, by what became of them. families: whether a read carried the UMI family tag MI; ungrouped: whether
    one carried a UMI (RX) and no family.
    """

    file: Alignments
    contigs: dict[str, str]
    filters: Filters
    tally: Counter[str] = field(default_factory=Counter)
    families: bool = False
    ungrouped: bool = False

    def reads(self, chrom: str, start0: int, end0: int) -> Iterator[tuple[str, str, bool, Read]]:
        """UMI family, name, strand (True: reverse) and read, for each usable read over a stretch (0-based half-open).

        The family is the name itself where the read has no tag MI; the two strands of a duplex (MI:Z:7/A, 7/B) are one
        family. A chromosome that the file does not have gives none.
        """
        if chrom not in self.contigs:
            return
        tally, filters = self.tally, self.filters
        for segment in self.file.fetch(self.contigs[chrom], max(start0, 0), end0):
            flag = segment.flag
            if flag & _SKIP:
                tally[next(name for bit, name in SKIPPED.items() if flag & bit)] += 1
                continue
            if segment.mapping_quality < filters.mapping_quality:
                tally["mapping quality too low"] += 1
                continue
            if filters.groups is not None and not (segment.has_tag("RG") and segment.get_tag("RG") in filters.groups):
                tally["of another sample"] += 1
                continue
            cigar, sequence = segment.cigartuples, segment.query_sequence
            if not cigar or not sequence:
                tally["without sequence"] += 1
                continue
            blocks = blocks_of(segment.reference_start, cigar)
            if not blocks:
                tally["without aligned base"] += 1
                continue
            tally["used"] += 1
            name = family = segment.query_name
            if segment.has_tag("MI"):
                self.families = True
                family = "MI:" + str(segment.get_tag("MI")).removesuffix("/A").removesuffix("/B")
            elif not self.ungrouped and segment.has_tag("RX"):
                self.ungrouped = True
            yield family, name, bool(flag & 0x10), Read(blocks, sequence, segment.query_qualities)


#: Molecule (fragment or UMI family) to what it shows and on which strands (bit 1 forward, bit 2 reverse).
Votes = dict[str, tuple[int, int]]


def count_alleles(
    source: Source,
    alleles: Sequence[Allele],
    fetch: Callable[[str, int, int], str],
    genes: Callable[[Allele], frozenset[str]],
    ranks: dict[str, int],
) -> tuple[dict[Allele, AlleleCount], dict[tuple[Allele, Allele], PhaseCount]]:
    """Counts of each allele, and of each pair of alleles of one gene that lies within `REACH` and does not overlap.

    fetch: the reference's bases (chrom, first, last; 1-based). genes: the genes an allele lies in. ranks: order of the
    chromosomes.
    """
    counts: dict[Allele, AlleleCount] = {}
    phases: dict[tuple[Allele, Allele], PhaseCount] = {}
    recent: list[tuple[Allele, frozenset[str], Votes]] = []
    for window in windows(alleles, fetch, ranks):
        for allele, (votes, disagreeing) in sorted(_look(source, window).items()):
            counts[allele] = _summed(votes, disagreeing)
            own = genes(allele)
            recent = [r for r in recent if r[0].chrom == allele.chrom and allele.pos - r[0].pos <= REACH]
            for other, theirs, other_votes in recent:
                if own & theirs and _apart(other, allele):
                    phases[other, allele] = _phase(other_votes, votes)
            if own:
                recent.append((allele, own, votes))
    return counts, phases


def windows(
    alleles: Sequence[Allele], fetch: Callable[[str, int, int], str], ranks: dict[str, int]
) -> Iterator[list[Substitution | Haplotypes]]:
    """What to look for, in order of place; things near to each other together."""
    ordered = sorted(set(alleles), key=lambda a: (ranks[a.chrom], a))
    same = [a for a in ordered if len(a.ref) == len(a.alt)]
    items: list[Substitution | Haplotypes] = [Substitution(a, _longer(a, i, same)) for i, a in enumerate(same)]
    group: list[Allele] = []
    last: Haplotypes | None = None
    for a in (a for a in ordered if len(a.ref) != len(a.alt)):
        alone = Haplotypes([a], fetch)
        if (
            last is not None
            and last.alleles[0].chrom == a.chrom
            and alone.inner0 < last.after0
            and max(alone.after0, last.after0) - last.inner0 <= _TOGETHER
        ):
            group.append(a)
            items.remove(last)
            last = Haplotypes(group, fetch)
        else:
            group, last = [a], alone
        items.append(last)
    items.sort(key=lambda item: (ranks[_chrom(item)], item.first0))
    held: list[Substitution | Haplotypes] = []
    end0 = 0
    for item in items:
        if held and (_chrom(held[0]) != _chrom(item) or item.first0 > end0 + _NEAR):
            yield held
            held = []
        end0 = max(end0, item.end0) if held else item.end0
        held.append(item)
    if held:
        yield held


def _chrom(item: Substitution | Haplotypes) -> str:
    return item.allele.chrom if isinstance(item, Substitution) else item.alleles[0].chrom


def _longer(allele: Allele, place: int, same: Sequence[Allele]) -> list[Allele]:
    """MNVs that have all changed bases of `allele` and more. same: all SNVs and MNVs in order; place: this one's."""

    def changed(a: Allele) -> set[tuple[int, str]]:
        return {(a.pos + i, new) for i, (old, new) in enumerate(zip(a.ref, a.alt, strict=True)) if old != new}

    own, found = changed(allele), []
    for step in (-1, 1):
        i = place + step
        while 0 <= i < len(same) and same[i].chrom == allele.chrom and abs(same[i].pos - allele.pos) <= _NEAR:
            if len(same[i].ref) > 1 and own < changed(same[i]):
                found.append(same[i])
            i += step
    return found


def _look(source: Source, window: list[Substitution | Haplotypes]) -> dict[Allele, tuple[Votes, int]]:
    """What each molecule over the window shows of each allele, and how many contradict themselves."""
    fragments: dict[Allele, Votes] = {}
    for item in window:
        for allele in (item.allele,) if isinstance(item, Substitution) else item.alleles:
            fragments[allele] = {}
    family_of: dict[str, str] = {}
    least = source.filters.base_quality
    end0 = max(item.end0 for item in window)
    for family, name, reverse, read in source.reads(_chrom(window[0]), window[0].first0, end0):
        strand = 2 if reverse else 1
        if family is not name:
            family_of[name] = family
        first, end = read.blocks[0][0], read.blocks[-1][1]
        for item in window:
            if end <= item.first0:
                break
            if first >= item.end0:
                continue
            if isinstance(item, Substitution):
                seen = item.look(read, least)
                if seen is not None:
                    _vote(fragments[item.allele], name, seen, strand)
            else:
                told = item.look(read, least)
                if told is not None:
                    for allele, seen in zip(item.alleles, told, strict=True):
                        if seen >= 0:
                            _vote(fragments[allele], name, seen, strand)
    return {allele: _agreed(votes, family_of) for allele, votes in fragments.items()}


def _vote(votes: Votes, name: str, seen: int, strand: int) -> None:
    before = votes.get(name)
    if before is None:
        votes[name] = seen, strand
    else:
        votes[name] = (seen if before[0] == seen else _DISAGREE), before[1] | strand


def _agreed(fragments: Votes, family_of: dict[str, str]) -> tuple[Votes, int]:
    """Votes by molecule without those that contradict themselves, and the number of these.

    A UMI family counts for what more than half of its fragments show.
    """
    if not family_of:
        votes = {name: vote for name, vote in fragments.items() if vote[0] != _DISAGREE}
        return votes, len(fragments) - len(votes)
    families: dict[str, list[tuple[int, int]]] = {}
    for name, vote in fragments.items():
        families.setdefault(family_of.get(name, name), []).append(vote)
    votes = {}
    for family, members in families.items():
        seen, number = Counter(vote[0] for vote in members).most_common(1)[0]
        if seen != _DISAGREE and 2 * number > len(members):
            strands = 0
            for vote in members:
                strands |= vote[1] if vote[0] == seen else 0
            votes[family] = seen, strands
    return votes, len(families) - len(votes)


def _summed(votes: Votes, disagreeing: int) -> AlleleCount:
    tally = Counter(votes.values())

    def total(seen: int, strand: int = 3) -> int:
        return sum(n for (what, strands), n in tally.items() if what == seen and strands & strand)

    return AlleleCount(
        len(votes), total(REF), total(ALT), total(OTHER),
        total(REF, 1), total(REF, 2), total(ALT, 1), total(ALT, 2), disagreeing,
    )  # fmt: skip


def _apart(one: Allele, other: Allele) -> bool:
    """Whether two alleles in order of place touch no base in common, so that one molecule can carry both."""
    return one.pos + len(one.ref) <= other.pos


def _phase(first: Votes, second: Votes) -> PhaseCount:
    tally: Counter[tuple[bool, bool]] = Counter()
    small, large = (first, second) if len(first) <= len(second) else (second, first)
    for name, vote in small.items():
        if (other := large.get(name)) is not None:
            tally[vote[0] == ALT, other[0] == ALT] += 1
    if small is second:
        tally = Counter({(b, a): n for (a, b), n in tally.items()})
    return PhaseCount(tally[True, True], tally[True, False], tally[False, True], tally[False, False])
