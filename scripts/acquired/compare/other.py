"""A patient's alterations that are not small variants with coordinates, over time: `other` of compared.json."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from acquired.annotate.named import one_letter
from acquired.bundled import read_yaml
from acquired.compare.over_time import headline, observation, trajectories
from acquired.compare.plan import Comparison
from acquired.copynumber.genes import Limits, visible
from acquired.copynumber.read import purity_of
from acquired.model import Kind, Specimen, Status, Trajectory

Json = dict[str, Any]
_SECTIONS = ("copy_number", "fusions", "rearrangements", "splice", "expression", "named")
_UP, _DOWN = ("gain", "amplification"), ("loss", "deletion")


def compare_other(
    specimens: Sequence[Specimen],
    comparisons: Sequence[Comparison],
    told: Sequence[Mapping[str, Any]],
    settings: Mapping[str, Any],
    resources: Path,
) -> list[Json]:
    """The entries of `other`: copy number, fusions, splice forms, expression, and variants named without a place.

    told: the content of each specimen's `.alterations.json`, in the order of `specimens`, with `small_variants` of its
    accounting (calls, table or none). settings: the config (`copy_number`). Histology is compared by the judge.
    Sorted by id.
    """
    if not any(t.get(section) for t in told for section in _SECTIONS):
        return []  # as for most patients: no table need be read
    table = read_yaml(resources / "dialects" / "fusions.yaml")
    rules = read_yaml(resources / "dialects" / "expression.yaml")
    found = [
        *_copy_number(specimens, comparisons, told, Limits.of(settings)),
        *_fusions(specimens, comparisons, told, table),
        *_splice(specimens, comparisons, told),
        *_expression(specimens, comparisons, told, rules["change"]),
        *_named(specimens, comparisons, told),
    ]
    return sorted(found, key=lambda entry: entry["id"])


def _entry(
    kind: Kind, id_: str, gene: str, name: str, state: str, seen: list[Json], moves: list[Json], **more: Any
) -> Json:
    trajectory, basis = headline(moves)
    return {"id": id_, "kind": str(kind), "gene": gene, "name": name, "state": state, "partners": None, "chrom": "",
            "start": None, "end": None, "observations": seen, "trajectories": moves, "trajectory": trajectory,
            "basis": basis, **more}  # fmt: skip


def _looked(told: Mapping[str, Any], key: str, genes: Sequence[str]) -> str:
    """all: the file lists what it finds anywhere; named: it says so of one of these genes; "" not looked at."""
    looked = told.get(key) or []
    if looked == "all":
        return "all"
    return "named" if set(genes) & set(looked) else ""


def _negative(told: Mapping[str, Any], genes: Sequence[str], kind: str) -> Mapping[str, Any] | None:
    """The source's own statement that it found nothing in one of these genes."""
    rows = (n for n in told.get("negatives", ()) if n["gene"] in genes and n.get("kind", "any") in ("any", kind))
    return next(rows, None)


def looked_at(
    specimens: Sequence[Specimen], told: Sequence[Mapping[str, Any]], settings: Mapping[str, Any]
) -> list[Json]:
    """What each specimen was looked at for, beside small variants: `looked_at` of compared.json, for the negatives.

    copy_number: genes that were measured (or "all" where a file lists changes only); blind: purity too low to show an
    amplification. fusions: "all" or genes. expression: genes. negatives: what a report says it did not find.
    """
    limits = Limits.of(settings)
    found = []
    for specimen, t in zip(specimens, told, strict=True):
        purity = purity_of(specimen)
        measured = sorted({row["gene"] for row in t.get("copy_number", ())})
        found.append(
            {
                "specimen": specimen.specimen,
                "copy_number": measured,
                "copy_number_listed": t.get("copy_number_looked_at") or [],
                "blind": purity is not None and not visible(limits, purity),
                "fusions": t.get("fusions_looked_at") or [],
                "dna": _is_dna(specimen),
                "expression": sorted({row["gene"] for row in t.get("expression", ())}),
                "negatives": [{"gene": n["gene"], "kind": n.get("kind", "any")} for n in t.get("negatives", ())],
            }
        )
    return found


# ---- copy number ----------------------------------------------------------------------------------------------------


def _copy_number(
    specimens: Sequence[Specimen], comparisons: Sequence[Comparison], told: Sequence[Mapping[str, Any]], limits: Limits
) -> Iterator[Json]:
    rows = [{row["gene"]: row for row in t.get("copy_number", ())} for t in told]

    def size(before: Mapping[str, Any], now: Mapping[str, Any]) -> Trajectory:
        """By copies where both have them, else by the ratio, else unknown and so persistent."""
        one, two = before.get("copy_number"), now.get("copy_number")
        if one is not None and two is not None:
            factor = (two + 0.1) / (one + 0.1)
        elif before.get("log2") is not None and now.get("log2") is not None:
            factor = 2.0 ** (now["log2"] - before["log2"])
        else:
            return Trajectory.PERSISTENT
        if factor >= limits.change:
            return Trajectory.RISEN
        return Trajectory.FALLEN if factor <= 1 / limits.change else Trajectory.PERSISTENT

    for gene in sorted({gene for own in rows for gene in own}):
        for direction in (_UP, _DOWN):
            states = {own[gene]["state"] for own in rows if gene in own} & set(direction)
            if not states:
                continue
            state = max(states, key=direction.index)
            seen = [
                _copies_seen(s, own.get(gene), t, gene, state, limits)
                for s, own, t in zip(specimens, rows, told, strict=True)
            ]
            best = max((own[gene] for own in rows if gene in own and own[gene]["state"] == state), key=_extent)
            moves = trajectories(seen, comparisons, specimens, size)
            yield _entry(
                Kind.COPY_NUMBER, f"copy-number-{gene}-{state}", gene, f"{gene} {state}", state, seen, moves,
                chrom=best["chrom"], start=best["start"], end=best["end"], focal=best["focal"],
            )  # fmt: skip


def _extent(row: Mapping[str, Any]) -> float:
    """How far a row is from two copies."""
    if row["copy_number"] is not None:
        return abs(float(row["copy_number"]) - 2.0)
    return abs(float(row["log2"] or 0.0))


def _copies_seen(
    specimen: Specimen, row: Mapping[str, Any] | None, told: Mapping[str, Any], gene: str, state: str, limits: Limits
) -> Json:
    if row is None:
        if _looked(told, "copy_number_looked_at", [gene]):
            return observation(specimen.specimen, Status.NOT_CALLED)
        if negative := _negative(told, [gene], "copy number"):
            return observation(specimen.specimen, Status.ABSENT, negative.get("source", ""), "none, by the report")
        return observation(specimen.specimen, Status.NOT_ASSESSED)
    status = Status.CALLED if row["state"] == state else Status.ABSENT
    purity = purity_of(specimen)
    if status == Status.ABSENT and row["state"] == "neutral" and purity is not None and not visible(limits, purity):
        status = Status.LOW
    return observation(
        specimen.specimen, status, row["source"], copies_text(row), copy_number=row["copy_number"], log2=row["log2"]
    )


def copies_text(row: Mapping[str, Any]) -> str:
    """`18.4 copies`, `log2 ratio 3.1`, or the state where there is no number; the state of lesser changes beside it."""
    if row["copy_number"] is not None:
        text = f"{row['copy_number']:.1f} copies"
    elif row["log2"] is not None:
        text = f"log2 ratio {row['log2']:.2f}"
    else:
        return str(row["state"])
    return f"{text} ({row['state']})" if row["state"] in ("gain", "loss") else text


# ---- fusions and splice forms ---------------------------------------------------------------------------------------


def _persistent(before: Mapping[str, Any], now: Mapping[str, Any]) -> Trajectory:
    """Reads that support a junction depend on the library; no change is told from them."""
    return Trajectory.PERSISTENT


def _fusions(
    specimens: Sequence[Specimen], comparisons: Sequence[Comparison], told: Sequence[Mapping[str, Any]],
    table: Mapping[str, Any],
) -> Iterator[Json]:  # fmt: skip
    ordered = {tuple(r["genes"]) for t in told for r in t.get("fusions", ()) if r.get("order") != "unknown"}
    rows: dict[tuple[str, str], dict[int, Mapping[str, Any]]] = {}
    loose: dict[str, dict[int, Mapping[str, Any]]] = {}
    for i, t in enumerate(told):
        for row in t.get("fusions", ()):
            if len(row["genes"]) == 2:
                _best(rows.setdefault(_in_order(row, ordered, table), {}), i, row)
        for row in t.get("rearrangements", ()):
            _best(loose.setdefault(row.get("name") or f"{row['gene']} {row.get('type', 'rearrangement')}", {}), i, row)
    for pair, own in sorted(rows.items()):
        seen = [_junction_seen(s, own.get(i), told[i], pair) for i, s in enumerate(specimens)]
        moves = trajectories(seen, comparisons, specimens, _persistent)
        gene = pair[0] if pair[0] in table["five_prime_drivers"] else pair[1]
        best = max(own.values(), key=lambda r: (r["status"] == "called", r["support"] or 0))
        name = "::".join(gene or "?" for gene in pair)
        yield _entry(Kind.FUSION, f"fusion-{_slug(name)}", gene, name, "", seen, moves, partners=list(pair),
                     frame=_first(own.values(), "frame"), detail=_first(own.values(), "detail"),
                     breakpoints=best["breakpoints"], ordered=pair in ordered)  # fmt: skip
    for name, own in sorted(loose.items()):
        row = next(iter(own.values()))
        seen = [_junction_seen(s, own.get(i), told[i], [row["gene"]]) for i, s in enumerate(specimens)]
        moves = trajectories(seen, comparisons, specimens, _persistent)
        yield _entry(Kind.FUSION, f"rearrangement-{_slug(name)}", row["gene"], name, "", seen, moves,
                     breakpoints=row.get("breakpoints", []))  # fmt: skip


def _in_order(row: Mapping[str, Any], ordered: set[tuple[str, ...]], table: Mapping[str, Any]) -> tuple[str, str]:
    """The two genes, 5' first; where a vendor does not tell, as another file has them or as drivers usually stand."""
    one, two = row["genes"]
    if row.get("order") != "unknown" or (one, two) in ordered:
        return one, two
    swap = (two, one) in ordered or (one in table["three_prime_drivers"] and two not in table["three_prime_drivers"])
    return (two, one) if swap else (one, two)


def _best(own: dict[int, Mapping[str, Any]], i: int, row: Mapping[str, Any]) -> None:
    """Keep the better of two rows of one specimen: called before filtered, then by reads."""

    def rank(r: Mapping[str, Any]) -> tuple[bool, int]:
        return r.get("status", "called") == "called", r.get("support") or 0

    if i not in own or rank(row) > rank(own[i]):
        own[i] = row


def _first(rows: Any, key: str) -> str:
    return next((str(r[key]) for r in rows if r.get(key)), "")


def _junction_seen(
    specimen: Specimen, row: Mapping[str, Any] | None, told: Mapping[str, Any], genes: Sequence[str], rna: bool = False
) -> Json:
    if row is not None:
        status = Status.FILTERED if row.get("status") == "filtered" else Status.CALLED
        support = row.get("support")
        text = "called" if support is None else f"{support:,} supporting reads"
        seen = observation(specimen.specimen, status, row.get("source", ""), text, support=support)
        return seen | {"filters": list(row.get("filters", []))}
    if negative := _negative(told, genes, "fusion"):
        return observation(specimen.specimen, Status.ABSENT, negative.get("source", ""), "none, by the report")
    looked = _looked(told, "fusions_looked_at", genes)
    if not looked or (rna and _is_dna(specimen)):
        return observation(specimen.specimen, Status.NOT_ASSESSED)
    return observation(specimen.specimen, Status.NOT_CALLED)


def _is_dna(specimen: Specimen) -> bool:
    """Whether the file of fusions holds structural variants of DNA, which show no splice form."""
    return bool(re.search(r"\.(vcf(\.b?gz)?|bcf)\Z", specimen.files.get("fusions", "")))


def _splice(
    specimens: Sequence[Specimen], comparisons: Sequence[Comparison], told: Sequence[Mapping[str, Any]]
) -> Iterator[Json]:
    rows: dict[tuple[str, str], dict[int, Mapping[str, Any]]] = {}
    for i, t in enumerate(told):
        for row in t.get("splice", ()):
            _best(rows.setdefault((row["gene"], row["name"]), {}), i, row)
    for (gene, name), own in sorted(rows.items()):
        from_rna = any(not _is_dna(specimens[i]) for i in own)
        seen = [_junction_seen(s, own.get(i), told[i], [gene], from_rna) for i, s in enumerate(specimens)]
        moves = trajectories(seen, comparisons, specimens, _persistent)
        shown = name if name.startswith(gene) else f"{gene} {name}"
        yield _entry(Kind.SPLICE, f"splice-{gene}-{_slug(name)}", gene, shown, name, seen, moves,
                     frame=_first(own.values(), "frame"), detail=_first(own.values(), "detail"))  # fmt: skip


# ---- expression -----------------------------------------------------------------------------------------------------


def _expression(
    specimens: Sequence[Specimen], comparisons: Sequence[Comparison], told: Sequence[Mapping[str, Any]],
    rule: Mapping[str, Any],
) -> Iterator[Json]:  # fmt: skip
    """Genes whose expression changed in some comparison. One specimen a time point: no test is made."""
    rows = [{row["gene"]: row for row in t.get("expression", ())} for t in told]
    for gene in sorted({gene for own in rows for gene in own}):
        moves: dict[str, list[Json]] = {"high": [], "low": []}
        for c in comparisons:
            before = next((i for i in c.baseline if gene in rows[i]), None)
            after = next((i for i in reversed(c.window) if gene in rows[i]), None)
            if before is None or after is None:
                continue
            fold = log2_fold(rows[before][gene], rows[after][gene], rule)
            if fold is not None and abs(fold) >= rule["log2_fold"]:
                word = Trajectory.RISEN if fold > 0 else Trajectory.FALLEN
                moves["high" if fold > 0 else "low"].append(
                    {"comparison": c.id, "trajectory": str(word), "basis": "", "before": specimens[before].specimen,
                     "after": specimens[after].specimen, "p": None, "log2_fold": round(fold, 3)}
                )  # fmt: skip
        for state, own in moves.items():
            if own:
                seen = [_value_seen(s, r.get(gene)) for s, r in zip(specimens, rows, strict=True)]
                folds = {m["comparison"]: m.pop("log2_fold") for m in own}
                yield _entry(Kind.EXPRESSION, f"expression-{gene}-{state}", gene, f"{gene} expression {state}", state,
                             seen, own, log2_fold=folds)  # fmt: skip


def log2_fold(before: Mapping[str, Any], after: Mapping[str, Any], rule: Mapping[str, Any]) -> float | None:
    """log2 of after over before, with a little added to both; None where units differ or both lie below the floor."""
    unit = before["unit"]
    if unit != after["unit"]:
        return None
    if unit == "log2":
        return float(after["value"] - before["value"])
    if max(before["value"], after["value"]) < rule["floor"].get(unit, 0):
        return None
    added = rule["added"].get(unit, 0.1)
    return math.log2((after["value"] + added) / (before["value"] + added))


def _value_seen(specimen: Specimen, row: Mapping[str, Any] | None) -> Json:
    if row is None:
        return observation(specimen.specimen, Status.NOT_ASSESSED)
    text = f"{row['value']:g} {row['unit']}" if row["unit"] != "value" else f"{row['value']:g}"
    return observation(specimen.specimen, Status.CALLED, row["source"], text, value=row["value"])


# ---- variants that only have a name ---------------------------------------------------------------------------------


def _named(
    specimens: Sequence[Specimen], comparisons: Sequence[Comparison], told: Sequence[Mapping[str, Any]]
) -> Iterator[Json]:
    rows: dict[tuple[str, str], dict[int, Mapping[str, Any]]] = {}
    for i, t in enumerate(told):
        for row in t.get("named", ()):
            change = one_letter(row.get("protein", "")) or row.get("hgvs_c", "")
            if row["gene"] and change:
                rows.setdefault((row["gene"], change), {}).setdefault(i, row)
    for (gene, change), own in sorted(rows.items()):
        if all(r["status"] == "not called" for r in own.values()):
            continue
        seen = [_named_seen(s, own.get(i), told[i], gene) for i, s in enumerate(specimens)]
        first = next(iter(own.values()))
        moves = trajectories(seen, comparisons, specimens, _persistent)
        yield _entry(Kind.SMALL, f"named-{gene}-{_slug(change)}", gene, f"{gene} {change}", "", seen, moves,
                     protein=one_letter(first.get("protein", "")), hgvs_p=first.get("protein", ""),
                     hgvs_c=first.get("hgvs_c", ""))  # fmt: skip


def _named_seen(specimen: Specimen, row: Mapping[str, Any] | None, told: Mapping[str, Any], gene: str) -> Json:
    if row is None or row["status"] == "not called":
        if negative := _negative(told, [gene], "small variant"):
            return observation(specimen.specimen, Status.ABSENT, negative.get("source", ""), "none, by the report")
        # a vendor's table that lists only what it found says nothing of the rest
        looked = row is not None or told.get("small_variants") == "calls"
        return observation(specimen.specimen, Status.NOT_CALLED if looked else Status.NOT_ASSESSED)
    depth, vaf = row.get("depth"), row.get("vaf")
    reads = round(vaf * depth) if depth is not None and vaf is not None else None
    return observation(specimen.specimen, Status(row["status"]), row.get("source", ""), "", depth=depth, vaf=vaf) | {
        "alt_count": reads
    }


def _slug(name: str) -> str:
    """A name as part of an id: letters, digits, and . _ + - only."""
    return re.sub(r"[^A-Za-z0-9.+]+", "-", name).strip("-")[:80]
