"""Bands by rank in the list of the day.

A band by the chance moves with the level, which no figure in the returns tells: in a quiet year nobody would be in the
highest and in a busy one half the country. A rank does not depend on it.
"""

from __future__ import annotations

import pandas as pd

#: Each band with the last rank in it. Set in advance, round numbers; never tuned.
BANDS: dict[str, float] = {"1–10": 10, "11–30": 30, "31–60": 60, "61–100": 100, "below 100": float("inf")}
#: Their names, the most at risk first.
NAMES = tuple(BANDS)


def band_at(rank: float) -> str:
    """Return the band of a rank; "" where there is none."""
    if pd.isna(rank):
        return ""
    return next(name for name, last in BANDS.items() if rank <= last)


def band_below(band: str) -> str:
    """Return the next band down; "" below the last."""
    return dict(zip(NAMES, (*NAMES[1:], ""), strict=True))[band]
