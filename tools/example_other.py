"""The demo cohort's other files: copy number, fusions and splice forms, expression, as real programs write them.

Only text is made here, from what a story says; tools/make_example.py writes it. All of it is synthetic.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from acquired.reference import Reference, Transcript
from acquired.reference.transcripts import read as read_transcripts

#: Bases around a changed gene that change with it, unless the story names another reach.
REACH = 300_000
Stretch = tuple[str, int, int, float]  # chromosome, first and last base (1-based), copies in the tumour cells


class Others:
    """The other files of one patient. draw: chance that depends on its key alone."""

    def __init__(self, name: str, story: Mapping[str, Any], reference: Reference, dialects: Path, draw: Any):
        self.name, self.story, self.reference, self.draw = name, story, reference, draw
        partners = read_transcripts(dialects / f"fusions_partners.{reference.build}.tsv")
        self.partners = {t.gene: t for t in partners}

    def transcript(self, gene: str) -> Transcript:
        """A gene of the bundle or one of the usual fusion partners."""
        found = self.reference.clinical(gene) or self.partners.get(gene)
        if found is None:
            raise SystemExit(f"{self.name}: {gene} has no transcript")
        return found

    def files(self) -> Iterator[tuple[str, str, str, str]]:
        """(specimen, column of the sheet, file name, text) of each file; a matrix comes once for each specimen."""
        specimens = self.story["specimens"]
        for number, specimen in enumerate(specimens):
            stem = f"{self.name}.{specimen['id']}"
            if given := self.story.get("copy_number"):
                text, ending = self.copy_number(given, specimen, number)
                yield specimen["id"], "copy_number", f"{stem}.{ending}", text
            if given := self.story.get("fusions"):
                text, ending = self.fusions(given, specimen, number)
                yield specimen["id"], "fusions", f"{stem}.{ending}", text
            if given := self.story.get("expression"):
                yield specimen["id"], "expression", f"{self.name}.tpm.tsv", self.expression(given, specimens)

    # ---- copy number ----

    def copy_number(self, given: Mapping[str, Any], specimen: Mapping[str, Any], number: int) -> tuple[str, str]:
        """The file of one specimen in the format that the story names, and the ending of its name."""
        stretches = list(self.stretches(given, number))
        rows = []
        for chrom, start, end, copies in stretches:
            normal = 1 if chrom in ("chrX", "chrY") and given.get("male") else 2
            ratio = (specimen["tumour"] * copies + (1 - specimen["tumour"]) * normal) / normal
            noise = 0.03 * (2 * self.draw(self.name, specimen["id"], "copies", chrom, start).random() - 1)
            rows.append((chrom, start, end, copies, math.log2(max(ratio, 0.02)) + noise))
        column = f"{self.name}_{specimen['id']}"
        return _FORMATS[given["format"]](rows, column)

    def stretches(self, given: Mapping[str, Any], number: int) -> Iterator[Stretch]:
        """Each chromosome from end to end, cut at the changed genes."""
        reach = given.get("reach", REACH)
        changed: dict[str, list[Stretch]] = {}
        for gene, copies in given["copies"].items():
            t = self.transcript(gene)
            changed.setdefault(t.chrom, []).append((t.chrom, t.start - reach, t.end + reach, copies[number]))
        for chrom, length in self.reference.contigs.items():
            if chrom in ("chrM", "chrY"):
                continue
            normal = 1.0 if chrom == "chrX" and given.get("male") else 2.0
            place = 10_001
            for _, start, end, copies in sorted(changed.get(chrom, [])):
                yield chrom, place, start - 1, normal
                yield chrom, start, end, float(copies)
                place = end + 1
            yield chrom, place, length - 10_000, normal

    # ---- fusions and splice forms ----

    def fusions(self, given: Mapping[str, Any], specimen: Mapping[str, Any], number: int) -> tuple[str, str]:
        """The file of one specimen, and the ending of its name."""
        kind = given["format"][number]
        if kind == "splice":
            lines = ["gene\tevent\treads"]
            lines += [f"{name.partition(' ')[0]}\t{name.partition(' ')[2]}\t{reads[number]}"
                      for name, reads in given["splice"].items()]  # fmt: skip
            return "\n".join(lines) + "\n", "splice.tsv"
        joined = [(*name.split("::"), *given["exons"][name], reads[number]) for name, reads in given["reads"].items()]
        if kind == "manta":
            return self.manta(joined, f"{self.name}_{specimen['id']}"), "sv.vcf"
        write = {"arriba": _arriba, "star-fusion": _star_fusion}[kind]
        rows = []
        for five, three, a, b, reads in joined:
            rows.append((five, three, self._border(five, a, True), self._border(three, b, False), int(reads)))
        return write(rows), {"arriba": "fusions.tsv", "star-fusion": "star-fusion.tsv"}[kind]

    def _border(self, gene: str, exon: int, last: bool) -> tuple[str, int, str]:
        """Last or first base of an exon, in the direction of the transcript."""
        t = self.transcript(gene)
        start, end = (t.exons if t.strand == "+" else t.exons[::-1])[exon - 1]
        return t.chrom, end if last == (t.strand == "+") else start, t.strand

    def _intron(self, gene: str, exon: int) -> tuple[str, int, str]:
        """The middle of the intron after an exon."""
        t = self.transcript(gene)
        exons = t.exons if t.strand == "+" else t.exons[::-1]
        low, high = sorted((exons[exon - 1], exons[exon]))
        return t.chrom, (low[1] + high[0]) // 2, t.strand

    def manta(self, joined: Sequence[tuple[Any, ...]], column: str) -> str:
        """Breakends with their mates, as Manta writes them."""
        records = []
        for n, (five, three, a, b, reads) in enumerate(joined):
            one, two = self._intron(five, a), self._intron(three, b - 1)
            left = one[2] == "+", two[2] == "-"  # whether the bases left of each place are kept
            for i, (here, there) in enumerate(((one, two), (two, one))):
                bracket = "]" if left[1 - i] else "["
                far = f"{bracket}{there[0]}:{there[1]}{bracket}"
                alt = f"N{far}" if left[i] else f"{far}N"
                info = f"SVTYPE=BND;MATEID=MantaBND:{n}:0:0:0:0:0:{1 - i}"
                rank = list(self.reference.contigs).index(here[0])
                fields = [here[0], str(here[1]), f"MantaBND:{n}:0:0:0:0:0:{i}", "N", alt, ".", "PASS", info, "PR:SR"]
                records.append((rank, here[1], "\t".join([*fields, f"412,{reads // 3}:655,{reads - reads // 3}"])))
        contigs = [f"##contig=<ID={name},length={size}>" for name, size in self.reference.contigs.items()]
        return "\n".join([_MANTA, *contigs, f"{_COLUMNS}\tFORMAT\t{column}", *(r[2] for r in sorted(records))]) + "\n"

    # ---- expression ----

    def expression(self, given: Mapping[str, Any], specimens: Sequence[Mapping[str, Any]]) -> str:
        """A matrix of genes by specimens; those the story does not name are drawn once and vary by a tenth."""
        lines = ["\t".join(["gene", *(s["id"] for s in specimens)])]
        told = given["genes"]
        for gene in sorted({*told, *given["unchanged"]}):
            level = 2 ** (6 * self.draw(self.name, "level", gene).random())
            values = told.get(gene) or [
                level * (0.9 + 0.2 * self.draw(self.name, gene, s["id"]).random()) for s in specimens
            ]
            lines.append("\t".join([gene, *(f"{v:.2f}" for v in values)]))
        return "\n".join(lines) + "\n"


_COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
_SYNTHETIC = "##source_of_data=synthetic demo cohort of acquired: no patient, specimen or read is real"
_MANTA = f"""##fileformat=VCFv4.2
##source=GenerateSVCandidates 1.6.0
{_SYNTHETIC}
##INFO=<ID=MATEID,Number=.,Type=String,Description="ID of mate breakend">
##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Type of structural variant">
##FORMAT=<ID=PR,Number=.,Type=Integer,Description="Spanning read pairs of ref and alt">
##FORMAT=<ID=SR,Number=.,Type=Integer,Description="Split reads of ref and alt">
##ALT=<ID=BND,Description="Translocation Breakend">"""
_DRAGEN = f"""##fileformat=VCFv4.2
##source=DRAGEN_CNV
{_SYNTHETIC}
##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Type of structural variant">
##INFO=<ID=END,Number=1,Type=Integer,Description="End position of the variant described in this record">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=SM,Number=1,Type=Float,Description="Linear copy ratio of the segment mean">
##ALT=<ID=DEL,Description="Deletion">
##ALT=<ID=DUP,Description="Duplication">"""
Rows = Sequence[tuple[str, int, int, float, float]]


def _cnvkit(rows: Rows, column: str) -> tuple[str, str]:
    lines = ["chromosome\tstart\tend\tgene\tlog2\tdepth\tprobes\tweight"]
    for c, a, b, _, r in rows:
        probes = max((b - a) // 250000, 8)
        lines.append(f"{c}\t{a - 1}\t{b}\t-\t{r:.6g}\t{800 * 2**r:.4g}\t{probes}\t{0.8 * probes:g}")
    return "\n".join(lines) + "\n", "cns"


def _gatk(rows: Rows, column: str) -> tuple[str, str]:
    lines = ["@HD\tVN:1.6", f"@RG\tID:GATKCopyNumber\tSM:{column}",
             "CONTIG\tSTART\tEND\tNUM_POINTS_COPY_RATIO\tMEAN_LOG2_COPY_RATIO\tCALL"]  # fmt: skip
    for c, a, b, _, r in rows:
        lines.append(
            f"{c}\t{a}\t{b}\t{max((b - a) // 250000, 8)}\t{r:.6f}\t{'+' if r > 0.2 else '-' if r < -0.2 else '0'}"
        )
    return "\n".join(lines) + "\n", "called.seg"


def _purple(rows: Rows, column: str) -> tuple[str, str]:
    lines = ["chromosome\tstart\tend\tcopyNumber\tbafCount\tmajorAlleleCopyNumber\tminorAlleleCopyNumber"]
    for c, a, b, n, _ in rows:
        alleles = f"{max(n - 1, n / 2):.4f}\t{min(1, n / 2):.4f}"
        lines.append(f"{c.removeprefix('chr')}\t{a}\t{b}\t{n:.4f}\t{(b - a) // 100000}\t{alleles}")
    return "\n".join(lines) + "\n", "purple.cnv.somatic.tsv"


def _facets(rows: Rows, column: str) -> tuple[str, str]:
    lines = ["chrom\tseg\tnum.mark\tnhet\tcnlr.median\tmafR\tstart\tend\tcf.em\ttcn.em\tlcn.em"]
    for n, (c, a, b, copies, r) in enumerate(rows, 1):
        name = c.removeprefix("chr").replace("X", "23")
        lines.append(
            f"{name}\t{n}\t{(b - a) // 3000}\t{(b - a) // 30000}\t{r:.5f}\t0.01\t{a}\t{b}\t0.6\t{copies:.0f}\t1"
        )
    return "\n".join(lines) + "\n", "facets.cncf.tsv"


def _seg(rows: Rows, column: str) -> tuple[str, str]:
    lines = ["ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean"]
    lines += [f"{column}\t{c}\t{a}\t{b}\t{max((b - a) // 250000, 8)}\t{r:.4f}" for c, a, b, _, r in rows]
    return "\n".join(lines) + "\n", "seg"


def _dragen(rows: Rows, column: str) -> tuple[str, str]:
    lines = [_DRAGEN, f"{_COLUMNS}\tFORMAT\t{column}"]
    for c, a, b, _, r in rows:
        alt, kind = ("<DUP>", "GAIN") if r > 0.2 else ("<DEL>", "LOSS") if r < -0.25 else (".", "REF")
        info = f"END={b};SVTYPE=CNV" if alt != "." else f"END={b}"
        lines.append(f"{c}\t{a - 1}\tDRAGEN:{kind}:{c}:{a}-{b}\tN\t{alt}\t60\tPASS\t{info}\tGT:SM\t./1:{2**r:.5f}")
    return "\n".join(lines) + "\n", "cnv.vcf"


_FORMATS = {"cnvkit": _cnvkit, "gatk": _gatk, "purple": _purple, "facets": _facets, "seg": _seg, "dragen": _dragen}


def _arriba(rows: Sequence[tuple[Any, ...]]) -> str:
    lines = ["#gene1\tgene2\tstrand1(gene/fusion)\tstrand2(gene/fusion)\tbreakpoint1\tbreakpoint2\tsite1\tsite2\t"
             "type\tsplit_reads1\tsplit_reads2\tdiscordant_mates\tcoverage1\tcoverage2\tconfidence\t"
             "reading_frame"]  # fmt: skip
    for five, three, one, two, reads in rows:
        places = f"{one[0]}:{one[1]}\t{two[0]}:{two[1]}\tCDS/splice-site\tCDS/splice-site\ttranslocation"
        counts = f"{reads // 2}\t{reads // 4}\t{reads - reads // 2 - reads // 4}\t212\t304\thigh\tin-frame"
        lines.append(f"{five}\t{three}\t{one[2]}/{one[2]}\t{two[2]}/{two[2]}\t{places}\t{counts}")
    return "\n".join(lines) + "\n"


def _star_fusion(rows: Sequence[tuple[Any, ...]]) -> str:
    lines = ["#FusionName\tJunctionReadCount\tSpanningFragCount\tSpliceType\tLeftGene\tLeftBreakpoint\tRightGene\t"
             "RightBreakpoint\tFFPM"]  # fmt: skip
    for five, three, one, two, reads in rows:
        left, right = (f"{g}\t{p[0]}:{p[1]}:{p[2]}" for g, p in ((five, one), (three, two)))
        lines.append(
            f"{five}--{three}\t{reads // 2}\t{reads - reads // 2}\tONLY_REF_SPLICE\t{left}\t{right}\t{reads / 40:.4f}"
        )
    return "\n".join(lines) + "\n"


def sheet(columns: list[str], rows: list[dict[str, str]]) -> str:
    """A sheet of the cohort."""
    lines = ["# Synthetic demo cohort: no patient, specimen or read is real.", "\t".join(columns)]
    lines += ["\t".join(row.get(column, "") for column in columns) for row in rows]
    return "\n".join(lines) + "\n"
