"""The alterations of compared.json's `other` (copy number, fusions, splice forms, expression, names) as findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acquired.bundled import read_yaml
from acquired.catalogue import Locus, Subject
from acquired.compare.over_time import PRESENT, trajectories
from acquired.compare.plan import Comparison
from acquired.copynumber.genes import Limits
from acquired.judge.findings import TELLING, Finding
from acquired.model import Annotation, Kind, Specimen, Trajectory

Json = dict[str, Any]
_MOVED = frozenset({"emerged", "unresolved", "risen", "fallen", "cleared"})
_LOST = frozenset(
    {"stop_gained", "frameshift_variant", "splice_donor_variant", "splice_acceptor_variant", "start_lost"}
)
_LOCUS = {Kind.COPY_NUMBER: "copy number", Kind.FUSION: "fusion", Kind.SPLICE: "fusion", Kind.EXPRESSION: "expression"}
#: Diseases in which small-cell transformation is known; RB1 and TP53 together suggest it there.
_LINEAGE_GENES = ("RB1", "TP53")
#: Flags of variants that the patient was born with.
_INBORN = frozenset({"in_normal", "probable_germline", "common_variant"})
_LINEAGE = frozenset({"nsclc", "luad", "prostate_cancer"})


@dataclass
class Other(Finding):
    """A finding that is no allele. partners: of a fusion, 5' first."""

    partners: tuple[str, str] | None = None

    def subject(self) -> Subject:
        """The finding as the matcher needs it."""
        return Subject(self.id, self.kind, self.gene, self.annotations, self.state, self.partners)


def words_of(resources: Path) -> Json:
    """The wordings of this room."""
    words: Json = read_yaml(resources / "wording" / "other.en.yaml")
    return words


def kinases_of(resources: Path) -> frozenset[str]:
    """The receptor tyrosine kinases whose expression is told together."""
    return frozenset(read_yaml(resources / "dialects" / "expression.yaml")["receptor_tyrosine_kinases"])


def other_findings(
    compared: Mapping[str, Any],
    found: Sequence[Finding],
    words: Mapping[str, Any],
    spell: Callable[[str, str], str] = lambda gene, name: name,
) -> list[Other]:
    """The entries of `other` as findings. found: the small variants; one that a vendor names takes its observations.

    spell: (gene, 1-letter change) to the spelling claims are matched on (`Annotator.canonical_protein`); vendors spell
    insertions and deletions each in their own way, and a claim must not be missed for it.
    """
    made = []
    for entry in compared.get("other", ()):
        protein = spell(entry["gene"], entry["protein"]) if entry.get("protein") else ""
        if entry["kind"] == Kind.SMALL and _joined(entry, protein, found, compared, words):
            continue
        keys = ("focal", "chrom", "start", "end", "frame", "detail", "breakpoints", "log2_fold", "ordered")
        f = Other(
            entry["id"], Kind(entry["kind"]), entry["gene"], entry["name"], entry["observations"],
            entry["trajectories"], state=entry["state"],
            partners=tuple(entry["partners"]) if entry["partners"] else None,
            details={k: entry[k] for k in keys if entry.get(k) not in (None, "", [])}, parts=entry["partners"] or [],
        )  # fmt: skip
        if f.kind == Kind.SMALL:
            f.annotation = _by_name(entry, protein)
            f.annotations = [f.annotation]
        made.append(f)
    return made


def _by_name(entry: Mapping[str, Any], protein: str) -> Annotation:
    """A vendor's name as an annotation on the transcript that clinicians use (which the vendor does not always say)."""
    from acquired.annotate.named import annotation_from_named

    named = annotation_from_named("|".join([entry["gene"], "", entry.get("hgvs_c", ""), entry.get("hgvs_p", ""), ""]))
    plain = named or Annotation(entry["gene"], "", hgvs_c=entry.get("hgvs_c", ""))
    return Annotation(
        plain.gene, plain.transcript, hgvs_c=plain.hgvs_c, hgvs_p=plain.hgvs_p, protein=protein or plain.protein,
        protein_start=plain.protein_start, protein_end=plain.protein_end, origin="vendor",
    )  # fmt: skip


def _joined(
    entry: Mapping[str, Any],
    protein: str,
    found: Sequence[Finding],
    compared: Mapping[str, Any],
    words: Mapping[str, Any],
) -> bool:
    """Put a vendor's name into the variant with coordinates that it names. False where there is none."""
    same = [f for f in found if f.annotation and f.gene == entry["gene"] and protein
            and any(a.protein == protein for a in f.annotations if a.clinical)]  # fmt: skip
    if len(same) != 1:
        return False
    f = same[0]
    mine = {o["specimen"]: o for o in entry["observations"] if o["status"] in PRESENT}
    taken = [i for i, o in enumerate(f.observations) if o["specimen"] in mine and o["status"] not in PRESENT]
    for i in taken:
        f.observations[i] = mine[f.observations[i]["specimen"]]
    if taken:
        names = ", ".join(f.observations[i]["specimen"] for i in taken)
        f.flag("named_by_vendor", words["flags"]["named_by_vendor"].format(specimens=names))
        f.trajectories = _again(f.observations, compared)
    return True


def _again(observations: Sequence[Mapping[str, Any]], compared: Mapping[str, Any]) -> list[Json]:
    """Trajectories from observations alone."""
    ids = [s["id"] for s in compared["specimens"]]
    specimens = [Specimen("", s["id"], (), order=s["order"]) for s in compared["specimens"]]
    plan = []
    for c in compared["comparisons"]:
        baseline, follow_ups, window = (
            [ids.index(x) for x in c[side]] for side in ("baseline", "follow_ups", "window")
        )
        plan.append(Comparison(c["id"], baseline, follow_ups, window, c["why"]))
    return trajectories(observations, plan, specimens, lambda before, now: Trajectory.PERSISTENT)


# ---- matching -------------------------------------------------------------------------------------------------------


def lost_exons(found: Sequence[Finding]) -> list[Subject]:
    """Deletions of exons that lose the frame, once more as what switches the gene off; ids end in `#lof`."""
    return [
        Subject(f"{f.id}#lof", Kind.SMALL, f.gene, [Annotation(f.gene, "", consequence="frameshift_variant")])
        for f in found
        if isinstance(f, Other) and f.kind == Kind.SPLICE and f.details.get("frame") == "out-of-frame"
    ]


def after_matching(found: Sequence[Finding], matches: Mapping[str, list[Json]], words: Mapping[str, Any]) -> None:
    """Claims met as a lost gene join the finding's own; claims met by expression alone never raise a verdict."""
    for f in found:
        if not isinstance(f, Other):
            continue
        known = {m["claim"] for m in f.matches}
        f.matches += [m for m in matches.get(f"{f.id}#lof", ()) if m["claim"] not in known]
        if f.kind == Kind.EXPRESSION:
            for m in f.matches:
                m["applies"] = m["raises_verdict"] = False
                m["context"] = "; ".join(filter(None, [m["context"], words["expression_context"]]))


def not_worth_listing(f: Finding, kinases: frozenset[str]) -> str:
    """The key of the reason why a finding of this room is counted and not listed; "" where it is listed."""
    if not isinstance(f, Other):
        return ""
    if f.kind == Kind.EXPRESSION:
        near = any(m["relation"] != "other" for m in f.matches)
        return "" if near or (f.state == "high" and f.gene in kinases) else "expression"
    if f.kind == Kind.COPY_NUMBER and not any(m["relation"] != "other" or m["precision"] != "gene" for m in f.matches):
        moved = any(t["trajectory"] in _MOVED for t in f.trajectories)
        extreme = f.state in ("amplification", "deletion") and (f.details.get("focal") or moved)
        return "" if extreme else "copy_number"
    if f.kind == Kind.FUSION and f.partners is None and not f.matches:
        return "" if any(t["trajectory"] in _MOVED for t in f.trajectories) else "rearrangement"
    return ""


def sort_out(
    found: Sequence[Finding], left: Counter[str], words: Mapping[str, Any], kinases: frozenset[str]
) -> list[Finding]:
    """The findings that are listed; the others are counted in `left` by reason."""
    kept = []
    for f in found:
        if reason := not_worth_listing(f, kinases):
            left[words["not_listed"][reason]] += 1
        else:
            kept.append(f)
    return kept


# ---- flags and notes ------------------------------------------------------------------------------------------------


def add_other_flags(found: Sequence[Finding], settings: Mapping[str, Any], words: Mapping[str, Any]) -> None:
    """What the reader must know of each: focal or broad, frame, order, no test."""
    flags, limits = words["flags"], Limits.of(settings)
    limit = f"{limits.focal_length / 1e6:g} Mb"
    for f in found:
        if not isinstance(f, Other):
            continue
        d = f.details
        if f.kind == Kind.COPY_NUMBER:
            if d.get("focal") is True and d.get("end"):
                f.flag("focal", flags["focal"].format(length=_length(d["end"] - d["start"] + 1), limit=limit))
            elif d.get("focal") is False:
                f.flag("broad", flags["broad"].format(limit=limit))
            if low := [o["specimen"] for o in f.observations if o["status"] == "low"]:
                f.flag("low_purity", flags["low_purity"].format(specimens=", ".join(low)))
        elif f.kind == Kind.FUSION and f.partners is None:
            if " within " not in f.name:
                f.flag("no_partner", flags["no_partner"])
        elif f.kind == Kind.FUSION and d.get("ordered") is not True:
            f.flag("order_unknown", flags["order_unknown"])
        if d.get("frame") in ("in-frame", "out-of-frame"):
            code = d["frame"].replace("-", "_").removesuffix("_frame") + "_frame"
            f.flag(code, flags[code].format(detail=d.get("detail", "breakpoints")))
        elif f.kind == Kind.FUSION and d.get("detail"):
            f.flag("transcript", flags["transcript"].format(detail=d["detail"]))
        if f.kind == Kind.SMALL:
            names = ", ".join(o["specimen"] for o in f.observations if o["status"] in PRESENT)
            f.flag("named_by_vendor", flags["named_by_vendor"].format(specimens=names))
        if f.kind == Kind.EXPRESSION:
            for t in f.trajectories[:1]:
                before, after = (str(f.seen_in(t[side]).get("text", "")) for side in ("before", "after"))
                fold = f"{2 ** d['log2_fold'][t['comparison']]:.2g} times"
                f.flag("no_replicate", flags["no_replicate"].format(before=before, after=after, fold=fold))


def _length(bases: int) -> str:
    return f"{bases / 1e6:.1f} Mb" if bases >= 1e6 else f"{bases / 1e3:.0f} kb"


def kinase_notes(found: Sequence[Finding], looked: Sequence[Mapping[str, Any]], kinases: frozenset[str],
                 words: Mapping[str, Any]) -> list[Json]:  # fmt: skip
    """A note where two or more receptor tyrosine kinases are expressed more after treatment than before."""
    groups: dict[tuple[str, str], list[str]] = {}
    for f in found:
        if f.kind == Kind.EXPRESSION and f.state == "high" and f.gene in kinases:
            for t in f.trajectories:
                own = groups.setdefault((t["before"], t["after"]), [])
                own += [f.gene] if f.gene not in own else []
    notes = []
    for (before, after), genes in sorted(groups.items()):
        if len(genes) > 1:
            measured = next((len(set(s["expression"]) & kinases) for s in looked if s["specimen"] == after), 0)
            text = words["notes"]["receptor_tyrosine_kinases"].format(
                before=before, after=after, n=len(genes), measured=measured, genes=", ".join(sorted(genes))
            )
            notes.append({"code": "receptor_tyrosine_kinases", "text": text})
    return notes


def lineage(
    found: Sequence[Finding], specimens: Sequence[Mapping[str, Any]], disease: Sequence[str], words: Mapping[str, Any]
) -> list[Json]:
    """Flags a small-cell histology with the losses of RB1 and TP53; notes both losses where no histology is given.

    disease: the patient's disease and the wider ones; without histology the losses suggest something in lung and
    prostate cancer only.
    """
    told = [f for f in found if f.kind == Kind.HISTOLOGY and "small cell" in f.state.casefold()]
    for f in told:
        for specimen in [o["specimen"] for o in f.observations if o["status"] == "called"][-1:]:
            lost = losses(found, specimen)
            code = {0: "lineage_alone", 1: "lineage_partly", 2: "lineage_supported"}[len(lost)]
            named = ", ".join(n for names in lost.values() for n in names)
            f.flag(code, words["flags"][code].format(losses=named, specimen=specimen))
    if told or not _LINEAGE & set(disease):
        return []
    notes: list[Json] = []
    for s in specimens:
        lost = losses(found, s["id"])
        new = any(t["after"] == s["id"] and t["trajectory"] in ("emerged", "unresolved", "risen")
                  for f in found if f.gene in lost for t in f.trajectories)  # fmt: skip
        if len(lost) == 2 and new and not s.get("histology"):
            named = ", ".join(n for names in lost.values() for n in names)
            text = words["notes"]["lineage_suggested"].format(specimen=s["id"], losses=named)
            notes.append({"code": "lineage_suggested", "text": text})
    return notes


def losses(found: Sequence[Finding], specimen: str) -> dict[str, list[str]]:
    """Names of what takes RB1 and TP53 away in a specimen, by gene.

    Of RB1 what switches it off, of TP53 any protein change that is not likely germline, of either a deletion.
    The loss of one copy is named beside such a change; by itself it takes nothing away.
    """
    lost: dict[str, list[str]] = {}
    beside: dict[str, list[str]] = {}
    for f in found:
        if f.gene not in _LINEAGE_GENES or f.seen_in(specimen)["status"] not in ("called", "genotyped"):
            continue
        if any(flag["code"] in _INBORN for flag in f.flags):
            continue
        term = f.annotation.consequence if f.annotation else ""
        small = f.kind == Kind.SMALL and (term in _LOST or (f.gene == "TP53" and term in TELLING))
        exons = f.kind == Kind.SPLICE and f.details.get("frame") == "out-of-frame"
        if small or exons or (f.kind == Kind.COPY_NUMBER and f.state == "deletion"):
            lost.setdefault(f.gene, []).append(f.name)
        elif f.kind == Kind.COPY_NUMBER and f.state == "loss":
            beside.setdefault(f.gene, []).append(f.name)
    return {gene: names + beside.get(gene, []) for gene, names in sorted(lost.items())}


# ---- what was looked at and not found -------------------------------------------------------------------------------


def assess_other(
    loci: Sequence[Locus],
    assessed: dict[tuple[int, str], Json],
    looked: Sequence[Mapping[str, Any]],
    found: Sequence[Finding],
) -> None:
    """Fill in what reads cannot tell: loci of copy number, fusions, splice forms and expression, for each specimen.

    loci: in the order of the numbers in `assessed` (see negatives.assess), which is changed in place. A specimen that
    has an alteration of that kind is no negative, whether or not a claim on it applies.
    """
    present = _present(found)
    for i, locus in enumerate(loci):
        for place, s in enumerate(looked):
            entry = assessed.get((i, s["specimen"]))
            if entry is None or entry["status"] != "not assessed":
                continue
            if (locus.kind, locus.gene, _direction(locus.form), s["specimen"]) in present:
                entry.update(status="found", source="")
                continue
            status, source = _status(locus, s)
            if locus.kind == Kind.EXPRESSION and not any(locus.gene in e["expression"] for e in looked[:place]):
                status, source = "not assessed", ""  # high or low is told against an earlier specimen
            entry.update(status=status, source=source)


def _direction(word: str) -> str:
    """up or down for copy number and expression (`gain`, `expression high`), "" for the other kinds."""
    last = word.rpartition(" ")[2]
    return "up" if last in ("amplification", "gain", "high") else "down" if last in ("deletion", "loss", "low") else ""


def _present(found: Sequence[Finding]) -> set[tuple[Kind, str, str, str]]:
    """(kind, gene, direction, specimen) of what is there. Of expression, where it has changed."""
    there = set()
    for f in found:
        if not isinstance(f, Other):
            continue
        names = [o["specimen"] for o in f.observations if o["status"] in PRESENT]
        if f.kind == Kind.EXPRESSION:
            names = [t["after"] for t in f.trajectories]
        there |= {(f.kind, gene, _direction(f.state), name) for gene in (f.gene, *(f.partners or ())) for name in names}
    return there


def _status(locus: Locus, s: Mapping[str, Any]) -> tuple[str, str]:
    kind = _LOCUS.get(locus.kind, "small variant")
    if any(n["gene"] == locus.gene and n["kind"] in ("any", kind) for n in s["negatives"]):
        return "absent", "report"
    if locus.kind == Kind.COPY_NUMBER:
        if locus.gene in s["copy_number"]:
            return ("low" if s["blind"] else "absent"), "copy number"
        listed = s["copy_number_listed"]
        return ("not called", "copy number") if listed == "all" or locus.gene in listed else ("not assessed", "")
    if locus.kind in (Kind.FUSION, Kind.SPLICE) and not (locus.kind == Kind.SPLICE and s["dna"]):
        looked = s["fusions"] == "all" or locus.gene in s["fusions"]
        return ("not called", "fusions") if looked else ("not assessed", "")
    if locus.kind == Kind.EXPRESSION and locus.gene in s["expression"]:
        return "absent", "expression"
    return "not assessed", ""
