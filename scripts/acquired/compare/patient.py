"""One patient: all specimens in order of time to compared.bcf and compared.json (docs/architecture.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from acquired.compare.looked import ALIGNMENTS, COVERAGE, Sources
from acquired.compare.plan import Plan, make_plan
from acquired.compare.settings import Assay, Thresholds
from acquired.compare.stream import Stream
from acquired.compare.union import calls_missing
from acquired.errors import InputError, Problem
from acquired.model import Specimen, Therapy
from acquired.whole import write_bytes, write_text

#: Parts of an alterations file that are no alteration and no statement on what was looked at.
_PLAIN = ("status", "problems", "warnings", "histology", "small_variants")
#: Intake's reason for a record of a joint VCF that says nothing of this sample.
_SILENT = "no call and no reads in this sample"


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

    specimens: in order of time. normalized: specimen id to its `.normalized.json`; the BCF, the depth
    track, and what was read of alignments and depth files lie beside it. assays, settings: the config's
    `assays` and the whole config (`compare` and `copy_number` hold the thresholds). resources: bundled data.
    Bad input (a refused specimen, mixed builds, a regions file that cannot be used) is written as a
    refusal with all its problems, beside a BCF of zero bytes; it is not raised.
    """
    accounts = {s.specimen: json.loads(Path(normalized[s.specimen]).read_text(encoding="utf-8")) for s in specimens}
    sources = [Sources.of(s.files, str(_beside(normalized[s.specimen], ""))) for s in specimens]
    further = [source.accounts() for source in sources]
    problems = _refused(specimens, accounts)
    for s, more in zip(specimens, further, strict=True):
        problems += [{**p, "specimen": s.specimen} for account in more.values() for p in account["problems"]]
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
        "other": [],
        "looked_at": [],
        "counts": {},
        "disagreements": _gather(specimens, accounts, "disagreements"),
        "tests": {},
        "same_day": [],
        "inputs": _gather(specimens, accounts, "inputs")
        + [
            {"specimen": s.specimen, **entry}
            for s, more in zip(specimens, further, strict=True)
            for account in more.values()
            for entry in account["inputs"]
        ],
    }
    if problems:
        plan = Plan()
        write_bytes(out_bcf, b"")
    else:
        files = [_beside(normalized[s.specimen], ".normalized.bcf") for s in specimens]
        silent = [_set_aside(accounts[s.specimen], _SILENT) for s in specimens]
        missing = frozenset(i for i, file in enumerate(files) if calls_missing(file, silent[i]))
        plan = make_plan(specimens, therapies, missing)
        thresholds = Thresholds.of(settings)
        placed = [_placed(accounts[s.specimen]) for s in specimens]
        result |= Stream(specimens, plan, stated, thresholds).run(files, sources, out_bcf, placed)
        result["status"] = "compared" if plan.comparisons else "not compared"
        lead = placed.index(True) if any(placed) else 0
        result["build"] = accounts[specimens[lead].specimen].get("build", "")
        result["notes"] = _with_private(plan.notes, result["same_day"], specimens)
        result["comparisons"] = [c.as_dict(specimens) for c in plan.comparisons]
        told = [
            {"small_variants": accounts[s.specimen].get("small_variants", "calls")}
            | _alterations(_beside(normalized[s.specimen], ".alterations.json"))
            for s in specimens
        ]
        if any(_says_something(other) for other in told):
            from acquired.compare.other import compare_other, looked_at  # 20 ms that most patients need not spend

            result["other"] = compare_other(specimens, plan.comparisons, told, settings, resources)
            result["looked_at"] = looked_at(specimens, told, settings)
        for s, other in zip(specimens, told, strict=True):
            accounts[s.specimen].setdefault("warnings", []).extend(other.get("warnings", []))
    result["specimens"] = [
        _describe(specimen, accounts[specimen.specimen], further[i], stated[i], plan, therapies, i)
        for i, specimen in enumerate(specimens)
    ]
    write_text(out_json, json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    return result


def _gather(specimens: Sequence[Specimen], accounts: Mapping[str, dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """A list of all specimens' accounts, each entry with its specimen."""
    return [
        {"specimen": s.specimen, **(entry if isinstance(entry, dict) else {"text": entry})}
        for s in specimens
        for entry in accounts[s.specimen].get(key, [])
    ]


def _with_private(
    notes: Sequence[dict[str, str]], days: Sequence[Mapping[str, Any]], specimens: Sequence[Specimen]
) -> list[dict[str, str]]:
    """The notes; those on specimens of one day with how many alleles each alone has."""
    sites = {s.specimen: s.site or s.specimen for s in specimens}
    told = iter(days)
    found = []
    for note in notes:
        if note["code"] == "same_day" and (day := next(told, None)) is not None:
            alone = [
                f"{sites[name]} {n['excluded'] + n['not_seen']:,} ({n['excluded']:,} excluded elsewhere)"
                for name, n in day["private"].items()
            ]
            note = {**note, "text": f"{note['text']} Alleles seen in one of them alone: {'; '.join(alone)}."}
        found.append(note)
    return found


def _set_aside(account: Mapping[str, Any], reason: str) -> int:
    """Number of records that intake set aside for a reason."""
    return sum(entry["count"] for entry in account.get("set_aside", []) if entry["reason"] == reason)


def _placed(account: Mapping[str, Any]) -> bool:
    """Whether the specimen has coordinates: a table of names alone is of no build and fits any."""
    return bool(account.get("placed", True))


def _refused(specimens: Sequence[Specimen], accounts: Mapping[str, dict[str, Any]]) -> list[dict[str, str]]:
    """Every problem of every refused specimen, and the problem of mixed builds."""
    problems: list[dict[str, str]] = []
    for s in specimens:
        account = accounts[s.specimen]
        if account["status"] == "refused":
            problems += [{**problem, "specimen": s.specimen} for problem in account["problems"]]
    builds: dict[str, list[str]] = {}
    for s in specimens:
        if accounts[s.specimen]["status"] != "refused" and _placed(accounts[s.specimen]):
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


def _describe(
    specimen: Specimen,
    account: Mapping[str, Any],
    further: Mapping[str, Mapping[str, Any]],
    assay: Assay,
    plan: Plan,
    therapies: Sequence[Therapy],
    place: int,
) -> dict[str, Any]:
    """The specimen as `result.json` has it. further: the accounts of its alignments and depth file."""
    first = plan.comparisons[0] if plan.comparisons else None
    role = specimen.role
    if not role:
        role = "baseline" if (place <= max(first.baseline) if first else specimen.order == 0) else "follow-up"
    sources = [ALIGNMENTS] if ALIGNMENTS in further else []
    sources += [str(account.get("depth_source", ""))] if account.get("depth_source") else []
    sources += [COVERAGE] if COVERAGE in further else []
    if assay.regions is not None and (assay.limit is not None or assay.min_depth is not None or not sources):
        sources.append("assay")
    warnings = list(account.get("warnings", []))
    warnings += [warning for more in further.values() for warning in more.get("warnings", [])]
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
        "depth_source": ", ".join(sources) or "none",
        "histology": specimen.facts.get("histology", ""),
        "tumour_fraction": float(fraction) if fraction else None,
        "informative": None,
        "therapies": _relative(specimen, therapies),
        "warnings": warnings,
    }


def _relative(specimen: Specimen, therapies: Sequence[Therapy]) -> list[dict[str, Any]]:
    """Days from the first and to the last dose of each drug to the specimen: negative before, None if not known."""
    told = []
    for therapy in therapies:
        since = None if specimen.day is None or therapy.start is None else specimen.day - therapy.start
        after = None if specimen.day is None or therapy.stop is None else specimen.day - therapy.stop
        told.append({"drug": therapy.drug, "days_from_start": since, "days_from_stop": after})
    return told


def _alterations(path: Path) -> dict[str, Any]:
    """What the specimen's other files say; empty where there is no such file."""
    found: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
    return found


def _says_something(told: Mapping[str, Any]) -> bool:
    """Whether an alterations file holds more than a histology."""
    return any(isinstance(value, (list, str)) and value for key, value in told.items() if key not in _PLAIN)


def _beside(path: Path, ending: str) -> Path:
    """The specimen's file with another ending: `x.normalized.json` to `x.normalized.bcf`."""
    return Path(str(path).removesuffix(".normalized.json") + ending)
