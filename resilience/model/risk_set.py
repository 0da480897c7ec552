"""Origin × council: what was known then, and what happened next.

An *origin* is a day on which a list could have been drawn up (1 January by custom). For each council in being on
that day the table gives what was known (figures published and events announced before it) and, kept well apart,
what followed within the horizon.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from resilience.councils import load_councils
from resilience.errors import DataError
from resilience.indicators.known import known_on
from resilience.model.reliability import Reliability
from resilience.tables.events import OUTCOMES, EventRegister
from resilience.years import Day, day_of

HORIZONS = (12, 24, 36)

AT_RISK = "at risk"
EVENT_ALREADY = "event already"
NOT_SCORABLE = "cannot be scored"


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """Origins × councils with what came next, and what was asked of them.

    Attributes
    ----------
    table : DataFrame
        One row an origin and council in being then: ``origin``, ``ons_code``, all of ``KnownFigures.table``, ``status``
        ("at risk", "event already" or "cannot be scored"), and what came next: ``event`` (bool), ``event_date``,
        ``observed`` (share of the horizon that was observed: less than 1 where the register or the council ends
        sooner) and ``closed`` (the whole horizon lies within the register).
    horizon : int
        Months looked ahead.
    outcome : str
        What counts as an event.
    ages : DataFrame
        On the same index, one column an indicator: ``KnownFigures.ages`` of each origin.
    reliability : Reliability
        What families with carried figures are multiplied by; nothing measured by default.
    """

    table: pd.DataFrame
    horizon: int
    outcome: str
    ages: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    reliability: Reliability = field(default_factory=Reliability, repr=False)

    def where(self, mask: pd.Series | np.ndarray) -> TrainingRows:
        """Return some of the rows, of the same horizon and outcome."""
        return replace(self, table=self.table[mask], ages=self.ages[mask])

    def one_origin(self) -> pd.DataFrame:
        """Return the table of a single origin by council."""
        return self.table.set_index("ons_code")


def risk_set(
    indicators: pd.DataFrame,
    events: EventRegister,
    origins: Iterable[Day] | Day,
    *,
    horizon: int = 24,
    outcome: str = "distress",
    unlike_too: bool = False,
) -> TrainingRows:
    """Build the table of origins × councils.

    Parameters
    ----------
    indicators : DataFrame
        From ``compute_indicators``.
    events : EventRegister
        From ``load_events``.
    origins : iterable of date or str
        The days to look from; a single one too.
    horizon : {12, 24, 36}
        Months looked ahead.
    outcome : {"distress", "severe"}
        What counts as an event.
    unlike_too : bool
        Whether the councils that nothing compares with are at risk too (see ``KnownFigures``).

    Returns
    -------
    TrainingRows

    Raises
    ------
    DataError
        If the horizon or outcome is none of those above, or an origin is no date.
    """
    if horizon not in HORIZONS:
        raise DataError(f"A horizon of {horizon} months is not kept; choose one of 12, 24, 36.")
    if outcome not in OUTCOMES:
        raise DataError(f"'{outcome}' is not an outcome; choose one of {', '.join(OUTCOMES)}.")
    days = [day_of(one) for one in ([origins] if isinstance(origins, str | date) else origins)]
    first = events.onsets(outcome=outcome)
    register_end = events.end
    ends = load_councils().drop_duplicates("ons_code").set_index("ons_code")["end_date"]
    ends = pd.to_datetime(ends)
    tables, ages = [], []
    for origin in days:
        start = pd.Timestamp(origin)
        until = start + pd.DateOffset(months=horizon)
        known = replace(known_on(indicators, start.date()), unlike_too=unlike_too)
        ages.append(known.ages)
        table = known.table.reset_index()
        happened = first["date"].reindex(table["ons_code"]).reset_index(drop=True)
        before = (happened < start).to_numpy()
        table.insert(0, "origin", start)
        table["status"] = np.where(before, EVENT_ALREADY, np.where(known.not_scored == "", AT_RISK, NOT_SCORABLE))
        # A council that is abolished is watched until its last day.
        watched_to = table["ons_code"].map(ends).add(pd.Timedelta(days=1)).fillna(until).clip(upper=until)
        watched_to = watched_to.clip(upper=register_end)
        table["event"] = ((happened >= start) & (happened < watched_to)).to_numpy()
        table["event_date"] = happened.where(happened < watched_to)
        table["observed"] = ((watched_to - start) / (until - start)).clip(lower=0.0)
        table.loc[table["event"], "observed"] = table.loc[table["event"], "observed"].clip(lower=1e-9)
        table["closed"] = bool(until <= register_end)
        tables.append(table)
    return TrainingRows(pd.concat(tables, ignore_index=True), horizon, outcome, pd.concat(ages, ignore_index=True))


def yearly(first: int, last: int) -> list[date]:
    """Return 1 January of each year from first to last."""
    return [date(year, 1, 1) for year in range(first, last + 1)]
