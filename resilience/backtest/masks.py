"""Lines that a list has to do without, taken from past lists too: what it costs that the newest years lack them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from resilience.indicators.known import published_before


@dataclass(frozen=True)
class Mask:
    """Indicators blanked in the newest years known on a day, so that older figures are carried forward.

    Attributes
    ----------
    name : str
        What it is called in tables and files.
    years : mapping of str to int
        Indicator → in how many of the newest years it is missing.
    """

    name: str
    years: Mapping[str, int] = field(default_factory=dict, hash=False)

    def applied(self, indicators: pd.DataFrame, day: date) -> pd.DataFrame:
        """Return the indicators as they would stand if the newest years known on the day lacked these lines.

        Parameters
        ----------
        indicators : DataFrame
            From ``compute_indicators``; it is not changed.
        day : date
        """
        if not self.years:
            return indicators
        newest = indicators.loc[published_before(indicators, day), "year"].max()
        changed = indicators.copy()
        for name, count in self.years.items():
            changed.loc[changed["year"].between(newest - count + 1, newest), name] = np.nan
        return changed


NONE = Mask("none")
#: What the figures lack today: nobody publishes these lines for the newest years; a test holds it against the tables.
TODAY = Mask(
    "today",
    {
        "investment_income_ratio": 2,
        "flexible_receipts_ratio": 2,
        "revenue_for_capital_ratio": 2,
        "unplanned_reserves_use": 2,
        "general_fund_housing_ratio": 1,
    },
)
#: What the second-hand years of release 0.1.0 lacked.
OLD = Mask(
    "0.1.0",
    dict.fromkeys(
        (
            "unallocated_ratio",
            "investment_income_ratio",
            "general_fund_housing_ratio",
            "childrens_social_care_share",
            "flexible_receipts_ratio",
            "revenue_for_capital_ratio",
            "unplanned_reserves_use",
        ),
        2,
    ),
)
MASKS = (NONE, TODAY, OLD)
