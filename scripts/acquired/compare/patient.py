"""One patient: all specimens in order of time to compared.bcf and compared.json (docs/architecture.md)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pysam

from acquired.compare import mnv
from acquired.compare.depth import DepthTrack
from acquired.compare.observe import Observation, Observer
from acquired.compare.plan import Comparison, Plan, make_plan
from acquired.compare.settings import Assay, Thresholds
from acquired.compare.trajectory import Change, judge
from acquired.compare.union import POSITION_BITS, Alleles, Fields, calls_missing, contigs, union
from acquired.compare.write import BcfWriter, header, line
from acquired.errors import InputError, Problem
from acquired.model import Specimen, Therapy, Trajectory

#: Most rows of observations whose trajectories are kept for reuse.
_KEPT = 200_000

#: Most absorbed alleles that compared.json names; all are counted.
_EXAMPLES = 20


def compare_patient(
    patient: str,
    specimens: list[Specimen],
    therapies: list[Therapy],
    normalized: dict[str, Path],
    out_bcf: Path,
    out_json: Path,
    assays: Mapping[str, Mapping[str, Any]],
    settings: Mapping[str, Any],
    resources: Path,
) -> dict[str, Any]:
    """Compare all specimens of a patient; write compared.bcf and compared.json and return the latter.

    specimens: in order of time. normalized: specimen id to its `.normalized.json`; the BCF and the depth
    track lie beside it. assays, settings: the config's `assays` and the whole config (`compare` holds
    the thresholds). resources: bundled data; nothing of it is needed here yet.
    Bad input (a refused specimen, mixed builds, a regions file that cannot be used) is written as a
    refusal with all its problems, beside a BCF of zero bytes; it is not raised.
    """
    accounts = {s.specimen: json.loads(Path(normalized[s.specimen]).read_text(encoding="utf-8")) for s in specimens}
    problems = _refused(specimens, accounts)
    read_assays: dict[str, Assay] = {}
    for name in sorted({s.assay for s in specimens if s.assay}):
        try:
            read_assays[name] = Assay.of(name, assays)
        except InputError as error:
            problems += [p.as_dict() for p in error.problems]
    stated = [read_assays.get(s.assay, Assay()) for s in specimens]
    result: dict[str, Any] = {
        "status": "refused",
        "patient": patient,
        "build": "",
        "problems": problems,
        "notes": [],
        "comparisons": [],
        "specimens": [],
        "set_aside": _gather(specimens, accounts, "set_aside"),
        "outside_reference": 0,
        "absorbed": {"count": 0, "examples": []},
        "alleles": 0,
        "counts": {},
        "disagreements": _gather(specimens, accounts, "disagreements"),
        "inputs": _gather(specimens, accounts, "inputs"),
    }
    if problems:
        plan = Plan()
        _write_bytes(out_bcf, b"")
    else:
        files = [_beside(normalized[s.specimen], ".normalized.bcf") for s in specimens]
        plan = make_plan(specimens, therapies, frozenset(i for i, file in enumerate(files) if calls_missing(file)))
        thresholds = Thresholds.of(settings)
        tracks = [_beside(normalized[s.specimen], ".depth.bed.gz") for s in specimens]
        result |= _Comparer(specimens, plan.comparisons, stated, thresholds).run(files, tracks, out_bcf)
        result["status"] = "compared" if plan.comparisons else "not compared"
        result["build"] = accounts[specimens[0].specimen].get("build", "")
        result["notes"] = plan.notes
        result["comparisons"] = [c.as_dict(specimens) for c in plan.comparisons]
    result["specimens"] = [
        _describe(specimen, accounts[specimen.specimen], stated[i], plan, i) for i, specimen in enumerate(specimens)
    ]
    _write_bytes(out_json, (json.dumps(result, indent=1, ensure_ascii=False) + "\n").encode())
    return result


class _Comparer:
    """Streams the union of alleles, judges each and writes it."""

    def __init__(
        self, specimens: Sequence[Specimen], comparisons: list[Comparison], assays: list[Assay], thresholds: Thresholds
    ) -> None:
        self._specimens, self._comparisons = specimens, comparisons
        self._assays, self._thresholds = assays, thresholds
        self._judged: dict[tuple[Observation, ...], tuple[str, str, tuple[Trajectory | None, ...]]] = {}
        self._counts: Counter[tuple[Trajectory | None, ...]] = Counter()
        self._outside = 0
        self._absorbed: list[str] = []
        self._n_absorbed = 0

    def run(self, files: list[Path], tracks: list[Path], out_bcf: Path) -> dict[str, Any]:
        """Write compared.bcf; return what compared.json says of its alleles."""
        lengths = contigs(files[0])
        for file in files[1:]:
            if contigs(file) != lengths:
                raise ValueError(f"{file.name} and {files[0].name} have different contigs on one build")
        ranks = {name: i for i, name in enumerate(lengths)}
        self._observers = [
            Observer(self._thresholds, assay, DepthTrack.open(track, ranks))
            for assay, track in zip(self._assays, tracks, strict=True)
        ]
        head = header(lengths, [s.specimen for s in self._specimens], _phase_set_type(files))
        with BcfWriter(out_bcf, head) as writer:
            cluster: list[tuple[int, Alleles]] = []  # places that an MNV spans, held until it ends
            end = -1
            for place, alleles in union(files, ranks):
                if cluster and place > end:
                    self._write_cluster(cluster, writer)
                    cluster = []
                spans = [place + len(ref) - 1 for ref, alt in alleles if len(ref) > 1 and len(ref) == len(alt)]
                if spans or cluster:
                    cluster.append((place, alleles))
                    end = max(end, *spans) if spans else end
                else:
                    for ref, alt in sorted(alleles) if len(alleles) > 1 else alleles:
                        self._write(place, ref, alt, alleles[ref, alt], writer)
            if cluster:
                self._write_cluster(cluster, writer)
        return {
            "outside_reference": self._outside,
            "absorbed": {"count": self._n_absorbed, "examples": self._absorbed},
            "alleles": sum(self._counts.values()),
            "counts": self._by_trajectory(),
        }

    def _observe(self, i: int, fields: Fields) -> Observation:
        return self._observers[i].record(fields[6], fields[8], fields[9])

    def _write_cluster(self, cluster: list[tuple[int, Alleles]], writer: BcfWriter) -> None:
        found = mnv.pair(cluster, self._observe, self._thresholds)
        chrom = next(fields[0] for row in cluster[0][1].values() for fields in row if fields is not None)
        for place, alleles in cluster:
            for ref, alt in sorted(alleles):
                name = (place, ref, alt)
                if name in found.absorbed:
                    self._n_absorbed += 1
                    if len(self._absorbed) < _EXAMPLES:
                        self._absorbed.append(_spelling(chrom, name))
                    continue
                parts = ",".join(_spelling(chrom, part) for part in sorted(found.parts.get(name, [])))
                self._write(place, ref, alt, alleles[ref, alt], writer, found.derived.get(name), parts)

    def _write(
        self,
        place: int,
        ref: str,
        alt: str,
        row: list[Fields | None],
        writer: BcfWriter,
        derived: dict[int, Observation] | None = None,
        parts: str = "",
    ) -> None:
        listed = [fields for fields in row if fields is not None]
        chrom, pos = listed[0][0], listed[0][1]
        rank, at = place >> POSITION_BITS, place & ((1 << POSITION_BITS) - 1)
        seen = []
        for i, fields in enumerate(row):
            if fields is not None:
                seen.append(self._observers[i].record(fields[6], fields[8], fields[9]))
            elif derived and i in derived:
                seen.append(derived[i])
            else:
                seen.append(self._observers[i].unlisted(rank, chrom, at, ref, alt))
        key = tuple(seen)
        judged = self._judged.get(key)
        if judged is None:
            if len(self._judged) >= _KEPT:
                self._judged.clear()
            judged = self._judged[key] = self._judge(key)
        moved, columns, trajectories = judged
        self._counts[trajectories] += 1
        info = _merge_info(listed)
        if info == "OUTSIDE" or "OUTSIDE" in info.split(";"):
            self._outside += 1
        told = ";".join(part for part in (moved, info, f"PARTS={parts}" if parts else "") if part)
        writer.write(line(chrom, pos, ref, alt, told, columns))

    def _judge(self, seen: tuple[Observation, ...]) -> tuple[str, str, tuple[Trajectory | None, ...]]:
        """The INFO and the sample columns of a row of observations, and its trajectory in each comparison."""
        columns = "\t".join(o.columns for o in seen)
        if not self._comparisons:
            return "TRAJECTORY=not_compared", columns, (Trajectory.NOT_COMPARED,)
        changes = [judge(seen, comparison, self._specimens, self._thresholds) for comparison in self._comparisons]
        return self._info(changes), columns, tuple(change.trajectory for change in changes)

    def _info(self, changes: list[Change]) -> str:
        """Parallel lists, one value a comparison; a list without any value is left out."""

        def name(i: int | None) -> str:
            return "." if i is None else self._specimens[i].specimen

        columns = {
            "TRAJECTORY": [c.trajectory.replace(" ", "_") if c.trajectory else "." for c in changes],
            "BASIS": [c.basis or "." for c in changes],
            "CHANGE_P": ["." if c.p is None else f"{c.p:.3g}" for c in changes],
            "BEFORE": [name(c.before) for c in changes],
            "AFTER": [name(c.after) for c in changes],
            "EARLIER": [name(c.earlier) for c in changes],
        }
        return ";".join(f"{key}={','.join(values)}" for key, values in columns.items() if any(v != "." for v in values))

    def _by_trajectory(self) -> dict[str, dict[str, int]]:
        """For each comparison, the number of alleles of each trajectory."""
        counts: dict[str, dict[str, int]] = {}
        for i, comparison in enumerate(self._comparisons):
            tally: Counter[str] = Counter()
            for trajectories, number in self._counts.items():
                found = trajectories[i]
                tally["on neither side" if found is None else found.value] += number
            counts[comparison.id] = dict(sorted(tally.items()))
        return counts


def _merge_info(listed: list[Fields]) -> str:
    """GIVEN, OUTSIDE, NAMED and NORMAL_* of an allele's records as one INFO; empty if there is nothing.

    Spellings are united; an annotation is the first one found; the normal is the one with most depth.
    """
    texts = [fields[7] for fields in listed if fields[7] != "."]
    if not texts:
        return ""
    given: set[str] = set()
    named = ""
    normal = (-1, ".")
    outside = False
    for text in texts:
        entries = dict(entry.partition("=")[::2] for entry in text.split(";"))
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
    return ";".join(parts)


def _spelling(chrom: str, name: mnv.Name) -> str:
    return f"{chrom}:{name[0] & ((1 << POSITION_BITS) - 1)}:{name[1]}:{name[2]}"


def _phase_set_type(files: list[Path]) -> str:
    """Integer, unless a specimen's file has text as phase sets."""
    for path in files:
        with pysam.VariantFile(str(path)) as file:
            if "PS" in file.header.formats and file.header.formats["PS"].type == "String":
                return "String"
    return "Integer"


def _gather(specimens: Sequence[Specimen], accounts: Mapping[str, dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """A list of all specimens' accounts, each entry with its specimen."""
    return [
        {"specimen": s.specimen, **(entry if isinstance(entry, dict) else {"text": entry})}
        for s in specimens
        for entry in accounts[s.specimen].get(key, [])
    ]


def _refused(specimens: Sequence[Specimen], accounts: Mapping[str, dict[str, Any]]) -> list[dict[str, str]]:
    """Every problem of every refused specimen, and the problem of mixed builds."""
    problems: list[dict[str, str]] = []
    for s in specimens:
        account = accounts[s.specimen]
        if account["status"] == "refused":
            problems += [{**problem, "specimen": s.specimen} for problem in account["problems"]]
    builds: dict[str, list[str]] = {}
    for s in specimens:
        if accounts[s.specimen]["status"] != "refused":
            builds.setdefault(accounts[s.specimen]["build"], []).append(s.specimen)
    if len(builds) > 1:
        told = "; ".join(f"{build}: {', '.join(names)}" for build, names in sorted(builds.items()))
        problem = Problem(
            f"patient {specimens[0].patient}",
            f"the specimens are on different genome builds ({told}).",
            "the files were made at different times or by different laboratories",
            "give all specimens of a patient on one build: call or lift over the others again.",
        )
        problems.append(problem.as_dict())
    return problems


def _describe(specimen: Specimen, account: Mapping[str, Any], assay: Assay, plan: Plan, place: int) -> dict[str, Any]:
    """The specimen as `result.json` has it."""
    first = plan.comparisons[0] if plan.comparisons else None
    role = specimen.role
    if not role:
        role = "baseline" if (place <= max(first.baseline) if first else specimen.order == 0) else "follow-up"
    source = account.get("depth_source", "") or "none"
    if source == "none" and assay.regions is not None:
        source = "assay"
    fraction = specimen.facts.get("tumour_fraction", "")
    return {
        "id": specimen.specimen,
        "role": role,
        "day": specimen.day,
        "date": specimen.date,
        "order": specimen.order,
        "assay": specimen.assay,
        "material": specimen.material,
        "site": specimen.site,
        "caller": account.get("caller", specimen.caller),
        "caller_source": account.get("caller_source", ""),
        "sample": account.get("sample", specimen.sample),
        "sample_source": account.get("sample_source", ""),
        "records": account.get("records", {}),
        "vaf_keys": account.get("vaf_keys", {}),
        "build_evidence": account.get("build_evidence", ""),
        "limit": assay.limit,
        "depth_source": source,
        "histology": specimen.facts.get("histology", ""),
        "tumour_fraction": float(fraction) if fraction else None,
        "informative": None,
        "warnings": list(account.get("warnings", [])),
    }


def _beside(path: Path, ending: str) -> Path:
    """The specimen's file with another ending: `x.normalized.json` to `x.normalized.bcf`."""
    return Path(str(path).removesuffix(".normalized.json") + ending)


def _write_bytes(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)
