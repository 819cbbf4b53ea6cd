"""A folder of stored results judged again: what differs, as a page and a table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import acquired
from acquired.catalogue import Catalogue
from acquired.errors import InputError, Problem, quote
from acquired.reanalysis.again import Judge
from acquired.reanalysis.differ import Change, Difference, difference

Json = dict[str, Any]

#: Columns of the table: one row for each thing that differs, and one for each patient that could not be judged again.
COLUMNS = ("patient", "differs", "on", "what", "before", "after")


@dataclass
class Reanalysis:
    """What came of all results. before: version of the catalogue -> number of patients; code: of the workflow.

    unlisted: alleles that the stored results count and do not list, which no other catalogue can be asked of.
    lab: names of lab files that some stored result was judged by and the new catalogue was not made of.
    """

    catalogue: Json
    patients: int = 0
    differences: list[Difference] = field(default_factory=list)
    unknown: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    before: Counter[str] = field(default_factory=Counter)
    code: Counter[str] = field(default_factory=Counter)
    unlisted: int = 0
    lab: set[str] = field(default_factory=set)
    demo: bool = False


def reanalyze(results: Sequence[Path], catalogue: Catalogue, resources: Path) -> Reanalysis:
    """Judge every stored result again. Raises InputError with all files that are no result of this workflow."""
    judge = Judge(catalogue, resources)
    found = Reanalysis(catalogue.provenance)
    problems = []
    mine = {f["file"] for f in catalogue.provenance["files"] if f["kind"] == "lab"}
    for path in results:
        try:
            stored = read_result(path)
        except InputError as error:
            problems += error.problems
            continue
        found.patients += 1
        found.demo |= bool(stored.get("demo"))
        provenance = stored["provenance"]
        found.before[_version(provenance["catalogue"])] += 1
        found.code[f"{provenance['workflow']['version']} ({provenance['workflow']['digest']})"] += 1
        found.lab |= set(provenance["catalogue"].get("lab", ())) - mine
        if stored["status"] == "refused":
            found.refused.append(stored["patient"])
            continue
        found.unlisted += sum(n["count"] for n in stored["set_aside"]["not_listed"])
        again = judge.judge(stored)
        if changed := difference(stored, again):
            found.differences.append(changed)
        if again["unknown"]:
            found.unknown[stored["patient"]] = again["unknown"]
    if problems:
        raise InputError(*problems)
    return found


def _version(catalogue: Mapping[str, Any]) -> str:
    return f"{catalogue['version']} ({catalogue['digest'][:12]})"


def find_results(folder: Path) -> list[Path]:
    """Every patients/<patient>/result.json below a results folder, in order of name. Raises InputError for none."""
    found = sorted((folder / "patients").glob("*/result.json")) or sorted(folder.glob("*/result.json"))
    if not found:
        raise InputError(
            Problem(
                str(folder),
                "there is no patients/<patient>/result.json in it.",
                "another folder is meant, or the workflow has not run" if folder.is_dir() else "the path is misspelt",
                "name the folder results/ of a run.",
            )
        )
    return found


def read_result(path: Path) -> Json:
    """A stored result. Raises InputError where the file is none, or of another version of the contract."""
    where = f"{path.parent.name}/{path.name}"
    try:
        result = json.loads(path.read_bytes())
        version = str(result["schema_version"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(
            Problem(where, f"it is no result: {type(error).__name__}.", "the file was cut short or changed by hand",
                    "run the workflow again for this patient.")
        ) from None  # fmt: skip
    if version.split(".")[0] != "1":
        raise InputError(
            Problem(where, f"its schema version {quote(version)} is not one that this code reads (1).",
                    "it was written by another release", "re-analyse it with that release, or run the workflow again.")
        )  # fmt: skip
    return _checked(result, where)


def _checked(result: Json, where: str) -> Json:
    from jsonschema import Draft202012Validator  # slow to import, and only needed here

    errors = sorted(_validator(Draft202012Validator).iter_errors(result), key=lambda e: [str(p) for p in e.path])
    if errors:
        place = ".".join(str(p) for p in errors[0].absolute_path) or "the whole"
        raise InputError(
            Problem(where, f"it breaks the contract of result.json at {place}: {quote(errors[0].message, 120)}.",
                    "the file was changed by hand, or by a program that writes it otherwise",
                    "run the workflow again for this patient.")
        )  # fmt: skip
    return result


_VALIDATORS: dict[str, Any] = {}


def _validator(kind: Any) -> Any:
    if "result" not in _VALIDATORS:
        import yaml

        schema = Path(acquired.__file__).parents[2] / "workflow" / "schemas" / "result.schema.yaml"
        _VALIDATORS["result"] = kind(yaml.load(schema.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
    return _VALIDATORS["result"]


def rows(found: Reanalysis) -> list[tuple[str, ...]]:
    """The table's rows, patients with another verdict first."""
    told: list[tuple[str, ...]] = []
    for one in by_weight(found):
        for kind, changes in (("verdict", one.verdicts), ("finding", one.findings)):
            told += [(one.patient, kind, c.on, c.what, c.before, c.after) for c in changes]
    for patient, unknown in sorted(found.unknown.items()):
        told += [(patient, "not in the stored result", d, "loci", "", ", ".join(n)) for d, n in unknown.items()]
    told += [(patient, "not re-analysed", "", "refused", "", "") for patient in sorted(found.refused)]
    return told


def by_weight(found: Reanalysis) -> list[Difference]:
    """Patients whose verdict differs, then those with findings on a drug given or its class, then the others."""
    near = lambda d: any(c.near for c in d.findings)  # noqa: E731
    return sorted(found.differences, key=lambda d: (not d.verdicts, not near(d), d.patient))


def write(found: Reanalysis, folder: Path, resources: Path) -> tuple[Path, Path]:
    """Write index.html and differences.tsv into `folder`; gives both paths."""
    from acquired.report import spreadsheet
    from acquired.report.page import lab, read_words, render
    from acquired.whole import write_text

    page, table = folder / "index.html", folder / "differences.tsv"
    words = read_words(resources, {})
    values: Json = {
        "lab": lab({}), "demo": found.demo, "found": found, "new": _version(found.catalogue),
        "code": f"{acquired.__version__}", "versions": f"acquired {acquired.__version__} · {found.catalogue['name']} "
        f"{found.catalogue['version']} of {found.catalogue['date']}",
        "changed": [_shown(d) for d in by_weight(found)],
        "in_verdict": sum(bool(d.verdicts) for d in found.differences),
    }  # fmt: skip
    write_text(page, render(resources, words, "reanalysis.html.j2", values))
    write_text(table, spreadsheet.table(COLUMNS, rows(found)))
    return page, table


def _shown(one: Difference) -> Json:
    """A patient on the page; what bears on no drug given is counted and stands in the table."""

    def cells(changes: Sequence[Change]) -> list[Json]:
        return [{"on": c.on, "what": c.what, "before": c.before, "after": c.after} for c in changes]

    near = [c for c in one.findings if c.near]
    return {"patient": one.patient, "verdicts": cells(one.verdicts), "findings": cells(near),
            "far": len(one.findings) - len(near)}  # fmt: skip
