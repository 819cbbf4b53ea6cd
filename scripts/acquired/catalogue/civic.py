"""Reading CIViC's own evidence tables (tab-separated, as its data releases and nightly dumps have them)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from acquired.errors import InputError, Problem, quote

#: Our name of a column -> the names CIViC has given it, newest first.
_COLUMNS = {
    "id": ("evidence_id",),
    "profile": ("molecular_profile",),
    "gene": ("gene",),
    "variant": ("variant",),
    "disease": ("disease",),
    "doid": ("doid",),
    "therapies": ("therapies", "drugs"),
    "interaction": ("therapy_interaction_type", "drug_interaction_type"),
    "type": ("evidence_type",),
    "direction": ("evidence_direction",),
    "level": ("evidence_level",),
    "significance": ("significance", "clinical_significance"),
    "citation": ("citation_id", "pubmed_id"),
    "source_type": ("source_type",),
    "status": ("evidence_status",),
}
_NEEDED = ("id", "disease", "therapies", "type", "direction", "level", "significance")
#: What CIViC calls the effects that the catalogue holds.
SIGNIFICANCES = {
    "Resistance": "resistance",
    "Reduced Sensitivity": "reduced sensitivity",
    "Sensitivity/Response": "sensitivity",
    "Sensitivity": "sensitivity",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One evidence item. id: EID123. effect: as the catalogue says it. supports: False where the item disagrees."""

    id: str
    profile: str
    disease: str
    doid: str
    therapies: tuple[str, ...]
    interaction: str
    level: str
    effect: str
    supports: bool
    pmid: str
    line: int


@dataclass
class Evidence:
    """A file as read. items: accepted predictive items of resistance or sensitivity. rows: all rows; aside: counts of
    the others by reason; damaged: lines that have not as many cells as the header."""

    items: list[Item]
    rows: int
    aside: dict[str, int]
    damaged: list[int]


def read_civic(path: Path) -> Evidence:
    """Read a CIViC evidence table. Raises InputError where it is none or cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(
            Problem(path.name, f"the file cannot be read: {error.strerror}.", "", "check its name and permissions.")
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            Problem(path.name, "the file is not text in UTF-8.", "it is compressed or damaged", "unpack it.")
        ) from error
    lines = text.split("\n")
    header = [name.strip() for name in lines[0].rstrip("\r").split("\t")]
    places = {
        own: next((header.index(name) for name in theirs if name in header), None) for own, theirs in _COLUMNS.items()
    }
    missing = [_COLUMNS[name][0] for name in _NEEDED if places[name] is None]
    if places["profile"] is None and (places["gene"] is None or places["variant"] is None):
        missing.append("molecular_profile")
    if missing:
        raise InputError(
            Problem(
                f"{path.name} row 1",
                f"the columns {', '.join(missing)} are missing; the first is {quote(header[0])}.",
                "the file is not CIViC's evidence table, or not tab-separated",
                "give CIViC's AcceptedClinicalEvidenceSummaries or ClinicalEvidenceSummaries file (.tsv).",
            )
        )
    out = Evidence([], 0, {}, [])
    for number, line in enumerate(lines[1:], 2):
        cells = line.rstrip("\r").split("\t")
        if cells == [""]:
            continue
        out.rows += 1
        if len(cells) != len(header):
            out.damaged.append(number)
            continue
        _take({own: cells[i].strip() if i is not None else "" for own, i in places.items()}, number, out)
    return out


def _take(row: dict[str, str], number: int, out: Evidence) -> None:
    """Keep a row as an item, or count why not."""
    reason = ""
    if row["status"] and row["status"] != "accepted":
        reason = f"status is {row['status']}"
    elif row["type"] != "Predictive":
        reason = "not predictive"
    elif row["significance"] not in SIGNIFICANCES:
        reason = f"significance is {row['significance'] or 'empty'}"
    if reason:
        out.aside[reason] = out.aside.get(reason, 0) + 1
        return
    profile = row["profile"] or f"{row['gene']} {row['variant']}"
    therapies = tuple(_therapies(row["therapies"]))
    pmid = row["citation"] if row["source_type"] in ("", "PubMed") and row["citation"].isdigit() else ""
    id_ = row["id"].removeprefix("EID")
    out.items.append(
        Item(f"EID{id_}", profile, row["disease"], row["doid"], therapies, row["interaction"], row["level"],
             SIGNIFICANCES[row["significance"]], row["direction"] == "Supports", pmid, number)
    )  # fmt: skip


def _therapies(cell: str) -> Iterator[str]:
    """Names in a therapies cell: commas between them, except within brackets."""
    depth, name = 0, ""
    for letter in cell:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            yield name.strip()
            name = ""
        else:
            name += letter
    if name.strip():
        yield name.strip()
