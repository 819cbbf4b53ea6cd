"""What is kept for reuse while alleles go by changes nothing: the same bytes come out with nothing kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import compare_kit as kit
import pytest
from acquired.compare import observe, stream
from acquired.compare.observe import Observer
from acquired.compare.stream import Stream
from acquired.model import Specimen, Therapy
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

DAYS = {"pre": (0, 0), "lung": (300, 1), "liver": (300, 1)}
SPECIMENS = [Specimen("p1", name, (f"{name}.vcf",), day=day, order=order) for name, (day, order) in DAYS.items()]
DRUG = [Therapy("p1", "erlotinib", "Tarceva", 10, 380)]
#: Few values, so that rows repeat what others have said.
COLUMNS = st.tuples(
    st.sampled_from(["PASS", "weak", "weak;strand", "."]),
    st.sampled_from(
        [".", "OUTSIDE", "OUTSIDE", "GIVEN=1:5:AG:CG", "GIVEN=1:9:A:C;OUTSIDE", "NORMAL_DP=30;NORMAL_AC=1"]
    ),
    st.sampled_from(["0/1", "0/0", "0|1", "./."]),
    st.sampled_from(["40:20,20:0.5", "40:40,0:0", "8:7,1:0.125", "400:399,1:0.0025", ".:.:.", "40:.,.:0.25"]),
    st.sampled_from([":.:.", ":7:.", ":.:10,10,9,11"]),
)
ALLELE = st.tuples(st.integers(5, 12), st.sampled_from(["A>C", "A>G", "AT>CG", "AT>A", "A>AT"]))
#: Rows of few different columns, so that many differ in one specimen alone.
PATIENT = st.lists(st.none() | COLUMNS, min_size=2, max_size=4).flatmap(
    lambda few: st.dictionaries(ALLELE, st.tuples(*[st.sampled_from(few) for _ in DAYS]), min_size=8, max_size=40)
)


def _called(counts: str) -> tuple[str, ...]:
    return ("PASS", ".", "0/1", counts, ":.:.")


SAME_DEPTH = [_called(counts) for counts in ("40:20,20:0.5", "40:39,1:0.025", "40:1,39:0.975")]


def _normalized(folder: Path, number: int, alleles: dict[Any, Any], depth: str) -> Path:
    lines = []
    for (pos, change), columns in sorted(alleles.items()):
        if (own := columns[number]) is not None:
            ref, _, alt = change.partition(">")
            filters, info, gt, counts, more = own
            lines.append(
                f"chr1\t{pos}\t.\t{ref}\t{alt}\t.\t{filters}\t{info}\tGT:DP:AD:VAF:KEY:PS:SB\t{gt}:{counts}:AD/DP{more}\n"
            )
    return kit.normalized(folder, list(DAYS)[number], "".join(lines), depth)


def _written(folder: Path, files: dict[str, Path]) -> tuple[bytes, bytes]:
    kit.run(folder, SPECIMENS, DRUG, files)
    return (folder / "compared.bcf").read_bytes(), (folder / "compared.json").read_bytes()


class _Forgetful(dict[Any, Any]):
    """Keeps nothing."""

    def __setitem__(self, key: Any, value: Any) -> None:
        pass


@given(alleles=PATIENT)
@example(alleles={(5 + i, "A>C"): (own, _called("400:399,1:0.0025"), None) for i, own in enumerate(SAME_DEPTH)})
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_kept_gives_the_same(alleles: dict[Any, Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("quick")
    files = {name: _normalized(folder, i, alleles, "chr1\t0\t9\t60\n" * (i == 1)) for i, name in enumerate(DAYS)}
    usual = _written(folder, files)
    with pytest.MonkeyPatch.context() as patch:
        for module in (observe, stream):
            patch.setattr(module, "_KEPT", 2)
        assert _written(folder, files) == usual
        for kind, attributes in ((Observer, ["_records", "_depths"]), (Stream, ["_judged", "_told"])):
            _forget(patch, kind, attributes)
        assert _written(folder, files) == usual


def _forget(patch: pytest.MonkeyPatch, kind: type, attributes: list[str]) -> None:
    own = kind.__init__

    def forgetful(self: Any, *given: Any, **named: Any) -> None:
        own(self, *given, **named)
        for attribute in attributes:
            assert getattr(self, attribute) == {}
            setattr(self, attribute, _Forgetful())

    patch.setattr(kind, "__init__", forgetful)
