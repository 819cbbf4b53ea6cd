"""What a source calls an alteration, said in the match language: one gene's atom, then whole molecular profiles."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

AA = "ACDEFGHIKLMNPQRSTVWY"


def gene_set(name: str) -> frozenset[str]:
    """The genes of one set of gene_sets.tsv."""
    with (Path(__file__).resolve().parent / "gene_sets.tsv").open(encoding="utf-8", newline="") as table:
        return frozenset(row["gene"] for row in csv.DictReader(table, delimiter="\t") if row["set"] == name)


class Excluded(Exception):
    """The alteration cannot become a claim; the reason is the message."""


@dataclass(frozen=True)
class Atom:
    """One alteration of one gene: how a clinician names it, and its match expression."""

    gene: str
    alteration: str
    match: str


#: Genes whose `oncogenic mutation` is mostly a loss of function: sources that do not say which mutation mean that.
SUPPRESSORS = gene_set("suppressor")
#: Genes with a row called `hotspot` in regions.tsv.
HOTSPOTS = gene_set("hotspot")

_FORMS = [  # what a source writes (upper case), match
    (r"AMPLIFICATION", "amplification"),
    (r"(GENE )?COPY NUMBER GAIN|GAIN", "gain"),
    (r"(OVER|P16 |NUCLEAR |CD44S )?EXPRESSION", "expression high"),
    (r"UNDEREXPRESSION|LOW EXPRESSION", "expression low"),
    (r"DELETION|LOSS OF AMPLIFICATION", "deletion"),
    (r"LOSS", "loss"),
    (r"LOSS-OF-FUNCTION|DELETERIOUS MUTATION|INACTIVATING MUTATION|BIALLELIC INACTIVATION", "lof"),
    (r"REVERSION MUTATION", "reversion"),
    (r"EXON (\d+) INSERTIONS?", r"exon {0} inframe_insertion"),
    (r"EXON (\d+) SKIPPING( MUTATION)?", r"splice exon {0} skipping"),
    (r"AR-V7", "splice AR-V7"),
    (r"(EGFR)?V?III|VIII|INFRAME DELETION \(30-336.*", "splice EGFRvIII"),
    (r"ITD|FLT3-ITD|INTERNAL DUPLICATION", "region ITD inframe_insertion"),
    (r"TKD MUTATION", "region TKD missense"),
    (r"P-LOOP MUTATION", "region P-loop missense"),
    (r"NON-P-LOOP MUTATION", "region kinase domain outside the P-loop missense"),
    (r"KINASE DOMAIN MUTATION", "region kinase domain missense"),
    (r"DNA BINDING DOMAIN MUTATION", "region DNA-binding domain missense"),
    (r"B2 DOMAIN MUTATION", "region B2 domain missense"),
]

GERMLINE = "germline polymorphism or genotype, not an acquired alteration"
_NO = [  # what cannot be met by anything the tool reads
    (r"RS\d+.*|.*POLYMORPHISM.*|.*GENOTYPE.*|.*HOMOZYGOSITY", GERMLINE),
    (r".*METHYLATION.*", "promoter methylation is not read by the tool"),
    (r".*PHOSPHORYLATION.*", "phosphorylation of a protein is not read by the tool"),
    (r".*SERUM LEVELS.*", "serum level of a protein is not read by the tool"),
    (r".*TRANSLOCATION|.*MISLOCALIZATION", "place of a protein in the cell is not read by the tool"),
    (r"WILD ?TYPE", "absence of an alteration is no acquired alteration"),
    (r"COPY-NEUTRAL LOSS OF HETEROZYGOSITY", "copy-neutral loss of heterozygosity is not read by the tool"),
    (r".*REARRANGEMENT", "a rearrangement given by intron alone does not name partners or effect"),
    (r"DOUBLE PH", "a second Philadelphia chromosome is a karyotype, not read by the tool"),
    (r"RARE .*MUTATION", "the source does not say which mutation"),
]


def protein(text: str) -> str | None:
    """A protein change as the match language writes it, from a source's spelling; None if it is none."""
    t = text.strip().removeprefix("p.").strip("()").replace(" ", "")
    t = re.sub(r"^([A-Z]\d+)X$", r"\1*", t)
    if re.fullmatch(rf"[{AA}]\d+[{AA}*]", t):
        return t
    if m := re.fullmatch(rf"([{AA}]\d+)[{AA}]?FS(\*\d+)?", t, re.IGNORECASE):
        return m[1] + "fs"
    m = re.fullmatch(rf"([{AA}]\d+)(_[{AA}]\d+)?(DELINS|DEL|INS|DUP|>)([{AA}]*)", t, re.IGNORECASE)
    if m:
        kind = {">": "delins"}.get(m[3], m[3].lower())
        letters = m[4].upper() if kind in ("delins", "ins") else ""
        return m[1] + (m[2] or "") + kind + letters
    return None


def atom(gene: str, text: str) -> Atom:
    """One gene's alteration in the match language. Raises Excluded."""
    t = " ".join(text.split())
    upper = t.upper()
    if p := protein(t):
        return Atom(gene, p, f"protein {p}")
    if m := re.fullmatch(rf"([{AA}]\d+)( MUTATION)?", upper):
        return Atom(gene, f"any change at {m[1]}", f"codon {m[1]}")
    if m := re.search(r"(c\.\d+(?:[+-]\d+)?(?:_\d*(?:[+-]\d+)?)?(?:[ACGT]>[ACGT]|del[ACGT]*|dup[ACGT]*))", t):
        change = re.sub(r"dup[ACGT]+$", "dup", m[1])
        return Atom(gene, change, f"cdna {change}")
    if m := re.fullmatch(r"EXON (\d+) (MUTATION|DELETION|DEL)|MUTATION IN EXON (\d+)", upper):
        number = m[1] or m[3]
        if m[2] in ("DELETION", "DEL"):
            return Atom(gene, f"exon {number} deletion", f"exon {number} inframe_deletion")
        kind = "missense" if gene in ("KRAS", "PIK3CA", "BRAF") else "any"
        return Atom(gene, f"exon {number} mutation", f"exon {number} {kind}")
    for pattern, reason in _NO:
        if re.fullmatch(pattern, upper):
            raise Excluded(reason)
    for pattern, match in _FORMS:
        if m := re.fullmatch(pattern, upper):
            expression = match.format(*m.groups())
            return Atom(gene, _name(expression, t), expression)
    if re.fullmatch(r"(ANY )?(ONCOGENIC |ACTIVATING |ANY ACTIVATING )?MUTATION|GAIN-OF-FUNCTION|ALTERATION", upper):
        return Atom(gene, *_any_mutation(gene, upper))
    raise Excluded(f"no expression of the match language says “{t}”")


def _any_mutation(gene: str, text: str) -> tuple[str, str]:
    if gene in HOTSPOTS:
        return "hot-spot mutation", "region hotspot missense"
    if "ACTIVATING" in text and gene in ("PTPN11", "CARD11", "FGFR2"):
        return "activating mutation", "region activating missense"
    if "ONCOGENIC" in text and gene in SUPPRESSORS:
        return "loss-of-function mutation", "lof"
    return "any mutation", "any_mutation"


def _name(match: str, text: str) -> str:
    words = {
        "lof": "loss of function",
        "expression high": "overexpression",
        "expression low": "loss of expression",
        "loss": "loss",
        "region ITD inframe_insertion": "internal tandem duplication",
        "splice EGFRvIII": "EGFRvIII",
        "splice AR-V7": "AR-V7",
    }
    if match in words:
        return words[match]
    if match.startswith("exon") and match.endswith("inframe_insertion"):
        return f"exon {match.split()[1]} insertion"
    if match.startswith(("splice exon", "region")):
        return match.removeprefix("splice ").removeprefix("region ").removesuffix(" missense") + (
            " mutation" if match.startswith("region") else ""
        )
    return match


def fusion(text: str) -> tuple[str, str] | None:
    """(5' gene, 3' gene) of a fusion's name, `*` for an unnamed partner; None if it names none."""
    m = re.fullmatch(r"([A-Za-z0-9-]+)::([A-Za-z0-9?-]+)(?: Fusion| e\d+::e\d+)?", text.strip())
    if not m:
        return None
    return tuple("*" if g in ("v", "?") else g for g in m.groups())  # type: ignore[return-value]
