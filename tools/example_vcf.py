"""The demo cohort's VCFs as three callers write them: Mutect2, VarDict and FreeBayes.

Only text is made here; tools/make_example.py decides what is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

SYNTHETIC = "##source_of_data=synthetic demo cohort of acquired: no patient, specimen or read is real"

_MUTECT2 = """\
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Allelic depths for the ref and alt alleles">
##FORMAT=<ID=AF,Number=A,Type=Float,Description="Allele fractions of alternate alleles in the tumor">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Approximate read depth (filtered)">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=MIN_DP,Number=1,Type=Integer,Description="Minimum DP observed within the GVCF block">
##FORMAT=<ID=PGT,Number=1,Type=String,Description="Physical phasing haplotype information">
##FORMAT=<ID=PID,Number=1,Type=String,Description="Physical phasing ID information">
##FORMAT=<ID=PS,Number=1,Type=Integer,Description="Phasing set (position of its first variant)">
##FORMAT=<ID=SB,Number=4,Type=Integer,Description="Per-sample component statistics to detect strand bias.">
##INFO=<ID=DP,Number=1,Type=Integer,Description="Approximate read depth; some reads may have been filtered">
##INFO=<ID=END,Number=1,Type=Integer,Description="Stop position of the interval">
##INFO=<ID=ECNT,Number=1,Type=Integer,Description="Number of events in this haplotype">
##INFO=<ID=POPAF,Number=A,Type=Float,Description="negative log 10 population allele frequencies of alt alleles">
##INFO=<ID=TLOD,Number=A,Type=Float,Description="Log 10 likelihood ratio score of variant existing">
##FILTER=<ID=PASS,Description="Site passes filters">
##FILTER=<ID=base_qual,Description="alt median base quality">
##FILTER=<ID=clustered_events,Description="Clustered events observed in the tumor">
##FILTER=<ID=germline,Description="Evidence indicates this site is germline, not somatic">
##FILTER=<ID=strand_bias,Description="Evidence for alt allele comes from one read direction only">
##FILTER=<ID=weak_evidence,Description="Mutation does not meet likelihood threshold">
##source=Mutect2
"""
_VARDICT = """\
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Total Depth">
##FORMAT=<ID=VD,Number=1,Type=Integer,Description="Variant Depth">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Allelic depths for the ref and alt alleles">
##FORMAT=<ID=AF,Number=A,Type=Float,Description="Allele Frequency">
##FORMAT=<ID=RD,Number=2,Type=Integer,Description="Reference forward, reverse reads">
##FORMAT=<ID=ALD,Number=2,Type=Integer,Description="Variant forward, reverse reads">
##INFO=<ID=SAMPLE,Number=1,Type=String,Description="Sample name (with whitespace translated to underscores)">
##INFO=<ID=TYPE,Number=1,Type=String,Description="Variant Type: SNV Insertion Deletion Complex">
##INFO=<ID=DP,Number=1,Type=Integer,Description="Total Depth">
##INFO=<ID=VD,Number=1,Type=Integer,Description="Variant Depth">
##INFO=<ID=AF,Number=A,Type=Float,Description="Allele Frequency">
##INFO=<ID=PMEAN,Number=1,Type=Float,Description="Mean position in reads">
##INFO=<ID=QUAL,Number=1,Type=Float,Description="Mean quality score in reads">
##INFO=<ID=SBF,Number=1,Type=Float,Description="Strand Bias Fisher p-value">
##INFO=<ID=SHIFT3,Number=1,Type=Integer,Description="No. of bases to be shifted to 3 prime">
##FILTER=<ID=q22.5,Description="Mean Base Quality Below 22.5">
##FILTER=<ID=p8,Description="Mean Position in Reads Less than 8">
##FILTER=<ID=Bias,Description="Strand Bias">
##FILTER=<ID=SN1.5,Description="Signal to Noise Less than 1.5">
##FILTER=<ID=f0.005,Description="Allele frequency < 0.005">
##source=VarDict_v1.8.3
"""
_FREEBAYES = """\
##source=freeBayes v1.3.6
##phasing=none
##INFO=<ID=NS,Number=1,Type=Integer,Description="Number of samples with data">
##INFO=<ID=DP,Number=1,Type=Integer,Description="Total read depth at the locus">
##INFO=<ID=AO,Number=A,Type=Integer,Description="Count of full observations of this alternate haplotype.">
##INFO=<ID=RO,Number=1,Type=Integer,Description="Count of full observations of the reference haplotype.">
##INFO=<ID=TYPE,Number=A,Type=String,Description="The type of allele, either snp, mnp, ins, del, or complex.">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Read Depth">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Number of observation for each allele">
##FORMAT=<ID=RO,Number=1,Type=Integer,Description="Reference allele observation count">
##FORMAT=<ID=QR,Number=1,Type=Integer,Description="Sum of quality of the reference observations">
##FORMAT=<ID=AO,Number=A,Type=Integer,Description="Alternate allele observation count">
##FORMAT=<ID=QA,Number=A,Type=Integer,Description="Sum of quality of the alternate observations">
##FORMAT=<ID=PS,Number=1,Type=Integer,Description="Phase set">
"""
HEADERS = {"mutect2": _MUTECT2, "vardict": _VARDICT, "freebayes": _FREEBAYES}


@dataclass(order=True)
class Call:
    """One allele in one file. reads: (alternative, depth) for each column, None where it has no data.

    end: last base of a reference block (then ref is its first base and alt is empty), reads then (0, depth).
    phase: position, reference and alternative (55181378_C_T) of the first allele of its molecule; empty if not phased.
    gvcf: the file has reference blocks.
    """

    rank: int
    pos: int
    ref: str
    alt: str
    reads: list[tuple[int, int] | None] = field(compare=False)
    filters: str = field(default="PASS", compare=False)
    phase: str = field(default="", compare=False)
    end: int = field(default=0, compare=False)
    gvcf: bool = field(default=False, compare=False)


def vcf_text(
    caller: str,
    contigs: Sequence[tuple[str, int]],
    assembly: str,
    columns: Sequence[str],
    tumours: Sequence[str],
    normal: str,
    calls: Iterable[Call],
) -> str:
    """A whole file. contigs: (name, length) by rank. columns: samples in order; tumours, normal: which are which."""
    lines = ["##fileformat=VCFv4.2", SYNTHETIC, HEADERS[caller].rstrip("\n")]
    lines += [f"##contig=<ID={name},length={length},assembly={assembly}>" for name, length in contigs]
    if caller == "mutect2":
        lines += [f"##tumor_sample={name}" for name in tumours]
        lines += [f"##normal_sample={normal}"] if normal else []
    lines.append("\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *columns]))
    write = {"mutect2": _mutect2, "vardict": _vardict, "freebayes": _freebayes}[caller]
    lines += ["\t".join([contigs[call.rank][0], *write(call, columns)]) for call in sorted(calls)]
    return "\n".join(lines) + "\n"


def _total(call: Call) -> tuple[int, int]:
    known = [counts for counts in call.reads if counts]
    return sum(k for k, _ in known), sum(n for _, n in known)


def _genotype(k: int, n: int, least: float = 0.0) -> str:
    return "0/0" if k == 0 or k < least * n else "1/1" if k > 0.9 * n else "0/1"


def _halves(k: int) -> tuple[int, int]:
    return k - k // 2, k // 2


def _mutect2(call: Call, columns: Sequence[str]) -> list[str]:
    k, n = _total(call)
    if call.end:
        depth = n // len(columns)
        columns_text = [f"0/0:{depth}:{depth - depth // 12}" for _ in columns]
        return [str(call.pos), ".", call.ref, "<NON_REF>", ".", ".", f"END={call.end}", "GT:DP:MIN_DP", *columns_text]
    info = f"DP={n};ECNT={2 if call.phase else 1};POPAF=5.60;TLOD={max(k * 2.4 - 4, 0.5):.2f}"
    keys = "GT:AD:AF:DP:SB"
    if call.phase:
        keys = "GT:AD:AF:DP:PGT:PID:PS:SB"
    cells = []
    for counts in call.reads:
        if counts is None:
            cells.append("./.")
            continue
        alt, depth = counts
        forward, backward = _halves(depth - alt)
        ahead, behind = _halves(alt)
        genotype = _genotype(alt, depth)
        # Mutect2's AF is a posterior mean, not AD/DP
        fraction = f"{(alt + 0.7) / (depth + 2.1):.3g}"
        values = [genotype, f"{depth - alt},{alt}", fraction, str(depth)]
        if call.gvcf:
            values[1:3] = [f"{depth - alt},{alt},0", f"{fraction},0.001"]
        if call.phase:
            values[0] = genotype.replace("/", "|")
            values += [genotype.replace("/", "|"), call.phase, call.phase.split("_")[0]]
        cells.append(":".join([*values, f"{forward},{backward},{ahead},{behind}"]))
    if call.gvcf:
        info = info.replace("POPAF=5.60", "POPAF=5.60,5.60") + ",-1.20"
    alternatives = f"{call.alt},<NON_REF>" if call.gvcf else call.alt
    return [str(call.pos), ".", call.ref, alternatives, ".", call.filters, info, keys, *cells]


def _kind(call: Call) -> str:
    if len(call.ref) == len(call.alt):
        return "SNV" if len(call.ref) == 1 else "Complex"
    return "Deletion" if len(call.ref) > len(call.alt) else "Insertion"


def _vardict(call: Call, columns: Sequence[str]) -> list[str]:
    k, n = _total(call)
    info = f"SAMPLE={columns[0]};TYPE={_kind(call)};DP={n};VD={k};AF={k / n:.4f};PMEAN=31.4;QUAL=36.2;SBF=1;SHIFT3=0"
    cells = []
    for counts in call.reads:
        alt, depth = counts or (0, 0)
        reference = max(depth - alt - depth // 400, 0)  # a few reads of other bases count into DP only
        forward, backward = _halves(reference)
        ahead, behind = _halves(alt)
        counted = f"{depth}:{alt}:{reference},{alt}:{alt / depth:.4f}"
        cells.append(f"{_genotype(alt, depth)}:{counted}:{forward},{backward}:{ahead},{behind}")
    return [
        str(call.pos),
        ".",
        call.ref,
        call.alt,
        str(min(60 + k, 400)),
        call.filters,
        info,
        "GT:DP:VD:AD:AF:RD:ALD",
        *cells,
    ]


def _freebayes(call: Call, columns: Sequence[str]) -> list[str]:
    k, n = _total(call)
    kind = {"SNV": "snp", "Complex": "mnp", "Deletion": "del", "Insertion": "ins"}[_kind(call)]
    info = f"NS={len(columns)};DP={n};AO={k};RO={n - k};TYPE={kind}"
    cells = []
    for counts in call.reads:
        alt, depth = counts or (0, 0)
        genotype = _genotype(alt, depth, 0.012)
        if call.phase:
            genotype = genotype.replace("/", "|")
        cells.append(f"{genotype}:{depth}:{depth - alt},{alt}:{depth - alt}:{(depth - alt) * 36}:{alt}:{alt * 36}")
    keys = "GT:DP:AD:RO:QR:AO:QA"
    if call.phase:
        keys += ":PS"
        cells = [f"{cell}:{call.phase.split('_')[0]}" for cell in cells]
    quality = "0" if call.filters != "PASS" else f"{max(k * 3.1 - 6, 1.5):.2f}"
    return [str(call.pos), ".", call.ref, call.alt, quality, ".", info, keys, *cells]
