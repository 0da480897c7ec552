"""The record: train on what had closed, score, compare with what came; at each origin, against everybody's rules."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

import numpy as np
import pandas as pd

from resilience.backtest.masks import NONE, Mask
from resilience.backtest.measuring import INTERVAL, measured
from resilience.formatting import Printed
from resilience.indicators.known import known_on
from resilience.model.calibration import chance_over_part
from resilience.model.families import Family, Prior, load_prior
from resilience.model.fitting import SEED, RiskModel, fit, training_rows
from resilience.model.risk_set import AT_RISK, risk_set, yearly
from resilience.model.scale import UPPER
from resilience.model.scoring import score
from resilience.tables.events import EventRegister

_log = logging.getLogger(__name__)

FIRST, LAST = 2018, 2025
#: The origins over which the pooled figures are taken.
POOLED_FROM = 2021
#: How many councils a sector body can ring in a month.
CAPACITY = 30
DRAWS = 1000


@dataclass
class Backtest(Printed):
    """The back test's results.

    Attributes
    ----------
    predictions : DataFrame
        One row an origin and council at risk then: ``origin, ons_code, council, class, tier, region, event,
        event_date, observed, closed, risk, risk_observed`` (the chance over the part of the horizon observed),
        ``rank``, ``band`` and one column a rival.
    pooled : dict
        ``model`` and each rival → measure → ``value, low, high``; and ``differences``: model less rival.
    closed, half_observed : dict
        The same over the pooled origins whose whole horizon lies within the register, and over the others; empty
        where there is none.
    by_origin : dict
        Origin → the same.
    models : dict
        Origin → the model fitted for it.
    settings : dict
    """

    predictions: pd.DataFrame
    pooled: dict
    closed: dict
    half_observed: dict
    by_origin: dict
    models: dict[str, RiskModel] = field(repr=False)
    settings: dict

    def __repr__(self) -> str:
        origins = self.settings["origins"]
        return (
            f"Backtest(origins={origins[0]}..{origins[-1]}, outcome={self.settings['outcome']!r}, "
            f"horizon={self.settings['horizon_months']}, rows={len(self.predictions)}, "
            f"events={int(self.predictions['event'].sum())})"
        )


def backtest(
    indicators: pd.DataFrame,
    events: EventRegister,
    *,
    first: int = FIRST,
    last: int | None = None,
    horizon: int = 24,
    outcome: str = "distress",
    draws: int = DRAWS,
    seed: int = SEED,
    n_jobs: int = 2,
    families: tuple[Family, ...] | None = None,
    mask: Mask = NONE,
) -> Backtest:
    """Run the rolling-origin back test.

    Parameters
    ----------
    indicators : DataFrame
        From ``compute_indicators``.
    events : EventRegister
        From ``load_events``; another register in the same format may reach further.
    first, last : int
        Origins are 1 January of these years; by default 2018 to the last year with any outcome in the register.
    horizon, outcome : int, str
        See ``risk_set``.
    draws : int
        Bootstrap draws over councils.
    seed : int
    n_jobs : int
        For joblib, whose backend (loky, Dask, Ray) is the caller's choice.
    families : tuple of Family, optional
        Others than those of families.toml.
    mask : Mask
        Lines that each list has to do without.

    Returns
    -------
    Backtest
    """
    until = last if last is not None else last_origin(events)
    tables, models = [], {}
    for origin in yearly(first, until):
        _log.info("origin %s", origin.year)
        table, model = predict_origin(
            indicators,
            events,
            origin,
            horizon=horizon,
            outcome=outcome,
            families=families,
            mask=mask,
        )
        tables.append(table)
        models[str(origin)] = model
    predictions = pd.concat(tables, ignore_index=True)
    _log.info("bootstrap")
    pooled_rows = predictions[predictions["origin"] >= pd.Timestamp(POOLED_FROM, 1, 1)]
    if pooled_rows.empty:
        pooled_rows = predictions
    measure = partial(measured, draws=draws, seed=seed, n_jobs=n_jobs)
    pooled, whole = measure(pooled_rows), pooled_rows["closed"].astype(bool)
    closed, half_observed = (
        measure(part) if part["observed"].gt(0).any() else {} for part in (pooled_rows[whole], pooled_rows[~whole])
    )
    by_origin = {str(origin.date()): measure(group, lines=False) for origin, group in predictions.groupby("origin")}
    return Backtest(
        predictions,
        pooled,
        closed,
        half_observed,
        by_origin,
        models,
        {
            "horizon_months": horizon,
            "outcome": outcome,
            "origins": [str(one) for one in yearly(first, until)],
            "pooled_origins": [str(one.date()) for one in pooled_rows["origin"].drop_duplicates()],
            "closed_origins": [str(one.date()) for one in pooled_rows.loc[whole, "origin"].drop_duplicates()],
            "register_to": str(events.until),
            "mask": mask.name,
            "bootstrap_draws": draws,
            "interval": list(INTERVAL),
            "seed": seed,
        },
    )


def last_origin(events: EventRegister) -> int:
    """Return the last year of which the register speaks from 1 January on for at least a month."""
    return min(events.until.year, date.today().year)


def predict_origin(
    indicators: pd.DataFrame,
    events: EventRegister,
    origin: date,
    *,
    horizon: int = 24,
    outcome: str = "distress",
    families: tuple[Family, ...] | None = None,
    mask: Mask = NONE,
    unlike_too: bool = False,
    model: RiskModel | None = None,
) -> tuple[pd.DataFrame, RiskModel]:
    """Score one origin with what was known then, and set what came next beside it.

    Parameters
    ----------
    indicators, events, horizon, outcome, families
        See :func:`backtest`.
    origin : date
    mask : Mask
        Lines that the list has to do without.
    unlike_too : bool
        Whether the councils that nothing compares with are scored too (see ``KnownFigures``).
    model : RiskModel, optional
        Fitted to what had closed by the origin; by default it is fitted here.

    Returns
    -------
    predictions, model
        See :class:`Backtest`. Model and scores see no event announced on the origin or later; only the columns
        ``event``, ``event_date`` and ``observed`` do.
    """
    from resilience.backtest.rivals import rival_scores

    if model is None:
        rows = training_rows(indicators, events, origin, horizon=horizon, outcome=outcome)
        model = fit(rows, draws=0, families=families)
    known = replace(known_on(mask.applied(indicators, origin), origin), unlike_too=unlike_too)
    scores = score(model, known, events, intervals=False).table
    prior_only = score(prior_model(model), known, events, intervals=False).table
    outcomes = risk_set(
        indicators, events, [origin], horizon=horizon, outcome=outcome, unlike_too=unlike_too
    ).one_origin()
    at_risk = outcomes.index[outcomes["status"] == AT_RISK]
    keep = ["origin", "council", "class", "tier", "region", "outturn_year", "event", "event_date", "observed", "closed"]
    result = outcomes.loc[at_risk, keep].copy()
    result["risk"] = scores["risk"].reindex(at_risk)
    result["risk_observed"] = chance_over_part(result["risk"], result["observed"])
    result["rank"] = result["risk"].rank(ascending=False, method="first").astype(int)
    result["band"] = scores["band"].reindex(at_risk)
    result["rival: prior alone"] = prior_only["risk"].reindex(at_risk)
    # Ranked among all councils in being: those with an event behind them are part of a rule's population too.
    for name, values in rival_scores(scores).items():
        result[f"rival: {name}"] = values.reindex(at_risk)
    return result.reset_index(), model


def judged_by(
    predictions: pd.DataFrame,
    indicators: pd.DataFrame,
    events: EventRegister,
    *,
    horizon: int = 24,
    outcome: str = "distress",
    unlike_too: bool = False,
) -> pd.DataFrame:
    """Set what another register says came next beside the same predictions.

    Parameters
    ----------
    predictions : DataFrame
        Of :class:`Backtest`; no origin lies after the register's end.
    indicators, events : DataFrame, EventRegister
    horizon, outcome, unlike_too
        Those of the predictions; see ``risk_set``.
    """
    origins = [one.date() for one in predictions["origin"].drop_duplicates()]
    what = ["event", "event_date", "observed", "closed"]
    table = risk_set(indicators, events, origins, horizon=horizon, outcome=outcome, unlike_too=unlike_too).table
    came = table.loc[table["status"] == AT_RISK, ["origin", "ons_code", *what]]
    result = predictions.drop(columns=what).merge(came, on=["origin", "ons_code"], validate="one_to_one")
    result["risk_observed"] = chance_over_part(result["risk"], result["observed"])
    return result


def prior_model(model: RiskModel) -> RiskModel:
    """Return the prior alone as a model: every family at its expected weight, nothing learnt from events."""
    prior: Prior = load_prior()
    weights = {family.name: prior.weight for family in model.families} | {UPPER: prior.upper_weight}
    return replace(model, weights=weights, draws=np.empty((0, len(weights))), rate_draws=np.empty(0), training={})
