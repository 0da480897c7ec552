"""Financial years ("2023-24" as text, 2024 as the calendar year in which it ends), and days as a person gives them."""

from __future__ import annotations

import re
from datetime import date, datetime

from resilience.errors import DataError

#: A day as the public functions take it: a date, or text like "2026-11-01".
Day = date | str

_YEAR = re.compile(r"^(\d{4})[-_/](\d{2}|\d{4})$")


def year_of(outturn_year: str) -> int:
    """Return the calendar year in which a financial year ends.

    Parameters
    ----------
    outturn_year : str
        For example "2023-24", "2023_24" or "2023/2024".

    Returns
    -------
    int
        For example 2024.

    Raises
    ------
    DataError
        If the text is no financial year, or its two halves do not follow each other.
    """
    match = _YEAR.match(str(outturn_year).strip())
    if match:
        end = int(match[1]) + 1
        if int(match[2]) in (end, end % 100):
            return end
    raise DataError(f"'{outturn_year}' is not a financial year; write it like 2023-24.")


def day_of(given: Day) -> date:
    """Return the day that a date, or its text, stands for.

    Parameters
    ----------
    given : date or str
        "2026-11-01", a date, or a date with a time (pandas' Timestamp), of which the time is left out.

    Returns
    -------
    date

    Raises
    ------
    DataError
        If it is no date.
    """
    try:
        if isinstance(given, date) and given != given:
            raise ValueError("pandas' NaT, which is a date too")
        if isinstance(given, date):
            return given.date() if isinstance(given, datetime) else given
        return datetime.strptime(given, "%Y-%m-%d").date()
    except (TypeError, ValueError):
        raise DataError(f"'{given}' is not a date; write it like 2020-01-01.") from None


def outturn_year_of(year: int) -> str:
    """Return the financial year ending in a calendar year, e.g. 2024 → "2023-24"."""
    return f"{year - 1}-{year % 100:02d}"
