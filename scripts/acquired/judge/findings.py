"""From alleles to findings: named, told apart by kind, with their phase to each other and what makes them suspect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from acquired.annotate import Annotator, annotation_from_named
from acquired.catalogue import Catalogue, Subject
from acquired.catalogue.proteins import parse_protein
from acquired.judge.rows import Row, Spans
from acquired.model import Annotation, Basis, Kind

#: Sequence Ontology terms that change protein or splicing.
TELLING = frozenset(
    {
        "missense_variant", "inframe_deletion", "inframe_insertion", "protein_altering_variant", "frameshift_variant",
        "stop_gained", "stop_lost", "start_lost", "splice_donor_variant", "splice_acceptor_variant",
        "coding_sequence_variant",
    }
)  # fmt: skip
_INTRONIC = frozenset({"intron_variant", "splice_region_variant", "splice_polypyrimidine_tract_variant"})
_SYNONYMOUS = frozenset({"synonymous_variant", "stop_retained_variant"})
_UNTRANSLATED = frozenset(
    {"5_prime_UTR_variant", "3_prime_UTR_variant", "upstream_gene_variant", "downstream_gene_variant"}
)


@dataclass
class Finding:
    """An alteration of a patient on its way to result.json.

    annotation: what it is named by (None outside all genes). annotations: on all transcripts. matches: claims with
    the matcher's private fields. phase: to other findings of the gene. flags: {code, text}. reversion: for a candidate
    reversion, what of and what is read then; remark: a sentence that goes with it wherever a verdict stands on it.
    details: of the kinds that are no small variant.
    """

    id: str
    kind: Kind
    gene: str
    name: str
    observations: list[dict[str, Any]]
    trajectories: list[dict[str, Any]]
    row: Row | None = None
    annotation: Annotation | None = None
    annotations: list[Annotation] = field(default_factory=list)
    state: str = ""
    matches: list[dict[str, Any]] = field(default_factory=list)
    phase: list[dict[str, Any]] = field(default_factory=list)
    flags: list[dict[str, str]] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    reversion: dict[str, Any] = field(default_factory=dict)
    remark: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    def flag(self, code: str, text: str) -> None:
        """Note a reason for doubt, once."""
        if all(f["code"] != code or f["text"] != text for f in self.flags):
            self.flags.append({"code": code, "text": text})

    def trajectory(self, comparison: str) -> dict[str, Any] | None:
        """What happened to it in one comparison; None if it is on neither side of it."""
        return next((t for t in self.trajectories if t["comparison"] == comparison), None)

    def seen_in(self, specimen: str) -> dict[str, Any]:
        """The observation of one specimen."""
        return next(o for o in self.observations if o["specimen"] == specimen)

    def subject(self) -> Subject:
        """The finding as the matcher needs it."""
        phase = {p["with"]: p["phase"] for p in self.phase}
        return Subject(self.id, self.kind, self.gene, self.annotations, self.state, None, phase)


@dataclass
class Gathered:
    """What was found among the alleles.

    findings: worth a closer look. nowhere: alleles at known loci that no specimen has, with the counts of their
    records. left: how many are neither, by reason. seen: how many alleles were looked at.
    """

    findings: list[Finding] = field(default_factory=list)
    nowhere: list[Finding] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    seen: int = 0


def gather(
    rows: Iterable[Row], annotator: Annotator, catalogue: Catalogue, loci: Spans, reasons: Mapping[str, str]
) -> Gathered:
    """Sort the alleles: those worth a closer look, explicit zeros at known loci, the rest counted.

    Worth a look: alleles in bundled genes that some specimen has, those the file names in a gene of the catalogue,
    and those that moved. Whether each is listed is decided by `listed` once its claims are known. reasons: wordings.
    """
    out = Gathered()
    found, left = out.findings, out.left
    genes = set(catalogue.genes)
    for row in rows:
        out.seen += 1
        if not row.present:
            left[reasons["nowhere"]] += 1
            a = row.allele
            if loci.touch(a.chrom, a.pos, a.pos + len(a.ref) - 1):
                out.nowhere.append(_finding(row, named_by(row, annotator)))
            continue
        annotations = named_by(row, annotator)
        if not annotations and not row.moved:
            left[reasons["outside"]] += 1
            continue
        best = annotations[0] if annotations else None
        known = best is not None and (best.origin != "file" or best.gene in genes)
        if not known and not row.moved:
            left[reasons["outside"]] += 1
            continue
        found.append(_finding(row, annotations))
    return out


def named_by(row: Row, annotator: Annotator) -> list[Annotation]:
    """Every name of an allele: worked out here, or where that is not possible taken from the file."""
    own = annotator.annotate(row.allele)
    given = annotation_from_named(row.named) if row.named else None
    if given is None:
        return own
    if not own:
        return [given]
    # transcripts without bundled bases get no protein change from us: the file's name is better than none
    blind = own[0].gene == given.gene and given.protein and own[0].consequence == "coding_sequence_variant"
    return [given, *own] if blind and not own[0].protein else own


def _finding(row: Row, annotations: list[Annotation]) -> Finding:
    best = annotations[0] if annotations else None
    a = row.allele
    if best:
        name = f"{best.gene} {best.protein or best.hgvs_c}".strip()
    else:
        name = f"{a.chrom}:{a.pos} {a.ref}>{a.alt}" if len(a.ref + a.alt) < 40 else f"{a.chrom}:{a.pos} indel"
    return Finding(
        row.id,
        Kind.SMALL,
        best.gene if best else "",
        name,
        row.observations,
        row.trajectories,
        row,
        best,
        annotations,
        parts=[p.replace(":", "-") for p in row.parts],
    )


def listed(finding: Finding) -> bool:
    """Whether a finding is listed one by one: a claim meets it, it changes protein or splicing, or it moved."""
    if finding.matches or finding.kind != Kind.SMALL or (finding.row and finding.row.moved):
        return True
    a = finding.annotation
    if a is None or a.origin == "file":
        return False
    change = parse_protein(a.protein) if a.protein else None
    return bool(change and change.classes) or a.consequence in TELLING


def reason_not_listed(finding: Finding, reasons: Mapping[str, str]) -> str:
    """Why a finding is not listed."""
    term = finding.annotation.consequence if finding.annotation else ""
    if finding.annotation is not None and finding.annotation.origin == "file":
        return reasons["outside"]
    for key, terms in (("synonymous", _SYNONYMOUS), ("intronic", _INTRONIC), ("untranslated", _UNTRANSLATED)):
        if term in terms:
            return reasons[key]
    return reasons["other"]


# ---- histology ------------------------------------------------------------------------------------------------------


def histology_findings(
    specimens: Sequence[Mapping[str, Any]], comparisons: Sequence[Mapping[str, Any]]
) -> list[Finding]:
    """A finding for each histology that a specimen has and an earlier specimen, with another one, has not."""
    stated = {s["id"]: str(s.get("histology", "")).strip() for s in specimens}
    first = next((h for h in stated.values() if h), "")
    found: list[Finding] = []
    for histology in dict.fromkeys(h for h in stated.values() if h and h.casefold() != first.casefold()):
        observations = []
        for s in specimens:
            own = stated[s["id"]]
            status = "called" if own.casefold() == histology.casefold() else "absent" if own else "not assessed"
            observations.append(
                {"specimen": s["id"], "status": status, "depth": None, "alt_count": None, "vaf": None,
                 "hidden_vaf": None, "filters": [], "source": "sheet", "text": own}
            )  # fmt: skip
        trajectories = _text_trajectories({o["specimen"]: o["status"] for o in observations}, comparisons)
        number = len(found) + 1
        id_ = "histology" if number == 1 else f"histology-{number}"
        found.append(Finding(id_, Kind.HISTOLOGY, "", histology, observations, trajectories, state=histology))
    return found


def _text_trajectories(statuses: Mapping[str, str], comparisons: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    trajectories = []
    for c in comparisons:
        now = [s for s in c["window"] if statuses[s] == "called"]
        before = [s for s in c["baseline"] if statuses[s] == "called"]
        last = [s for s in c["window"] if statuses[s] != "not assessed"][-1:]
        if before:
            word = "persistent" if now and now[-1:] == last else "not seen"
            told = {"before": before[0], "after": (now or c["window"])[-1]}
        elif now:
            looked = [s for s in c["baseline"] if statuses[s] == "absent"]
            word = "emerged" if looked else "unresolved"
            told = {"before": (looked or c["baseline"])[0], "after": now[0]}
        else:
            continue
        basis = str(Basis.MEASURED) if word == "emerged" else ""
        trajectories.append({"comparison": c["id"], "trajectory": word, "basis": basis, **told, "p": None})
    return trajectories
