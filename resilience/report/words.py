"""How figures are put into words: percentages, amounts, dates, chances; the same everywhere."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

CLASS_NAMES = {
    "UA": "unitary authority",
    "MD": "metropolitan district",
    "LB": "London borough",
    "SC": "shire county",
    "SD": "shire district",
}
CLASS_PLURALS = {
    "UA": "unitary authorities",
    "MD": "metropolitan districts",
    "LB": "London boroughs",
    "SC": "shire counties",
    "SD": "shire districts",
}

SCORE_IS = (
    "the chance of needing exceptional support or intervention within 24 months, judged from published figures; "
    "no verdict on a council or its officers"
)
CANNOT_SEE = (
    "Published figures cannot see governance, a single failed investment, an equal-pay claim, or anything since the "
    "year they cover."
)


def percent(fraction: float, digits: int | None = None) -> str:
    """Write a fraction as a percentage, with a digit after the point below 10 % unless told otherwise."""
    if fraction is None or np.isnan(fraction):
        return "not known"
    value = 100 * fraction
    if digits is None:
        digits = 1 if abs(value) < 9.95 else 0
    return f"{round(value, digits) + 0.0:.{digits}f} %"  # plus nought: no "-0.0 %"


def chance(risk: float) -> str:
    """Write a chance without false precision: whole per cent, "under 1 %", "over 95 %"."""
    if risk is None or np.isnan(risk):
        return ""
    if risk < 0.01:
        return "under 1 %"
    if risk > 0.95:
        return "over 95 %"
    return f"{100 * risk:.0f} %"


def chance_range(low: float, high: float) -> str:
    """Write an interval of chances, e.g. "12–31 %"."""
    if low is None or np.isnan(low) or np.isnan(high):
        return ""
    left = "<1" if low < 0.01 else f"{100 * low:.0f}"
    right = "<1" if high < 0.01 else ">95" if high > 0.95 else f"{100 * high:.0f}"
    return f"{left} %" if left == right else f"{left}–{right} %"


def pounds(thousand: float) -> str:
    """Write an amount in £ thousand as £ million or £ thousand."""
    if thousand is None or np.isnan(thousand):
        return "not known"
    sign = "−" if thousand < 0 else ""
    size = abs(thousand)
    if size < 0.5:
        return "£0"
    return f"{sign}£{size / 1000:,.1f}m" if size >= 1000 else f"{sign}£{size:,.0f}k"


def day(value: object) -> str:
    """Write a date as "5 September 2023"."""
    stamp = pd.Timestamp(value)
    return f"{stamp.day} {stamp:%B %Y}"


def closing_day(year: int) -> str:
    """Write the day a financial year closes, e.g. 2024 → "31 March 2024"."""
    return day(date(int(year), 3, 31))
