"""The words of made-up call files: header and columns QUAL to sample as Mutect2 with FilterMutectCalls writes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HEADER = """##fileformat=VCFv4.2
##FILTER=<ID=FAIL,Description="All alleles fail, for different reasons">
##FILTER=<ID=PASS,Description="At least one allele passes">
##FILTER=<ID=base_qual,Description="Median base quality of the alternative">
##FILTER=<ID=clustered_events,Description="Clustered events in the tumour">
##FILTER=<ID=germline,Description="A germline variant">
##FILTER=<ID=multiallelic,Description="Too many alternatives">
##FILTER=<ID=orientation,Description="Read orientation">
##FILTER=<ID=slippage,Description="Contraction of a short repeat">
##FILTER=<ID=strand_bias,Description="Reads of one strand only">
##FILTER=<ID=weak_evidence,Description="Below the likelihood threshold">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Allelic depths of the reference and alternatives in order">
##FORMAT=<ID=AF,Number=A,Type=Float,Description="Allele fractions of alternatives in the tumour">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Read depth">
##FORMAT=<ID=F1R2,Number=R,Type=Integer,Description="Reads in F1R2 orientation for each allele">
##FORMAT=<ID=F2R1,Number=R,Type=Integer,Description="Reads in F2R1 orientation for each allele">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=SB,Number=4,Type=Integer,Description="Reads: reference forward, reverse, others forward, reverse">
##INFO=<ID=AS_FilterStatus,Number=A,Type=String,Description="Filters of each allele">
##INFO=<ID=AS_SB_TABLE,Number=1,Type=String,Description="Reads by allele and strand">
##INFO=<ID=DP,Number=1,Type=Integer,Description="Read depth">
##INFO=<ID=ECNT,Number=1,Type=Integer,Description="Events in this haplotype">
##INFO=<ID=GERMQ,Number=1,Type=Integer,Description="Quality that alternatives are not germline">
##INFO=<ID=MBQ,Number=R,Type=Integer,Description="Median base quality by allele">
##INFO=<ID=MFRL,Number=R,Type=Integer,Description="Median fragment length by allele">
##INFO=<ID=MMQ,Number=R,Type=Integer,Description="Median mapping quality by allele">
##INFO=<ID=MPOS,Number=A,Type=Integer,Description="Median distance from the end of the read">
##INFO=<ID=POPAF,Number=A,Type=Float,Description="Negative log 10 population allele frequencies">
##INFO=<ID=TLOD,Number=A,Type=Float,Description="Log 10 likelihood ratio of variant against none">
##MutectVersion=2.2
##source_of_data=made up for a benchmark: no patient, specimen or read is real
{contigs}
##source=FilterMutectCalls
##source=Mutect2
##tumor_sample={sample}
#CHROM	POS	ID	REF	ALT	QUAL	FILTER	INFO	FORMAT	{sample}
"""

#: Allele fraction (lowest, highest) and filters by kind of record; the filters are drawn with equal chance.
KINDS = {
    "one copy": ((0.5, 0.5), ("germline", "germline", "PASS")),
    "two copies": ((0.995, 0.995), ("germline", "germline", "PASS")),
    "tumour": ((0.05, 0.45), ("PASS",)),
    "artefact": ((0.01, 0.06), ("weak_evidence", "base_qual;strand_bias", "orientation", "slippage")),
    "multiallelic": ((0.4, 0.4), ("multiallelic", "germline;multiallelic")),
}


@dataclass
class Records:
    """Sites: columns CHROM to ALT as text with a tab at the end, and whether there are two alternatives."""

    texts: list[str]
    multiallelic: np.ndarray


def records(rng: np.random.Generator, kind: str, depth: int, count: int) -> list[str]:
    """`count` texts of the columns QUAL to sample, with line end: for records of one kind, at about this depth."""
    bounds, filters = KINDS[kind]
    depths = np.maximum(rng.normal(depth, depth / 6, count).astype(int), 8)
    fractions = rng.uniform(*bounds, count)
    made = []
    for index in range(count):
        total = int(depths[index])
        alts = [max(2, int(rng.binomial(total, fractions[index])))]
        if kind == "multiallelic":
            alts.append(max(1, total // 3))
        made.append(_record(rng, str(rng.choice(filters)), total, alts))
    return made


def _record(rng: np.random.Generator, filters: str, total: int, alts: list[int]) -> str:
    """One text. total: reads; alts: of these, reads of each alternative."""
    counts = [max(0, total - sum(alts)), *alts]
    total = sum(counts)
    forward = [int(rng.binomial(n, 0.5)) for n in counts]
    first = [int(rng.binomial(n, 0.5)) for n in counts]
    several = len(counts)

    def each(low: int, high: int, n: int = several) -> str:
        return ",".join(str(int(v)) for v in rng.integers(low, high, n))

    info = ";".join(
        (
            "AS_FilterStatus=" + "|".join(["SITE"] * len(alts)),
            "AS_SB_TABLE=" + "|".join(f"{f},{n - f}" for f, n in zip(forward, counts, strict=True)),
            f"DP={total + int(rng.integers(0, 9))}",
            f"ECNT={int(rng.integers(1, 4))}",
            f"GERMQ={int(rng.integers(1, 94))}",
            f"MBQ={each(30, 39)}",
            f"MFRL={each(150, 380)}",
            "MMQ=" + ",".join(["60"] * several),
            f"MPOS={each(15, 50, len(alts))}",
            "POPAF=" + ",".join(f"{v:.2f}" for v in rng.uniform(0.3, 7.3, len(alts))),
            "TLOD=" + ",".join(f"{n * 3.2 + float(rng.random()):.2f}" for n in alts),
        )
    )
    sample = ":".join(
        (
            "/".join(str(number) for number in range(several)),
            ",".join(map(str, counts)),
            ",".join(f"{n / total:.3f}" for n in alts),
            str(total),
            ",".join(map(str, first)),
            ",".join(str(n - f) for n, f in zip(counts, first, strict=True)),
            f"{forward[0]},{counts[0] - forward[0]},{sum(forward[1:])},{sum(alts) - sum(forward[1:])}",
        )
    )
    return f".\t{filters}\t{info}\tGT:AD:AF:DP:F1R2:F2R1:SB\t{sample}\n"
