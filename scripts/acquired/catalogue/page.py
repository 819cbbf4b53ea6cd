"""A page on which a person browses and filters all claims: one file, no outside request."""

from __future__ import annotations

from pathlib import Path

from acquired.catalogue.records import EFFECTS, LEVELS, MECHANISMS, Claim
from acquired.catalogue.store import Catalogue
from acquired.stage import RESOURCES
from acquired.whole import write_text

_MARKS = {"resistance": "r", "reduced sensitivity": "l", "sensitivity": "s"}


def write_catalogue_page(catalogue_json: Path, out_html: Path, resources: Path = RESOURCES) -> None:
    """Write the page of a compiled catalogue. The template is resources/report/catalogue.html.j2."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    catalogue = Catalogue.read(catalogue_json)
    claims = sorted(catalogue.claims(), key=lambda c: (c.gene, not c.resists, c.level, c.id))
    environment = Environment(
        loader=FileSystemLoader(resources / "report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    html = environment.get_template("catalogue.html.j2").render(
        provenance={"sources": [], "files": [], **catalogue.provenance},
        rows=[_row(c, catalogue) for c in claims],
        genes=sorted({c.gene for c in claims}),
        drugs=sorted({p for c in claims for p in c.parts}, key=str.casefold),
        mechanisms=[m for m in MECHANISMS if any(c.mechanism == m for c in claims)],
        levels=LEVELS,
        effects=EFFECTS,
        withdrawn=catalogue.withdrawn,
    )
    write_text(out_html, html)


def _row(claim: Claim, catalogue: Catalogue) -> dict[str, str]:
    """A claim as the page shows it; unconfirmed numbers are never shown."""
    disease = catalogue.disease(claim.disease)
    if claim.citation_status != "confirmed":
        cited = "no confirmed citation"
    else:
        cited = f"PMID {', '.join(claim.pmids)}" if claim.pmids else ""
    evidence = f"{claim.evidence_for} for"
    if claim.evidence_against:
        evidence = f"conflicting: {evidence}, {claim.evidence_against} against"
    return {
        "id": claim.id,
        "gene": claim.gene,
        "alteration": claim.alteration,
        "match": claim.match,
        "context": claim.context,
        "effect": claim.effect,
        "mark": _MARKS[claim.effect],
        "drug": claim.drug,
        "level": claim.level,
        "disease": disease.name if disease else claim.disease,
        "mechanism": claim.mechanism,
        "evidence": evidence,
        "sources": "; ".join(filter(None, [", ".join(claim.sources), cited])),
        "file": "" if claim.file == "catalogue/claims.tsv" else claim.file,
        "note": claim.note,
    }
