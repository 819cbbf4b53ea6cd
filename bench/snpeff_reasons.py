"""Why two names of one change differ: the first reason of its field whose condition on the bases holds.

Each function tells the key of a reason; the words for it stand in snpeff_reasons.tsv. "" is a difference without
one, and there must be none. Conditions rest on snpeff_truth: what the change does to the bases and the protein.
"""

from __future__ import annotations

import re

from acquired.annotate.codons import THREE
from snpeff_compare import SPLICE_REGION, Pair
from snpeff_truth import Placement, told_protein

_SITES = ("splice donor", "splice acceptor")
_SAME_LENGTH = ("missense", "synonymous", "stop gained")
_EXONIC = (
    "frameshift", "stop gained", "stop lost", "start lost", "in-frame insertion", "in-frame deletion", "missense",
    "synonymous", "stop retained", "start retained", "5' UTR", "3' UTR",
)  # fmt: skip


def reason(field: str, pair: Pair) -> str:
    """The key of the reason for what differs in a field of a pair; "" if none holds."""
    return {"consequence": _consequence, SPLICE_REGION: _region, "hgvs_c": _coding, "hgvs_p": _protein}[field](pair)


def site_kept(place: Placement) -> bool:
    """Whether every splice site met, or bordered on, still has its two bases beside its exon after the change."""
    for name, (low, high) in place.sites.items():
        if not place.touches(low - 1, high + 1):
            continue
        model, (lo, hi) = place.model, (place.lo, place.hi)
        if name.startswith("donor") == model.forward:  # the exon lies to the left, and keeps the site's place
            new = (model.bases(low, lo - 1) + place.alt + model.bases(hi + 1, hi + 2))[:2]
        else:
            new = (model.bases(lo - 2, lo - 1) + place.alt + model.bases(hi + 1, high))[-2:]
        if new != model.bases(low, high):
            return False
    return True


def first_difference(old: str, new: str) -> int:
    """Index of the first residue in which two proteins differ; the shorter one's length if there is none."""
    return next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


def _consequence(pair: Pair) -> str:
    ours, theirs, place, given = pair.our_class, pair.their_class, pair.facts.named, pair.facts.given
    model = place.model
    if not place.within_transcript or not given.within_transcript:
        return "partly outside"
    if ours in ("splice region", "intron", *_SITES) or theirs in (*_SITES, "splice region", "intron"):
        if place.border_insertion():
            if ours in _EXONIC and place.repeats_exon:
                return "duplicate at an exon's end"
            if ours in _SITES and theirs in _EXONIC and not site_kept(place):
                return "insertion at a border, site changed"
            if ours == "splice region" and site_kept(place):
                return "insertion at a border, site kept"
        if ours == "splice region" and theirs in _SITES and site_kept(place):
            return "site kept"
        if ours == "intron" and theirs == "splice region" and place.at_edge_of_region():
            return "insertion at the edge of the splice region"
        return ""
    if place.offset[1] <= 0 and ours == "5' UTR" and place.protein == model.amino:
        return "before the start codon"
    if place.offset[0] >= len(model.coding) and ours == "3' UTR" and place.protein == model.amino:
        return "behind the stop codon"
    if ours == "start lost" and place.start_codon_changed:
        return "start codon"
    return _coding_consequence(pair, ours, theirs, place)


def _coding_consequence(pair: Pair, ours: str, theirs: str, place: Placement) -> str:
    old, new = place.model.amino, place.protein
    if new is None:
        return ""
    at = first_difference(old, new)
    shifts = place.net % 3 != 0
    if "X" in new[at : at + 1] and ours == "frameshift" and shifts:
        return "bases behind the stop not known"
    if new == old:
        return "stop codon made again" if ours == "stop retained" else ""
    if ours == "stop gained" and len(new) < len(old):
        if new[at] == "*":
            return "stop at the first changed codon" if shifts and theirs == "frameshift" else "new stop, old one gone"
        return "new stop, old one gone"
    if ours == "frameshift" and shifts and old[at] != "*":
        if theirs == "stop lost":
            return "stop codon met, but behind the shift"
        return "change of length at an exon's end" if theirs in _SAME_LENGTH and _ends_an_exon(pair) else ""
    over = place.offset[1] > len(place.model.coding)  # the change reaches over the stop codon
    if ours == "stop lost" and theirs != "stop lost" and (over or len(new) > len(old) or new[-1] != "*"):
        return "stop codon lost, not told"
    if ours == "missense" and place.net and len(new) == len(old):
        return "new stop, old one gone"
    if theirs == "stop gained" and ours == "in-frame insertion" and len(old) <= len(new) < len(old) + place.net // 3:
        return "stop put in, protein no shorter"
    kept = not shifts and len(new) == len(old) + place.net // 3
    if ours in ("in-frame insertion", "in-frame deletion", "missense") and kept:
        if theirs in ("stop gained", "stop retained", "stop lost") and pair.facts.kind in ("MNV", "delins"):
            return "stop gained or retained, but there is none"
        if theirs in _SAME_LENGTH and _ends_an_exon(pair):
            return "change of length at an exon's end"
    return ""


def _ends_an_exon(pair: Pair) -> bool:
    """Whether a delins ends, along the genome, at the last base of an exon."""
    ends = {end for _, end in pair.facts.model.spans}
    return pair.facts.kind == "delins" and pair.facts.named.hi in ends


def _region(pair: Pair) -> str:
    place, given = pair.facts.named, pair.facts.given
    if not place.within_transcript or not given.within_transcript:
        return "partly outside"
    said = SPLICE_REGION in pair.their_classes
    if place.insertion and said and place.border_insertion() and place.repeats_exon:
        return "duplicate at an exon's end"
    if said and place.at_edge_of_region():
        return "insertion at the edge of the splice region"
    # SnpEff (Transcript.createSpliceSites) gives an exon's end a splice region if its index is below its length - 1.
    spans, exon = place.model.spans, place.model.exon(place.five)
    if said and place.meets_end() and not place.in_splice_region():
        return "splice region by an exon's length"
    if not said and place.in_splice_region() and exon >= spans[exon][1] - spans[exon][0]:
        return "splice region by an exon's length"
    return ""


def _coding(pair: Pair) -> str:
    facts, ours, theirs = pair.facts, pair.ours.hgvs_c, _plain(pair.theirs.hgvs_c)
    inside = facts.named.within_transcript and facts.given.within_transcript
    alike = facts.same_bases(theirs)
    if alike and ours.endswith("inv") and "delins" in theirs:
        return "inversion written as delins"
    if alike and not inside:
        return "not shifted where it lies outside"
    if alike and ours.endswith("dup") and "ins" in theirs:
        return "duplicate that begins outside" if _begins_outside(facts.named) else ""
    if not alike and (not inside or facts.named.meets_end()):
        return "counted wrongly at the transcript's end"
    return ""


def _begins_outside(place: Placement) -> bool:
    first = place.five - place.model.step * (len(place.alt) - 1)
    return place.insertion and not place.model.transcript.start <= first <= place.model.transcript.end


def _plain(name: str) -> str:
    return re.sub(r"(del|dup)[ACGTN]+", r"\1", name)


def _protein(pair: Pair) -> str:
    ours, theirs, place = pair.our_class, pair.theirs.hgvs_p, pair.facts.named
    if pair.ours.hgvs_p == "p.?":
        return "protein named though a splice site is hit" if place.rna is None or not site_kept(place) else ""
    if place.repeats_exon and not theirs:
        return "duplicate at an exon's end"
    if not place.within_transcript and not pair.ours.hgvs_p:
        return "protein named though only a UTR is met"
    if place.rna is None:
        return ""
    if place.start_codon_changed:
        return "start codon"
    old, new = place.model.amino, place.protein
    if new is None:
        return ""
    at = first_difference(old, new)
    if place.model.coding[:3] != "ATG" and at < 2:
        return "start codon"
    if not pair.ours.hgvs_p:
        if new == old and (place.offset[1] <= 0 or place.offset[0] >= len(place.model.coding)):
            return "protein named though only a UTR is met"
        return "bases behind the stop not known" if "X" in new[at : at + 1] else ""
    told = told_protein(old, theirs)
    if told == new:
        return _spelling(pair)
    if theirs.endswith("fs") and place.net % 3:
        return _frameshift(ours, theirs, old, new, at)
    if old[at : at + 1] == "*" or place.offset[1] > len(place.model.coding) - 3:
        return "stop lost or kept, not told in full"
    if "???" in theirs:
        return "codon cut"
    if new == old and re.fullmatch(r"p\.\d+", theirs):
        return "synonymous without residues"
    if told and ours == "stop gained" and theirs.endswith("*"):
        return "residues before the new stop left out"
    if told and theirs.endswith("dup") and "dup" not in pair.ours.hgvs_p:
        return "insertion taken for a duplication"
    if told and theirs.endswith("dup"):
        return "duplication of other residues"
    return ""


def _spelling(pair: Pair) -> str:
    """Names that say one protein in two ways."""
    ours, theirs = pair.ours.hgvs_p, pair.theirs.hgvs_p
    if ours.endswith("dup)") and "ins" in theirs:
        return "duplication written as insertion"
    if "ext" in ours:
        return "insertion before the stop"
    if "Ter" in theirs or "*" in theirs:
        return "residues behind the new stop listed"
    return "not trimmed or not shifted"


def _frameshift(ours: str, theirs: str, old: str, new: str, at: int) -> str:
    if ours == "stop gained" and new[at] == "*":
        return "stop at the first changed codon"
    if ours == "stop lost" and old[at] == "*":
        return "stop lost or kept, not told in full"
    if ours == "stop retained" and old == new:
        return "stop lost or kept, not told in full"
    return "frameshift not at the first changed residue" if f"{THREE[old[at]]}{at + 1}fs" not in theirs else ""
