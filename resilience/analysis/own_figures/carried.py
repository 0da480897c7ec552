"""Figures that a plan leaves out: the last ones, set over the plan's own reserves and net revenue expenditure.

A list carries a ratio of an older year as it stands, unless net revenue expenditure has moved by more than a third. A
plan moves its reserves and its spending on purpose, so the amount behind the ratio is kept instead: last year's
interest over reserves that have been drawn down. What a plan is silent on never looks better for it: where a growing
net revenue expenditure alone would improve a ratio, the ratio stays.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from resilience.indicators.definitions import load_definitions
from resilience.indicators.formulas.books import SMALLEST_SHARE
from resilience.indicators.known import CORE, SIZE, KnownFigures, known_on
from resilience.model.families import Term

#: The one indicator over the cushion, the one that has it above the line, and the part of it that is no larger.
_OVER_CUSHION, _CUSHION_OVER, _PART = "interest_to_reserves", "reserves_runway_years", "unallocated_ratio"
#: What is written of reserves that do not fall (``reserves_runway_years``).
LONGEST_RUNWAY = 20.0
#: A sum that has moved by no more than this share has not moved.
_UNMOVED = 1e-9


def set_anew(
    own: KnownFigures, published: KnownFigures, code: str, terms: Iterable[Term]
) -> tuple[KnownFigures, tuple[str, ...]]:
    """Set what the newest year of a council's own figures leaves out over that year's reserves and spending.

    Parameters
    ----------
    own : KnownFigures
        Of the council with its own figures, from ``known_on``.
    published : KnownFigures
        Of the day.
    code : str
    terms : iterable of Term

    Returns
    -------
    KnownFigures
        With every term's figure, and the year it is of.
    tuple of str
        The indicators whose carried figure differs from the one it was carried from.
    """
    newest, last = own.newest(code), published.newest(code)
    if newest is None or last is None:
        return own, ()
    table, years = own.table.copy(), own.years.copy()
    until = own.indicators[own.indicators["year"] <= last]
    then = known_on(until, own.as_of, councils=published.table.loc[[code], ["council", "class", "region", "tier"]])
    rows, moved = own.own(code), []
    now = own.table.loc[code]
    for term in terms:
        name = term.indicator
        if own.year_of(code, name) == newest or now["tier"] not in term.tiers:
            continue
        # However long ago: a list carries a figure for three years, a plan's silence lasts as long as the plan.
        found = rows.loc[:newest, name].dropna()
        year = int(found.index[-1]) if len(found) else 0
        if year > last:
            value, base = float(rows.at[year, name]), rows.loc[year]
        else:
            # Of a published year: as the list carries it, over what was published of its newest.
            value, base, year = float(then.table.at[code, name]), published.table.loc[code], then.year_of(code, name)
        if math.isnan(value):
            continue
        table.at[code, name] = again = _again(term, value, base, now, newest - max(last, year))
        years.at[code, name] = year
        if again != value:
            moved.append(name)
    return replace(own, table=table, years=years), tuple(moved)


def _again(term: Term, value: float, base: pd.Series, now: pd.Series, later: int) -> float:
    """Return an earlier figure over the reserves or spending of so many years later."""
    name = term.indicator
    if name == _OVER_CUSHION:
        return value * _ratio(_cushion(base), _cushion(now))
    if name == _CUSHION_OVER:
        return _lasting(value, _reserves(base), _reserves(now), later)
    if not load_definitions()[name].over_spending:
        return value
    again = value * _ratio(float(base[SIZE]), float(now[SIZE]))
    again = min(again, value) if term.worse == "low" else max(again, value)
    if name == _PART and _reserves(now) < _reserves(base):
        # The part is no larger than the whole: earmarked reserves cannot be below nil.
        again = min(again, float(now[CORE]) * max(1.0, value / float(base[CORE]) if base[CORE] > 0 else 1.0))
    return again


def _lasting(value: float, before: float, now: float, later: int) -> float:
    """Return how long reserves last where a year three years before is missing: the earlier rate stands in for it."""
    if later == 0 or math.isnan(before):
        return value
    rate = 0.0 if value >= LONGEST_RUNWAY else before / value if value > 0 else np.inf
    use = (max(3 - later, 0) * rate + before - now) / max(3, later)
    return min(max(now, 0.0) / use, LONGEST_RUNWAY) if use > 0 else LONGEST_RUNWAY


def _reserves(row: pd.Series) -> float:
    return float(row[CORE]) * float(row[SIZE])


def _cushion(row: pd.Series) -> float:
    """Return reserves as interest is set over them: an empty cushion is the worst case, not an undefined one."""
    return max(_reserves(row), SMALLEST_SHARE * float(row[SIZE]))


def _ratio(above: float, below: float) -> float:
    """Return what a ratio is multiplied by; exactly 1 where nothing moved."""
    times = above / below if below else np.nan
    return 1.0 if math.isnan(times) or abs(times - 1) <= _UNMOVED else times
