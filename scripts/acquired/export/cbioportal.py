"""A cohort as cBioPortal studies, one for each build: mutations, copy number, fusions, clinical data and timelines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import acquired
from acquired.bundled import read_yaml
from acquired.export import maf
from acquired.export.results import Genes, Json, seen
from acquired.export.vrs import Identifier
from acquired.whole import whole

_SV = (
    "Sample_Id", "SV_Status", "Site1_Hugo_Symbol", "Site1_Entrez_Gene_Id", "Site1_Ensembl_Transcript_Id",
    "Site1_Chromosome", "Site1_Position", "Site1_Contig", "Site1_Region", "Site1_Region_Number", "Site2_Hugo_Symbol",
    "Site2_Entrez_Gene_Id", "Site2_Ensembl_Transcript_Id", "Site2_Chromosome", "Site2_Position", "Site2_Contig",
    "Site2_Region", "Site2_Region_Number", "NCBI_Build", "Class", "Event_Info", "Tumor_Variant_Count",
    "acquired_trajectory",
)  # fmt: skip

#: An apostrophe that is not between two letters or digits.
_QUOTE = re.compile(r"(?<!\w)'|'(?!\w)")


class Study:
    """The study of one build, gathered patient by patient and written at the end."""

    def __init__(self, resources: Path, build: str, identifier: Identifier | None):
        """identifier: of the same build; None for no VRS ids."""
        self.texts: Json = read_yaml(resources / "export" / "cbioportal.yaml")
        self.build = build
        self._maf, self._genes, self._identifier = maf.Maf(resources), Genes(resources), identifier
        self._taken: set[str] = set()
        self._catalogues: set[str] = set()
        self.rows: dict[str, list[list[Any]]] = {
            name: [] for name in (*self.texts["profiles"], "patient", "sample", "treatment", "specimen")
        }
        self.left_out: dict[str, int] = {}

    def add(self, result: Json) -> None:
        """Add a patient. What the study has no place for is counted in `left_out`, by reason."""
        samples = {s["id"]: self._name(f"{result['patient']}_{s['id']}") for s in result["specimens"]}
        self._catalogues.add(result["provenance"]["catalogue"].get("version", ""))
        self._clinical(result, samples)
        for status, row in self._maf.rows(result, samples, self._identifier):
            self.rows["mutations_uncalled" if status == "filtered" else "mutations"].append(row)
        cna: dict[tuple[str, str], list[Any]] = {}
        for alteration in result["alterations"]:
            if alteration["kind"] == "copy number":
                self._copy_number(alteration, samples, cna)
            elif alteration["kind"] == "fusion":
                self._fusion(alteration, samples)
            elif alteration["kind"] != "small variant" or not alteration["chrom"]:
                self._count(f"{alteration['kind']} without a place in the study's formats")
        self.rows["cna"] += cna.values()

    def write(self, folder: Path) -> None:
        """Write the study into `folder`, which must not exist."""
        texts, study = self.texts["study"], self.texts["study"]["identifier"].format(build=self.build.lower())
        folder.mkdir(parents=True)
        catalogues = ", ".join(sorted(self._catalogues))
        filled = {"build": self.build, "version": acquired.__version__, "catalogue": catalogues}
        _meta(folder / "meta_study.txt", {
            "type_of_cancer": texts["type_of_cancer"], "cancer_study_identifier": study,
            "name": texts["name"].format(**filled), "description": texts["description"].format(**filled),
            "reference_genome": texts["reference_genome"][self.build], "add_global_case_list": "true",
        })  # fmt: skip
        for name, kind in (("patient", "PATIENT_ATTRIBUTES"), ("sample", "SAMPLE_ATTRIBUTES")):
            names, *about = zip(*self.texts[name], strict=True)
            above = ["#" + "\t".join(line) for line in about]
            self._data(folder, study, f"clinical_{name}", "CLINICAL", kind, names, self.rows[name], above)
        for name, columns in self.texts["timelines"].items():
            self._data(folder, study, f"timeline_{name}", "CLINICAL", "TIMELINE", columns, self.rows[name])
        columns_of = {
            "mutations": maf.COLUMNS, "mutations_uncalled": maf.COLUMNS, "structural_variants": _SV,
            "cna": ("Hugo_Symbol", "Entrez_Gene_Id", "Sample_Id", "Value"),
        }  # fmt: skip
        for name, profile in self.texts["profiles"].items():
            if not self.rows[name]:
                continue
            meta = {"cancer_study_identifier": study, **{k: v for k, v in profile.items() if k != "file"}}
            _meta(folder / profile["file"].replace("data_", "meta_"), {**meta, "data_filename": profile["file"]})
            _table(folder / profile["file"], columns_of[name], sorted(self.rows[name], key=_order))
        self._case_lists(folder / "case_lists", study)

    def _clinical(self, result: Json, samples: dict[str, str]) -> None:
        verdicts = {v["drug"]: v["wording"] for v in result["verdicts"]}
        disease = result["disease"]["name"] or result["disease"]["given"]
        self.rows["patient"].append([
            result["patient"], result["status"], disease, "; ".join(t["drug"] for t in result["therapies"]),
            "; ".join(f"{drug}: {wording}" for drug, wording in verdicts.items()),
            result["quality"]["identity"]["verdict"], "Yes" if result.get("demo") else "No", None, None, None, None,
        ])  # fmt: skip
        for s in result["specimens"]:
            name = samples[s["id"]]
            self.rows["sample"].append([
                result["patient"], name, s["id"], s["order"], s["role"], s["day"], disease, s.get("material"),
                s.get("site"), s["assay"], s["caller"], s.get("histology"),
            ])  # fmt: skip
            if s["day"] is None:
                self._count("specimens without a day, for the timeline")
            else:
                self.rows["specimen"].append(
                    [result["patient"], s["day"], None, "SPECIMEN", name, s.get("material"), s.get("site")]
                )
        for t in result["therapies"]:
            if t["start"] is None:
                self._count("therapies without a start, for the timeline")
            else:
                self.rows["treatment"].append([
                    result["patient"], t["start"], t["stop"], "TREATMENT", "Medical Therapy", t["drug"],
                    verdicts.get(t["drug"]),
                ])  # fmt: skip

    def _copy_number(self, alteration: Json, samples: dict[str, str], cna: dict[tuple[str, str], list[Any]]) -> None:
        value = next((v for word, v in self.texts["copy_number"].items() if alteration["name"].endswith(word)), None)
        if value is None or not alteration["gene"]:
            self._count("copy number whose state is not told")
            return
        for observation in alteration["observations"]:
            told = value if observation["status"] == "called" else 0 if observation["status"] == "absent" else None
            key = (alteration["gene"], samples[observation["specimen"]])
            if told is not None and (key not in cna or told):
                cna[key] = [key[0], self._genes.id(key[0], "entrez"), key[1], told]

    def _fusion(self, alteration: Json, samples: dict[str, str]) -> None:
        five, three = (alteration.get("parts") or [alteration["gene"], ""])[:2]
        for observation in seen(alteration):
            values = {
                "Sample_Id": samples[observation["specimen"]], "SV_Status": "SOMATIC",
                "Site1_Hugo_Symbol": five, "Site1_Entrez_Gene_Id": self._genes.id(five, "entrez"),
                "Site2_Hugo_Symbol": three, "Site2_Entrez_Gene_Id": self._genes.id(three, "entrez"),
                "NCBI_Build": self.build, "Class": "FUSION", "Event_Info": alteration["name"],
                "Tumor_Variant_Count": observation.get("support"), "acquired_trajectory": alteration["trajectory"],
            }  # fmt: skip
            self.rows["structural_variants"].append([values.get(column) for column in _SV])

    def _case_lists(self, folder: Path, study: str) -> None:
        folder.mkdir()
        within = {
            "sequenced": {row[1] for row in self.rows["sample"]},
            "cna": {row[2] for row in self.rows["cna"]},
            "sv": {row[0] for row in self.rows["structural_variants"]},
        }
        for name, text in self.texts["case_lists"].items():
            if within[name]:
                _meta(folder / f"cases_{name}.txt", {
                    "cancer_study_identifier": study, "stable_id": f"{study}_{name}",
                    "case_list_category": text["category"], "case_list_name": text["name"],
                    "case_list_description": text["description"], "case_list_ids": "\t".join(sorted(within[name])),
                })  # fmt: skip

    def _data(self, folder: Path, study: str, name: str, kind: str, datatype: str, columns: Iterable[str],
              rows: list[list[Any]], above: Iterable[str] = ()) -> None:  # fmt: skip
        if rows:
            _meta(folder / f"meta_{name}.txt", {
                "cancer_study_identifier": study, "genetic_alteration_type": kind, "datatype": datatype,
                "data_filename": f"data_{name}.txt",
            })  # fmt: skip
            _table(folder / f"data_{name}.txt", columns, rows, above)

    def _name(self, wanted: str) -> str:
        """`wanted`, made unique: patient A_B with specimen C, and patient A with specimen B_C, are two samples."""
        name, n = wanted, 1
        while name in self._taken:
            n += 1
            name = f"{wanted}.{n}"
        self._taken.add(name)
        return name

    def _count(self, reason: str) -> None:
        self.left_out[reason] = self.left_out.get(reason, 0) + 1


def write_studies(studies: list[Study], folder: Path, refused: int = 0) -> None:
    """Write each study into `folder`/<build>, in one step: the folder is whole or as it was.

    `folder`/left_out.tsv counts, by reason, what cBioPortal's formats have no place for, and the `refused` patients.
    """
    with whole(folder) as made:
        made.mkdir()
        for study in studies:
            study.write(made / study.build)
        counts = [[s.build, reason, n] for s in studies for reason, n in sorted(s.left_out.items())]
        if refused:
            counts.append(["", "refused patients", refused])
        _table(made / "left_out.tsv", ("build", "reason", "count"), counts)


def _order(row: list[Any]) -> list[str]:
    return [str(value).rjust(10, "0") if isinstance(value, int) else str(value) for value in row]


def _meta(path: Path, values: dict[str, str]) -> None:
    path.write_text("".join(f"{key}: {value}\n" for key, value in values.items()), encoding="utf-8")


def _table(path: Path, columns: Iterable[str], rows: Iterable[list[Any]], above: Iterable[str] = ()) -> None:
    lines = [*above, "\t".join(columns), *("\t".join(map(_cell, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _cell(value: object) -> str:
    """One value: no tab, no line break, and no quotes (but for 5'UTR), which a reader could take for quoting."""
    if value is None:
        return ""
    text = "".join(c if c.isprintable() else " " for c in str(value)).replace('"', "”")
    return " ".join(_QUOTE.sub("’", text).split())
