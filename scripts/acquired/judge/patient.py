"""One patient: compared alleles, named and matched, to verdicts and result.json."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acquired.annotate import Annotator
from acquired.bundled import read_yaml
from acquired.catalogue import Catalogue
from acquired.compare.looked import ALIGNMENTS, COVERAGE, Sources
from acquired.compare.settings import Assay, Thresholds
from acquired.identity import Model, Sites, common_sites
from acquired.judge import findings as sorting
from acquired.judge import other
from acquired.judge import result as shape
from acquired.judge.findings import Finding
from acquired.judge.flags import Suspicions, add_csq
from acquired.judge.negatives import Coverage, assess, negative_rows, place_of, seen_rows
from acquired.judge.phase import add_phase
from acquired.judge.reversions import add_reversions
from acquired.judge.rows import Spans, all_there, read_rows
from acquired.judge.settle import settle_findings
from acquired.judge.verdicts import Case, Loci, needed_loci, not_same_person, verdict_of
from acquired.model import Allele, Kind
from acquired.reference import Reference
from acquired.whole import write_text

if TYPE_CHECKING:
    from acquired.reads.table import ReadCounts

Json = dict[str, Any]


def judge_patient(
    compared_bcf: Path,
    compared_json: Path,
    catalogue_json: Path,
    built: Mapping[str, Path],
    resources: Path,
    out_json: Path,
    patient_facts: Mapping[str, Any],
    settings: Mapping[str, Any],
    library: str = "",
) -> Json:
    """Judge one patient and write result.json; returns what was written.

    built: build -> results/reference/<build>. patient_facts: `Patient.as_facts` of the sheets (patient, disease, demo,
    therapies). settings: the config's `judge`, `compare` and `assays`. The depth tracks of the specimens are looked
    for beside compared.bcf. library: digest of the library, for the provenance. A refused patient gets a result that
    says why; nothing is raised for it.
    """
    compared: Json = json.loads(compared_json.read_bytes())
    words = read_yaml(resources / "wording" / "judge.en.yaml")
    rules = read_yaml(resources / "judge" / "rules.yaml")
    catalogue = Catalogue.read(catalogue_json)
    result = shape.empty(compared, patient_facts, words["identity"]["not_checked"])
    if compared["status"] != "refused":
        reference = Reference.open(resources, compared["build"], built.get(compared["build"]))
        patient = _Patient(compared, patient_facts, catalogue, reference, words, rules, settings, resources)
        patient.judge(compared_bcf, result)
    place = built.get(compared.get("build", ""))
    result["provenance"] = shape.provenance(compared, catalogue, place, library, settings)
    write_text(out_json, shape.dumps(result))
    return result


def _counts(reads: ReadCounts | None) -> Mapping[Allele, tuple[int, int]] | None:
    """Counts (alternative, depth) of the alleles that were read back."""
    return None if reads is None else {allele: (n.alt, n.depth) for allele, n in reads.alleles.items()}


class _Patient:
    """The steps of one judgement, with what they share."""

    def __init__(
        self,
        compared: Json,
        facts: Mapping[str, Any],
        catalogue: Catalogue,
        reference: Reference,
        words: Json,
        rules: Json,
        settings: Mapping[str, Any],
        resources: Path,
    ):
        self.resources = resources
        self.facts: Mapping[str, Any] = facts.get("facts") or {}
        self.compared, self.catalogue, self.reference = compared, catalogue, reference
        self.words, self.rules, self.settings = words, rules, settings
        self.other = other.words_of(resources)
        self.levels: Sequence[str] = (settings.get("judge") or {}).get("levels") or ("A", "B", "C", "D")
        self.specimens: list[Json] = compared["specimens"]
        self.therapies: list[Mapping[str, Any]] = list(facts.get("therapies") or compared.get("therapies") or [])
        self.comparisons = [{**c, "drugs": self._parts(c["therapies"])} for c in compared["comparisons"]]
        self.drugs = self._parts([t["drug"] for t in self._by_start()])
        for c in self.comparisons:  # a comparison may know a drug that the facts do not
            self.drugs += [d for d in c["drugs"] if d not in self.drugs]
        known = catalogue.disease(str(facts.get("disease", "")))
        self.disease = known.id if known else ""
        self.given_disease = str(facts.get("disease", ""))

    def _by_start(self) -> list[Mapping[str, Any]]:
        return sorted(self.therapies, key=lambda t: (t.get("start") is None, t.get("start") or 0, t["drug"]))

    def _parts(self, names: Sequence[str]) -> list[str]:
        """Canonical single drugs, combinations as their parts, each once, in order."""
        return self.catalogue.singles(names)

    def judge(self, bcf: Path, result: Json) -> None:
        """Fill `result`."""
        loci = {drug: self._loci(drug) for drug in self.drugs}
        spans = Spans([s for own in loci.values() for p in own.places for s in p.spans])
        genes = Spans([(t.chrom, t.start, t.end) for g in self.reference.genes for t in self.reference.transcripts(g)])
        sites = self._sites()
        suspicions = Suspicions(self.resources, self.reference, self.words["flags"])
        alleles = int(self.compared.get("alleles", 0))
        there = all_there(genes, alleles)
        rows = sites.watch(suspicions.shifts.watch(read_rows(bcf, self.comparisons, genes, alleles), there), there)
        annotator = Annotator(self.reference)
        gathered = sorting.gather(rows, annotator, self.catalogue, spans, self.words["not_listed"])
        read_back = self._read_back(bcf.parent)
        sites.add_counts([_counts(reads) for reads in read_back])
        found = gathered.findings
        add_phase(found, annotator, self.words["flags"], read_back)
        known, notes = add_reversions(
            found, str(self.facts.get("germline", "")), self.comparisons, annotator, self.words
        )
        result["notes"] += notes
        result["quality"]["inactivated"] = sorted(known)
        for own in loci.values():  # what no variant has switched off cannot revert
            own.places = [p for p in own.places if p.locus.form != "reversion" or not known or p.locus.gene in known]
        found += sorting.histology_findings(self.specimens, self.comparisons)
        found += other.other_findings(self.compared, found, self.other, annotator.canonical_protein)
        subjects = [f.subject() for f in found] + other.lost_exons(found)
        matches = self.catalogue.match_fully(subjects, self.drugs, self.disease)
        for f in found:
            f.matches = matches[f.id]
        other.after_matching(found, matches, self.other)
        shown = [f for f in found if sorting.listed(f)]
        for f in found:
            if not sorting.listed(f):
                gathered.left[sorting.reason_not_listed(f, self.words["not_listed"])] += 1
        kinases = other.kinases_of(self.resources)
        shown = other.sort_out(self._at_most(shown, gathered.left), gathered.left, self.other, kinases)
        suspicions.add(shown, self.specimens, self.comparisons)
        add_csq(shown, self.reference, self.words["flags"])
        alpha = Thresholds.of(self.settings).alpha
        settle_findings(shown, self.compared, result, self.drugs, self.levels, alpha, self.resources)
        other.add_other_flags(shown, self.settings, self.other)
        result["notes"] += other.kinase_notes(shown, self.compared.get("looked_at", ()), kinases, self.other)
        result["notes"] += other.lineage(found, self.specimens, self._diseases(), self.other)
        self._assess(bcf.parent, loci, spans, found, gathered.nowhere, read_back)
        self._fill(result, shown, loci, gathered, sites)

    def _diseases(self) -> list[str]:
        """Ids of the patient's disease and the wider ones."""
        known = self.catalogue.disease(self.disease) if self.disease else None
        return [known.id, *known.ancestors] if known else []

    def _sites(self) -> Sites:
        """What gathers the sites that tell persons apart."""
        model = Model(read_yaml(self.resources / "identity" / "rules.yaml"))

        def gene(chrom: str, pos: int) -> str:
            return next((t.gene for t in self.reference.overlapping(chrom, pos, pos)), "")

        common = common_sites(self.resources, self.reference.build)
        return Sites([s["id"] for s in self.specimens], model, common, gene)

    def _read_back(self, folder: Path) -> list[ReadCounts | None]:
        """What each specimen's alignments say, None for those that have none."""
        tables = [
            folder / f"{s['id']}.reads.tsv.gz" if ALIGNMENTS in s.get("depth_source", "") else None
            for s in self.specimens
        ]
        if not any(tables):
            return [None] * len(tables)
        from acquired.reads.table import load

        return [load(table) if table is not None else None for table in tables]

    def _at_most(self, shown: list[Finding], left: Any) -> list[Finding]:
        """Findings outside all genes are listed up to a number; the rest is counted."""
        bare = [f for f in shown if f.kind == Kind.SMALL and not f.matches and
                (f.annotation is None or f.annotation.origin == "file")]  # fmt: skip
        surplus = {f.id for f in bare[self.rules["listed_outside_genes"] :]}
        if surplus:
            left[self.words["not_listed"]["many"]] += len(surplus)
        return [f for f in shown if f.id not in surplus]

    def _loci(self, drug: str) -> Loci:
        others = [d for d in self.drugs if d != drug]
        known = self.catalogue.loci(drug, others, self.disease)
        return Loci([place_of(locus, self.reference) for locus in known])

    def _assess(
        self,
        folder: Path,
        loci: dict[str, Loci],
        spans: Spans,
        found: list[Finding],
        nowhere: list[Finding],
        read_back: Sequence[ReadCounts | None],
    ) -> None:
        thresholds = Thresholds.of(self.settings)
        coverages = {}
        for s, reads in zip(self.specimens, read_back, strict=True):
            assay = Assay.of(s["assay"], self.settings.get("assays") or {})
            bounds = thresholds.of_specimen(s.get("material", ""), assay)
            track = folder / f"{s['id']}.depth.bed.gz"
            covered = folder / f"{s['id']}.coverage.bed.gz" if COVERAGE in s.get("depth_source", "") else None
            coverages[s["id"]] = Coverage(track, spans, assay, bounds, reads, Sources(track, None, covered))
        explicit: dict[str, list[Finding]] = {}
        for f in [*found, *nowhere]:
            if f.row is not None and f.annotation is not None:
                explicit.setdefault(f.gene, []).append(f)
        for own in loci.values():
            own.assessed = assess(own.places, self.specimens, coverages, explicit, found)
            other.assess_other([p.locus for p in own.places], own.assessed, self.compared.get("looked_at", ()), found)

    def _fill(
        self, result: Json, shown: list[Finding], loci: dict[str, Loci], gathered: sorting.Gathered, sites: Sites
    ) -> None:
        disease = self.catalogue.disease(self.disease) if self.disease else None
        if disease:
            result["disease"] |= {"name": disease.name, "id": disease.id, "ancestors": list(disease.ancestors)}
        result["therapies"] = [self._therapy(t) for t in self._by_start()]
        tests = self.compared.get("tests", {})
        result["comparisons"] = [
            {**{k: v for k, v in c.items() if k != "drugs"}, "tests": tests.get(c["id"], {}).get("number", 0)}
            for c in self.comparisons
        ]
        shown.sort(key=lambda f: shape.order(f, self.comparisons, self.drugs, self.levels))
        result["alterations"] = [shape.alteration(f, self.comparisons, self.drugs, self.levels) for f in shown]
        case = Case(
            shown, self.comparisons, self.specimens, self.compared.get("notes", []), self.levels,
            self.rules["none_found_levels"], self.words,
        )  # fmt: skip
        result["verdicts"] = [verdict_of(drug, case, loci[drug]) for drug in self.drugs]
        result["negatives"] = [
            row
            for drug in self.drugs
            for row in negative_rows(
                drug, loci[drug].places, self.specimens, loci[drug].assessed, self.rules["negative_levels"],
                needed_loci(loci[drug], case),
            )
        ]  # fmt: skip
        result["seen_loci"] = [
            row for drug in self.drugs for row in seen_rows(drug, loci[drug].places, loci[drug].assessed)
        ]
        # of a very large file htslib has left out what lies outside the genes and did not move
        unread = int(self.compared.get("alleles", 0)) - gathered.seen
        gathered.left[self.words["not_listed"]["outside"]] += max(unread, 0)
        result["set_aside"]["not_listed"] = shape.not_listed(gathered.left)
        result["quality"]["identity"] = identity = sites.verdict(self.words["identity"])
        if identity["verdict"] == "different":
            result["verdicts"] = [not_same_person(v, self.words) for v in result["verdicts"]]

    def _therapy(self, t: Mapping[str, Any]) -> Json:
        drug = self.catalogue.drug(t["drug"])
        told: Json = {
            "drug": drug.name if drug else t["drug"],
            "given_as": t.get("given_as") or t["drug"],
            "class": list(drug.classes) if drug else [],
            "start": t.get("start"),
            "stop": t.get("stop"),
        }
        if drug and drug.status:
            told |= {"status": drug.status, "status_date": drug.status_date}
        return told
