"""How many councils other people's rules flag, and what became of those."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd

from resilience.backtest.rivals import rival_flags
from resilience.indicators.known import known_on
from resilience.model.risk_set import AT_RISK, risk_set
from resilience.tables.events import EventRegister


def flagged_on(indicators: pd.DataFrame, days: Iterable[date]) -> pd.DataFrame:
    """Count the councils in being that each rule with a threshold flags: index the rule, one column a day."""
    return pd.DataFrame({day: rival_flags(known_on(indicators, day).table).sum() for day in days})


def alarms_kept(
    indicators: pd.DataFrame,
    events: EventRegister,
    origins: Iterable[date],
    *,
    horizon: int = 24,
    outcome: str = "distress",
) -> pd.DataFrame:
    """Say what followed the rules' alarms, over the origins whose whole horizon has closed.

    Parameters
    ----------
    indicators : DataFrame
        From ``compute_indicators``.
    events : EventRegister
    origins : iterable of date
        Those that have not closed by the register's end are left out.
    horizon, outcome : int, str
        See ``risk_set``.

    Returns
    -------
    DataFrame
        Index the rule; over councils at risk and origins: ``origins``, ``at_risk``, ``events`` (a council counts at
        each origin whose horizon holds its event), ``flagged``, ``flagged_events``.
    """
    outcomes = risk_set(indicators, events, origins, horizon=horizon, outcome=outcome).table
    closed = outcomes[outcomes["closed"].astype(bool)]
    counts = []
    for _, day in closed.groupby("origin"):
        rows = day.set_index("ons_code")
        at_risk, event = rows["status"] == AT_RISK, rows["event"].fillna(False).astype(bool)
        flags = rival_flags(rows)
        counts.append(
            pd.DataFrame(
                {
                    "origins": 1,
                    "at_risk": int(at_risk.sum()),
                    "events": int((at_risk & event).sum()),
                    "flagged": flags[at_risk].sum(),
                    "flagged_events": flags[at_risk & event].sum(),
                }
            )
        )
    return sum(counts[1:], start=counts[0]) if counts else pd.DataFrame()
