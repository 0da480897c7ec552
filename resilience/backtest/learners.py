"""Other learners on the model's families, in the same rolling windows, to see whether a cleverer one does better.

All settings stand here, chosen before any of these was scored, at the libraries' defaults or at values usual for a few
dozen events; nothing is tuned. Where a window holds fewer than ``FEWEST`` councils with an event, no learner is
fitted: the prior's equal-weight sum stands in, and the result says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer

from resilience.errors import ModelError
from resilience.model.estimator import PriorLogit
from resilience.model.families import load_families, load_prior
from resilience.model.fitting import SEED, design_matrix, training_rows, usable
from resilience.model.risk_set import NOT_SCORABLE, risk_set
from resilience.model.scale import CUT, UPPER
from resilience.tables.events import EventRegister

#: The fewest councils with an event that a learner is fitted to.
FEWEST = 5
#: Standard deviation (log-odds a spread) of the ridge on the survival models' weights, towards nought: odds of 1.65.
RIDGE_SD = 0.5

Challenger = Callable[..., np.ndarray]


def prior_alone(x_train: pd.DataFrame, y_train: Any, weight: Any, x_test: pd.DataFrame, **_: Any) -> np.ndarray:
    """Add up the families with the prior's equal weights; nothing is fitted."""
    prior = load_prior()
    families = [name for name in x_test.columns if name != UPPER]
    return prior.weight * x_test[families].to_numpy().sum(axis=1) + prior.upper_weight * x_test[UPPER].to_numpy()


def _sklearn(make: Callable[[pd.DataFrame], Any], step: str | None = None) -> Challenger:
    """Fit a scikit-learn classifier and give the event's log-odds."""

    def challenger(
        x_train: pd.DataFrame, y_train: np.ndarray, weight: np.ndarray, x_test: pd.DataFrame, **_: Any
    ) -> np.ndarray:
        model = make(x_train)
        named = f"{step}__sample_weight" if step else "sample_weight"
        model.fit(x_train.to_numpy(), np.asarray(y_train, dtype=int), **{named: weight})
        chance = np.clip(model.predict_proba(x_test.to_numpy())[:, 1], 1e-9, 1 - 1e-9)
        return np.log(chance / (1 - chance))

    return challenger


def _elastic_net(_: pd.DataFrame) -> LogisticRegression:
    # scikit-learn before 1.8 heeds l1_ratio only if told the penalty; later ones warn if they are.
    old = tuple(int(part) for part in sklearn.__version__.split(".")[:2]) < (1, 8)
    return LogisticRegression(
        **({"penalty": "elasticnet"} if old else {}),
        C=0.1,
        l1_ratio=0.5,
        solver="saga",
        tol=1e-5,
        max_iter=10_000,
        random_state=SEED,
    )


def _splines(x: pd.DataFrame) -> Any:
    knots = np.repeat(np.linspace(-CUT, CUT, 4)[:, None], x.shape[1], axis=1)
    return make_pipeline(
        SplineTransformer(degree=3, knots=knots, include_bias=False, extrapolation="linear"),
        LogisticRegression(C=0.1, max_iter=2_000),
    )


def _boosting(x: pd.DataFrame, *, additive: bool) -> HistGradientBoostingClassifier:
    shape = {"interaction_cst": "no_interactions", "monotonic_cst": [1] * x.shape[1]} if additive else {}
    return HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_iter=100,
        max_leaf_nodes=4 if additive else 8,
        min_samples_leaf=20,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=SEED,
        **shape,
    )


def _forest(_: pd.DataFrame) -> RandomForestClassifier:
    return RandomForestClassifier(n_estimators=300, min_samples_leaf=10, max_features="sqrt", random_state=SEED)


def firth(x_train: pd.DataFrame, y_train: np.ndarray, weight: np.ndarray, x_test: pd.DataFrame, **_: Any) -> np.ndarray:
    """Fit Firth's logistic regression on all families, without a prior."""
    model = PriorLogit(firth=True).fit(x_train.to_numpy(), y_train, weight)
    return x_test.to_numpy() @ model.coef_


def reserves_and_tier(
    x_train: pd.DataFrame, y_train: np.ndarray, weight: np.ndarray, x_test: pd.DataFrame, **_: Any
) -> np.ndarray:
    """Fit Firth's logistic regression on reserves and tier alone: the simple rule with its weights learnt."""
    names = ["reserves", UPPER]
    return firth(x_train[names], y_train, weight, x_test[names])


def cloglog(
    x_train: pd.DataFrame, y_train: np.ndarray, weight: np.ndarray, x_test: pd.DataFrame, **_: Any
) -> np.ndarray:
    """Fit a pooled discrete-time survival model (complementary log-log link), ridge towards nought."""
    import statsmodels.api as sm

    model = sm.GLM(
        np.asarray(y_train, dtype=float),
        np.column_stack([np.ones(len(x_train)), x_train.to_numpy()]),
        family=sm.families.Binomial(link=sm.families.links.CLogLog()),
        freq_weights=np.asarray(weight, dtype=float),
    )
    start = np.r_[-4.5, np.zeros(x_train.shape[1])]
    weights = _ridge(
        partial(model.loglike, scale=1.0),
        partial(model.score, scale=1.0),
        partial(model.hessian, scale=1.0, observed=False),
        start,
        np.r_[0.0, np.full(x_train.shape[1], RIDGE_SD**-2)],
    )
    return x_test.to_numpy() @ weights[1:]


def cox(
    x_train: pd.DataFrame,
    y_train: np.ndarray,
    weight: np.ndarray,
    x_test: pd.DataFrame,
    *,
    months: np.ndarray | None = None,
    strata: np.ndarray | None = None,
) -> np.ndarray:
    """Fit Cox's model, ridge towards nought: time runs from each origin, and each origin has its own baseline."""
    from statsmodels.duration.hazard_regression import PHReg

    event = np.asarray(y_train, dtype=int)
    # Where the time is not given, all events of an origin are tied.
    time = np.where(event == 1, 1.0, 2.0) if months is None else np.asarray(months, dtype=float)
    model = PHReg(time, x_train.to_numpy(), status=event, strata=strata, ties="breslow")
    scale = float(np.mean(weight))
    return x_test.to_numpy() @ _ridge(
        lambda b: scale * model.loglike(b),
        lambda b: scale * model.score(b),
        lambda b: scale * model.hessian(b),
        np.zeros(x_train.shape[1]),
        np.full(x_train.shape[1], RIDGE_SD**-2),
    )


def _ridge(
    loglike: Callable[[np.ndarray], float],
    score: Callable[[np.ndarray], np.ndarray],
    hessian: Callable[[np.ndarray], np.ndarray],
    start: np.ndarray,
    precision: np.ndarray,
) -> np.ndarray:
    """Maximise a log-likelihood less half the weighted squares of the parameters: Newton's method, halving steps."""

    def value(b: np.ndarray) -> float:
        return float(loglike(b) - 0.5 * precision @ b**2)

    at = np.asarray(start, dtype=float)
    for _ in range(100):
        step = np.linalg.solve(np.diag(precision) - hessian(at), score(at) - precision * at)
        while np.abs(step).max() > 1e-9 and not value(at + step) >= value(at) - 1e-12:
            step = step / 2
        at = at + step
        if np.abs(step).max() < 1e-7:
            return at
    raise ModelError("A survival challenger did not converge; look at its training rows.")


def challengers() -> dict[str, Challenger]:
    """Return every challenger by name.

    Each is called with ``X_train`` (the placed families), ``y_train``, ``weight`` and ``X_test``, and gives one score a
    row of ``X_test``, higher being more at risk. ``cox`` also heeds ``months`` and ``strata``; the others ignore them.
    """
    return {
        "prior_alone": prior_alone,
        "reserves_and_tier": reserves_and_tier,
        "firth": firth,
        "elastic_net": _sklearn(_elastic_net),
        "spline_logistic": _sklearn(_splines, "logisticregression"),
        "additive_boosting": _sklearn(partial(_boosting, additive=True)),
        "gradient_boosting": _sklearn(partial(_boosting, additive=False)),
        "random_forest": _sklearn(_forest),
        "cloglog": cloglog,
        "cox": cox,
    }


def run_challengers(
    indicators: pd.DataFrame,
    events: EventRegister,
    origins: Iterable[date],
    *,
    horizon: int = 24,
    outcome: str = "distress",
) -> pd.DataFrame:
    """Fit every challenger on what each origin could have been trained on, and score the origin.

    Parameters
    ----------
    indicators, events : DataFrame, EventRegister
        From ``compute_indicators`` and ``load_events``.
    origins : iterable of date
    horizon, outcome : int, str
        See ``risk_set``.

    Returns
    -------
    DataFrame
        One row an origin, challenger and council that can be scored: ``origin``, ``ons_code``, ``challenger``,
        ``score`` and ``fallback`` (the prior's sum stands in: too few events to fit to).
    """
    families = load_families()
    tables = []
    for origin in origins:
        trained = training_rows(indicators, events, origin, horizon=horizon, outcome=outcome)
        rows, features = trained.table, design_matrix(trained, families)
        use = usable(rows)
        rows, features = rows[use], features[use]
        weight = np.full(len(rows), min(1.0, 12 / horizon))
        y = rows["event"].to_numpy(dtype=float)
        watched = (rows["event_date"] - rows["origin"]).dt.days.to_numpy() / 30.4375
        extra = {
            "months": np.where(rows["event"], np.clip(watched, 0.01, horizon), horizon),
            "strata": rows["origin"].dt.year.to_numpy(),
        }
        tested = risk_set(indicators, events, [origin], horizon=horizon, outcome=outcome)
        tested = replace(tested, reliability=trained.reliability)
        test = tested.table
        x_test = design_matrix(tested, families)[test["status"] != NOT_SCORABLE]
        fallback = rows.loc[rows["event"], "ons_code"].nunique() < FEWEST
        for name, challenger in challengers().items():
            learner = prior_alone if fallback else challenger
            tables.append(
                pd.DataFrame(
                    {
                        "origin": pd.Timestamp(origin),
                        "ons_code": test.loc[x_test.index, "ons_code"].to_numpy(),
                        "challenger": name,
                        "score": learner(features, y, weight, x_test, **extra),
                        "fallback": fallback and name != "prior_alone",
                    }
                )
            )
    return pd.concat(tables, ignore_index=True)
