"""The sites of a patient's specimens, gathered while the alleles go by, and the verdict on each pair.

What an allele tells of a specimen:
    called, filtered, genotyped   the band of its fraction (or of its genotype, where the file has no counts)
    absent, low                   homozygous for the reference, if the depth or the assay's limit says so
    not called                    in a file that lists calls only: nothing, unless that file has another call in the
                                  same gene, and lists germline variants at all; then `unlisted`, nearly as good
    not assessed                  nothing
Only single-base variants of the autosomes count; those of chrX are looked at for the sex. Alleles that the matched
normal does not carry are somatic, and left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from acquired.identity.model import HET, HIGH, HOM, LIKE, REF, UNLISTED, Model
from acquired.model import Allele, Status

_PRESENT = frozenset({Status.CALLED, Status.FILTERED, Status.GENOTYPED})
#: A state that is known only when all calls of the file are: whether it has looked at this gene.
_PENDING = -1


class Sites:
    """Gathers sites and judges pairs. `add` every allele, `add_counts` of alignments, then `verdict`."""

    def __init__(
        self,
        specimens: Sequence[str],
        model: Model,
        common: Mapping[Allele, str],
        region: Callable[[str, int], str] = lambda chrom, pos: "",
    ):
        """specimens: ids in order of time. common: `common_sites` of the build.

        region: gene at a place (1-based), or "" outside the genes.
        """
        self._specimens, self._model, self._common, self._region = list(specimens), model, common, region
        self._kept: list[tuple[str, str, int, list[int | None]]] = []  # kind, region, pos, states
        self._sex: list[list[int | None]] = []
        self._calls: list[dict[str, set[int]]] = [{} for _ in specimens]  # region to places with a call
        self._germline_like = [0] * len(specimens)
        self._seen: set[Allele] = set()

    def watch(self, rows: Iterable[Any], where: Callable[[Allele], bool] = lambda allele: True) -> Iterable[Any]:
        """The same rows (`judge.rows.Row`), gathered as they pass. where: the alleles that count.

        Of a place all alleles must come by, or none: those that moved would speak for another person.
        """
        for row in rows:
            if where(row.allele):
                self.add(row.allele, row.observations, [gt for gt, _ in row.genotypes], row.normal)
            yield row

    def add(
        self,
        allele: Allele,
        observations: Sequence[Mapping[str, Any]],
        genotypes: Sequence[str] = (),
        normal: tuple[int, int] | None = None,
    ) -> None:
        """One allele. observations: as result.json has them, in order of time. normal: alternative reads, depth."""
        if len(self._specimens) < 2:
            return
        region = self._region(allele.chrom, allele.pos)
        region = region or f"{allele.chrom}:{allele.pos // self._model.rules['stretch']}"
        for i, o in enumerate(observations):
            if o["status"] in _PRESENT:
                self._calls[i].setdefault(region, set()).add(allele.pos)
        if len(allele.ref) != 1 or len(allele.alt) != 1 or allele.chrom in ("chrY", "chrM"):
            return
        if normal and normal[1] and normal[0] / normal[1] < self._model.rules["normal"]:
            return
        pairs = zip(observations, genotypes or [""] * len(observations), strict=True)
        self._keep(allele, region, [self._state(o, gt) for o, gt in pairs])

    def add_counts(self, counts: Sequence[Mapping[Allele, tuple[int, int]] | None]) -> None:
        """Counts (alternative reads, depth) of the bundled sites in alignments, one mapping a specimen, None without.

        Sites that the calls already told of are left as they are.
        """
        for allele in self._common:
            if allele in self._seen:
                continue
            states: list[int | None] = []
            for own in counts:
                alt, depth = (own or {}).get(allele, (0, 0))
                states.append(self._model.state(alt / depth) if depth >= self._model.rules["depth"] else None)
            self._keep(allele, self._region(allele.chrom, allele.pos), states)

    def _keep(self, allele: Allele, region: str, states: list[int | None]) -> None:
        if not any(s in LIKE for s in states):
            return
        if allele.chrom == "chrX":
            self._sex.append(states)
            return
        for i, s in enumerate(states):
            self._germline_like[i] += s in LIKE
        if len(self._kept) < self._model.rules["kept"]:
            self._seen.add(allele)
            self._kept.append(("common" if allele in self._common else "any", region, allele.pos, states))

    def _state(self, o: Mapping[str, Any], genotype: str) -> int | None:
        rules = self._model.rules
        depth, vaf = o.get("depth"), o.get("vaf")
        if o["status"] in _PRESENT:
            if vaf is not None:
                return self._model.state(vaf) if depth is None or depth >= rules["depth"] else None
            copies = genotype.replace("|", "/").split("/").count("1") if "." not in genotype else 0
            return {1: HET, 2: HOM}.get(copies)
        if o["status"] in (Status.ABSENT, Status.LOW):
            if depth is not None:
                return self._model.state((o.get("alt_count") or 0) / depth) if depth >= rules["depth"] else None
            hidden = o.get("hidden_vaf")
            return REF if hidden is not None and hidden <= rules["hidden"] else None
        return _PENDING if o["status"] == Status.NOT_CALLED else None

    def _settled(self, i: int, state: int | None, region: str, pos: int) -> int | None:
        """A pending state once all calls are known: `UNLISTED` where the file looked, else None."""
        if state != _PENDING:
            return state
        looked = self._calls[i].get(region, set()) - {pos}
        return UNLISTED if looked and self._germline_like[i] >= self._model.rules["listed"] else None

    def pairs(self) -> list[dict[str, Any]]:
        """Every pair of specimens with its verdict and numbers (see `Model.judge`), and what chrX says of the sex."""
        counts: dict[tuple[int, int], Counter[tuple[str, int, int]]] = {
            pair: Counter() for pair in combinations(range(len(self._specimens)), 2)
        }
        regions: dict[tuple[int, int], set[str]] = {pair: set() for pair in counts}
        for kind, region, pos, raw in self._kept:
            states = [self._settled(i, s, region, pos) for i, s in enumerate(raw)]
            for (i, j), own in counts.items():
                s, t = states[i], states[j]
                if s is not None and t is not None and (s in LIKE or t in LIKE):
                    own[kind, s, t] += 1
                    regions[i, j].add(region)
        found = []
        for (i, j), own in counts.items():
            told = {"a": self._specimens[i], "b": self._specimens[j], **self._model.judge(own, len(regions[i, j]))}
            sexes = self._x_chromosomes(i), self._x_chromosomes(j)
            if all(sexes) and sexes[0] != sexes[1]:
                told["sex"] = [f"{n} X" for n in sexes]
                if told["verdict"] == "not enough to tell":
                    told["verdict"] = "doubtful"
            found.append(told)
        return found

    def _x_chromosomes(self, i: int) -> int:
        """1 or 2 X chromosomes by the heterozygous sites of chrX; 0: cannot be told."""
        rules = self._model.rules["sex"]
        known = [states[i] for states in self._sex if states[i] in (HET, HIGH, HOM)]
        het = known.count(HET)
        if len(known) < rules["sites"]:
            return 0
        return 2 if het >= rules["heterozygous"] else 1 if not het else 0

    def verdict(self, words: Mapping[str, str]) -> dict[str, Any]:
        """`quality.identity` of result.json: different before doubtful before same; names the pair that agrees least.

        words: `identity` of the judge's wording.
        """
        if len(self._specimens) < 2:
            return {"verdict": "not checked", "why": words["not_checked"], "pairs": []}
        pairs = self.pairs()
        for verdict in ("different", "doubtful", "same"):
            chosen = [p for p in pairs if p["verdict"] == verdict]
            if chosen:
                least = min(chosen, key=lambda p: (p["agree"] / p["sites"] if p["sites"] else 0.0, p["a"], p["b"]))
                why = words[verdict].format(**least)
                if "sex" in least:
                    why += words["sex"].format(one=least["sex"][0], other=least["sex"][1])
                untold = [p for p in pairs if p["verdict"] == "not enough to tell"]
                if untold:
                    why += words["untold"].format(n=len(untold), total=len(pairs))
                return {"verdict": verdict, "why": why, "pairs": pairs}
        most = max(pairs, key=lambda p: p["sites"])
        why = words["somatic" if "somatic" in most else "not_enough"].format(**most, needed=self._model.rules["sites"])
        return {"verdict": "not enough to tell", "why": why, "pairs": pairs}
