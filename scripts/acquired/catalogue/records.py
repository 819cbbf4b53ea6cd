"""The nouns of the catalogue: what one row of each table says, and the words its cells may hold."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from acquired.model import Annotation, Kind

EFFECTS = ("resistance", "reduced sensitivity", "sensitivity")
LEVELS = ("A", "B", "C", "D", "E")
MECHANISMS = (
    "target mutation", "target amplification", "bypass", "pathway reactivation",
    "lineage or histologic transformation", "loss of drug target", "drug efflux or metabolism", "apoptosis evasion",
    "reversion", "immune evasion", "other",
)  # fmt: skip
CITATION = ("confirmed", "unverified")
STATUSES = ("approved", "withdrawn", "trial", "preclinical")
ACTIONS = ("add", "override", "withdraw")

#: Columns of each table, in the order they are written. docs/catalogue.md says what each one means.
COLUMNS: dict[str, tuple[str, ...]] = {
    "claims": (
        "id", "gene", "alteration", "match", "context", "drug", "effect", "level", "disease", "mechanism",
        "evidence_for", "evidence_against", "sources", "pmids", "pmids_unverified", "citation_status", "added",
        "changed", "note",
    ),
    "drugs": ("name", "synonyms", "classes", "targets", "status", "status_date", "status_source", "ids", "note"),
    "classes": ("name", "parents", "description"),
    "diseases": ("id", "name", "parents", "doid", "oncotree", "synonyms"),
    "regions": ("gene", "region", "start", "end", "transcript"),
    "aliases": ("gene", "transcript", "offset", "first", "last", "note"),
    "activity": ("drug", "gene", "protein", "value", "unit", "fold", "reference", "source", "doi"),
    "exclusions": ("source", "source_id", "what", "reason"),
}  # fmt: skip


def full_name(gene: str, name: str) -> str:
    """What a clinician calls an alteration or locus of a gene: EGFR T790M; AR-V7 and EML4::ALK, which say the gene."""
    return name if gene in name else f"{gene} {name}".strip()


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of claims.tsv: an alteration, a drug, an effect, a disease, a level, its sources.

    drug: canonical drug, class, or combination ("a + b", parts in alphabetical order). parts: its drugs and
    classes, one for a single drug or class. of_class: one of the parts is a class. pmids: confirmed numbers only.
    """

    id: str
    gene: str
    alteration: str
    match: str
    context: str
    drug: str
    effect: str
    level: str
    disease: str
    mechanism: str
    evidence_for: int
    evidence_against: int
    sources: list[str]
    pmids: list[str]
    pmids_unverified: list[str]
    citation_status: str
    added: str
    changed: str
    note: str
    file: str
    parts: list[str]
    of_class: bool

    @property
    def resists(self) -> bool:
        """Whether the claim says that the drug works less, or not at all."""
        return self.effect != "sensitivity"


def to_row(claim: Claim) -> str:
    """A claim as tab-joined text: fields in order, lists joined by `;`, numbers as digits."""
    values = [getattr(claim, f.name) for f in fields(Claim)]
    return "\t".join(";".join(v) if isinstance(v, list) else str(int(v)) if isinstance(v, int) else v for v in values)


def from_row(row: str) -> Claim:
    """The claim that `to_row` wrote."""
    v: list[Any] = row.split("\t")
    for i in (10, 11):
        v[i] = int(v[i])
    for i in (12, 13, 14, 20):
        v[i] = v[i].split(";") if v[i] else []
    v[21] = v[21] == "1"
    return Claim(*v)


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug or a combination. parts: its canonical drugs (itself for a single drug). classes: nearest first,
    wider ones after. status: approved, withdrawn, trial or preclinical, as of status_date."""

    name: str
    parts: tuple[str, ...]
    classes: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    status: str = ""
    status_date: str = ""
    ids: str = ""


@dataclass(frozen=True, slots=True)
class Disease:
    """A disease. ancestors: ids of the wider diseases, nearest first."""

    id: str
    name: str
    ancestors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Locus:
    """A place that is known to carry resistance to a drug, one for all claims that name the same place.

    kind: what it takes to see it. start, end: residues of the clinical transcript; 0 where the locus is the
    gene as a whole. exon: number of the exon for splice loci, else 0. level: the best among its claims.
    diseases: of its claims. form: how the claims name it (residue, range, gene, splice, or a word of `kind`).
    """

    gene: str
    name: str
    kind: Kind
    start: int
    end: int
    level: str
    claims: tuple[str, ...]
    diseases: tuple[str, ...] = ()
    exon: int = 0
    form: str = "residue"


@dataclass
class Subject:
    """An alteration of a patient as the matcher needs it.

    state: amplification, gain, deletion (deep), loss (one copy) | high, low | name of a splice form |
    histology | reversion. partners: of a fusion, 5' first. phase: id of another subject -> cis, trans, unknown.
    """

    id: str
    kind: Kind
    gene: str
    annotations: list[Annotation] = field(default_factory=list)
    state: str = ""
    partners: tuple[str, str] | None = None
    phase: dict[str, str] = field(default_factory=dict)
