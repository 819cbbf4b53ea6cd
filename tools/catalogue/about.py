"""catalogue.yaml: the catalogue's name, version, sources, licences and counts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from therapies import Names

VERSION, DATE = "2026.11.0", "2026-11-21"
_HEAD = f"""\
name: acquired resistance catalogue
version: {VERSION}
date: {DATE}
licence: CC0-1.0
sources:
  - id: CIViC
    name: CIViC, Clinical Interpretation of Variants in Cancer
    version: accepted evidence of 2026-05-29, with 12 items of 2026-10-01
    licence: CC0-1.0
    description: predictive evidence items, as facts with their item numbers and PubMed numbers; statements are not used
    keys: EID and the item's number
  - id: CGI
    name: Cancer Genome Interpreter, cancer biomarkers
    version: 2017-12
    licence: CC0-1.0
    description: biomarkers of drug response, as facts with the citations the table gives
    keys: 2017-12 and the first six hex digits of the SHA-1 of gene, alteration, drug and disease of the row
  - id: literature
    name: published reports, collected for this catalogue
    version: 2026-11
    licence: facts with citations
    description: facts that neither table has; a number counts as confirmed only where it was seen
    keys: the first six hex digits of the SHA-1 of gene, alteration, drug and disease of the row
  - id: article
    name: articles that a curator saw a fact in
    version: 2026-11
    licence: facts with citations
    description: confirms or adds single facts; title, place and what it says stand in tools/catalogue/confirmed.tsv
    keys: PubMed number, DOI, number of a bibliographic record (MTMT), or journal, volume and page
  - id: curation
    name: the curators' own reading of conflicts between these sources
    version: 2026-11
    licence: CC0-1.0
    description: marks a contradiction that the sources hold without an item number of its own
    keys: year and month
  - id: Hauser 2018
    name: ABL1 IC50 values of eight inhibitors
    version: doi 10.1038/s42003-018-0075-x
    licence: facts with citation
    description: activity.tsv; fold changes are exp(ddG / RT) at 298.15 K from the table's free energies
    keys: the doi
counts:
"""


def write(catalogue: Path, claims: list[dict[str, str]], names: Names) -> None:
    """Writes catalogue.yaml from the claims and tables as they stand."""
    effects = Counter(r["effect"] for r in claims)
    counts = {
        "claims": len(claims),
        "resistance": effects["resistance"],
        "reduced sensitivity": effects["reduced sensitivity"],
        "sensitivity": effects["sensitivity"],
        "conflicting": sum(r["evidence_for"] != "0" != r["evidence_against"] for r in claims),
        "without confirmed citation": sum(r["citation_status"] == "unverified" for r in claims),
        "genes": len({r["gene"] for r in claims}),
        "drugs": len(names.drugs),
        "classes": len(names.classes),
        "diseases": len(names.diseases),
    }
    text = _HEAD + "".join(f"  {name}: {count}\n" for name, count in counts.items())
    (catalogue / "catalogue.yaml").write_text(text, encoding="utf-8")
