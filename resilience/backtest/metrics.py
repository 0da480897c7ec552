"""How good a ranking and its chances are, under weights: so that a bootstrap over councils is one multiplication.

Every function takes weights of shape (n_draws, n_rows): how often each row stands in each draw (ones for the figure
itself). Rows are councils at an origin; a draw takes all of a council's rows or none (a cluster bootstrap).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit


def within_origin(score: np.ndarray, origin: np.ndarray) -> np.ndarray:
    """Return each row's rank within its origin as a share, so that origins can be pooled (1 is the most at risk)."""
    ranks = pd.Series(score).groupby(np.asarray(origin))
    # Half a place off, so that a score the same for all councils stands at 0.5 whatever the origin's size.
    return ((ranks.rank(method="average") - 0.5) / ranks.transform("size")).to_numpy()


def auc(score: np.ndarray, event: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the area under the ROC curve of each draw: the chance that an event row outranks another row.

    Ties count a half. A draw without both kinds of row has none (NaN).
    """
    order = np.argsort(score, kind="stable")
    groups = np.unique(score[order], return_inverse=True)[1]
    w, y = weights[:, order], event[order].astype(bool)
    starts = np.flatnonzero(np.r_[True, np.diff(groups) > 0])
    positive = np.add.reduceat(w * y, starts, axis=1)
    negative = np.add.reduceat(w * ~y, starts, axis=1)
    below = np.cumsum(negative, axis=1) - negative
    wins = (positive * (below + negative / 2)).sum(axis=1)
    pairs = positive.sum(axis=1) * negative.sum(axis=1)
    return np.divide(wins, pairs, out=np.full(len(w), np.nan), where=pairs > 0)


def average_precision(score: np.ndarray, event: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return average precision of each draw: precision averaged over the events, from the top down."""
    order = np.argsort(-score, kind="stable")
    w, y = weights[:, order], event[order].astype(float)
    seen, hits = np.cumsum(w, axis=1), np.cumsum(w * y, axis=1)
    precision = np.divide(hits, seen, out=np.zeros_like(hits), where=seen > 0)
    total = hits[:, -1]
    return np.divide((precision * w * y).sum(axis=1), total, out=np.full(len(w), np.nan), where=total > 0)


def caught(
    score: np.ndarray, event: np.ndarray, origin: np.ndarray, weights: np.ndarray, capacity: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count what a list of the top so many councils at each origin holds.

    Returns
    -------
    hits, events, alerts : arrays of shape (n_draws,)
        Event rows on the lists, event rows in all, and rows on the lists. A drawn council counts as often as it was
        drawn; at the list's end, ties in score are broken by the order of the rows.
    """
    hits, alerts = np.zeros(len(weights)), np.zeros(len(weights))
    for one in np.unique(origin):
        rows = np.flatnonzero(origin == one)
        rows = rows[np.argsort(-score[rows], kind="stable")]
        w = weights[:, rows]
        before = np.cumsum(w, axis=1) - w
        listed = np.clip(capacity - before, 0, w)
        hits += listed @ event[rows]
        alerts += listed.sum(axis=1)
    return hits, weights @ event.astype(float), alerts


def brier_skill(chance: np.ndarray, event: np.ndarray, origin: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return 1 − Brier score over that of giving every council its origin's own rate of events.

    The reference knows each origin's true rate, which no forecaster did: a hard one.
    """
    score = weights @ (chance - event) ** 2
    reference = np.zeros(len(weights))
    for one in np.unique(origin):
        rows = origin == one
        w = weights[:, rows]
        total, events = w.sum(axis=1), w @ event[rows]
        rate = np.divide(events, total, out=np.zeros_like(total), where=total > 0)
        reference += events * (1 - rate) ** 2 + (total - events) * rate**2
    return 1 - np.divide(score, reference, out=np.full(len(weights), np.nan), where=reference > 0)


def calibration_line(chance: np.ndarray, event: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return intercept and slope of a logistic regression of what happened on the log-odds given.

    The intercept is measured at slope 1 (calibration in the large, 0 is right), the slope with a free intercept
    (1 is right; less than 1: chances too extreme).
    """
    p = np.clip(chance, 1e-9, 1 - 1e-9)
    logit = np.log(p / (1 - p))
    slopes, intercepts = np.full(len(weights), np.nan), np.full(len(weights), np.nan)
    y = event.astype(float)
    one = np.ones((len(y), 1))
    line = np.column_stack([one, logit])
    for draw, w in enumerate(weights):
        events = w @ y
        if events == 0 or events == w.sum():
            continue
        intercepts[draw] = logistic(one, y, w, logit, np.zeros(1))[0]
        slopes[draw] = logistic(line, y, w, np.zeros_like(logit), np.array([0.0, 1.0]))[1]
    return intercepts, slopes


def logistic(x: np.ndarray, y: np.ndarray, w: np.ndarray, offset: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """Fit a logistic regression by Newton's method, each step halved until it is one uphill."""

    def fit_of(beta: np.ndarray) -> float:
        eta = offset + x @ beta
        return float(w @ (y * eta - np.logaddexp(0.0, eta)))

    best = fit_of(beta)
    for _ in range(100):
        q = expit(offset + x @ beta)
        information = (x.T * (w * q * (1 - q))) @ x
        step = np.linalg.lstsq(information, x.T @ (w * (y - q)), rcond=None)[0]
        size = np.abs(step).max()
        step *= min(1.0, 5.0 / size) if size > 0 else 1.0
        for _ in range(30):
            found = fit_of(beta + step)
            if found >= best - 1e-12 * abs(best):
                break
            step /= 2
        beta, best = beta + step, found
        if size < 1e-9:
            break
    return beta


def net_benefit(
    score: np.ndarray, event: np.ndarray, origin: np.ndarray, capacities: list[int], cost: float
) -> np.ndarray:
    """Return, for each capacity, events caught less false alarms at a price, per origin.

    ``cost`` is what one false alarm is worth in caught events (0.05: twenty calls for one event caught are worth it).
    """
    one = np.ones((1, len(score)))
    n = len(np.unique(origin))
    result = []
    for capacity in capacities:
        hits, _, alerts = caught(score, event, origin, one, capacity)
        result.append(float(hits[0] - cost * (alerts[0] - hits[0])) / n)
    return np.array(result)
