"""What several tests of the reference room share."""

from __future__ import annotations

import subprocess
import sys

_CSQ = "import sys; from pysam import bcftools; bcftools.csq(*sys.argv[1:], catch_stdout=False)"


def run_csq(*arguments: str) -> None:
    """`bcftools csq` in a process of its own: within one it remembers where its last run ended."""
    subprocess.run([sys.executable, "-c", _CSQ, *arguments], check=True, capture_output=True)
