"""Makes the pictures of the demo cohort's pages in docs/, and tells whether those there are current.

    python tools/screenshots.py [WORKDIR]          makes them (WORKDIR: where a finished run of the demo cohort lies)
    python tools/screenshots.py --check [WORKDIR]  fails if the text on a picture is no longer the text of its page

docs/pictures.tsv holds, for each picture, the SHA-256 of the text that its part of the page had: text is the same
on every machine, pixels are not. Without WORKDIR the demo cohort is run first. Needs Debian's chromium and Playwright.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
LEDGER = DOCS / "pictures.tsv"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
MOST = 300_000  # bytes of a picture


@dataclass(frozen=True)
class Picture:
    """A picture of a page: of the first screen (part ""), or of one element; `texts`: what of the page it must tell."""

    name: str
    page: str
    width: int
    height: int
    part: str
    texts: tuple[str, ...]


HEAD = ("h1", ".disease", ".alarm", ".times", "#verdicts")
PICTURES = (
    Picture("report.png", "patients/EGFR-L858R/report.html", 1280, 860, "", HEAD),
    Picture("report-findings.png", "patients/EGFR-L858R/report.html", 1280, 900, ".drug", (".drug",)),
    Picture("report-course.png", "patients/EGFR-L858R/report.html", 1280, 900, ".plot", (".plot",)),
    Picture("report-sites.png", "patients/GIST-TWO-SITES/report.html", 1280, 900, "#course", ("#course",)),
    Picture("report-swapped.png", "patients/SWAPPED-TUBES/report.html", 1280, 700, "", HEAD),
    Picture("report-phone.png", "patients/EGFR-L858R/report.html", 390, 844, "", HEAD),
    Picture("cohort.png", "cohort/index.html", 1280, 1000, "", ("h1", ".disease", "#verdicts")),
)


def text_of(page: Any, picture: Picture) -> str:
    """The SHA-256 of what the picture's part of an opened page says."""
    script = "(css) => [...document.querySelectorAll(css)].slice(0, 1).map((e) => e.textContent).join('')"
    texts = [" ".join(page.evaluate(script, css).split()) for css in picture.texts]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def ledger() -> dict[str, str]:
    """Picture -> digest of its text, as docs/pictures.tsv has it."""
    if not LEDGER.is_file():
        return {}
    return dict(line.split("\t") for line in LEDGER.read_text(encoding="utf-8").splitlines()[1:])


def stale(browser: Any, results: Path) -> list[str]:
    """Pictures that are missing or whose page says something else by now."""
    known, out = ledger(), []
    for picture in PICTURES:
        page = browser.new_page(viewport={"width": picture.width, "height": picture.height})
        page.goto((results / picture.page).as_uri())
        if not (DOCS / picture.name).is_file() or known.get(picture.name) != text_of(page, picture):
            out.append(picture.name)
        page.close()
    return out


def make(browser: Any, results: Path) -> None:
    """Every picture, and the ledger of their texts."""
    lines = ["picture\tsha256 of its text"]
    for picture in PICTURES:
        page = browser.new_page(viewport={"width": picture.width, "height": picture.height}, color_scheme="light")
        page.goto((results / picture.page).as_uri())
        path = DOCS / picture.name
        (page.locator(picture.part).first if picture.part else page).screenshot(path=str(path))
        if path.stat().st_size > MOST:
            sys.exit(f"{path.name} has {path.stat().st_size:,} bytes, more than {MOST:,}: show less of the page")
        lines.append(f"{picture.name}\t{text_of(page, picture)}")
        page.close()
    LEDGER.write_text("\n".join(lines) + "\n", encoding="utf-8")


def run_demo(workdir: Path) -> None:
    """The demo cohort, in `workdir`."""
    (workdir / "config").mkdir(exist_ok=True)
    shutil.copy(ROOT / "config" / "config.yaml", workdir / "config")
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory", str(workdir)]
    subprocess.run([*command, "--cores", "2", "--config", "demo=true"], check=True, cwd=workdir)


def main(arguments: list[str]) -> int:
    """Make or check the pictures; 1 if a check fails."""
    from playwright.sync_api import sync_playwright

    check = "--check" in arguments
    given = [a for a in arguments if a != "--check"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        workdir = Path(given[0]).resolve() if given else Path(folder)
        if not given:
            run_demo(workdir)
        browser = started.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        if check:
            old = stale(browser, workdir / "results")
            print("\n".join(f"not current: docs/{name}" for name in old) or "all pictures are current")
        else:
            make(browser, workdir / "results")
            old = []
        browser.close()
    return bool(old)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
