"""From the risk set to a fitted model: the terms kept, their weights, and draws for how sure they are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from resilience.errors import ModelError
from resilience.model.estimator import PriorLogit
from resilience.model.risk_set import AT_RISK, TrainingRows, risk_set, yearly
from resilience.model.scale import UPPER, design_matrix
from resilience.model.terms import Prior, Term, load_prior, load_terms
from resilience.tables.events import EventRegister

FIRST_ORIGIN = 2012
SEED = 20260101
DRAWS = 200
MOST_TERMS = 10
#: A term is dropped where the training rows alone put its sign wrong by more than this many standard errors.
WRONG_BY = 1.0


@dataclass(frozen=True)
class RiskModel:
    """A fitted model, as its JSON artefact states it.

    Attributes
    ----------
    outcome, horizon : str, int
    terms : tuple of Term
        Those kept, in the order of terms.toml.
    weights : dict of str to float
        Log-odds a spread, and of ``upper tier``.
    draws : ndarray of shape (n_draws, n_weights)
        Weights refitted on councils drawn with replacement and a prior drawn from itself.
    rate_draws : ndarray of shape (n_draws,)
        Standard uniform numbers, turned into draws of the base rate on the day of scoring.
    training : dict
        Origins, rows, events and councils trained on.
    dropped : dict of str to str
        Candidate terms not kept, with why.
    data : dict of str to str
        Checksums of the files it was trained on; empty for a model that was not read from an artefact.
    """

    outcome: str
    horizon: int
    terms: tuple[Term, ...]
    weights: dict[str, float]
    draws: np.ndarray
    rate_draws: np.ndarray
    training: dict[str, object]
    dropped: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Names of the weights, in order."""
        return [term.name for term in self.terms] + [UPPER]

    def weight_vector(self) -> np.ndarray:
        """Return the weights in the order of ``names``."""
        return np.array([self.weights[name] for name in self.names])


def training_rows(
    indicators: pd.DataFrame,
    events: EventRegister,
    as_of: date,
    *,
    horizon: int = 24,
    outcome: str = "distress",
    first_origin: int = FIRST_ORIGIN,
) -> TrainingRows:
    """Return the risk set of every 1 January whose whole horizon had closed by a day.

    Only what was announced before the day, and only origins that the register covers to the end, are in it.

    Raises
    ------
    ModelError
        If no such origin had closed.
    """
    last = last_closed_origin(events, as_of, horizon)
    if last < first_origin:
        raise ModelError(f"No origin from {first_origin} on had closed by {as_of}; choose a later date.")
    return risk_set(indicators, events.known_by(as_of), yearly(first_origin, last), horizon=horizon, outcome=outcome)


def last_closed_origin(events: EventRegister, as_of: date, horizon: int) -> int:
    """Return the year of the last 1 January whose whole horizon had closed by a day and lies within the register."""
    return int((min(pd.Timestamp(as_of), events.end) - pd.DateOffset(months=horizon)).year)


def usable(rows: pd.DataFrame) -> pd.Series:
    """Say which rows tell what happened to a council at risk.

    A council watched for part of the horizon only (it was abolished) says nothing certain without an event.
    """
    return (rows["status"] == AT_RISK) & (rows["event"] | (rows["observed"] >= 1))


def fit(
    rows: TrainingRows,
    *,
    terms: tuple[Term, ...] | None = None,
    prior: Prior | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    n_jobs: int = 1,
) -> RiskModel:
    """Fit the model to a risk set whose horizons have all closed.

    Parameters
    ----------
    rows : TrainingRows
        From :func:`training_rows` (or ``risk_set``): origins with their outcomes, horizon and kind of event.
    terms : tuple of Term, optional
        Candidates; by default those of terms.toml. Which are kept is decided by :func:`select_terms`.
    prior : Prior, optional
    draws : int
        Bootstrap draws over councils.
    seed : int
    n_jobs : int
        Passed to joblib; the draws do not depend on it.

    Returns
    -------
    RiskModel

    Raises
    ------
    ModelError
        If an origin's horizon had not closed, there is no row, or the rows do not say what they are.
    """
    if not isinstance(rows, TrainingRows):
        raise ModelError(
            "fit takes TrainingRows, which know their horizon and outcome; give it what training_rows or "
            "risk_set returns."
        )
    table, horizon = rows.table, rows.horizon
    if table.empty or not table["closed"].all():
        raise ModelError("A model is fitted only to origins whose whole horizon has closed; leave out later origins.")
    candidates, prior = terms or load_terms(), prior or load_prior()
    features = design_matrix(table, candidates)
    use = usable(table)
    table, features = table[use], features[use]
    y = table["event"].to_numpy(dtype=float)
    # Windows that start every January overlap: with this weight each month of a council counts once.
    weight = np.full(len(table), min(1.0, 12 / horizon))
    kept, dropped = select_terms(features, y, weight, candidates, prior)
    names = [term.name for term in kept] + [UPPER]
    x = features[names].to_numpy()
    model = _estimator(prior, len(kept)).fit(x, y, weight)
    origins = table["origin"].to_numpy()
    spread, spread_error = spread_factor(out_of_time(x, y, weight, origins, horizon, prior), y, weight, origins, prior)
    clusters = table["ons_code"].astype("category").cat.codes.to_numpy()
    sets = np.array_split(np.arange(draws), max(1, draws // 25))
    drawn = Parallel(n_jobs=n_jobs)(
        delayed(_draw)(x, y, weight, clusters, prior, seed, part, (spread, spread_error)) for part in sets
    )
    rng = np.random.default_rng([seed, 1])
    return RiskModel(
        outcome=rows.outcome,
        horizon=horizon,
        terms=kept,
        weights=dict(zip(names, (float(value) for value in spread * model.coef_), strict=True)),
        # Six digits, as the artefact keeps them: a model read back gives the same interval.
        draws=np.round(np.concatenate(drawn), 6) if draws else np.empty((0, len(names))),
        rate_draws=np.round(rng.uniform(size=draws), 6),
        training={
            "first_origin": str(table["origin"].min().date()),
            "last_origin": str(table["origin"].max().date()),
            "rows": len(table),
            "event_rows": int(y.sum()),
            "councils": int(table["ons_code"].nunique()),
            "councils_with_event": int(table.loc[table["event"], "ons_code"].nunique()),
            "spread_factor": spread,
            "sha256": _fingerprint(table, features[names]),
            "seed": seed,
        },
        dropped=dropped,
    )


def select_terms(
    features: pd.DataFrame, y: np.ndarray, weight: np.ndarray, candidates: tuple[Term, ...], prior: Prior
) -> tuple[tuple[Term, ...], dict[str, str]]:
    """Choose the terms inside a training window, by a rule that never looks further.

    The candidates stand in the order in which terms.toml argues for them. Each is fitted alone (with the tier) and
    without a prior on it, by Firth's method. It is dropped if that weight is below zero by more than one standard
    error: the window then speaks against the sign expected. Of the rest the first ten are kept.
    """
    kept: list[Term] = []
    dropped: dict[str, str] = {}
    for term in candidates:
        if y.sum() > 0:
            alone = PriorLogit(
                prior_mean=np.array([0.0, prior.upper_weight]),
                prior_sd=np.array([np.inf, prior.upper_sd]),
                firth=True,
            ).fit(features[[term.name, UPPER]].to_numpy(), y, weight)
            error = float(np.sqrt(alone.covariance_[1, 1]))
            if alone.coef_[0] < -WRONG_BY * error:
                dropped[term.name] = f"its sign alone is {alone.coef_[0]:.2f} with standard error {error:.2f}"
                continue
        if len(kept) < MOST_TERMS:
            kept.append(term)
        else:
            dropped[term.name] = f"{MOST_TERMS} terms are kept at most"
    return tuple(kept), dropped


def out_of_time(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray, origins: np.ndarray, horizon: int, prior: Prior
) -> np.ndarray:
    """Return each training row's log-odds from a fit to the origins that had closed by its own.

    The rows of the first origins, before which nothing had closed, get the prior's.
    """
    result = np.empty(len(y))
    for origin in np.unique(origins):
        before = pd.to_datetime(origins) + pd.DateOffset(months=horizon) <= pd.Timestamp(origin)
        weights = np.r_[np.full(x.shape[1] - 1, prior.weight), prior.upper_weight]
        if before.any():
            weights = _estimator(prior, x.shape[1] - 1).fit(x[before], y[before], weight[before]).coef_
        rows = origins == origin
        result[rows] = x[rows] @ weights
    return result


def spread_factor(
    log_odds: np.ndarray, y: np.ndarray, weight: np.ndarray, origins: np.ndarray, prior: Prior
) -> tuple[float, float]:
    """Return by how much to stretch or shrink all weights together, and how sure that is (standard error).

    The prior says how each term should count; ten such terms together may spread councils too far apart or not far
    enough, and that common error the terms' own prior cannot mend. It is one number, estimated on the training rows
    scored out of time, with a level of its own for each origin and a prior around 1; it changes no council's rank.
    """
    levels = (origins[:, None] == np.unique(origins)[None, 1:]).astype(float)
    line = PriorLogit(
        prior_mean=np.r_[1.0, np.zeros(levels.shape[1])],
        prior_sd=np.r_[prior.spread_sd, np.full(levels.shape[1], prior.intercept_sd)],
        intercept_mean=prior.intercept,
        intercept_sd=prior.intercept_sd,
    ).fit(np.column_stack([log_odds, levels]), y, weight)
    return float(line.coef_[0]), float(np.sqrt(line.covariance_[1, 1]))


def _estimator(prior: Prior, n_terms: int, mean: np.ndarray | None = None) -> PriorLogit:
    centre = np.r_[np.full(n_terms, prior.weight), prior.upper_weight]
    spread = np.r_[np.full(n_terms, prior.sd), prior.upper_sd]
    return PriorLogit(
        prior_mean=centre if mean is None else mean,
        prior_sd=spread,
        intercept_mean=prior.intercept,
        intercept_sd=prior.intercept_sd,
    )


def _draw(
    x: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    clusters: np.ndarray,
    prior: Prior,
    seed: int,
    numbers: np.ndarray,
    common: tuple[float, float],
) -> np.ndarray:
    """Refit on councils drawn with replacement, the prior's mean drawn from the prior; one row a draw.

    Each draw has its own random stream, so that the answer does not depend on how the work is split.
    """
    n_clusters = int(clusters.max()) + 1
    n_terms = x.shape[1] - 1
    result = np.empty((len(numbers), x.shape[1]))
    for row, number in enumerate(numbers):
        rng = np.random.default_rng([seed, 2, int(number)])
        times = np.bincount(rng.integers(n_clusters, size=n_clusters), minlength=n_clusters)
        centre = np.r_[np.full(n_terms, prior.weight), prior.upper_weight]
        spread = np.r_[np.full(n_terms, prior.sd), prior.upper_sd]
        mean: np.ndarray = np.asarray(rng.normal(centre, spread))
        counts = weight * times[clusters]
        use = counts > 0
        weights = _estimator(prior, n_terms, mean).fit(x[use], y[use], counts[use]).coef_
        # The common factor is drawn from its own doubt; it stays positive, for it cannot turn the ranking round.
        result[row] = weights * max(rng.normal(*common), 0.05)
    return result


def _fingerprint(rows: pd.DataFrame, features: pd.DataFrame) -> str:
    """Return a checksum of what was trained on, so that a model can be told to be of these figures."""
    text = rows[["origin", "ons_code", "event"]].to_csv(index=False) + features.round(9).to_csv(index=False)
    return hashlib.sha256(text.encode()).hexdigest()
