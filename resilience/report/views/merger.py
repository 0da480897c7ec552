"""A council made of others: what it would inherit and how it would stand; and the list of those proposed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from resilience.analysis.mergers.proposed import INHERITED, PAST_ERROR, Merger, more_indebted_than
from resilience.analysis.place import AMOUNTS
from resilience.councils.proposals import names
from resilience.formatting import chance, chance_range, closing_day, day, listed, percent
from resilience.indicators.definitions import load_definitions
from resilience.indicators.known import carried_text
from resilience.model.scoring import ScoredDay
from resilience.report.plain import plain
from resilience.report.wording import mergers as wording
from resilience.report.wording.general import CANNOT_SEE, SCORE_IS
from resilience.report.wording.indicators import figure, main_reasons, main_strengths
from resilience.report.wording.standing import standing

#: Digits after the point that figures for programs keep.
DIGITS = 6
_SHOWN = ("reserves_ratio", "unallocated_ratio", "debt_servicing_ratio", "gross_debt_ratio", "social_care_share")
_YEARS_OF = dict(
    zip(INHERITED, ("spending", "reserves", "unallocated", "interest", "debt", "DSG deficit"), strict=True)
)


def view(scored: ScoredDay, one: Merger) -> dict[str, Any]:
    """Return everything that is shown of a merger.

    Parameters
    ----------
    scored : ScoredDay
        The day it was worked out on.
    one : Merger

    Returns
    -------
    dict
        ``content`` (for programs) and the words of a report: ``title``, ``no_such``, ``plan`` (None where it comes
        from no proposal), ``brings``, ``together``, ``years``, ``assessment``, ``mind``, ``notes``.
    """
    happened = one.score.predecessors[one.score.predecessors["event"].notna()]
    return {
        "title": f"{one.name}: what it would inherit, as of {day(scored.as_of)}",
        "no_such": wording.NO_SUCH,
        "plan": _plan(one),
        "brings": [
            {
                "council": row["council"],
                "share": percent(row["share"], 0),
                "amounts": list(wording.amounts(row, INHERITED).values()),
                "standing": standing(row),
            }
            for _, row in one.brings.iterrows()
        ],
        "together": list(wording.together(one.totals).values()),
        "years": _years(one.brings),
        "assessment": _assessment(one),
        "indebted": _indebted(scored, one),
        "support": f"{' and '.join(happened['council'])} {wording.SUPPORT}" if len(happened) else "",
        "notes": [wording.HOW_WIDE, wording.split(one.parts), f"Chance: {SCORE_IS}.", CANNOT_SEE],
        "content": _content(scored, one),
    }


def _plan(one: Merger) -> dict[str, Any] | None:
    plan = one.proposal
    if plan is None:
        return None
    facts = {name: getattr(plan, name) for name in ("area", "status", "decision_date", "vesting_date")}
    return {**facts, "assumptions": list(plan.assumptions), "sources": list(plan.sources)}


def _years(table: pd.DataFrame) -> str:
    parts = []
    for what, label in _YEARS_OF.items():
        years = sorted({int(year) for year in table[f"{what}_year"].dropna()})
        if years:
            span = f"{years[0]}" if len(years) == 1 else f"{years[0]} to {years[-1]}"
            parts.append(f"{label} of years ending {span}")
    return ", ".join(parts)


def _assessment(one: Merger) -> list[str]:
    score, known = one.score, load_definitions()
    reasons = "; ".join(main_reasons(score.scored, score.code)) or "nothing stands out"
    strengths = "; ".join(main_strengths(score.scored, score.code)) or "nothing stands out"
    figures = [
        f"{known[name].label.lower()} {figure(name, float(score.known[name]))}"
        for name in _SHOWN
        if pd.notna(score.known.get(name))
    ]
    return [
        f"As of {closing_day(int(score.known['year']))}: chance {chance(score.risk)} "
        f"(90% interval {chance_range(score.risk_low, score.risk_high)}), band {score.band}; it would be "
        f"ranked {score.place} of the {score.of} councils at risk.",
        f"Raises the chance: {reasons}.",
        f"Lowers the chance: {strengths}.",
        f"Together: {', '.join(figures)} (of net revenue expenditure).",
    ]


def _indebted(scored: ScoredDay, one: Merger) -> str:
    found = more_indebted_than(scored, one)
    if found is None:
        return ""
    return (
        f"Its gross debt over net revenue expenditure would be higher than that of {found[0]} of the {found[1]} "
        "councils of its tier."
    )


def _content(scored: ScoredDay, one: Merger) -> dict[str, Any]:
    score = one.score
    brings = one.brings.assign(standing=[standing(row) for _, row in one.brings.iterrows()])
    years = [f"{name}_year" for name in AMOUNTS]
    before = score.predecessors.assign(event=score.predecessors["event"].astype("string"))
    content = {
        "what": SCORE_IS,
        "note": wording.NO_SUCH,
        "exists": False,
        "name": one.name,
        "as_of": str(scored.as_of),
        "figures_of": score.known["outturn_year"],
        "carried": carried_text(score.scored.known.carried(score.code)),
        "risk": score.risk,
        "risk_low": score.risk_low,
        "risk_high": score.risk_high,
        "band": score.band,
        "rank_would_be": score.place,
        "at_risk": score.of,
        "predecessors_apart": score.between,
        "past_error": PAST_ERROR,
        "brings": brings[["council", "share", "how", "standing", *AMOUNTS, *years]].reset_index().to_dict("records"),
        "predecessors": before.reset_index(names="ons_code").to_dict("records"),
        "indicators": {
            name: float(score.known[name])
            for name in one.indicators.select_dtypes("number").columns
            if name != "year" and pd.notna(score.known.get(name))
        },
        "contributions": score.scored.contributions.iloc[0].to_dict(),
        "families": score.scored.families.iloc[0].to_dict(),
        "proposal": None
        if one.proposal is None
        else {
            name: getattr(one.proposal, name) for name in ("area", "status", "vesting_date", "assumptions", "sources")
        },
    }
    result: dict[str, Any] = plain(content, DIGITS)
    return result


def proposals() -> dict[str, Any]:
    """Return the list of new councils decided or proposed, and the areas whose make-up is not stated."""
    table = names()
    stated, unknown = table[table["predecessors"] > 0], table[table["predecessors"] == 0]
    columns = ["new_authority", "area", "status", "vesting_date"]
    return {
        "title": "New councils whose make-up is stated (resilience merge --proposal NAME):",
        "stated": [
            {str(name): str(value) for name, value in row.items()} for row in stated[columns].to_dict("records")
        ],
        "unstated": sorted(set(unknown["area"]) - set(stated["area"])),
        "note": wording.INCOMPLETE,
    }


def plan_row(one: Merger, code: str = "") -> dict[str, Any]:
    """Return one new council as rows of text.

    Parameters
    ----------
    one : Merger
    code : str
        A predecessor whose page it stands on: ``own`` says what part of it is taken, ``others`` leaves it out.
    """
    score, plan = one.score, one.proposal
    share = {part.ons_code: part.share for part in one.parts}
    happened = score.predecessors[score.predecessors["event"].notna()]
    return {
        "name": one.name,
        "when": wording.plan(plan),
        "area": plan.area if plan else "",
        "own": "" if not code else "all of it" if share[code] == 1 else f"{percent(share[code], 0)} of it",
        "others": listed([part.council for part in one.parts if part.ons_code != code]),
        "together": wording.together(one.totals),
        "figures_of": closing_day(int(score.known["year"])),
        "chance": chance(score.risk),
        "range": chance_range(score.risk_low, score.risk_high),
        "band": score.band,
        "place": score.place,
        "of": score.of,
        "events": listed(list(happened["council"])),
        "assumptions": list(plan.assumptions) if plan else [],
        "incomplete": plan is not None and any(text.startswith("incomplete") for text in plan.assumptions),
        "sources": list(plan.sources) if plan else [],
        "command": wording.command(one.name),
        "brings": [
            {
                "ons_code": str(member),
                "council": row["council"],
                "share": percent(row["share"], 0),
                **wording.amounts(row, INHERITED),
                "standing": standing(row),
            }
            for member, row in one.brings.iterrows()
        ],
    }
