"""Not there at all: what sequencing, fixation and oxidation leave behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from acquired.compare.stats import fisher_two_sided
from acquired.flags.seen import Flag, Seen
from acquired.model import Allele

_DEAMINATED = frozenset({("C", "T"), ("G", "A")})
_OXIDISED = frozenset({("G", "T"), ("C", "A")})


def strand_bias(seen: Sequence[Seen], rules: Mapping[str, Any]) -> Flag | None:
    """The alternative lies on one strand and the reference on both, wherever it is seen and strands are counted."""
    own = rules["strand"]
    counted = [s for s in seen if s.strands is not None]
    biased = []
    for s in counted:
        assert s.strands is not None
        ref_plus, ref_minus, alt_plus, alt_minus = s.strands
        ref, alt = ref_plus + ref_minus, alt_plus + alt_minus
        if alt < own["reads"] or not ref:
            continue
        if min(alt_plus, alt_minus) / alt > own["alternative"] or min(ref_plus, ref_minus) / ref < own["reference"]:
            continue
        p = fisher_two_sided(alt_plus, alt, ref_plus, ref)
        if p <= own["p"]:
            biased.append((s, p))
    if not biased or len(biased) < len(counted):
        return None
    s, p = biased[-1]
    assert s.strands is not None
    return Flag("strand_bias", {"specimen": s.specimen, "plus": s.strands[2], "minus": s.strands[3],
                                "ref_plus": s.strands[0], "ref_minus": s.strands[1], "p": f"{p:.2g}"})  # fmt: skip


def fixation(allele: Allele, seen: Sequence[Seen], rules: Mapping[str, Any]) -> Flag | None:
    """C>T or G>A at low fraction in tissue, and in nothing but tissue: perhaps deamination by fixation."""
    own = rules["fixation"]
    if (allele.ref, allele.alt) not in _DEAMINATED or not seen:
        return None
    if any(s.material not in own["materials"] or s.vaf is None or s.vaf >= own["vaf"] for s in seen):
        return None
    return Flag("fixation", {"change": f"{allele.ref}>{allele.alt}", "vaf": max(s.vaf or 0.0 for s in seen)})


def oxidation(allele: Allele, seen: Sequence[Seen], rules: Mapping[str, Any]) -> Flag | None:
    """G>T or C>A at low fraction wherever it is seen: perhaps oxidised guanine."""
    if (allele.ref, allele.alt) not in _OXIDISED or not seen:
        return None
    if any(s.vaf is None or s.vaf >= rules["oxidation"]["vaf"] for s in seen):
        return None
    return Flag("oxidation", {"change": f"{allele.ref}>{allele.alt}", "vaf": max(s.vaf or 0.0 for s in seen)})


def homopolymer(
    allele: Allele, seen: Sequence[Seen], fetch: Callable[[str, int, int], str], rules: Mapping[str, Any]
) -> Flag | None:
    """One or more of the repeated base put into or taken out of a run of it, at a fraction below germline's.

    fetch: chrom, first, last (1-based inclusive) to bases of the reference.
    """
    own = rules["homopolymer"]
    longer, shorter = (allele.ref, allele.alt) if len(allele.ref) > len(allele.alt) else (allele.alt, allele.ref)
    unit = longer[len(shorter) :]
    if len(longer) == len(shorter) or not longer.startswith(shorter) or len(set(unit)) != 1 or not seen:
        return None
    if any(s.vaf is None or s.vaf >= own["vaf"] for s in seen):
        return None
    base, length = unit[0], 0
    first = allele.pos + len(shorter)  # the run begins behind the anchor, as the allele is left-aligned
    ahead = fetch(allele.chrom, first, first + 99)
    while length < len(ahead) and ahead[length] == base:
        length += 1
    if length < own["run"]:
        return None
    return Flag("homopolymer", {"base": base, "run": length, "vaf": max(s.vaf or 0.0 for s in seen)})
