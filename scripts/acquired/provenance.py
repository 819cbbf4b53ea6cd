"""What a job rests on and Snakemake does not see: library files behind each script, and bundled data, as digests.

Snakemake re-runs a job when its script changes, but knows nothing of the library the script calls. Each rule
therefore carries the digest of every library file that its script reaches by import.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
from pathlib import Path

#: Imports for the eye of a type checker, which never run.
_TYPES = re.compile(r"^if TYPE_CHECKING:\n(?:[ \t]+.*\n|\n)+", re.M)

#: `import acquired.x` and `from acquired.x import a, b`, wherever they stand in a file.
_IMPORT = re.compile(
    r"^[ \t]*(?:import[ \t]+(acquired[\w.]*)|from[ \t]+(acquired[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|.*))", re.M
)


def imported_files(path: Path, scripts: Path) -> set[Path]:
    """The library files that `path` imports, directly or through others, wherever the import stands in the file.

    scripts: the folder that holds the package `acquired`. Packages on the way (their __init__.py) count.
    """
    found: set[Path] = set()
    todo = [path]
    while todo:
        for name in _imported_names(todo.pop()):
            for file in _files_of(name, scripts) - found:
                found.add(file)
                todo.append(file)
    return found


@functools.cache
def _imported_names(path: Path) -> set[str]:
    names: set[str] = set()
    for module, package, imported in _IMPORT.findall(_TYPES.sub("", path.read_text(encoding="utf-8"))):
        names.add(module or package)
        # `from package import module` names a module; `from module import name` does not, and finds no file.
        names.update(f"{package}.{name}" for name in re.findall(r"(\w+)(?:[ \t]+as[ \t]+\w+)?", imported) if package)
    return names


@functools.cache
def _files_of(name: str, scripts: Path) -> set[Path]:
    """The files that an import of `name` runs: a module and the packages on the way to it."""
    parts = name.split(".")
    packages = {scripts.joinpath(*parts[:n], "__init__.py") for n in range(1, len(parts) + 1)}
    module = scripts.joinpath(*parts[:-1], parts[-1] + ".py")
    return {file for file in packages | {module} if file.is_file()}


def digest(files: set[Path], root: Path) -> str:
    """SHA-256 over the relative names and contents of `files`, as 16 hexadecimal digits.

    Trailing newlines do not count: a file fetched through git may have lost its last one.
    """
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(file.relative_to(root).as_posix().encode() + b"\0")
        total.update(file.read_bytes().rstrip(b"\n") + b"\0")
    return total.hexdigest()[:16]


def code_digests(scripts: Path) -> dict[str, str]:
    """Script name (without .py) to the digest of the library files behind it."""
    return {script.stem: digest(imported_files(script, scripts), scripts) for script in sorted(scripts.glob("*.py"))}


def data_digests(resources: Path) -> dict[str, str]:
    """Name of each folder of bundled data to the digest of its files, and `wording/<file>` to that of each wording."""
    digests = {
        folder.name: digest({file for file in folder.rglob("*") if file.is_file()}, folder)
        for folder in sorted(resources.iterdir())
        if folder.is_dir()
    }
    wordings = sorted((resources / "wording").iterdir())
    return digests | {f"wording/{file.name}": digest({file}, resources) for file in wordings}


def prepare_environment(scripts: Path, python: str) -> None:
    """Tell every process started from this one which Python runs the scripts, where they lie, and whose library it is.

    By the environment, and not by a rule's parameters or its command: a clone elsewhere re-runs nothing. Snakemake puts
    a script's folder at the end of the search path, so that an installed package of the same name, perhaps of another
    version, would be used in silence: hence PYTHONPATH.
    """
    os.environ["ACQUIRED_PYTHON"], os.environ["ACQUIRED_SCRIPTS"] = python, str(scripts)
    others = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    os.environ["PYTHONPATH"] = os.pathsep.join([str(scripts), *others])


def library_digest(scripts: Path) -> str:
    """One digest of the whole library, for the result's provenance."""
    return digest(set((scripts / "acquired").rglob("*.py")), scripts)
