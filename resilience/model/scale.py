"""The scale of a day: where each figure stands in its tier, what a family comes to, and the level of the chances.

Everything that is scored is put on such a scale: all councils on their own day's, one council's own figures or a
merged council on the day's as well, the figures of an earlier day on a later one's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
import pandas as pd
from scipy.special import ndtri

from resilience.model.calibration import BaseRate
from resilience.model.families import Family, Term, terms_of

TIERS = ("upper", "lower")
#: The weight of an upper-tier council, beside the families'.
UPPER = "upper tier"
#: So many spreads from the median count, and no more: further out hardly any council has been seen.
CUT = 3.0
#: A family in which all councils of a tier stand alike tells nothing.
NO_SPREAD = 1e-9


@dataclass(frozen=True, eq=False)
class Ladder:
    """The normal score of every figure that a tier's councils have of one indicator.

    Attributes
    ----------
    values, scores : ndarray of shape (n_different_figures,)
        The figures turned so that more is worse, rising, and the normal score of each; ties share their mean rank.
    median : float
        Of all councils with a figure, turned in the same way.
    """

    values: np.ndarray
    scores: np.ndarray
    median: float

    @classmethod
    def of(cls, values: np.ndarray) -> Self:
        """Rank a tier's figures: the normal score of (rank - 1/2) / number, as Hazen has it."""
        there = values[~np.isnan(values)]
        if not len(there):
            return cls(np.empty(0), np.empty(0), float("nan"))
        different, times = np.unique(there, return_counts=True)
        mean_ranks = np.cumsum(times) - (times - 1) / 2
        return cls(different, ndtri((mean_ranks - 0.5) / len(there)), float(np.median(there)))

    def place(self, values: np.ndarray) -> np.ndarray:
        """Return the scores of any figures: between two of the tier's in proportion, beyond its ends the end's."""
        if not len(self.values):
            return np.full(np.shape(values), np.nan)
        return np.where(np.isnan(values), np.nan, np.interp(values, self.values, self.scores))


@dataclass(frozen=True, eq=False)
class TierScale:
    """What one tier's councils are measured against on a day.

    Attributes
    ----------
    ladders : mapping of str to Ladder
        By indicator's name in families.toml.
    centre, spread : mapping of str to float
        By family: the median of its councils' mean scores, and half the distance of their 16th and 84th percentile; a
        spread of 0 where the family tells nothing.
    """

    ladders: Mapping[str, Ladder]
    centre: Mapping[str, float]
    spread: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Scale:
    """What a log-odds is measured against.

    Attributes
    ----------
    as_of : date
        The day it was taken.
    tiers : mapping of str to TierScale
    base_rate : BaseRate
        First events of the latest closed year, from which the level comes.
    intercept : float
        Log-odds of a lower-tier council at the median of every family.
    levels : ndarray of shape (n_draws,)
        The intercept of each of the model's draws; empty where no intervals are wanted.
    """

    as_of: date
    tiers: Mapping[str, TierScale]
    base_rate: BaseRate
    intercept: float
    levels: np.ndarray

    def medians(self, terms: Sequence[Term], tier: str) -> dict[str, float]:
        """Return each indicator in the median council of a tier; missing where it is not asked of the tier."""
        own = self.tiers[tier].ladders
        return {
            term.name: float(term.undirected(own[term.name].median)) if term.name in own else float("nan")
            for term in terms
        }


@dataclass(frozen=True, eq=False)
class Placed:
    """Councils on a scale.

    Attributes
    ----------
    scores : DataFrame
        One column an indicator: its normal score; missing where there is no figure or it is not asked of the tier.
    parts : DataFrame
        One column an indicator: its share of the family's value, 0 where it has none. A family's shares add up to it.
    families : DataFrame
        One column a family, in spreads from the tier's median, cut off at ``CUT`` and multiplied by the reliability of
        what was carried forward (0 without a figure); and ``upper tier``, 1 or 0.
    reliability : DataFrame
        One column a family: what its value was multiplied by.
    without_figure, cut : DataFrame of bool
        One column a family: no indicator of it is known; its value was cut off.
    """

    scores: pd.DataFrame
    parts: pd.DataFrame
    families: pd.DataFrame
    reliability: pd.DataFrame
    without_figure: pd.DataFrame
    cut: pd.DataFrame


def mean_scores(scores: np.ndarray) -> np.ndarray:
    """Return the mean over the indicators that a council has; missing without any."""
    count = (~np.isnan(scores)).sum(axis=1)
    total = np.nansum(scores, axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def centre_and_spread(means: np.ndarray) -> tuple[float, float]:
    """Return the median and half the distance of the 16th and 84th percentile; 0, 0 without a figure."""
    there = means[~np.isnan(means)]
    if not len(there):
        return 0.0, 0.0
    low, centre, high = np.quantile(there, [0.16, 0.5, 0.84])
    spread = float(high - low) / 2
    return float(centre), spread if spread > NO_SPREAD else 0.0


def family_value(scores: np.ndarray, centre: float, spread: float) -> np.ndarray:
    """Return a family's value from its indicators' scores, cut off; 0 where there is no figure or no spread."""
    if spread == 0.0:
        return np.zeros(len(scores))
    return np.nan_to_num(np.clip((mean_scores(scores) - centre) / spread, -CUT, CUT), nan=0.0)


def tiers_of(known: pd.DataFrame, families: Sequence[Family]) -> dict[str, TierScale]:
    """Measure each tier's figures and families on one day's population.

    Parameters
    ----------
    known : DataFrame
        One row a council (``KnownFigures.scorable``), those with an event included: they are part of the tier.
    families : sequence of Family
    """
    result = {}
    for tier in TIERS:
        group = known[known["tier"] == tier]
        ladders: dict[str, Ladder] = {}
        centre: dict[str, float] = {}
        spread: dict[str, float] = {}
        for family in families:
            terms = family.in_tier(tier)
            if not terms:
                continue
            directed = {term.name: term.directed(group[term.indicator]) for term in terms}
            own = {name: Ladder.of(values) for name, values in directed.items()}
            scores = np.column_stack([own[name].place(values) for name, values in directed.items()])
            centre[family.name], spread[family.name] = centre_and_spread(mean_scores(scores))
            ladders |= own
        result[tier] = TierScale(ladders, centre, spread)
    return result


def place(
    known: pd.DataFrame,
    families: Sequence[Family],
    tiers: Mapping[str, TierScale],
    reliability: pd.DataFrame | None = None,
) -> Placed:
    """Put councils on a scale.

    Parameters
    ----------
    known : DataFrame
        One row a council with ``tier`` and the indicators.
    families : sequence of Family
    tiers : mapping of str to TierScale
        From :func:`tiers_of`.
    reliability : DataFrame, optional
        On the same index, one column a family: what its value is multiplied by (``Reliability.of``); 1 by default.
    """
    names = [term.name for term in terms_of(tuple(families))]
    on = known.index
    scores = pd.DataFrame(np.nan, index=on, columns=names)
    parts = pd.DataFrame(0.0, index=on, columns=names)
    values = pd.DataFrame(0.0, index=on, columns=[family.name for family in families])
    without = pd.DataFrame(True, index=on, columns=values.columns)
    cut = pd.DataFrame(False, index=on, columns=values.columns)
    if reliability is None:
        reliability = pd.DataFrame(1.0, index=on, columns=values.columns)
    for tier in TIERS:
        rows = (known["tier"] == tier).to_numpy()
        if not rows.any():
            continue
        own = tiers[tier]
        for family in families:
            terms = family.in_tier(tier)
            if not terms:
                continue
            called = [term.name for term in terms]
            found = np.column_stack(
                [own.ladders[term.name].place(term.directed(known.loc[rows, term.indicator])) for term in terms]
            )
            value = family_value(found, own.centre[family.name], own.spread[family.name])
            times = reliability.loc[rows, family.name].to_numpy()
            scores.loc[rows, called] = found
            parts.loc[rows, called] = (
                _shares(found, own.centre[family.name], own.spread[family.name])
                * (np.broadcast_to(times, len(found))[:, None])
            )
            values.loc[rows, family.name] = value * times
            without.loc[rows, family.name] = np.isnan(found).all(axis=1)
            cut.loc[rows, family.name] = np.abs(value) >= CUT
    values[UPPER] = (known["tier"] == "upper").astype(float)
    return Placed(scores, parts, values, reliability, without, cut)


def _shares(scores: np.ndarray, centre: float, spread: float) -> np.ndarray:
    """Return each indicator's share of its family's value: what it adds to the mean, shrunk where that is cut off."""
    if spread == 0.0:
        return np.zeros(scores.shape)
    count = np.maximum((~np.isnan(scores)).sum(axis=1), 1)[:, None]
    shares = np.nan_to_num((scores - centre) / (count * spread), nan=0.0)
    total = shares.sum(axis=1)
    cut = np.abs(total) > CUT
    return np.asarray(shares * np.where(cut, CUT / np.where(cut, np.abs(total), 1.0), 1.0)[:, None])
