"""The pass over all alleles: each is observed in every specimen, judged in every comparison and written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from acquired.compare import mnv
from acquired.compare.depth import DepthTrack
from acquired.compare.observe import Observation, Observer, columns
from acquired.compare.plan import Comparison
from acquired.compare.settings import Assay, Thresholds
from acquired.compare.trajectory import Change, judge
from acquired.compare.union import POSITION, POSITION_BITS, Alleles, Fields, Row, contigs, union
from acquired.compare.write import BcfWriter, header, line
from acquired.model import Specimen, Trajectory

#: Most observations in the judged rows that are kept for reuse: equal rows are common in a genome. 200 MB at most.
_KEPT = 400_000

#: Most absorbed alleles that compared.json names; all are counted.
_EXAMPLES = 20

#: The parallel lists of INFO, one value a comparison.
_LISTS = ("TRAJECTORY", "BASIS", "CHANGE_P", "BEFORE", "AFTER", "EARLIER")

#: A row of observations judged: INFO, FORMAT and sample columns, place of its trajectories in the counts.
_Judged = tuple[str, str, int]


class Stream:
    """One run over a patient's normalised files. `run` is called once."""

    def __init__(
        self, specimens: Sequence[Specimen], comparisons: list[Comparison], assays: list[Assay], thresholds: Thresholds
    ) -> None:
        """specimens: in order of time. assays: what the config states, one for each specimen."""
        self._specimens, self._comparisons = specimens, comparisons
        self._assays, self._thresholds = assays, thresholds
        self._observers: list[Observer] = []
        self._chroms: list[str] = []
        self._judged: dict[tuple[Observation, ...], _Judged] = {}
        self._kinds: dict[tuple[Trajectory | None, ...], int] = {}  # trajectories to their place in _counts
        self._counts: list[int] = []
        self._outside = 0
        self._absorbed: list[str] = []
        self._n_absorbed = 0

    def run(self, files: list[Path], tracks: list[Path], out_bcf: Path) -> dict[str, Any]:
        """Write compared.bcf; return what compared.json says of its alleles (counts).

        files, tracks: normalised BCF and depth track of each specimen. Raises ValueError where a file
        breaks what intake promises (order, one record an allele, contigs of the build).
        """
        lengths = contigs(files[0])
        for file in files[1:]:
            if contigs(file) != lengths:
                raise ValueError(f"{file.name} and {files[0].name} have different contigs on one build")
        self._chroms = list(lengths)
        ranks = {name: i for i, name in enumerate(self._chroms)}
        self._observers = [
            Observer(self._thresholds, assay, DepthTrack.open(track, ranks))
            for assay, track in zip(self._assays, tracks, strict=True)
        ]
        head = header(lengths, [s.specimen for s in self._specimens])
        with BcfWriter(out_bcf, head) as writer:
            cluster: list[tuple[int, Alleles]] = []  # places that an MNV spans, held until it ends
            end = -1
            for place, alleles in union(files, ranks):
                if cluster and place > end:
                    self._write_cluster(cluster, writer)
                    cluster = []
                if len(alleles) == 1 and not cluster:  # by far the commonest: nothing to sort, nothing to pair
                    [((ref, alt), row)] = alleles.items()
                    if len(ref) == 1 or len(ref) != len(alt):
                        writer.write(self._line(place, ref, alt, row))
                        continue
                reach = max([place + len(ref) - 1 if len(ref) == len(alt) else place for ref, alt in alleles])
                if reach > place or cluster:
                    cluster.append((place, alleles))
                    end = max(end, reach)
                else:
                    for ref, alt in sorted(alleles):
                        writer.write(self._line(place, ref, alt, alleles[ref, alt]))
            if cluster:
                self._write_cluster(cluster, writer)
        return {
            "outside_reference": self._outside,
            "absorbed": {"count": self._n_absorbed, "examples": self._absorbed},
            "alleles": sum(self._counts),
            "counts": self._by_trajectory(),
        }

    def _write_cluster(self, cluster: list[tuple[int, Alleles]], writer: BcfWriter) -> None:
        """Write neighbouring places, MNVs paired with their parts."""
        found = mnv.pair(cluster, self._observe, self._thresholds)
        for place, alleles in cluster:
            for ref, alt in sorted(alleles):
                name = (place, ref, alt)
                if name in found.absorbed:
                    self._n_absorbed += 1
                    if len(self._absorbed) < _EXAMPLES:
                        self._absorbed.append(self._spell(name))
                    continue
                parts = ",".join(self._spell(part) for part in sorted(found.parts.get(name, [])))
                writer.write(self._line(place, ref, alt, alleles[ref, alt], found.derived.get(name), parts))

    def _observe(self, i: int, fields: Fields) -> mnv.Seen:
        return self._observers[i].record(fields[6])

    def _line(
        self,
        place: int,
        ref: str,
        alt: str,
        row: Row,
        derived: dict[int, mnv.Seen] | None = None,
        parts: str = "",
    ) -> str:
        """The line of one allele. derived: observations from parts of an MNV; parts: those parts, spelled."""
        chrom = self._chroms[place >> POSITION_BITS]
        seen: list[Observation] = []
        mores = []
        infos = []
        for i, fields in enumerate(row):
            if fields is not None:
                observation, more = self._observers[i].record(fields[6])
                info = fields[6].split("\t", 2)[1]
                if info != ".":
                    infos.append(info)
            elif derived and i in derived:
                observation, more = derived[i]
            else:
                observation, more = self._observers[i].unlisted(place, chrom, ref, alt), ""
            seen.append(observation)
            mores.append(more)
        key = tuple(seen)
        judged = self._judged.get(key)
        if judged is None:
            if len(self._judged) * len(seen) >= _KEPT:
                self._judged.clear()
            judged = self._judged[key] = self._judge(key)
        info, text, kind = judged
        self._counts[kind] += 1
        if any(mores):
            text = columns(seen, mores)
        if infos or parts:
            merged, outside = _merge_info(infos)
            self._outside += outside
            info = ";".join(part for part in (info, merged, f"PARTS={parts}" if parts else "") if part)
        return line(chrom, place & POSITION, ref, alt, info, text)

    def _judge(self, seen: tuple[Observation, ...]) -> _Judged:
        text = columns(seen, ())
        if not self._comparisons:
            return "TRAJECTORY=not_compared", text, self._kind((Trajectory.NOT_COMPARED,))
        changes = [judge(seen, comparison, self._specimens, self._thresholds) for comparison in self._comparisons]
        values = [self._values(change) for change in changes]
        lists = values[0]
        if len(values) > 1:  # a list without any value is left out, as a single `.` is
            lists = tuple(["." if set(v) == {"."} else ",".join(v) for v in zip(*values, strict=True)])
        info = ";".join([f"{name}={value}" for name, value in zip(_LISTS, lists, strict=True) if value != "."])
        return info, text, self._kind(tuple([change.trajectory for change in changes]))

    def _kind(self, trajectories: tuple[Trajectory | None, ...]) -> int:
        if trajectories not in self._kinds:
            self._kinds[trajectories] = len(self._counts)
            self._counts.append(0)
        return self._kinds[trajectories]

    def _values(self, change: Change) -> tuple[str, ...]:
        """A change as the values of `_LISTS`."""
        specimens = self._specimens
        trajectory, basis, p, before, after, earlier = change
        return (
            "." if trajectory is None else trajectory.replace(" ", "_"),
            basis or ".",
            "." if p is None else f"{p:.3g}",
            "." if before is None else specimens[before].specimen,
            "." if after is None else specimens[after].specimen,
            "." if earlier is None else specimens[earlier].specimen,
        )

    def _by_trajectory(self) -> dict[str, dict[str, int]]:
        """For each comparison, the number of alleles of each trajectory."""
        counts: dict[str, dict[str, int]] = {}
        for i, comparison in enumerate(self._comparisons):
            tally: Counter[str] = Counter()
            for trajectories, kind in self._kinds.items():
                found = trajectories[i]
                tally["on neither side" if found is None else found.value] += self._counts[kind]
            counts[comparison.id] = dict(sorted(tally.items()))
        return counts

    def _spell(self, name: mnv.Name) -> str:
        return f"{self._chroms[name[0] >> POSITION_BITS]}:{name[0] & POSITION}:{name[1]}:{name[2]}"


def _merge_info(infos: list[str]) -> tuple[str, bool]:
    """GIVEN, NAMED, NORMAL_* and OUTSIDE of an allele's records as one INFO, and whether it lies outside.

    Spellings are united; the annotation is the first one found; the normal is the one with most depth.
    """
    given: set[str] = set()
    named = ""
    normal = (-1, ".")
    outside = False
    for info in infos:
        entries = dict([entry.partition("=")[::2] for entry in info.split(";")])
        given.update(g for g in entries.get("GIVEN", "").split(",") if g)
        named = named or entries.get("NAMED", "")
        outside = outside or "OUTSIDE" in entries
        depth = entries.get("NORMAL_DP", ".")
        if depth != ".":
            normal = max(normal, (int(depth), entries.get("NORMAL_AC", ".")))
    parts = []
    if given:
        parts.append(f"GIVEN={','.join(sorted(given))}")
    if named:
        parts.append(f"NAMED={named}")
    if normal[0] >= 0:
        parts.append(f"NORMAL_DP={normal[0]};NORMAL_AC={normal[1]}")
    if outside:
        parts.append("OUTSIDE")
    return ";".join(parts), outside
