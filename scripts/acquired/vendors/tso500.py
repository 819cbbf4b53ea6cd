"""Illumina's TSO 500 CombinedVariantOutput: sections in brackets, each a table; `NA` where there is nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from acquired.errors import InputError, Problem, quote
from acquired.model import Specimen
from acquired.tables import Row as Cells
from acquired.vendors.found import Found
from acquired.vendors.mapped import Reader
from acquired.vendors.symbols import Symbols


@dataclass
class Section:
    """One section: its lines as (number, cells), trailing blanks taken off; `NA` lines left out."""

    name: str
    line: int
    lines: list[tuple[int, list[str]]] = field(default_factory=list)


def sections_of(text: str) -> list[Section]:
    """The sections in the order of the file. A blank line ends one; its lines are padded to the widest with tabs."""
    found: list[Section] = []
    open_section: Section | None = None
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip().strip('"') for cell in line.split("\t")]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            open_section = None
        elif cells[0].startswith("[") and cells[0].endswith("]"):
            open_section = Section(cells[0][1:-1].strip(), number)
            found.append(open_section)
        elif open_section is not None and cells != ["NA"]:
            open_section.lines.append((number, cells))
    return found


def read_tso500(text: str, where: str, specimen: Specimen, tables: dict[str, Any], genes: Symbols) -> Found:
    """A CombinedVariantOutput, version 1 or 2, as `Found`. Raises InputError where a section cannot be read."""
    spec = tables["tso500"]
    found = Found(where, spec["name"], "content")
    sections = sections_of(text)
    known = {name.casefold(): part for name, part in spec["sections"].items()}
    ignored = {name.casefold() for name in spec["ignored"]}
    _sample(found, sections, specimen, spec)
    for section in sections:
        name = section.name.casefold()
        if name in known:
            _section(found, section, known[name], tables, genes)
        elif name not in ignored and section.lines:
            found.warnings.append(f"The section {quote(section.name, 40)} of {where} is not known and was not read.")
    if not any(section.name.casefold() in known for section in sections):
        raise InputError(
            Problem(where, "the file has no section with alterations.", "it was cut off", "give the whole file.")
        )
    if found.problems:
        raise InputError(*found.problems)
    return found


def _section(found: Found, section: Section, spec: dict[str, Any], tables: dict[str, Any], genes: Symbols) -> None:
    if not section.lines:
        return
    (line, header), *rows = section.lines
    reader = Reader(spec, tables, header, found, genes)
    first = next(iter(spec["columns"]))
    if not reader.map.has(first):
        found.problems.append(
            Problem(
                f"{found.where} line {line}",
                f"the section {quote(section.name, 40)} has the columns {quote(', '.join(header), 150)}, "
                f"without {quote(spec['columns'][first][0])}.",
                "another version of the software",
                "map the table in the config (`tables:`), or give the VCF.",
            )
        )
        return
    if spec["holds"] == "small":
        found.says = (reader.map.says("depth"), f"{reader.map.says('vaf')}*{reader.map.says('depth')}")
    # Version 2 writes a gene with NA in every other cell where it found nothing.
    rows = [(number, cells) for number, cells in rows if cells[0] != "NA"]
    reader.run(Cells(number, dict(zip(header, cells, strict=False))) for number, cells in rows)


def _sample(found: Found, sections: list[Section], specimen: Specimen, spec: dict[str, Any]) -> None:
    """The sample the file names, checked against the sheet's where that says one."""
    lines = [cells for s in sections if s.name == "Analysis Details" for _, cells in s.lines]
    details = {cells[0]: cells[1] for cells in lines if len(cells) > 1}
    named = [details[key] for key in spec["samples"] if details.get(key, "NA") != "NA"]
    found.sample, found.sample_source = (named[0] if named else ""), "the file's only sample"
    if specimen.sample and named:
        if specimen.sample not in named:
            raise InputError(
                Problem(
                    found.where,
                    f"the sheet names {quote(specimen.sample)}; the file is of {quote(', '.join(named), 80)}.",
                    "the wrong file, or a spelling mistake",
                    f"correct `variants` or `sample` for specimen {specimen.specimen}.",
                )
            )
        found.sample, found.sample_source = specimen.sample, "sheet"
