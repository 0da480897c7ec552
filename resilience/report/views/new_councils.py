"""The councils, decided or proposed, that today's council is to become part of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from resilience.analysis.mergers.proposed import Merger, every_merger
from resilience.councils import council
from resilience.councils.proposals import areas_of, unstated
from resilience.formatting import listed
from resilience.model.scoring import ScoredDay
from resilience.report.plain import plain
from resilience.report.views.merger import DIGITS, plan_row
from resilience.report.wording import mergers as wording


def new_councils(scored: ScoredDay, code: str, mergers: Mapping[str, Merger] | None = None) -> dict[str, Any]:
    """Return the new councils, decided or proposed, that would take a council or part of it.

    Parameters
    ----------
    scored : ScoredDay
    code : str
    mergers : mapping of str to Merger, optional
        From ``every_merger``: give it when there are several councils.

    Returns
    -------
    dict
        ``new_councils`` for programs, ``plans`` in words, ``areas_without_new_council`` (areas in reorganisation that
        it lies in, of which no new council for it is stated) and ``reorganised``, all of it in a sentence.
    """
    found = every_merger(scored, code) if mergers is None else mergers
    own = [one for one in found.values() if any(part.ons_code == code for part in one.parts)]
    areas = list(areas_of(code, scored.as_of)) if not own else []
    return {
        "new_councils": [_record(one) for one in own],
        "plans": plain([plan_row(one, code) for one in own]),
        "areas_without_new_council": areas,
        "reorganised": _reorganised(own, areas, scored.as_of),
    }


def _record(one: Merger) -> dict[str, Any]:
    plan = one.proposal
    result: dict[str, Any] = plain(
        {
            "name": one.name,
            "area": plan.area if plan else "",
            "status": plan.status if plan else "",
            "decision_date": plan.decision_date if plan else "",
            "vesting_date": plan.vesting_date if plan else "",
            "predecessors": [
                {"ons_code": part.ons_code, "council": council(part.ons_code).council, "share": part.share}
                for part in one.parts
            ],
            "figures_of": one.score.known["outturn_year"],
            "chance": one.score.risk,
            "low": one.score.risk_low,
            "high": one.score.risk_high,
            "band": one.score.band,
            "assumptions": list(plan.assumptions) if plan else [],
            "command": wording.command(one.name),
        },
        DIGITS,
    )
    return result


def _reorganised(mergers: Sequence[Merger], areas: Sequence[str], on: date) -> str:
    """Say which new councils a council is to become part of, or that none is stated for its area; "" if neither."""
    said = []
    plans = {one.name.removesuffix(" Council"): wording.plan(one.proposal) for one in mergers}
    for when in dict.fromkeys(plans.values()):
        names = [name for name, its in plans.items() if its == when]
        council_s = "Councils" if len(names) > 1 else "Council"
        said.append(f"It is to become part of {listed(names)} {council_s} ({when}).")
    table = unstated(on).set_index("area")
    for area in areas:
        row = table.loc[area]
        status = "a reorganisation is under way" if row["status"] == "see note" else str(row["status"])
        when = str(row["vesting_date"])
        begins = f", new councils to begin {wording.vesting(when)}" if when.startswith("2") else ""
        said.append(f"{area}: {status}{begins}; no source states which councils these are.")
    return " ".join(said)
