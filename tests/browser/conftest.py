"""A real browser (Debian's Chromium, through Playwright) and the pages of the scenarios."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RESOURCES = ROOT / "resources"
CASES = ROOT / "tests" / "cases" / "report"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-quic",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"needs {CHROMIUM} (apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each scenario's page in English, one in German, and the cohort's page."""
    from acquired.report import write_cohort, write_report

    folder = tmp_path_factory.mktemp("pages")
    found, results = {}, []
    for case in sorted(CASES.glob("*/result.json")):
        result = folder / "patients" / case.parent.name / "result.json"
        result.parent.mkdir(parents=True)
        shutil.copy(case, result)
        results.append(result)
        found[case.parent.name] = result.with_name("report.html")
        write_report(result, found[case.parent.name], RESOURCES, {})
    found["german"] = folder / "german.html"
    write_report(results[0], found["german"], RESOURCES, {"language": "de"})
    found["cohort"] = folder / "cohort" / "index.html"
    write_cohort(results, found["cohort"], folder / "cohort" / "findings.tsv", RESOURCES, {})
    return found


def run_workflow(workdir: Path, *arguments: str) -> Path:
    """Run the real workflow in `workdir` with its own sheets, if any; its results folder. Refusals make it fail."""
    (workdir / "config").mkdir(exist_ok=True)
    shutil.copy(ROOT / "config" / "config.yaml", workdir / "config")
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory", str(workdir)]
    environment = {**os.environ, "XDG_CACHE_HOME": str(workdir / ".cache")}
    done = subprocess.run(
        [*command, "--cores", "2", *arguments],
        capture_output=True, text=True, cwd=workdir, env=environment, check=False,
    )  # fmt: skip
    assert (workdir / "results" / "cohort" / "index.html").is_file(), done.stderr[-3000:]
    return workdir / "results"


@pytest.fixture(scope="session")
def workflow() -> Callable[..., Path]:
    """`run_workflow`, for tests that bring their own sheets."""
    return run_workflow


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, pages: dict[str, Path]) -> Path:
    """The results folder of the demo cohort, run once; its pages join `pages` as demo/<patient> and demo/cohort.

    ACQUIRED_DEMO names the working directory of a run that is already there, for whoever works on the pages.
    """
    done = os.environ.get("ACQUIRED_DEMO")
    workdir = Path(done) if done else tmp_path_factory.mktemp("demo")
    results = workdir / "results" if done else run_workflow(workdir, "--config", "demo=true")
    pages["demo/cohort"] = results / "cohort" / "index.html"
    for page in (results / "patients").glob("*/report.html"):
        pages[f"demo/{page.parent.name}"] = page
    return results


@pytest.fixture
def visit(browser: Any, pages: dict[str, Path]) -> Iterator[Any]:
    """Opens a page; at the end of the test there may have been no console message and no request but for the file."""
    contexts, complaints = [], []

    def open_page(name: str, fragment: str = "", size: tuple[int, int] = (1280, 800), **options: Any) -> Any:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on(
            "request",
            lambda r: None if r.url.startswith(("file:", "data:")) else complaints.append(f"request: {r.url}"),
        )
        page.goto(pages[name].as_uri() + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, installed by npm into a temporary folder; the test is skipped without npm or network."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm (apt-get install npm) to install axe-core")
    folder = tmp_path_factory.mktemp("axe")
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), "axe-core@4"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        pytest.skip(f"npm could not install axe-core: {done.stderr.strip().splitlines()[-1:] or sys.platform}")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
