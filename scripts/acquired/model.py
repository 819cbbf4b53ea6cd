"""The nouns that every stage shares. Plain data; no behaviour beyond naming.

Coordinates are 1-based and inclusive everywhere in the library unless a name ends in `0`
(0-based, half-open, as in BED). Chromosome names carry the `chr` prefix (chr1 … chr22, chrX,
chrY, chrM) everywhere after intake.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """What one specimen says of one allele (or, for negatives, of one locus)."""

    CALLED = "called"  # the caller lists it and lets it pass
    FILTERED = "filtered"  # the caller saw it and filtered it; the reason is kept
    GENOTYPED = "genotyped"  # reads carry it, the caller does not list it as called here
    ABSENT = "absent"  # looked at, depth n or the assay's stated limit, no read
    LOW = "low"  # looked at, n too small to exclude it
    NOT_CALLED = "not called"  # not in the file, and nothing says how deep that place was
    NOT_ASSESSED = "not assessed"  # known to be outside what was looked at


class Trajectory(StrEnum):
    """How an alteration moved between a baseline and its follow-ups."""

    EMERGED = "emerged"
    UNRESOLVED = "unresolved"
    RISEN = "risen"
    PERSISTENT = "persistent"
    FALLEN = "fallen"
    CLEARED = "cleared"
    NOT_SEEN = "not seen"
    NOT_COMPARED = "not compared"  # only one specimen, or none on one side


class Basis(StrEnum):
    """What the word `emerged` or `cleared` stands on; shown with it, always."""

    DEPTH = "depth"
    ASSAY = "assay"
    MEASURED = "measured"  # what is not counted in reads: copy number, expression or histology of then is known
    CALLS = "calls"


class Precision(StrEnum):
    """How closely an alteration met a claim; best first."""

    EXACT = "exact"
    CODON = "codon"
    RANGE = "range"
    CLASS = "class"
    GENE = "gene"


class Relation(StrEnum):
    """Of the claim's drug to the patient; nearest first."""

    GIVEN = "given"
    SAME_CLASS = "same class"
    OTHER = "other"


class Verdict(StrEnum):
    """Per drug given. The wordings are fixed and stand in resources/wording."""

    EMERGED = "emerged"
    PRESENT_BEFORE = "present_before"
    NONE_FOUND = "none_found"
    NONE_CALLED = "none_called"
    CANNOT_BE_JUDGED = "cannot_be_judged"


class Kind(StrEnum):
    """Kinds of alteration."""

    SMALL = "small variant"
    COPY_NUMBER = "copy number"
    FUSION = "fusion"
    SPLICE = "splice"
    EXPRESSION = "expression"
    HISTOLOGY = "histology"


@dataclass(frozen=True, order=True)
class Allele:
    """One alternative on one build: left-aligned and trimmed (VCF style, one shared base for indels)."""

    chrom: str
    pos: int
    ref: str
    alt: str

    def __str__(self) -> str:
        return f"{self.chrom}:{self.pos}:{self.ref}>{self.alt}"


@dataclass(frozen=True)
class Specimen:
    """One sample at one time, as one row of a sheet gives it.

    day: days on a common axis of the patient (the sheet's day, or a date counted from the patient's
    first dated row); None where the sheet gives only a role. order: 0, 1, … in order of time;
    specimens that share a day share an order.
    """

    patient: str
    specimen: str
    variants: tuple[str, ...]  # call files, as resolved paths
    role: str = ""  # "baseline" or "follow-up" as given or derived
    day: int | None = None
    order: int = 0
    date: str = ""  # ISO date where the sheet gave one
    sample: str = ""  # column of the VCF
    normal: str = ""  # column of the matched normal
    assay: str = ""
    site: str = ""
    material: str = ""  # tissue, plasma, marrow, blood
    caller: str = ""
    build: str = ""  # as stated; proved at normalisation
    files: dict[str, str] = field(default_factory=dict)  # alignments, depth, copy_number, fusions, expression …
    facts: dict[str, str] = field(default_factory=dict)  # histology, tumour_fraction …
    source: str = ""  # "config/a.samples.tsv row 3"

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as a workflow parameter carries them.

        Without `source`: a row that moves within its sheet is the same row, and must not re-run its jobs.
        """
        values = {**asdict(self), "variants": list(self.variants)}
        del values["source"]
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Specimen:
        """The specimen that `as_dict` was taken of."""
        return cls(**{**values, "variants": tuple(values["variants"])})


@dataclass(frozen=True)
class Therapy:
    """One drug (or combination, as its parts) given from day `start` to day `stop` (None: open).

    after_order: where the sheet has roles and no days, the `Specimen.order` of the last time point before the drug.
    """

    patient: str
    drug: str  # canonical name from the drug table
    given_as: str  # as the sheet has it
    start: int | None = None
    stop: int | None = None
    source: str = ""
    after_order: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as a workflow parameter carries them; without `source`, as in `Specimen.as_dict`."""
        values = asdict(self)
        del values["source"]
        return values


@dataclass(frozen=True)
class Annotation:
    """What one allele does to one transcript. Empty string where a field does not apply.

    protein: 1-letter short form a claim is matched on: T790M, E746_A750del, D770_N771insSVD,
    W288Cfs*12, Q22*, M1?, "" for changes outside the coding sequence.
    protein_start, protein_end: first and last residue touched (1-based), 0 if none.
    consequence: Sequence Ontology term (missense_variant, inframe_deletion, splice_donor_variant …).
    origin: "bundled" (worked out here), "file" (from CSQ or ANN in the VCF), "user" (user's GFF).
    exon: number of the exon (1-based, transcript order) for coding changes; for intronic ones the
    exon on whose side the offset counts. flags: e.g. "reference differs", "csq disagrees".
    """

    gene: str
    transcript: str  # RefSeq accession where there is one, else Ensembl
    transcript_ensembl: str = ""
    hgvs_c: str = ""
    hgvs_p: str = ""  # 3-letter, predicted, in brackets: p.(Thr790Met)
    protein: str = ""
    consequence: str = ""
    protein_start: int = 0
    protein_end: int = 0
    exon: int = 0
    origin: str = "bundled"
    clinical: bool = True  # False: an alias on another MANE transcript
    flags: tuple[str, ...] = ()
