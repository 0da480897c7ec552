"""How much of each indicator there is, by class and year."""

from __future__ import annotations

from typing import Any

import pandas as pd

from resilience.indicators.coverage import coverage, in_being
from resilience.indicators.definitions import CLASSES
from resilience.report.wording import dictionary as wording
from resilience.years import outturn_year_of


def view(indicators: pd.DataFrame) -> dict[str, Any]:
    """Return the coverage of every indicator: ``years``, and for each class its ``councils`` a year and ``rows``.

    Parameters
    ----------
    indicators : DataFrame
        From ``compute_indicators``.
    """
    shares, councils = coverage(indicators), in_being(indicators)
    years = list(shares.columns)
    return {
        "years": [outturn_year_of(year) for year in years],
        "classes": [
            {
                "title": wording.CLASSES[kind],
                "councils": [int(n) for n in councils.loc[kind].reindex(years, fill_value=0)],
                "rows": [
                    {"indicator": str(name), "cells": [_cell(share) for share in row]}
                    for name, row in shares.xs(kind, level="class").iterrows()
                ],
            }
            for kind in CLASSES
        ],
    }


def _cell(share: float) -> str:
    """Write a share: "·" for none, "*" for all, otherwise per cent, never 0 or 100."""
    if not share > 0:
        return "·"
    return "*" if share == 1 else f"{min(max(share * 100, 1), 99):.0f}"
