"""Consequences as `bcftools csq` tells them (bundled with pysam): a second opinion beside our own names.

Asked twice: per record (`--local-csq`), and where the calls are phased also by haplotype, so that two changed bases
of one codon are one amino-acid change. csq knows nothing of phase sets, so each (specimen, phase set) goes in as
a sample of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acquired.model import Allele, Annotation

if TYPE_CHECKING:
    from acquired.reference import Reference

#: csq keeps the place of the last record of its last run in the same process, and calls a file that starts on the
#: same contig before that place unsorted. So each run starts and ends far apart: at the first base of one contig
#: and the last base of another, which are N and in no gene.
_FIRST, _LAST = "chr1", "chrX"

#: Genotypes of one (specimen, phase set): for each allele whether it lies on the first and the second haplotype.
Phased = dict[tuple[str, str], dict[Allele, tuple[int, int]]]


def csq_consequences(bcf: Path, reference: Reference) -> dict[Allele, list[dict[str, Any]]]:
    """What `bcftools csq` says of every allele of a normalized or compared BCF that lies on known bases.

    Each dict: `mode` ("record" or "haplotype"), `consequence` (csq's terms), `gene`, `transcript`, `biotype`, `strand`,
    `amino_acid` (csq's own spelling, as `790T>790M`), `dna` (`55181378C>T`, `+`-joined for haplotypes), and
    for haplotypes `specimens`. Alleles with no consequence are not in the result. `reference` must have
    been opened with its built folder (ValueError otherwise).
    """
    from pysam import VariantFile

    alleles: list[Allele] = []
    phased: Phased = {}
    with VariantFile(str(bcf)) as file:
        for record in file:
            alts = record.alts or ()
            for number, alt in enumerate(alts, 1):
                allele = Allele(record.chrom, record.pos, str(record.ref), alt)
                if not _plain(allele) or not _known(allele, reference):
                    continue
                alleles.append(allele)
                for name, call in record.samples.items():
                    genotype: list[int | None] = list(call.get("GT") or ())
                    if call.phased and len(genotype) == 2 and number in genotype:
                        together = call.get("PS")
                        key = (str(name), "" if together is None else str(together))
                        sides = (int(genotype[0] == number), int(genotype[1] == number))
                        phased.setdefault(key, {})[allele] = sides
    return consequences_of(alleles, reference, {k: v for k, v in phased.items() if len(v) > 1})


def consequences_of(
    alleles: Iterable[Allele], reference: Reference, phased: Phased | None = None
) -> dict[Allele, list[dict[str, Any]]]:
    """As `csq_consequences`, for alleles at hand. phased: see `Phased`."""
    order = {chrom: i for i, chrom in enumerate(reference.contigs)}
    known = sorted({a for a in alleles if _plain(a) and _known(a, reference)}, key=lambda a: (order[a.chrom], a))
    told: dict[Allele, list[dict[str, Any]]] = {}
    if not known:
        return told
    for allele, _, entry in _run(known, reference, {}, "record"):
        told.setdefault(allele, []).append(entry)
    groups = {k: v for k, v in (phased or {}).items() if len(v) > 1}
    if groups:
        together = sorted({a for group in groups.values() for a in group}, key=lambda a: (order[a.chrom], a))
        for allele, specimens, entry in _run(together, reference, groups, "haplotype"):
            told.setdefault(allele, []).append(entry | {"specimens": specimens})
    return told


def _plain(allele: Allele) -> bool:
    return allele.ref != allele.alt and set(allele.ref + allele.alt) <= set("ACGT")


def _known(allele: Allele, reference: Reference) -> bool:
    end = allele.pos + len(allele.ref) - 1
    return allele.chrom in reference.contigs and reference.fetch(allele.chrom, allele.pos, end) == allele.ref


def _run(
    alleles: list[Allele], reference: Reference, groups: Phased, mode: str
) -> Iterator[tuple[Allele, list[str], dict[str, Any]]]:
    """One run of csq: (allele, specimens whose haplotypes say it, what it says)."""
    from pysam import VariantFile, bcftools

    if reference.fasta_path is None or reference.gff_path is None:
        raise ValueError("bcftools csq needs the built reference")
    keys = sorted(groups)
    with tempfile.TemporaryDirectory(prefix="acquired-csq-") as folder:
        given, told = Path(folder) / "given.vcf", Path(folder) / "told.vcf"
        _write(given, alleles, reference, groups, keys)
        how = ["--local-csq"] if mode == "record" else ["--phase", "a"]
        bcftools.csq(
            *how, "--ncsq", "4096", "--fasta-ref", str(reference.fasta_path), "--gff-annot", str(reference.gff_path),
            "--verbose", "0", "--output-type", "v", "--output", str(told), str(given), catch_stdout=False,
        )  # fmt: skip
        with VariantFile(str(told)) as file:
            for record in file:
                if record.ref == "N":
                    continue
                allele = Allele(record.chrom, record.pos, str(record.ref), (record.alts or ("",))[0])
                said = record.info.get("BCSQ") or ()
                for number, text in enumerate(said):
                    if text.startswith("@"):  # told at the first record of the haplotype
                        continue
                    entry = _entry(text, mode)
                    yield allele, [keys[i][0] for i in _carriers(record, number)], entry


def _write(
    path: Path, alleles: list[Allele], reference: Reference, groups: Phased, keys: list[tuple[str, str]]
) -> None:
    lines = ["##fileformat=VCFv4.2", '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">']
    lines += [f"##contig=<ID={chrom},length={length}>" for chrom, length in reference.contigs.items()]
    columns = "".join(f"\tFORMAT{''.join(f'{chr(9)}s{i}' for i in range(len(keys)))}" if keys else "")
    lines.append(f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO{columns}")
    empty = "\tGT" + "\t0|0" * len(keys) if keys else ""
    lines.append(f"{_FIRST}\t1\t.\tN\tA\t.\t.\t.{empty}")
    for allele in alleles:
        calls = ""
        if keys:
            sides = [groups[key].get(allele, (0, 0)) for key in keys]
            calls = "\tGT" + "".join(f"\t{a}|{b}" for a, b in sides)
        lines.append(f"{allele.chrom}\t{allele.pos}\t.\t{allele.ref}\t{allele.alt}\t.\t.\t.{calls}")
    lines.append(f"{_LAST}\t{reference.contigs[_LAST]}\t.\tN\tA\t.\t.\t.{empty}")
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def _carriers(record: Any, number: int) -> list[int]:
    """Samples whose haplotypes carry the consequence: bits 2·number and 2·number + 1 of FORMAT/BCSQ, 30 a word."""
    found = []
    for i, call in enumerate(record.samples.values()):
        words = call.get("BCSQ") or ()
        words = words if isinstance(words, tuple) else (words,)
        bits = [(words[b // 30] or 0) >> (b % 30) & 1 for b in (2 * number, 2 * number + 1) if b // 30 < len(words)]
        if any(bits):
            found.append(i)
    return found


def _entry(text: str, mode: str) -> dict[str, Any]:
    fields = (text.split("|") + [""] * 7)[:7]
    names = ("consequence", "gene", "transcript", "biotype", "strand", "amino_acid", "dna")
    return {"mode": mode, **dict(zip(names, fields, strict=True))}


def amino_acids(spelling: str) -> tuple[int, str, str]:
    """csq's `790T>790M` as (790, "T", "M"); `790T` (unchanged) as (790, "T", "T"); (0, "", "") for none."""
    before, _, after = spelling.partition(">")
    number = "".join(c for c in before if c.isdigit())
    old, new = before.lstrip("0123456789"), after.lstrip("0123456789")
    return (int(number), old, new or old) if number else (0, "", "")


def of_transcript(annotation: Annotation, said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """csq's per-record entries for the annotation's transcript; where there is none, what it says of its gene.

    That is an entry without a transcript, or for a protein change one that it says under another transcript.
    """
    of_gene = [e for e in said if e["mode"] == "record" and e["gene"] == annotation.gene]
    own = [e for e in of_gene if e["transcript"] == annotation.transcript]
    return own or [e for e in of_gene if (e["amino_acid"] if annotation.protein else not e["transcript"])]


def disagreement(annotation: Annotation, said: list[dict[str, Any]]) -> str:
    """How csq's per-record answer for the same transcript differs from ours on a substitution; "" if it does not.

    Only the amino acid is compared, and whether there is a coding change at all: for insertions and deletions csq
    writes another spelling of the protein and does not shift 3'. What is the same on several transcripts of a gene
    csq says once, under one of them.
    """
    if ">" not in annotation.hgvs_c:
        return ""
    entries = of_transcript(annotation, said)
    ours = annotation.protein
    theirs = next((amino_acids(e["amino_acid"]) for e in entries if e["amino_acid"]), (0, "", ""))
    if not ours:
        return f"csq names an amino acid: {theirs[1]}{theirs[0]}{theirs[2]}" if theirs[0] else ""
    if not theirs[0]:
        return "csq names no amino acid"
    if ours == "M1?":
        return "" if theirs[0] == 1 else "csq names another residue"
    old, new = theirs[1][:1], theirs[2][:1]
    expected = f"{old}{theirs[0]}{'=' if old == new else new}"
    if ours == expected or (ours.startswith("*") and "ext" in ours and ours.partition("ext")[0] == expected):
        return ""
    return f"csq: {expected}"
