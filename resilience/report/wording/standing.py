"""Where a council stands on a day, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from resilience.formatting import chance
from resilience.indicators.known import NO_FIGURES, NO_LIKE
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY

#: Why the figures of a council give no score (``KnownFigures.not_scored``), in words.
NOT_SCORED = {
    "": "",
    NO_FIGURES: "no complete return in the last four years",
    NO_LIKE: "no council compares with it",
}


def standing(row: Mapping[str, Any] | pd.Series) -> str:
    """Say it: "ranked 11–30 (12%)", "event September 2023", "no council compares with it".

    Parameters
    ----------
    row : mapping or Series
        With ``status``, ``not_scored_because``, ``risk``, ``band`` and ``event_date``, as in ``ScoredDay.table``.
    """
    if row["status"] == AT_RISK:
        return f"ranked {row['band']} ({chance(row['risk'])})"
    if row["status"] == EVENT_ALREADY:
        return f"event {pd.Timestamp(row['event_date']):%B %Y}"
    return NOT_SCORED[row["not_scored_because"]]
