"""`python -m acquired reanalyze RESULTS --catalogue NEW`: past patients by another catalogue."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acquired.errors import InputError, Problem, quote
from acquired.stage import RESOURCES

if TYPE_CHECKING:
    from acquired.catalogue import Catalogue


def add_parser(subparsers: Any) -> None:
    """Add `reanalyze` to the command line."""
    parser = subparsers.add_parser("reanalyze", help="judge stored results again by another catalogue")
    parser.add_argument("results", type=Path, metavar="RESULTS", help="the folder results/ of a run")
    parser.add_argument(
        "--catalogue", type=Path, action="append", required=True, metavar="NEW",
        help="a compiled catalogue.json, a folder of the catalogue's tables, or a lab's own claims on top of the "
        "bundled catalogue or of the folder (repeatable)",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR", help="where page and table go (default: RESULTS/reanalysis)")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from acquired.reanalysis.run import find_results, reanalyze, write

    catalogue = read_catalogue(args.catalogue, RESOURCES)
    found = reanalyze(find_results(args.results), catalogue, RESOURCES)
    page, table = write(found, args.out or args.results / "reanalysis", RESOURCES)
    verdicts = sum(bool(d.verdicts) for d in found.differences)
    judged = found.patients - len(found.refused)
    new = f"{found.catalogue['name']} {found.catalogue['version']}"
    other = len(found.differences) - verdicts
    print(
        f"{judged} patients judged again by {new}: {verdicts} with another verdict, {other} with other findings only."
    )
    for one in found.differences:
        for change in one.verdicts:
            print(f"  {one.patient}  {change.on}: {change.before or 'not given'}")
            print(f"    now: {change.after or 'not given'}")
    if found.unknown:
        print(f"{len(found.unknown)} patients have loci of which the stored result says nothing: see the page.")
    if found.refused:
        print(f"{len(found.refused)} refused patients were not judged: {', '.join(sorted(found.refused))}")
    if found.lab:
        print(f"acquired: some results were judged by {', '.join(sorted(found.lab))} too, which is not in the new "
              "catalogue: name it with --catalogue if it should be.", file=sys.stderr)  # fmt: skip
    print(f"{page}\n{table}")
    return 0


def read_catalogue(given: list[Path], resources: Path) -> Catalogue:
    """The catalogue that `--catalogue` names. Raises InputError with what is wrong with it."""
    from acquired.catalogue import Catalogue
    from acquired.catalogue.build import FORMAT, compile_sources

    folders = [p for p in given if p.is_dir()]
    compiled = [p for p in given if p.suffix == ".json" and p not in folders]
    missing = [p for p in given if not p.exists()]
    if missing:
        problems = [Problem(str(p), "there is no such file or folder.", "", "correct the path.") for p in missing]
        raise InputError(*problems)
    if (compiled and len(given) > 1) or len(folders) > 1:
        text = "only one compiled catalogue, or one folder with claim files on top, can be given."
        raise InputError(Problem("--catalogue", text, "", "name one of them."))
    if not compiled:
        folder = _tables(folders[0]) if folders else None
        return Catalogue(compile_sources(resources, [p for p in given if p not in folders], folder=folder))
    try:
        loaded = json.loads(compiled[0].read_bytes())
        version = loaded["format"] if isinstance(loaded, dict) else ""
        if version != FORMAT:
            raise ValueError(version)
        return Catalogue(loaded)
    except (OSError, ValueError, KeyError, RecursionError) as error:
        raise InputError(
            Problem(compiled[0].name, f"it is no compiled catalogue of format {FORMAT}: {quote(error)}.",
                    "another file, or one of another release", "name results/catalogue/catalogue.json of a run, or a "
                    "folder of the catalogue's tables.")
        ) from None  # fmt: skip


def _tables(folder: Path) -> Path:
    """The folder with claims.tsv: the one named, or its catalogue/ or resources/catalogue/."""
    for found in (folder, folder / "catalogue", folder / "resources" / "catalogue"):
        if (found / "claims.tsv").is_file():
            return found
    raise InputError(
        Problem(str(folder), "there is no claims.tsv in it, nor in catalogue/ in it.", "another folder is meant",
                "name a folder like resources/catalogue.")
    )  # fmt: skip
