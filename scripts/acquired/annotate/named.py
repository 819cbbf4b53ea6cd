"""Names that are already in the call file (CSQ, ANN), as one `Annotation`."""

from __future__ import annotations

import re
from urllib.parse import unquote

from acquired.annotate.codons import ONE
from acquired.model import Annotation

_THREE_LETTERS = re.compile("|".join(ONE))
_NUMBERS = re.compile(r"[A-Z*]([0-9]+)(?:_[A-Z*]([0-9]+))?")


def one_letter(hgvs_p: str) -> str:
    """`p.(Trp288CysfsTer12)` as `W288Cfs*12`, in the spelling claims are matched on.

    Takes names with or without accession, `p.` and brackets, in 3- or 1-letter code. Empty for `p.?`, `p.(=)`
    and the like, which say nothing that could be matched.
    """
    name = unquote(hgvs_p).rpartition(":")[2].strip()
    name = name.removeprefix("p.").replace("(", "").replace(")", "")
    name = _THREE_LETTERS.sub(lambda found: ONE[found.group()], name)
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1]
    # VEP and others write X for a stop and leave the deleted residues behind `del`.
    name = re.sub(r"fsX(?=[0-9?]|$)", "fs*", name)
    name = re.sub(r"^([A-Z][0-9]+)X$", r"\1*", name)
    name = re.sub(r"(del|dup)[A-Z]+$", r"\1", name)
    if re.fullmatch(r"[A-Z*][0-9]+[A-Z*]?fs\*1", name):  # an immediate stop is nonsense
        name = re.sub(r"[A-Z*]?fs\*1$", "*", name)
    if re.fullmatch(r"([A-Z])[0-9]+\1", name):  # L858L
        name = name[:-1] + "="
    return name if _NUMBERS.match(name) else ""


def annotation_from_named(text: str) -> Annotation | None:
    """The `Annotation` of one INFO/NAMED value: `gene|transcript|hgvs_c|hgvs_p|consequence`, percent-encoded.

    Percent-encoding is undone field by field, or over the whole where the bars were encoded too. None if there is
    no gene, or nothing beyond it. origin is "file"; of several consequences joined by `&` the first is kept.
    """
    if "|" not in text:
        text = unquote(text)
    fields = [unquote(f).strip() for f in text.split("|")]
    fields += [""] * (5 - len(fields))
    gene, transcript, hgvs_c, hgvs_p, consequence = fields[:5]
    if not gene or not any(fields[1:5]):
        return None
    protein = one_letter(hgvs_p)
    numbers = _NUMBERS.match(protein)
    start = int(numbers.group(1)) if numbers else 0
    end = int(numbers.group(2) or start) if numbers else 0
    ensembl = transcript if transcript.startswith("ENST") else ""
    return Annotation(
        gene=gene, transcript=transcript, transcript_ensembl=ensembl, hgvs_c=hgvs_c.rpartition(":")[2],
        hgvs_p=hgvs_p.rpartition(":")[2], protein=protein, consequence=consequence.split("&")[0],
        protein_start=start, protein_end=end, origin="file",
    )  # fmt: skip
