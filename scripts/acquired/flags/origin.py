"""Not the tumour's: germline, or the blood's own clones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from acquired.flags.seen import Flag, Seen
from acquired.model import Allele, Annotation

_TRUNCATING = frozenset({"frameshift_variant", "stop_gained", "splice_donor_variant", "splice_acceptor_variant"})
_CHANGING = _TRUNCATING | {
    "missense_variant", "inframe_deletion", "inframe_insertion", "start_lost", "stop_lost", "protein_altering_variant",
}  # fmt: skip

#: Alternative reads and depth of the matched normal.
Normal = tuple[int, int]


def in_normal(normal: Normal | None, rules: Mapping[str, Any]) -> Flag | None:
    """The matched normal carries it, as germline does. rules: flags/rules.yaml."""
    if normal and normal[1] and normal[0] / normal[1] >= rules["germline"]["normal"]:
        return Flag("in_normal", {"alt": normal[0], "depth": normal[1]})
    return None


def germline(seen: Sequence[Seen], normal: Normal | None, rules: Mapping[str, Any]) -> Flag | None:
    """Probably germline: near one half or one, and constant, in every specimen that has it; no matched normal."""
    own = rules["germline"]
    if normal is not None or len(seen) < own["specimens"]:
        return None
    bands = {_band(s, own) for s in seen}
    fractions = [s.vaf for s in seen if s.vaf is not None]
    if len(bands) != 1 or bands == {-1} or max(fractions) - min(fractions) > own["constant"]:
        return None
    return Flag("probable_germline")


def common(allele: Allele, seen: Sequence[Seen], known: Mapping[Allele, str], rules: Mapping[str, Any]) -> Flag | None:
    """Common in the population, at a fraction that fits germline in some specimen. known: allele to dbSNP id."""
    if allele not in known or not any(_band(s, rules["germline"]) >= 0 for s in seen):
        return None
    return Flag("common_variant", {"id": known[allele]})


def _band(s: Seen, own: Mapping[str, Any]) -> int:
    if s.vaf is None or (s.depth or 0) < own["depth"]:
        return -1
    return next((i for i, (low, high) in enumerate(own["bands"]) if low <= s.vaf <= high), -1)


class _Rule(NamedTuple):
    kind: str  # any, truncating, missense
    first: int  # residues, 0 for all
    last: int


class Haematopoiesis:
    """The genes and variants of clonal haematopoiesis, from `resources/flags/haematopoiesis.tsv`."""

    def __init__(self, table: Path):
        self._rules: dict[str, list[_Rule]] = {}
        for line in table.read_text(encoding="utf-8").splitlines()[1:]:
            gene, kind, first, last, _ = line.split("\t")
            self._rules.setdefault(gene, []).append(_Rule(kind, int(first), int(last)))

    def known(self, annotation: Annotation | None) -> bool:
        """Whether a named change is one of the set."""
        if annotation is None or annotation.consequence not in _CHANGING:
            return False
        for rule in self._rules.get(annotation.gene, ()):
            if rule.kind == "truncating" and annotation.consequence not in _TRUNCATING:
                continue
            if rule.kind == "missense" and annotation.consequence != "missense_variant":
                continue
            if not rule.first or (rule.first <= annotation.protein_end and annotation.protein_start <= rule.last):
                return True
        return False


def from_blood(
    annotation: Annotation | None,
    seen: Sequence[Seen],
    normal: Normal | None,
    known: Haematopoiesis,
    rules: Mapping[str, Any],
) -> Flag | None:
    """Perhaps clonal haematopoiesis: of the known set, in plasma and in no tissue; or the matched blood has it.

    The blood's clone, seen in the normal, needs no known gene: a somatic tumour variant has no business there.
    """
    own = rules["blood"]
    if normal and normal[1]:
        share = normal[0] / normal[1]
        if normal[0] >= own["reads"] and own["least"] <= share < rules["germline"]["normal"]:
            return Flag("clone_in_normal", {"alt": normal[0], "depth": normal[1]})
        return None  # looked for in the normal, and not there
    materials = {s.material for s in seen}
    if annotation is not None and known.known(annotation) and "plasma" in materials and "tissue" not in materials:
        return Flag("clonal_haematopoiesis", {"gene": annotation.gene})
    return None
