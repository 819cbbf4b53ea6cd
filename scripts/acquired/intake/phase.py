"""Genotype and phase of one alternative, whichever way the caller tells phase (|, PS, PGT and PID, HP)."""

from __future__ import annotations

from acquired.intake.readings import Layout


def genotype(
    layout: Layout, values: list[str], index: int, by_reads: bool, reads: int | None, listed: bool
) -> tuple[str, str]:
    """GT of alternative `index` as `0/1`, `0|1`, `1|0`, `1|1`, `0/0` or `./.`, and its phase set ("" if none).

    by_reads: GT does not tell; the sample carries the alternative if reads do. listed: the record is this
    sample's own call (used where the file has no GT at all). `0/0` is given where counts are known.
    """
    known = reads is not None
    text = values[layout.gt] if layout.gt is not None else ""
    phase_set = ""
    if layout.phased:
        text, phase_set = _phased(layout, values, text)
    if not text or by_reads:
        carries = bool(reads) if known else listed
        return ("0/1" if carries else "0/0"), ""
    if "|" in text:
        alleles = text.split("|")
        if str(index) in alleles:
            return "|".join("1" if allele == str(index) else "0" for allele in alleles[:2]), phase_set
        return _absent(alleles, known)
    alleles = text.split("/")
    if str(index) in alleles:
        return "0/1", ""
    return _absent(alleles, known)


def _absent(alleles: list[str], known: bool) -> tuple[str, str]:
    return ("0/0" if known or "." not in alleles else "./."), ""


def _phased(layout: Layout, values: list[str], text: str) -> tuple[str, str]:
    """GT with phase taken from PGT and PID or HP where GT itself has none, and the phase set as a number."""

    def value(at: int | None) -> str:
        return values[at] if at is not None and values[at] != "." else ""

    phase_set = value(layout.ps)
    if not phase_set.isdigit():
        phase_set = ""
    if pid := value(layout.pid):
        pgt = value(layout.pgt)
        if "|" not in text and "|" in pgt:
            text = pgt
        first = pid.split("_", 1)[0]
        phase_set = phase_set or (first if first.isdigit() else "")
    elif (hp := value(layout.hp)) and "|" not in text:
        haplotypes = [part.rpartition("-") for part in hp.split(",")]
        alleles = text.split("/")
        if len(haplotypes) == len(alleles) == 2 and haplotypes[0][0] == haplotypes[1][0]:
            ordered = alleles if haplotypes[0][2] <= haplotypes[1][2] else alleles[::-1]
            text, phase_set = "|".join(ordered), haplotypes[0][0] if haplotypes[0][0].isdigit() else ""
    return text, phase_set if "|" in text else ""
