"""Alleles as rows of a Mutation Annotation Format file, with the columns of the GDC MAF and of cBioPortal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acquired.bundled import read_yaml
from acquired.export.results import Genes, Json, drugs_of, is_allele, seen
from acquired.export.vrs import Identifier, trim, vrs_id

COLUMNS = (
    "Hugo_Symbol", "Entrez_Gene_Id", "Center", "NCBI_Build", "Chromosome", "Start_Position", "End_Position", "Strand",
    "Consequence", "Variant_Classification", "Variant_Type", "Reference_Allele", "Tumor_Seq_Allele1",
    "Tumor_Seq_Allele2", "Tumor_Sample_Barcode", "Mutation_Status", "t_depth", "t_ref_count", "t_alt_count", "FILTER",
    "HGVSc", "HGVSp", "HGVSp_Short", "Transcript_ID", "SWISSPROT", "vrs_id", "acquired_status", "acquired_vaf",
    "acquired_trajectory", "acquired_basis", "acquired_drugs", "acquired_mechanism", "acquired_claims",
    "acquired_flags",
)  # fmt: skip

#: A protein change in short form, and an exon's last or first base and the offset into the intron: c.3028+1G>T.
_PROTEIN = re.compile(r"[A-Z0-9a-z*_=?]+\Z")
_SPLICE = re.compile(r"c\.(\d+)(?:_\d+)?[+-]\d")


class Maf:
    """Makes MAF rows. One for all results, as its tables are read once."""

    def __init__(self, resources: Path):
        self._genes = Genes(resources)
        data = read_yaml(resources / "export" / "maf.yaml")
        self._classes: dict[str, str | list[str]] = data["classification"]

    def rows(
        self, result: Json, samples: dict[str, str], identifier: Identifier | None
    ) -> Iterator[tuple[str, list[Any]]]:
        """(status of the observation, row in the order of COLUMNS) for each allele and each specimen that carries it.

        samples: specimen id to the sample's name in the file. t_ref_count is depth less the reads that carry the
        allele, so that t_alt_count / (t_ref_count + t_alt_count) is the fraction. Mutation_Status is Unknown: a
        result does not say what is somatic.
        """
        for allele in filter(is_allele, result["alterations"]):
            vrs = vrs_id(identifier, allele)
            start, end, kind, ref, alt = place(allele)
            common = {
                "Hugo_Symbol": allele["gene"] or "Unknown",
                "Entrez_Gene_Id": self._genes.id(allele["gene"], "entrez") or ("" if allele["gene"] else "0"),
                "NCBI_Build": result["build"],
                "Chromosome": allele["chrom"].removeprefix("chr").replace("M", "MT"),
                "Start_Position": start, "End_Position": end, "Strand": "+",
                "Consequence": allele["consequence"],
                "Variant_Classification": self.classification(allele),
                "Variant_Type": kind, "Reference_Allele": ref, "Tumor_Seq_Allele1": ref, "Tumor_Seq_Allele2": alt,
                "Mutation_Status": "Unknown",
                "HGVSc": allele["hgvs_c"], "HGVSp": allele["hgvs_p"], "HGVSp_Short": short(allele),
                "Transcript_ID": allele["transcript"], "SWISSPROT": self._genes.id(allele["gene"], "uniprot"),
                "vrs_id": vrs,
                "acquired_trajectory": allele["trajectory"], "acquired_basis": allele["basis"],
                "acquired_drugs": ";".join(drugs_of(result, allele)), "acquired_mechanism": allele["mechanism"],
                "acquired_claims": ";".join(dict.fromkeys(c["claim"] for c in allele["claims"])),
                "acquired_flags": ";".join(flag["code"] for flag in allele["flags"]),
            }  # fmt: skip
            for observation in seen(allele):
                depth, alt_count = observation["depth"], observation["alt_count"]
                known = depth is not None and alt_count is not None
                row = common | {
                    "Tumor_Sample_Barcode": samples[observation["specimen"]],
                    "t_depth": depth, "t_alt_count": alt_count,
                    "t_ref_count": max(0, depth - alt_count) if known else None,
                    "FILTER": ";".join(observation["filters"]) or ("PASS" if observation["status"] == "called" else ""),
                    "acquired_status": observation["status"], "acquired_vaf": observation["vaf"],
                }  # fmt: skip
                yield observation["status"], [row.get(column) for column in COLUMNS]

    def classification(self, allele: Json) -> str:
        """The MAF's Variant_Classification, from the first Sequence Ontology term of the consequence."""
        found = self._classes.get(re.split(r"[&,]", allele["consequence"])[0])
        if found is None:
            return "Targeted_Region" if allele["gene"] else "IGR"
        if isinstance(found, str):
            return found
        lost = len(allele["ref"]) - len(allele["alt"])
        return found[0] if lost > 0 else found[1] if lost < 0 else found[-1]


def place(allele: Json) -> tuple[int, int, str, str, str]:
    """(start, end, type, ref, alt) of an allele as a MAF writes it: 1-based, `-` for no bases.

    An insertion stands between start and end = start + 1. Types: SNP, DNP, TNP, ONP, INS, DEL.
    """
    start0, ref, alt = trim(allele["pos"] - 1, allele["ref"], allele["alt"])
    if not ref:
        return start0, start0 + 1, "INS", "-", alt
    if not alt:
        return start0 + 1, start0 + len(ref), "DEL", ref, "-"
    if len(ref) == len(alt):
        kind = {1: "SNP", 2: "DNP", 3: "TNP"}.get(len(ref), "ONP")
    else:
        kind = "DEL" if len(ref) > len(alt) else "INS"
    return start0 + 1, start0 + len(ref), kind, ref, alt


def short(allele: Json) -> str:
    """HGVSp_Short: p.T790M; at a splice site p.X1010_splice, by the codon of the exon's base, as cBioPortal has it.

    Empty where a file's own annotation holds something that is no protein change.
    """
    if _PROTEIN.match(allele["protein"]):
        return f"p.{allele['protein']}"
    match = _SPLICE.match(allele["hgvs_c"])
    return f"p.X{(int(match[1]) + 2) // 3}_splice" if match else ""
