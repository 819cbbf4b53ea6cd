"""A vendor's rows as VCF records, so that they go through the same build proof and normalisation as any VCF."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote as percent

from acquired.annotate.template import Template
from acquired.errors import quote
from acquired.intake.alleles import Bases, Genome
from acquired.intake.contigs import Naming
from acquired.intake.dialects import Dialect
from acquired.intake.header import Header
from acquired.intake.readings import info_value
from acquired.vendors.cds import genomic_change
from acquired.vendors.found import Found, Row, named_row

#: Rows whose named change does not lie where the row says, by more bases than this, are not resolved.
_NEAR = 1
_NO_BASES = "an insertion or deletion where the reference has no bases to anchor it; kept by the vendor's name"


def header_of(found: Found) -> Header:
    """The header that goes with `lines`."""
    header = Header(formats={"GT", "DP", "RO", "AO", "AF"}, samples=[found.sample or found.table])
    if found.normal:
        header.samples.append("normal" if header.samples[0] != "normal" else "matched normal")
    return header


def dialect_of(found: Found) -> Dialect:
    """How `lines` are read: reads over depth, else the fraction."""
    reads, fraction = found.says
    counted = {"how": "alt_and_ref", "alt": "AO", "ref": "RO", "depth": ["DP"], "says": reads}
    return Dialect("", found.table, (counted, {"how": "fraction", "fraction": "AF", "depth": ["DP"], "says": fraction}))


def name_of(info: str, ref: str, alt: str, index: int, alternatives: int) -> str:
    """The vendor's name of a record made by `lines` (a `Namer`)."""
    return info_value(info, "NAMED")


def proof_lines(found: Found) -> Iterator[tuple[int, str]]:
    """Records for the proof of the build: where each row lies and, where it says so, the reference's bases there."""
    for row in found.rows:
        yield row.line, f"{row.chrom}\t{row.start}\t.\t{row.ref or 'N'}\t{row.alt or 'N'}"


def lines(found: Found, genome: Genome, naming: Naming) -> Iterator[tuple[int, str]]:
    """The rows as VCF records on the build of `genome`, numbered as in the file.

    A deletion or insertion is given the base before it. Where that is not known, or a change that is told by its `c.`
    name alone cannot be placed, the row goes to `found.alterations["named"]` or is set aside, with the reason.
    """
    bases = Bases(genome)
    for row in found.rows:
        chrom = naming.place(row.chrom).chrom
        reason = _resolve(row, chrom, genome) if not row.ref and not row.alt else ""
        start, ref, alt = row.start, row.ref, row.alt
        if chrom and not reason and not (ref and alt):
            start = start if not ref else start - 1
            base = bases.get(chrom, start, start) if 0 < start <= genome.contigs[chrom] else "N"
            if base == "N":
                reason = _NO_BASES
            ref, alt = base + ref, base + alt
        if reason:
            _unplaced(found, row, reason)
        else:
            yield row.line, "\t".join((row.chrom, str(start), ".", ref, alt, ".", row.filters, *_rest(found, row)))


def _rest(found: Found, row: Row) -> Iterator[str]:
    """INFO, FORMAT and the sample columns."""
    fields = (row.gene, row.transcript, row.hgvs_c, row.hgvs_p, row.consequence)
    name = "|".join(percent(field, safe="*>()+-_.:&?~") for field in fields)
    yield f"NAMED={name}" if row.gene and any(fields[2:]) else "."
    yield "GT:DP:RO:AO:AF"
    yield ":".join(("0/1" if row.called else "0/0", row.depth, row.ref_count, row.alt_count, row.vaf))
    if found.normal:
        yield ":".join(("0/0", *row.normal, "."))


def _unplaced(found: Found, row: Row, reason: str) -> None:
    if row.gene and (row.hgvs_p or row.hgvs_c) and row.called:
        given = f"{row.chrom}:{row.start}:{row.ref or '-'}:{row.alt or '-'}" if row.ref or row.alt else ""
        found.keep("named", {**named_row(row), **({"given": given} if given else {})})
        found.warnings.append(f"{found.where} row {row.line}, {row.gene} {row.hgvs_p or row.hgvs_c}: {reason}.")
    else:
        found.set_aside(reason, row.line, row.example())


def _resolve(row: Row, chrom: str, genome: Genome) -> str:
    """Fills in start, ref and alt from `hgvs_c` on the row's transcript; gives the reason where that cannot be done."""
    stem = row.transcript.partition(".")[0]
    known = genome.transcripts(row.gene) if hasattr(genome, "transcripts") else ()
    found = next((t for t in known if stem in (t.refseq.partition(".")[0], t.ensembl.partition(".")[0])), None)
    if found is None or found.chrom != chrom:
        return f"the transcript {quote(row.transcript, 30)} is not bundled; kept by the vendor's name"
    try:
        start, ref, alt = genomic_change(Template(found, genome), row.hgvs_c)  # type: ignore[arg-type]
    except ValueError as error:
        return f"{error}; kept by its name"
    if not start - _NEAR <= row.start <= start + max(len(ref), 1) + _NEAR - 1:
        return "the change does not lie at the position that is given; kept by its name"
    row.start, row.ref, row.alt = (start, ref, alt) if ref else (start - 1, "", alt)
    return ""
