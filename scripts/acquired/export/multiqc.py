"""The cohort for MultiQC: two custom content tables, patients and specimens."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

from acquired.bundled import read_yaml
from acquired.export.results import Json
from acquired.whole import write_bytes

#: The tables, as resources/export/multiqc.yaml describes them.
TABLES = ("verdicts", "specimens")


class Tables:
    """Gathers results patient by patient, and writes at the end."""

    def __init__(self, resources: Path):
        self._texts: Json = read_yaml(resources / "export" / "multiqc.yaml")
        self.data: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in TABLES}

    def add(self, result: Json) -> None:
        """Add a patient. Text is escaped here, as MultiQC writes it into its page as it is.

        A row's name has no slash: MultiQC would keep what follows it and lay specimens of several patients together.
        """
        claimed = sum(any(c["relation"] != "other" for c in a["claims"]) for a in result["alterations"])
        self.data["verdicts"][_safe(result["patient"])] = {
            "status": result["status"],
            "disease": _safe(result["disease"]["name"] or result["disease"]["given"]),
            "identity": result["quality"]["identity"]["verdict"],
            "drugs": _safe(", ".join(t["drug"] for t in result["therapies"])),
            "verdicts": _safe("; ".join(f"{v['drug']}: {v['wording']}" for v in result["verdicts"])),
            "emerged": sum(a["trajectory"] == "emerged" for a in result["alterations"]),
            "claimed": claimed,
        }
        for specimen in result["specimens"]:
            records = specimen.get("records") or {}
            counts = {key: records[key] for key in ("read", "kept", "set_aside", "duplicates") if key in records}
            self.data["specimens"][_safe(f"{result['patient']} {specimen['id']}")] = {
                "role": _safe(specimen["role"]), "caller": _safe(specimen["caller"]), **counts,
                "warnings": len(specimen.get("warnings", [])),
            }  # fmt: skip

    def write(self, outputs: dict[str, Path]) -> None:
        """Write each table to its path; MultiQC finds them by names that end in `_mqc.json`."""
        for name, path in outputs.items():
            text = self._texts[name]
            content = {
                "id": f"acquired_{name}", "section_name": text["section_name"], "description": text["description"],
                "plot_type": "table", "pconfig": {"id": f"acquired_{name}_table", "title": text["section_name"]},
                "headers": text["headers"], "data": dict(sorted(self.data[name].items())),
            }  # fmt: skip
            write_bytes(path, json.dumps(content, indent=1, ensure_ascii=False).encode() + b"\n")


def _safe(text: str) -> str:
    return html.escape("".join(c if c.isprintable() else " " for c in text))
