"""Genotype and phase of one alternative, whichever way the caller tells phase (|, PS, PGT and PID, HP)."""

from __future__ import annotations

from acquired.intake.readings import Layout


def genotype(layout: Layout, values: list[str], index: int, by_reads: bool, reads: int | None) -> tuple[str, str]:
    """GT of alternative `index` as `0/1`, `0|1`, `1|0`, `1|1`, `0/0` or `./.`, and its phase set ("" if none).

    by_reads: GT does not tell; the sample carries the alternative if it has reads. Without GT a record is the sample's
    own call, unless its reads are 0. reads: of the alternative, None if unknown; `0/0` is given where they are known.
    """
    text = values[layout.gt] if layout.gt is not None else ""
    if by_reads or not text:
        return ("0/0" if reads == 0 else "0/1"), ""
    if not layout.phased and "|" not in text:
        return _unphased(text, index, reads is not None), ""
    phase_set = ""
    if layout.phased:
        text, phase_set = _phased(layout, values, text)
    if "|" in text:
        alleles = text.split("|")
        if str(index) in alleles:
            return "|".join("1" if allele == str(index) else "0" for allele in alleles[:2]), phase_set
    return _unphased(text.replace("|", "/"), index, reads is not None), ""


def _unphased(text: str, index: int, known: bool) -> str:
    alleles = text.split("/")
    if str(index) in alleles:
        return "0/1"
    return "0/0" if known or "." not in alleles else "./."


def _phased(layout: Layout, values: list[str], text: str) -> tuple[str, str]:
    """GT with phase taken from PGT and PID or HP where GT itself has none, and the phase set as a number."""

    def value(at: int | None) -> str:
        return values[at] if at is not None and values[at] != "." else ""

    phase_set = value(layout.ps)
    if not phase_set.isdecimal():
        phase_set = ""
    if pid := value(layout.pid):
        pgt = value(layout.pgt)
        if "|" not in text and "|" in pgt:
            text = pgt
        first = pid.split("_", 1)[0]
        phase_set = phase_set or (first if first.isdecimal() else "")
    elif (hp := value(layout.hp)) and "|" not in text:
        haplotypes = [part.rpartition("-") for part in hp.split(",")]
        alleles = text.split("/")
        if len(haplotypes) == len(alleles) == 2 and haplotypes[0][0] == haplotypes[1][0]:
            ordered = alleles if haplotypes[0][2] <= haplotypes[1][2] else alleles[::-1]
            text, phase_set = "|".join(ordered), haplotypes[0][0] if haplotypes[0][0].isdecimal() else ""
    return text, phase_set if "|" in text else ""
