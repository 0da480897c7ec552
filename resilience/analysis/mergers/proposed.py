"""The chance of a council that does not exist yet, with an interval wide enough for what is not known of it.

The combined council is put on the day's own scale and level: medians, spreads and intercept are those of the councils
in being, which it does not touch. Its interval takes the model's draws, as any council's, and is then widened on the
log-odds scale by two more doubts, added as variances:

- how far the predecessors lie apart (the standard deviation of their log-odds, weighted by net revenue expenditure and
  share): what is decided about the weaker one's books decides which of them the new council is like;
- how far past successors' first own figures lay from what their predecessors' gave (``merge_evidence``): `PAST_ERROR`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from resilience.analysis.mergers.add_up import Part
from resilience.errors import DataError
from resilience.indicators.known import known_on
from resilience.model.scoring import ScoredDay, score

#: Root mean square, in log-odds and rounded, by which the twelve successors of 2019 to 2023 differed in their first
#: own figures from what their predecessors' gave on the eve; docs/mergers.md has the table, a test holds it to it.
PAST_ERROR = 1.5


@dataclass(frozen=True)
class MergedScore:
    """How a council that does not exist yet would stand.

    Attributes
    ----------
    scored : ScoredDay
        The one council on the day's scale.
    place : int
        The rank it would have among the councils at risk.
    of : int
    between : float
        How far the predecessors lie apart, in log-odds.
    predecessors : DataFrame
        Index code: ``council, class, share, how, status, log_odds, risk, risk_low, risk_high, band, event``.
    """

    scored: ScoredDay
    place: int
    of: int
    between: float
    predecessors: pd.DataFrame

    @property
    def code(self) -> str:
        """The code that stands for it."""
        return str(self.scored.table.index[0])

    @property
    def known(self) -> pd.Series:
        """Its row: indicators as known on the day, the year they are of, chance, band."""
        return self.scored.table.iloc[0]

    @property
    def risk(self) -> float:
        """Its chance."""
        return float(self.known["risk"])

    @property
    def risk_low(self) -> float:
        """The lower end of the interval."""
        return float(self.known["risk_low"])

    @property
    def risk_high(self) -> float:
        """The upper end of the interval."""
        return float(self.known["risk_high"])

    @property
    def band(self) -> str:
        """The band of its chance."""
        return str(self.known["band"])


def score_merged(run: ScoredDay, indicators: pd.DataFrame, parts: list[Part]) -> MergedScore:
    """Score a combined council on a run's day without disturbing the others.

    Parameters
    ----------
    run : ScoredDay
    indicators : DataFrame
        From ``merge.merged_indicators``.
    parts : list of Part
        From ``merge.parts_of``.

    Raises
    ------
    DataError
        If a predecessor did not exist on the day, or no year is known of all of them.
    """
    absent = [part.council for part in parts if part.ons_code not in run.table.index]
    if absent:
        raise DataError(f"{' and '.join(absent)} did not exist on {run.as_of}; choose another date.")
    known = known_on(indicators, run.as_of, councils=as_council(indicators))
    if known.scorable.empty:
        raise DataError(
            f"{known.table['council'].iloc[0]} cannot be assessed: in no recent year have all its predecessors "
            "returned net revenue expenditure and reserves."
        )
    before = _predecessors(run, parts)
    weights = (before["share"] * before["net_revenue_expenditure"]).to_numpy(dtype=float)
    odds = before["log_odds"].to_numpy(dtype=float)
    there = ~np.isnan(odds) & ~np.isnan(weights) & (weights > 0)
    between = 0.0
    if there.any():
        centre = np.average(odds[there], weights=weights[there])
        between = float(np.sqrt(np.average((odds[there] - centre) ** 2, weights=weights[there])))
    merged = score(run.model, known, run.events, scale=run.scale, doubt=float(np.hypot(between, PAST_ERROR)))
    risk = float(merged.table["risk"].iloc[0])
    return MergedScore(merged, run.place_of(risk), len(run.at_risk), between, before)


def as_council(indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the council that rows are of, in the form of ``councils_on``."""
    last = indicators.sort_values("year").iloc[[-1]].set_index("ons_code")
    return last[["council", "class", "region", "tier"]]


def _predecessors(run: ScoredDay, parts: list[Part]) -> pd.DataFrame:
    """Return how each predecessor stands today; one with an event keeps the log-odds its figures give."""
    codes = [part.ons_code for part in parts]
    rows = run.table.loc[codes]
    happened = run.events.onsets(outcome=run.model.outcome)
    facts = pd.DataFrame(
        {
            "council": [part.council for part in parts],
            "class": [part.class_ for part in parts],
            "share": [part.share for part in parts],
            "how": [part.how for part in parts],
        },
        index=codes,
    )
    columns = ["status", "risk", "risk_low", "risk_high", "band", "net_revenue_expenditure", "outturn_year"]
    facts = facts.join(rows[columns])
    facts["log_odds"] = run.log_odds.reindex(codes)
    facts["event"] = happened["date"].reindex(codes)
    facts["event_type"] = happened["event_type"].reindex(codes)
    return facts
