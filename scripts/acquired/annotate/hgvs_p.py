"""Names on the protein (`p.`), by the HGVS nomenclature's rules for predicted protein changes.

Everything here compares residues, as the nomenclature demands; what happened to the DNA is used only to tell a
shifted reading frame from one that is kept. Residue numbers are 1-based; `P` is the reference protein with its
`*`, indices into it are 0-based.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from acquired.annotate.codons import THREE


class ProteinChange(NamedTuple):
    """A protein change in both spellings, with its Sequence Ontology term and the residues touched (1-based)."""

    hgvs_p: str
    protein: str
    consequence: str
    start: int
    end: int
    known: bool = True  # False: bases that would be needed are not known, or only part could be told


class _AA(str):
    """Residues in 1-letter code inside a name that is built."""


def _spell(*parts: str) -> tuple[str, str]:
    """The parts of a name in 3-letter and in 1-letter code."""
    long = "".join(["".join([THREE[c] for c in p]) if isinstance(p, _AA) else p for p in parts])
    return long, "".join(parts)


def _change(consequence: str, start: int, end: int, *parts: str, known: bool = True) -> ProteinChange:
    long, short = _spell(*parts)
    return ProteinChange(f"p.({long})", short, consequence, start, end, known)


def _place(protein: str, first: int, last: int) -> tuple[str, ...]:
    """`L747_P753` or `L747` for 0-based first..last."""
    if first == last:
        return _AA(protein[first]), str(first + 1)
    return _AA(protein[first]), f"{first + 1}_", _AA(protein[last]), str(last + 1)


def unknown(index: int, consequence: str = "coding_sequence_variant") -> ProteinChange:
    """A change in a codon whose bases are not known (0-based index)."""
    return ProteinChange("", "", consequence, index + 1, index + 1, known=False)


def start_lost() -> ProteinChange:
    """A change of the start codon: what is made of it cannot be told."""
    return ProteinChange("p.(Met1?)", "M1?", "start_lost", 1, 1)


def substitution(protein_residue: str, residue: str, index: int) -> ProteinChange:
    """One residue for another at a 0-based index that is neither the start nor the stop."""
    number = str(index + 1)
    if residue == protein_residue:
        return _change("synonymous_variant", index + 1, index + 1, _AA(residue), number, "=")
    if residue == "*":
        return _change("stop_gained", index + 1, index + 1, _AA(protein_residue), number, _AA("*"))
    return _change("missense_variant", index + 1, index + 1, _AA(protein_residue), number, _AA(residue))


def in_frame(protein: str, first: int, window: str, mutated: str, net: int) -> ProteinChange:
    """A change that keeps the frame and the reference stop.

    first: 0-based index of the first residue of `window`, the reference residues whose codons were touched
    (empty for an insertion between codons); mutated: what stands there now; net: bases gained or lost, which decide
    between inframe_insertion, inframe_deletion and missense_variant (a delins is filed under what it does to the
    length, as clinicians do: EGFR L747_P753delinsS is an exon 19 deletion).
    """
    if "X" in mutated or "X" in window:
        return unknown(first, _size_term(net) if net else "coding_sequence_variant")
    if "*" in mutated[: len(mutated) - (window[-1:] == "*")]:
        return _early_stop(protein, first, window, mutated[: mutated.index("*") + 1])
    if window == mutated:
        last = first + max(len(window), 1) - 1
        term = "stop_retained_variant" if window[-1:] == "*" else "synonymous_variant"
        return _change(term, first + 1, last + 1, *_place(protein, first, last), "=")
    head = 0
    while head < min(len(window), len(mutated)) and window[head] == mutated[head]:
        head += 1
    first, window, mutated = first + head, window[head:], mutated[head:]
    while window and mutated and window[-1] == mutated[-1]:
        window, mutated = window[:-1], mutated[:-1]
    if not window:
        return _insertion(protein, first, mutated)
    last = first + len(window) - 1
    if not mutated:
        while last + 1 < len(protein) and protein[first] == protein[last + 1]:
            first, last = first + 1, last + 1
        return _change("inframe_deletion", first + 1, last + 1, *_place(protein, first, last), "del")
    if len(window) == len(mutated):
        return _replacement(protein, first, window, mutated, net)
    return _change(_size_term(net), first + 1, last + 1, *_place(protein, first, last), "delins", _AA(mutated))


def _size_term(net: int) -> str:
    if net == 0:
        return "missense_variant"
    return "inframe_insertion" if net > 0 else "inframe_deletion"


def _insertion(protein: str, at: int, residues: str) -> ProteinChange:
    """Residues put in before 0-based index `at`: moved 3', a duplication where it is one."""
    while at < len(protein) and residues[0] == protein[at]:
        residues = residues[1:] + residues[0]
        at += 1
    size = len(residues)
    if protein[max(at - size, 0) : at] == residues:
        return _change("inframe_insertion", at - size + 1, at, *_place(protein, at - size, at - 1), "dup")
    if protein[at : at + 1] == "*":  # new residues at the C-terminus: the nomenclature's extension
        number = str(at + 1)
        return _change("inframe_insertion", at + 1, at + 1,
                       _AA("*"), number, _AA(residues[0]), "ext", _AA("*"), str(size))  # fmt: skip
    return _change("inframe_insertion", at, at + 1, *_place(protein, at - 1, at), "ins", _AA(residues))


def _replacement(protein: str, first: int, window: str, mutated: str, net: int) -> ProteinChange:
    """As many residues as before: runs that are apart are named apart (p.[(Ser44Arg;Trp46Arg)]).

    The short name, which claims are matched on, is one delins (S44_W46delinsRFR): one change, one name.
    """
    runs: list[list[int]] = []
    for i, (old, new) in enumerate(zip(window, mutated, strict=True)):
        if old == new:
            continue
        if runs and runs[-1][1] == i:
            runs[-1][1] = i + 1
        else:
            runs.append([i, i + 1])
    named = []
    for start, end in runs:
        place = _place(protein, first + start, first + end - 1)
        named.append(_spell(*place, *([] if end - start == 1 else ["delins"]), _AA(mutated[start:end])))
    last = first + len(window)
    if len(named) == 1:
        return ProteinChange(f"p.({named[0][0]})", named[0][1], _size_term(net), first + 1, last)
    short = "".join([*_place(protein, first, last - 1), "delins", mutated])
    return ProteinChange(f"p.[({';'.join(n[0] for n in named)})]", short, _size_term(net), first + 1, last)


def _early_stop(protein: str, first: int, window: str, mutated: str) -> ProteinChange:
    """A change in frame that brings a stop of its own; `mutated` ends with it.

    It ends the protein before the reference stop would (stop_gained), unless it comes no earlier: bases put in at
    the very end (`VHL c.639_640insCTCCGTTAGACT`) make the protein longer although there is a stop among them.
    """
    head = 0
    while mutated[head] == protein[first + head : first + head + 1]:
        head += 1
        if head == len(mutated):  # the reference stop itself, come no earlier
            return _change("stop_retained_variant", first + head, first + head, _AA("*"), str(first + head), "=")
    at, last = first + head, first + len(window) - 1
    gained = len(mutated) - len(window) - (last < len(protein) - 1)  # residues, where all up to the end is replaced
    if mutated[head] == "*":
        return _change("stop_gained", at + 1, at + 1, _AA(protein[at]), str(at + 1), _AA("*"))
    if last == len(protein) - 2 and gained >= 0:  # right before the reference stop, which the new one stands for
        return in_frame(protein, first, window, mutated[:-1], 3 * gained)
    if last == len(protein) - 1 and gained == 0:
        return in_frame(protein, first, window[:-1], mutated[:-1], 0)
    if protein[at] == "*":
        return shifted(protein, first, mutated)
    if at > last:
        return _change("stop_gained", at, at + 1, *_place(protein, at - 1, at), "ins", _AA(mutated[head:]))
    term = "stop_lost" if last == len(protein) - 1 and gained > 0 else "stop_gained"
    return _change(term, at + 1, last + 1, *_place(protein, at, last), "delins", _AA(mutated[head:]))


def shifted(protein: str, first: int, mutated: str) -> ProteinChange:
    """A change that shifts the frame, or takes the reference stop.

    mutated: translation from 0-based residue `first` on, up to and with the first stop (none: the transcript ends
    before one comes).
    """
    head = 0
    while head < len(mutated) and mutated[head] == protein[first + head : first + head + 1] and mutated[head] != "X":
        head += 1
    at = first + head
    if head == len(mutated):
        if mutated[-1:] == "*":
            number = str(at)
            return _change("stop_retained_variant", at, at, _AA("*"), number, "=")
        return ProteinChange("p.?", "", "frameshift_variant", at, at, known=False)  # the transcript ends first
    new, old = mutated[head], protein[at]
    known = "X" not in mutated[head:]
    if new == "X" or old == "X":
        return unknown(at, "frameshift_variant")
    # The count runs from the first changed residue (1) to the stop; an unknown stretch or no stop gives "?".
    stop = len(mutated) - head if mutated[-1] == "*" and known else 0
    number = str(at + 1)
    if old == "*":
        count = str(stop - 1) if stop else "?"
        return _change("stop_lost", at + 1, at + 1, _AA("*"), number, _AA(new), "ext", _AA("*"), count, known=known)
    if new == "*":
        return _change("stop_gained", at + 1, at + 1, _AA(old), number, _AA("*"))
    return _change("frameshift_variant", at + 1, at + 1,
                   _AA(old), number, _AA(new), "fs", _AA("*"), str(stop) if stop else "?", known=known)  # fmt: skip


_WRITTEN = re.compile(r"([A-Z*])(\d+)(?:_([A-Z*])(\d+))?(?:(delins|ins|>)([A-Z]+)|(del|dup)[A-Z]*)\Z")


def rewritten(protein: str, name: str) -> str:
    """A protein insertion, deletion or delins in 1-letter code as the nomenclature writes it on `protein`.

    What a caller, an article or a knowledge base calls EGFR D770_N771insSVD, V769_D770insASV or H773_V774insH is
    S768_D770dup, A767_V769dup and H773dup by the rules, and PDGFRA D842_H845del is I843_D846del. Any other name,
    and one whose residues are not those of `protein`, is given back as it is.
    """
    found = _WRITTEN.match(name)
    if not found:
        return name
    low, high = int(found[2]), int(found[4] or found[2])
    kind, new = found[5] or found[7], found[6] or ""
    if protein[low - 1 : low] != found[1] or protein[high - 1 : high] != (found[3] or found[1]) or high < low:
        return name
    if "*" in protein[low - 1 : high]:
        return name
    if kind == "ins":
        if high != low + 1:
            return name
        return in_frame(protein, low, "", new, len(new)).protein
    window = protein[low - 1 : high]
    if kind == "dup":
        return in_frame(protein, high, "", window, len(window)).protein
    return in_frame(protein, low - 1, window, new, len(new) - len(window)).protein or name
