"""Finding the files that a sheet names."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from acquired.errors import quote
from acquired.sheets.ledger import Ledger, Place


@dataclass
class Files:
    """Looks files up, once each, in the sheet's folder and then in the working directory.

    Symbolic links may lead anywhere: labs keep their data elsewhere. identity: found path -> (device, inode), by which
    one file under two names is known.
    """

    workdir: Path
    identity: dict[str, tuple[int, int]] = field(default_factory=dict)

    def find(self, cell: str, folder: Path, place: Place, column: str, ledger: Ledger) -> list[str]:
        """The paths of a cell (several separated by `;`), each checked: a regular, readable file that is not empty.

        A path outside the working directory is given as it was found; one inside is relative to it, so that
        results do not depend on where the working directory lies.
        """
        found = []
        for part in (part.strip() for part in cell.split(";")):
            path = self._one(part, folder, place, column, ledger) if part else ""
            if path and path in found:
                ledger.refuse(place, column, f"the file {quote(part, 200)} is named twice.", "", "name it once.")
            elif path:
                found.append(path)
        return found

    def _one(self, part: str, folder: Path, place: Place, column: str, ledger: Ledger) -> str:
        """One path, or "" with a problem noted."""
        if not part.isprintable():
            ledger.refuse(
                place, column, f"the path {quote(part)} holds a control or invisible character.", "", "rename the file."
            )
            return ""
        if "{" in part or "}" in part:
            cause = "Snakemake takes what stands in braces for a wildcard"
            ledger.refuse(place, column, f"the path {quote(part, 200)} holds a brace.", cause, "rename the file.")
            return ""
        for candidate in (folder / part, self.workdir / part):
            try:
                state = candidate.stat()
            except (OSError, ValueError):
                continue
            path = self.shown(candidate)
            what = self._unfit(candidate, state)
            if what:
                remedy = (
                    "name the file itself." if stat.S_ISDIR(state.st_mode) else "name another file, or mend this one."
                )
                ledger.refuse(place, column, f"{quote(part, 200)} {what}.", "", remedy)
                return ""
            self.identity[path] = (state.st_dev, state.st_ino)
            return path
        where = "in the folder of the sheet or in the working directory"
        if Path(part).is_absolute():
            where = "at this path"
        cause = "it is a link to a file that is gone" if os.path.islink(folder / part) else ""  # noqa: PTH114 - never raises
        ledger.refuse(place, column, f"there is no file {quote(part, 200)} {where}.", cause, "correct the path.")
        return ""

    def shown(self, path: Path) -> str:
        """The path as results name it: relative where it lies inside the working directory."""
        text = os.path.normpath(path) if ".." not in path.parts else str(path)
        inside = os.path.normpath(self.workdir) + os.sep
        return text.removeprefix(inside)

    @staticmethod
    def _unfit(path: Path, state: os.stat_result) -> str:
        """Why something that is there cannot be read as a file; "" if it can."""
        if stat.S_ISDIR(state.st_mode):
            return "is a folder"
        if not stat.S_ISREG(state.st_mode):
            return "is not a regular file"  # a pipe would block the run
        if state.st_size == 0:
            return "is an empty file"
        if not os.access(path, os.R_OK):
            return "cannot be read: permission denied"
        return ""
