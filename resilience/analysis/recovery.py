"""Peers who recovered, and peers who worsened: which lines of their books did it.

Risk is measured by one fixed yardstick (``fixed``): the latest model, medians and level, applied to the figures known
at each January. What changes is then a council's own figures, and nothing else. Windows run from one January to
another three to five years on whose newest figures are original returns of years without the COVID bulge: reserves at
31 March 2021 and 2022 held grants paid in one year and spent in the next.

A council that had exceptional support, a notice or an intervention at any time is not called recovered: support
refills reserves. Nor is one that capitalised revenue spending under a direction (line 768) within the window. Both are
named among those set aside.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import expit

from resilience.analysis.characteristics import characteristics_on, known_by
from resilience.analysis.neighbours import NEIGHBOURS, neighbours
from resilience.analysis.recovery_lines import (
    COVID_YEARS,
    Capitalised,
    HadEvent,
    Line,
    Mark,
    SetAside,
    comparable_change,
    lines_between,
)
from resilience.councils import resolve
from resilience.errors import DataError
from resilience.method import run as run_pipeline
from resilience.model.scoring import ScoredDay, on_fixed_scale

#: Januaries between which councils are followed; 2021 showed the same figures (2018-19) as 2020, and 2022 and 2023
#: showed 2020-21 and 2021-22.
WINDOWS = ((2018, 2021), (2019, 2024), (2020, 2024), (2020, 2025))
#: The least change that counts: odds by a factor of e^0.5 = 1.65.
LEAST = 0.5
#: Capitalised under a direction in a year, as a share of net revenue expenditure, above which a council is set aside.
CAPITALISED = 0.002
MOST = 5
#: A council that came below this chance and is at it again has relapsed.
RELAPSE = 0.25


@dataclass(frozen=True)
class RiskChange:
    """One council between two Januaries.

    Attributes
    ----------
    ons_code, council, class_ : str
    start, end : int
        The Januaries.
    start_year, end_year : int
        The calendar years in which the outturn years known then ended.
    risk_start, risk_end : float
        By the fixed yardstick.
    change : float
        Of the log-odds; below 0 is recovery.
    lines : tuple of Line
        Those that moved, the most helpful first in a recovery, the most harmful first otherwise.
    similar : str
        Why it is compared: "neighbour" at the time, or nearby "risk".
    marks : tuple of Mark
        What a reader must know: an event, an MRP cut without less interest, carried figures.
    risk_now : float
        By the same yardstick on the day of the run; missing where it has had an event or cannot be scored.
    relapsed : date or None
        The first January after ``end``, or else the day of the run, on which the yardstick put it at ``RELAPSE`` or
        more again; nothing where it never did, or did not come below.
    """

    ons_code: str
    council: str
    class_: str
    start: int
    end: int
    start_year: int
    end_year: int
    risk_start: float
    risk_end: float
    change: float
    lines: tuple[Line, ...]
    similar: str
    marks: tuple[Mark, ...] = ()
    risk_now: float = float("nan")
    relapsed: date | None = None


@dataclass(frozen=True)
class Story:
    """Peers of a council that recovered and that worsened, and those set aside with the reason.

    ``yardstick`` is the day of the model, medians and level that measure the risk.
    """

    ons_code: str
    council: str
    recovered: tuple[RiskChange, ...]
    worsened: tuple[RiskChange, ...]
    set_aside: tuple[tuple[str, SetAside], ...]
    widened: bool
    yardstick: str
    notes: tuple[str, ...] = field(default=())


def recovered_peers(code: str, *, run: ScoredDay | None = None, k: int = NEIGHBOURS, most: int = MOST) -> Story:
    """Find which peers of a council recovered and which worsened, and by which lines.

    Parameters
    ----------
    code : str
        A living council, by any code or name.
    run : ScoredDay, optional
        By default today's.
    k : int
        Neighbours looked at, as they were at the start of each window.
    most : int
        RiskChanges shown each way.

    Returns
    -------
    Story
        Where fewer than three neighbours recovered, councils of the same group whose odds at the start were within a
        factor of three of this council's own today (by the same yardstick) are looked at too, and ``widened`` says so.
    """
    own = resolve(code)
    day = run_pipeline(intervals=False) if run is None else run
    windows = [(start, end) for start, end in WINDOWS if date(end, 1, 1) <= day.as_of]
    then = {year: on_fixed_scale(day, date(year, 1, 1)) for year in sorted({y for pair in windows for y in pair})}
    near = {start: _near_then(day, own, then[start], k) for start, _ in windows}
    aside: dict[str, SetAside] = {}
    better, worse = _risk_changes(day, then, near, "neighbour", aside, max(most, 3))
    widened = len(better) < 3
    if widened:
        now = float(day.log_odds.get(own, np.nan))
        like = {start: _like_risk(day, own, now, then[start]) - set(near[start]) for start, _ in windows}
        more, _ = _risk_changes(day, then, like, "risk", {}, len(better) + 3)
        have = {one.ons_code for one in better}
        better += [one for one in more if one.ons_code not in have][: max(0, 3 - len(better))]
    council = str(day.table.at[own, "council"])
    return Story(
        own,
        council,
        tuple(sorted(better, key=lambda one: one.change)[:most]),
        tuple(sorted(worse, key=lambda one: -one.change)[:most]),
        tuple(sorted(aside.items(), key=lambda item: item[0])),
        widened,
        str(day.scale.as_of),
    )


def _near_then(day: ScoredDay, own: str, then: ScoredDay, k: int) -> set[str]:
    """Return the neighbours by the characteristics of the year known at a January."""
    newest, deprivation = known_by(day)
    try:
        near = neighbours(own, k=k, year=int(then.table["year"].max()), deprivation=deprivation)
    except DataError:
        near = neighbours(own, k=k, year=newest, deprivation=deprivation)
    return {one.ons_code for one in near}


def _like_risk(day: ScoredDay, own: str, now: float, then: ScoredDay) -> set[str]:
    """Return councils of the same group whose odds then were within a factor of three of this one's now."""
    groups = characteristics_on(day)["group"]
    odds = then.log_odds
    same = odds[odds.index.isin(groups.index[groups == groups[own]]) & (odds.index != own)]
    return set(same.index[(same - now).abs() <= np.log(3)])


def _risk_changes(
    day: ScoredDay,
    then: dict[int, ScoredDay],
    among: dict[int, set[str]],
    similar: str,
    aside: dict[str, SetAside],
    most: int,
) -> tuple[list[RiskChange], list[RiskChange]]:
    """Return the councils whose largest fall, and largest rise, over the windows was the largest, so many each way."""
    best: dict[tuple[str, bool], tuple[float, int, int]] = {}
    for start, end in [pair for pair in WINDOWS if pair[1] in then]:
        changes = day.once(("changes", start, end), lambda: _changes(then[start], then[end]))  # noqa: B023 - used at once
        for code in sorted(among[start] & changes.keys()):
            change = changes[code]
            falls = change < 0
            known = best.get((code, falls))
            if known is None or abs(change) > abs(known[0]):
                best[code, falls] = (change, start, end)
    result: dict[bool, list[RiskChange]] = {True: [], False: []}
    # The largest first, so that lines are looked for in those alone that are told of; set aside is whoever it befits.
    for (code, falls), (change, start, end) in sorted(best.items(), key=lambda item: -abs(item[1][0])):
        first, last = then[start], then[end]
        why = (
            day.once(("not own doing", code, start, end), lambda: _not_own_doing(day, code, first, last))  # noqa: B023
            if falls
            else None
        )
        if why:
            aside[str(first.table.at[code, "council"])] = why
        elif len(result[falls]) < most:
            found = day.once(
                ("risk change", code, start, end),
                lambda: _risk_change(day, code, first, last, change),  # noqa: B023 - used at once
            )
            result[falls].append(replace(found, similar=similar))
    return result[True], result[False]


def _changes(first: ScoredDay, last: ScoredDay) -> dict[str, float]:
    """Return the change of each council's log-odds over a window, of those that count as a fall or a rise."""
    years = pd.concat([first.table["year"], last.table["year"]], axis=1, keys=["first", "last"], join="inner").dropna()
    scored = years.index.isin(first.log_odds.index) & years.index.isin(last.log_odds.index)
    years = years[scored & ~years.isin(COVID_YEARS).any(axis=1) & (years["first"] < years["last"])]
    tiers = first.table["tier"]
    median = tiers.map(first.log_odds.groupby(tiers.reindex(first.log_odds.index)).median())
    found = {}
    for code in years.index:
        change = comparable_change(first, last, str(code))
        # There must have been something to recover from, and somewhere worse to go.
        if abs(change) >= LEAST and not (change < 0 and first.log_odds[code] < median[code]):
            found[str(code)] = change
    return found


def _first_events(day: ScoredDay) -> pd.DataFrame:
    return day.once("first events", lambda: day.events.onsets(outcome=day.model.outcome))


def _not_own_doing(day: ScoredDay, code: str, first: ScoredDay, last: ScoredDay) -> SetAside | None:
    """Return why a fall in risk is not called recovery, or None."""
    happened = _first_events(day)
    if code in happened.index:
        return _event(happened, code)
    rows = day.indicators[
        (day.indicators["ons_code"] == code)
        & day.indicators["year"].between(first.table.at[code, "year"] + 1, last.table.at[code, "year"])
    ]
    capitalised = rows[rows["capitalisation_ratio"] > CAPITALISED]
    if len(capitalised):
        one = capitalised.iloc[-1]
        return Capitalised(float(one["capitalisation_ratio"]), int(one["year"]))
    return None


def _event(happened: pd.DataFrame, code: str) -> HadEvent:
    return HadEvent(str(happened.at[code, "event_type"]), happened.at[code, "date"])


def _risk_change(day: ScoredDay, code: str, first: ScoredDay, last: ScoredDay, change: float) -> RiskChange:
    """Return what happened to a council between two Januaries."""
    happened = _first_events(day)
    lines, marks = lines_between(day, code, first, last, falling=change < 0)
    if code in happened.index:
        marks = [_event(happened, code), *marks]
    return RiskChange(
        code,
        str(last.table.at[code, "council"]),
        str(last.table.at[code, "class"]),
        first.as_of.year,
        last.as_of.year,
        int(first.table.at[code, "year"]),
        int(last.table.at[code, "year"]),
        float(expit(first.log_odds[code])),
        float(expit(first.log_odds[code] + change)),
        change,
        tuple(lines),
        "",
        tuple(marks),
        float(day.table["risk"].get(code, np.nan)),
        _relapsed(day, code, last.as_of, float(expit(first.log_odds[code] + change))) if change < 0 else None,
    )


def _relapsed(day: ScoredDay, code: str, end: date, risk: float) -> date | None:
    """Return when a council that came below the chance that counts as a relapse was at it again."""
    if risk >= RELAPSE:
        return None
    januaries = [date(year, 1, 1) for year in range(end.year + 1, day.as_of.year + 1) if date(year, 1, 1) < day.as_of]
    for one in [*(on_fixed_scale(day, january) for january in januaries), day]:
        if expit(float(one.log_odds.get(code, np.nan))) >= RELAPSE:
            return one.as_of
    return None
