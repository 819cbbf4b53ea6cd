"""What is known of a specimen beside its own records: alignments read back, reference blocks, a coverage file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acquired.compare.depth import DepthTrack
from acquired.compare.stats import clopper_pearson_upper

if TYPE_CHECKING:
    from acquired.reads.table import ReadCounts

#: Names of sources in observations and accounts.
ALIGNMENTS, COVERAGE = "alignments", "coverage file"

#: Least bases read of a substitution class from which its error rate is taken; the bound is then at most 3 in 10,000.
_ENOUGH = 10_000

#: What a coverage account says of places outside its rows where the file lists all that was looked at.
_ALL_LISTED = "not assessed"


@dataclass
class Looked:
    """The opened sources of one specimen. Depth tracks are read once, in order of place.

    reads: alleles counted in the alignments. blocks: what the call file says of places without a variant. coverage: a
    depth file's rows. all_listed: the depth file lists all that was looked at. rates: error rate of a substitution
    class (`C>T` stands for G>A too), the upper 95 % bound of what the specimen's own alignments show.
    """

    reads: ReadCounts | None = None
    blocks: DepthTrack | None = None
    coverage: DepthTrack | None = None
    all_listed: bool = False
    rates: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Sources:
    """Where the sources of one specimen lie; None where its sheet row names none of the kind.

    reads, coverage: `<specimen>.reads.tsv.gz` and `.coverage.bed.gz`, whose accounts lie beside them as `.json`.
    """

    blocks: Path
    reads: Path | None = None
    coverage: Path | None = None

    @classmethod
    def of(cls, files: Mapping[str, str], stem: str) -> Sources:
        """files: what the sheet row names. stem: path of the specimen's results without an ending."""

        def made(kind: str, ending: str) -> Path | None:
            path = Path(stem + ending)
            return path if files.get(kind) and path.exists() else None

        blocks = Path(f"{stem}.depth.bed.gz")
        return cls(blocks, made("alignments", ".reads.tsv.gz"), made("depth", ".coverage.bed.gz"))

    def accounts(self) -> dict[str, dict[str, Any]]:
        """The accounts of alignments and coverage file, by the source's name in observations."""
        found = {}
        for name, path in ((ALIGNMENTS, self.reads), (COVERAGE, self.coverage)):
            if path is not None:
                account = Path(str(path).replace(".tsv.gz", ".json").replace(".bed.gz", ".json"))
                found[name] = json.loads(account.read_text(encoding="utf-8"))
        return found

    def all_listed(self) -> bool:
        """Whether there is a depth file that lists all that was looked at."""
        if self.coverage is None:
            return False
        return bool(self.accounts()[COVERAGE].get("outside") == _ALL_LISTED)

    def open(self, ranks: Mapping[str, int]) -> Looked:
        """The sources, opened. ranks: the place of each contig in the order of the records."""
        looked = Looked(blocks=DepthTrack.open(self.blocks, ranks))
        if self.coverage is not None:
            looked.coverage = DepthTrack.open(self.coverage, ranks)
            looked.all_listed = self.all_listed()
        if self.reads is not None:
            from acquired.reads.table import load  # the room costs an import that most patients do not need

            looked.reads = load(self.reads)
            looked.rates = {
                change: clopper_pearson_upper(rate.errors, rate.bases)
                for change, rate in looked.reads.errors.items()
                if rate.bases >= _ENOUGH
            }
        return looked
