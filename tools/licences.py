"""Makes docs/licences.md: what is shipped in this repository, and what a run installs, with the terms of each.

`python tools/licences.py > docs/licences.md`, in the environment of the lock file: a package's terms are read from what
it installed (License-Expression, License, or its classifiers). Catalogue sources are those of catalogue.yaml.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

from sbom import pins  # noqa: E402

_UNKNOWN = "not stated by the package"
#: Folders of facts whose tables name their sources row by row or in a file beside them.
POINTERS = {
    "dialects": "spellings of callers, vendors and gene symbols; exons of fusion partners",
    "export": "digests of the assemblies' sequences, and what other programs' formats require",
    "flags": "genes of clonal haematopoiesis, ends of chromosome arms",
    "identity": "common sites (dbSNP numbers and places)",
}

HEAD = """# Licences

Made by `make licences`; do not edit. The code is MIT (`LICENSE`). The data have terms of their own.

## Shipped in this repository
"""


def terms(name: str) -> str:
    """The terms that an installed package states of itself."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return "not installed here (another platform)"
    for text in (told.get("License-Expression"), told.get("License")):
        if text and text.strip() and "\n" not in text.strip() and len(text) < 80 and text.strip() != "UNKNOWN":
            return str(text.strip())
    of = [c.rpartition(" :: ")[2] for c in told.get_all("Classifier") or [] if c.startswith("License ::")]
    own = [c for c in of if c != "OSI Approved"]
    if own:
        return "; ".join(own)
    first = next((line.strip() for line in (told.get("License") or "").splitlines() if line.strip()), "")
    return re.sub(r"[|`]", "", first)[:80] or _UNKNOWN


def cell(text: object) -> str:
    """Text as a Markdown table's cell."""
    return re.sub(r"\s+", " ", str(text)).replace("|", "\\|").strip()


def main() -> None:
    """Print the page."""
    lines = [HEAD, "| what | where | terms |", "|---|---|---|"]
    lines.append("| code, rules, schemas, tests, synthetic demo cohort | everywhere else | MIT |")
    catalogue = yaml.safe_load((ROOT / "resources/catalogue/catalogue.yaml").read_text(encoding="utf-8"))
    for source in catalogue["sources"]:
        said = source.get("licence") or source.get("license") or _UNKNOWN
        where = f"`resources/catalogue/` ({source.get('version') or source.get('date') or 'no version'})"
        lines.append(f"| {cell(source['name'])} | {cell(where)} | {cell(said)} |")
    origin = yaml.safe_load((ROOT / "resources/reference/provenance.yaml").read_text(encoding="utf-8"))["origin"]
    lines.append(f"| transcripts, bases of the loci | `resources/reference/` | {cell(origin['licences'])} |")
    for folder, what in POINTERS.items():
        lines.append(f"| {what} | `resources/{folder}/` | facts; the source of each stands in its row or file |")
    lines += ["", "## Installed by a run, not shipped", "", "From `requirements.txt`, whose hashes pip enforces.", ""]
    lines += ["| package | version | terms it states |", "|---|---|---|"]
    for name, (version, _) in sorted(pins(ROOT / "requirements.txt").items()):
        lines.append(f"| {name} | {version} | {cell(terms(name))} |")
    lines.append("")
    lines.append(
        "*Not stated by the package*: its metadata name no licence; look at its source before you redistribute it."
    )
    print("\n".join(lines))


if __name__ == "__main__":
    main()
