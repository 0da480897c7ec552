"""How a figure is written: one function a unit, the same everywhere. It knows units and nothing of the subject."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

#: The four grades that inspectorates give, best first.
_GRADES = {1: "outstanding", 2: "good", 3: "requires improvement", 4: "inadequate"}
#: Parts a likely chance is said in.
_PARTS = ((1, 3), (2, 5), (1, 2), (3, 5), (2, 3), (3, 4), (4, 5), (9, 10), (19, 20))


def percent(fraction: float, digits: int | None = None) -> str:
    """Write a fraction as a percentage, with a digit after the point below 10 % unless told otherwise.

    Parameters
    ----------
    fraction : float
    digits : int, optional
        Digits after the point. Without it, exactly nought is "0 %", so that "0.0 %" is what rounds to it.
    """
    if fraction is None or np.isnan(fraction):
        return "not known"
    value = 100 * fraction
    if digits is None:
        digits = 0 if value == 0 or abs(value) >= 9.95 else 1
    return f"{round(value, digits) + 0.0:.{digits}f} %".replace("-", "−")  # plus nought: no "−0.0 %"


def pounds(thousand: float) -> str:
    """Write an amount in £ thousand as £ million or £ thousand."""
    if thousand is None or np.isnan(thousand):
        return "not known"
    sign = "−" if thousand < 0 else ""
    size = abs(thousand)
    if size < 0.5:
        return "£0"
    return f"{sign}£{size / 1000:,.1f}m" if size >= 1000 else f"{sign}£{size:,.0f}k"


def years(value: float) -> str:
    """Write a number of years: "0 years", "under a year", "1 year", "12 years"."""
    if 0 < value < 1:
        return "under a year"
    return f"{value:.0f} year{'' if round(value) == 1 else 's'}"


def times(value: float) -> str:
    """Write a multiple: 4.3 → "4 times"."""
    return f"{value:.0f} times"


def grade(value: float) -> str:
    """Write an inspection grade, e.g. 2 → "good"; a median between two grades names both."""
    low, high = int(np.floor(value)), int(np.ceil(value))
    return _GRADES[low] if low == high else f"{_GRADES[low]} to {_GRADES[high]}"


def amount(value: float, unit: str, *, missing: str = "not published") -> str:
    """Write a value in its unit.

    Parameters
    ----------
    value : float
    unit : str
        "ratio" (a fraction, written as per cent), "£ thousand", "years", "flag", "grade", or one without a sign of
        its own ("count", "rate", "score"), written as a whole number.
    missing : str
        What is said where there is no value.
    """
    if value is None or np.isnan(value):
        return missing
    if unit == "flag":
        # The median of several flags may be between the two.
        return {0.0: "no", 1.0: "yes"}.get(float(value)) or percent(value, 0)
    if unit == "ratio":
        return percent(value)
    if unit == "£ thousand":
        return pounds(value)
    if unit == "years":
        return years(value)
    return grade(value) if unit == "grade" else f"{value:.0f}"


def signed(value: float, digits: int = 2) -> str:
    """Write a difference with its sign, e.g. of log-odds: "+0.31", "−0.12"."""
    return f"{value:+.{digits}f}".replace("-", "−")


def day(value: object) -> str:
    """Write a date as "5 September 2023"."""
    stamp = pd.Timestamp(value)
    return f"{stamp.day} {stamp:%B %Y}"


def closing_day(year: int) -> str:
    """Write the day a financial year closes, e.g. 2024 → "31 March 2024"."""
    return day(date(int(year), 3, 31))


def when(date_text: str, known: object) -> str:
    """Write a date as precisely as it is known: "5 September 2023", "February 2022", "2021".

    Parameters
    ----------
    date_text : str
        The date as a register has it: "2023-09-05", "2022-02", "2021".
    known : date-like
        The day it is taken as; missing for what is undated.
    """
    if pd.isna(known):
        return "undated"
    if len(date_text) == 7:
        return f"{pd.Timestamp(known):%B %Y}"
    return day(known) if len(date_text) == 10 else date_text


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


def step_chance(risk: float) -> str:
    """Write a chance on the way to another: below 10 % with a digit, as many steps are small."""
    if risk < 0.001:
        return "under 0.1 %"
    return f"{100 * risk:.1f} %" if risk < 0.0995 else chance(risk)


def in_words(risk: float) -> str:
    """Say a chance the way people do: "about 1 in 5", "under 1 in 100", "about 9 in 10"."""
    if risk < 0.01:
        return "under 1 in 100"
    if risk > 0.95:
        return "more than 19 in 20"
    if risk < 0.29:
        one_in = 1 / risk
        step = 1 if one_in < 12.5 else 5 if one_in < 52.5 else 10
        return f"about 1 in {step * round(one_in / step)}"
    top, bottom = min(_PARTS, key=lambda pair: abs(pair[0] / pair[1] - risk))
    return f"about {top} in {bottom}"


def ordinal(number: int) -> str:
    """Write a place in a ranking: "1st", "12th", "23rd"."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def listed(parts: Sequence[str]) -> str:
    """Join words as in a sentence: "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + f" and {parts[-1]}"
