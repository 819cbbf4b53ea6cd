"""Known resistance loci in each specimen: looked at and absent, too thin, not called, not assessed.

What is known of a base comes, best first, from the alignments, the depth track (reference blocks, all-sites files), an
explicit record at the locus, a depth file, or from what the config states of the assay. A locus is as good as its worst
base.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acquired.catalogue import Locus
from acquired.compare import clopper_pearson_upper
from acquired.compare.looked import ALIGNMENTS, COVERAGE, Sources
from acquired.compare.settings import Assay, Thresholds
from acquired.judge.findings import Finding
from acquired.judge.rows import PRESENT, Spans
from acquired.model import Kind
from acquired.reference import Reference, Transcript

if TYPE_CHECKING:
    from acquired.reads.table import ReadCounts

#: Best to worst, for choosing among specimens of one day.
ORDER = ("found", "absent", "low", "not called", "not assessed")


@dataclass
class Place:
    """A locus on the genome. spans: (chromosome, first, last base), 1-based; empty where it has no coordinates
    (copy number, fusions, a gene without transcript)."""

    locus: Locus
    spans: list[tuple[str, int, int]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Number of bases."""
        return sum(end - start + 1 for _, start, end in self.spans)


def place_of(locus: Locus, reference: Reference) -> Place:
    """Where a locus lies: its codons, its exon's splice sites, or all coding bases of the gene."""
    transcript = reference.clinical(locus.gene)
    if transcript is None or not transcript.coding:
        return Place(locus)
    if locus.kind == Kind.SPLICE and locus.exon:
        return Place(locus, splice_sites(transcript, locus.exon))
    if locus.kind != Kind.SMALL:
        return Place(locus)
    if locus.start:
        return Place(locus, transcript.codons(locus.start, locus.end))
    return Place(locus, [(transcript.chrom, start, end) for start, end in transcript.coding])


def splice_sites(transcript: Transcript, exon: int) -> list[tuple[str, int, int]]:
    """The two intronic bases before an exon, and its last base with the two after; 1-based, transcript's direction."""
    exons = transcript.exons if transcript.strand == "+" else transcript.exons[::-1]
    if not 1 <= exon <= len(exons):
        return []
    start, end = exons[exon - 1]
    sites = [(start - 2, start - 1), (end, end + 2)]
    if transcript.strand == "-":
        sites = [(end + 1, end + 2), (start - 2, start)]
    return sorted((transcript.chrom, a, b) for a, b in sites)


class Coverage:
    """How deep one specimen looked at the bases of the loci."""

    def __init__(
        self,
        track: Path,
        wanted: Spans,
        assay: Assay,
        thresholds: Thresholds,
        reads: ReadCounts | None = None,
        sources: Sources | None = None,
    ):
        """track: the specimen's depth.bed.gz (may be missing or empty). wanted: the loci; nothing else is kept.
        thresholds: of this specimen. reads: what its alignments say; sources: names its depth file, if it has one."""
        self.assay, self._thresholds, self._reads = assay, thresholds, reads
        self._blocks = _by_chromosome(track, wanted)
        covered = sources.coverage if sources is not None else None
        self._file = _by_chromosome(covered, wanted) if covered is not None else {}
        self.all_listed = sources is not None and sources.all_listed()

    def least(self, spans: Sequence[tuple[str, int, int]]) -> tuple[int, str] | None:
        """Smallest depth over every base of `spans` in alignments or the call file, and its source; None if any base
        has none there."""
        if self._reads is not None:
            depths = [self._reads.depth(*span) for span in spans]
            known = [depth for depth in depths if depth is not None]
            if len(known) == len(depths) and known:
                return min(known), ALIGNMENTS
        return _least(self._blocks, spans)

    def least_of_file(self, spans: Sequence[tuple[str, int, int]]) -> tuple[int, str] | None:
        """As `least`, from the specimen's depth file."""
        return _least(self._file, spans)

    def judge(self, depth: int, k: int = 0) -> tuple[str, float]:
        """absent or low for k reads of `depth`, and the hidden VAF."""
        hidden = clopper_pearson_upper(k, depth, self._thresholds.confidence)
        return ("absent" if hidden <= self._thresholds.absent_below else "low"), hidden


_Rows = dict[str, list[tuple[int, int, int, str]]]


def _by_chromosome(track: Path, wanted: Spans) -> _Rows:
    found: _Rows = {}
    for chrom, start, end, depth, source in _track_rows(track, wanted):
        found.setdefault(chrom, []).append((start, end, depth, source))
    return found


def _least(rows: _Rows, spans: Iterable[tuple[str, int, int]]) -> tuple[int, str] | None:
    worst: tuple[int, str] | None = None
    for chrom, first, last in spans:
        reached = first - 1
        for start, end, depth, source in rows.get(chrom, ()):
            if end < first or start > last:
                continue
            if start > reached + 1:
                return None
            reached = max(reached, end)
            if worst is None or depth < worst[0]:
                worst = depth, source
        if reached < last:
            return None
    return worst


def _track_rows(track: Path, wanted: Spans) -> Iterable[tuple[str, int, int, int, str]]:
    """Rows of the track that touch the loci: chromosome, first and last base (1-based), depth, source."""
    if not track.exists() or track.stat().st_size == 0:
        return
    with gzip.open(track, "rt", encoding="utf-8") as rows:
        for line in rows:
            if line.startswith("#"):
                continue
            chrom, start, end, depth, *source = line.rstrip("\n").split("\t")
            first, last = int(start) + 1, int(end)
            if wanted.touch(chrom, first, last):
                yield chrom, first, last, int(depth), source[0] if source else "reference block"


def carriers(findings: Sequence[Finding]) -> set[tuple[str, str]]:
    """(claim, specimen) wherever an alteration that meets the claim is seen in the specimen."""
    return {(m["claim"], o["specimen"]) for f in findings for m in f.matches if m["applies"]
            for o in f.observations if o["status"] in PRESENT}  # fmt: skip


def assess(
    places: Sequence[Place],
    specimens: Sequence[Mapping[str, Any]],
    coverages: Mapping[str, Coverage],
    explicit: Mapping[str, Sequence[Finding]],
    findings: Sequence[Finding],
) -> dict[tuple[int, str], dict[str, Any]]:
    """(index of place, specimen) -> status, depth, hidden_vaf and source of each locus.

    explicit: gene -> alleles of records (also such as no specimen has) with their annotation. findings: those with
    claims. `found` where an alteration that meets one of the locus' claims is there.
    """
    carried = carriers(findings)
    result = {}
    for i, place in enumerate(places):
        for specimen in specimens:
            id_ = specimen["id"]
            if any((claim, id_) in carried for claim in place.locus.claims):
                result[i, id_] = {"status": "found", "depth": None, "hidden_vaf": None, "source": ""}
            else:
                result[i, id_] = _status(place, id_, coverages[id_], explicit.get(place.locus.gene, ()), specimen)
    return result


def _status(
    place: Place, specimen: str, coverage: Coverage, explicit: Sequence[Finding], facts: Mapping[str, Any]
) -> dict[str, Any]:
    def told(status: str, depth: int | None = None, hidden: float | None = None, source: str = "") -> dict[str, Any]:
        return {"status": status, "depth": depth, "hidden_vaf": hidden, "source": source}

    if place.locus.kind == Kind.HISTOLOGY:
        return told("absent", source="sheet") if facts.get("histology") else told("not assessed")
    if not place.spans:
        return told("not assessed")
    if (least := coverage.least(place.spans)) is not None:
        status, hidden = coverage.judge(least[0])
        return told(status, least[0], hidden, least[1])
    if (record := _explicit(place, specimen, explicit)) is not None:
        return record
    if (least := coverage.least_of_file(place.spans)) is not None:
        status, hidden = coverage.judge(least[0])
        return told(status, least[0], hidden, least[1])
    if coverage.all_listed:
        return told("not assessed", source=COVERAGE)
    assay = coverage.assay
    if assay.regions is None:
        return told("not called")
    inside = [assay.regions.cover(*span) for span in place.spans]
    if not all(inside):
        return told("not assessed", source="assay")
    if assay.limit is not None:
        return told("absent", None, assay.limit, "assay")
    if assay.min_depth is not None:
        status, hidden = coverage.judge(assay.min_depth)
        return told(status, assay.min_depth, hidden, "assay")
    return told("not called", source="assay")


def _explicit(place: Place, specimen: str, explicit: Sequence[Finding]) -> dict[str, Any] | None:
    """The weakest explicit record of this specimen at the locus; it speaks for the locus of one residue only."""
    if place.locus.form != "residue" or place.locus.start != place.locus.end:
        return None
    worst: dict[str, Any] | None = None
    for f in explicit:
        a = f.annotation
        if a is None or not a.protein_start <= place.locus.start <= a.protein_end:
            continue
        o = f.seen_in(specimen)
        if o["status"] not in ("absent", "low") or o["hidden_vaf"] is None:
            continue
        if worst is None or o["hidden_vaf"] > worst["hidden_vaf"]:
            worst = {k: o[k] for k in ("status", "depth", "hidden_vaf", "source")}
    return worst


def negative_rows(
    drug: str,
    places: Sequence[Place],
    specimens: Sequence[Mapping[str, Any]],
    assessed: Mapping[tuple[int, str], Mapping[str, Any]],
    levels: Sequence[str],
    needed: Sequence[int],
) -> list[dict[str, Any]]:
    """The negatives of result.json for one drug: loci of the given levels where nothing was found, and whatever its
    verdict rests on (`needed`: numbers of places)."""
    return [
        {"drug": drug, "gene": place.locus.gene, "locus": place.locus.name, "level": place.locus.level,
         "specimen": s["id"], **assessed[i, s["id"]]}
        for i, place in enumerate(places)
        for s in specimens
        if (place.locus.level in levels or i in needed) and assessed[i, s["id"]]["status"] != "found"
    ]  # fmt: skip


def seen_rows(
    drug: str, places: Sequence[Place], assessed: Mapping[tuple[int, str], Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The loci of one drug at which something was found, by specimen: what the negatives leave out."""
    return [
        {"drug": drug, "gene": places[i].locus.gene, "locus": places[i].locus.name, "specimen": specimen}
        for (i, specimen), told in assessed.items()
        if told["status"] == "found"
    ]
