"""Builds resources/catalogue/claims.tsv, exclusions.tsv and activity.tsv from a folder of source tables.

    python tools/catalogue/build.py KNOWLEDGE [--today 2026-11-21]

KNOWLEDGE holds CIViC's accepted evidence in its own format, the digests of resistance and sensitivity facts, the list
of facts from the literature, and the ABL1 IC50 table. The same folder gives the same bytes. Ids stay the same from
build to build: ledger.tsv keeps each claim's key, id and dates, and a retired id is never given again.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import about
import activity
import facts as sources
import literature
from acquired.catalogue.records import COLUMNS
from alterations import Excluded
from corrections import Corrections
from facts import Fact, Left
from ledger import Ledger
from mechanisms import Mechanisms
from merge import Claim, merge
from proteins import Proteins
from therapies import Names, rows

TOOLS = Path(__file__).resolve().parent
RESOURCES = TOOLS.parents[1] / "resources"
CATALOGUE = RESOURCES / "catalogue"
CLAIMS = COLUMNS["claims"]
CIVIC = "civic_accepted_evidence.*.tsv"
ARTICLE = r"(DOI|article|MTMT):(?!.*\(against\)).*"


def main() -> None:
    """Reads the folder, writes the tables, prints what became of the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("knowledge", type=Path)
    parser.add_argument("--catalogue", type=Path, default=CATALOGUE, help="folder of the tables; changed in place")
    parser.add_argument("--today", default="2026-11-21", help="date for new and changed claims")
    options = parser.parse_args()
    names = Names(options.catalogue, TOOLS)
    corrections = Corrections(TOOLS, options.catalogue, Proteins(RESOURCES))
    found, left = gather(options.knowledge, names, corrections)
    claims, unplaced = merge(found, names)
    resisting = {k[:2] for k in claims if k[5]}
    claims = {k: c for k, c in claims.items() if _needed(c, resisting)}
    ledger = Ledger(options.catalogue / "ledger.tsv", options.today)
    table = rows_of(claims, names, Mechanisms(names, TOOLS), corrections, ledger)
    write(options.catalogue / "claims.tsv", CLAIMS, table)
    _write_exclusions(options.catalogue, left + unplaced, table)
    write(options.catalogue / "activity.tsv", *activity.table(options.knowledge, names))
    write(options.catalogue / "genes.tsv", ["gene"], [{"gene": g} for g in _more_genes(table)])
    about.write(options.catalogue, table, names)
    print(f"{len(table)} claims, {sum(r['effect'] != 'sensitivity' for r in table)} of them on resistance")


def gather(knowledge: Path, names: Names, corrections: Corrections) -> tuple[list[Fact], list[Left]]:
    """Every fact of every source, corrected and checked against the transcripts; and what was left out."""
    (civic,) = sorted(knowledge.glob(CIVIC))
    have = {f"EID{r['evidence_id']}" for r in rows(civic)}
    streams = [
        sources.civic(civic, names),
        sources.later_civic(knowledge / "resistance_facts.tsv", names, have),
        sources.cgi(knowledge / "resistance_facts.tsv", names, "resistance"),
        sources.cgi(knowledge / "sensitivity_facts.tsv", names, "sensitivity"),
        literature.read(knowledge / "missing_facts.tsv", names, TOOLS),
        corrections.curated(names),
    ]
    found: list[Fact] = []
    left: list[Left] = []
    for stream in streams:
        for item in stream:
            if isinstance(item, Left):
                left.append(item)
                continue
            try:
                found.append(corrections.fit(item))
            except Excluded as reason:
                source, _, ident = item.key.partition(":")
                if item.effect != "sensitivity":
                    left.append(Left(source, ident, f"{item.gene} {item.alteration}, {item.drug}", str(reason)))
    return found, left


def _needed(claim: Claim, resisting: set[tuple[str, str]]) -> bool:
    """Whether a claim is wanted. On sensitivity: a clinical one, or one on an alteration that resists something."""
    return claim.key[5] or claim.key[:2] in resisting or any(f.level in "ABC" for f in claim.support)


def rows_of(
    claims: dict, names: Names, mechanisms: Mechanisms, corrections: Corrections, ledger: Ledger
) -> list[dict[str, str]]:
    """The claims as rows, with their ids, sorted by id."""
    table = []
    for claim in sorted(claims.values(), key=lambda c: c.key):
        gene, match, context, drug, disease, resists = claim.key
        effects = {f.effect for f in claim.support}
        effects = effects or {"resistance"}
        effect = "sensitivity" if not resists else "resistance" if "resistance" in effects else "reduced sensitivity"
        given = [f.mechanism for f in claim.support if f.mechanism]
        seen = corrections.confirmed(claim)
        pmids = _numbers([p for f in claim.support for p in f.pmids] + [n for n in seen if n.isdigit()])
        articles = sorted({n for n in seen if not n.isdigit()})
        recalled = _numbers(p for f in claim.support for p in f.unverified if p not in pmids)
        row = {
            "gene": gene, "alteration": claim.alteration, "match": match, "context": context, "drug": drug,
            "effect": effect, "level": min(f.level for f in claim.support or claim.against), "disease": disease,
            "mechanism": given[0] if given else mechanisms.of(gene, match, drug, effect, _own_driver(claim)),
            "evidence_for": str(_items(claim)),
            "evidence_against": str(len({f.key for f in claim.against})),
            "sources": ";".join([*_sources(claim), *articles]),
            "pmids": ";".join(pmids), "pmids_unverified": ";".join(recalled),
            "citation_status": "confirmed" if seen or pmids or any(f.cited for f in claim.support) else "unverified",
            "note": corrections.note(claim),
        }  # fmt: skip
        table.append(row)
    _mark_groups(table)
    ledger.number(table)
    return sorted(table, key=lambda r: r["id"])


def _mark_groups(table: list[dict[str, str]]) -> None:
    """A remark where the only citation is an article that reports on four alleles or more together."""
    alleles: dict[str, set[tuple[str, str]]] = defaultdict(set)
    cited = [[s for s in r["sources"].split(";") if re.fullmatch(ARTICLE, s)] for r in table]
    for r, articles in zip(table, cited, strict=True):
        for a in articles:
            alleles[a].add((r["gene"], r["match"]))
    for r, articles in zip(table, cited, strict=True):
        alone = articles and not r["pmids"] and all(len(alleles[a]) >= 4 for a in articles)
        if alone and literature.GROUP not in r["note"]:
            r["note"] = "; ".join(filter(None, [r["note"], literature.GROUP]))


def _items(claim: Claim) -> int:
    """The items for a claim. What the list says overcomes an allele stands in the row of every drug that the allele
    resists: one statement."""
    return len({"literature" if f.overcomes else f.key for f in claim.support})


def _own_driver(claim: Claim) -> bool:
    """Whether the claim's facts are from disease that a fusion of the same gene drives."""
    return any(re.search(rf"shown in (\S+::)?{claim.key[0]}-positive", f.note) for f in claim.support)


def _more_genes(table: list[dict[str, str]]) -> list[str]:
    """Genes that claims name and that have no bundled transcript: met by what a caller names, never by position."""
    named = {r["gene"] for r in table}
    for r in table:
        named |= set(re.findall(r"([A-Z0-9-]+):(?!:)", f"{r['context']} {r['match']}"))
    proteins = Proteins(RESOURCES)
    return sorted(g for g in named if not proteins.known(g))


def _numbers(found: object) -> list[str]:
    return sorted(set(found), key=lambda p: (len(p), p))  # type: ignore[call-overload]


def _sources(claim: Claim) -> list[str]:
    support = {f.key for f in claim.support}
    against = {f"{f.key}(against)" for f in claim.against if f.key not in support}
    return sorted(support | against, key=lambda s: (not s.startswith("CIViC"), s.split(":")[0], _natural(s)))


def _natural(text: str) -> list[tuple[int, str]]:
    return [(int(t), "") if t.isdigit() else (0, t) for t in re.split(r"(\d+)", text)]


def _write_exclusions(catalogue: Path, left: list[Left], table: list[dict[str, str]]) -> None:
    used = {s.removesuffix("(against)") for r in table for s in r["sources"].split(";")}
    unused = {(x.source, x.source_id): x for x in left if f"{x.source}:{x.source_id}" not in used}
    entries = [
        {"source": x.source, "source_id": x.source_id, "what": x.what, "reason": x.reason} for x in unused.values()
    ]
    entries.sort(key=lambda e: (e["source"], _natural(e["source_id"])))
    write(catalogue / "exclusions.tsv", ["source", "source_id", "what", "reason"], entries)


def write(path: Path, columns: Sequence[str], table: list[dict[str, str]]) -> None:
    """A table, written beside its target and moved into place."""
    lines = ["\t".join(columns), *("\t".join(row[c] for c in columns) for row in table)]
    temporary = path.with_suffix(".tmp")
    temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    temporary.replace(path)


if __name__ == "__main__":
    main()
