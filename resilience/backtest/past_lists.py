"""The list as it stood each January, by the model of that day, and what became of councils with such scores."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import logit

from resilience.backtest.rolling import bands_record
from resilience.indicators.known import known_on
from resilience.model.fitting import fit, training_rows
from resilience.model.scoring import ScoredDay, score
from resilience.tables.events import EventRegister

#: Flexible use of capital receipts (from 2016-17) was first in a published outturn in November 2017.
FIRST_JANUARY = 2018
#: Councils "like this one" had a chance within this many log-odds (odds within a factor of 1.5), or are the nearest.
LIKE = 0.4
FEWEST_LIKE = 40

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SimilarScores:
    """What became of councils that stood about here.

    Attributes
    ----------
    times, events, councils : int
        How often a council stood here on a 1 January, how often an event followed, and how many councils these were.
    low, high : float
        Between which chances they stood.
    first, last : int
        The Januaries looked at.
    nearest : bool
        Whether too few stood about here, so that the nearest are shown.
    """

    times: int
    events: int
    councils: int
    low: float
    high: float
    first: int
    last: int
    nearest: bool = False


@dataclass(frozen=True, eq=False)
class PastLists:
    """Every 1 January's list up to a day, each with the model that was trainable then.

    Attributes
    ----------
    lists : dict of int to ScoredDay
        By year, the oldest first.
    table : DataFrame
        One row a January and council in being then: ``origin``, ``ons_code``, ``council``, ``class``, ``tier``,
        ``status``, ``risk``, ``log_odds``, ``rank``, ``of`` (councils ranked that day), ``band``, ``outturn_year``,
        ``source_kind``; and, where the whole horizon had closed by the day, ``event`` and ``observed`` of ``risk_set``.
    """

    lists: dict[int, ScoredDay]
    table: pd.DataFrame

    @cached_property
    def closed(self) -> pd.DataFrame:
        """The rows at risk whose whole horizon had closed; a council abolished in it tells nothing without an event."""
        whole = self.table["event"].eq(True) | (self.table["observed"] >= 1)
        return self.table[whole & (self.table["status"] == "at risk")].astype({"risk": float, "event": bool})

    @cached_property
    def bands(self) -> pd.DataFrame:
        """Each band's record (``backtest.bands_record``), over closed horizons only; empty where none had closed."""
        return bands_record(self.closed) if len(self.closed) else pd.DataFrame()

    def similar(self, log_odds: float) -> SimilarScores | None:
        """Return what became of councils whose chance was about this; nothing where no horizon had closed."""
        if self.closed.empty or np.isnan(log_odds):
            return None
        distance = (logit(self.closed["risk"]) - log_odds).abs()
        rows = self.closed[distance <= LIKE]
        few = len(rows) < FEWEST_LIKE
        if few:
            rows = self.closed.loc[distance.sort_values(kind="stable").index[:FEWEST_LIKE]]
        return SimilarScores(
            len(rows),
            int(rows["event"].sum()),
            int(rows["ons_code"].nunique()),
            float(rows["risk"].min()),
            float(rows["risk"].max()),
            int(self.closed["origin"].min().year),
            int(self.closed["origin"].max().year),
            few,
        )


def past_lists(scored: ScoredDay) -> PastLists:
    """Return the past lists of a scored day, worked out once for it."""
    return scored.once(
        "past lists",
        lambda: score_past_lists(
            scored.indicators,
            scored.events,
            scored.as_of,
            outcome=scored.model.outcome,
            horizon=scored.model.horizon,
        ),
    )


def score_past_lists(
    indicators: pd.DataFrame,
    events: EventRegister,
    as_of: date,
    *,
    outcome: str = "distress",
    horizon: int = 24,
    first: int = FIRST_JANUARY,
) -> PastLists:
    """Score every council each 1 January up to a day, each time with the model that was trainable then.

    Parameters
    ----------
    indicators, events : DataFrame, EventRegister
        From ``compute_indicators`` and ``load_events``.
    as_of : date
        The last day looked at.
    outcome, horizon : str, int
        See ``risk_set``.
    first : int
        The first January.

    Returns
    -------
    PastLists
        Empty where no January lies between.
    """
    kept = ["council", "class", "tier", "status", "risk", "log_odds", "rank", "band", "outturn_year", "source_kind"]
    closed = training_rows(indicators, events, as_of, horizon=horizon, outcome=outcome)
    lists, tables = {}, []
    for year in range(first, as_of.year + 1):
        origin = pd.Timestamp(year, 1, 1)
        _log.info("1 January %s", year)
        # What had closed by the origin: the same rows as training_rows(…, origin), drawn up once.
        rows = closed.where(closed.table["origin"] + pd.DateOffset(months=horizon) <= origin)
        scored = score(fit(rows, draws=0), known_on(indicators, origin.date()), events, intervals=False)
        lists[year] = scored
        tables.append(scored.table[kept].reset_index().assign(origin=origin, of=len(scored.at_risk)))
    columns = ["origin", "ons_code", *kept, "of"]
    if not tables:
        return PastLists({}, pd.DataFrame(columns=[*columns, "event", "observed"]))
    table = pd.concat(tables, ignore_index=True)[columns]
    followed = closed.table[["origin", "ons_code", "event", "observed"]]
    return PastLists(lists, table.merge(followed, on=["origin", "ons_code"], how="left", validate="one_to_one"))


def year_before(scored: ScoredDay) -> ScoredDay | None:
    """Score the day a year earlier by the same model; nothing where too little was known then."""

    def make() -> ScoredDay | None:
        known = known_on(scored.indicators, (pd.Timestamp(scored.as_of) - pd.DateOffset(years=1)).date())
        if known.scorable.empty:
            return None
        return score(scored.model, known, scored.events, intervals=False)

    return scored.once("year before", make)
