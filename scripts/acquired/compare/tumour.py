"""What can only be said once the patient's drivers are known: how much tumour DNA a specimen held, and what that and
the number of alleles tested leave of a statement.

The comparison knows the reads, not the catalogue. The judge, which knows both, settles with these functions what it
lists; `compared.bcf` keeps what the reads (and a tumour fraction of the sheet) say. Observations, trajectories and
specimens are plain values as in result.json.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from acquired.compare.trajectory import Doubt, says_nothing

_SEEN = ("called", "filtered", "genotyped")

#: What is left of a statement that does not stand.
_WEAKER = {"emerged": "unresolved", "cleared": "not seen", "risen": "persistent", "fallen": "persistent"}

Json = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """One alteration of the patient, with its observations by specimen.

    driver: a catalogued driver, of which tumour DNA can be told. somatic: neither probably germline nor seen in the
    matched normal.
    """

    name: str
    observations: Mapping[str, Mapping[str, Any]]
    driver: bool = False
    somatic: bool = True

    def seen(self, specimen: str) -> bool:
        """Whether the specimen has it."""
        return self.observations[specimen]["status"] in _SEEN


@dataclass(frozen=True)
class TumourFraction:
    """Of one specimen. source: `sheet`, or `drivers` with the names of those it was estimated from."""

    value: float
    source: str
    drivers: tuple[str, ...] = field(default=())


def tumour_fractions(specimens: Sequence[Mapping[str, Any]], known: Sequence[Known]) -> dict[str, TumourFraction]:
    """Tumour fraction by specimen: the sheet's, or else the median of 2 x VAF of the somatic drivers that persist.

    Twice the allele fraction holds for a clonal heterozygous alteration of a diploid tumour; at most 1. A driver
    persists if two specimens or more have it. Specimens in which none has a fraction are left out.
    """
    ids = [s["id"] for s in specimens]
    persisting = [k for k in known if k.driver and k.somatic and sum(k.seen(i) for i in ids) > 1]
    found = {}
    for s in specimens:
        if s.get("tumour_fraction") is not None:
            found[s["id"]] = TumourFraction(float(s["tumour_fraction"]), "sheet")
            continue
        own = [(k.name, o.get("vaf")) for k in persisting if (o := k.observations[s["id"]])["status"] in _SEEN]
        told = [(name, vaf) for name, vaf in own if vaf is not None]
        if told:
            value = min(1.0, _median([2 * vaf for _, vaf in told]))
            found[s["id"]] = TumourFraction(value, "drivers", tuple(name for name, _ in told))
    return found


def _median(values: list[float]) -> float:
    """As `statistics.median`, whose import costs more than the whole estimate."""
    values = sorted(values)
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def informative(specimens: Sequence[Mapping[str, Any]], known: Iterable[Known]) -> dict[str, bool]:
    """For each plasma specimen, whether it shows any alteration known of the patient's tumour.

    Known to a specimen is what is somatic and called in another one. Where nothing is, nothing is said of it.
    """
    somatic = [k for k in known if k.somatic]
    found = {}
    for s in specimens:
        if s.get("material") != "plasma":
            continue
        others = [o["id"] for o in specimens if o["id"] != s["id"]]
        own = [k for k in somatic if any(k.observations[o]["status"] == "called" for o in others)]
        if own:
            found[s["id"]] = any(k.seen(s["id"]) for k in own)
    return found


def settle(
    told: Mapping[str, Any],
    observations: Mapping[str, Mapping[str, Any]],
    fractions: Mapping[str, TumourFraction],
    informs: Mapping[str, bool],
    alpha: float,
) -> Json:
    """A trajectory as it stands once the patient is known: itself, or weaker with its `doubt`.

    alpha: level that its q-value must keep, where it has one; give 1 for an alteration that meets a claim on a given
    drug, which is never corrected away. Statements by calls claim nothing of what was looked at and stay.
    """
    word, basis = told["trajectory"], told["basis"]
    if word not in _WEAKER or basis == "calls":
        return dict(told)
    doubt = None
    unseen = told.get({"emerged": "before", "cleared": "after"}.get(word, ""), "")
    if word == "cleared" and informs.get(unseen) is False:
        doubt = Doubt.NOT_INFORMATIVE
    elif unseen and (own := fractions.get(unseen)) is not None:
        hidden = observations[unseen].get("hidden_vaf")
        if hidden is not None and says_nothing(hidden, own.value):
            doubt = Doubt.TUMOUR_FRACTION
    if doubt is None and told.get("q") is not None and told["q"] >= alpha:
        doubt = Doubt.MANY_TESTS
    if doubt is None:
        return dict(told)
    return {**told, "trajectory": _WEAKER[word], "basis": "", "doubt": str(doubt)}
