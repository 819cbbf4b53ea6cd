"""Rows of the patient's tables: findings per drug, drivers, claims on other drugs, other alterations, negatives."""

from __future__ import annotations

from typing import Any

from acquired.report import cells
from acquired.report.cells import INBORN, NEW, RESISTANCE, anchor
from acquired.report.words import Words

Json = dict[str, Any]

#: Claims told in full in a row's fold; further ones by id, drug and level.
_FULL = 4
_FULL_OF_DRIVER = 2  # that a drug works on its target is told by the table itself

#: Rank of trajectories where rows are in order of weight.
_WEIGHT = {
    t: i
    for i, t in enumerate(
        ("emerged", "unresolved", "risen", "persistent", "fallen", "not compared", "not seen", "cleared")
    )
}

#: Rows of alterations without a claim on a drug given, new ones and others, and names beside one flag.
MOST_NEW, MOST_OTHER, MOST_FLAGGED = 150, 30, 60


class Rows:
    """Makes the rows of one patient's tables. `result` is result.json with an observation for every specimen."""

    def __init__(self, words: Words, result: Json):
        self.words = words
        self.result = result
        self.comparisons: dict[str, Json] = {c["id"]: c for c in result["comparisons"]}
        self.specimens: dict[str, Json] = {s["id"]: s for s in result["specimens"]}
        self.names: dict[str, str] = {a["id"]: a["name"] for a in result["alterations"]}
        self.given: dict[str, list[str]] = {t["drug"]: t["class"] for t in result["therapies"]}
        self.told = {a for verdict in result["verdicts"] for a in verdict["alterations"]}
        #: what a phase is worth telling to: a claim on a drug given meets it, and nothing says that it is inborn
        self.partners = self.told | {
            a["id"] for a in result["alterations"]
            if any(c["relation"] != "other" for c in a["claims"]) and not any(f["code"] in INBORN for f in a["flags"])
        }  # fmt: skip
        self.anchored: set[str] = set()  # alterations that already have their primary anchor
        self.claimed: set[str] = set()  # claims that are already told in full

    # ---- parts of a row ---------------------------------------------------------------------------------------

    def _told(self, alteration: Json, comparison: str) -> Json | None:
        """What the alteration did on one comparison; None where it was seen on neither side of it."""
        told = next((t for t in alteration["trajectories"] if t["comparison"] == comparison), None)
        if told is None and (comparison not in self.comparisons or alteration["trajectory"] == "not compared"):
            return {"trajectory": alteration["trajectory"], "basis": alteration["basis"]}
        return told

    def on(self, alteration_id: str, comparison: str) -> Json | None:
        """What an alteration did on one comparison, by its id; None where nothing is told."""
        alteration = next((a for a in self.result["alterations"] if a["id"] == alteration_id), None)
        told = alteration["trajectories"] if alteration else []
        return next((t for t in told if t["comparison"] == comparison), None)

    def _sides(self, alteration: Json, comparison: str) -> tuple[Json, Json, Json]:
        """Before, after and the trajectory on one comparison.

        Without named specimens, the comparison's last baseline and last judged follow-up stand for the sides.
        """
        words = self.words
        told = self._told(alteration, comparison)
        frame = self.comparisons.get(comparison) or next(iter(self.comparisons.values()), None)
        first, last = "", ""
        if frame is not None:
            first = (frame["baseline"] or [""])[-1]
            last = (frame["window"] or frame["follow_ups"] or [""])[-1]
        elif len(self.specimens) == 1:
            last = next(iter(self.specimens))
        by = {o["specimen"]: o for o in alteration["observations"]}
        sides = []
        for name in ((told or {}).get("before") or first, (told or {}).get("after") or last):
            cell = cells.observation(words, by.get(name))
            cell["where"] = " · ".join(part for part in (name, self._day(name)) if part)
            sides.append(cell)
        if told is None:
            move = {"key": "", "word": words("findings", "elsewhere"), "basis": "", "icon": "", "p": "", "order": 9}
        else:
            move = cells.trajectory(words, told["trajectory"], told["basis"], told.get("p"))
            move["order"] = _WEIGHT.get(told["trajectory"], 9)
        return sides[0], sides[1], move

    def _day(self, specimen: str) -> str:
        known = self.specimens.get(specimen)
        return self.words.day(known["day"]) if known is not None and known["day"] is not None else ""

    def _identity(self, alteration: Json) -> Json:
        """Name, its small print, its flags and its phase."""
        words = self.words
        small = [alteration["hgvs_p"] or alteration["protein"], alteration["hgvs_c"]]
        if alteration["kind"] != "small variant":
            small = [words.of("kind", alteration["kind"]), alteration["consequence"]]
        return {
            "id": alteration["id"],
            "name": alteration["name"],
            "small": [part for part in small if part],
            "flags": [f["text"] for f in alteration["flags"]],
            "phase": self._phases(alteration),
            "kind": alteration["kind"],
        }

    def _phases(self, alteration: Json, all_known: bool = False) -> list[str]:
        """Each phase with its ground in brackets, partners of one phase and ground together.

        To partners that a verdict stands on, and known ones to `partners`; all_known: every known one, and unknown
        ones to `partners`.
        """
        phases: dict[tuple[str, str], list[str]] = {}
        for item in alteration.get("phase", []):
            phase, other = item.get("phase", "unknown"), item.get("with", "")
            wanted = other in self.told or (phase != "unknown" and other in self.partners)
            if wanted or (all_known and (phase != "unknown" or other in self.partners)):
                phases.setdefault((phase, item.get("why", "")), []).append(self.names.get(other, other))
        texts = []
        for (phase, why), others in sorted(phases.items(), key=lambda p: p[0][0] == "unknown"):
            text = self.words.of("phase", phase).replace("{other}", ", ".join(dict.fromkeys(others)))
            texts.append(f"{text} ({why})" if why else text)
        return texts

    def _facts(self, alteration: Json, comparison: str) -> list[Json]:
        """Position, numbering, consequence and the ground of the comparison, as terms with their values."""
        words = self.words
        place = ""
        if alteration["pos"] is not None:
            place = f"{alteration['chrom']}:{alteration['pos']} {alteration['ref']}>{alteration['alt']}"
        frame = self.comparisons.get(comparison) if len(self.comparisons) > 1 else None
        read = dict.fromkeys(o["source"] for o in alteration["observations"] if o["source"])
        facts = [
            ("position", place),
            ("given_as", "; ".join(alteration.get("given", []))),
            ("transcript", alteration["transcript"]),
            ("consequence", alteration["consequence"].replace("_", " ")),
            ("exon", str(alteration.get("exon") or "")),
            ("aliases", "; ".join(alteration.get("aliases", []))),
            ("annotation", alteration.get("annotation_origin", "").replace("bundled", "")),
            ("parts", "; ".join(alteration.get("parts", []))),
            ("phase", "; ".join(self._phases(alteration, all_known=True))),
            ("read", "" if len(self.specimens) > 2 else ", ".join(read)),
            ("comparison", frame["why"] if frame else ""),
        ]
        return [{"key": term, "term": words("findings", term), "value": value} for term, value in facts if value]

    def _details(self, alteration: Json, claims: list[Json], comparison: str, first: bool) -> Json:
        """What a row folds away: every claim; at the alteration's first row also its place and every specimen."""
        words = self.words
        observations = []
        for obs in alteration["observations"] if first and len(self.specimens) > 2 else []:
            cell = cells.plain(cells.observation(words, obs))
            observations.append({"specimen": obs["specimen"], "day": self._day(obs["specimen"]), "text": cell,
                                 "source": obs["source"]})  # fmt: skip
        most = _FULL if comparison else _FULL_OF_DRIVER
        full = [c for c in claims if c["claim"] not in self.claimed][:most]
        self.claimed |= {c["claim"] for c in full}
        told = {c["claim"] for c in full}
        return {
            "facts": self._facts(alteration, comparison) if first else [],
            "observations": observations,
            "see": "" if first else anchor("a", alteration["id"]),
            "claims": [cells.claim_line(words, claim) for claim in full],
            "more_claims": _ids([c for c in claims if c["claim"] not in told]),
            "overcome": [],
        }

    def _anchor(self, alteration_id: str) -> str:
        """The finding's own anchor at its first appearance on the page, "" later."""
        if alteration_id in self.anchored:
            return ""
        self.anchored.add(alteration_id)
        return anchor("a", alteration_id)

    # ---- rows -------------------------------------------------------------------------------------------------

    def resistance(self, alteration: Json, drug: str) -> list[Json]:
        """The resistance claims of an alteration that speak of a drug given, strongest first."""
        classes = self.given.get(drug, [])
        return [c for c in alteration["claims"] if c["effect"] in RESISTANCE and c["relation"] != "other"
                and cells.belongs(c, drug, classes)]  # fmt: skip

    def finding(self, alteration: Json, drug: str, claims: list[Json], comparison: str) -> Json:
        """One row of a drug's table."""
        words = self.words
        before, after, move = self._sides(alteration, comparison)
        best = claims[0] if claims else None
        notes = []
        if best is not None:
            if best.get("drug_is_class"):
                notes.append(words("findings", "class_claim", drug=best["drug"]))
            elif drug not in best["drug"].split(" + "):
                notes.append(words("findings", "claim") + ": " + best["drug"])
            if best.get("disease_match") == "other":
                notes.append(words("findings", "in_disease", disease=best.get("disease", "")))
            if best.get("raises_verdict") is False:
                notes.append(words("findings", "does_not_raise"))
        overcome = cells.overcome(words, claims)
        conflicts = [text for text in dict.fromkeys(cells.conflict(words, c) for c in claims) if text]
        mark = self._anchor(alteration["id"]) if move["key"] else ""
        return {
            **self._identity(alteration),
            "anchor": mark,
            "mechanism": words.of("mechanism", best["mechanism"] if best else alteration["mechanism"]),
            "before": before, "after": after, "move": move,
            "level": best["level"] if best else "", "match": words.of("precision", best["precision"]) if best else "",
            "effect": words.of("effect", best["effect"]) if best and best["effect"] != "resistance" else "",
            "notes": notes, "conflicts": conflicts[:2],
            "source": cells.brief_sources(words, claims),
            "overcome": overcome[:3], "more_overcome": len(overcome) - 3,
            "details": {**self._details(alteration, claims, comparison, bool(mark)), "overcome": overcome[3:]},
        }  # fmt: skip

    def drug_table(self, verdict: Json) -> list[Json]:
        """The findings of one drug: what the verdict stands on first, then whatever else met a claim on it."""
        order = {name: i for i, name in enumerate(verdict["alterations"])}
        rows = []
        for alteration in self.result["alterations"]:
            claims = self.resistance(alteration, verdict["drug"])
            if not claims and alteration["id"] in order:
                claims = [c for c in alteration["claims"] if c["effect"] in RESISTANCE and c["relation"] != "other"]
            if not claims and alteration["id"] not in order:
                continue
            seen = self._told(alteration, verdict["comparison"]) is not None
            rows.append((order.get(alteration["id"], len(order) if seen else len(order) + 1), alteration, claims))
        rows.sort(key=lambda row: (row[0], row[2][0]["level"] if row[2] else "Z", row[1]["name"]))
        return [
            self.finding(alteration, verdict["drug"], claims, verdict["comparison"]) for _, alteration, claims in rows
        ]

    def drivers(self) -> list[Json]:
        """Alterations that a sensitivity claim on a given drug meets: does the target persist?"""
        rows = []
        for alteration in self.result["alterations"]:
            mine = [c for c in alteration["claims"] if c["effect"] == "sensitivity" and c["relation"] != "other"]
            if not alteration.get("driver") and not any(c["relation"] == "given" for c in mine):
                continue
            given = [c for c in mine if c["relation"] == "given"]
            row = self._course(alteration, given)
            row["claims"] = _by_drug(self.words, given)
            row["same_class"] = ", ".join(
                f"{c['drug']} {c['level']}"
                for c in _by_drug(self.words, mine)
                if c["drug"] not in {g["drug"] for g in row["claims"]}
            )
            rows.append(row)
        # What was there from the start first: a new alteration with such a claim is seldom the driver.
        return sorted(rows, key=lambda row: row["key"] in ("emerged", "unresolved"))

    def _moves(self, alteration: Json, with_p: bool = True) -> list[Json]:
        """Each trajectory, with the drugs of its comparison where there are several comparisons to tell apart."""
        words = self.words
        moves = []
        for told in alteration["trajectories"]:
            frame = self.comparisons.get(told["comparison"]) if len(self.comparisons) > 1 else None
            move = cells.trajectory(words, told["trajectory"], told["basis"], told.get("p") if with_p else None)
            move["on"] = ", ".join(frame["therapies"]) if frame else ""
            moves.append(move)
        return moves or [cells.trajectory(words, alteration["trajectory"], alteration["basis"]) | {"on": ""}]

    def _course(self, alteration: Json, claims: list[Json]) -> Json:
        """A row that tells each trajectory. A driver (claims given) stands with its first and last specimen."""
        words = self.words
        observations = alteration["observations"]
        by = {o["specimen"]: o for o in observations}
        same = (t for t in alteration["trajectories"] if t["trajectory"] == alteration["trajectory"])
        worth: Json = next(same, {})
        first, last = observations[0], observations[-1]
        if not claims:  # not a driver: the sides of what makes it worth telling
            first, last = by.get(worth.get("before", ""), first), by.get(worth.get("after", ""), last)
        ends = []
        for obs in (first, last):
            cell = cells.observation(words, obs)
            cell["where"] = " · ".join(part for part in (obs["specimen"], self._day(obs["specimen"])) if part)
            ends.append(cell)
        mark = self._anchor(alteration["id"])
        return {
            **self._identity(alteration),
            "anchor": mark,
            "before": ends[0], "after": ends[1], "moves": self._moves(alteration), "key": alteration["trajectory"],
            "source": cells.brief_sources(words, claims),
            "details": self._details(alteration, claims, "", bool(mark)),
        }  # fmt: skip

    def rest(self) -> tuple[Json, Json]:
        """Alterations not yet on the page, the new ones and all others: {rows, left}, `left` counting further ones.

        A genome has thousands; the page shows the first of them, the most telling, and says that findings.tsv has all.
        Call after the drug tables and drivers.
        """
        left = [a for a in self.result["alterations"] if a["id"] not in self.anchored]
        new = [a for a in left if a["trajectory"] in NEW]
        other = [a for a in left if a["trajectory"] not in NEW]
        return self._cut(new, MOST_NEW), self._cut(other, MOST_OTHER)

    def _cut(self, alterations: list[Json], most: int) -> Json:
        return {"rows": [self._brief(a) for a in alterations[:most]], "left": max(0, len(alterations) - most)}

    def shown(self) -> set[str]:
        """The anchors that stand on the page. Call after everything that makes rows."""
        return {anchor("a", id_) for id_ in self.anchored}

    def _brief(self, alteration: Json) -> Json:
        """A row without a fold: where and what it is in small print, what each specimen says, each trajectory."""
        words = self.words
        row = self._identity(alteration)
        facts = [f for f in self._facts(alteration, "") if f["key"] not in ("phase", "exon", "comparison", "read")]
        if alteration["hgvs_p"] or alteration["protein"]:
            facts = [f for f in facts if f["key"] != "consequence"]
        bare = ("position", "transcript", "consequence")
        plain = " · ".join(f["value"] for f in facts if f["key"] in bare)
        named = [f"{f['term']}: {f['value']}" for f in facts if f["key"] not in bare]
        return {
            **row,
            "small": [" · ".join(row["small"]), plain, *named, *row["phase"]],
            "anchor": self._anchor(alteration["id"]),
            "key": alteration["trajectory"],
            "cells": [cells.observation(words, o) for o in alteration["observations"]],
            "moves": self._moves(alteration, with_p=False),
        }

    def other_claims(self) -> list[Json]:
        """Claims on drugs that were not given: a row for each alteration, relation and effect.

        Each drug of a row stands with its best level, that claim's id and the number of further claims. What was seen
        in other diseases only is told down to level B; what is below is counted.
        """
        words = self.words
        rows = []
        for alteration in self.result["alterations"]:
            groups: dict[tuple[str, str], list[Json]] = {}
            for claim in alteration["claims"]:
                if not any(cells.belongs(claim, drug, classes) for drug, classes in self.given.items()):
                    groups.setdefault((claim["relation"], claim["effect"]), []).append(claim)
            for (relation, effect), claims in sorted(groups.items(), key=lambda g: (g[0][0] == "other", g[0][1])):
                here = [c for c in claims if c.get("disease_match") != "other"]
                known = {c["drug"] for c in here}
                elsewhere = [c for c in claims if c.get("disease_match") == "other" and c["drug"] not in known]
                drugs = _by_drug(words, elsewhere)
                rows.append({
                    "name": alteration["name"], "href": anchor("a", alteration["id"]),
                    "relation": words.of("relation", relation), "effect": words.of("effect", effect),
                    "here": _by_drug(words, here), "elsewhere": [d for d in drugs if d["level"] <= "B"],
                    "left": sum(d["level"] > "B" for d in drugs),
                })  # fmt: skip
        return rows

    def flags(self) -> list[Json]:
        """Every reason for doubt, with the alterations it holds for."""
        found: dict[str, list[Json]] = {}
        for a in self.result["alterations"]:
            for text in dict.fromkeys(f["text"] for f in a["flags"]):
                found.setdefault(text, []).append({"name": a["name"], "href": anchor("a", a["id"])})
        return [{"text": text, "on": on[:MOST_FLAGGED], "left": max(0, len(on) - MOST_FLAGGED)}
                for text, on in found.items()]  # fmt: skip


def _ids(claims: list[Json]) -> str:
    """Claims by id and level, those of one drug together."""
    groups: dict[str, list[str]] = {}
    for claim in claims:
        groups.setdefault(claim["drug"], []).append(f"{claim['claim']} {claim['level']}")
    return "; ".join(f"{drug}: {', '.join(ids)}" for drug, ids in groups.items())


def _by_drug(words: Words, claims: list[Json]) -> list[Json]:
    """Claims grouped by drug, best first: {drug, level, match, claim, more}; more: the number of further claims."""
    groups: dict[str, list[Json]] = {}
    for claim in claims:
        groups.setdefault(claim["drug"], []).append(claim)
    rows = []
    for drug, mine in groups.items():
        best = min(mine, key=lambda c: c["level"])
        rows.append({"drug": drug, "level": best["level"], "match": words.of("precision", best["precision"]),
                     "claim": best["claim"], "more": len(mine) - 1})  # fmt: skip
    return sorted(rows, key=lambda r: (r["level"], r["drug"]))
