"""The same change written as one MNV in one specimen and as its parts in another, paired up.

Where all parts of an MNV (SNVs, or shorter MNVs, that together make exactly its bases) are present in a
specimen that has no record of the MNV, with fractions that do not differ significantly and no phase that
puts them on different molecules, the MNV is taken as present there: with the smallest count among the
parts, and a source that says so. A part that is present nowhere but in such specimens is not
listed on its own: it is absorbed and counted. An SNV that exists besides (another fraction) stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from acquired.compare.observe import PARTS, PHASED_PARTS, Observation
from acquired.compare.settings import Thresholds
from acquired.compare.trajectory import differ
from acquired.compare.union import Alleles, Row
from acquired.model import Status

#: A single changed base: place (as in `union`), new base.
Base = tuple[int, str]

#: An observation and its PS and SB as text (`Observer.record`).
Seen = tuple[Observation, str]

#: One allele of a cluster: its place, ref and alt.
Name = tuple[int, str, str]


@dataclass
class Pairing:
    """What pairing found in a cluster of alleles.

    derived: observations of MNVs from their parts, by allele and specimen. parts: the parts of each MNV
    so observed. absorbed: alleles that are not listed on their own.
    """

    derived: dict[Name, dict[int, Seen]] = field(default_factory=dict)
    parts: dict[Name, list[Name]] = field(default_factory=dict)
    absorbed: set[Name] = field(default_factory=set)


def is_mnv(ref: str, alt: str) -> bool:
    """Whether an allele replaces several bases by as many."""
    return len(ref) > 1 and len(ref) == len(alt)


def changes(place: int, ref: str, alt: str) -> frozenset[Base]:
    """The single bases that an SNV or MNV changes."""
    return frozenset((place + i, b) for i, (a, b) in enumerate(zip(ref, alt, strict=True)) if a != b)


def pair(
    cluster: list[tuple[int, Alleles]], observe: Callable[[int, list[str]], Seen], thresholds: Thresholds
) -> Pairing:
    """Pair MNVs with their parts. cluster: neighbouring places; observe: specimen and record to its observation."""
    rows: dict[Name, Row] = {
        (place, ref, alt): row
        for place, alleles in cluster
        for (ref, alt), row in alleles.items()
        if len(ref) == len(alt)
    }
    seen = {
        name: {i: observe(i, fields) for i, fields in enumerate(row) if fields is not None}
        for name, row in rows.items()
    }
    bases = {name: changes(*name) for name in rows}
    found = Pairing()
    used: dict[Name, set[int]] = {}
    for mnv in sorted((n for n in rows if is_mnv(n[1], n[2])), key=lambda n: (-len(n[1]), n)):
        if not any(o.present for o, _ in seen[mnv].values()):
            continue
        within = [n for n in rows if n != mnv and bases[n] < bases[mnv]]
        for i in range(len(rows[mnv])):
            if i in seen[mnv]:
                continue
            parts = _tile(bases[mnv], [n for n in within if i in seen[n] and seen[n][i][0].present], bases)
            together = _together([seen[n][i] for n in parts], thresholds) if parts else None
            if together is None:
                continue
            found.derived.setdefault(mnv, {})[i] = together
            listed = found.parts.setdefault(mnv, [])
            for part in parts:
                used.setdefault(part, set()).add(i)
                if part not in listed:
                    listed.append(part)
    for name, specimens in used.items():
        if all(i in specimens for i, (o, _) in seen[name].items() if o.present):
            found.absorbed.add(name)
    return found


def _tile(whole: frozenset[Base], pieces: list[Name], bases: dict[Name, frozenset[Base]]) -> list[Name]:
    """Pieces that make up the whole exactly, longer ones first; empty if they do not."""
    left, chosen = set(whole), []
    for piece in sorted(pieces, key=lambda n: (-len(bases[n]), n)):
        if bases[piece] <= left:
            left -= bases[piece]
            chosen.append(piece)
    return [] if left else sorted(chosen)


def _together(whole: list[Seen], thresholds: Thresholds) -> Seen | None:
    """The parts of one specimen as one observation of the MNV, or None if they are not the same molecules."""
    parts = [o for o, _ in whole]
    counted = [o for o in parts if o.k is not None and o.n]
    if counted:
        low = min(counted, key=_fraction)
        if differ(low, max(counted, key=_fraction), thresholds):
            return None
    weakest = min(parts, key=lambda o: (o.k is None, o.k or 0))
    sets = {more.split(":")[1] if more else "." for _, more in whole}
    phased = all("|" in o.gt for o in parts) and len(sets) == 1 and sets != {"."}
    sides = {o.gt for o in parts} - {"1|1"}
    if phased and len(sides) > 1:
        return None  # the phase set puts them on different molecules
    filters = sorted({f for o in parts for f in o.filters.split(";") if f != "."})
    statuses = {o.status for o in parts}
    status = next(s for s in (Status.FILTERED, Status.GENOTYPED, Status.CALLED) if s in statuses)
    together = Observation(
        status,
        PHASED_PARTS if phased else PARTS,
        depth=weakest.depth,
        alt=weakest.alt,
        k=weakest.k,
        vaf=weakest.vaf,
        vaf_text="." if weakest.vaf is None else f"{weakest.vaf:.6g}",
        filters=";".join(filters) or ".",
        gt=weakest.gt,
    )
    return together, f":{sets.pop()}:." if phased else ""


def _fraction(observation: Observation) -> float:
    return (observation.k or 0) / (observation.n or 1)
