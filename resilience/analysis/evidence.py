"""A council's figure as known on a day, with the year it is of and how it compares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from resilience.indicators.known import KnownFigures

#: How many years a comparison looks back.
BACK = 3
#: The bound of the runway indicator: reserves that are not falling last this many years.
NOT_FALLING = 20.0
#: A newest return so many calendar years before the list's day is older than the publications' rhythm makes it.
STALE_YEARS = 3
#: By class, indicators of a duty that councils of the class do not have: what they return there says nothing of use.
NOT_ITS_DUTY = {"SC": ("general_fund_housing_ratio",)}


@dataclass(frozen=True)
class Evidence:
    """A council's figure of an indicator, as known on a day: of its own year, as published.

    Attributes
    ----------
    indicator : str
    value : float
        Missing where the council has published none of late.
    year : int
        The calendar year in which its financial year ends; 0 where missing.
    second_hand, transcribed, built : bool
        Whether it comes from an interim table, from transcribed lines, or was added up from predecessors.
    lower, higher : float
        Shares of the other councils of its class with a lower, and a higher, figure that year.
    others : int
        How many these are.
    earlier : float
        The council's own figure three years before, missing where there is none.
    earlier_built : bool
        Whether that one was added up from predecessors.
    median : float
        The figure of the tier's median council on the day, against which the model measures.
    rebased : float
        What the score goes by where net revenue expenditure has moved too far since that year: the same amount over
        the newest one. Missing where the score goes by the figure itself.
    """

    indicator: str
    value: float
    year: int
    second_hand: bool = False
    transcribed: bool = False
    built: bool = False
    lower: float = np.nan
    higher: float = np.nan
    others: int = 0
    earlier: float = np.nan
    earlier_built: bool = False
    median: float = np.nan
    rebased: float = np.nan


def evidence(known: KnownFigures, code: str, indicator: str, median: float = np.nan) -> Evidence:
    """Return the figure of an indicator that a council's score rests on, with what it is compared with."""
    year = known.year_of(code, indicator) if indicator in known.years and code in known.years.index else 0
    if not year:
        return Evidence(indicator, np.nan, 0)
    own = known.own(code)
    value = float(own.at[year, indicator])
    others = known.others(code, own.at[year, "class"], year, indicator)
    back = year - BACK if year - BACK in own.index else None
    return Evidence(
        indicator,
        value,
        year,
        second_hand=own.at[year, "source_kind"] == "interim",
        transcribed=own.at[year, "source_kind"] == "transcribed",
        built=bool(own.at[year, "built"]),
        lower=float((others < value).mean()) if len(others) else np.nan,
        higher=float((others > value).mean()) if len(others) else np.nan,
        others=len(others),
        earlier=float(own.at[back, indicator]) if back is not None else np.nan,
        earlier_built=bool(own.at[back, "built"]) if back is not None else False,
        median=median,
        rebased=float(known.table.at[code, indicator]) if known.is_rebased(code, indicator) else np.nan,
    )
