"""How a figure is written: one function a unit, the same everywhere. It knows units and nothing of the subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd


class Printed:
    """A result that prints itself in words: those of the public ``resilience.summary``, asked for when it is printed.

    What it is made of stays in its ``repr``, short and in numbers.
    """

    def __str__(self) -> str:
        """Return the summary a person reads."""
        from resilience import summary

        return str(summary(self))

    def _repr_html_(self) -> str:
        """Return the same for a notebook."""
        from resilience import summary

        return str(summary(self, html=True))


#: The four grades that inspectorates give, best first.
_GRADES = {1: "outstanding", 2: "good", 3: "requires improvement", 4: "inadequate"}
#: Above this a chance is written as "over 40%": whoever gives another cap has a record that bears it out.
CAP = 0.40
#: No chance is written as a number above this, whatever the record.
_SURE = 0.95


def number(value: float, digits: int) -> str:
    """Write a number with so many digits after the point: a true minus sign, and none before what rounds to zero."""
    return f"{round(value, digits) + 0.0:,.{digits}f}".replace("-", "−")


def percent(fraction: float, digits: int | None = None) -> str:
    """Write a fraction as a percentage, with a digit after the point below 10% unless told otherwise.

    Parameters
    ----------
    fraction : float
    digits : int, optional
        Digits after the point. Without it, exactly zero is "0%", so that "0.0%" is what rounds to it.
    """
    if fraction is None or np.isnan(fraction):
        return "not known"
    value = 100 * fraction
    if digits is None:
        digits = 0 if value == 0 or abs(value) >= 9.95 else 1
    return f"{number(value, digits)}%"


def pounds(thousand: float) -> str:
    """Write an amount in £ thousand as £ million or £ thousand."""
    if thousand is None or np.isnan(thousand):
        return "not known"
    sign = "−" if thousand < 0 else ""
    size = abs(thousand)
    if size < 0.5:
        return "£0"
    return f"{sign}£{size / 1000:,.1f}m" if size >= 1000 else f"{sign}£{size:,.0f}k"


def thousands(thousand: float) -> str:
    """Write an amount in £ thousand as a form has it: "12,345", "−551"."""
    return f"{thousand:,.0f}".replace("-", "−")


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
    """Write a difference with its sign, e.g. of log-odds: "+0.31", "−0.12"; what rounds to zero has none."""
    return f"{'+' if round(value, digits) > 0 else ''}{number(value, digits)}"


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


def chance(risk: float, *, cap: float = CAP) -> str:
    """Write a chance without false precision: whole per cent, "under 1%", "over 40%".

    Parameters
    ----------
    risk : float
    cap : float
        Above it no number is given.
    """
    if risk is None or np.isnan(risk):
        return ""
    if risk < 0.01:
        return "under 1%"
    most = min(cap, _SURE)
    return f"over {100 * most:.0f}%" if risk > most else f"{100 * risk:.0f}%"


def chance_range(low: float, high: float, *, cap: float = CAP) -> str:
    """Write an interval of chances, e.g. "12–31%", "22–>40%", "over 40%"; the cap as in `chance`."""
    if low is None or np.isnan(low) or np.isnan(high):
        return ""
    left, right = short_chance(low, cap=cap), short_chance(high, cap=cap)
    return chance(high, cap=cap) if left == right else f"{left}–{right}%"


def short_chance(risk: float, *, cap: float = CAP) -> str:
    """Write a chance as a number for a column, without the sign: "12", "<1", ">40"."""
    return chance(risk, cap=cap).replace("under ", "<").replace("over ", ">").removesuffix("%")


def chances_at(risks: Mapping[float, float], *, cap: float = CAP) -> str:
    """Write the chances that go with so many cases: "about 4% if 10 do, 9% if 20 and 13% if 30".

    Parameters
    ----------
    risks : mapping
        From a number of cases to the chance.
    cap : float
        As in `chance`.
    """
    first, *others = (f"{chance(risk, cap=cap)} if {number:.0f}" for number, risk in risks.items())
    about = "" if first.startswith(("under", "over")) else "about "
    return listed([f"{about}{first} do", *others])


def step_chance(risk: float, *, cap: float = CAP) -> str:
    """Write a chance on the way to another: below 10% with a digit, as many steps are small."""
    if risk < 0.001:
        return "under 0.1%"
    return f"{100 * risk:.1f}%" if risk < 0.0995 else chance(risk, cap=cap)


def chance_step(before: float, after: float, *, cap: float = CAP) -> str:
    """Write a step from one chance to another: "3.4% → 12%", "over 40% before and after"."""
    then, now = step_chance(before, cap=cap), step_chance(after, cap=cap)
    return f"{now} before and after" if then == now and min(before, after) > cap else f"{then} → {now}"


def expected(number: float, *, most: float = np.inf) -> str:
    """Write how many cases are to be expected on average: "22", "1.3", "under 0.1", "over 0.4".

    Parameters
    ----------
    number : float
    most : float
        Above it no number is given.
    """
    if number is None or np.isnan(number):
        return "not known"
    if number > most:
        return f"over {expected(most)}"
    if number == 0:
        return "0"
    return "under 0.1" if number < 0.05 else f"{number:.{0 if number >= 9.95 else 1}f}"


def ordinal(number: int) -> str:
    """Write a place in a ranking: "1st", "12th", "23rd"."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def counted(count: int, noun: str) -> str:
    """Write how many there are of something: "1 council", "12 councils", "1,024 rows"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listed(parts: Sequence[str], last: str = "and") -> str:
    """Join words as in a sentence: "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + f" {last} {parts[-1]}"
