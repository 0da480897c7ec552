"""Three figures of the record, always together: the design as it is, design-blind, and everything at equal weights.

Whoever chose the design had the past in view. Two designs that nobody chose say how much of the record that may be:
random sets out of the indicator dictionary, and all its usable indicators at once. Both are weighted at each origin by
partial likelihood, an origin a stratum, of what had closed by then. Nothing here was tuned; seed, number and size of
the sets, and the ridge, stand as first written down.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from resilience.backtest import metrics
from resilience.backtest.learners import RIDGE_SD
from resilience.backtest.measuring import measured
from resilience.backtest.rolling import DRAWS, POOLED_FROM
from resilience.errors import ModelError
from resilience.indicators.definitions import Definition, load_definitions
from resilience.indicators.known import CORE, known_on
from resilience.model.fitting import FIRST_ORIGIN, SEED, usable
from resilience.model.risk_set import risk_set, yearly
from resilience.model.scale import TIERS
from resilience.tables.events import EventRegister

SETS = 200
SMALLEST, LARGEST = 8, 12
#: Standard deviation of the ridge on the upper tier's weight: wide, for the tier is known to count.
UPPER_SD = 2.0
#: What is not a council's finances: described or reported about it, or its mere size.
NOT_FINANCE = ("size", "context", "reporting")

BLIND, EQUAL = "design-blind", "all equal"


@dataclass(frozen=True, eq=False)
class Proof:
    """The three figures.

    Attributes
    ----------
    indicators : tuple of str
        What the random sets were drawn from.
    pooled, closed : dict
        ``model`` (A, the design as it is), ``rivals`` ("design-blind": B; "all equal": C) and ``differences``, as in
        ``rolling.measured``.
    sets : dict of str to float
        Of the single random sets, on the pooled origins: ``low, median, high`` (5th, 50th and 95th percentile of the
        area under the curve), and ``below``, the share of them that do worse than the design as it is.
    """

    indicators: tuple[str, ...]
    pooled: dict[str, Any]
    closed: dict[str, Any]
    sets: dict[str, float]


def usable_indicators(indicators: pd.DataFrame, first: int = POOLED_FROM) -> tuple[Definition, ...]:
    """Return the dictionary's financial indicators with a stated worse direction that were known at the first origin.

    Parameters
    ----------
    indicators : DataFrame
        From ``compute_indicators``.
    first : int
        The first pooled origin.
    """
    known = known_on(indicators, date(first, 1, 1)).scorable
    return tuple(
        one
        for one in load_definitions().values()
        if one.worse != "neither"
        and one.family not in NOT_FINANCE
        and one.name in known
        and known[one.name].notna().any()
    )


def normal_scores(rows: pd.DataFrame, definitions: tuple[Definition, ...]) -> pd.DataFrame:
    """Return the normal score of each indicator's rank within origin and tier, the worse the higher; 0 where missing.

    Parameters
    ----------
    rows : DataFrame
        Origins × councils in being, of ``risk_set``.
    definitions : tuple of Definition
    """
    names = [one.name for one in definitions]
    values = rows[names].where(rows[CORE].notna()).astype(float)
    values *= [1.0 if one.worse == "higher" else -1.0 for one in definitions]
    groups = values.groupby([rows["origin"], rows["tier"]])
    share = (groups.rank(method="average") - 0.5) / groups.transform("count")
    return pd.DataFrame(ndtri(share), index=rows.index, columns=names).fillna(0.0)


def partial_likelihood(
    x: np.ndarray, event: np.ndarray, origin: np.ndarray, precision: np.ndarray, start: np.ndarray, scale: float = 1.0
) -> np.ndarray:
    """Fit weights by partial likelihood, an origin a stratum and its events tied (Breslow), with a ridge.

    Parameters
    ----------
    x : array of shape (n_rows, n_weights)
    event : array of bool
    origin : array
        In order: each origin's rows stand together.
    precision : array of shape (n_weights,)
        Of the ridge.
    start : array of shape (n_weights,)
    scale : float
        How much a row counts.

    Raises
    ------
    ModelError
        If Newton's method does not settle.
    """
    starts = np.flatnonzero(np.r_[True, origin[1:] != origin[:-1]])
    sizes = np.diff(np.r_[starts, len(origin)])
    events = np.add.reduceat(event.astype(float), starts)
    of_events = x[event].sum(axis=0)

    def value(b: np.ndarray) -> tuple[float, np.ndarray]:
        eta = x @ b
        top = np.maximum.reduceat(eta, starts)
        each = np.exp(eta - np.repeat(top, sizes))
        total = np.add.reduceat(each, starts)
        log = float(of_events @ b - events @ (top + np.log(total)))
        return scale * log - 0.5 * float(precision @ b**2), each / np.repeat(total, sizes)

    at, (best, share) = start, value(start)
    for _ in range(100):
        means = np.add.reduceat(share[:, None] * x, starts, axis=0)
        counts = share * np.repeat(events, sizes)
        information = scale * ((x * counts[:, None]).T @ x - (means * events[:, None]).T @ means) + np.diag(precision)
        step = np.linalg.solve(information, scale * (of_events - events @ means) - precision * at)
        found, there = value(at + step)
        while found < best - 1e-12 * abs(best) and np.abs(step).max() > 1e-9:
            step = step / 2
            found, there = value(at + step)
        at, best, share = at + step, found, there
        if np.abs(step).max() < 1e-7:
            return at
    raise ModelError("The partial likelihood did not converge; look at its rows.")


def blind_scores(
    indicators: pd.DataFrame,
    events: EventRegister,
    origins: list[date],
    *,
    sets: int = SETS,
    seed: int = SEED,
    horizon: int = 24,
    outcome: str = "distress",
) -> tuple[pd.DataFrame, np.ndarray]:
    """Score origins by designs that nobody chose.

    Parameters
    ----------
    indicators, events : DataFrame, EventRegister
    origins : list of date
        1 January of the years to be scored.
    sets, seed : int
        Number of random sets, and what they are drawn with.
    horizon, outcome : int, str
        See ``risk_set``.

    Returns
    -------
    scores : DataFrame
        ``origin, ons_code, design-blind, all equal``, of every council that can be scored.
    each : array of shape (n_rows, n_sets)
        What every single set gives.
    """
    definitions = usable_indicators(indicators, origins[0].year)
    rows = risk_set(
        indicators, events, yearly(FIRST_ORIGIN, origins[-1].year), horizon=horizon, outcome=outcome
    ).table.sort_values(["origin", "ons_code"], ignore_index=True)
    rows = rows[rows["tier"].isin(TIERS) & rows[CORE].notna()].reset_index(drop=True)
    scores = normal_scores(rows, definitions).to_numpy()
    upper = (rows["tier"] == "upper").to_numpy(dtype=float)[:, None]
    rng = np.random.default_rng([seed, 4])
    designs = [
        rng.choice(len(definitions), size=rng.integers(SMALLEST, LARGEST + 1), replace=False) for _ in range(sets)
    ]
    inputs = [np.hstack([scores[:, one], upper]) for one in designs] + [np.hstack([_together(scores, rows), upper])]
    scale = min(1.0, 12 / horizon)
    last: list[np.ndarray] = [np.zeros(x.shape[1]) for x in inputs]
    event, stamps = rows["event"].to_numpy(dtype=bool), rows["origin"].to_numpy()
    parts, each = [], []
    for origin in origins:
        over = rows["origin"] + pd.DateOffset(months=horizon) <= pd.Timestamp(origin)
        train, test = (usable(rows) & over).to_numpy(), (rows["origin"] == pd.Timestamp(origin)).to_numpy()
        found = np.empty((int(test.sum()), len(inputs)))
        for i, x in enumerate(inputs):
            precision = np.r_[np.full(x.shape[1] - 1, RIDGE_SD**-2), UPPER_SD**-2]
            last[i] = partial_likelihood(x[train], event[train], stamps[train], precision, last[i], scale)
            found[:, i] = x[test] @ last[i]
        part = rows.loc[test, ["origin", "ons_code"]]
        parts.append(part.assign(**{BLIND: found[:, :-1].mean(axis=1), EQUAL: found[:, -1]}))
        each.append(found[:, :-1])
    return pd.concat(parts, ignore_index=True), np.vstack(each)


def _together(scores: np.ndarray, rows: pd.DataFrame) -> np.ndarray:
    """Return the mean of all scores, its spread within origin and tier brought to 1."""
    mean = pd.Series(scores.mean(axis=1), index=rows.index)
    spread = mean.groupby([rows["origin"], rows["tier"]]).transform("std")
    return (mean / spread).to_numpy()[:, None]


def prove(
    indicators: pd.DataFrame,
    events: EventRegister,
    predictions: pd.DataFrame,
    *,
    draws: int = DRAWS,
    sets: int = SETS,
    seed: int = SEED,
    n_jobs: int = 2,
) -> Proof:
    """Set the design beside designs that nobody chose.

    Parameters
    ----------
    indicators, events : DataFrame, EventRegister
    predictions : DataFrame
        ``Backtest.predictions`` of these, for 24 months and "distress".
    draws, sets, seed, n_jobs : int
        Draws of the bootstrap over councils; random sets; see ``backtest``.
    """
    rows = predictions[predictions["origin"] >= pd.Timestamp(POOLED_FROM, 1, 1)]
    origins = [one.date() for one in rows["origin"].drop_duplicates()]
    scores, each = blind_scores(indicators, events, origins, sets=sets, seed=seed)
    scores["at"] = np.arange(len(scores))
    joined = rows.merge(scores, on=["origin", "ons_code"], validate="one_to_one")
    names = {BLIND: f"rival: {BLIND}", EQUAL: f"rival: {EQUAL}"}
    joined = joined.rename(columns=names)
    how: dict[str, Any] = {"rivals": list(names.values()), "draws": draws, "seed": seed, "n_jobs": n_jobs}
    whole = joined["closed"].astype(bool)
    one = np.ones((1, len(joined)))
    single = np.array(
        [
            metrics.auc(metrics.within_origin(values, joined["origin"].to_numpy()), joined["event"].to_numpy(), one)[0]
            for values in each[joined["at"].to_numpy()].T
        ]
    )
    pooled = measured(joined, **how)
    low, median, high = np.quantile(single, [0.05, 0.5, 0.95])
    return Proof(
        tuple(definition.name for definition in usable_indicators(indicators, origins[0].year)),
        pooled,
        measured(joined[whole], **how) if whole.any() else {},
        {
            "sets": float(sets),
            "low": float(low),
            "median": float(median),
            "high": float(high),
            "below": float((single < pooled["model"]["auc"]["value"]).mean()),
        },
    )
