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
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import gamma, norm

from resilience.errors import DataError
from resilience.events import onsets
from resilience.fixed import Yardstick
from resilience.merge import Part
from resilience.model.calibration import JEFFREYS, band_of, intercept_for
from resilience.model.scoring import INTERVAL
from resilience.model.terms import design
from resilience.pipeline import Run
from resilience.riskset import AT_RISK, CARRY_YEARS, CORE, OLDEST_RETURN_YEARS

#: Root mean square, in log-odds and rounded, by which the twelve successors of 2019 to 2023 differed in their first
#: own figures from what their predecessors' gave on the eve; docs/mergers.md has the table, a test holds it to it.
PAST_ERROR = 1.5


@dataclass(frozen=True)
class MergedScore:
    """How a council that does not exist yet would stand.

    Attributes
    ----------
    known : Series
        Its indicators as known on the day, with ``outturn_year``, ``year``, ``carried``, ``tier``.
    contributions : Series
        Each term's part of the log-odds.
    risk, risk_low, risk_high : float
    band : str
    place : int
        The rank it would have among the councils at risk.
    of : int
    between : float
        How far the predecessors lie apart, in log-odds.
    predecessors : DataFrame
        Index code: ``council, class, share, how, status, log_odds, risk, risk_low, risk_high, band, event``.
    """

    known: pd.Series
    contributions: pd.Series
    risk: float
    risk_low: float
    risk_high: float
    band: str
    place: int
    of: int
    between: float
    predecessors: pd.DataFrame


def known_of(indicators: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return what was known of one council on a day, as ``riskset.known_on`` does for those in the register.

    Parameters
    ----------
    indicators : DataFrame
        Rows of one council.
    as_of : date

    Raises
    ------
    DataError
        If no year with net revenue expenditure and reserves was known.
    """
    day = pd.Timestamp(as_of)
    rows = indicators[pd.to_datetime(indicators["known_from"]) < day].sort_values("year").set_index("year", drop=False)
    complete = rows[rows[CORE].notna() & (rows["year"] >= day.year - OLDEST_RETURN_YEARS)]
    if complete.empty:
        name = indicators["council"].iloc[0] if len(indicators) else "the combined council"
        raise DataError(
            f"{name} cannot be assessed: in no recent year have all its predecessors returned net revenue expenditure "
            "and reserves."
        )
    newest = complete.iloc[-1].copy()
    carried = []
    for name in indicators.select_dtypes(include="number").columns:
        for age in range(1, CARRY_YEARS + 1):
            year = int(newest["year"]) - age
            if pd.notna(newest[name]) or year not in rows.index:
                continue
            if pd.notna(rows.at[year, name]):
                newest[name] = rows.at[year, name]
                carried.append(f"{name} {rows.at[year, 'outturn_year']}")
    newest["carried"] = "; ".join(carried)
    frame = newest.to_frame().T.set_index("ons_code")
    return frame.infer_objects()


def score_merged(run: Run, indicators: pd.DataFrame, parts: list[Part]) -> MergedScore:
    """Score a combined council on a run's day without disturbing the others.

    Parameters
    ----------
    run : Run
    indicators : DataFrame
        From ``merge.merged_indicators``.
    parts : list of Part
        From ``merge.parts_of``.

    Raises
    ------
    DataError
        If a predecessor did not exist on the day, or no year is known of all of them.
    """
    absent = [part.council for part in parts if part.ons_code not in run.scores.index]
    if absent:
        raise DataError(f"{' and '.join(absent)} did not exist on {run.as_of}; choose another date.")
    known = known_of(indicators, run.as_of)
    stick = Yardstick.of(run)
    contributions = stick.contributions(known).iloc[0]
    log_odds = stick.intercept + float(contributions.sum())
    before = _predecessors(run, stick, parts)
    weights = (before["share"] * before["net_revenue_expenditure"]).to_numpy(dtype=float)
    odds = before["log_odds"].to_numpy(dtype=float)
    there = ~np.isnan(odds) & ~np.isnan(weights) & (weights > 0)
    between = 0.0
    if there.any():
        centre = np.average(odds[there], weights=weights[there])
        between = float(np.sqrt(np.average((odds[there] - centre) ** 2, weights=weights[there])))
    low, high = _interval(run, stick, known, log_odds, between)
    risk = float(expit(log_odds))
    at_risk = run.scores[run.scores["status"] == AT_RISK]
    return MergedScore(
        known.iloc[0],
        contributions,
        risk,
        low,
        high,
        band_of(risk),
        int((at_risk["risk"] > risk).sum()) + 1,
        len(at_risk),
        between,
        before,
    )


def _predecessors(run: Run, stick: Yardstick, parts: list[Part]) -> pd.DataFrame:
    """Return how each predecessor stands today; one with an event keeps the log-odds its figures give."""
    codes = [part.ons_code for part in parts]
    rows = run.scores.loc[codes]
    scorable = rows[rows[CORE].notna()]
    happened = onsets(run.events, outcome=run.model.outcome, as_of=run.as_of)
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
    facts["log_odds"] = stick.log_odds(scorable).reindex(codes) if len(scorable) else np.nan
    facts["event"] = happened["date"].reindex(codes)
    facts["event_type"] = happened["event_type"].reindex(codes)
    return facts


def _interval(run: Run, stick: Yardstick, known: pd.DataFrame, log_odds: float, between: float) -> tuple[float, float]:
    """Return the interval's ends: the draws of the model, then widened as the module says."""
    spread = float(np.hypot(between, PAST_ERROR))
    model = run.model
    if not len(model.draws):
        z = norm.ppf(INTERVAL)
        low, high = expit(log_odds + z * spread)
        return float(low), float(high)
    at_risk = run.scores[run.scores["status"] == AT_RISK]
    population = design(at_risk, model.terms, stick.scales)[model.names].to_numpy()
    own = design(known, model.terms, stick.scales)[model.names].to_numpy()
    counted = run.scores.attrs["base_rate"].events
    rates = gamma.ppf(np.clip(model.rate_draws, 1e-6, 1 - 1e-6), counted + JEFFREYS) * model.horizon / 12
    intercepts = intercept_for(model.draws @ population.T, rates)
    drawn = intercepts + (model.draws @ own.T)[:, 0]
    # Each draw is given the two further doubts at fixed quantiles, so that the answer is the same every time.
    further = norm.ppf((np.arange(99) + 0.5) / 99) * spread
    low, high = np.quantile((drawn[:, None] + further[None, :]).ravel(), INTERVAL)
    return float(expit(min(low, log_odds))), float(expit(max(high, log_odds)))
