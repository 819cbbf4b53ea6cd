"""All pairs of a run compared: what is alike by kind of change, what differs for which reason, what has none."""

from __future__ import annotations

from collections import Counter

from acquired.annotate import Annotator
from acquired.model import Allele, Annotation
from acquired.reference import Reference
from snpeff_compare import Pair, compare, rows
from snpeff_database import Answer
from snpeff_reasons import first_difference, reason
from snpeff_truth import Facts, Placement, Plain, apply_p

#: Kinds of change, in the order in which they are listed.
KINDS = ("SNV", "MNV", "insertion", "deletion", "delins")
ALL, PUBLISHED = "all", "of them published"
WITHOUT_BASES = "transcript without bases"
#: The reasons in words: a reason without them is none.
WORDS = {(row["field"], row["key"]): row for row in rows("snpeff_reasons.tsv")}


class Tally:
    """Counts of the pairs added: pairs by group, same by (group, field), reasons and notes by (field, name).

    examples: one of each reason, the shortest. unexplained: differences without a reason, as text.
    wrong: names of ours that do not say the allele's bases, or not the protein they give.
    """

    def __init__(self) -> None:
        self.alleles = 0
        self.pairs: Counter[str] = Counter()
        self.same: Counter[tuple[str, str]] = Counter()
        self.reasons: Counter[tuple[str, str]] = Counter()
        self.notes: Counter[tuple[str, str]] = Counter()
        self.examples: dict[tuple[str, str], str] = {}
        self.unexplained: list[str] = []
        self.wrong: list[str] = []
        self.checked: Counter[str] = Counter()

    def add(
        self, reference: Reference, held: frozenset[str], answers: dict[Allele, dict[str, Answer]], known: set[Allele]
    ) -> None:
        """Every pair of the alleles of one build. held: the transcripts SnpEff has; known: the published alleles."""
        annotator = Annotator(reference)
        transcripts = {t.name: t for gene in reference.genes for t in reference.transcripts(gene)}
        models: dict[str, Plain] = {}
        for allele, theirs in answers.items():
            self.alleles += 1
            ours = {a.transcript: a for a in annotator.annotate(allele)}
            for name in sorted(ours.keys() | theirs.keys()):
                if name not in models and name in held:
                    models[name] = Plain(transcripts[name], reference.build)
                if name in ours and name in theirs:
                    pair = Pair(allele, Facts(allele, models[name]), ours[name], theirs[name])
                    self._check(pair)
                    self._compare(pair, (pair.facts.kind, ALL, *((PUBLISHED,) if allele in known else ())))
                elif name in held:
                    facts = Facts(allele, models[name])
                    self._unpaired(facts, ours.get(name), theirs.get(name))
                else:
                    self._differs("unpaired", WITHOUT_BASES, f"{allele} {name}: {ours[name].consequence} / no name")

    def _compare(self, pair: Pair, groups: tuple[str, ...]) -> None:
        self.pairs.update(groups)
        for outcome in compare(pair):
            for group in groups:
                self.same[group, outcome.field] += outcome.same
            for note in outcome.notes:
                self.notes[outcome.field, note] += 1
            if not outcome.same:
                key = reason(outcome.field, pair)
                text = f"{pair.allele} {pair.ours.gene} {pair.ours.hgvs_c} ({pair.ours.consequence}): "
                self._differs(outcome.field, key, f"{text}{outcome.ours or 'no name'} / {outcome.theirs or 'no name'}")

    def _differs(self, field: str, key: str, text: str) -> None:
        if (field, key) not in WORDS:
            self.unexplained.append(f"{field}: {text}")
            return
        self.reasons[field, key] += 1
        known = self.examples.get((field, key))
        if known is None or len(text) < len(known):
            self.examples[field, key] = text

    def _unpaired(self, facts: Facts, ours: Annotation | None, theirs: Answer | None) -> None:
        """A transcript that only one of both names."""
        key = ""
        if theirs is not None and {"upstream_gene_variant", "downstream_gene_variant"}.issuperset(theirs.terms):
            key = "up- or downstream of a further transcript" if facts.given.outside_transcript else ""
        elif facts.given.outside_transcript or facts.named.outside_transcript:
            key = "at the transcript's end"
        texts = ours.consequence if ours else "no name", " & ".join(theirs.terms) if theirs else "no name"
        self._differs("unpaired", key, f"{facts.allele} {facts.model.transcript.name}: {' / '.join(texts)}")

    def _check(self, pair: Pair) -> None:
        """Our own names against the bases."""
        self.checked["c."] += 1
        if not pair.facts.same_bases(pair.ours.hgvs_c):
            self.wrong.append(f"{pair.allele} {pair.ours.transcript} {pair.ours.hgvs_c}")
        place, name = pair.facts.named, pair.ours.hgvs_p
        made, old = place.protein, pair.facts.model.amino
        if place.start_codon_changed and pair.our_class != "start lost":
            self.wrong.append(f"{pair.allele} {pair.ours.transcript} {pair.ours.consequence}")
        if made is None or not name or name == "p.?" or "X" in made:
            return
        self.checked["p."] += 1
        if not says(old, name, made) or not fits(pair.our_class, old, made, place):
            self.wrong.append(f"{pair.allele} {pair.ours.transcript} {name} {pair.ours.consequence}")


def fits(name: str, old: str, new: str, place: Placement) -> bool:
    """Whether a class of consequence is what a change that makes `new` of the protein `old` does."""
    at, net, ends = first_difference(old, new), place.net, new[-1] == "*"
    shifts = net % 3 != 0
    over = place.offset[1] > len(place.model.coding)  # the change reaches over the stop codon
    return {
        "synonymous": new == old,
        "stop retained": new == old,
        "missense": new != old and len(new) == len(old) and not shifts,
        "in-frame insertion": new != old and not shifts and net > 0 and len(new) >= len(old),
        "in-frame deletion": new != old and not shifts and net < 0 and len(new) < len(old),
        "frameshift": shifts and at < len(old) - 1 and new[at] != "*",
        "stop gained": ends and len(new) < len(old) + (0 if shifts else max(net // 3, 0)),
        "stop lost": old[at : at + 1] == "*" or not shifts or over,
    }.get(name, False)


def says(protein: str, name: str, made: str) -> bool:
    """Whether a `p.(…)` name of ours on `protein` says the protein `made` (to its stop, or to where bases end)."""
    told = protein
    for part in name.removeprefix("p.[(").removesuffix(")]").split(";") if "[" in name else [name[3:-1]]:
        told = apply_p(f"p.({part})", told)
    begin, tilde, count = told.partition("~")
    if not tilde:
        return bool(told == made)
    at = first_difference(protein, made)
    ends = len(made) - at - ("ext" in name) if made.endswith("*") else None
    return at == len(begin) - 1 and made.startswith(begin) and count == ("?" if ends is None else str(ends))
