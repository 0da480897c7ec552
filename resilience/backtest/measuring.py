"""Every measure of a set of predictions, the model's and the rules', each with its interval over councils drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd

from resilience.backtest import metrics
from resilience.backtest.power import detectable_of
from resilience.model.fitting import SEED

CAPACITIES = (10, 20, 30, 50)
INTERVAL = (0.05, 0.95)


def measured(
    rows: pd.DataFrame,
    *,
    draws: int,
    seed: int = SEED,
    n_jobs: int = 1,
    lines: bool = True,
    rivals: list[str] | None = None,
) -> dict:
    """Work out every measure of the model and the rivals on some predictions, each with its interval.

    Parameters
    ----------
    rows : DataFrame
        Of ``Backtest.predictions``.
    draws, seed, n_jobs : int
        See :func:`backtest`.
    lines : bool
        Whether to fit the calibration lines too.
    rivals : list of str, optional
        The columns to set beside the model; by default every one that begins with "rival: ".
    """
    rows = rows[rows["observed"] > 0]
    rivals = [name for name in rows if name.startswith("rival: ")] if rivals is None else rivals
    clusters = rows["ons_code"].astype("category").cat.codes.to_numpy()
    n_clusters = int(clusters.max()) + 1
    own = _figures(rows, np.ones((1, len(rows))), rivals, lines)
    chunks = np.array_split(np.arange(draws), max(1, draws // 50)) if draws else []
    from joblib import Parallel, delayed

    parts = Parallel(n_jobs=n_jobs)(
        delayed(_draw)(rows, clusters, n_clusters, rivals, lines, seed, chunk) for chunk in chunks
    )
    result: dict = {"model": {}, "rivals": {}, "differences": {}}
    for (who, what), value in own.items():
        drawn = np.concatenate([part[who, what] for part in parts]) if parts else np.array([])
        entry = _entry(value[0], drawn)
        if who == "model":
            result["model"][what] = entry
        else:
            result["rivals"].setdefault(who, {})[what] = entry
            if ("model", what) in own:
                difference = own["model", what][0] - value[0]
                ours = np.concatenate([part["model", what] for part in parts]) if parts else np.array([])
                entry = _entry(difference, ours - drawn)
                finite = (ours - drawn)[np.isfinite(ours - drawn)] if parts else np.array([])
                entry["share_above_0"] = float((finite > 0).mean()) if len(finite) else None
                entry["detectable"] = detectable_of(finite)
                result["differences"].setdefault(who, {})[what] = entry
    result["events"] = int(rows["event"].sum())
    result["councils"] = int(rows.loc[rows["event"], "ons_code"].nunique())
    result["rows"] = len(rows)
    return result


def _entry(value: float, drawn: np.ndarray) -> dict:
    finite = drawn[np.isfinite(drawn)]
    low, high = np.quantile(finite, INTERVAL) if len(finite) else (np.nan, np.nan)
    clean = [None if not np.isfinite(one) else float(one) for one in (value, low, high)]
    return dict(zip(("value", "low", "high"), clean, strict=True))


def _draw(
    rows: pd.DataFrame,
    clusters: np.ndarray,
    n_clusters: int,
    rivals: list[str],
    lines: bool,
    seed: int,
    numbers: np.ndarray,
) -> dict:
    times = np.stack(
        [
            np.bincount(
                np.random.default_rng([seed, 3, int(number)]).integers(n_clusters, size=n_clusters),
                minlength=n_clusters,
            )
            for number in numbers
        ]
    )
    return _figures(rows, times[:, clusters].astype(float), rivals, lines)


def _figures(
    rows: pd.DataFrame, weights: np.ndarray, rivals: list[str], lines: bool
) -> dict[tuple[str, str], np.ndarray]:
    """Return (who, measure) → one figure a draw."""
    event = rows["event"].to_numpy(dtype=bool)
    origin = rows["origin"].to_numpy()
    upper = (rows["tier"] == "upper").to_numpy()
    found: dict[tuple[str, str], np.ndarray] = {}
    for column in ["risk", *rivals]:
        who = "model" if column == "risk" else column.removeprefix("rival: ")
        values = rows[column].to_numpy(dtype=float)
        rank = metrics.within_origin(values, origin)
        found[who, "auc"] = metrics.auc(rank, event, weights)
        rank_upper = metrics.within_origin(values[upper], origin[upper])
        found[who, "auc_upper_tier"] = metrics.auc(rank_upper, event[upper], weights[:, upper])
        found[who, "average_precision"] = metrics.average_precision(rank, event, weights)
        for capacity in CAPACITIES:
            hits, events, alerts = metrics.caught(values, event, origin, weights, capacity)
            found[who, f"recall_at_{capacity}"] = np.where(events > 0, hits / np.maximum(events, 1e-12), np.nan)
            found[who, f"precision_at_{capacity}"] = hits / np.maximum(alerts, 1e-12)
    chance = rows["risk_observed"].to_numpy(dtype=float)
    expected = weights @ chance
    found["model", "observed_expected"] = (weights @ event) / np.maximum(expected, 1e-12)
    found["model", "brier_skill"] = metrics.brier_skill(chance, event, origin, weights)
    if lines:
        intercept, slope = metrics.calibration_line(chance, event, weights)
        found["model", "calibration_intercept"], found["model", "calibration_slope"] = intercept, slope
    return found
