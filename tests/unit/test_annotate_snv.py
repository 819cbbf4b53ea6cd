"""Every possible SNV of every bundled coding sequence against a translation of its own."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor

import pytest
from acquired.annotate import Annotator
from acquired.model import Allele
from annotate_oracle import NAMES, PAIR, TABLE, Model, reference, residues

BUILDS = ("GRCh38", "GRCh37")


def expected(model: Model, i: int, base: str) -> tuple[str, str, str] | None:
    """(c. name, 1-letter protein change, p. name) of coding base i (0-based) changed to `base`."""
    cds, k = model.coding, i // 3
    old = cds[3 * k : 3 * k + 3]
    new = old[: i % 3] + base + old[i % 3 + 1 :]
    name = f"c.{i + 1}{cds[i]}>{base}"
    if k == 0:
        return name, "M1?", "p.(Met1?)"
    if old not in TABLE:
        return None
    before, after, number = TABLE[old], TABLE[new], k + 1
    if before == after:
        return name, f"{before}{number}=", f"p.({NAMES[before]}{number}=)"
    if before == "*":
        tail = residues(new + model.rna[model.first + 3 * k + 3 :])
        count = str(len(tail) - 1) if tail.endswith("*") else "?"
        return name, f"*{number}{after}ext*{count}", f"p.(Ter{number}{NAMES[after]}extTer{count})"
    return name, f"{before}{number}{after}", f"p.({NAMES[before]}{number}{NAMES[after]})"


def check_gene(build: str, gene: str, step: int = 1) -> tuple[int, list[str]]:
    """Names every `step`-th SNV of a gene's coding sequences; how many, and what differs."""
    ref = reference(build)
    annotator = Annotator(ref)
    checked, wrong = 0, []
    for transcript in ref.transcripts(gene):
        if not transcript.cds_start or transcript.bases == "none":
            continue
        model = Model(transcript, build)
        for n in range(0, 3 * len(model.coding), step):
            i, which = divmod(n, 3)
            base = model.coding[i]
            if base == "N":
                continue
            new = [b for b in "ACGT" if b != base][which]
            want = expected(model, i, new)
            pos = model.positions[model.first + i]
            pair = (base, new) if model.forward else (PAIR[base], PAIR[new])
            said = annotator.annotate(Allele(transcript.chrom, pos, *pair))
            got = [a for a in said if a.transcript == transcript.name and a.transcript_ensembl == transcript.ensembl]
            if want is None:
                if len(got) != 1 or got[0].protein:
                    wrong.append(f"{transcript.name} {i}: a protein change without bases: {got}")
                continue
            checked += 1
            if len(got) != 1 or (got[0].hgvs_c, got[0].protein, got[0].hgvs_p) != want:
                wrong.append(f"{gene} {transcript.name} {pos}{pair}: {want} {got}")
    return checked, wrong


def one(task: tuple[str, str]) -> tuple[int, list[str]]:
    return check_gene(*task)


@pytest.mark.parametrize("build", BUILDS)
def test_a_sample_of_all_snvs(build: str) -> None:
    checked, wrong = 0, []
    for gene in reference(build).genes[::2]:
        n, bad = check_gene(build, gene, 211)
        checked, wrong = checked + n, wrong + bad
    assert not wrong, wrong[:5]
    assert checked > 4000


@pytest.mark.heavy
@pytest.mark.parametrize("build", BUILDS)
def test_every_snv(build: str) -> None:
    tasks = [(build, gene) for gene in reference(build).genes]
    with ProcessPoolExecutor(2) as pool:
        results = list(pool.map(one, tasks, chunksize=8))
    wrong = [line for _, lines in results for line in lines]
    assert not wrong, (len(wrong), wrong[:10])
    assert sum(n for n, _ in results) > 2_300_000
