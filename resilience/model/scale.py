"""The scale of a day: the median and spread of every term in each tier, and the level of the chances.

Everything that is scored is put on such a scale: all councils on their own day's, one council's own figures or a
merged council on the day's as well, the figures of an earlier day on a later one's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from resilience.model.calibration import BaseRate
from resilience.model.terms import Term

TIERS = ("upper", "lower")
#: The weight of an upper-tier council, beside the terms'.
UPPER = "upper tier"
#: So many spreads from the median count, and no more: further out hardly any council has been seen.
CUT = 3.0

#: tier → term → ``centre`` and ``spread``, in transformed units.
Centres = Mapping[str, Mapping[str, Mapping[str, float]]]


@dataclass(frozen=True, eq=False)
class Scale:
    """What a log-odds is measured against.

    Attributes
    ----------
    as_of : date
        The day it was taken.
    centres : mapping
        tier → term → ``centre`` and ``spread``.
    base_rate : BaseRate
        First events of the latest closed year, from which the level comes.
    intercept : float
        Log-odds of a lower-tier council at the median on every term.
    levels : ndarray of shape (n_draws,)
        The intercept of each of the model's draws; empty where no intervals are wanted.
    """

    as_of: date
    centres: Centres
    base_rate: BaseRate
    intercept: float
    levels: np.ndarray

    def medians(self, terms: Sequence[Term], tier: str) -> dict[str, float]:
        """Return each term's indicator in the median council of a tier; missing where it is not asked of the tier."""
        own = self.centres[tier]
        return {
            term.name: float(term.untransformed(own[term.name]["centre"])) if term.name in own else float("nan")
            for term in terms
        }


def centres_of(known: pd.DataFrame, terms: Sequence[Term]) -> dict[str, dict[str, dict[str, float]]]:
    """Measure each tier's median and spread of every term on one day's population.

    Parameters
    ----------
    known : DataFrame
        One row a council (``KnownFigures.scorable``), those with an event included: they are part of the tier.
    terms : sequence of Term

    Returns
    -------
    dict
        tier → term → ``centre`` and ``spread``, in transformed units.
    """
    result: dict[str, dict[str, dict[str, float]]] = {}
    for tier in TIERS:
        group = known[known["tier"] == tier]
        result[tier] = {}
        for term in terms:
            if tier not in term.tiers:
                continue
            values = term.transformed(group[term.indicator].dropna())
            if len(values):
                low, centre, high = np.quantile(values, [0.16, 0.5, 0.84])
                spread = max((high - low) / 2, term.smallest_spread)
            else:
                centre, spread = 0.0, term.smallest_spread
            result[tier][term.name] = {"centre": float(centre), "spread": float(spread)}
    return result


def on_scale(known: pd.DataFrame, terms: Sequence[Term], centres: Centres) -> pd.DataFrame:
    """Put every council's terms on the scale.

    Returns
    -------
    DataFrame
        On the index of ``known``: one column a term (0 at the tier's median; 0 also where the term does not apply
        to the tier, or the council never published the line: it then says nothing either way) and ``upper tier``
        (1 or 0).
    """
    result = pd.DataFrame(0.0, index=known.index, columns=[term.name for term in terms])
    for tier in TIERS:
        rows = (known["tier"] == tier).to_numpy()
        for term in terms:
            if tier not in term.tiers:
                continue
            at = centres[tier][term.name]
            values = (term.transformed(known.loc[rows, term.indicator]) - at["centre"]) / at["spread"]
            result.loc[rows, term.name] = np.nan_to_num(np.clip(values, -CUT, CUT), nan=0.0)
    result[UPPER] = (known["tier"] == "upper").astype(float)
    return result


def design_matrix(rows: pd.DataFrame, terms: Sequence[Term]) -> pd.DataFrame:
    """Put the terms of every row of origins × councils on the scale of its own origin's population."""
    parts = []
    for _, group in rows.groupby("origin", sort=True):
        scorable = group[group["reserves_ratio"].notna()]
        parts.append(on_scale(group, terms, centres_of(scorable, terms)))
    return pd.concat(parts).loc[rows.index]
