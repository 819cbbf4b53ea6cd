"""What one edit does to one transcript: consequence, protein change, exon. Splicing comes before coding."""

from __future__ import annotations

from typing import NamedTuple

from acquired.annotate import hgvs_p
from acquired.annotate.codons import CODONS, translate, translate_to_stop
from acquired.annotate.hgvs_p import ProteinChange
from acquired.annotate.template import Edit, Template

#: Bases of an exon that count as splice region, and the intronic bases that do (Sequence Ontology SO:0001630).
_EXON_REGION = 3
_INTRON_REGION = 8

SPLICE_REGION = "splice region"
NO_BASES = "reference bases not known"


class Effect(NamedTuple):
    """Consequence of an edit on a transcript. exon: 1-based, transcript order; 0 outside the transcript."""

    consequence: str
    exon: int
    change: ProteinChange | None = None
    hgvs_p: str = ""
    flags: tuple[str, ...] = ()


def effect(template: Template, edit: Edit, dup: bool) -> Effect:
    """The effect of an edit that was trimmed and shifted 3'; dup: an insertion that repeats the bases before it."""
    a, b, alt = edit
    # An insertion lies between a - 1 and a; a duplicate of exonic bases belongs to the exon they are in.
    first, last = (a - 1, a) if a == b else (a, b - 1)
    if a == b and dup:
        first = last = a - 1
        if template.exon_of(a - len(alt)) != template.exon_of(a - 1):
            last = a
    exon = template.exon_of(first)
    if exon >= 0 and exon == template.exon_of(last):
        return _exonic(template, edit, exon)
    if last < template.starts[0]:
        return Effect("upstream_gene_variant", 0)
    if first > template.ends[-1]:
        return Effect("downstream_gene_variant", 0)
    if a == b and exon < 0 and first < template.starts[0]:  # between the transcript's first base and the one before
        return Effect("upstream_gene_variant", 0)
    if a == b and template.exon_of(last) < 0 and last > template.ends[-1]:
        return Effect("downstream_gene_variant", 0)
    return _intronic(template, edit, first, last)


def _exonic(template: Template, edit: Edit, exon: int) -> Effect:
    a, b, alt = edit
    begin = template.offsets[exon] - template.starts[exon]
    ma, mb = a + begin, b + begin
    near = (exon > 0 and a - template.starts[exon] < _EXON_REGION) or (
        exon + 1 < len(template.starts) and template.ends[exon] - (b - 1 if b > a else a - 1) < _EXON_REGION
    )
    flags: tuple[str, ...] = (SPLICE_REGION,) if near else ()
    if not template.coding:
        return Effect("non_coding_transcript_exon_variant", exon + 1, flags=flags)
    if mb <= template.cds:
        return Effect("5_prime_UTR_variant", exon + 1, flags=flags)
    if ma >= template.cds_end:
        return Effect("3_prime_UTR_variant", exon + 1, flags=flags)
    change = coding_change(template, ma, mb, alt)
    if not change.known:
        flags += (NO_BASES,)
    return Effect(change.consequence, exon + 1, change, change.hgvs_p, flags)


def coding_change(template: Template, ma: int, mb: int, alt: str) -> ProteinChange:
    """The protein change when the spliced bases ma … mb (0-based, half-open) become `alt`; they meet the CDS."""
    mrna, cds, end = template.mrna, template.cds, template.cds_end
    if mb - ma == 1 == len(alt):  # the fast way for the commonest case
        k = (ma - cds) // 3
        at = cds + 3 * k
        codon = mrna[at : at + 3]
        old = CODONS.get(codon, "X")
        new = CODONS.get(mrna[at:ma] + alt + mrna[mb : at + 3], "X")
        if k == 0:
            return hgvs_p.start_lost()
        if old == "X" or new == "X":
            return hgvs_p.unknown(k)
        if mb > end - 3 and old == "*" and new != "*":
            return hgvs_p.shifted(template.protein, k, translate_to_stop(mrna[at:ma] + alt + mrna[mb:]))
        if old == "*" == new and mb > end - 3:
            return ProteinChange(f"p.(Ter{k + 1}=)", f"*{k + 1}=", "stop_retained_variant", k + 1, k + 1)
        return hgvs_p.substitution(old, new, k)
    if ma < cds + 3:
        mutated = mrna[:ma] + alt + mrna[mb:]
        # Bases put in within or right behind the start codon may leave it as it was; anything else loses it.
        if ma < cds or mutated[cds : cds + 3] != mrna[cds : cds + 3]:
            return hgvs_p.start_lost()
    net = len(alt) - (mb - ma)
    first = (ma - cds) // 3
    if net % 3 or mb > end:
        return _shifted(template, first, ma, mb, alt)
    stop = -(-(mb - cds) // 3)
    head, tail = mrna[cds + 3 * first : ma], mrna[mb : cds + 3 * stop]
    window, mutated = template.protein[first:stop], translate(head + alt + tail)
    if window[-1:] == "*" and "*" not in mutated:  # the stop is gone
        return _shifted(template, first, ma, mb, alt)
    return hgvs_p.in_frame(template.protein, first, window, mutated, net)


def _shifted(template: Template, first: int, ma: int, mb: int, alt: str) -> ProteinChange:
    """The change from residue `first` (0-based) on, read on to the first stop of the changed transcript."""
    mrna = template.mrna
    read = translate_to_stop(mrna[template.cds + 3 * first : ma] + alt + mrna[mb:])
    kept, window = (len(alt) - (mb - ma)) % 3 == 0, template.protein[first:]
    if kept and len(read) == len(window) and read[-1:] == "*" and read != window:  # a stop where the old one was
        return hgvs_p.in_frame(template.protein, first, window[:-1], read[:-1], 0)
    change = hgvs_p.shifted(template.protein, first, read)
    if change.consequence == "frameshift_variant" and (kept or mb > template.cds_end):
        return change._replace(consequence="stop_lost")  # named as a frameshift, but what went is the stop
    return change


def _intronic(template: Template, edit: Edit, first: int, last: int) -> Effect:
    """An edit that touches an intron. A border that is crossed, or a site whose bases change, is a splice site hit."""
    a, b, _ = edit
    left = template.exon_at(a - 1 if a == b else a)
    begins_in_exon = template.exon_of(first) >= 0
    if first < template.starts[0] and last > template.ends[-1]:
        return Effect("transcript_ablation", 1, hgvs_p="p.?")
    if a != b and (begins_in_exon or template.exon_of(last) >= 0 or left < 0 or left != template.exon_at(last)
                   or last > template.ends[-1]):  # fmt: skip
        return Effect(_crossing(template, first, last), left + (1 if begins_in_exon else 2), hgvs_p="p.?")
    # Wholly within one intron; an insertion at its very border counts as within.
    donor, acceptor = template.ends[left] + 1, template.starts[left + 1] - 1
    to_donor, to_acceptor = a - donor, acceptor - (b - 1)
    exon = left + 1 if to_donor <= to_acceptor else left + 2
    if to_donor < 2 and _start_of(template, donor, edit) != template.bases(donor, donor + 1):
        return Effect("splice_donor_variant", exon, hgvs_p="p.?")
    if to_acceptor < 2 and _end_of(template, acceptor, edit) != template.bases(acceptor - 1, acceptor):
        return Effect("splice_acceptor_variant", exon, hgvs_p="p.?")
    if min(to_donor, to_acceptor) < _INTRON_REGION:
        return Effect("splice_region_variant", exon, hgvs_p="p.?")
    return Effect("intron_variant", exon)


def _crossing(template: Template, first: int, last: int) -> str:
    """The term for a change from x = first to last that crosses borders: the acceptor's loss is named first."""
    if any(first <= start - 1 and start - 2 <= last for start in template.starts[1:]):
        return "splice_acceptor_variant"
    if any(first <= end + 2 and end + 1 <= last for end in template.ends[:-1]):
        return "splice_donor_variant"
    if not template.coding:  # only an end of the transcript is crossed
        return "non_coding_transcript_exon_variant"
    if first < template.starts[0]:
        return "start_lost" if template.offset(last) >= template.cds else "5_prime_UTR_variant"
    return "stop_lost" if template.offset(first) < template.cds_end else "3_prime_UTR_variant"


def _start_of(template: Template, donor: int, edit: Edit) -> str:
    """The first two bases of an intron after an edit within it; unknown bases count as changed."""
    a, b, alt = edit
    bases = (template.bases(donor, a - 1) + alt + template.bases(b, b + 1))[:2]
    return bases if "N" not in bases else ""


def _end_of(template: Template, acceptor: int, edit: Edit) -> str:
    """The last two bases of an intron after an edit within it; unknown bases count as changed."""
    a, b, alt = edit
    bases = (template.bases(a - 2, a - 1) + alt + template.bases(b, acceptor))[-2:]
    return bases if "N" not in bases else ""
