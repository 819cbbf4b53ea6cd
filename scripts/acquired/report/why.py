"""The one sentence under a verdict. In the result's own language it is the result's sentence; in any other it is made
again from the same observations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from acquired.report import cells
from acquired.report.cells import SEEN
from acquired.report.words import Words

if TYPE_CHECKING:
    from acquired.report.findings import Rows

Json = dict[str, Any]

#: Language of result.json's own sentences.
RESULT_LANGUAGE = "en"


def sentence(words: Words, rows: Rows, verdict: Json) -> tuple[str, bool]:
    """The sentence, and whether it stands in another language than the page's (then it is marked as such)."""
    if words.language == RESULT_LANGUAGE:
        return verdict["why"], False
    if verdict["verdict"] == "none_found":
        n = sum(verdict.get("loci", {}).values())
        return words("why", "none_found", n=words.number(n), drug=verdict["drug"]), False
    if verdict["verdict"] == "none_called":
        return words("why", "none_called"), False
    if verdict["verdict"] in ("emerged", "present_before") and verdict["alterations"]:
        alteration = next((a for a in rows.result["alterations"] if a["id"] == verdict["alterations"][0]), None)
        told = alteration and next(
            (t for t in alteration["trajectories"] if t["comparison"] == verdict["comparison"]), None
        )
        if alteration and told and told.get("before") and told.get("after"):
            by = {o["specimen"]: o for o in alteration["observations"]}
            return words(
                "why", "moved", name=alteration["name"], trajectory=words.of("trajectory", told["trajectory"]),
                before=_side(words, by[told["before"]], "before"), after=_side(words, by[told["after"]], "after"),
            ), False  # fmt: skip
    return verdict["why"], True


def _side(words: Words, obs: Json, side: str) -> str:
    """One observation as a clause about `before` or `after`."""
    vaf, hidden = words.fraction(obs["vaf"]), words.fraction(obs["hidden_vaf"])
    counts = {"alt": words.number(obs["alt_count"] or 0), "depth": words.number(obs["depth"])}
    if obs["status"] in SEEN and obs["vaf"] is not None and obs["depth"] is not None:
        return words("why", f"{side}_seen", vaf=vaf, **counts)
    if obs["status"] in ("absent", "low") and obs["depth"] is not None and obs["hidden_vaf"] is not None:
        return words("why", f"{side}_reads", hidden=hidden, **counts)
    if obs["status"] == "absent" and obs["hidden_vaf"] is not None:
        return words("why", f"{side}_limit", hidden=hidden)
    if obs["status"] == "not called":
        return words("why", f"{side}_calls")
    cell = cells.observation(words, obs)
    return words("why", f"{side}_value", value=cell["main"])
