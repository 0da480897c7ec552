"""Councils that do not exist yet: what each would inherit, when it is to begin, and which of today's it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from resilience.councils import council
from resilience.councils.proposals import areas_of, every, unstated
from resilience.formatting import chance, chance_range, closing_day, day, listed, percent, pounds
from resilience.model.scoring import ScoredDay
from resilience.report.formats.text.merger import Merger, merger, together
from resilience.report.plain import plain

#: Digits after the point that figures for programs keep.
DIGITS = 6


def new_councils(scored: ScoredDay, code: str, mergers: Mapping[str, Merger] | None = None) -> dict[str, Any]:
    """Return the new councils, decided or proposed, that would take a council or part of it.

    Parameters
    ----------
    scored : ScoredDay
    code : str
    mergers : mapping of str to Merger, optional
        From `every_merger`: give it when there are several councils.

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
        "plans": [merger_row(one, code) for one in own],
        "areas_without_new_council": areas,
        "reorganised": _reorganised(own, areas, scored.as_of),
    }


def every_merger(run: ScoredDay, code: str | None = None) -> dict[str, Merger]:
    """Work out what every new council decided or proposed before the day would inherit, or those that take a council.

    Left out are those of which a predecessor was not in being on the day.
    """
    result = {}
    for plan in every(run.as_of):
        if (code is None or code in plan.codes) and set(plan.codes) <= set(run.table.index):
            result[plan.name] = merger(run, plan.codes, plan.name, shares=plan.shares, proposal=plan)
    return result


def plan_words(one: Merger) -> str:
    """Say when a new council is to be: "decided (25 March 2026), to begin in April 2028 (target)"."""
    plan = one.proposal
    if plan is None:
        return ""
    decided = f"{plan.status} on {day(plan.decision_date[:10])}" if plan.decision_date[:10] else plan.status
    return f"{decided}, to begin {vesting_words(plan.vesting_date)}"


def vesting_words(text: str) -> str:
    """Write a vesting date as precisely as it is known."""
    when, _, rest = text.partition(" ")
    rest = f" {rest}" if rest else ""
    if len(when) == 10:
        return f"on {day(when)}{rest}"
    return f"in {pd.Timestamp(when):%B %Y}{rest}" if len(when) == 7 else f"on a day {text}"


def merger_row(one: Merger, code: str = "") -> dict[str, Any]:
    """Return one new council in words; ``own`` says what part of a council it takes."""
    score, plan = one.score, one.proposal
    share = {part.ons_code: part.share for part in one.parts}
    sums = together(one)
    others = [part.council for part in one.parts if part.ons_code != code]
    happened = score.predecessors[score.predecessors["event"].notna()]
    return {
        "name": one.name,
        "when": plan_words(one),
        "area": plan.area if plan else "",
        "own": "" if not code else "all of it" if share[code] == 1 else f"{percent(share[code], 0)} of it",
        "others": listed(others),
        "together": sums,
        "figures_of": closing_day(int(score.known["year"])),
        "chance": chance(score.risk),
        "range": chance_range(score.risk_low, score.risk_high),
        "band": score.band,
        "place": int(score.place),
        "of": int(score.of),
        "events": listed(list(happened["council"])),
        "assumptions": list(plan.assumptions) if plan else [],
        "incomplete": plan is not None and any(text.startswith("incomplete") for text in plan.assumptions),
        "sources": list(plan.sources) if plan else [],
        "command": _command(one),
        "brings": [
            {
                "ons_code": str(member),
                "council": row["council"],
                "share": percent(row["share"], 0),
                **{what: "–" if np.isnan(row[what]) else pounds(row[what]) for what in sums},
                "standing": row["standing"],
            }
            for member, row in one.brings.iterrows()
        ],
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
            "command": _command(one),
        },
        DIGITS,
    )
    return result


def _command(one: Merger) -> str:
    return f'resilience merge --proposal "{one.name.removesuffix(" Council")}"'


def _reorganised(mergers: Sequence[Merger], areas: Sequence[str], on: date) -> str:
    """Say which new councils a council is to become part of, or that none is stated for its area; "" if neither."""
    said = []
    for when in dict.fromkeys(plan_words(each) for each in mergers):
        names = [each.name.removesuffix(" Council") for each in mergers if plan_words(each) == when]
        council_s = "Councils" if len(names) > 1 else "Council"
        said.append(f"It is to become part of {listed(names)} {council_s} ({when}).")
    table = unstated(on).set_index("area")
    for area in areas:
        row = table.loc[area]
        status = "a reorganisation is under way" if row["status"] == "see note" else str(row["status"])
        when = str(row["vesting_date"])
        begins = f", new councils to begin {vesting_words(when)}" if when.startswith("2") else ""
        said.append(f"{area}: {status}{begins}; which councils these are is not stated in the sources at hand.")
    return " ".join(said)
