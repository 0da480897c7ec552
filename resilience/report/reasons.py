"""Two or three reasons a council stands where it stands, in plain words with its own figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from resilience.model.terms import Term
from resilience.report.words import percent

#: A term is named as a reason only if it moves the log-odds by at least this much (odds by a fifth).
WORTH_SAYING = 0.2


def reason(term: Term, row: pd.Series | Mapping[str, Any], *, up: bool = True) -> str:
    """Say one term of one council in a few words.

    Parameters
    ----------
    term : Term
    row : Series
        A row of ``score``.
    up : bool
        Whether it raises the chance (words for worse) or lowers it.
    """
    value = row[term.indicator]
    if value is None or np.isnan(value):
        return f"{term.label.lower()}: not published"
    words = {
        "reserves_ratio": ("thin reserves", "strong reserves", f"{percent(value)} of net spending"),
        "unallocated_ratio": ("little unallocated reserve", "ample unallocated reserve", f"{percent(value)}"),
        "reserves_runway_years": (
            "reserves running down",
            "reserves not running down",
            _runway(value),
        ),
        "interest_to_reserves": (
            "interest heavy against reserves",
            "interest light against reserves",
            _against_reserves(value),
        ),
        "investment_income_ratio": (
            "budget leans on investment income",
            "little reliance on investment income",
            f"{percent(value)} of net spending",
        ),
        "general_fund_housing_ratio": (
            "homelessness and housing costs",
            "low homelessness and housing costs",
            f"{percent(value)} of net spending",
        ),
        "childrens_social_care_share": (
            "children's social care",
            "low share of children's social care",
            f"{percent(value)} of net spending",
        ),
        "flexible_receipts_ratio": (
            "asset sales pay for running costs",
            "no asset sales for running costs",
            f"{percent(value)} of net spending",
        ),
        "unplanned_reserves_use": (
            "reserves used beyond the budget",
            "reserves better than budgeted",
            f"{percent(abs(value))} of net spending",
        ),
        "revenue_for_capital_ratio": (
            "little capital paid from revenue",
            "capital paid from revenue leaves slack",
            f"{percent(value)} of net spending",
        ),
    }
    worse, better, figure = words.get(
        term.indicator, (term.label.lower() + " high", term.label.lower() + " low", f"{value:.3g}")
    )
    return f"{worse if up else better} ({figure})"


def _runway(years: float) -> str:
    if years >= 20:
        return "not falling over three years"
    if years < 1:
        return "under a year left at this pace"
    return f"{years:.0f} year{'s' if round(years) != 1 else ''} left at this pace"


def _against_reserves(value: float) -> str:
    """Say a year's interest against reserves; beyond twice the reserves, in times rather than per cent."""
    return f"{percent(value)} of reserves a year" if value < 2 else f"{value:.0f} times the reserves a year"


def main_reasons(row: pd.Series | Mapping[str, Any], terms: Sequence[Term], most: int = 3) -> list[str]:
    """Return what raises a council's chance most, against the median council of its tier."""
    moves = [(float(row.get(f"term: {term.name}", np.nan)), term) for term in terms]
    worth = sorted((m for m in moves if m[0] >= WORTH_SAYING), key=lambda move: -move[0])
    return [reason(term, row) for _, term in worth[:most]]


def main_strengths(row: pd.Series | Mapping[str, Any], terms: Sequence[Term], most: int = 3) -> list[str]:
    """Return what lowers a council's chance most, against the median council of its tier."""
    moves = [(float(row.get(f"term: {term.name}", np.nan)), term) for term in terms]
    worth = sorted((m for m in moves if m[0] <= -WORTH_SAYING), key=lambda move: move[0])
    return [reason(term, row, up=False) for _, term in worth[:most]]
