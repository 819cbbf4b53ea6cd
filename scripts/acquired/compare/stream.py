"""The pass over all alleles: each is observed in every specimen, judged in every comparison and written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from acquired.compare import mnv
from acquired.compare.looked import Sources
from acquired.compare.observe import Observation, Observer, columns, same_kind
from acquired.compare.plan import Plan
from acquired.compare.settings import Assay, Thresholds
from acquired.compare.stats import benjamini_hochberg
from acquired.compare.trajectory import Change, judge
from acquired.compare.union import POSITION, POSITION_BITS, Alleles, Fields, Row, contigs, union
from acquired.compare.write import BcfWriter, header, line
from acquired.model import Specimen, Status, Trajectory

#: Most rows of evidence that are kept with what they were judged: equal ones are common in a genome. 200 MB at most.
_KEPT = 1_000_000

#: Most absorbed alleles that compared.json names; all are counted.
_EXAMPLES = 20

#: The parallel lists of INFO, one value a comparison.
_LISTS = ("TRAJECTORY", "BASIS", "CHANGE_P", "BEFORE", "AFTER", "EARLIER", "DOUBT")

#: Trajectory and p (as written) of one allele in each comparison; for each day with several specimens, which of them
#: have it (True), exclude it (False), or do not tell (None), left empty where all do.
_Changes = tuple[tuple[Trajectory | None, str], ...]
_Sides = tuple[tuple[bool | None, ...], ...]
_Kind = tuple[_Changes, _Sides]

#: A row of observations judged: INFO, place of its trajectories in the counts.
_Judged = tuple[str, int]


class Stream:
    """One run over a patient's normalised files. `run` is called once."""

    def __init__(self, specimens: Sequence[Specimen], plan: Plan, assays: list[Assay], thresholds: Thresholds) -> None:
        """specimens: in order of time. assays: what the config states, one for each specimen."""
        self._specimens, self._comparisons = specimens, plan.comparisons
        self._assays, self._thresholds = assays, thresholds
        self._observers: list[Observer] = []
        self._chroms: list[str] = []
        self._judged: dict[tuple[str, ...], _Judged] = {}  # by the evidence of the row
        self._told: dict[tuple[str, _Sides], _Judged] = {}  # each once, however many rows have it
        self._days = plan.same_day
        self._kinds: dict[_Kind, int] = {}  # what is counted to its place in _counts
        self._counts: list[int] = []
        self._outside = 0
        self._absorbed: list[str] = []
        self._n_absorbed = 0

    def run(
        self, files: list[Path], sources: list[Sources], out_bcf: Path, placed: Sequence[bool] | None = None
    ) -> dict[str, Any]:
        """Write compared.bcf; return what compared.json says of its alleles (counts).

        files, sources: normalised BCF and other sources of each specimen. placed: whether each has coordinates at
        all; one that has not (a table of names) is of no build, and its empty file's contigs say nothing.
        Raises ValueError where a file breaks what intake promises (order, one record an allele, contigs of the build).
        """
        leading = [file for file, has in zip(files, placed or [True] * len(files), strict=True) if has] or files[:1]
        lengths = contigs(leading[0])
        for file in leading[1:]:
            if contigs(file) != lengths:
                raise ValueError(f"{file.name} and {leading[0].name} have different contigs on one build")
        self._chroms = list(lengths)
        ranks = {name: i for i, name in enumerate(self._chroms)}
        self._observers = [
            Observer(self._thresholds.of_specimen(specimen.material, assay), assay, source.open(ranks))
            for specimen, assay, source in zip(self._specimens, self._assays, sources, strict=True)
        ]
        head = header(lengths, [s.specimen for s in self._specimens])
        with BcfWriter(out_bcf, head, finish=self._with_q) as writer:
            cluster: list[tuple[int, Alleles]] = []  # places that an MNV spans, held until it ends
            end = -1
            for place, alleles in union(files, ranks, out_bcf.parent):
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
                        writer.write(self._line(place, ref, alt, alleles[ref, alt], alleles))
            if cluster:
                self._write_cluster(cluster, writer)
        return {
            "outside_reference": self._outside,
            "absorbed": {"count": self._n_absorbed, "examples": self._absorbed},
            "alleles": sum(self._counts),
            "counts": self._by_trajectory(),
            "tests": self._tests(),
            "same_day": self._private(),
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
                row = alleles[ref, alt]
                writer.write(self._line(place, ref, alt, row, alleles, found.derived.get(name), parts))

    def _observe(self, i: int, fields: Fields) -> mnv.Seen:
        return self._observers[i].record(fields[6], fields[3], fields[4])[:2]

    def _line(
        self,
        place: int,
        ref: str,
        alt: str,
        row: Row,
        alleles: Alleles | None = None,
        derived: dict[int, mnv.Seen] | None = None,
        parts: str = "",
    ) -> str:
        """The line of one allele. alleles: all of this place, if there are several. derived: observations from
        parts of an MNV; parts: those parts, spelled."""
        chrom = self._chroms[place >> POSITION_BITS]
        seen: list[Observation] = []
        mores = []
        infos = []
        for i, (fields, observer) in enumerate(zip(row, self._observers, strict=True)):
            if fields is not None:
                observation, more, info = observer.record(fields[6], ref, alt)
                if info != ".":
                    infos.append(info)
                if observation.k is None and (whole := observer.completed(observation, place, chrom, ref, alt)):
                    observation, more = whole
            elif derived and i in derived:
                observation, more = derived[i]
            else:
                others = self._others(alleles, i, ref, alt) if alleles else []
                observation, more = observer.unlisted(place, chrom, ref, alt, others)
            seen.append(observation)
            mores.append(more)
        key = tuple([observation.evidence for observation in seen])
        judged = self._judged.get(key)
        if judged is None:
            if len(self._judged) * len(seen) >= _KEPT:
                self._judged.clear()
            judged = self._judged[key] = self._judge(seen)
        info, kind = judged
        self._counts[kind] += 1
        if infos or parts:
            info, outside = _with_info(info, tuple(infos), parts)
            self._outside += outside
        return line(chrom, place & POSITION, ref, alt, info, columns(seen, mores))

    def _others(self, alleles: Alleles, i: int, ref: str, alt: str) -> list[Observation]:
        """Observations of one specimen's records of the other alleles of a place, of the same kind."""
        own = [row[i] for (r, a), row in alleles.items() if (r, a) != (ref, alt) and same_kind(r, a, ref, alt)]
        return [self._observe(i, fields)[0] for fields in own if fields is not None]

    def _judge(self, seen: Sequence[Observation]) -> _Judged:
        if not self._comparisons:
            return "TRAJECTORY=not_compared", self._kind((((Trajectory.NOT_COMPARED, "."),), self._sides(seen)))
        changes = [judge(seen, comparison, self._specimens, self._thresholds) for comparison in self._comparisons]
        values = [self._values(change) for change in changes]
        lists = values[0]
        if len(values) > 1:  # a list without any value is left out, as a single `.` is
            lists = tuple(["." if set(v) == {"."} else ",".join(v) for v in zip(*values, strict=True)])
        info = ";".join([f"{name}={value}" for name, value in zip(_LISTS, lists, strict=True) if value != "."])
        sides = self._sides(seen)
        judged = self._told.get((info, sides))
        if judged is None:
            told = tuple([(c.trajectory, v[2]) for c, v in zip(changes, values, strict=True)])
            judged = self._told[info, sides] = info, self._kind((told, sides))
        return judged

    def _sides(self, seen: Sequence[Observation]) -> _Sides:
        """For each day with several specimens, what each says of an allele that some have and some have not."""
        if not self._days:
            return ()
        found = []
        for places in self._days:
            own = [True if seen[i].present else False if seen[i].status is Status.ABSENT else None for i in places]
            found.append(tuple(own) if True in own and not all(own) else ())
        return tuple(found)

    def _kind(self, kind: _Kind) -> int:
        if kind not in self._kinds:
            self._kinds[kind] = len(self._counts)
            self._counts.append(0)
        return self._kinds[kind]

    def _values(self, change: Change) -> tuple[str, ...]:
        """A change as the values of `_LISTS`."""
        specimens = self._specimens
        trajectory, basis, p, before, after, earlier, doubt = change
        return (
            "." if trajectory is None else trajectory.replace(" ", "_"),
            basis or ".",
            "." if p is None else f"{p:.3g}",
            "." if before is None else specimens[before].specimen,
            "." if after is None else specimens[after].specimen,
            "." if earlier is None else specimens[earlier].specimen,
            "." if doubt is None else doubt.replace(" ", "_"),
        )

    def _by_trajectory(self) -> dict[str, dict[str, int]]:
        """For each comparison, the number of alleles of each trajectory."""
        counts: dict[str, dict[str, int]] = {}
        for i, comparison in enumerate(self._comparisons):
            tally: Counter[str] = Counter()
            for (changes, _), kind in self._kinds.items():
                found = changes[i][0]
                tally["on neither side" if found is None else found.value] += self._counts[kind]
            counts[comparison.id] = dict(sorted(tally.items()))
        return counts

    def _q_values(self) -> list[dict[str, float]]:
        """For each comparison, the q of each p as written, over all alleles that were tested."""
        found = []
        for i in range(len(self._comparisons)):
            tests: Counter[str] = Counter()
            for (changes, _), kind in self._kinds.items():
                if changes[i][1] != ".":
                    tests[changes[i][1]] += self._counts[kind]
            q = benjamini_hochberg({float(p): n for p, n in tests.items()})
            found.append({p: q[float(p)] for p in tests})
        return found

    def _tests(self) -> dict[str, dict[str, Any]]:
        """For each comparison, how many alleles were tested, and the q of each p below alpha."""
        told = {}
        for i, (comparison, found) in enumerate(zip(self._comparisons, self._q_values(), strict=True)):
            number = sum(self._counts[kind] for (changes, _), kind in self._kinds.items() if changes[i][1] != ".")
            small = sorted((float(p), q) for p, q in found.items() if float(p) < self._thresholds.alpha)
            told[comparison.id] = {"number": number, "q": [[p, float(f"{q:.3g}")] for p, q in small]}
        return told

    def _private(self) -> list[dict[str, Any]]:
        """For each day with several specimens, how many alleles one alone has: excluded in all others, or merely not
        seen in them."""
        told = []
        for day, places in enumerate(self._days):
            private = {self._specimens[i].specimen: {"excluded": 0, "not_seen": 0} for i in places}
            for (_, sides), kind in self._kinds.items():
                if sides[day].count(True) == 1:
                    own = private[self._specimens[places[sides[day].index(True)]].specimen]
                    own["not_seen" if None in sides[day] else "excluded"] += self._counts[kind]
            told.append({"specimens": list(private), "private": private})
        return told

    def _with_q(self, lines: list[str]) -> list[str]:
        """Lines with CHANGE_Q beside CHANGE_P."""
        found = self._q_values()
        return [_insert_q(text, found) if "CHANGE_P=" in text else text for text in lines]

    def _spell(self, name: mnv.Name) -> str:
        return f"{self._chroms[name[0] >> POSITION_BITS]}:{name[0] & POSITION}:{name[1]}:{name[2]}"


def _insert_q(text: str, found: Sequence[dict[str, float]]) -> str:
    start = text.index("CHANGE_P=")
    end = min(i for i in (text.find(";", start), text.find("\t", start)) if i >= 0)
    written = text[start + len("CHANGE_P=") : end].split(",")
    told = ["." if p == "." else f"{q[p]:.3g}" for p, q in zip(written, found, strict=True)]
    return f"{text[:end]};CHANGE_Q={','.join(told)}{text[end:]}"


@lru_cache(maxsize=10_000)
def _with_info(info: str, infos: tuple[str, ...], mnv_parts: str) -> tuple[str, bool]:
    """`info` with GIVEN, NAMED, NORMAL_* and OUTSIDE of an allele's records and PARTS, and whether it lies outside.

    Spellings are united; the annotation is the first one found; the normal is the one with most depth.
    """
    given: set[str] = set()
    named = ""
    normal = (-1, ".")
    outside = False
    for own in infos:
        entries = dict([entry.partition("=")[::2] for entry in own.split(";")])
        given.update(g for g in entries.get("GIVEN", "").split(",") if g)
        named = named or entries.get("NAMED", "")
        outside = outside or "OUTSIDE" in entries
        depth = entries.get("NORMAL_DP", ".")
        if depth != ".":
            normal = max(normal, (int(depth), entries.get("NORMAL_AC", ".")))
    parts = [info] if info else []
    if given:
        parts.append(f"GIVEN={','.join(sorted(given))}")
    if named:
        parts.append(f"NAMED={named}")
    if normal[0] >= 0:
        parts.append(f"NORMAL_DP={normal[0]};NORMAL_AC={normal[1]}")
    if outside:
        parts.append("OUTSIDE")
    if mnv_parts:
        parts.append(f"PARTS={mnv_parts}")
    return ";".join(parts), outside
