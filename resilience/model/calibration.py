"""The level of the chances: a base rate that moves with the regime, and what they are in a quiet or a busy year.

The weights say who is likelier than whom; they move slowly. How often support or intervention happens at all moves
with government policy: the regime changed about February 2024, when councils came to ask for support before a notice.
So the level is set afresh on every scoring day from the latest closed year: the next months are expected to bring
first events at the pace of the last twelve months that the register covers. Half an event is added to that count
(Jeffreys' prior for a Poisson rate), so that a year without events does not mean a chance of nought.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import betaincinv, expit

from resilience.tables.events import EventRegister

JEFFREYS = 0.5

#: First events within 24 months in a quiet, a middling and a busy time. No figure in the returns tells which it will
#: be, so the chances are shown at each. Set in advance, round numbers; never tuned.
PACES = {"quiet": 10, "middling": 20, "busy": 30}
PACES_MONTHS = 24


@dataclass(frozen=True)
class BaseRate:
    """How many first events the latest closed year brought.

    Attributes
    ----------
    events : int
        First events announced from ``start`` up to and without ``end``.
    start, end : str
        The twelve months counted, as ISO dates.
    """

    events: int
    start: str
    end: str

    def expected(self, horizon: int) -> float:
        """Return the number of first events expected within the horizon (months)."""
        return (self.events + JEFFREYS) * horizon / 12


def share_interval(events: int, of: int, ends: tuple[float, float] = (0.05, 0.95)) -> tuple[float, float]:
    """Return what a share may be, by Jeffreys' prior, were its cases independent of each other.

    Parameters
    ----------
    events, of : int
        How many of how many.
    ends : pair of float
        Between which quantiles: by default the middle 90%.

    Returns
    -------
    tuple of float
        The ends, as fractions.
    """
    low, high = betaincinv(events + JEFFREYS, of - events + JEFFREYS, list(ends))
    return float(low), float(high)


def base_rate(events: EventRegister, as_of: date, *, outcome: str = "distress") -> BaseRate:
    """Count the first events of the last twelve months that were known and covered on a day.

    Parameters
    ----------
    events : EventRegister
        From ``load_events``.
    as_of : date
        Later events count for nothing.
    outcome : {"distress", "severe"}
    """
    end = min(pd.Timestamp(as_of), events.end)
    start = end - pd.DateOffset(years=1)
    first = events.onsets(outcome=outcome, as_of=end.date())["date"]
    return BaseRate(int(((first >= start) & (first < end)).sum()), str(start.date()), str(end.date()))


def intercept_for(log_odds: np.ndarray, expected: np.ndarray | float) -> np.ndarray:
    """Find the intercept at which the chances add up to the number of events expected.

    Parameters
    ----------
    log_odds : array of shape (..., n_councils)
        Without the intercept.
    expected : array of shape (...) or float
        Number of events; at most half the councils are ever expected to have one.

    Returns
    -------
    array of shape (...)
    """
    log_odds = np.asarray(log_odds, dtype=float)
    target = np.clip(np.asarray(expected, dtype=float), 1e-6, 0.5 * log_odds.shape[-1])
    low = np.full(log_odds.shape[:-1], -60.0)
    high = np.full(log_odds.shape[:-1], 60.0)
    for _ in range(70):  # bisection: 120 / 2**70 is far below rounding
        middle = (low + high) / 2
        too_many = expit(log_odds + middle[..., None]).sum(axis=-1) > target
        high = np.where(too_many, middle, high)
        low = np.where(too_many, low, middle)
    return np.asarray((low + high) / 2)


def pace_shifts(log_odds: np.ndarray) -> dict[str, float]:
    """Return, for each of ``PACES``, what is added to log-odds so that the chances add up to its first events.

    Parameters
    ----------
    log_odds : array of shape (n_councils,)
        Of all councils at risk, at whatever level.
    """
    return {name: float(intercept_for(log_odds, events)) for name, events in PACES.items()}


def chance_over_part(risk: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return the chance within a share of the horizon, at an even pace over it."""
    return np.asarray(1.0 - (1.0 - np.asarray(risk)) ** np.asarray(share))
