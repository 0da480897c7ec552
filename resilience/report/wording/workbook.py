"""What the workbook says of its own beside the list: the call sheet."""

from __future__ import annotations

from resilience.analysis.amounts import Amount
from resilience.backtest.rolling import CAPACITY
from resilience.years import outturn_year_of

CALL_SHEET = (
    f"The first {CAPACITY} councils by rank. The amounts are those its score rests on, in £ million, each with its "
    "year (* second-hand, rounded). The questions follow the main reasons; they open a conversation and are no finding."
)
SOURCE = "MHCLG revenue outturn and the publications named in the sheet Notes"


def followed(events: int | None, councils: int | None, horizon: int) -> str:
    """Say what followed for past councils in a band, in a column: "41 of 150 had a first event within 24 months"."""
    if not councils:
        return ""
    return f"{events} of {councils:,} had a first event within {horizon} months"


def year_of(amount: Amount) -> str:
    """Write the year of an amount, with a star where it is second-hand; "" where there is none."""
    return outturn_year_of(amount.year) + ("*" if amount.second_hand else "") if amount.year else ""
