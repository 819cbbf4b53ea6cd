"""People, tumours and panels that never were, for the tests of identity.

A panel is a number of genes; each gene has a few ancestral haplotypes, so that the sites of one gene are in linkage
disequilibrium as real ones are. A tumour loses heterozygosity in some genes, adds somatic variants, and is mixed with
normal cells. A file lists calls only, or tells depth where nothing is called.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import yaml
from acquired.identity import Model, Sites
from acquired.model import Allele

ROOT = Path(__file__).resolve().parents[2]
RULES = yaml.safe_load((ROOT / "resources" / "identity" / "rules.yaml").read_text())
WORDS = yaml.safe_load((ROOT / "resources" / "wording" / "judge.en.yaml").read_text())["identity"]
MODEL = Model(RULES)

Haplotypes = list[tuple[int, int]]  # a person: for each gene the two ancestral haplotypes


class Panel:
    """Genes with their ancestral haplotypes: haplotypes[gene][haplotype] is the set of sites with the alternative."""

    def __init__(self, draw: random.Random, genes: int, sites: int, ancestors: int = 12):
        self.genes, self.draw = genes, draw
        self.sites = [[100 * i + 7 for i in range(sites)] for _ in range(genes)]
        self.haplotypes = []
        for own in self.sites:
            frequency = {s: draw.betavariate(0.5, 1.3) for s in own}
            self.haplotypes.append([{s for s in own if draw.random() < frequency[s]} for _ in range(ancestors)])

    def person(self) -> Haplotypes:
        return [(self.draw.randrange(len(h)), self.draw.randrange(len(h))) for h in self.haplotypes]

    def child(self, mother: Haplotypes, father: Haplotypes) -> Haplotypes:
        return [(self.draw.choice(m), self.draw.choice(f)) for m, f in zip(mother, father, strict=True)]

    def specimen(self, person: Haplotypes, tumour: float, depth: int, somatic: int) -> dict[Allele, tuple[int, int]]:
        """Counts (alternative, depth) at every site and at somatic variants."""
        draw, counts = self.draw, {}
        for gene, (own, pool) in enumerate(zip(person, self.haplotypes, strict=True)):
            loses = draw.random() < 0.2
            copies = (1 - tumour, 1.0) if loses else (1.0, 1.0)  # the first haplotype goes
            for site in self.sites[gene]:
                carried = sum(c for c, h in zip(copies, own, strict=True) if site in pool[h])
                counts[Allele(f"chr{gene % 22 + 1}", 10**6 * gene + site, "A", "G")] = carried / sum(copies)
            for _ in range(somatic // self.genes + (draw.random() < somatic % self.genes / self.genes)):
                place = 10**6 * gene + draw.randrange(10_000)
                counts[Allele(f"chr{gene % 22 + 1}", place, "C", "T")] = tumour / 2 * draw.choice((1, 1, 0.4))
        found = {}
        for allele, fraction in counts.items():
            n = max(int(draw.gauss(depth, depth / 4)), 0)
            if draw.random() < 0.03:
                n //= 20  # a place that is hard to read
            p = min(max(fraction + draw.gauss(0, 0.03 if 0 < fraction < 1 else 0), 0.001), 0.999)
            found[allele] = (sum(draw.random() < p for _ in range(n)), n)
        return found


def observation(counts: tuple[int, int] | None, listed_only: bool) -> dict[str, Any]:
    """As result.json has it. listed_only: the file says nothing of places without a call."""
    alt, depth = counts or (0, 0)
    if alt >= 4 and alt / depth >= 0.02:
        return {"status": "called", "depth": depth, "alt_count": alt, "vaf": alt / depth, "hidden_vaf": None}
    if listed_only or counts is None:
        return {"status": "not called", "depth": None, "alt_count": None, "vaf": None, "hidden_vaf": None}
    status = "absent" if depth >= 60 else "low"
    return {"status": status, "depth": depth, "alt_count": alt, "vaf": None, "hidden_vaf": 0.05}


def compared(*specimens: dict[Allele, tuple[int, int]], listed_only: bool, common: Any = ()) -> Sites:
    """The union of the specimens, as the comparison of their files gives it."""
    names = [f"s{i + 1}" for i in range(len(specimens))]
    sites = Sites(names, MODEL, dict.fromkeys(common, "rs"), lambda chrom, pos: f"gene {pos // 10**6}")
    union = sorted({a for own in specimens for a in own})
    for allele in union:
        seen = [observation(own.get(allele), listed_only) for own in specimens]
        if any(o["status"] == "called" for o in seen):
            # a somatic variant of one specimen was looked at in the other one too
            if not listed_only:
                seen = [o if o["status"] != "not called" else observation((0, 300), False) for o in seen]
            sites.add(allele, seen)
    return sites


def trial(draw: random.Random, relation: str, genes: int, sites: int) -> dict[str, Any]:
    """One pair of specimens of a relation: same, stranger, sibling, parent. The pair's verdict and numbers."""
    panel = Panel(draw, genes, sites)
    mother, father = panel.person(), panel.person()
    one = panel.child(mother, father)
    other = {
        "same": lambda: one,
        "stranger": lambda: panel.person(),
        "sibling": lambda: panel.child(mother, father),
        "parent": lambda: mother,
    }[relation]()
    specimens = [
        panel.specimen(p, draw.uniform(0, 0.85), draw.choice((40, 150, 500)), round(genes * draw.choice((0, 0.1, 0.3))))
        for p in (one, other)
    ]
    return compared(*specimens, listed_only=draw.random() < 0.5).pairs()[0]
