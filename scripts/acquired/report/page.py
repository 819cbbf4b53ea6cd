"""Writing the patient's page: one HTML file that asks for nothing from outside."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemBytecodeCache, FileSystemLoader
from markupsafe import Markup

from acquired.errors import InputError, Problem, quote
from acquired.report.words import NOTHING, Words
from acquired.whole import write_text

Json = dict[str, Any]

#: Characters a reader cannot see and that change what is seen (controls, directional marks) are named instead: a text
#: from a file can neither turn the letters around it nor hide among them.
_UNSEEN = {
    code: f"[U+{code:04X}]"
    for code in (*range(9), 11, 12, *range(14, 32), *range(127, 160), 0x061C, *range(0x200B, 0x2010),
                 *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
}  # fmt: skip

_LOGO_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
_LOGO_BYTES = 100_000


def write_report(result_json: Path, out_html: Path, resources: Path, settings: dict[str, Any]) -> None:
    """Write one patient's page from result.json alone.

    resources: the project's `resources` folder. settings: the config's `report` part, all optional: `language`
    (a file resources/wording/report.<language>.yaml), `locale` (of numbers and dates), `lab` (name), `logo` (path of
    a PNG, JPEG or SVG file of at most 100 kB), `disclaimer`. InputError for an unknown language or locale, or an
    unusable logo.
    """
    from acquired.report import protein, view

    words = read_words(resources, settings)
    result = json.loads(result_json.read_bytes())
    values: Json = {"lab": lab(settings), "demo": result.get("demo", False), "refused": result["status"] == "refused"}
    if values["refused"]:
        values["head"] = view.head(words, result)
    else:
        values |= view.patient_view(words, view.complete(result), protein.read(resources, result))
    write_text(out_html, render(resources, words, "patient.html.j2", values))


def render(resources: Path, words: Words, template: str, values: Json) -> str:
    """A page from a template of resources/report, with style and script inlined and nothing else allowed to run.

    The page's Content-Security-Policy names the digests of its own style and script: markup that got into a page
    in spite of escaping could neither run nor fetch anything.
    """
    folder = resources / "report"
    script = _slim(folder / "page.js")
    own = folder / f"{template.split('.', 1)[0]}.css"  # what only this kind of page has
    style = _slim(folder / "page.css") + (_slim(own) if own.is_file() else "")
    environment = Environment(
        loader=FileSystemLoader(folder),
        bytecode_cache=_compiled(),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(t=words, w=words.of, NOTHING=NOTHING)
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    page = environment.get_template(template).render(
        language=words.language, style=Markup(style), script=Markup(script), policy=policy, **values
    )
    return "\n".join(line for line in page.translate(_UNSEEN).split("\n") if line.strip()) + "\n"


def read_words(resources: Path, settings: dict[str, Any]) -> Words:
    """The words of the language and locale in the settings."""
    return Words.read(resources, settings.get("language") or "en", settings.get("locale") or "")


def lab(settings: dict[str, Any]) -> Json:
    """The lab's name, disclaimer and logo (as a data URI) from the settings; empty where not given."""
    found = {"name": settings.get("lab") or "", "disclaimer": settings.get("disclaimer") or "", "logo": ""}
    if settings.get("logo"):
        path = Path(settings["logo"])
        kind = _LOGO_TYPES.get(path.suffix.lower())
        if kind is None or not path.is_file() or path.stat().st_size > _LOGO_BYTES:
            raise InputError(
                Problem(
                    "config, report: logo",
                    f"the logo {quote(settings['logo'])} cannot be used.",
                    "the file is missing, larger than 100 kB, or neither PNG, JPEG nor SVG",
                    "name a small image file, by a path from the working directory.",
                )
            )
        found["logo"] = f"data:{kind};base64," + base64.b64encode(path.read_bytes()).decode()
    return found


def _compiled() -> BytecodeCache | None:
    """Where compiled templates are kept: beside the compiled modules of this package, under the same trust.

    Compiling costs 0.12 s of CPU, more than all the rest of a page; done once instead of for each patient. None where
    Python itself keeps nothing (a read-only installation, PYTHONDONTWRITEBYTECODE).
    """
    folder = Path(__file__).parent / "__pycache__"
    if sys.dont_write_bytecode or not os.access(folder, os.W_OK):
        return None
    return FileSystemBytecodeCache(str(folder), "template-%s.cache")


def _slim(path: Path) -> str:
    """A style sheet or script without indentation, blank lines and whole-line comments."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    text = "\n".join(line for line in lines if line and not line.startswith(("//", "/*")))
    if path.suffix == ".css":
        for wide, narrow in ((": ", ":"), ("; ", ";"), (" {", "{"), ("{ ", "{"), (";}", "}"), (" }", "}")):
            text = text.replace(wide, narrow)
    return text


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
