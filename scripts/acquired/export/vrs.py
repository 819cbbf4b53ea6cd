"""GA4GH VRS 2.0 computed identifiers of alleles (`ga4gh:VA.…`).

Source: GA4GH Variation Representation Specification 2.0, "Normalization" (fully justified alleles) and "Computed
identifiers" (RFC 8785 canonical JSON, SHA-512 truncated to 24 bytes, base64url). Refget accessions of the chromosomes:
resources/export/sequences.tsv. Coordinates inside VRS are interbase: 0-based, half-open.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any, Protocol

from acquired.export.results import read_table

Json = dict[str, Any]

#: An indel in a repeat longer than this gets no id; no read reaches across it either.
_REACH = 5_000
_STEP = 64


class Bases(Protocol):
    """The part of `acquired.reference.Reference` that normalisation needs."""

    def fetch(self, chrom: str, start: int, end: int) -> str:
        """Bases start … end (1-based inclusive), N where unknown."""


def sha512t24u(blob: bytes) -> str:
    """The GA4GH truncated digest: SHA-512, first 24 bytes, base64url (32 letters, no padding)."""
    return base64.urlsafe_b64encode(hashlib.sha512(blob).digest()[:24]).decode("ascii")


class Identifier:
    """VRS identifiers of the alleles of one build."""

    def __init__(self, resources: Path, build: str, bases: Bases | None):
        """bases: the reference of the build; without it only substitutions get an id."""
        self._accessions = {row["contig"]: row[build] for row in read_table(resources / "export" / "sequences.tsv")}
        self._bases = bases

    def allele(self, chrom: str, pos: int, ref: str, alt: str) -> Json | None:
        """The VRS Allele of a VCF-style allele (pos 1-based), with `id`; None where it cannot be told.

        An insertion or deletion must be justified over the whole stretch in which it can stand, so it needs known
        bases up to and including the first that stops it on either side. A substitution needs none.
        """
        accession = self._accessions.get(chrom)
        if accession is None or not set(ref + alt) <= set("ACGT"):
            return None
        start, ref, alt = trim(pos - 1, ref, alt)
        if not (ref or alt):
            return None
        justified = self._justify(chrom, start, ref, alt)
        if justified is None:
            return None
        start, end, state = justified
        location = {
            "type": "SequenceLocation",
            "sequenceReference": {"type": "SequenceReference", "refgetAccession": accession},
            "start": start,
            "end": end,
        }
        inherent = {key: value for key, value in state.items() if key != "sequence" or "length" not in state}
        value = {"type": "Allele", "location": sha512t24u(_canonical(location)), "state": inherent}
        digest = sha512t24u(_canonical(value))
        return {"id": f"ga4gh:VA.{digest}", "type": "Allele", "digest": digest, "location": location, "state": state}

    def _justify(self, chrom: str, start: int, ref: str, alt: str) -> tuple[int, int, Json] | None:
        """(start, end, state), an insertion or deletion rolled left and right as far as it goes; None: not known."""
        if ref and alt:
            return start, start + len(ref), {"sequence": alt, "type": "LiteralSequenceExpression"}
        unit = ref or alt
        left = self._roll(chrom, start, unit, -1)
        right = self._roll(chrom, start + len(ref), unit, +1)
        if left is None or right is None:
            return None
        whole_ref, whole_alt = left + ref + right, left + alt + right
        first, last = start - len(left), start + len(ref) + len(right)
        if not whole_ref:
            return first, last, {"sequence": whole_alt, "type": "LiteralSequenceExpression"}
        period = len(unit) if ref else _period(whole_ref, whole_alt, len(unit))
        if not period:
            return first, last, {"sequence": whole_alt, "type": "LiteralSequenceExpression"}
        return first, last, {
            "length": len(whole_alt), "repeatSubunitLength": period, "sequence": whole_alt,
            "type": "ReferenceLengthExpression",
        }  # fmt: skip

    def _roll(self, chrom: str, at: int, unit: str, way: int) -> str | None:
        """Bases beside `at` (interbase) that repeat `unit`, to the left (-1) or right; None where bases end first."""
        if self._bases is None:
            return None
        found: list[str] = []
        while len(found) < _REACH:
            if way < 0:
                window = self._bases.fetch(chrom, at - len(found) - _STEP + 1, at - len(found))[::-1]
            else:
                window = self._bases.fetch(chrom, at + len(found) + 1, at + len(found) + _STEP)
            for base in window:
                n = len(found)
                expected = unit[-1 - n % len(unit)] if way < 0 else unit[n % len(unit)]
                if base == "N":
                    return None
                if base != expected:
                    return "".join(reversed(found) if way < 0 else found)
                found.append(base)
        return None


def vrs_id(identifier: Identifier | None, alteration: Json) -> str:
    """The VRS identifier of an alteration that is an allele; empty where there is none."""
    keys = ("chrom", "pos", "ref", "alt")
    found = identifier.allele(*(alteration[key] for key in keys)) if identifier else None
    return found["id"] if found else ""


def trim(start: int, ref: str, alt: str) -> tuple[int, str, str]:
    """(start, ref, alt) without the bases that ref and alt share at their ends; `start` is 0-based."""
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    shared = 0
    while shared < min(len(ref), len(alt)) and ref[shared] == alt[shared]:
        shared += 1
    return start + shared, ref[shared:], alt[shared:]


def _period(ref: str, alt: str, inserted: int) -> int:
    """The longest factor of the inserted length by which `alt` goes on repeating the end of `ref`; 0 if none does."""
    for period in sorted((n for n in range(1, inserted + 1) if inserted % n == 0), reverse=True):
        if period <= len(ref):
            tail = ref[len(ref) - period :]
            if all(alt[i] == tail[(i - len(ref)) % period] for i in range(len(ref), len(alt))):
                return period
    return 0


def _canonical(value: Json) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
