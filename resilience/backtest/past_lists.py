"""The list as it stood each January, by the model of that day, what followed it, and what became of such scores."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import logit

from resilience.backtest.rolling import CAPACITY
from resilience.councils import load_councils
from resilience.errors import DataError
from resilience.indicators.known import known_on
from resilience.model.families import load_families
from resilience.model.fitting import FIRST_ORIGIN, fit, training_rows, usable
from resilience.model.reliability import measure_until
from resilience.model.risk_set import risk_set, yearly
from resilience.model.scoring import Made, ScoredDay, score
from resilience.tables.events import EventRegister

#: Flexible use of capital receipts (from 2016-17) was first in a published outturn in November 2017.
FIRST_JANUARY = 2018
#: Councils "like this one" had a chance within this many log-odds (odds within a factor of 1.5), or are the nearest.
LIKE = 0.4
FEWEST_LIKE = 40

#: What a place on a list came to: among its first and an event followed; an event followed lower down; among its first
#: and none followed; or none so far, the horizon not being over.
CAUGHT, MISSED, FALSE_ALARM, OPEN = "caught", "missed", "false alarm", "none so far"

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

    def expected_and_observed(self, class_: str = "") -> tuple[float, int]:
        """Return how many first events the chances of a class (of all) added up to, and how many followed."""
        rows = self.closed if not class_ else self.closed[self.closed["class"] == class_]
        return float(rows["risk"].sum()), int(rows["event"].sum())

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
    days = yearly(FIRST_ORIGIN, as_of.year)
    reliability = measure_until(indicators, days, load_families())
    closed = training_rows(
        indicators, events, as_of, horizon=horizon, outcome=outcome, reliability=reliability[days[-1]]
    )
    lists, tables = {}, []
    for year in range(first, as_of.year + 1):
        origin = pd.Timestamp(year, 1, 1)
        _log.info("1 January %s", year)
        # What had closed and could be measured by the origin: the same as training_rows(…, origin), drawn up once.
        rows = replace(
            closed.where(closed.table["origin"] + pd.DateOffset(months=horizon) <= origin),
            reliability=reliability[origin.date()],
        )
        if not usable(rows.table).any():
            continue  # the figures at hand begin too late for a model of this January
        scored = score(fit(rows, draws=0), known_on(indicators, origin.date()), events, intervals=False)
        lists[year] = scored
        tables.append(scored.table[kept].reset_index().assign(origin=origin, of=len(scored.at_risk)))
    columns = ["origin", "ons_code", *kept, "of"]
    if not tables:
        return PastLists({}, pd.DataFrame(columns=[*columns, "event", "observed"]))
    table = pd.concat(tables, ignore_index=True)[columns]
    followed = closed.table[["origin", "ons_code", "event", "observed"]]
    return PastLists(lists, table.merge(followed, on=["origin", "ons_code"], how="left", validate="one_to_one"))


def list_on(scored: ScoredDay, day: date) -> ScoredDay | None:
    """Return the list of an earlier day, by the model of that day; nothing where the figures begin too late for one.

    Parameters
    ----------
    scored : ScoredDay
        Whose figures, register, outcome and horizon are taken.
    day : date

    Raises
    ------
    DataError
        If the day is not before the scored day, or before the first January.
    """
    first = date(FIRST_JANUARY, 1, 1)
    if not first <= day < scored.as_of:
        raise DataError(f"{day} is not the day of an earlier list; choose one from {first} on, before {scored.as_of}.")

    def make() -> ScoredDay | None:
        if scored.has("past lists") and (day.month, day.day) == (1, 1):
            return past_lists(scored).lists.get(day.year)  # the same list, drawn up before
        model, known = scored.model, known_on(scored.indicators, day)
        rows = training_rows(scored.indicators, scored.events, day, horizon=model.horizon, outcome=model.outcome)
        if not usable(rows.table).any() or known.scorable.empty:
            return None
        return score(fit(rows, draws=0), known, scored.events, intervals=False)

    return scored.once(("list on", day), make)


def keep(scored: ScoredDay, past: PastLists) -> None:
    """Keep past lists that another process drew up, so that `past_lists` and `list_on` need not do so again."""

    def as_it_is(one: Made) -> Callable[[], Made]:
        return lambda: one

    scored.once("past lists", as_it_is(past))
    for one in past.lists.values():
        scored.once(("list on", one.as_of), as_it_is(one))


def year_before(scored: ScoredDay) -> ScoredDay | None:
    """Score the day a year earlier by the same model; nothing where too little was known then."""

    def make() -> ScoredDay | None:
        known = known_on(scored.indicators, (pd.Timestamp(scored.as_of) - pd.DateOffset(years=1)).date())
        if known.scorable.empty:
            return None
        return score(scored.model, known, scored.events, intervals=False)

    return scored.once("year before", make)


@dataclass(frozen=True, eq=False)
class January:
    """One list of the past with what followed.

    Attributes
    ----------
    year : int
    until : date
        The end of its horizon.
    closed : bool
        Whether the register covers all of it.
    scored : ScoredDay
        The list itself, by the model of that day.
    table : DataFrame
        One row a council at risk then, by rank: ``ons_code, council, class, region, rank, risk, band``; ``event``
        (whether a first event followed within the horizon, as far as the register reaches) and ``event_date``;
        ``onset_type, onset_date, months`` of its first event whenever it was (missing where none is known; months from
        the list on), ``abolished`` (its last day, missing where it is in being), and ``mark``: one of the four above,
        or "".
    already : int
        Councils that had had an event before, or could not be scored.
    """

    year: int
    until: date
    closed: bool
    scored: ScoredDay
    table: pd.DataFrame
    already: int

    def count(self, mark: str) -> int:
        """Return how many councils bear a mark."""
        return int((self.table["mark"] == mark).sum())

    @property
    def events(self) -> int:
        """How many first events followed within the horizon, as far as the register reaches."""
        return int(self.table["event"].sum())


def januaries(scored: ScoredDay, past: PastLists) -> list[January]:
    """Set each past list beside what followed.

    Parameters
    ----------
    scored : ScoredDay
        The day up to which it is known what followed.
    past : PastLists
    """
    horizon, outcome = scored.model.horizon, scored.model.outcome
    first = scored.events.onsets(outcome=outcome)
    ends = pd.to_datetime(load_councils().drop_duplicates("ons_code").set_index("ons_code")["end_date"])
    kept = ["council", "class", "region", "rank", "risk", "band", "event", "event_date"]
    result = []
    for year, one in past.lists.items():
        followed = risk_set(
            scored.indicators, scored.events, [one.as_of], horizon=horizon, outcome=outcome
        ).one_origin()
        rows = followed.loc[one.at_risk.index].join(one.at_risk[["rank", "risk", "band"]]).sort_values("rank")
        onset = first.reindex(rows.index)
        closed = bool(rows["closed"].all())
        table = rows[kept].assign(
            onset_type=onset["event_type"],
            onset_date=onset["date"],
            months=(onset["date"].dt.year - year) * 12 + onset["date"].dt.month - 1,
            abolished=ends.reindex(rows.index),
            mark=_marks(rows, closed),
        )
        until = (pd.Timestamp(year, 1, 1) + pd.DateOffset(months=horizon)).date()
        result.append(January(year, until, closed, one, table.reset_index(), len(one.table) - len(rows)))
    return result


def _marks(rows: pd.DataFrame, closed: bool) -> np.ndarray:
    listed, event = rows["rank"].to_numpy(dtype=int) <= CAPACITY, rows["event"].to_numpy(dtype=bool)
    return np.select([listed & event, event, listed], [CAUGHT, MISSED, FALSE_ALARM if closed else OPEN], default="")
