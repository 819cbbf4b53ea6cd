"""Questions at the command line: what the catalogue holds on a gene, drug or id, and what an alteration would meet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from acquired.annotate import Annotator
from acquired.catalogue.meet import shift
from acquired.catalogue.proteins import parse_protein
from acquired.catalogue.records import Claim, Subject, full_name
from acquired.catalogue.store import Catalogue
from acquired.errors import InputError, Problem, quote
from acquired.model import Annotation, Kind
from acquired.reference import Reference
from acquired.tables import nearest

_STATES = ("amplification", "gain", "deletion", "loss")


def claims_on(catalogue: Catalogue, term: str) -> tuple[str, list[Claim]]:
    """A heading and the claims on a claim id, gene, drug or class. Raises InputError with the nearest names."""
    if re.fullmatch(r"[A-Z][A-Z0-9]*-\d+", term.upper()):
        found = [c for c in catalogue.claims() if c.id == term.upper()]
        if found:
            return term.upper(), found
    genes = {g.casefold(): g for g in catalogue.genes}
    if term.casefold() in genes:
        gene = genes[term.casefold()]
        return gene, [c for c in catalogue.claims_of(gene) if c.gene == gene or gene in c.match]
    classes = {c.casefold(): c for c in catalogue.classes}
    if term.casefold() in classes:
        name = classes[term.casefold()]
        return name, [c for c in catalogue.claims() if name in c.parts]
    drug = catalogue.drug(term)
    if drug is not None:
        wanted = {*drug.parts, *drug.classes}
        own = [c for c in catalogue.claims() if set(c.parts) <= wanted]
        status = f", {drug.status} as of {drug.status_date}" if drug.status else ""
        heading = f"{drug.name}{status}; classes: {', '.join(drug.classes) or 'none'}"
        if drug.synonyms:
            heading += f"; also called {', '.join(drug.synonyms)}"
        return heading, own
    near = [*nearest(term, [*catalogue.genes, *catalogue.classes], 2), *catalogue.suggest(term)]
    raise InputError(
        Problem(
            "command line",
            f"{quote(term)} is no claim, gene, drug or class of the catalogue.",
            f"{' or '.join(map(quote, near[:4]))} was meant" if near else "",
            "give a gene symbol (EGFR), a drug (osimertinib), a class or a claim's id (ACQ-000123).",
        )
    )


def subject_of(text: str, reference: Reference, catalogue: Catalogue) -> tuple[Subject, str]:
    """The alteration a person types, and a remark: "EGFR C797S", "MET amplification", "EML4::ALK", "AR AR-V7",
    "MET c.3028+1G>T", "AXL expression high", "histology small cell". Raises InputError."""
    words = text.split()
    if not words:
        raise _not_understood(text)
    if "::" in words[0]:
        five, three = words[0].split("::", 1)
        return Subject(text, Kind.FUSION, three, partners=(five, three)), ""
    if words[0].casefold() == "histology" and len(words) > 1:
        return Subject(text, Kind.HISTOLOGY, "", state=" ".join(words[1:])), ""
    gene = next((g for g in (*catalogue.genes, *reference.genes) if g.casefold() == words[0].casefold()), "")
    rest = " ".join(words[1:])
    if not gene:
        raise _not_understood(text, nearest(words[0], {*catalogue.genes, *reference.genes}, 3))
    if rest.casefold() in _STATES:
        return Subject(text, Kind.COPY_NUMBER, gene, state=rest.casefold()), ""
    if rest in ("expression high", "expression low", "overexpression"):
        return Subject(text, Kind.EXPRESSION, gene, state="low" if rest.endswith("low") else "high"), ""
    if rest.startswith("c."):
        return Subject(text, Kind.SMALL, gene, [_cdna(gene, rest, reference)]), ""
    if parse_protein(rest) is not None:
        return _protein_subject(text, gene, rest.removeprefix("p."), reference, catalogue)
    if rest:
        return Subject(text, Kind.SPLICE, gene, state=rest), "taken as the name of a splice form"
    raise _not_understood(text)


def _not_understood(text: str, near: Sequence[str] = ()) -> InputError:
    return InputError(
        Problem(
            "command line",
            f"{quote(text)} names no alteration.",
            f"{' or '.join(map(quote, near))} was meant" if near else "",
            "write a gene and what happened to it: “EGFR C797S”, “MET amplification”, “EML4::ALK”, “MET c.3028+1G>T”.",
        )
    )


def _cdna(gene: str, hgvs_c: str, reference: Reference) -> Annotation:
    """A cDNA change; a splice site's two bases get their consequence, the coding part none."""
    clinical = reference.clinical(gene)
    term = ""
    if m := re.match(r"c\.\d+([+-])[12](?!\d)", hgvs_c):
        term = "splice_donor_variant" if m[1] == "+" else "splice_acceptor_variant"
    return Annotation(gene, clinical.name if clinical else "", hgvs_c=hgvs_c, consequence=term)


def _protein_subject(
    text: str, gene: str, protein: str, reference: Reference, catalogue: Catalogue
) -> tuple[Subject, str]:
    """A protein change; where its residue does not fit the clinical transcript, tried in the other numberings known."""
    from acquired.catalogue.residues import protein_of

    change = parse_protein(protein)
    assert change is not None
    residues, letter = protein_of(reference, gene), change.first
    remark = ""

    def fits(residue: int) -> bool:
        return not residues or residues[residue - 1 : residue] in (letter, "X")

    if not fits(change.start):
        for transcript, first, last, offset in catalogue.tables.aliases.get(gene, ()):
            if first <= change.start <= last and fits(change.start + offset):
                moved = shift(protein, offset)
                remark = f"{protein} is numbered on {transcript}; on the clinical transcript it is {moved}"
                protein = moved
                break
        else:
            there = residues[change.start - 1 : change.start] or "no residue"
            remark = f"the clinical transcript of {gene} has {there} at {change.start}, not {change.first}"
    protein = Annotator(reference).canonical_protein(gene, protein)  # as the claims are spelt, see build.canonical
    change = parse_protein(protein)
    assert change is not None
    terms = {"missense": "missense_variant", "nonsense": "stop_gained", "frameshift": "frameshift_variant",
             "start_lost": "start_lost"}  # fmt: skip
    clinical = reference.clinical(gene)
    annotation = Annotation(
        gene, clinical.name if clinical else "", protein=protein, consequence=terms.get(change.kind, ""),
        protein_start=change.start, protein_end=change.end,
    )  # fmt: skip
    return Subject(text, Kind.SMALL, gene, [annotation]), remark


def claim_line(claim: Claim) -> str:
    """A claim as one line of the answer to `show`."""
    pmids = f"PMID {', '.join(claim.pmids)}" if claim.citation_status == "confirmed" and claim.pmids else ""
    if claim.citation_status != "confirmed":
        pmids = "no confirmed citation"
    counts = f"; conflicting: {claim.evidence_for} for, {claim.evidence_against} against"
    conflict = counts if claim.evidence_against else ""
    context = f" [{claim.context}]" if claim.context else ""
    return (
        f"{claim.id}  {claim.level}  {full_name(claim.gene, claim.alteration)}{context}  {claim.effect} to "
        f"{claim.drug}  ({claim.disease})  {claim.mechanism}{conflict}  {'; '.join(claim.sources)}  {pmids}  "
        f"{claim.note}"
    ).rstrip()


def match_line(match: dict[str, Any]) -> str:
    """A match as one line of the answer to `match`."""
    cited = [f"PMID {p}" for s in match["sources"] for p in s["pmids"]]
    citation = ", ".join(cited) or match["sources"][0]["citation"]
    more = "; ".join(filter(None, (match["context"], match["conflict"])))
    return (
        f"{match['claim']}  {match['relation']}{' (class)' if match['drug_is_class'] else ''}  {match['precision']}  "
        f"{match['level']}  {match['effect']} to {match['drug']}  ({match['disease']}: {match['disease_match']})  "
        f"{'raises a verdict' if match['raises_verdict'] else 'raises none'}  {citation}{f'  {more}' if more else ''}"
    )
