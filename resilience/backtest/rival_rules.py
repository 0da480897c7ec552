"""The formulas of other people's rules: one day's known figures in, one figure a council out.

Each function takes ``KnownFigures.table`` (or anything with its columns, one row a council, indexed by ``ons_code``)
and returns a series on its index, missing where the rule can say nothing. `rivals` says whose each is and ranks by it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from resilience.indicators.comparisons import UNLIKE_OTHERS

#: CIPFA 2018: the weights of the four measures that the outturn gives.
CIPFA_WEIGHTS = {"level": 0.25, "change": 0.25, "grants": 0.10, "care and interest": 0.15}
#: CIPFA's index: indicator and whether a high figure is the worse.
CIPFA_INDICATORS = {
    "reserves_runway_years": False,
    "reserves_ratio": False,
    "reserves_change_percent": False,
    "interest_ratio": True,
    "social_care_share": True,
    "council_tax_share": False,
    "fees_and_charges_share": False,
}
WORST_SHARE = 0.10

GRANT_THORNTON_YEARS = 3


def column(known: pd.DataFrame, name: str) -> pd.Series:
    """Return an indicator, all missing where it is not computed."""
    if name not in known.columns:
        return pd.Series(np.nan, index=known.index)
    return known[name].astype(float)


def change_in_percent(known: pd.DataFrame) -> pd.Series:
    """Return the change of reserves over three years as a fraction of what they were, from -1 to 1."""
    change = column(known, "reserves_change_3y")
    before = column(known, "reserves_ratio") - change
    # Nothing to begin with (under 0.5% of spending): the change is judged against that floor.
    return (change / before.clip(lower=0.005)).clip(-1.0, 1.0)


def grant_dependence(known: pd.DataFrame) -> pd.Series:
    """Return grants over net revenue expenditure, or what council tax does not pay where that is not computed."""
    grants = column(known, "grant_share")
    return grants.where(grants.notna(), 1 - column(known, "council_tax_share"))


def between_best_and_worst(values: pd.Series, groups: pd.Series) -> pd.Series:
    """Put values on 0 to 1 within each group; 0.5 where all are alike.

    The councils like no other set no group's range; they are put on it and cut.
    """
    ordinary = values.where(~values.index.isin(UNLIKE_OTHERS)).groupby(groups)
    low, high = ordinary.transform("min"), ordinary.transform("max")
    spread = (high - low).where(high > low)
    return ((values - low) / spread).clip(0.0, 1.0).where(spread.notna(), values * 0.0 + 0.5)


def cipfa_composite(known: pd.DataFrame) -> pd.Series:
    """Return CIPFA's composite of 2018 over the measures a council has; the level of reserves must be there."""
    care = column(known, "social_care_share")
    care = care.where(known["class"] != "SD", care.fillna(0.0))
    measures = {
        "level": -column(known, "reserves_ratio"),
        "change": -change_in_percent(known),
        "grants": grant_dependence(known),
        "care and interest": care + column(known, "interest_ratio"),
    }
    scaled = pd.DataFrame({name: between_best_and_worst(values, known["class"]) for name, values in measures.items()})
    weights = pd.Series(CIPFA_WEIGHTS)
    total = scaled.mul(weights).sum(axis=1) / scaled.notna().mul(weights).sum(axis=1).replace(0.0, np.nan)
    return total.where(scaled["level"].notna())


def cipfa_flag_count(known: pd.DataFrame) -> pd.Series:
    """Count the indicators on which a council is in the worst tenth of its class."""
    values = known.assign(reserves_change_percent=change_in_percent(known))
    count = pd.Series(0.0, index=known.index)
    for name, high_is_worse in CIPFA_INDICATORS.items():
        by_class = column(values, name).groupby(known["class"])
        # Councils level with one another share the better place: a tie never makes the worst tenth larger.
        place = by_class.rank(ascending=not high_is_worse, method="max")
        count += (place <= np.maximum(1, np.floor(by_class.transform("count") * WORST_SHARE))).astype(float)
    return count.where(column(known, "reserves_ratio").notna())


def projected_reserves(known: pd.DataFrame, years: int = GRANT_THORNTON_YEARS) -> pd.Series:
    """Run reserves over net revenue expenditure forward at the last three years' average change."""
    return column(known, "reserves_ratio") + column(known, "reserves_change_3y") / 3 * years


def years_at_last_use(known: pd.DataFrame) -> pd.Series:
    """Return the years reserves last at the last year's rate of use; without end where they did not fall."""
    use = -column(known, "reserves_change_1y")
    years = column(known, "reserves_ratio").clip(lower=0.0) / use.where(use > 0)
    return years.where(~(use <= 0) | column(known, "reserves_ratio").isna(), np.inf)
