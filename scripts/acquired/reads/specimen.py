"""One specimen's alignments to `<specimen>.reads.tsv.gz` and `<specimen>.reads.json`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from acquired.catalogue import Catalogue, Locus
from acquired.errors import InputError
from acquired.identity import common_sites
from acquired.intake.contigs import Naming
from acquired.intake.dialects import read_tables
from acquired.model import Allele, Kind, Specimen
from acquired.reads.alignments import Opened, opened
from acquired.reads.count import Filters, Source, count_alleles, windows
from acquired.reads.covered import Span, coding_and_splice_sites, depths
from acquired.reads.rates import error_rates
from acquired.reads.table import ReadCounts, write
from acquired.reads.union import union
from acquired.reference import Reference
from acquired.reference.core import BUILDS, contig_lengths, contig_table
from acquired.whole import write_bytes, write_text

#: From so many reads on, the lack of a single duplicate is remarkable.
_MANY = 1000


def genotype_specimen(
    specimen: Specimen,
    specimens: Sequence[Specimen],
    drugs: Sequence[str],
    normalized: Mapping[str, Path],
    catalogue_json: Path,
    references: Mapping[str, Path],
    resources: Path,
    out_table: Path,
    out_json: Path,
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """Read every allele of the patient back from one specimen's alignments; write both files and return the JSON.

    specimens: all of the patient. drugs: those the patient was given (canonical). normalized: specimen id to its
    `.normalized.json`, beside which its BCF lies. references: build to `results/reference/<build>`. settings:
    of the config, `reads` (the filters) and `reference` (a genome of the laboratory, which a CRAM needs).
    Bad input does not raise: it is written as a refusal (`status: refused` with problems, the table of zero bytes).
    Where the calls of this specimen were refused there is no build to read on: `status: not read`.
    """
    accounts = {id_: json.loads(path.read_text(encoding="utf-8")) for id_, path in normalized.items()}
    own = accounts[specimen.specimen]
    path = Path(specimen.files["alignments"])
    told: dict[str, Any] = {
        "status": "not read",
        "problems": [],
        "patient": specimen.patient,
        "specimen": specimen.specimen,
        "build": own["build"],
        "build_evidence": "",
        "samples": [],
        "filters": {},
        "alleles": {"asked": 0, "counted": 0, "left_out": 0},
        "loci_bases": 0,
        "pairs": 0,
        "reads": {},
        "families": False,
        "error_rates": {},
        "warnings": [],
        "inputs": [],
    }
    counts = ReadCounts()
    if own["status"] == "ok":
        try:
            reference = Reference.open(resources, own["build"], references.get(own["build"]))
            others = {s.specimen: (s, accounts[s.specimen]) for s in specimens}
            with _opened(specimen, others, path, reference, resources, out_json.parent, settings) as found:
                told["inputs"] = [_input(path, found)]
                told |= {"build_evidence": found.evidence, "samples": found.samples, "warnings": found.notes}
                same = [p for id_, p in sorted(normalized.items()) if accounts[id_]["build"] == own["build"]]
                bundle = Reference.open(resources, own["build"])
                alleles, left_out = union(same, bundle, settings["reads"]["max_alleles"])
                spans = locus_spans(Catalogue.read(catalogue_json), drugs, reference)
                asked = sorted({*alleles, *common_sites(resources, own["build"])})  # those tell persons apart
                counts = _count(found, asked, spans, reference, settings["reads"], told)
            own_alleles = set(alleles)
            counts.phases = {pair: n for pair, n in counts.phases.items() if own_alleles.issuperset(pair)}
            told["pairs"] = len(counts.phases)
            counted = sum(a in counts.alleles for a in alleles)
            told["alleles"] = {"asked": len(alleles) + left_out, "counted": counted, "left_out": left_out}
            if left_out:
                told["warnings"].append(
                    f"{left_out:,} records outside the bundled loci were not read back: the patient has more than "
                    f"{settings['reads']['max_alleles']:,} alleles (reads: max_alleles in the config)."
                )
            told["status"] = "ok"
        except InputError as error:
            told["status"], told["problems"] = "refused", [problem.as_dict() for problem in error.problems]
    if told["status"] == "ok":
        write(counts, out_table, {chrom: i for i, chrom in enumerate(contig_lengths(resources, own["build"]))})
    else:
        write_bytes(out_table, b"")
    write_text(out_json, json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    return told


def _opened(
    specimen: Specimen,
    patient: Mapping[str, tuple[Specimen, dict[str, Any]]],
    path: Path,
    reference: Reference,
    resources: Path,
    folder: Path,
    settings: Mapping[str, Any],
) -> AbstractContextManager[Opened]:
    """The alignments, checked. patient: specimen id to the row and the accounting of each specimen."""

    def names(id_: str) -> list[str]:
        row, account = patient[id_]
        return [name for name in dict.fromkeys((row.sample, account.get("sample", ""), id_)) if name]

    own = names(specimen.specimen)
    others = {n.casefold(): id_ for id_ in patient for n in names(id_) if id_ != specimen.specimen and n not in own}
    lengths = {build: contig_lengths(resources, build) for build in BUILDS}
    naming = Naming(read_tables(resources / "dialects")[1], contig_table(resources))
    return opened(
        path,
        reference.build,
        lengths,
        naming,
        own,
        others,
        _genome(reference, settings),
        folder / f".{specimen.specimen}.alignments",
    )


def _count(
    found: Opened,
    alleles: Sequence[Allele],
    spans: Sequence[Span],
    reference: Reference,
    chosen: Mapping[str, Any],
    told: dict[str, Any],
) -> ReadCounts:
    """Everything that is counted; `told` gains the numbers of the account."""
    source = Source(
        found.file, found.contigs, Filters(chosen["min_base_quality"], chosen["min_mapping_quality"], found.groups)
    )
    ranks = {chrom: i for i, chrom in enumerate(reference.contigs)}

    def genes(a: Allele) -> frozenset[str]:
        return frozenset(t.gene for t in reference.overlapping(a.chrom, a.pos, a.pos + len(a.ref) - 1))

    counts = ReadCounts()
    counts.alleles, counts.phases = count_alleles(source, alleles, reference.fetch, genes, ranks)
    told["reads"] = dict(sorted(source.tally.items()))
    counts.depths = depths(source, spans, ranks)
    places = [_place(window) for window in windows(alleles, reference.fetch, ranks)]
    counts.errors = error_rates(source, places or spans, alleles, reference.fetch)
    told["warnings"] += _doubts(source)
    told["filters"] = dict(chosen)
    told["families"] = source.families
    told["pairs"] = len(counts.phases)
    told["loci_bases"] = sum(end - start + 1 for runs in counts.depths.values() for start, end, _ in runs)
    told["error_rates"] = {c: {"errors": e.errors, "bases": e.bases, "rate": e.rate} for c, e in counts.errors.items()}
    return counts


def _doubts(source: Source) -> list[str]:
    """What makes the counted depths doubtful."""
    doubts = []
    if source.ungrouped and not source.families:
        doubts.append("The reads carry UMIs (RX) but no families (MI): duplicates were left out as they are flagged.")
    if source.tally["used"] >= _MANY and not source.tally["duplicate"] and not source.families:
        doubts.append(
            "No read is flagged as a duplicate: unless the assay is amplicon-based or the reads are consensus reads, "
            "duplicates were not marked and the depths are too large."
        )
    return doubts


def locus_spans(catalogue: Catalogue, drugs: Iterable[str], reference: Reference) -> list[Span]:
    """Where the known loci of the drugs lie (1-based inclusive): codons, or coding bases and splice sites."""
    spans: set[Span] = set()
    for drug in sorted(set(drugs)):
        for locus in catalogue.loci(drug):
            spans.update(_spans(locus, reference))
    return sorted(spans)


def _spans(locus: Locus, reference: Reference) -> list[Span]:
    transcript = reference.clinical(locus.gene)
    if transcript is None or not transcript.coding or locus.kind not in (Kind.SMALL, Kind.SPLICE):
        return []
    if locus.kind == Kind.SMALL and locus.start:
        return transcript.codons(locus.start, locus.end)
    return coding_and_splice_sites(transcript)


def _place(window: Sequence[Any]) -> Span:
    first = window[0]
    chrom = first.alleles[0].chrom if hasattr(first, "alleles") else first.allele.chrom
    return chrom, first.first0 + 1, max(item.end0 for item in window)


def _genome(reference: Reference, settings: Mapping[str, Any]) -> Path | None:
    """A whole genome to read a CRAM with: the one the config names, with the laboratory's own names of contigs."""
    given = (settings.get("reference") or {}).get(reference.build) or {}
    return Path(given["fasta"]) if given.get("fasta") else None


def _input(path: Path, found: Opened) -> dict[str, Any]:
    """What identifies the alignments: size and header. Hashing 100 GB would cost more than all the rest."""
    size = path.stat().st_size
    return {
        "kind": "alignments",
        "path": path.name,
        "sha256": found.header_digest,
        "digest_of": "header",
        "bytes": size,
    }
