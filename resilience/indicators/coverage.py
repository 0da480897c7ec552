"""How much of each indicator there is, by class and year."""

from __future__ import annotations

import pandas as pd

from resilience.indicators.definitions import CLASSES, load_definitions


def coverage(indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the share of councils with a value.

    Parameters
    ----------
    indicators : DataFrame
        From ``compute_indicators``; rows built for successors are left out.

    Returns
    -------
    DataFrame
        Index ``indicator, class``, one column a year: the fraction of the councils in being that have a value.
        Only classes an indicator applies to.
    """
    rows = indicators[~indicators["built"].astype(bool)]
    definitions = load_definitions()
    names = [name for name in definitions if name in rows]
    keys = [rows["class"], rows["year"]]
    share = rows[names].notna().groupby(keys).mean().stack().unstack("year")
    share.index.names = ["class", "indicator"]
    wanted = [(kind, name) for name in names for kind in CLASSES if kind in definitions[name].classes]
    found = share.reindex(pd.MultiIndex.from_tuples(wanted, names=["class", "indicator"]))
    return found.swaplevel()


def in_being(indicators: pd.DataFrame) -> pd.DataFrame:
    """Return how many councils were in being: index class, one column a year; rows built for successors left out."""
    rows = indicators[~indicators["built"].astype(bool)]
    return rows.groupby(["class", "year"]).size().unstack("year", fill_value=0)
