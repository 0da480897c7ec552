"""Past lists in words: what happened next to a council that stood on one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from resilience.formatting import counted, day
from resilience.tables.events import describe


def fate(row: Mapping[Any, Any], *, origin: date, until: date, register_to: date, horizon: int) -> str:
    """Say what happened next, in a few words.

    Parameters
    ----------
    row : mapping
        Of ``January.table``.
    origin, until : date
        The list's day and the end of its horizon.
    register_to : date
        The last day the register of events speaks for.
    horizon : int
        Months.
    """
    known = pd.notna(row["onset_date"])
    if row["event"] and known:
        months = int(row["months"])
        when = "in the same month" if months == 0 else f"{counted(months, 'month')} later"
        return first_up(f"{onset(row)}, {when}")
    if pd.notna(row["abolished"]) and row["abolished"].date() < until:
        return f"No event before the council was abolished on {day(row['abolished'])}"
    if (until - register_to).days > 1:
        return f"No event up to {day(register_to)}" if origin <= register_to else "Not known yet"
    if known:
        return f"No event within {horizon} months; later: {onset(row)}"
    return f"No event within {horizon} months"


def onset(row: Mapping[Any, Any]) -> str:
    """Say a council's first event: "section 114(3) notice, 5 September 2023"."""
    return describe(pd.Series({"event_type": row["onset_type"], "date": row["onset_date"]}))


def first_up(text: str) -> str:
    """Begin a text with a capital letter."""
    return text[:1].upper() + text[1:]
