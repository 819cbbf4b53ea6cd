"""How the small variants of a gene lie to each other: cis, trans or unknown, with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from acquired.annotate import Annotator
from acquired.compare.mnv import changes, is_mnv
from acquired.compare.phase import Evidence, Fragments, phase_of
from acquired.judge.findings import Finding
from acquired.judge.rows import PRESENT

if TYPE_CHECKING:
    from acquired.reads.table import ReadCounts


def add_phase(
    findings: Sequence[Finding],
    annotator: Annotator,
    wording: Mapping[str, str],
    read_back: Sequence[ReadCounts | None] = (),
) -> None:
    """Relate the small variants of each gene to each other, and read those of one molecule and codon together.

    read_back: what each specimen's alignments say, None where it has none. Alleles in cis that are one protein change
    together take that change as their name, so that V600K is never V600E with V600M.
    """
    by_gene: dict[str, list[Finding]] = {}
    for f in findings:
        if f.row is not None and f.annotation is not None and f.annotation.protein:
            by_gene.setdefault(f.gene, []).append(f)
    for group in by_gene.values():
        mnvs = [f for f in group if f.row and is_mnv(f.row.allele.ref, f.row.allele.alt)]
        for i, one in enumerate(group):
            for other in group[i + 1 :]:
                _relate(one, other, mnvs, wording, read_back)
        _join(group, annotator, wording)


def _relate(
    one: Finding,
    other: Finding,
    mnvs: Sequence[Finding],
    wording: Mapping[str, str],
    read_back: Sequence[ReadCounts | None],
) -> None:
    assert one.row and other.row and one.annotation and other.annotation
    evidence = _evidence(one, other, mnvs, read_back)
    if not evidence:
        return
    found = phase_of(evidence, (one.name, other.name))
    for f, mate, swapped in ((one, other, False), (other, one, True)):
        told: dict[str, Any] = {"with": mate.id, "phase": found.phase, "why": found.why, "ground": found.ground}
        if found.fragments is not None:
            both, first, second, neither = found.fragments
            only, mate_only = (second, first) if swapped else (first, second)
            told["fragments"] = {"both": both, "only_this": only, "only_other": mate_only, "neither": neither}
        f.phase.append(told)
    same_codon = one.annotation.protein_start == other.annotation.protein_start
    if found.phase == "unknown" and same_codon and _snv(one) and _snv(other):
        one.flag("codon_phase_unknown", wording["codon_phase_unknown"].format(other=other.name))
        other.flag("codon_phase_unknown", wording["codon_phase_unknown"].format(other=one.name))


def _evidence(
    one: Finding, other: Finding, mnvs: Sequence[Finding], read_back: Sequence[ReadCounts | None]
) -> list[Evidence]:
    """What each specimen that has both says of the pair, and each that has an MNV of which both are parts."""
    assert one.row and other.row
    first, second = one.row.allele, other.row.allele
    wholes = [m for m in mnvs if m not in (one, other) and all(_part_of(f, m) for f in (one, other))]
    found = []
    for i, (a, b) in enumerate(zip(one.observations, other.observations, strict=True)):
        whole = any(m.observations[i]["status"] in PRESENT for m in wholes)
        if not whole and not (a["status"] in PRESENT and b["status"] in PRESENT):
            continue
        counted = read_back[i] if i < len(read_back) else None
        spanning = counted.phase(first, second) if counted is not None else None
        found.append(
            Evidence(
                a["specimen"],
                (one.row.genotypes[i], other.row.genotypes[i]),
                (_reads(a), _reads(b)),
                Fragments(*spanning) if spanning is not None else None,
                whole,
            )
        )
    return found


def _part_of(f: Finding, mnv: Finding) -> bool:
    """Whether the bases that an allele changes are among those of an MNV, changed alike."""
    assert f.row and mnv.row
    a, m = f.row.allele, mnv.row.allele
    return len(a.ref) == len(a.alt) and changes(a.pos, a.ref, a.alt) < changes(m.pos, m.ref, m.alt)


def _reads(observation: Mapping[str, Any]) -> tuple[int, int] | None:
    k, n = observation["alt_count"], observation["depth"]
    return None if k is None or n is None else (k, n)


def _snv(f: Finding) -> bool:
    return f.row is not None and len(f.row.allele.ref) == len(f.row.allele.alt) == 1


def _join(group: Sequence[Finding], annotator: Annotator, wording: Mapping[str, str]) -> None:
    from acquired.annotate.haplotype import combined

    by_allele = {f.row.allele: f for f in group if f.row}
    for f in group:
        mates = [m for m in group if any(p["with"] == f.id and p["phase"] == "cis" for p in m.phase)]
        if not mates or any(x["code"] == "haplotype" for x in f.flags):
            continue
        alleles = [m.row.allele for m in (f, *mates) if m.row]
        for members, annotation in combined(annotator, alleles):
            for allele in members:
                one = by_allele[allele]
                others = [by_allele[m] for m in members if m != allele]
                told = " and ".join(f"{o.row.allele}" for o in others if o.row)
                one.flag("haplotype", wording["haplotype"].format(others=told, protein=annotation.protein))
                one.parts = sorted({*one.parts, *(o.id for o in others)})
                one.annotation = annotation
                one.annotations = [annotation, *(a for a in one.annotations if a.gene != annotation.gene)]
                one.name = f"{annotation.gene} {annotation.protein or annotation.hgvs_c}"
