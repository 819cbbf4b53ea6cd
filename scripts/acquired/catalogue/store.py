"""`Catalogue`: the compiled catalogue as every patient's job reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from acquired.catalogue import names
from acquired.catalogue.language import Match, parse_match, residues_of
from acquired.catalogue.match import PRIVATE, Given, match_all, relation_of, resolve_given
from acquired.catalogue.meet import Tables, spans
from acquired.catalogue.records import Claim, Disease, Drug, Locus, Subject, from_row
from acquired.model import Kind, Relation

#: What it takes to see an alteration that an expression of this form names; all others are small variants.
_KINDS = {
    "amplification": Kind.COPY_NUMBER, "gain": Kind.COPY_NUMBER, "deletion": Kind.COPY_NUMBER, "fusion": Kind.FUSION,
    "expression": Kind.EXPRESSION, "histology": Kind.HISTOLOGY, "splice": Kind.SPLICE, "loss": Kind.COPY_NUMBER,
}  # fmt: skip


class Catalogue:
    """Claims by gene, drugs and diseases by any spelling. Claims become objects only for the genes asked for."""

    def __init__(self, compiled: dict[str, Any]):
        self._raw = compiled
        self.provenance: dict[str, Any] = compiled["provenance"]
        self.groups = frozenset(compiled["groups"])
        self.activity: dict[str, dict[str, list[dict[str, Any]]]] = compiled["activity"]
        self._made: dict[int, Claim] = {}
        self._of_gene: dict[str, list[Claim]] = {}

    @classmethod
    def read(cls, path: Path) -> Catalogue:
        """The catalogue that `compile_catalogue` wrote to `path`."""
        return cls(json.loads(path.read_bytes()))

    @cached_property
    def tables(self) -> Tables:
        """What the matcher needs beside claims."""
        exons = {g: {int(n): (b[0], b[1]) for n, b in e.items()} for g, e in self._raw["exons"].items()}
        return Tables(self._raw["regions"], exons, self._raw["aliases"])

    def claims_of(self, gene: str) -> list[Claim]:
        """Every claim that an alteration of `gene` can meet, in order of id; "" gives those on histology."""
        if gene not in self._of_gene:
            self._of_gene[gene] = [self._claim(number) for number in self._raw["by_gene"].get(gene, ())]
        return self._of_gene[gene]

    def claims(self) -> list[Claim]:
        """All claims in order of id."""
        return [self._claim(number) for number in range(len(self._raw["claims"]))]

    def _claims_on(self, drugs: Iterable[str]) -> list[Claim]:
        """Claims of which one of these drugs or classes is a part, in order of id."""
        return [self._claim(n) for n in sorted({n for d in drugs for n in self._raw["by_drug"].get(d, ())})]

    def _claim(self, number: int) -> Claim:
        if number not in self._made:
            self._made[number] = from_row(self._raw["claims"][number])
        return self._made[number]

    @property
    def withdrawn(self) -> list[dict[str, str]]:
        """Claims that a lab file has withdrawn: id, file, by, note."""
        return list(self._raw["withdrawn"])

    @property
    def genes(self) -> list[str]:
        """Genes that claims speak of, sorted."""
        return [g for g in self._raw["by_gene"] if g]

    def drug(self, name: str) -> Drug | None:
        """The drug or combination behind any spelling: brand, code, salt, case. None for one that is not known.

        The order of a combination's parts does not matter; its name has them in alphabetical order.
        """
        found = self._raw["drug_keys"].get(names.drug_key(name))
        if found is not None:
            return self._drug(found)
        pieces = [self.drug(piece) for piece in names.split_combination(name) if piece != name]
        if len(pieces) < 2 or not all(pieces):
            return None
        parts = sorted({part for piece in pieces if piece for part in piece.parts}, key=str.casefold)
        if len(parts) == 1:
            return self._drug(parts[0])
        joined = " + ".join(parts)
        if joined in self._raw["drugs"]:
            return self._drug(joined)
        single = [self._drug(part) for part in parts]
        return Drug(
            joined,
            tuple(parts),
            tuple(dict.fromkeys(c for d in single for c in d.classes)),
            tuple(dict.fromkeys(t for d in single for t in d.targets)),
        )

    def singles(self, drugs: Iterable[str]) -> list[str]:
        """Canonical single drugs, combinations as their parts, each once, in order; unknown names as they are."""
        found = [(self.drug(name), name) for name in drugs]
        return list(dict.fromkeys(p for drug, name in found for p in (drug.parts if drug else (name,))))

    def _drug(self, name: str) -> Drug:
        parts, classes, targets, synonyms, status, date, ids = self._raw["drugs"][name]
        return Drug(name, tuple(parts), tuple(classes), tuple(targets), tuple(synonyms), status, date, ids)

    def drugs(self) -> list[Drug]:
        """All drugs of the table, by name."""
        return [self._drug(name) for name in self._raw["drugs"]]

    def suggest(self, name: str) -> list[str]:
        """Names of drugs that `name` may have been meant to be, nearest first; canonical, at most three."""
        from difflib import get_close_matches

        keys = get_close_matches(names.drug_key(name), list(self._raw["drug_keys"]), 6, 0.6)
        return list(dict.fromkeys(self._raw["drug_keys"][key] for key in keys))[:3]

    def class_of(self, drug: str) -> list[str]:
        """Classes of a drug by any of its names, nearest first; empty for an unknown drug."""
        known = self.drug(drug)
        return list(known.classes) if known else []

    @property
    def classes(self) -> dict[str, list[str]]:
        """Name of each class -> the classes above it, nearest first."""
        return dict(self._raw["classes"])

    def disease(self, name: str) -> Disease | None:
        """The disease behind an id, name, synonym, DOID or OncoTree code. None for one that is not known."""
        id_ = name if name in self._raw["diseases"] else self._raw["disease_keys"].get(names.disease_key(name))
        if id_ is None and name.strip().isdigit():
            id_ = self._raw["disease_keys"].get(names.disease_key(f"DOID:{name}"))
        if id_ is None:
            return None
        shown, above = self._raw["diseases"][id_]
        return Disease(id_, shown, tuple(above))

    def suggest_disease(self, name: str) -> list[str]:
        """Names of diseases that `name` may have been meant to be, nearest first; at most three."""
        from difflib import get_close_matches

        keys = get_close_matches(names.disease_key(name), list(self._raw["disease_keys"]), 6, 0.6)
        ids = dict.fromkeys(self._raw["disease_keys"][key] for key in keys)
        return [self._raw["diseases"][id_][0] for id_ in ids][:3]

    def disease_match(self, claimed: str, patient: str) -> str:
        """How a claim's disease fits the patient's.

        same; wider: the claim's disease contains the patient's; other: another tumour; unknown: the patient's
        disease is not given or not known, or is wider than the claim's, so that the patient may have the claim's.
        """
        own, theirs = self.disease(patient) if patient else None, self.disease(claimed)
        if theirs is None or own is None:
            return "unknown"
        if own.id == theirs.id:
            return "same"
        if theirs.id in own.ancestors:
            return "wider"
        return "unknown" if own.id in theirs.ancestors else "other"

    def match(self, subjects: Sequence[Subject], given: Sequence[str], disease: str) -> dict[str, list[dict[str, Any]]]:
        """Claims each subject meets: subject id -> matches as in result.schema.yaml, strongest first.

        given: drugs the patient was given, in any spelling. disease: in any spelling, may be empty. See
        `rank.strength` for the order and `rank.raising` for what may raise a verdict.
        """
        matches = self.match_fully(subjects, given, disease)
        return {id_: [public(m) for m in found] for id_, found in matches.items()}

    def match_fully(
        self, subjects: Sequence[Subject], given: Sequence[str], disease: str
    ) -> dict[str, list[dict[str, Any]]]:
        """`match` with the fields that only the judge needs (`match.PRIVATE`)."""
        return match_all(self, subjects, given, disease)

    def loci(self, drug: str, given: Sequence[str] = (), disease: str = "") -> list[Locus]:
        """Known resistance loci of a drug, its classes included: one for each place, by gene and position.

        Only claims that could raise a verdict count: resistance or reduced sensitivity, a confirmed citation, a
        precision better than the gene. given: further drugs given with it; combinations of them count too.
        disease: where given, claims of another tumour do not count.
        """
        resolved = resolve_given(self, [drug, *given])
        wanted = set(resolve_given(self, [drug]).parts)
        found: dict[tuple[str, str, int, int], list[tuple[Claim, Locus]]] = {}
        own = self._claims_on([*wanted, *(c for d in wanted for c in resolved.classes[d])])
        overcome = {  # what the drug itself is active against is not its locus, whatever is said of its class
            (c.gene, parse_match(c.match)) for c in own if not c.resists and not c.of_class and wanted & set(c.parts)
        }
        for claim in own:
            if not claim.resists or claim.citation_status != "confirmed" or not claim.evidence_for:
                continue
            if not self._concerns(claim, resolved, wanted) or self.disease_match(claim.disease, disease) == "other":
                continue
            for locus in self._places(claim, overcome if claim.of_class else set()):
                found.setdefault((locus.gene, locus.form, locus.start, locus.end), []).append((claim, locus))
        loci = [_joined(group) for group in found.values()]
        return sorted(loci, key=lambda x: (x.gene, x.start, x.end, x.name))

    def _concerns(self, claim: Claim, given: Given, wanted: set[str]) -> bool:
        relation, concerned = relation_of(self, claim, given)
        return relation == Relation.GIVEN and bool(wanted & set(concerned))

    def _places(self, claim: Claim, overcome: set[tuple[str, Match]]) -> list[Locus]:
        match = parse_match(claim.match)
        places = []
        for part in match.parts if match.form == "compound" else (match,):
            gene = part.gene or claim.gene
            if part.form == "any_mutation" or (gene, part) in overcome:
                continue
            # a part of a compound is a place to look at where it is a residue; half of a double loss is none
            if match.form != "compound" or part.form in ("protein", "codon"):
                places += _place(part, gene, claim, self.tables)
        return places


def _place(match: Match, gene: str, claim: Claim, tables: Tables) -> list[Locus]:
    def locus(name: str, kind: Kind, start: int = 0, end: int = 0, exon: int = 0, form: str = "residue") -> Locus:
        return Locus(gene, name, kind, start, end, claim.level, (claim.id,), (claim.disease,), exon, form)

    if match.form in ("protein", "codon"):
        letters = [letter for _, letter, _ in residues_of(match, gene)]
        name = f"{letters[0]}{match.start}" if match.start == match.end else match.value
        return [locus(name, Kind.SMALL, match.start, match.end)]
    if match.form in ("range", "exon", "region"):
        stretches = spans(match, gene, tables)
        named = {"exon": f"exon {match.start}", "region": match.value.replace("_", " ")}.get(match.form, "residues")
        whole = match.form != "range" and len(stretches) == 1
        return [
            locus(named if whole else f"{named} {start}{f'-{end}' if end > start else ''}",
                  Kind.SMALL, start, end, form="range")
            for start, end in stretches
        ]  # fmt: skip
    if match.form in ("lof", "truncating", "frameshift", "reversion"):
        name = "reversion" if match.form == "reversion" else "loss of function"
        return [locus(name, Kind.SMALL, form=name)]
    if match.form == "cdna":
        return [locus(match.value, Kind.SMALL, form=match.value)]
    name = match.form if not match.value else f"{match.form} {match.value}"
    if match.form == "splice":
        name = match.value
    return [locus(name, _KINDS[match.form], exon=match.start if match.form == "splice" else 0, form=name)]


def _joined(group: list[tuple[Claim, Locus]]) -> Locus:
    first = group[0][1]
    return Locus(
        first.gene,
        first.name,
        first.kind,
        first.start,
        first.end,
        min(locus.level for _, locus in group),
        tuple(sorted({claim.id for claim, _ in group})),
        tuple(sorted({claim.disease for claim, _ in group})),
        first.exon,
        first.form,
    )


def public(match: dict[str, Any]) -> dict[str, Any]:
    """A match as result.json has it."""
    return {key: value for key, value in match.items() if key not in PRIVATE}
