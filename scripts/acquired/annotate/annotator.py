"""`Annotator`: every name of one allele on the transcripts it lies in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acquired.annotate.effect import Effect, effect
from acquired.annotate.hgvs_c import duplicated, name_c, shift, trim
from acquired.annotate.hgvs_p import rewritten
from acquired.annotate.template import Template
from acquired.model import Allele, Annotation

if TYPE_CHECKING:
    from acquired.reference import Reference, Transcript

REFERENCE_DIFFERS = "reference differs"
#: How far upstream of a transcript a change is still named by it (bases): TERT's promoter, and no more.
_UPSTREAM = 500
_LETTERS = frozenset("ACGTN")

#: Order in which transcripts of several genes are listed: what says most first.
_QUIET = {
    "intron_variant": 3, "upstream_gene_variant": 5, "downstream_gene_variant": 5, "5_prime_UTR_variant": 2,
    "3_prime_UTR_variant": 2, "non_coding_transcript_exon_variant": 2, "synonymous_variant": 1,
}  # fmt: skip


class Annotator:
    """Names alleles of one build. Keeps what it has read of each transcript, so use one for many alleles."""

    def __init__(self, reference: Reference):
        self.reference = reference
        self._templates: dict[str, Template] = {}
        self._bundled = frozenset(reference.genes)

    def template(self, transcript: Transcript) -> Template:
        """The transcript with its bases."""
        key = f"{transcript.gene}|{transcript.name}|{transcript.ensembl}"
        found = self._templates.get(key)
        if found is None:
            found = self._templates[key] = Template(transcript, self.reference)
        return found

    def annotate(self, allele: Allele) -> list[Annotation]:
        """What `allele` does, by transcript: clinical ones first (most telling first), then aliases.

        Empty outside the known genes, and for alleles that are not plain bases (symbolic, `*`, breakends). An
        allele whose `ref` is not what the reference has is named as it stands, with the flag "reference differs".
        """
        alt, ref = allele.alt.upper(), allele.ref.upper()
        if alt == ref or not alt or not ref or not _LETTERS.issuperset(alt) or not _LETTERS.issuperset(ref):
            return []
        pos, ref, alt = trim(allele.pos, ref, alt)
        last = pos + max(len(ref), 1) - 1
        start = pos if ref else pos - 1
        transcripts = self.reference.overlapping(allele.chrom, start, last)
        if not transcripts:
            transcripts = self._downstream_of(allele.chrom, start, last)
            if not transcripts:
                return []
        flags: tuple[str, ...] = ()
        if self._differs(allele):
            flags = (REFERENCE_DIFFERS,)
        found = [self._on(self.template(t), pos, ref, alt, flags) for t in transcripts]
        if len(found) > 1:
            found.sort(key=lambda n: (not n.clinical, _QUIET.get(n.consequence, 0)))
        return found

    def annotate_haplotype(self, alleles: list[Allele]) -> Annotation | None:
        """What several alleles of one molecule do together; see `acquired.annotate.haplotype`."""
        from acquired.annotate.haplotype import annotate_haplotype  # it builds on this module

        return annotate_haplotype(self, alleles)

    def canonical_protein(self, gene: str, name: str) -> str:
        """A protein change in 1-letter code, as somebody wrote it, in the spelling that `annotate` gives it.

        EGFR "D770_N771insSVD" becomes "S768_D770dup". Given back as it is where the gene has no bases here or the
        residues named are not those of its clinical transcript.
        """
        transcript = self.reference.clinical(gene)
        if transcript is None or not transcript.cds_start:
            return name
        return rewritten(self.template(transcript).protein, name)

    def _downstream_of(self, chrom: str, start: int, end: int) -> list[Transcript]:
        """Clinical transcripts that begin just behind start … end."""
        near = self.reference.overlapping(chrom, start - _UPSTREAM, end + _UPSTREAM)
        return [t for t in near if t.clinical and (t.start > end if t.strand == "+" else t.end < start)]

    def _differs(self, allele: Allele) -> bool:
        known = self.reference.fetch(allele.chrom, allele.pos, allele.pos + len(allele.ref) - 1)
        ref = allele.ref.upper()
        return known != ref and any(k not in (r, "N") and r != "N" for k, r in zip(known, ref, strict=True))

    def _on(self, template: Template, pos: int, ref: str, alt: str, flags: tuple[str, ...]) -> Annotation:
        edit = template.edit(pos, ref, alt)
        dup = False
        if not (ref and alt):
            edit = shift(template, edit)
            dup = duplicated(template, edit)
        given = template.edit(pos, "", ref).alt
        return self.annotation(template, name_c(template, edit, given, dup), effect(template, edit, dup), flags)

    def annotation(self, template: Template, hgvs_c: str, done: Effect, flags: tuple[str, ...]) -> Annotation:
        """An `Annotation` from its parts."""
        transcript, change = template.transcript, done.change
        return Annotation(
            gene=transcript.gene,
            transcript=transcript.name,
            transcript_ensembl=transcript.ensembl,
            hgvs_c=hgvs_c,
            hgvs_p=done.hgvs_p,
            protein=change.protein if change else "",
            consequence=done.consequence,
            protein_start=change.start if change else 0,
            protein_end=change.end if change else 0,
            exon=done.exon,
            origin="bundled" if transcript.gene in self._bundled else "user",
            clinical=transcript.clinical,
            flags=flags + done.flags,
        )
