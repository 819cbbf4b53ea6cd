"""Names that VEP (CSQ) or SnpEff (ANN) wrote into a file, one transcript a gene, for genes outside the bundle."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote as percent

from acquired.intake.header import Header
from acquired.intake.readings import info_value

#: The order of ANN's sub-fields (Variant annotations in VCF format, version 1.0).
_ANN = [
    "Allele",
    "Consequence",
    "IMPACT",
    "SYMBOL",
    "Gene",
    "Feature_type",
    "Feature",
    "BIOTYPE",
    "Rank",
    "HGVSc",
    "HGVSp",
]
_IMPACTS = {"HIGH": 0, "MODERATE": 1, "LOW": 2, "MODIFIER": 3}
#: Entries that do not name a change: the gene is only near, or SnpEff tells of a protein's contacts.
_NO_NAME = {
    "upstream_gene_variant",
    "downstream_gene_variant",
    "intergenic_variant",
    "intergenic_region",
    "regulatory_region_variant",
    "TF_binding_site_variant",
    "structural_interaction_variant",
    "protein_protein_contact",
    "",
}
Namer = Callable[[str, str, str, int, int], str]


def namer(header: Header) -> Namer | None:
    """What takes (INFO, REF, ALT, number of the alternative, number of alternatives) to the NAMED value.

    None for a file without CSQ and ANN.
    """
    if "CSQ" in header.infos and header.csq:
        return _reader("CSQ", header.csq)
    return _reader("ANN", _ANN) if "ANN" in header.infos else None


def _reader(key: str, names: list[str]) -> Namer:
    at = {name: index for index, name in enumerate(names)}
    flag = key + "="

    def read(info: str, ref: str, alt: str, index: int, alternatives: int) -> str:
        if flag not in info:
            return ""
        best: dict[str, tuple[tuple[int, ...], str]] = {}
        for order, entry in enumerate(info_value(info, key).split(",")):
            fields = entry.split("|")

            def get(name: str, fields: list[str] = fields) -> str:
                place = at.get(name, -1)
                return fields[place] if 0 <= place < len(fields) else ""

            consequence, gene = get("Consequence"), get("SYMBOL")
            if not gene or consequence in _NO_NAME or (alternatives > 1 and not _mine(get, ref, alt, index)):
                continue
            rank = (
                not (get("MANE_SELECT") or get("MANE") == "MANE_Select"),
                get("CANONICAL") != "YES",
                get("BIOTYPE") != "protein_coding",
                _IMPACTS.get(get("IMPACT"), 4),
                order,
            )
            value = "|".join(
                percent(part, safe="*>()+-_.:&?~")
                for part in (gene, get("Feature"), _bare(get("HGVSc")), _bare(get("HGVSp")), consequence)
            )
            if gene not in best or rank < best[gene][0]:
                best[gene] = (rank, value)
        return ",".join(value for _, value in (best[gene] for gene in sorted(best)))

    return read


def _bare(name: str) -> str:
    """`ENST00000275493.7:c.2369C>T` without its accession; VEP writes %3D for `=`."""
    return name.rpartition(":")[2].replace("%3D", "=")


def _mine(get: Callable[[str], str], ref: str, alt: str, index: int) -> bool:
    """Whether an entry is of this alternative: by its number, else by the spellings VEP and SnpEff use."""
    if number := get("ALLELE_NUM"):
        return number == str(index)
    allele = get("Allele")
    trimmed = alt[1:] if ref[:1] == alt[:1] and len(ref) != len(alt) else alt
    return allele in (alt, trimmed or "-")
