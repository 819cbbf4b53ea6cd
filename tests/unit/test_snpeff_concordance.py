"""Our names beside SnpEff's (Debian) on the same transcripts: no difference without a reason, no name of ours wrong.

bench/snpeff.py measures and reports the same on many more alleles; here a small sample with a seed of its own.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
sys.path.insert(0, str(BENCH))
import snpeff  # noqa: E402
from snpeff_database import program  # noqa: E402
from snpeff_tally import ALL, PUBLISHED, WORDS, Tally, says  # noqa: E402

pytestmark = pytest.mark.heavy


@pytest.mark.skipif(program() is None, reason="snpEff is not here (Debian: apt-get install snpeff)")
def test_every_difference_from_snpeff_has_its_reason(tmp_path: Path) -> None:
    tally = Tally()
    run = snpeff.run(tmp_path, "GRCh38", 12, 2026, tally)
    assert tally.unexplained == []
    assert tally.wrong == []
    assert run.transcripts > 350 and tally.pairs[ALL] > 4_000 and tally.pairs[PUBLISHED] > 600
    for field, least in (("consequence", 0.95), ("hgvs_c", 0.95), ("hgvs_p", 0.85)):  # alike without any reason
        assert tally.same[ALL, field] > least * tally.pairs[ALL], field


def test_every_reason_in_words_is_one_that_can_be_given() -> None:
    source = ast.parse((BENCH / "snpeff_reasons.py").read_text(encoding="utf-8"))
    given: set[str] = set()
    for node in ast.walk(source):
        if isinstance(node, ast.Return) and node.value is not None:
            given |= {n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    assert {key for field, key in WORDS if field != "unpaired"} <= given


def test_without_snpeff_the_section_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snpeff, "program", lambda: None)
    assert "snpEff is not here" in snpeff.section(tmp_path)


def test_a_wrong_name_is_found() -> None:
    assert says("MAGK*", "p.(Gly3Arg)", "MARK*")
    assert not says("MAGK*", "p.(Gly3Arg)", "MAGK*")
    assert says("MAGK*", "p.(Gly3ArgfsTer2)", "MAR*")
    assert not says("MAGK*", "p.(Gly3ArgfsTer3)", "MAR*")
    assert says("MAGK*", "p.(Ter5GluextTer1)", "MAGKE*")
