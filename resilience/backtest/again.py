"""Did a small model tell better than the base rate which supported councils would need support again? Out of time.

On each 1 January from 2021 both are made of the origins that had closed by then, and of nothing else. The model starts
from the base rate of the council's group and moves it by four terms, each of which is expected to be nought (the prior
was stated before any fit). It would ship only if its log score beat the base rate's beyond doubt; it does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import logit, ndtri

from resilience.backtest import metrics
from resilience.indicators.known import known_on
from resilience.model.again import (
    AHEAD,
    AgainRate,
    again_rows,
    chance_within,
    needs,
    rates_of,
    tells,
)
from resilience.model.estimator import PriorLogit
from resilience.model.fitting import FIRST_ORIGIN, SEED
from resilience.model.risk_set import yearly
from resilience.tables.events import EventRegister

#: The first round looked at, by the calendar year it falls into: that of 2021-22, the first under the present process.
FIRST_ROUND = 2021
#: The terms beside the years since the last event, which the base rate has already.
TERMS = ("rounds", "reserves", "interest", "amount")
#: The prior of each term, in log-odds a standard deviation of it: stated in advance, weak, centred on no effect.
PRIOR_SD = 0.5
#: The comparison by which the model would ship: every round, the last one too.
RULE = "12 every round"
INTERVAL = (0.05, 0.95)
DRAWS = 1000
#: Low is worse in the first three, which are averaged; high in the last.
_RESERVES, _INTEREST = ("reserves_ratio", "unallocated_ratio", "reserves_runway_years"), "interest_to_reserves"
#: Holds the weight of the base rate at one.
_FIXED_SD = 1e-3
_SMALLEST_SHARE = 1e-3
_CUT = 3.0


@dataclass(frozen=True, eq=False)
class AgainRecord:
    """How the base rate and the model did.

    Attributes
    ----------
    predictions : mapping of int to DataFrame
        Horizon → the rows of ``again_rows`` from `FIRST_ROUND` on with ``base`` and ``model``, the two chances.
    comparisons : mapping of str to dict
        The measures of both, see `compare`: ``12 every round`` (12 months, the last round as far as the register
        reaches), ``12 closed`` (Januaries whose twelve months are over) and ``24 closed``.
    rounds : DataFrame
        A row a calendar year, see `by_round`.
    weights : dict of str to float
        What the last fit for 12 months made of each term.
    register_to : date
    """

    predictions: Mapping[int, pd.DataFrame]
    comparisons: Mapping[str, dict]
    rounds: pd.DataFrame
    weights: Mapping[str, float]
    register_to: date

    @property
    def ships(self) -> bool:
        """Whether the model beats the base rate: the interval of its gain in log score lies above nought."""
        return bool(self.comparisons[RULE]["log_score"]["gain"]["low"] > 0)


def record(indicators: pd.DataFrame, events: EventRegister, *, draws: int = DRAWS, seed: int = SEED) -> AgainRecord:
    """Run the back test of councils already supported.

    Parameters
    ----------
    indicators : DataFrame
        From ``compute_indicators``.
    events : EventRegister
    draws : int
        Bootstrap draws over councils.
    seed : int
    """
    last = min(events.until.year, date.today().year)
    origins = yearly(FIRST_ORIGIN, last)
    rows = {horizon: again_rows(events, origins, horizon) for horizon in AHEAD}
    # The terms are of the council and the day: the same for every horizon.
    terms = candidate_terms(rows[AHEAD[0]], indicators)
    found = {horizon: predict(rows[AHEAD[0]], rows[horizon], terms, horizon) for horizon in AHEAD}
    closed = {horizon: one[one["closed"] & tells(one)] for horizon, one in found.items()}
    judged = {
        RULE: found[12][tells(found[12]) | ~found[12]["closed"]],
        "12 closed": closed[12],
        "24 closed": closed[24],
    }
    return AgainRecord(
        predictions=found,
        comparisons={name: compare(one, draws=draws, seed=seed) for name, one in judged.items()},
        rounds=by_round(events, found[12]),
        weights=_weights(rows[12], terms, last),
        register_to=events.until,
    )


def candidate_terms(rows: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the four terms of each row, as known on its origin; missing where there is no figure.

    ``rounds`` (logarithm of the calendar years with an event), ``reserves`` (mean normal score within the tier of three
    measures, high is worse), ``interest`` (normal score of interest against usable reserves) and ``amount`` (logarithm
    of the last support as a share of net revenue expenditure).
    """
    parts = []
    for origin, own in rows.groupby("origin", sort=True):
        known = known_on(indicators, pd.Timestamp(str(origin)).date()).table
        reserves = pd.concat([-_normal_scores(known, name) for name in _RESERVES], axis=1).mean(axis=1)
        interest = _normal_scores(known, _INTEREST)
        size = known["net_revenue_expenditure"].where(lambda amount: amount > 0)
        share = 1000 * own["amount"] / own["ons_code"].map(size)
        parts.append(
            pd.DataFrame(
                {
                    "rounds": np.log(own["rounds"]),
                    "reserves": own["ons_code"].map(reserves),
                    "interest": own["ons_code"].map(interest),
                    "amount": np.log(share.clip(lower=_SMALLEST_SHARE)),
                }
            )
        )
    return pd.concat(parts).loc[rows.index, list(TERMS)]


def _normal_scores(known: pd.DataFrame, indicator: str) -> pd.Series:
    """Return the normal score of each council's rank within its tier on the day."""
    within = known.groupby("tier")[indicator]
    return pd.Series(ndtri((within.rank() - 0.5) / within.transform("count")), index=known.index)


def predict(yearly_rows: pd.DataFrame, rows: pd.DataFrame, terms: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Give every row from the first round on the chance that base rate and model would have given it then.

    Parameters
    ----------
    yearly_rows : DataFrame
        From ``again_rows``, of 12 months.
    rows : DataFrame
        Of the horizon, the same councils and origins.
    terms : DataFrame
        From `candidate_terms`.
    horizon : int
    """
    parts = []
    for origin in rows.loc[rows["origin"] >= pd.Timestamp(FIRST_ROUND, 1, 1), "origin"].unique():
        rates = rates_of(_closed_by(yearly_rows, origin, 12), 12)
        now = rows[rows["origin"] == origin]
        base = _base(rates, now, horizon)
        model, scale = _fit(rates, _closed_by(rows, origin, horizon), terms, horizon)
        chance = model.predict_proba(_features(base, terms.loc[now.index], scale))[:, 1]
        parts.append(now.assign(base=base, model=chance))
    return pd.concat(parts, ignore_index=True)


def _closed_by(rows: pd.DataFrame, origin: pd.Timestamp, horizon: int) -> pd.DataFrame:
    """Return the rows whose whole horizon was over on an origin; no event of that day or later is in them."""
    return rows[rows["origin"] + pd.DateOffset(months=horizon) <= origin]


def _base(rates: Mapping[int, AgainRate], rows: pd.DataFrame, horizon: int) -> np.ndarray:
    return np.array([chance_within(rates, since, horizon) for since in rows["years_since"]])


def _fit(
    rates: Mapping[int, AgainRate], rows: pd.DataFrame, terms: pd.DataFrame, horizon: int
) -> tuple[PriorLogit, pd.DataFrame]:
    """Fit the model to closed rows; with it come the mean and spread that each term is standardised by."""
    use = rows[tells(rows)]
    own = terms.loc[use.index]
    spread = own.std(ddof=0)
    scale = pd.DataFrame({"mean": own.mean(), "sd": spread.where(spread > 1e-6, 1.0)}).fillna({"mean": 0.0, "sd": 1.0})
    model = PriorLogit(
        prior_mean=np.r_[1.0, np.zeros(len(TERMS))],
        prior_sd=np.r_[_FIXED_SD, np.full(len(TERMS), PRIOR_SD)],
        intercept_mean=0.0,
        intercept_sd=PRIOR_SD,
    )
    # Windows that start every January overlap: with this weight each month of a council counts once.
    weight = np.full(len(use), 12 / horizon)
    return model.fit(_features(_base(rates, use, horizon), own, scale), use["again"].astype(int), weight), scale


def _features(base: np.ndarray, terms: pd.DataFrame, scale: pd.DataFrame) -> np.ndarray:
    """Return the base rate's log-odds and the standardised terms; what is not known says nothing either way."""
    standard = ((terms - scale["mean"]) / scale["sd"]).clip(-_CUT, _CUT).fillna(0.0)
    return np.column_stack([logit(base), standard[list(TERMS)].to_numpy()])


def _weights(rows: pd.DataFrame, terms: pd.DataFrame, last: int) -> dict[str, float]:
    closed = _closed_by(rows, pd.Timestamp(last, 1, 1), 12)
    model, _ = _fit(rates_of(closed, 12), closed, terms, 12)
    return dict(zip(TERMS, map(float, model.coef_[1:]), strict=True))


def compare(rows: pd.DataFrame, *, draws: int = DRAWS, seed: int = SEED) -> dict:
    """Measure base rate and model on the same rows, and the paired difference over councils drawn anew.

    Returns
    -------
    dict
        ``rows, councils, again`` and, of ``log_score`` (mean log-likelihood a row), ``brier`` and ``auc`` (within the
        origin), ``base``, ``model`` and ``gain``: by how much the model is better, with its interval.
    """
    clusters = rows["ons_code"].astype("category").cat.codes.to_numpy()
    n = int(clusters.max()) + 1
    rng = np.random.default_rng([seed, 7])
    times = np.stack([np.bincount(rng.integers(n, size=n), minlength=n) for _ in range(draws)])
    # The first row of weights is the sample itself.
    weights = np.vstack([np.ones((1, len(rows))), times[:, clusters].astype(float)])
    measures = {name: _measures(rows, name, weights) for name in ("base", "model")}
    result: dict = {"rows": len(rows), "councils": n, "again": int(rows["again"].sum())}
    for measure in ("log_score", "brier", "auc"):
        base, model = measures["base"][measure], measures["model"][measure]
        gain = base - model if measure == "brier" else model - base
        drawn = gain[1:][np.isfinite(gain[1:])]
        low, high = np.quantile(drawn, INTERVAL) if len(drawn) else (np.nan, np.nan)
        result[measure] = {
            "base": float(base[0]),
            "model": float(model[0]),
            "gain": {"value": float(gain[0]), "low": float(low), "high": float(high)},
        }
    return result


def _measures(rows: pd.DataFrame, name: str, weights: np.ndarray) -> dict[str, np.ndarray]:
    chance, came = rows[name].to_numpy(dtype=float), rows["again"].to_numpy(dtype=bool)
    total = weights.sum(axis=1)
    rank = metrics.within_origin(chance, rows["origin"].to_numpy())
    return {
        "log_score": weights @ np.log(np.where(came, chance, 1 - chance)) / total,
        "brier": weights @ (chance - came) ** 2 / total,
        "auc": metrics.auc(rank, came, weights),
    }


def by_round(events: EventRegister, predictions: pd.DataFrame) -> pd.DataFrame:
    """Count, for each round, who came back and who came anew.

    Returns
    -------
    DataFrame
        Index the calendar year the round falls into: ``before`` (councils in being on 1 January with an earlier event),
        ``again`` (those of them with a new one in the year), ``expected_base`` and ``expected_model`` (of them),
        ``newcomers`` (councils whose first event came in the year), ``supported`` (councils newly given support),
        ``supported_after_event`` and ``supported_after_support`` (those of these with an earlier event of any kind, and
        with earlier support) and ``closed``.
    """
    every = needs(events).assign(year=lambda table: table["known"].dt.year)
    support = every[["efs" in kinds for kinds in every["kinds"]]]
    first, first_support = (one.groupby("ons_code")["year"].min() for one in (every, support))
    result = []
    for origin, rows in predictions.groupby("origin", sort=True):
        year = pd.Timestamp(str(origin)).year
        supported = set(support.loc[support["year"] == year, "ons_code"])
        result.append(
            {
                "year": year,
                "before": len(rows),
                "again": int(rows["again"].sum()),
                "expected_base": float(rows["base"].sum()),
                "expected_model": float(rows["model"].sum()),
                "newcomers": int((first == year).sum()),
                "supported": len(supported),
                "supported_after_event": sum(first[code] < year for code in supported),
                "supported_after_support": sum(first_support[code] < year for code in supported),
                "closed": bool(rows["closed"].all()),
            }
        )
    return pd.DataFrame(result).set_index("year")
