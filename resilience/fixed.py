"""One fixed yardstick over time: the latest model, its medians and its level, applied to the figures of other days.

A list drawn up on a day uses the model of that day, that day's medians and that day's base rate. Between two such
lists a council can move because the world around it moved. To see what its own figures did, everything else is held
still here: weights, centres and spreads, intercept. The level is that of the day the yardstick was taken.
"""

from __future__ import annotations

import weakref
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from resilience.events import onsets
from resilience.model.calibration import band_of
from resilience.model.fitting import RiskModel
from resilience.model.terms import design
from resilience.pipeline import Run
from resilience.riskset import AT_RISK, CORE, EVENT_ALREADY, NOT_SCORABLE, known_on

#: Before this January the flexible use of capital receipts (from 2016-17) was in no published outturn.
FIRST_JANUARY = 2018


@dataclass(frozen=True)
class Yardstick:
    """A model with the medians, spreads and intercept of one day.

    Attributes
    ----------
    model : RiskModel
    scales : mapping
        tier → term → ``centre`` and ``spread``.
    intercept : float
    as_of : str
        The day they are of.
    """

    model: RiskModel
    scales: Mapping[str, Mapping[str, Mapping[str, float]]]
    intercept: float
    as_of: str

    @classmethod
    def of(cls, run: Run) -> Yardstick:
        """Take the yardstick from a run."""
        attrs = run.scores.attrs
        return cls(run.model, attrs["scales"], float(attrs["intercept"]), str(attrs["as_of"]))

    def contributions(self, known: pd.DataFrame) -> pd.DataFrame:
        """Return each term's contribution to the log-odds of each row (0 at the median of the yardstick's day)."""
        return design(known, self.model.terms, self.scales)[self.model.names] * self.model.weight_vector()

    def log_odds(self, known: pd.DataFrame) -> pd.Series:
        """Return the log-odds of each row."""
        return self.intercept + self.contributions(known).sum(axis=1)


#: What was worked out for a run that is still in use, by its identity.
_HELD: dict[int, dict[Hashable, Any]] = {}


def held_for(run: Run) -> dict[Hashable, Any]:
    """Return the place for what is worked out once a run; it goes when the run goes."""
    if id(run) not in _HELD:
        _HELD[id(run)] = {}
        weakref.finalize(run, _HELD.pop, id(run), None)
    return _HELD[id(run)]


def fixed_frame(run: Run, day: date) -> pd.DataFrame:
    """Return `fixed_scores` by the run's own yardstick, worked out once a run and day; not to be changed."""
    held, key = held_for(run), ("fixed", day)
    if key not in held:
        held[key] = fixed_scores(run, day)
        held[key].attrs = {}  # pandas copies them deeply at every step
    frame: pd.DataFrame = held[key]
    return frame


def fixed_scores(run: Run, day: date, *, stick: Yardstick | None = None) -> pd.DataFrame:
    """Score the figures known on a day by a fixed yardstick.

    Parameters
    ----------
    run : Run
        Its indicators and events are used, and its yardstick unless another is given.
    day : date
    stick : Yardstick, optional

    Returns
    -------
    DataFrame
        Index ``ons_code``, one row a council in being on the day: the columns of ``known_on``, ``status`` on the day,
        ``event_date``, ``log_odds``, ``risk``, ``band`` and one ``term: …`` a term. Councils with an event keep their
        log-odds here (they measure the figures), but no band.
    """
    measure = stick or Yardstick.of(run)
    known = known_on(run.indicators, day)
    scorable = known[known[CORE].notna()]
    parts = measure.contributions(scorable)
    first = onsets(run.events, outcome=measure.model.outcome, as_of=day)["date"]
    result = known.copy()
    result["status"] = np.where(known[CORE].notna(), AT_RISK, NOT_SCORABLE)
    result.loc[result.index.isin(first.index), "status"] = EVENT_ALREADY
    result["event_date"] = first.reindex(result.index)
    result["log_odds"] = (measure.intercept + parts.sum(axis=1)).reindex(result.index)
    result["risk"] = expit(result["log_odds"])
    result["band"] = result["risk"].where(result["status"] == AT_RISK).map(band_of)
    terms = parts.add_prefix("term: ").reindex(result.index)
    return pd.concat([result, terms], axis=1)
