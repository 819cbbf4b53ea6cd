"""The components of a Variant observation: where, what, how many reads, and how it moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from acquired.export import maf
from acquired.export.results import Json, is_allele
from acquired.export.vrs import vrs_id

if TYPE_CHECKING:
    from acquired.export.fhir import Exporter


def variant_components(tools: Exporter, result: Json, alteration: Json, observation: Json, here: bool) -> list[Json]:
    """Components of one alteration in one specimen; fraction and copies only where it is present (`here`)."""
    codes, build = tools.codes, result["build"]
    parts: list[Json] = []

    def concept(code: str, value: Json) -> None:
        parts.append({"code": codes(code), "valueCodeableConcept": value})

    def quantity(code: str, value: Any) -> None:
        if value is not None:
            unit = {"system": codes.systems["ucum"], "code": "1"}
            parts.append({"code": codes(code), "valueQuantity": {"value": value, **unit}})

    genes = alteration.get("parts") if alteration["kind"] == "fusion" else [alteration["gene"]]
    for gene in filter(None, genes or [alteration["gene"]]):
        concept("gene", _gene(tools, gene))
    if build:
        concept("assembly", codes(build))
    if is_allele(alteration):
        parts += _place(tools, build, alteration)
    if alteration["transcript"]:
        concept("transcript", codes.concept("refseq", alteration["transcript"]))
        if alteration["hgvs_c"]:
            concept("coding_hgvs", codes.concept("hgvs", f"{alteration['transcript']}:{alteration['hgvs_c']}"))
        protein = tools.proteins(build, alteration["gene"], alteration["transcript"])
        if alteration["hgvs_p"] and protein:
            concept("protein_hgvs", codes.concept("hgvs", f"{protein}:{alteration['hgvs_p']}", alteration["name"]))
    if here:
        quantity("vaf", observation["vaf"])
        quantity("copies", observation.get("copy_number"))
    quantity("depth", observation["depth"])
    if observation["status"] == "filtered":
        concept("confidence", codes("intermediate"))
    parts.append({"code": codes("conclusion"), "valueString": _conclusion(alteration, observation)})
    return parts


def _gene(tools: Exporter, gene: str) -> Json:
    for column, system in (("hgnc", "hgnc"), ("entrez", "ncbi")):
        known = tools.genes.id(gene, column)
        if known:
            return {"coding": [{"system": tools.codes.systems[system], "code": known, "display": gene}], "text": gene}
    return {"text": " ".join(gene.split()) or "?"}


def _place(tools: Exporter, build: str, allele: Json) -> list[Json]:
    """Place and bases as in the VCF: 1-based, insertions and deletions with the base before them."""
    codes = tools.codes
    accession = tools.accessions.get(build, {}).get(allele["chrom"], "")
    kind = maf.place(allele)[2]
    if kind in ("INS", "DEL") and "-" not in maf.place(allele)[3:]:
        kind = "DELINS"
    end = allele["pos"] + len(allele["ref"]) - 1
    found: list[Json] = []
    if accession:
        found.append({"code": codes("sequence"), "valueCodeableConcept": codes.concept("refseq", accession)})
        if kind == "SNP":
            level = "m" if allele["chrom"] == "chrM" else "g"
            name = f"{accession}:{level}.{allele['pos']}{allele['ref']}>{allele['alt']}"
            found.append({"code": codes("genomic_hgvs"), "valueCodeableConcept": codes.concept("hgvs", name)})
    found += [
        {"code": codes("start_end"), "valueRange": {"low": {"value": allele["pos"]}, "high": {"value": end}}},
        {"code": codes("coordinates"), "valueCodeableConcept": codes("one_based")},
        {"code": codes("ref_allele"), "valueString": allele["ref"]},
        {"code": codes("alt_allele"), "valueString": allele["alt"]},
        {"code": codes("change_type"), "valueCodeableConcept": codes(kind)},
    ]
    identifier = tools.identifiers.get(build)
    vrs = vrs_id(identifier, allele)
    if vrs:
        found.append({"code": codes("variation_code"), "valueCodeableConcept": codes.concept("vrs", vrs)})
    return found


def _conclusion(alteration: Json, observation: Json) -> str:
    """Status here, and how the alteration moved in each comparison, in words."""
    told = f"{alteration['name']}: {observation['status']} in {observation['specimen']}"
    if observation["filters"]:
        told += f" ({', '.join(observation['filters'])})"
    if observation["status"] == "absent" and observation["hidden_vaf"] is not None:
        told += f", at most {100 * observation['hidden_vaf']:.3g} % could be hidden"
    for t in alteration["trajectories"]:
        basis = f" by {t['basis']}" if t["basis"] else ""
        between = f" from {t['before']} to {t['after']}" if t.get("before") and t.get("after") else ""
        told += f"; {t['trajectory']}{basis}{between}"
    return " ".join("".join(c if c.isprintable() else " " for c in told).split()) + "."
