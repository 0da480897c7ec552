"""Calibration in two parts: the level of each year, which policy moves, and the spread within it, from the figures.

One slope over all origins pooled mixes the two: a year with many more events than expected, all of them where they were
likeliest, looks like chances too extreme. So each origin has an intercept of its own here, and all share one slope.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from resilience.backtest.measuring import INTERVAL
from resilience.backtest.metrics import logistic
from resilience.model.calibration import JEFFREYS, base_rate
from resilience.tables.events import EventRegister


@dataclass(frozen=True, eq=False)
class Levels:
    """Level and spread of the chances over the origins whose whole horizon lies within the register.

    Attributes
    ----------
    table : DataFrame
        Index the origin's year; ``expected, events``; ``low, high``: the 90% interval of the number of events, the
        latest closed year's count leaving the pace in doubt, and ``held`` (whether what came lies within); ``shift``
        and ``shift_error``: log-odds to be added to every chance of the origin, and its standard error.
    slope, slope_error : float
        The common slope of what happened on the log-odds given, each origin with its own intercept (1 is right, less:
        chances too extreme), and its standard error, councils as clusters.
    """

    table: pd.DataFrame
    slope: float
    slope_error: float

    @property
    def held(self) -> int:
        """At how many origins the level's range held what came."""
        return int(self.table["held"].sum())


def levels(
    predictions: pd.DataFrame, events: EventRegister, *, horizon: int = 24, outcome: str = "distress"
) -> Levels | None:
    """Measure level and spread apart; nothing where no origin has closed.

    Parameters
    ----------
    predictions : DataFrame
        ``Backtest.predictions``.
    events : EventRegister
        For the base rate as it was known at each origin.
    horizon, outcome : int, str
        Those of the predictions.
    """
    from scipy.stats import nbinom  # slow to load, and every list imports this room

    rows = predictions[predictions["closed"].astype(bool) & (predictions["observed"] > 0)]
    if not rows["event"].any():
        return None
    table = []
    for origin, group in rows.groupby("origin"):
        day = pd.Timestamp(str(origin)).date()
        pace = base_rate(events.known_by(day), day, outcome=outcome).events + JEFFREYS
        # At a pace whose posterior is a gamma, the number that comes is negative binomial.
        low, high = nbinom.ppf(INTERVAL, pace, 1 / (1 + horizon / 12))
        came = int(group["event"].sum())
        shift, error = _shift(group)
        table.append(
            {
                "year": day.year,
                "expected": float(group["risk_observed"].sum()),
                "events": came,
                "low": int(low),
                "high": int(high),
                "held": bool(low <= came <= high),
                "shift": shift,
                "shift_error": error,
            }
        )
    return Levels(pd.DataFrame(table).set_index("year"), *_slope(rows))


def _given(rows: pd.DataFrame) -> np.ndarray:
    return np.asarray(logit(np.clip(rows["risk_observed"].to_numpy(dtype=float), 1e-9, 1 - 1e-9)))


def _shift(rows: pd.DataFrame) -> tuple[float, float]:
    """Return what to add to an origin's log-odds, and its standard error; missing without an event."""
    y, given = rows["event"].to_numpy(dtype=float), _given(rows)
    if not y.any():
        return float("nan"), float("nan")
    shift = logistic(np.ones((len(y), 1)), y, np.ones(len(y)), given, np.zeros(1))[0]
    q = expit(given + shift)
    return float(shift), float((q * (1 - q)).sum() ** -0.5)


def _slope(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the common slope and its standard error, the rows of a council being one cluster."""
    # An origin without an event says nothing of the spread.
    rows = rows[rows.groupby("origin")["event"].transform("any")]
    y = rows["event"].to_numpy(dtype=float)
    own_level = pd.get_dummies(rows["origin"]).to_numpy(dtype=float)
    x = np.column_stack([own_level, _given(rows)])
    start = np.r_[np.zeros(own_level.shape[1]), 1.0]
    beta = logistic(x, y, np.ones(len(y)), np.zeros(len(y)), start)
    q = expit(x @ beta)
    bread = np.linalg.inv((x.T * (q * (1 - q))) @ x)
    scores = pd.DataFrame(x * (y - q)[:, None]).groupby(rows["ons_code"].to_numpy()).sum().to_numpy()
    variance = bread @ scores.T @ scores @ bread
    return float(beta[-1]), float(np.sqrt(variance[-1, -1]))
