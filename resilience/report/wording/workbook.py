"""What the workbook says of its own beside the list: the call sheet, and what changed since an earlier list."""

from __future__ import annotations

from datetime import date

import pandas as pd

from resilience.analysis.amounts import Amount
from resilience.analysis.changed import Moved, NewEvent
from resilience.backtest.rolling import CAPACITY
from resilience.formatting import day
from resilience.report.wording.indicators import figure
from resilience.tables.events import describe
from resilience.years import outturn_year_of

#: What is said where a council moved and no figure of its own stands out.
NOTHING_OF_ITS_OWN = "No figure of its own stands out: others moved, or the model was fitted again"
CALL_SHEET = (
    f"The first {CAPACITY} councils by rank. The amounts are those its score rests on, in £ million, each with its "
    "year (* second-hand, rounded). The questions follow the main reasons; they open a conversation and are no finding."
)
#: What is said where there is no list to set this one beside.
NO_EARLIER_LIST = "Empty: no list could be made on an earlier day to set this one beside."
SOURCE = "MHCLG revenue outturn and the publications named in the sheet Notes"


def followed(events: int | None, councils: int | None, horizon: int) -> str:
    """Say what followed for past councils in a band, in a column: "41 of 150 had a first event within 24 months"."""
    if not councils:
        return ""
    return f"{events} of {councils:,} had a first event within {horizon} months"


def year_of(amount: Amount) -> str:
    """Write the year of an amount, with a star where it is second-hand; "" where there is none."""
    return outturn_year_of(amount.year) + ("*" if amount.second_hand else "") if amount.year else ""


def new_events(events: list[NewEvent]) -> str:
    """Say what became known of a council between two lists."""
    return "; ".join(describe(pd.Series({"event_type": one.event_type, "date": one.known})) for one in events)


def moved(one: Moved | None) -> str:
    """Say which figure moved a council most: "Usable reserves: 17% (2023-24) → 12% (2024-25)"."""
    if one is None:
        return NOTHING_OF_ITS_OWN
    then, now = (
        figure(one.term.indicator, value) + (f" ({outturn_year_of(year)})" if year else "")
        for value, year in ((one.value_then, one.year_then), (one.value, one.year))
    )
    return f"{one.term.label}: {then} → {now}"


def what_changed(since: date) -> str:
    """Say what the sheet of what changed holds."""
    return (
        f"Set beside the list of {day(since)}, made with the figures, the events and the model of that day: every "
        "council with an event since, in another band, or that came onto the list or left it. A rank also moves where "
        "other councils move, and where the model is fitted again."
    )
