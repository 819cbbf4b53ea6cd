"""FoundationOne's XML report. Names, birth dates and free text never leave the parser: it keeps listed attributes only.

The parser is expat with every DTD refused, so that there are no entities to expand, and limits on size and depth.
"""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from acquired.annotate.codons import reverse_complement
from acquired.errors import InputError, Problem, quote
from acquired.intake.readings import Doubt
from acquired.unpack import long_number
from acquired.vendors.cds import CHANGE
from acquired.vendors.found import Found, Row, named_row
from acquired.vendors.numbers import amount, count, share
from acquired.vendors.rows import PLACE, copy_row, copy_state, fusion_row
from acquired.vendors.symbols import Symbols

Element = tuple[int, str, dict[str, str]]  # line, name without namespace, the attributes that are kept


def read_xml(data: bytes, where: str, spec: dict[str, Any]) -> tuple[list[Element], list[tuple[int, str]]]:
    """The listed elements with their listed attributes, and the genes of the pertinent negatives (line, gene).

    Raises InputError for anything that is not a plain, well-formed FoundationOne report. No message quotes its content.
    """
    limits = spec["limits"]
    if len(data) > limits["bytes"]:
        raise _refused(where, f"the file is larger than {limits['bytes'] >> 20} MB.", "it is no single report")
    wanted = {spec[kind]["element"]: set(spec[kind].values()) for kind in ("small", "copy_number", "rearrangement")}
    parents, child = spec["negative"]["element"], spec["negative"]["gene"]
    kept: list[Element] = []
    negatives: list[tuple[int, str]] = []
    path: list[str] = []
    seen = {"elements": 0, "reports": 0}
    text: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, attributes: dict[str, str]) -> None:
        path.append(name.rpartition(" ")[2])
        seen["elements"] += 1
        seen["reports"] += path[-1] == spec["report"]
        if len(path) > limits["depth"] or seen["elements"] > limits["elements"]:
            raise _refused(
                f"{where} line {parser.CurrentLineNumber}",
                f"the file nests more than {limits['depth']} elements, or has more than {limits['elements']:,}.",
                "it was made to exhaust the machine, or is damaged",
            )
        if keep := wanted.get(path[-1]):
            listed = {key: value for key, value in attributes.items() if key in keep}
            kept.append((parser.CurrentLineNumber, path[-1], listed))

    def end(name: str) -> None:
        if path[-2:] == [parents, child]:
            negatives.append((parser.CurrentLineNumber, "".join(text).strip()))
        text.clear()
        path.pop()

    def characters(data: str) -> None:
        if path[-2:] == [parents, child]:
            text.append(data)

    def refuse(*_: Any) -> None:
        raise _refused(
            f"{where} line {parser.CurrentLineNumber}",
            "the file declares a document type or entities, which no report needs.",
            "it was made or changed by hand",
        )

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = parser.UnparsedEntityDeclHandler = refuse  # type: ignore[assignment]
    if long_number(data):
        raise _refused(where, "the file holds a number of some thousand digits.", "it is damaged")
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise _refused(
            f"{where} line {error.lineno}",
            f"the file is not well-formed XML: {expat.ErrorString(error.code)}.",
            "it was cut off or changed by hand",
        ) from None
    except (LookupError, ValueError):
        raise _refused(where, "the file's encoding is not known.", "it was changed by hand") from None
    if not seen["reports"]:
        raise _refused(
            where,
            f"the file has no element {quote(spec['report'])}: it is not a FoundationOne report.",
            "a report of another vendor or of another form",
        )
    return kept, negatives


def read_foundation(data: bytes, where: str, tables: dict[str, Any], genes: Symbols) -> Found:
    """A FoundationOne XML report as `Found`. Raises InputError where it cannot be read."""
    spec = tables["foundation"]
    found = Found(where, spec["name"], "content", build=spec["build"], build_by="FoundationOne reports use")
    found.says = ("allele-fraction/depth", "allele-fraction*depth")
    kept, negatives = read_xml(data, where, spec)
    take = {spec[kind]["element"]: kind for kind in ("small", "copy_number", "rearrangement")}
    for line, name, attributes in kept:
        found.entries += 1
        kind = take[name]
        cells = {role: attributes.get(key, "").strip() for role, key in spec[kind].items() if role != "element"}
        {"small": _small, "copy_number": _copy_number, "rearrangement": _rearrangement}[kind](
            found, line, cells, tables, genes
        )
    for line, written in negatives:
        found.entries += 1
        if gene := genes.current(written) if written else "":
            found.keep("negatives", {"gene": gene, "kind": "any"})
        else:
            found.set_aside("a pertinent negative without a gene that is known", line, "PertinentNegative")
    return found


def _small(found: Found, line: int, cells: dict[str, str], tables: dict[str, Any], genes: Symbols) -> None:
    place = PLACE.fullmatch(cells["position"])
    name = cells["hgvs_c"]
    protein = cells["hgvs_p"] if cells["hgvs_p"].casefold() not in tables["nothing"] else ""
    gene = genes.current(cells["gene"])
    row = Row(line, place["chrom"] if place else "", int(place["start"]) if place else 0, "", "", gene)
    row.transcript, row.filters = cells["transcript"], "PASS"
    row.hgvs_c = name if name.startswith("c.") or not name else f"c.{name}"
    row.hgvs_p = protein if protein.startswith("p.") or not protein else f"p.{protein}"
    row.consequence = tables["consequences"].get(cells["consequence"].casefold(), "")
    for field, read, role in (("depth", count, "depth"), ("vaf", share, "vaf")):
        try:
            setattr(row, field, read(cells[role], role))
        except Doubt as doubt:
            found.doubt(str(doubt), line)
    if row.vaf == "." and cells["percent"]:
        try:
            row.vaf = share(cells["percent"], "percent-reads", percent=True)
        except Doubt as doubt:
            found.doubt(str(doubt), line)
    match = CHANGE.fullmatch(name.removeprefix("c."))
    if match and not match["last"] and len(match["ref"] or "") == len(match["alt"] or "") == 1 and cells["strand"]:
        # One base: the position and the strand are enough.
        flip = cells["strand"] == "-"
        row.ref, row.alt = (reverse_complement(base) if flip else base for base in (match["ref"], match["alt"]))
    if place and row.start > 0 and (row.ref or row.hgvs_c):
        found.rows.append(row)
    elif row.gene and (row.hgvs_p or row.hgvs_c):
        found.keep("named", named_row(row))
    else:
        shown = cells["gene"] or "short-variant"
        found.set_aside("a short variant without a gene, a change or a position", line, shown)


def _copy_number(found: Found, line: int, cells: dict[str, str], tables: dict[str, Any], genes: Symbols) -> None:
    gene = genes.current(cells["gene"])
    try:
        copies = amount(cells["copy_number"], "copy-number")
    except Doubt as doubt:
        copies = None
        found.doubt(str(doubt), line)
    state = copy_state(tables["copy_states"].get(cells["state"].casefold(), ""), copies, None, True)
    if gene and state:
        found.keep("copy_number", copy_row(gene, copies, None, state, cells["position"]))
    else:
        found.set_aside("a copy-number alteration without a gene or a direction", line, cells["gene"] or "alteration")


def _rearrangement(found: Found, line: int, cells: dict[str, str], tables: dict[str, Any], genes: Symbols) -> None:
    gene, other = (genes.current(cells[role]) if cells[role] not in ("", "N/A") else "" for role in ("gene", "other"))
    places = [cells[role] for role in ("breakpoint_a", "breakpoint_b") if cells[role]]
    try:
        support = count(cells["support"], "supporting-read-pairs")
    except Doubt as doubt:
        support = "."
        found.doubt(str(doubt), line)
    fused = "fusion" in f"{cells['type']} {cells['description']}".lower()
    if not gene and not other:
        found.set_aside("a rearrangement without a gene", line, "rearrangement")
    elif fused and gene != other and gene and other:
        # The description names the 5' partner first (`EML4-ALK fusion`); the attributes do not say which is which.
        said = cells["description"].upper()
        at = [said.find(name.upper()) for name in (gene, other)]
        pair = [gene, other] if at[0] <= at[1] else [other, gene]
        found.keep("fusions", fusion_row(pair, places, support, cells["frame"], ordered=min(at) >= 0))
    else:
        partner = f"with {other}" if gene and other and other != gene else ""
        said = (cells["description"] or partner)[:200]
        row = {"gene": gene or other, "type": cells["type"] or "rearrangement", "description": said}
        found.keep("rearrangements", {**row, "breakpoints": places})


def _refused(where: str, what: str, cause: str) -> InputError:
    return InputError(Problem(where, what, cause, "give the XML report as the vendor sent it."))
