"""What is kept for reuse while a file is read changes nothing: the same bytes come out with nothing kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from acquired.intake import lines, normalize_files, sample
from acquired.intake.readings import Layout
from acquired.intake.records import Reader
from acquired.model import Specimen
from acquired.reference import Reference
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
GENOMES = {build: Reference.open(ROOT / "resources", build) for build in ("GRCh37", "GRCh38")}

#: How each caller is known, and a FORMAT of its records.
CALLERS = {
    "mutect2": ("##source=Mutect2", "GT:AD:AF:DP:SB"),
    "phased": ("##source=Mutect2", "GT:AD:AF:DP:PGT:PID:FT"),
    "strelka": ("##source=strelka", "DP:AU:CU:GU:TU"),
    "lofreq": ("##source=lofreq", "GT:DP"),
    "vardict": ("##source=VarDict", "GT:VD:DP:AF:RD:ALD"),
    "somaticsniper": ("##source=somaticsniper", "GT:DP4:BCOUNT"),
    "clairs": ("##source=ClairS", "GT:AD:NAD:NDP:DP:AF"),
    "unknown": ("##made=up", "GT:AD:DP:VAF"),
}
#: Few values for each key, so that records repeat what others have said; some that cannot be believed.
VALUES = {
    "GT": ["0/1", "0|1", "0/0", "./.", "1/2", "."],
    "AD": ["20,10", "30,0", "20,10,5", "7", ".", "-1,4", "x"],
    "DP": ["30", "30", "12", ".", "1e9", "-3"],
    "AF": ["0.333", "0.900", "0.5,0.1", ".", "33%"],
    "SB": ["10,10,5,5", ".", "1,2"],
    "DP4": ["10,10,5,5", "."],
    "FT": ["PASS", "low", "."],
    "PGT": ["0|1", "."],
    "PID": ["100_A_C", "."],
    "BCOUNT": ["20,10,0,0", "0,0,5,25"],
}
RECORD = st.tuples(
    st.sampled_from(["chr7", "7", "chr8"]),
    st.sampled_from([1_000_000, 1_000_200, 55_181_378, 55_181_379]),
    st.sampled_from(["A", "C", "G", "T", "CT", "a", "C,T", "<NON_REF>", "A,<*>"]),
    st.sampled_from(["PASS", "germline", "RefCall", "normal", "."]),
    st.sampled_from([".", "DP4=3,3,2,2;DP=10", "AD=5,5;DP=10"]),
    st.integers(0, 2**16),
)


def _value(key: str, choice: int) -> str:
    listed = VALUES.get(key, ["10,9", "4,4", "3", "."])
    return listed[(choice * 31 + len(key) * 7) // 3 % len(listed)]


def _calls(caller: str, samples: list[str], records: list[tuple[Any, ...]]) -> str:
    known, keys = CALLERS[caller]
    rows = ["##fileformat=VCFv4.2", known, "##contig=<ID=chr7,length=159345973>"]
    rows.append("\t".join(["#CHROM POS ID REF ALT QUAL FILTER INFO FORMAT".replace(" ", "\t"), *samples]))
    for chrom, pos, alt, filters, info, choice in records:
        base = GENOMES["GRCh38"].fetch("chr7", pos, pos) if chrom != "chr8" else "N"
        ref = "G" if base == "N" else base
        columns = [":".join(_value(key, choice % 97 + i) for key in keys.split(":")) for i in range(len(samples))]
        rows.append("\t".join([chrom, str(pos), ".", ref, alt, ".", filters, info, keys, *columns]))
    return "\n".join(rows) + "\n"


def _written(folder: Path, calls: Path) -> tuple[bytes, ...]:
    specimen = Specimen("P", "TUMOR", (str(calls),), build="GRCh38")
    outs = [folder / name for name in ("out.bcf", "depth.bed.gz", "told.json")]
    normalize_files(specimen, ROOT / "resources", GENOMES, *outs)
    return tuple(out.read_bytes() for out in outs)


class _Forgetful(dict[Any, Any]):
    """Keeps nothing."""

    def __setitem__(self, key: Any, value: Any) -> None:
        pass


@given(caller=st.sampled_from(sorted(CALLERS)), pair=st.booleans(), records=st.lists(RECORD, max_size=40))
@example(caller="mutect2", pair=False, records=[("chr7", 1_000_000, "A", "PASS", ".", 0)] * 5)
@example(caller="mutect2", pair=True, records=[("chr7", 1_000_000, "A", "normal", ".", 0)] * 5)
@example(caller="mutect2", pair=False, records=[("chr7", pos, "A", "PASS", ".", 0) for pos in (9, 9, 159_345_974)])
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_kept_gives_the_same(
    caller: str, pair: bool, records: list[tuple[Any, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("quick")
    calls = folder / "calls.vcf"
    calls.write_text(_calls(caller, ["TUMOR", "NORMAL"] if pair else ["TUMOR"], records))
    usual = _written(folder, calls)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sample, "_KEPT", 1)
        assert _written(folder, calls) == usual
        own = Layout.__init__

        def forgetful(layout: Layout, *given: Any) -> None:
            own(layout, *given)
            layout.known = _Forgetful()

        patch.setattr(Layout, "__init__", forgetful)
        patch.setattr(Reader, "_usual", lambda reader, fields: False)
        assert _written(folder, calls) == usual


def test_the_short_way_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the test above would compare a thing with itself."""
    calls = tmp_path / "calls.vcf"
    calls.write_text(_calls("mutect2", ["TUMOR"], [("chr7", 1_000_000, "A", "PASS", ".", 0)] * 5))
    taken: list[bool] = []
    own = Reader._usual
    monkeypatch.setattr(Reader, "_usual", lambda reader, fields: taken.append(own(reader, fields)) or taken[-1])
    _written(tmp_path, calls)
    assert taken == [False, True, True, True, True]


@pytest.mark.parametrize("size", range(1, 14))
def test_lines_are_whole_wherever_a_block_ends(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = tmp_path / "calls.vcf"
    calls.write_bytes(b"##a\r\nb\tc\n\nd\r\r\n\re\xe9\nlast\r")
    monkeypatch.setattr(lines, "_BLOCK", size)
    assert list(lines.read_lines(calls)) == ["##a", "b\tc", "", "d", "\re\xe9", "last"]
