"""From the risk set to a fitted model: the families' weights, and draws for how sure they are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from resilience.errors import ModelError
from resilience.model.families import Family, Prior, Term, load_families, load_prior, terms_of
from resilience.model.reliability import Reliability, measure
from resilience.model.risk_set import AT_RISK, NOT_SCORABLE, TrainingRows, risk_set, yearly
from resilience.model.scale import UPPER, place, tiers_of
from resilience.tables.events import EventRegister
from resilience.years import Day, day_of

if TYPE_CHECKING:
    from resilience.model.estimator import PriorLogit

FIRST_ORIGIN = 2012
SEED = 20260101
DRAWS = 200


@dataclass(frozen=True)
class RiskModel:
    """A fitted model, as its JSON artefact states it.

    Attributes
    ----------
    outcome, horizon : str, int
    families : tuple of Family
        In the order of families.toml.
    weights : dict of str to float
        Log-odds a spread by family, and of ``upper tier``.
    draws : ndarray of shape (n_draws, n_weights)
        Weights refitted on councils drawn with replacement and a prior drawn from itself.
    rate_draws : ndarray of shape (n_draws,)
        Standard uniform numbers, turned into draws of the base rate on the day of scoring.
    training : dict
        Origins, rows, events and councils trained on.
    reliability : Reliability
        What a family with carried figures is multiplied by.
    data : dict of str to str
        Checksums of the files it was trained on; empty for a model that was not read from an artefact.
    """

    outcome: str
    horizon: int
    families: tuple[Family, ...]
    weights: dict[str, float]
    draws: np.ndarray
    rate_draws: np.ndarray
    training: dict[str, object]
    reliability: Reliability = field(default_factory=Reliability, repr=False)
    data: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Names of the weights, in order."""
        return [family.name for family in self.families] + [UPPER]

    @property
    def terms(self) -> tuple[Term, ...]:
        """The families' indicators, one after another."""
        return terms_of(self.families)

    def family_of(self, term: str) -> Family:
        """Return the family of an indicator, by its name in families.toml."""
        return next(family for family in self.families if any(one.name == term for one in family.terms))

    def weight_vector(self) -> np.ndarray:
        """Return the weights in the order of ``names``."""
        return np.array([self.weights[name] for name in self.names])


def training_rows(
    indicators: pd.DataFrame,
    events: EventRegister,
    as_of: Day,
    *,
    horizon: int = 24,
    outcome: str = "distress",
    first_origin: int = FIRST_ORIGIN,
    unlike_too: bool = False,
    reliability: Reliability | None = None,
) -> TrainingRows:
    """Return the risk set of every 1 January whose whole horizon had closed by a day.

    Only what was announced before the day, and only origins that the register covers to the end, are in it. With it
    comes the reliability of carried figures, unless given measured at every 1 January up to the day: it asks for no
    outcome.

    Raises
    ------
    ModelError
        If no such origin had closed.
    """
    as_of = day_of(as_of)
    last = last_closed_origin(events, as_of, horizon)
    if last < first_origin:
        raise ModelError(f"No origin from {first_origin} on had closed by {as_of}; choose a later date.")
    rows = risk_set(
        indicators,
        events.known_by(as_of),
        yearly(first_origin, last),
        horizon=horizon,
        outcome=outcome,
        unlike_too=unlike_too,
    )
    if reliability is None:
        reliability = measure(indicators, yearly(first_origin, as_of.year), load_families())
    return replace(rows, reliability=reliability)


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
    families: tuple[Family, ...] | None = None,
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
    families : tuple of Family, optional
        By default those of families.toml.
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
        If an origin's horizon had not closed, there is no row of a council at risk, or the rows do not say what they
        are.
    """
    if not isinstance(rows, TrainingRows):
        raise ModelError(
            "fit takes TrainingRows, which know their horizon and outcome; give it what training_rows or "
            "risk_set returns."
        )
    table, horizon = rows.table, rows.horizon
    if table.empty or not table["closed"].all():
        raise ModelError("A model is fitted only to origins whose whole horizon has closed; leave out later origins.")
    families, prior = families or load_families(), prior or load_prior()
    features = design_matrix(rows, families)
    use = usable(table)
    if not use.any():
        raise ModelError("No council in these rows was at risk and watched to the end; give earlier figures.")
    table, features = table[use], features[use]
    y = table["event"].to_numpy(dtype=float)
    # Windows that start every January overlap: with this weight each month of a council counts once.
    weight = np.full(len(table), min(1.0, 12 / horizon))
    names = [family.name for family in families] + [UPPER]
    x = features[names].to_numpy()
    model = _estimator(prior, len(families)).fit(x, y, weight)
    clusters = table["ons_code"].astype("category").cat.codes.to_numpy()
    sets = np.array_split(np.arange(draws), max(1, draws // 25))
    from joblib import Parallel, delayed

    drawn = Parallel(n_jobs=n_jobs)(delayed(_draw)(x, y, weight, clusters, prior, seed, part) for part in sets)
    rng = np.random.default_rng([seed, 1])
    return RiskModel(
        outcome=rows.outcome,
        horizon=horizon,
        families=families,
        weights=dict(zip(names, (float(value) for value in model.coef_), strict=True)),
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
            "sha256": _fingerprint(table, features[names]),
            "seed": seed,
        },
        reliability=rows.reliability,
    )


def design_matrix(rows: TrainingRows, families: Sequence[Family]) -> pd.DataFrame:
    """Put the families of every row of origins × councils on the scale of its own origin's population.

    Returns
    -------
    DataFrame
        On the index of ``rows.table``: one column a family, and ``upper tier``. Rows that cannot be scored stand at 0.
    """
    parts = []
    for _, group in rows.table.groupby("origin", sort=True):
        scorable = group[group["status"] != NOT_SCORABLE]
        times = rows.reliability.of(scorable["tier"], rows.ages.loc[scorable.index], families)
        parts.append(place(scorable, families, tiers_of(scorable, families), times).families)
    return pd.concat(parts).reindex(rows.table.index).fillna(0.0)


def moved_by_cases(model: RiskModel) -> pd.DataFrame:
    """Say by how much the historic cases moved each weight from what was expected of it beforehand.

    Returns
    -------
    DataFrame
        Index the names of the weights: ``prior, prior_sd, fitted`` and ``moved`` (fitted less prior), in log-odds a
        spread (of ``upper tier``: in log-odds).
    """
    prior, count = load_prior(), len(model.families)
    table = pd.DataFrame(
        {
            "prior": np.r_[np.full(count, prior.weight), prior.upper_weight],
            "prior_sd": np.r_[np.full(count, prior.sd), prior.upper_sd],
            "fitted": model.weight_vector(),
        },
        index=pd.Index(model.names, name="weight"),
    )
    return table.assign(moved=table["fitted"] - table["prior"])


def _estimator(prior: Prior, n_families: int, mean: np.ndarray | None = None) -> PriorLogit:
    from resilience.model.estimator import PriorLogit  # scikit-learn, which a shipped model does without

    centre = np.r_[np.full(n_families, prior.weight), prior.upper_weight]
    spread = np.r_[np.full(n_families, prior.sd), prior.upper_sd]
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
) -> np.ndarray:
    """Refit on councils drawn with replacement, the prior's mean drawn from the prior; one row a draw.

    Each draw has its own random stream, so that the answer does not depend on how the work is split.
    """
    n_clusters = int(clusters.max()) + 1
    n_families = x.shape[1] - 1
    result = np.empty((len(numbers), x.shape[1]))
    for row, number in enumerate(numbers):
        rng = np.random.default_rng([seed, 2, int(number)])
        times = np.bincount(rng.integers(n_clusters, size=n_clusters), minlength=n_clusters)
        centre = np.r_[np.full(n_families, prior.weight), prior.upper_weight]
        spread = np.r_[np.full(n_families, prior.sd), prior.upper_sd]
        mean: np.ndarray = np.asarray(rng.normal(centre, spread))
        counts = weight * times[clusters]
        use = counts > 0
        result[row] = _estimator(prior, n_families, mean).fit(x[use], y[use], counts[use]).coef_
    return result


def _fingerprint(rows: pd.DataFrame, features: pd.DataFrame) -> str:
    """Return a checksum of what was trained on, so that a model can be told to be of these figures."""
    text = rows[["origin", "ons_code", "event"]].to_csv(index=False) + features.round(9).to_csv(index=False)
    return hashlib.sha256(text.encode()).hexdigest()
