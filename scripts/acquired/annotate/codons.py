"""The standard genetic code, amino-acid letters and the other strand."""

from __future__ import annotations

_BASES = "TCAG"
# NCBI translation table 1, codons in the order TTT, TTC, TTA, TTG, TCT …
_LETTERS = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"

#: Codon to amino acid (1-letter, `*` for stop). Codons with anything but ACGT are not in it.
CODONS = {a + b + c: _LETTERS[16 * i + 4 * j + k]
          for i, a in enumerate(_BASES) for j, b in enumerate(_BASES) for k, c in enumerate(_BASES)}  # fmt: skip

#: 1-letter to 3-letter; X is an unknown residue.
THREE = {
    "A": "Ala", "R": "Arg", "N": "Asn", "D": "Asp", "C": "Cys", "Q": "Gln", "E": "Glu", "G": "Gly", "H": "His",
    "I": "Ile", "L": "Leu", "K": "Lys", "M": "Met", "F": "Phe", "P": "Pro", "S": "Ser", "T": "Thr", "W": "Trp",
    "Y": "Tyr", "V": "Val", "U": "Sec", "X": "Xaa", "*": "Ter",
}  # fmt: skip

#: 3-letter to 1-letter.
ONE = {three: one for one, three in THREE.items()}

_COMPLEMENT = str.maketrans("ACGTNacgtn", "TGCANtgcan")


def reverse_complement(bases: str) -> str:
    """The same bases read on the other strand."""
    return bases.translate(_COMPLEMENT)[::-1]


def translate(bases: str) -> str:
    """Every whole codon as one letter, `X` where a base is not known; it does not end at a stop."""
    return "".join([CODONS.get(bases[i : i + 3], "X") for i in range(0, len(bases) - 2, 3)])


def translate_to_stop(bases: str) -> str:
    """As `translate`, up to and with the first stop; without `*` at the end if there is none."""
    residues = []
    for i in range(0, len(bases) - 2, 3):
        residue = CODONS.get(bases[i : i + 3], "X")
        residues.append(residue)
        if residue == "*":
            break
    return "".join(residues)
