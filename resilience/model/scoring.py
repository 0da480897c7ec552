"""From a fitted model to a ranked list on a day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import gamma

from resilience.events import load_events, onsets
from resilience.model.calibration import JEFFREYS, band_of, base_rate, intercept_for
from resilience.model.fitting import RiskModel
from resilience.model.terms import design, scales
from resilience.riskset import AT_RISK, CORE, EVENT_ALREADY, NOT_SCORABLE, known_on

#: The interval shown is the middle 90 % of the draws.
INTERVAL = (0.05, 0.95)


def score(
    model: RiskModel,
    indicators: pd.DataFrame,
    as_of: date,
    *,
    events: pd.DataFrame | None = None,
    intervals: bool = True,
) -> pd.DataFrame:
    """Score every council in being on a day.

    Parameters
    ----------
    model : RiskModel
        Fitted to what was known on the day, or before.
    indicators : DataFrame
        From ``compute_indicators``.
    as_of : date
        Figures and events that became known on this day or later are not looked at.
    events : DataFrame, optional
        From ``load_events``: for the status of each council and the base rate; by default the shipped register.
    intervals : bool
        Whether to work out the interval from the draws.

    Returns
    -------
    DataFrame
        Index ``ons_code``, ordered by rank, then councils with an event, then those that cannot be scored. Columns:
        ``council, class, tier, region, status, rank, risk, risk_low, risk_high, band, log_odds, outturn_year, year,
        source_kind, built, flags, carried, event_date, event_type``, one ``term: …`` a term (its contribution to the
        log-odds, 0 at the tier's median) and the indicators. ``attrs`` holds ``as_of``, ``intercept``, ``scales``,
        ``base_rate`` and ``expected`` (first events expected among those at risk).
    """
    events = load_events() if events is None else events
    known = known_on(indicators, as_of)
    first = onsets(events, outcome=model.outcome, as_of=as_of)
    status = pd.Series(np.where(known[CORE].notna(), AT_RISK, NOT_SCORABLE), index=known.index)
    status[known.index.isin(first.index)] = EVENT_ALREADY
    scorable = known[known[CORE].notna()]
    scale = scales(scorable, model.terms)
    features = design(scorable, model.terms, scale)[model.names]
    contributions = features * model.weight_vector()

    rate = base_rate(events, as_of, outcome=model.outcome)
    expected = rate.expected(model.horizon)
    at_risk = (status[scorable.index] == AT_RISK).to_numpy()
    without = contributions.to_numpy().sum(axis=1)
    intercept = float(intercept_for(without[at_risk], expected))
    log_odds = pd.Series(intercept + without, index=scorable.index)

    result = known.copy()
    needed = {term.indicator for term in model.terms}
    result["carried"] = [
        "; ".join(part for part in text.split("; ") if part.split(" ")[0] in needed) for text in result["carried"]
    ]
    result["status"] = status
    result["log_odds"] = log_odds
    result["risk"] = expit(log_odds)
    result["risk_low"], result["risk_high"] = np.nan, np.nan
    if intervals and len(model.draws) and at_risk.any():
        low, high = _interval(model, features.to_numpy(), at_risk, rate.events)
        # The draws' middle need not hold the estimate itself to the last digit.
        result.loc[scorable.index, "risk_low"] = np.minimum(low, result.loc[scorable.index, "risk"])
        result.loc[scorable.index, "risk_high"] = np.maximum(high, result.loc[scorable.index, "risk"])
    # A council with an event is not at risk of a first one: no chance is given for it.
    result.loc[result["status"] != AT_RISK, ["log_odds", "risk", "risk_low", "risk_high"]] = np.nan
    result["rank"] = result["risk"].rank(ascending=False, method="first").astype("Int64")
    result["band"] = result["risk"].map(band_of)
    result["event_date"] = first["date"].reindex(result.index)
    result["event_type"] = first["event_type"].reindex(result.index)
    for name in model.names:
        result[f"term: {name}"] = contributions[name]
    order = result["status"].map({AT_RISK: 0, EVENT_ALREADY: 1, NOT_SCORABLE: 2})
    result = result.assign(_order=order).sort_values(["_order", "rank", "council"], kind="stable")
    result = result.drop(columns="_order").copy()
    result.attrs = {
        "as_of": str(as_of),
        "intercept": intercept,
        "scales": scale,
        "base_rate": rate,
        "expected": expected,
        "outcome": model.outcome,
        "horizon": model.horizon,
    }
    return result


def _interval(
    model: RiskModel, features: np.ndarray, at_risk: np.ndarray, counted: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval's ends: weights drawn as in the fit, and the base rate drawn from its own doubt."""
    # Jeffreys' posterior of a Poisson rate after `counted` events in a year is Gamma(counted + 1/2).
    rates = gamma.ppf(np.clip(model.rate_draws, 1e-6, 1 - 1e-6), counted + JEFFREYS) * model.horizon / 12
    without = model.draws @ features.T
    intercepts = intercept_for(without[:, at_risk], rates)
    drawn = expit(intercepts[:, None] + without)
    low, high = np.quantile(drawn, INTERVAL, axis=0)
    return low, high
