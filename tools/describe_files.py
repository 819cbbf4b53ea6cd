"""Write the list of files in docs/architecture.md from the first line of each file's own docstring or comment.

So the list cannot say something else than the files do. `make files` runs it; a test compares.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- files: made by `make files` -->", "<!-- end of files -->"
GROUPS = {
    "The workflow": ["Snakefile", "workflow/Snakefile", "rules/*.smk"],
    "Scripts, one a rule": ["scripts/*.py"],
    "The library": ["scripts/acquired/*.py", "scripts/acquired/*/*.py"],
    "Maintainers' tools": ["tools/**/*.py"],
    "Contracts": ["workflow/schemas/*.yaml"],
}


def first_line(path: Path) -> str:
    """What a file says of itself: the first line of its docstring, title or leading comment."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        said = ast.get_docstring(ast.parse(text)) or ""
        return said.strip().split("\n\n")[0].replace("\n", " ").strip()
    comments = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        comments.append(line.lstrip("# ").strip())
    return " ".join(comments)


def listing() -> str:
    """The section of the page, between its two markers."""
    parts = []
    for title, patterns in GROUPS.items():
        parts.append(f"### {title}\n\n| file | what |\n|---|---|")
        for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern)}):
            if path.name != "__init__.py" or path.read_text(encoding="utf-8").strip():
                said = first_line(path).replace("|", "\\|")
                parts.append(f"| `{path.relative_to(ROOT).as_posix()}` | {said} |")
        parts.append("")
    return "\n".join(parts)


def page() -> str:
    """The whole page with its section renewed."""
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    return f"{before}{BEGIN}\n{listing()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
