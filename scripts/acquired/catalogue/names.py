"""Names of drugs and diseases in all their spellings, and the hierarchies of classes and diseases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

#: Salts, hydrates and counter-ions that may follow a drug's name without naming another drug.
_SALT_WORDS = """
acetate anhydrous besylate calcium citrate dihydrate dihydrochloride dimaleate dimesylate disodium ditosylate edisylate
esylate fumarate hcl hemifumarate hydrobromide hydrochloride hydrate lactate magnesium malate maleate mesilate mesylate
monohydrate monohydrochloride phosphate potassium sodium succinate sulfate sulphate tartrate tosylate trihydrate
"""
_SALTS = frozenset(_SALT_WORDS.split())
_JOINTS = re.compile(r"\s*(?:\+|/|,|&|;|\band\b|\bplus\b|\bwith\b)\s*", re.IGNORECASE)


def drug_key(name: str) -> str:
    """What two spellings of one drug share: letters and digits, no case, no salt (Osimertinib mesylate, AZD-9291)."""
    words = re.findall(r"[^\W_]+", name.casefold())
    while len(words) > 1 and words[-1] in _SALTS:
        words.pop()
    return "".join(words)


def disease_key(name: str) -> str:
    """What two spellings of one disease share: letters and digits; no case, no plural, `tumour` as `tumor`."""
    text = name.casefold().replace("tumour", "tumor").replace("leukaemia", "leukemia").replace("'s", "")
    words = re.findall(r"[^\W_]+", text)
    plural = re.compile(r"(.{4,})(?<![uis])s")
    return " ".join(plural.sub(r"\1", w) if plural.fullmatch(w) else w for w in words)


def split_combination(name: str) -> list[str]:
    """The parts of a combination as written ("a + b", "a/b", "a and b"); one part for a single name."""
    return [part for part in _JOINTS.split(name.strip()) if part]


def ancestors(start: str, parents: Mapping[str, Sequence[str]]) -> list[str]:
    """Everything above `start`, nearest first, each once. Ends on cycles too (validation refuses them)."""
    found: dict[str, None] = {}
    level: list[str] = list(parents.get(start, ()))
    while level:
        fresh = [p for p in level if p not in found and p != start]
        found.update(dict.fromkeys(fresh))
        level = [p for name in fresh for p in parents.get(name, ())]
    return list(found)


def cycles(parents: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Each cycle of the hierarchy once, as the names along it, beginning with the first in the alphabet."""
    found: dict[tuple[str, ...], None] = {}
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> None:
        if name in path:
            ring = path[path.index(name) :]
            first = ring.index(min(ring))
            found[tuple(ring[first:] + ring[:first])] = None
        elif name not in done:
            for parent in parents.get(name, ()):
                walk(parent, [*path, name])
            done.add(name)

    for name in sorted(parents):
        walk(name, [])
    return [list(ring) for ring in found]


def nearest_first(names: Iterable[str], parents: Mapping[str, Sequence[str]]) -> list[str]:
    """The given classes, then everything above them, each once."""
    own = list(dict.fromkeys(names))
    return list(dict.fromkeys([*own, *(a for name in own for a in ancestors(name, parents))]))
