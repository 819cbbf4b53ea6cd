"""Candidate reversions among the findings: which change may undo which inactivating variant, and what is read then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from acquired.annotate import Annotator
from acquired.judge.findings import Finding
from acquired.judge.wording import integer
from acquired.model import Allele
from acquired.reversion import GENES, Candidate, alleles_of, candidate, truncates

#: Consequences worth asking whether they end the protein early.
_TRUNCATING = frozenset(
    {"frameshift_variant", "stop_gained", "splice_donor_variant", "splice_acceptor_variant", "coding_sequence_variant"}
)
_SEEN = ("called", "filtered", "genotyped")


@dataclass(frozen=True)
class Inactivating:
    """A variant that switches a gene off. origin: "sheet" (germline, as given) or "baseline" (seen before treatment).

    vaf: its largest fraction at baseline, 0.0 if not known. finding: None where no file lists it.
    """

    gene: str
    name: str
    allele: Allele
    origin: str
    vaf: float = 0.0
    finding: Finding | None = None


def add_reversions(
    findings: Sequence[Finding],
    germline: str,
    comparisons: Sequence[Mapping[str, Any]],
    annotator: Annotator,
    words: Mapping[str, Any],
) -> tuple[set[str], list[dict[str, str]]]:
    """Mark the findings that may revert an inactivating variant: the state `reversion`, by which claims meet them.

    germline: the sheet's cell. words: the judge's wording. Returns the genes with a known inactivating variant, and
    notes on what of the cell was not understood. Alleles known to lie on different molecules are flagged, not marked.
    """
    given, left = alleles_of(germline, annotator) if germline else ([], [])
    notes = [{"code": "germline_not_understood", "text": words["note"]["germline"].format(entry=e)} for e in left]
    own: dict[str, list[Finding]] = {}
    for f in findings:
        for a in f.annotations:
            if f.row is not None and a.clinical and a.gene in GENES:
                own.setdefault(a.gene, []).append(f)
    baseline = {s for c in comparisons for s in c["baseline"]}
    known: set[str] = set()
    for gene in GENES:
        sheet = [(name, allele) for g, name, allele in given if g == gene]
        inactivating = _inactivating(gene, sheet, own.get(gene, ()), baseline, annotator)
        if inactivating:
            known.add(gene)
            _mark(gene, inactivating, own.get(gene, ()), annotator, words)
    return known, notes


def _inactivating(
    gene: str,
    sheet: Sequence[tuple[str, Allele]],
    findings: Sequence[Finding],
    baseline: set[str],
    annotator: Annotator,
) -> list[Inactivating]:
    """What is known to switch the gene off, the sheet's first, then by fraction at baseline."""
    transcript = annotator.reference.clinical(gene)
    if transcript is None:
        return []
    template = annotator.template(transcript)
    by_allele = {f.row.allele: f for f in findings if f.row}
    found = [Inactivating(gene, name, a, "sheet", 1.0, by_allele.get(a)) for name, a in sheet if truncates(template, a)]
    seen = []
    for allele, f in by_allele.items():
        before = [o for o in f.observations if o["specimen"] in baseline and o["status"] in _SEEN]
        told = next((a for a in annotator.annotate(allele) if a.gene == gene and a.clinical), None)
        if not before or told is None or told.consequence not in _TRUNCATING or any(i.allele == allele for i in found):
            continue
        if truncates(template, allele):
            vaf = max(o["vaf"] or 0.0 for o in before)
            seen.append(Inactivating(gene, told.hgvs_c, allele, "baseline", vaf, f))
    return found + sorted(seen, key=lambda i: (-i.vaf, i.allele))


def _mark(
    gene: str,
    inactivating: Sequence[Inactivating],
    findings: Sequence[Finding],
    annotator: Annotator,
    words: Mapping[str, Any],
) -> None:
    transcript = annotator.reference.clinical(gene)
    assert transcript is not None
    template = annotator.template(transcript)
    rank = {i.allele: n for n, i in enumerate(inactivating)}
    for f in findings:
        assert f.row
        candidates = []
        for n, one in enumerate(inactivating):
            # of two that were both there before, the second change is the one that is less or not the sheet's
            if rank.get(f.row.allele, len(inactivating)) <= n:
                continue
            if found := candidate(template, one.allele, f.row.allele):
                phase, why = _phase(f, one)
                candidates.append((phase == "trans", n, phase, why, one, found))
        for _, _, phase, why, one, found in sorted(candidates, key=lambda c: c[:2])[:1]:
            if phase == "trans":
                f.flag("reversion_in_trans", words["flags"]["reversion_in_trans"].format(of=_of(one)))
            else:
                _tell(f, gene, one, found, phase, why, annotator, words)


def _phase(f: Finding, one: Inactivating) -> tuple[str, str]:
    told = next((p for p in f.phase if one.finding is not None and p["with"] == one.finding.id), None)
    return (told["phase"], told["why"]) if told else ("unknown", "")


def _of(one: Inactivating) -> str:
    return f"{one.gene} {one.name}"


def _tell(
    f: Finding,
    gene: str,
    one: Inactivating,
    found: Candidate,
    phase: str,
    why: str,
    annotator: Annotator,
    words: Mapping[str, Any],
) -> None:
    """Name the finding as what it may be; what it would be called alone (a frameshift) no longer meets claims."""
    protein = found.protein
    _alone(f, gene, annotator)
    if one.finding is not None:
        _alone(one.finding, gene, annotator)
    f.state = "reversion"
    f.annotations = []
    f.name = f"{gene} reversion {f.annotation.hgvs_c}" if f.annotation else f"{gene} reversion"
    f.reversion = {
        "of": _of(one),
        "origin": one.origin,
        "how": found.how,
        "phase": phase,
        "length": protein.length if protein else None,
        "reference_length": _reference_length(annotator, gene),
        "removed": protein.removed if protein else None,
        "added": protein.added if protein else None,
        "first": protein.first if protein else None,
        "start_kept": protein.start_kept if protein else None,
        "stop_kept": protein.stop_kept if protein else None,
    }
    told = words["reversion"]
    f.remark = told["remark"].format(
        of=_of(one),
        origin=told["origin"][one.origin],
        how=told["how"][found.how],
        protein=told["protein" if protein else "no_protein"].format(
            **{k: integer(v) if isinstance(v, int) else v for k, v in f.reversion.items()}
        ),
        phase=told["phase"][phase].format(why=why),
    )
    f.flag("candidate_reversion", f.remark)


def _reference_length(annotator: Annotator, gene: str) -> int:
    """Residues of the protein of a gene's clinical transcript."""
    transcript = annotator.reference.clinical(gene)
    return len(annotator.template(transcript).protein.removesuffix("*")) if transcript else 0


def _alone(f: Finding, gene: str, annotator: Annotator) -> None:
    """Take back a name that two alleles of one molecule were given together: each keeps its own beside the remark."""
    assert f.row
    own = annotator.annotate(f.row.allele)
    told = next((a for a in own if a.gene == gene and a.clinical), None)
    if told is not None:
        f.annotation, f.annotations = told, own
        f.name = f"{gene} {told.protein or told.hgvs_c}"
