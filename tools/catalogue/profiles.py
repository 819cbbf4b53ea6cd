"""CIViC's molecular profiles (`A AND ( B OR C )`, `NOT D`) as claims: the alteration itself, and its context."""

from __future__ import annotations

import itertools
import re

from alterations import Atom, Excluded, atom, fusion, gene_set

#: The gene a fusion is about: the driver, by which a claim is filed.
DRIVERS = gene_set("driver")
#: Driver fusions that are the setting in which their own gene's mutants are read: they add no condition.
SETTING = gene_set("setting")
#: What was there before treatment: beside another alteration it is the context, not the resistance.
FIRST = re.compile(
    r"BRAF protein V600[A-Z]|BRAF codon V600|RET protein M918T|EGFR protein L858R|EGFR exon 19 .*|FLT3 region ITD .*"
    r"|KIT protein (W557_K558del|V560_Y578del)|FGFR3 protein (S249C|Y373C)|PIK3CA protein E545K|ERBB2 amplification"
    r"|PTEN loss|(\S+) fusion .*|KRAS region hotspot .*"
)


#: Words between atoms, and brackets with space on their inner side (those of "p.(…)" have none).
_JOINTS = re.compile(r"\s*(\bAND\b|\bOR\b|\bNOT\b|(?<=\s)\((?=\s)|^\((?=\s)|(?<=\s)\)(?=\s|$))\s*")


def split(profile: str) -> list[list[tuple[bool, str]]]:
    """The profile's alternatives, each a list of (wanted, `GENE alteration`) that hold together."""
    tokens = [t for t in _JOINTS.split(profile) if t]
    position = 0

    def expression() -> list[list[tuple[bool, str]]]:
        nonlocal position
        found = conjunction()
        while position < len(tokens) and tokens[position] == "OR":
            position += 1
            found = found + conjunction()
        return found

    def conjunction() -> list[list[tuple[bool, str]]]:
        nonlocal position
        found = factor()
        while position < len(tokens) and tokens[position] == "AND":
            position += 1
            right = factor()
            found = [a + b for a, b in itertools.product(found, right)]
        return found

    def factor() -> list[list[tuple[bool, str]]]:
        nonlocal position
        token = tokens[position]
        position += 1
        if token == "(":
            inner = expression()
            position += 1
            return inner
        if token == "NOT":
            ((_, text),) = factor()[0]
            return [[(False, text)]]
        return [[(True, token.strip())]]

    found = expression()
    if position != len(tokens):
        raise Excluded(f"the profile “{profile}” cannot be taken apart")
    return found


def parse_atom(text: str) -> Atom:
    """`GENE alteration` or a fusion as an atom. Raises Excluded."""
    if partners := fusion(text):
        gene = next((g for g in reversed(partners) if g in DRIVERS), None) or next(
            (g for g in partners if g in DRIVERS), None
        )
        if gene is None:
            raise Excluded("fusion without a gene that drives it")
        if partners == ("*", "*"):
            raise Excluded("fusion without partners")
        shown = "::".join(p for p in partners)
        name = f"{shown} fusion" if "*" not in partners else "fusion"
        return Atom(gene, name, f"fusion {shown}")
    gene, _, rest = text.partition(" ")
    if gene in ("TMB", "MSI", "HLA-DRA"):
        raise Excluded("a signature of the whole genome, not one gene's alteration")
    return atom(gene, rest)


def read(profile: str) -> list[tuple[Atom, str, str]]:
    """(alteration, context, note) for each alternative of a profile. Raises Excluded."""
    profile = re.sub(r"(\S+) ([A-Z]\d+)/([A-Z]\d+)$", r"\1 \2 OR \1 \3", profile)  # KRAS G12/G13
    profile = re.sub(r"(\S+) ([A-Z]\d+)([A-Z])/([A-Z])$", r"\1 \2\3 OR \1 \2\4", profile)  # FLT3 D835H/Y
    return [_one(alternative) for alternative in split(profile)]


def _one(parts: list[tuple[bool, str]]) -> tuple[Atom, str, str]:
    wanted = [parse_atom(text) for yes, text in parts if yes]
    unwanted = [parse_atom(text) for yes, text in parts if not yes]
    if not wanted:
        raise Excluded("absence of an alteration is no acquired alteration")
    setting = [a for a in wanted if a.match.startswith("fusion") and a.gene in SETTING]
    others = [a for a in wanted if a not in setting]
    notes = []
    if others and setting:
        own = [s for s in setting if any(_same_setting(s, o) for o in others)]
        notes += [f"shown in {s.match.removeprefix('fusion ').replace('*::', '')}-positive disease" for s in own]
        setting = [s for s in setting if s not in own]
    if not others:
        others, setting = setting, []
    contexts = [f"with {s.gene}:{s.match}" for s in setting]
    if len(others) > 1:
        first = [a for a in others if FIRST.fullmatch(f"{a.gene} {a.match}")]
        late = [a for a in others if a not in first]
        if not late:
            late, first = first[-1:], first[:-1]
        contexts += [f"with {a.gene}:{a.match}" for a in first]
        others = late
    contexts += [f"without {a.gene}:{a.match}" for a in unwanted]
    context = "; ".join(sorted(contexts))
    if len(others) == 1:
        return others[0], context, "; ".join(notes)
    return compound(others, "any"), context, "; ".join(notes)


def _same_setting(setting: Atom, other: Atom) -> bool:
    return setting.gene == other.gene or (setting.gene, other.gene) == ("RARA", "PML")


def compound(atoms: list[Atom], phase: str) -> Atom:
    """Several alterations that make one claim together."""
    gene = atoms[0].gene
    atoms = sorted(atoms, key=lambda a: (a.gene != gene, a.gene, _residue(a.match), a.match))
    parts = [a.match if a.gene == gene else f"{a.gene}:{a.match}" for a in atoms]
    names = [a.alteration if a.gene == gene else f"{a.gene} {a.alteration}" for a in atoms]
    where = {"any": "", "cis": " in cis", "trans": " in trans"}[phase]
    return Atom(gene, " + ".join(names) + where, f"compound {phase} " + " & ".join(parts))


def _residue(match: str) -> int:
    m = re.search(r"\d+", match)
    return int(m[0]) if m else 0
