"""What one specimen says of one allele: the seven words of `Status`, and what they rest on.

From a record of the specimen's own file
    called          the genotype carries the allele and the caller lets it pass
    filtered        the genotype carries it, the caller filters it, and reads show it (or are not counted)
    genotyped       the genotype does not carry it, yet more reads show it than the assay's errors explain
    absent, low     no read, or no more than errors explain: absent where the hidden VAF for k of n is at
                    most `absent_below`, low where n is too small for that
    not called      neither genotype nor counts
Without a record, or where it says nothing, best source first
    alignments      the allele counted in the specimen's reads: genotyped, absent or low
    record of another allele   of the same place and kind: reads that it counts for others do not show this one;
                    those it does not account for might
    reference block, coverage file   how deep the place was looked at: absent or low; a place outside a depth file
                    that lists all that was looked at: not assessed
    assay           inside the regions and with a stated limit (or least depth): absent (or low);
                    outside the regions: not assessed. It does not speak where a record says that it knows nothing.
    otherwise       not called: nothing says how deep that place was
"""

from __future__ import annotations

from collections.abc import Sequence

from acquired.compare.looked import ALIGNMENTS, COVERAGE, Looked
from acquired.compare.settings import Assay, Thresholds
from acquired.compare.stats import binomial_at_least, clopper_pearson_upper
from acquired.compare.union import POSITION, POSITION_BITS
from acquired.model import Status

#: The statuses that say: the allele is there.
PRESENT = frozenset({Status.CALLED, Status.FILTERED, Status.GENOTYPED})

#: The statuses that say: the place was looked at, the allele is not seen.
UNSEEN = frozenset({Status.ABSENT, Status.LOW})

#: Sources of an observation other than the key of a record (AD/DP).
RECORD, ANOTHER, ASSAY = "record", "record of another allele", "assay"
PARTS, PHASED_PARTS = "parts of an MNV", "phased parts of an MNV"

#: Most observations kept for reuse in one specimen: enough for a genome, little memory (30 MB).
_KEPT = 50_000

_MISSING = frozenset({"", "."})

#: INFO of nearly every record.
_USUAL_INFO = frozenset({".", "OUTSIDE"})


class Observation:
    """One allele in one specimen. Immutable by use; the same object is reused for equal records.

    depth, alt: reads as the file states them (None: not stated). k, n: the reads that tests use,
    taken from VAF and depth where the file does not count the alternative. vaf: fraction, None if
    unknown. hidden: hidden VAF, None where nothing bounds it. filters: the caller's, none if it passed.
    rate: share of wrong reads that holds for this allele here. columns: the observation as the sample column of
    compared.bcf. evidence: all that trajectories are judged by, as text: equal ones are judged alike.
    """

    __slots__ = (
        "alt",
        "columns",
        "depth",
        "evidence",
        "filters",
        "gt",
        "hidden",
        "k",
        "n",
        "present",
        "rate",
        "ref",
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
        rate: float = 0.0,
    ) -> None:
        self.status = status
        self.present = status in PRESENT
        self.source = source
        self.depth, self.alt, self.vaf, self.hidden, self.filters = depth, alt, vaf, hidden, filters
        self.k = alt if k is None else k
        self.n = depth
        self.ref, self.gt, self.rate = ref, gt, rate
        seen = f"{rate}" if self.present else f"{status}:{hidden}:{source == ASSAY}"
        self.evidence = f"{self.k}:{depth}:{vaf}:{seen}"
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
_WITH_MORE, _FORMAT_MORE, _NO_MORE = f"{MORE}\t", FORMAT + MORE, ":.:."


def columns(seen: Sequence[Observation], more: Sequence[str]) -> str:
    """FORMAT and the sample columns of a row. more: PS and SB of each specimen as text, `` where there is neither."""
    if any(more):
        cells = [o.columns + (m or _NO_MORE) for o, m in zip(seen, more, strict=True)]
        return "\t".join([_FORMAT_MORE, *cells])
    return "\t".join([FORMAT, *[o.columns for o in seen]])


#: FILTER to sample column of a record, without PS and SB, to its observation and INFO.
_Known = dict[str, tuple[Observation, str]]

NOT_CALLED = Observation(Status.NOT_CALLED)
NOT_ASSESSED = Observation(Status.NOT_ASSESSED, ASSAY)
OUTSIDE_COVERAGE = Observation(Status.NOT_ASSESSED, COVERAGE)

_COMPLEMENT = str.maketrans("ACGT", "TGCA")


def substitution_class(ref: str, alt: str) -> str:
    """The class of a single-base change, named from its pyrimidine (G>A is C>T); empty for other changes."""
    if len(ref) != 1 or len(alt) != 1:
        return ""
    if ref in "AG":
        ref, alt = ref.translate(_COMPLEMENT), alt.translate(_COMPLEMENT)
    return f"{ref}>{alt}"


def same_kind(ref: str, alt: str, other_ref: str, other_alt: str) -> bool:
    """Whether reads counted for one allele of a place tell the other apart: two substitutions of the same bases, or
    two indels. The reads of a substitution may carry an indel behind it, and the other way round."""
    if len(ref) == len(alt):
        return ref == other_ref and len(other_ref) == len(other_alt)
    return len(other_ref) != len(other_alt)


def changed_bases(pos: int, ref: str, alt: str) -> tuple[int, int]:
    """First and last base (1-based) whose depth speaks for the allele: an indel's anchor base does not."""
    if len(ref) > 1 and len(ref) > len(alt) and ref[0] == alt[0]:
        return pos + 1, pos + len(ref) - 1
    return pos, pos + len(ref) - 1


class Observer:
    """Gives the observations of one specimen. Alleles without a record must be asked in order of place."""

    def __init__(self, thresholds: Thresholds, assay: Assay, looked: Looked | None = None) -> None:
        """thresholds: of this specimen (`Thresholds.of_specimen`)."""
        self._thresholds = thresholds
        self._assay = assay
        self._looked = looked or Looked()
        self._rates = {change: self._rate_with(rate) for change, rate in self._looked.rates.items()}
        self._records: _Known = {}
        self._by_class: dict[str, _Known] = {}  # where each substitution class has its error rate
        self._depths: dict[tuple[int, str], Observation] = {}
        self._inside = self._of_assay()
        self._blind = looked is None or looked == Looked()

    def record(self, tail: str, ref: str = "", alt: str = "") -> tuple[Observation, str, str]:
        """The observation of a record, its PS and SB as in `MORE` (empty if it has neither), and its INFO.

        tail: its FILTER, INFO, FORMAT and sample columns, as text.
        """
        more = ""
        if _WITH_MORE in tail:
            end = tail.rindex(":", 0, tail.rindex(":"))
            tail, more = tail[:end], tail[end:]
            if more == _NO_MORE:
                more = ""
        records, change = self._records, ""
        if self._rates and (change := substitution_class(ref, alt)):
            records = self._by_class.setdefault(change, {})
        known = records.get(tail)
        if known is None:
            filters, info, keys, values = tail.split("\t")
            plain = f"{filters}\t.\t{keys}\t{values}"
            known = records.get(plain)
            if known is None:
                if len(records) >= _KEPT:
                    records.clear()
                field = dict(zip(keys.removesuffix(MORE).split(":"), values.split(":"), strict=True))
                observation = self._read(filters, field, self._rates.get(change, self._thresholds.error_rate))
                if "PS" in field or "SB" in field:  # another order than intake's: right, but not reused
                    return observation, f":{field.get('PS', '.')}:{field.get('SB', '.')}", info
                known = records[plain] = observation, "."
            if info in _USUAL_INFO:
                records[tail] = known[0], info
            return known[0], more, info
        return known[0], more, known[1]

    def unlisted(
        self, place: int, chrom: str, ref: str, alt: str, others: Sequence[Observation] = ()
    ) -> tuple[Observation, str]:
        """The observation of an allele without a record, and its PS and SB. place: as in `union`.

        others: of this specimen's records of other alleles of this place that are of the same kind.
        """
        if self._blind and self._assay.regions is None and not others:
            return NOT_CALLED, ""
        measured, more = self.measured(place, chrom, ref, alt, others)
        if measured is not NOT_CALLED or self._assay.regions is None:
            return measured, more
        covered = self._assay.regions.cover(chrom, *changed_bases(place & POSITION, ref, alt))
        return (self._inside if covered else NOT_ASSESSED), ""

    def measured(
        self, place: int, chrom: str, ref: str, alt: str, others: Sequence[Observation] = ()
    ) -> tuple[Observation, str]:
        """As `unlisted`, from what was measured alone: not from what the config states of the assay."""
        rank, pos = place >> POSITION_BITS, place & POSITION
        looked = self._looked
        if looked.reads is not None and (count := looked.reads.allele(chrom, pos, ref, alt)) is not None:
            strands = f":.:{count.ref_fwd},{count.ref_rev},{count.alt_fwd},{count.alt_rev}"
            return self._counted(count.alt, count.depth, count.ref, self._rate(ref, alt)), strands
        beside = self._beside(others) if others else None
        if beside is not None and beside.status is Status.ABSENT:
            return beside, ""
        first, last = changed_bases(pos, ref, alt)
        for track in (looked.blocks, looked.coverage):
            deep = track.depth(rank, pos, first, last) if track is not None else None
            if deep is not None:
                known = self._depths.get(deep)
                if known is None:
                    known = self._depths[deep] = self._unseen(0, deep[0], deep[1], alt=0)
                return known, ""
        if beside is not None:
            return beside, ""
        return (OUTSIDE_COVERAGE if looked.all_listed else NOT_CALLED), ""

    def completed(
        self, known: Observation, place: int, chrom: str, ref: str, alt: str
    ) -> tuple[Observation, str] | None:
        """A record without counts, completed by what was measured elsewhere; None where nothing more is known.

        A call stays a call and gains the reads of the alignments; a record that says nothing takes what they say.
        """
        if self._blind:
            return None
        if known.status is Status.NOT_CALLED:
            found, more = self.measured(place, chrom, ref, alt)
            return None if found is NOT_CALLED else (found, more)
        reads = self._looked.reads
        count = reads.allele(chrom, place & POSITION, ref, alt) if reads is not None else None
        if count is None or not count.depth:
            return None
        fraction = count.alt / count.depth
        told = Observation(
            known.status, ALIGNMENTS, depth=count.depth, ref=count.ref, alt=count.alt, vaf=fraction,
            vaf_text=f"{fraction:.6g}", filters=known.filters, gt=known.gt, rate=self._rate(ref, alt),
            hidden=self._bound(count.alt, count.depth) if known.status is Status.FILTERED else None,
        )  # fmt: skip
        return told, f":.:{count.ref_fwd},{count.ref_rev},{count.alt_fwd},{count.alt_rev}"

    def _rate_with(self, measured: float) -> float:
        """A measured error rate beside one that the config states of the assay: the larger is believed."""
        stated = self._assay.error_rate
        return measured if stated is None else max(stated, measured)

    def _rate(self, ref: str, alt: str) -> float:
        return self._rates.get(substitution_class(ref, alt), self._thresholds.error_rate)

    def _counted(self, k: int, n: int, ref: int, rate: float) -> Observation:
        """An allele counted in the alignments."""
        if n == 0:
            return self._unseen(0, 0, ALIGNMENTS, ref=0, alt=0, rate=rate)
        told = {"ref": ref, "alt": k, "vaf": k / n, "vaf_text": f"{k / n:.6g}", "rate": rate}
        if k and binomial_at_least(k, n, rate) < self._thresholds.alpha:
            hidden = self._bound(k, n)
            return Observation(Status.GENOTYPED, ALIGNMENTS, depth=n, k=k, hidden=hidden, **told)  # type: ignore[arg-type]
        return self._unseen(k, n, ALIGNMENTS, **told)

    def _beside(self, others: Sequence[Observation]) -> Observation | None:
        """What records of other alleles say: reads that they count do not show this one, the rest of them might."""
        counted = [(o.depth, o.ref, o.alt) for o in others]
        if any(n is None or ref is None or alt is None for n, ref, alt in counted):
            return None
        n = min(n for n, _, _ in counted if n is not None)
        seen = min(ref for _, ref, _ in counted if ref is not None) + sum(alt or 0 for _, _, alt in counted)
        k = max(0, n - seen)
        return self._unseen(k, n, ANOTHER, alt=None if k else 0)

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

    def _read(self, filters: str, field: dict[str, str], rate: float) -> Observation:
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
            "vaf": vaf, "vaf_text": vaf_text, "ref": ref, "alt": alt, "gt": gt, "rate": rate,
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
        if reads and binomial_at_least(reads, depth, rate) < self._thresholds.alpha:
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
