"""Print the files that the workflow needs when it is used as a module from another repository.

Snakemake then fetches only what rules/common.smk names, and that names what is in workflow/files.txt: `make files`.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = {
    "scripts/acquired": "*.py",
    "workflow/schemas": "*.yaml",
    "resources": "*",
}


def files() -> list[str]:
    """Paths relative to the repository, sorted; caches and hidden files are left out."""
    found = {
        path.relative_to(ROOT).as_posix()
        for folder, pattern in FOLDERS.items()
        for path in (ROOT / folder).rglob(pattern)
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in path.relative_to(ROOT).parts)
    }
    return sorted(found | {path.relative_to(ROOT).as_posix() for path in (ROOT / "scripts").glob("*.py")})


if __name__ == "__main__":
    print("\n".join(files()))
