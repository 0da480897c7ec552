"""A council's own plan in words: where it stands, how long its reserves last, what that rests on."""

from __future__ import annotations

import math
from collections.abc import Sequence

from resilience.analysis.own_figures.cushion import NIL, Cushion, CushionYear
from resilience.analysis.own_figures.step import Step
from resilience.formatting import closing_day, day, listed, percent, pounds
from resilience.years import outturn_year_of, year_of

#: A use so small that reserves outlast it by more years than this is not counted in years.
_LONG = 20
#: What a plan's record is not.
NO_RECORD_OF_PLANS = (
    "All of this record is of published outturn. How often plans came true is not in it, so a year further ahead says "
    "less."
)
ROWS = {
    "reserves": "Usable reserves at 31 March",
    "unallocated": "of which unallocated",
    "share": "as a share of net revenue expenditure",
    "use": "Used in the year (+), added (−)",
    "rank": "Rank, of {of} councils without an event",
    "band": "Band",
    "reserves_rank": "Rank by plain reserves",
    "chance": "Chance within {horizon} months at today's pace",
}
FAMILIES = "Five families: spreads from the tier's median, worse upwards"


def reading(as_of: object, ahead: Sequence[str], ranked: bool) -> list[str]:
    """Say how the years of a plan are to be read; of a council without a rank nothing is said of ranks."""
    if not ahead:
        return []
    where = (
        " What other councils plan is not known, so a rank says where such figures would stand in today's list, not in "
        "that year's."
    )
    return [
        f"Each year takes the place of the newest published one and is put on the scale of the list of {day(as_of)}: "
        f"the medians, weights and level of the chances are that day's.{where if ranked else ''}",
        f"The years {ahead[0]} to {ahead[-1]} lean on a plan and not on accounts, the later ones the most."
        if len(ahead) > 1
        else f"{ahead[0]} leans on a plan and not on accounts.",
    ]


def lasting(found: Cushion) -> str:
    """Say in which year reserves run out, or that they outlast the plan; "" without a plan."""
    if found.runs_out:
        at = next(number for number, year in enumerate(found.years) if year.outturn_year == found.runs_out)
        year = found.years[at]
        if found.because == NIL:
            return (
                f"On these figures usable reserves run out in {year.outturn_year}: {_standing(year)} "
                f"{'is left' if year.reserves >= 0 else 'would be the balance'}."
            )
        before = found.years[at - 1]
        end = closing_day(year_of(before.outturn_year))
        return (
            f"On these figures usable reserves run out in {year.outturn_year}: {pounds(year.use)} is to be "
            f"used in the year, but only {pounds(before.reserves)} is left at {end}."
        )
    if math.isnan(found.lasts):
        return ""
    last = found.years[-1]
    said = f"On these figures usable reserves outlast {last.outturn_year}: {_standing(last)} ({percent(last.share)} of "
    said += "net revenue expenditure) is left"
    if math.isinf(found.lasts):
        return f"{said}, and none is used in that year."
    if found.lasts < 1:
        return f"{said}, less than a further year's use of {pounds(last.use)}: they would run out the year after."
    howlong = f"over {_LONG}" if found.lasts > _LONG else f"about {found.lasts:.1f}"
    return f"{said}, {howlong} years' use at that year's {pounds(last.use)}."


def _standing(year: CushionYear) -> str:
    return f"{pounds(year.reserves)} at {closing_day(year_of(year.outturn_year))}"


def rests_on(newest: str, steps: Sequence[Step]) -> list[str]:
    """Say what an assessment rests on: the newest published year, and what the council's figures leave out."""
    said = [f"Published figures: the newest complete return known is that of {newest}."] if newest else []
    last = steps[-1]
    of = last.outturn_year or newest
    first = next((step.outturn_year for step in steps if step.kind == "year"), "")
    if newest and first and year_of(first) > year_of(newest) + 1:
        between = [outturn_year_of(year) for year in range(year_of(newest) + 1, year_of(first))]
        said.append(
            f"Reserves of {listed(between)} are not published in full; if the council has them, they belong in the "
            "template's columns."
        )
    if last.carried:
        said.append(
            f"Not given for {of}, so the last figure is kept: "
            f"{'; '.join(f'{label} ({year})' for label, year in last.carried)}."
        )
    if last.anew:
        said.append(
            f"Of these, recomputed over the year's own reserves or net revenue expenditure: {'; '.join(last.anew)}."
        )
    if last.neutral:
        said.append(f"Without any figure of recent years: {'; '.join(last.neutral)}.")
    return said
