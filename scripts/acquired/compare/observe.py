"""What one specimen says of one allele: the seven words of `Status`, and what they rest on.

From a record of the specimen's own file
    called          the genotype carries the allele and the caller lets it pass
    filtered        the genotype carries it, the caller filters it, and reads show it (or are not counted)
    genotyped       the genotype does not carry it, yet more reads show it than the assay's errors explain
    absent, low     no read, or no more than errors explain: absent where the hidden VAF for k of n is at
                    most `absent_below`, low where n is too small for that
    not called      neither genotype nor counts
Without a record, best source first
    reference block the depth track says how deep the place was looked at: absent or low
    assay           inside the regions and with a stated limit (or least depth): absent (or low);
                    outside the regions: not assessed
    otherwise       not called: nothing says how deep that place was
"""

from __future__ import annotations

from collections.abc import Sequence

from acquired.compare.depth import DepthTrack
from acquired.compare.settings import Assay, Thresholds
from acquired.compare.stats import binomial_at_least, clopper_pearson_upper
from acquired.compare.union import POSITION, POSITION_BITS
from acquired.model import Status

#: The statuses that say: the allele is there.
PRESENT = frozenset({Status.CALLED, Status.FILTERED, Status.GENOTYPED})

#: The statuses that say: the place was looked at, the allele is not seen.
UNSEEN = frozenset({Status.ABSENT, Status.LOW})

#: Sources of an observation other than the key of a record (AD/DP).
RECORD, BLOCK, ASSAY = "record", "reference block", "assay"
PARTS, PHASED_PARTS = "parts of an MNV", "phased parts of an MNV"

#: Most observations kept for reuse in one specimen: enough for a genome, little memory (30 MB).
_KEPT = 50_000

_MISSING = frozenset({"", "."})


class Observation:
    """One allele in one specimen. Immutable by use; the same object is reused for equal records.

    depth, alt: reads as the file states them (None: not stated). k, n: the reads that tests use,
    taken from VAF and depth where the file does not count the alternative. vaf: fraction, None if
    unknown. hidden: hidden VAF, None where nothing bounds it. filters: the caller's, none if it passed.
    columns: the observation as the sample column of compared.bcf.
    """

    __slots__ = (
        "alt",
        "columns",
        "depth",
        "filters",
        "gt",
        "hidden",
        "k",
        "n",
        "present",
        "source",
        "status",
        "vaf",
    )

    def __init__(
        self,
        status: Status,
        source: str = "",
        *,
        depth: int | None = None,
        ref: int | None = None,
        alt: int | None = None,
        k: int | None = None,
        vaf: float | None = None,
        vaf_text: str = ".",
        hidden: float | None = None,
        filters: str = ".",
        gt: str = "./.",
    ) -> None:
        self.status = status
        self.present = status in PRESENT
        self.source = source
        self.depth, self.alt, self.vaf, self.hidden, self.filters = depth, alt, vaf, hidden, filters
        self.k = alt if k is None else k
        self.n = depth
        self.gt = gt
        ad = "." if alt is None else f"{'.' if ref is None else ref},{alt}"
        self.columns = ":".join(
            (
                gt,
                status.replace(" ", "_"),
                "." if depth is None else str(depth),
                ad,
                vaf_text,
                "." if hidden is None else f"{hidden:.6g}",
                filters,
                source.replace(" ", "_") or ".",
            )
        )


#: FORMAT of compared.bcf, in the order of `Observation.columns`.
FORMAT = "GT:ST:DP:AD:VAF:HV:FT:SRC"

#: Fields that differ from record to record and have no say in the comparison. They stand last in FORMAT, in
#: intake's files and in compared.bcf, and travel beside the observation, so that it can be reused.
MORE = ":PS:SB"


def columns(seen: Sequence[Observation], more: Sequence[str]) -> str:
    """FORMAT and the sample columns of a row. more: PS and SB of each specimen as text, `` where there is neither."""
    if any(more):
        cells = [o.columns + (m or ":.:.") for o, m in zip(seen, more, strict=True)]
        return "\t".join([FORMAT + MORE, *cells])
    return "\t".join([FORMAT, *[o.columns for o in seen]])


NOT_CALLED = Observation(Status.NOT_CALLED)
NOT_ASSESSED = Observation(Status.NOT_ASSESSED, ASSAY)


def changed_bases(pos: int, ref: str, alt: str) -> tuple[int, int]:
    """First and last base (1-based) whose depth speaks for the allele: an indel's anchor base does not."""
    if len(ref) > 1 and len(ref) > len(alt) and ref[0] == alt[0]:
        return pos + 1, pos + len(ref) - 1
    return pos, pos + len(ref) - 1


class Observer:
    """Gives the observations of one specimen. Alleles without a record must be asked in order of place."""

    def __init__(self, thresholds: Thresholds, assay: Assay, track: DepthTrack | None) -> None:
        self._thresholds = thresholds
        self._assay = assay
        self._track = track
        self._error_rate = thresholds.error_rate if assay.error_rate is None else assay.error_rate
        self._records: dict[str, Observation] = {}
        self._depths: dict[tuple[int, str], Observation] = {}
        self._inside = self._of_assay()

    def record(self, tail: str) -> tuple[Observation, str]:
        """The observation of a record, and its PS and SB as in `MORE` (empty if it has neither).

        tail: its FILTER, INFO, FORMAT and sample columns, as text.
        """
        more = ""
        if f"{MORE}\t" in tail:
            tail, ps, sb = tail.rsplit(":", 2)
            if ps != "." or sb != ".":
                more = f":{ps}:{sb}"
        known = self._records.get(tail)
        if known is None:
            filters, info, keys, values = tail.split("\t")
            text = tail if info == "." else f"{filters}\t.\t{keys}\t{values}"
            known = self._records.get(text)
            if known is None:
                if len(self._records) >= _KEPT:
                    self._records.clear()
                field = dict(zip(keys.removesuffix(MORE).split(":"), values.split(":"), strict=True))
                if "PS" in field or "SB" in field:  # another order than intake's: right, but not reused
                    return self._read(filters, field), f":{field.get('PS', '.')}:{field.get('SB', '.')}"
                known = self._records[text] = self._read(filters, field)
        return known, more

    def unlisted(self, place: int, chrom: str, ref: str, alt: str) -> Observation:
        """The observation of an allele without a record. place: as in `union`."""
        if self._track is None and self._assay.regions is None:
            return NOT_CALLED
        rank, pos = place >> POSITION_BITS, place & POSITION
        first, last = changed_bases(pos, ref, alt)
        if self._track is not None:
            looked = self._track.depth(rank, pos, first, last)
            if looked is not None:
                known = self._depths.get(looked)
                if known is None:
                    known = self._depths[looked] = self._unseen(0, looked[0], looked[1], alt=0)
                return known
        if self._assay.regions is None:
            return NOT_CALLED
        return self._inside if self._assay.regions.cover(chrom, first, last) else NOT_ASSESSED

    def _of_assay(self) -> Observation:
        """What an allele inside the assay's regions is, where the file does not list it."""
        if self._assay.limit is not None:
            return Observation(Status.ABSENT, ASSAY, hidden=self._assay.limit)
        if self._assay.min_depth is not None:
            hidden = clopper_pearson_upper(0, self._assay.min_depth, self._thresholds.confidence)
            status = Status.ABSENT if hidden <= self._thresholds.absent_below else Status.LOW
            return Observation(status, ASSAY, hidden=hidden)
        return NOT_CALLED

    def _unseen(self, k: int, n: int, source: str, **fields: object) -> Observation:
        """absent or low, by the hidden VAF of k of n."""
        hidden = clopper_pearson_upper(min(k, n), n, self._thresholds.confidence)
        status = Status.ABSENT if hidden <= self._thresholds.absent_below else Status.LOW
        return Observation(status, source, depth=n, k=k, hidden=hidden, **fields)  # type: ignore[arg-type]

    def _read(self, filters: str, field: dict[str, str]) -> Observation:
        gt = field.get("GT", "./.")
        counts = field.get("AD", ".").split(",")
        ref = _integer(counts[0])
        alt = _integer(counts[1]) if len(counts) > 1 else None
        depth = _integer(field.get("DP", "."))
        if depth is None and ref is not None and alt is not None:
            depth = ref + alt
        vaf_text = field.get("VAF", ".")
        vaf = None if vaf_text in _MISSING else float(vaf_text)
        if alt is not None and depth is not None:
            depth = max(depth, alt)  # some callers count DP after a stricter filter than AD
        k = alt
        if k is None and vaf is not None and depth is not None:
            k = min(depth, round(vaf * depth))
        if vaf is None and k is not None and depth:
            vaf = k / depth
            vaf_text = f"{vaf:.6g}"
        key = field.get("KEY", ".")
        source = RECORD if key in _MISSING else key
        told = {
            "vaf": vaf, "vaf_text": vaf_text, "ref": ref, "alt": alt, "gt": gt,
            "filters": "." if filters in (".", "PASS") else filters,
        }  # fmt: skip
        carried = "1" in gt
        passed = filters in (".", "PASS")
        if carried and passed:
            return Observation(Status.CALLED, source, depth=depth, k=k, **told)  # type: ignore[arg-type]
        if carried and (k is None or k > 0):
            hidden = None if k is None or depth is None else self._bound(k, depth)
            return Observation(Status.FILTERED, source, depth=depth, k=k, hidden=hidden, **told)  # type: ignore[arg-type]
        if depth is None or (k is None and "0" not in gt):
            return Observation(Status.NOT_CALLED, depth=depth, **told)  # type: ignore[arg-type]
        reads = k or 0  # an explicit 0/0 with a depth and no counts: the caller saw no such read
        if reads and binomial_at_least(reads, depth, self._error_rate) < self._thresholds.alpha:
            return Observation(
                Status.GENOTYPED,
                source,
                depth=depth,
                k=k,
                hidden=self._bound(reads, depth),
                **told,  # type: ignore[arg-type]
            )
        return self._unseen(reads, depth, source, **told)

    def _bound(self, k: int, n: int) -> float:
        return clopper_pearson_upper(k, n, self._thresholds.confidence)


def _integer(text: str) -> int | None:
    return None if text in _MISSING else int(text)
