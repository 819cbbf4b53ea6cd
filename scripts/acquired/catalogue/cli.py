"""`python -m acquired catalogue validate | show | match | coverage | update`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from acquired.errors import EXIT_BAD_INPUT, InputError
from acquired.stage import RESOURCES

_ACTIONS = {"add": "added", "override": "overridden", "withdraw": "withdrawn"}


def add_parser(subparsers: Any) -> None:
    """Add `catalogue` and its commands to the command line."""
    parser = subparsers.add_parser("catalogue", help="look into, check or update the resistance catalogue")
    parser.add_argument("--resources", type=Path, default=RESOURCES, help=argparse.SUPPRESS)
    parser.add_argument(
        "--lab", type=Path, action="append", default=[], metavar="FILE", help="a lab's own claims on top (repeatable)"
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    validate = commands.add_parser("validate", help="check the bundled catalogue and lab files; tells every problem")
    validate.add_argument("files", type=Path, nargs="*", metavar="FILE", help="lab files to check on top")
    validate.set_defaults(run=_validate)
    show = commands.add_parser("show", help="claims on a gene, drug, class or id")
    show.add_argument("term", nargs="+", metavar="GENE|DRUG|ID")
    show.set_defaults(run=_show)
    match = commands.add_parser("match", help="claims that an alteration meets, strongest first")
    match.add_argument("alteration", nargs="+", metavar="ALTERATION", help='such as "EGFR C797S"')
    match.add_argument("--drug", action="append", default=[], help="a drug that was given (repeatable)")
    match.add_argument("--disease", default="", help="name, DOID or OncoTree code")
    match.add_argument("--all", action="store_true", help="also claims on drugs that are not related to those given")
    match.set_defaults(run=_match)
    coverage = commands.add_parser("coverage", help="how much of a CIViC file the catalogue holds")
    coverage.add_argument("file", type=Path, metavar="FILE", help="CIViC's evidence table (.tsv)")
    coverage.set_defaults(run=_coverage)
    update = commands.add_parser("update", help="what a newer CIViC file would change, for review")
    update.add_argument("--civic", type=Path, required=True, metavar="FILE", help="CIViC's evidence table (.tsv)")
    update.add_argument("--out", type=Path, metavar="TSV", help="write the difference here instead of printing it")
    update.set_defaults(run=_update)


def _catalogue(args: argparse.Namespace) -> Any:
    from acquired.catalogue.build import compile_sources
    from acquired.catalogue.store import Catalogue

    return Catalogue(compile_sources(args.resources, args.lab, check=False))


def _validate(args: argparse.Namespace) -> int:
    from acquired.catalogue.build import compile_sources

    compiled = compile_sources(args.resources, [*args.lab, *args.files])
    told = compiled["provenance"]
    print(
        f"The catalogue is valid: {told['name']} {told['version']} ({told['date']}), {told['claims']:,} claims "
        f"({told['resistance']:,} of resistance), {told['drugs']} drugs, {told['exclusions']} exclusions."
    )
    residues = told["residues"]
    print(
        f"Residues compared with the bundled transcripts: {residues['checked']:,}; no bases: {residues['unchecked']:,}."
    )
    for entry in told["files"]:
        if entry["kind"] == "lab":
            counts = ", ".join(f"{entry[k]} {word}" for k, word in _ACTIONS.items())
            print(f"{entry['file']}: {counts}.")
    print(f"Digest: {told['digest']}")
    return 0


def _show(args: argparse.Namespace) -> int:
    from acquired.catalogue.ask import claim_line, claims_on

    heading, claims = claims_on(_catalogue(args), " ".join(args.term))
    print(f"{heading}: {len(claims)} claim{'' if len(claims) == 1 else 's'}")
    for claim in sorted(claims, key=lambda c: (not c.resists, c.level, c.gene, c.id)):
        print(claim_line(claim))
    return 0


def _match(args: argparse.Namespace) -> int:
    from acquired.catalogue.ask import match_line, subject_of
    from acquired.errors import Problem, quote
    from acquired.reference import Reference

    catalogue = _catalogue(args)
    problems = [
        Problem("--drug", f"the drug {quote(name)} is not known.",
                f"{' or '.join(map(quote, near))} was meant" if (near := catalogue.suggest(name)) else "",
                "write a name of drugs.tsv or one of its synonyms.")
        for name in args.drug if catalogue.drug(name) is None
    ]  # fmt: skip
    if args.disease and catalogue.disease(args.disease) is None:
        near = catalogue.suggest_disease(args.disease)
        cause = f"{' or '.join(map(quote, near))} was meant" if near else ""
        what = f"the disease {quote(args.disease)} is not known."
        problems.append(Problem("--disease", what, cause, "write a name of diseases.tsv, a DOID or an OncoTree code."))
    if problems:
        raise InputError(*problems)
    subject, remark = subject_of(" ".join(args.alteration), Reference.open(args.resources, "GRCh38"), catalogue)
    matches = catalogue.match_fully([subject], args.drug, args.disease)[subject.id]
    related = [m for m in matches if m["relation"] != "other"]
    shown = matches if args.all or not args.drug else related
    if remark:
        print(f"{subject.id}: {remark}.")
    related_too = f", {len(related)} on the drug given or its class" if args.drug else ""
    print(f"{subject.id}: {len(matches)} claims met{related_too}")
    for m in shown:
        print(match_line(m))
    if len(shown) < len(matches):
        print(f"{len(matches) - len(shown)} on other drugs: --all shows them.")
    return 0


def _evidence(path: Path, args: argparse.Namespace) -> tuple[Any, Any, dict[str, str]]:
    from acquired.catalogue.civic import read_civic
    from acquired.catalogue.records import COLUMNS
    from acquired.tables import read_table

    evidence, catalogue = read_civic(path), _catalogue(args)
    table = read_table(args.resources / "catalogue" / "exclusions.tsv", COLUMNS["exclusions"])
    return evidence, catalogue, {r["source_id"]: r["reason"] for r in table.rows if r["source"] == "CIViC"}


def _coverage(args: argparse.Namespace) -> int:
    from acquired.catalogue.coverage import civic_ids, count, text

    evidence, catalogue, excluded = _evidence(args.file, args)
    held = {id_ for claim in catalogue.claims() for id_ in civic_ids(claim.sources)}
    print(text(evidence, count(evidence, held, excluded), args.file.name))
    return 0


def _update(args: argparse.Namespace) -> int:
    from acquired.catalogue.update import COLUMNS, differences, write_differences

    evidence, catalogue, excluded = _evidence(args.civic, args)
    rows = list(differences(evidence, catalogue, excluded))
    counts = []
    for word in ("added", "changed", "withdrawn", "conflict"):
        own = [r for r in rows if r["change"] == word]
        resisting = sum(r["effect"] != "sensitivity" for r in own)
        counts.append(f"{len(own)} {word} ({resisting} of resistance)" if own else f"0 {word}")
    told = ", ".join(counts)
    if args.out is None:
        print("\t".join(COLUMNS))
        for row in rows:
            print("\t".join(row[c].replace("\t", " ") for c in COLUMNS))
        print(told, file=sys.stderr)
        return 0
    if not args.out.parent.is_dir():
        print(f"acquired: there is no folder {args.out.parent}", file=sys.stderr)
        return EXIT_BAD_INPUT
    write_differences(rows, args.out)
    print(f"{args.out}: {told}. Review it; nothing in the catalogue was changed.")
    return 0
