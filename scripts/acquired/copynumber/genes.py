"""From segments to genes: copies, state, and whether the change is focal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from acquired.copynumber.segments import Segment
from acquired.copynumber.shared import Account
from acquired.reference import Reference, Transcript

STATES = ("deletion", "loss", "neutral", "gain", "amplification")


@dataclass(frozen=True)
class Limits:
    """The config's `copy_number`: when a gene counts as amplified, gained, lost or deleted.

    By copies where they are known (stated by the file, or worked out from the ratio and the purity), else by the log2
    ratio. focal_length: bases up to which a segment is focal. change: factor by which copies must differ between two
    specimens to have risen or fallen.
    """

    amplification: float = 6.0
    gain: float = 2.5
    loss: float = 1.5
    deletion: float = 0.5
    amplification_log2: float = 1.0
    gain_log2: float = 0.2
    loss_log2: float = -0.25
    deletion_log2: float = -1.1
    focal_length: int = 3_000_000
    change: float = 1.5

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Limits:
        """The limits of a config, with the defaults where it is silent."""
        given = settings.get("copy_number") or {}
        values = {name: float(given[name]) for name in cls.__dataclass_fields__ if name in given}
        if "focal_length" in values:
            values["focal_length"] = int(values["focal_length"])
        return cls(**values)  # type: ignore[arg-type]


def copies_of_tumour(log2: float, purity: float) -> float:
    """Copies in the tumour cells from the log2 depth ratio of a mixed specimen; 0 or more.

    ratio = (purity * copies + (1 - purity) * 2) / 2 for an autosome of a diploid genome with two copies in the normal
    cells, solved for copies: copies = (2 * 2^log2 - 2 * (1 - purity)) / purity. CNVkit's `call --purity` does the same
    (its documentation, "Calling copy number gains and losses"). Ploidy is taken as 2.
    """
    return max(0.0, (2.0 * 2.0**log2 - 2.0 * (1.0 - purity)) / purity)


def visible(limits: Limits, purity: float) -> bool:
    """Whether an amplification of a gene would have shown above the noise (`gain_log2`) at this purity."""
    return math.log2(1.0 + purity * (limits.amplification - 2.0) / 2.0) >= limits.gain_log2


def judge(segment: Segment, chrom: str, purity: float | None, limits: Limits) -> tuple[float | None, str]:
    """Copies (None where only a ratio is known) and state of a gene in `segment`.

    On chromosomes X and Y the expected number depends on the sex, which is not known here: there only an amplification
    and, by stated copies on X, a deletion is told. Another sex than the reference's moves the ratio of X by 1, so an
    amplification by the ratio alone must exceed its limit by that.
    """
    sex = chrom in ("chrX", "chrY")
    copies, log2 = segment.copies, segment.log2
    if copies is not None and not segment.corrected and log2 is not None and purity is not None and not sex:
        copies = None  # whole copies of the mixture: the ratio with the purity says more
    if copies is None and log2 is not None and purity is not None and not sex:
        copies = round(copies_of_tumour(log2, purity), 2)
        if limits.loss_log2 < log2 < limits.gain_log2:
            return copies, "neutral"  # at low purity noise would turn into many copies
    if copies is not None:
        state = _state(copies, limits.deletion, limits.loss, limits.gain, limits.amplification, strict=True)
    elif log2 is not None:
        low, high = limits.deletion_log2, limits.amplification_log2 + (1.0 if sex else 0.0)
        state = _state(log2, low, limits.loss_log2, limits.gain_log2, high, strict=False)
    else:
        state = segment.state or "neutral"
    if segment.state in ("amplification", "deletion") and segment.gene:
        state = segment.state  # the vendor's own call on the gene
    if sex and (state in ("gain", "loss") or (state == "deletion" and (copies is None or chrom == "chrY"))):
        state = "neutral"
    return copies, state


def _state(value: float, deletion: float, loss: float, gain: float, amplification: float, strict: bool) -> str:
    if value >= amplification:
        return "amplification"
    if value >= gain:
        return "gain"
    if value < deletion or (not strict and value <= deletion):
        return "deletion"
    return "loss" if value < loss or (not strict and value <= loss) else "neutral"


def gene_rows(
    segments: Sequence[Segment], reference: Reference, purity: float | None, limits: Limits, account: Account
) -> list[dict[str, Any]]:
    """One row a gene, as `<specimen>.alterations.json` has it: each bundled gene that a segment covers, by name.

    A gene that several segments touch takes the one that covers most of it; but one that deletes whole exons of it
    counts first, since the gene is lost by them. Rows of genes keep the file's own number.
    """
    by_chrom: dict[str, list[Segment]] = {}
    rows: dict[str, dict[str, Any]] = {}
    for segment in segments:
        if segment.gene:
            _add_gene(rows, segment, reference, purity, limits, account)
        else:
            by_chrom.setdefault(segment.chrom, []).append(segment)
    for own in by_chrom.values():
        own.sort(key=lambda s: (s.start, s.end))
    for gene in reference.genes:
        transcript = reference.transcripts(gene)[0]
        touching = [
            s for s in by_chrom.get(transcript.chrom, ()) if s.start <= transcript.end and transcript.start <= s.end
        ]
        if touching and gene not in rows:
            rows[gene] = _of_segments(gene, transcript, touching, by_chrom[transcript.chrom], purity, limits)
    return [rows[gene] for gene in sorted(rows)]


def _add_gene(
    rows: dict[str, dict[str, Any]], segment: Segment, reference: Reference, purity: float | None, limits: Limits,
    account: Account,
) -> None:  # fmt: skip
    transcript = next(iter(reference.transcripts(segment.gene)), None)
    chrom = segment.chrom or (transcript.chrom if transcript else "")
    copies, state = judge(segment, chrom, purity, limits)
    row = _row(segment.gene, segment, copies, state, None)
    row["chrom"] = chrom
    before = rows.get(segment.gene)
    if before is not None and (before["state"], before["copy_number"]) != (state, copies):
        account.warn(f"{segment.gene} is in the file more than once with different numbers; the larger change counts.")
        if abs(STATES.index(before["state"]) - 2) >= abs(STATES.index(state) - 2):
            return
    rows[segment.gene] = row


def _of_segments(
    gene: str, transcript: Transcript, touching: Sequence[Segment], chromosome: Sequence[Segment],
    purity: float | None, limits: Limits,
) -> dict[str, Any]:  # fmt: skip
    def overlap(s: Segment) -> int:
        return min(s.end, transcript.end) - max(s.start, transcript.start) + 1

    judged = [(s, *judge(s, transcript.chrom, purity, limits)) for s in touching]
    gone = [
        (s, copies, state)
        for s, copies, state in judged
        if state == "deletion" and any(s.start <= first and last <= s.end for first, last in transcript.exons)
    ]
    segment, copies, state = max(gone or judged, key=lambda j: (overlap(j[0]), -j[0].start))
    length = _run(segment, state, chromosome, transcript.chrom, purity, limits)
    focal = None if state == "neutral" else length <= limits.focal_length
    return _row(gene, segment, copies, state, focal)


def _run(
    segment: Segment, state: str, chromosome: Sequence[Segment], chrom: str, purity: float | None, limits: Limits
) -> int:
    """Length of the stretch around `segment` whose segments are changed as far, neighbour by neighbour."""

    own = STATES.index(state)

    def alike(s: Segment) -> bool:
        other = STATES.index(judge(s, chrom, purity, limits)[1])
        return other >= own if own > 2 else other <= own

    i = chromosome.index(segment)
    first = last = i
    while first > 0 and alike(chromosome[first - 1]):
        first -= 1
    while last + 1 < len(chromosome) and alike(chromosome[last + 1]):
        last += 1
    # each segment by itself: a gap without data between two of them is not part of the change
    return sum(s.end - s.start + 1 for s in chromosome[first : last + 1])


def _row(gene: str, segment: Segment, copies: float | None, state: str, focal: bool | None) -> dict[str, Any]:
    return {
        "gene": gene,
        "copy_number": None if copies is None else round(copies, 3),
        "log2": None if segment.log2 is None else round(segment.log2, 4),
        "state": state,
        "focal": focal,
        "chrom": segment.chrom,
        "start": segment.start or None,
        "end": segment.end or None,
        "source": segment.source,
    }
