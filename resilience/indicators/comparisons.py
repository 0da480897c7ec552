"""Where a council stands among its like, on each year's own population, and the figures of whole groups.

A percentile says how many of the group stand better: 100 is the worst of the group in the indicator's own
direction (definitions.toml), ties share the middle of their ranks, and an indicator with no worse direction counts
upwards. Ranks, not averages, so that a tiny denominator moves nobody but its own council.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from resilience.councils.lineage import with_lineage
from resilience.errors import DataError
from resilience.indicators.compute import chosen, tiers
from resilience.indicators.definitions import describe, load_definitions
from resilience.indicators.formulas import REGISTRY, Books

#: Below this many councils with a value, no percentile is given.
SMALLEST_GROUP = 8
#: City of London (E09000001) and Isles of Scilly (E06000053) are told where they would stand, and are nobody's peers.
UNLIKE_OTHERS = ("E09000001", "E06000053")
GROUPS: dict[str, tuple[str, ...]] = {
    "tier": ("year", "tier"),
    "class": ("year", "class"),
    "region": ("year", "tier", "region"),
}


def percentiles(
    indicators: pd.DataFrame,
    *,
    by: str = "class",
    neighbours: Mapping[str, Sequence[str]] | None = None,
    smallest: int = SMALLEST_GROUP,
) -> pd.DataFrame:
    """Return each council's standing within its group in each year.

    Parameters
    ----------
    indicators : DataFrame
        From ``compute_indicators``.
    by : {"class", "tier", "region", "neighbours"}
        The group: the same year and the same class, tier, tier and region, or the statistical neighbours.
    neighbours : mapping of str to sequence of str, optional
        ONS code → codes of its statistical neighbours, itself among them or not; needed for "neighbours".
    smallest : int
        The smallest number of councils with a value for which a percentile is given.

    Returns
    -------
    DataFrame
        On the same index, one column an indicator: 0 to 100, 100 the worst (the highest, where neither direction is
        worse). Missing where the value is, where the group is too small, for classes the indicator does not apply
        to, and in rows built for successors: only councils in being in the year, by figures of their own, are
        compared.

    Raises
    ------
    DataError
        If the group is none of the four, or neighbours are wanted and not given.
    """
    definitions = load_definitions()
    names = [name for name in indicators.columns if name in definitions]
    values = indicators[names].to_numpy(dtype=float)
    signs = np.array([-1.0 if definitions[name].worse == "lower" else 1.0 for name in names])
    values = values * signs
    own = ~indicators["built"].astype(bool).to_numpy()
    applies = np.column_stack([indicators["class"].isin(definitions[name].classes) for name in names])
    values = np.where(applies & own[:, None], values, np.nan)
    peers = own & ~indicators["ons_code"].isin(UNLIKE_OTHERS).to_numpy()

    result = np.full(values.shape, np.nan)
    for rows, group in _groups(indicators, by, neighbours):
        reference = values[group[peers[group]]]
        result[rows] = _standing(values[rows], reference, smallest)
    return pd.DataFrame(result, index=indicators.index, columns=names)


def _groups(
    indicators: pd.DataFrame, by: str, neighbours: Mapping[str, Sequence[str]] | None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield positions of rows to place, and positions of the group to place them in."""
    if by in GROUPS:
        for found in indicators.groupby(list(GROUPS[by]), observed=True).indices.values():
            yield found, found
        return
    if by != "neighbours":
        raise DataError(f"'{by}' is not a comparison group; choose among {', '.join(GROUPS)}, neighbours.")
    if neighbours is None:
        raise DataError("Neighbours are needed and none are given; pass neighbours=code → list of codes.")
    for positions in indicators.groupby("year").indices.values():
        at = dict(zip(indicators["ons_code"].to_numpy()[positions], positions, strict=True))
        for code, position in at.items():
            if code in neighbours:
                group = [at[one] for one in dict.fromkeys((code, *neighbours[code])) if one in at]
                yield np.array([position]), np.array(group)


def _standing(values: np.ndarray, reference: np.ndarray, smallest: int) -> np.ndarray:
    """Return the middle rank of values among a reference, 0 to 100, column by column."""
    if len(values) == 1:  # one council among its neighbours: all columns at once
        count = (~np.isnan(reference)).sum(axis=0)
        twice = (reference < values).sum(axis=0) * 2 + (reference == values).sum(axis=0)
        enough = (count >= max(smallest, 1)) & ~np.isnan(values[0])
        return np.where(enough, 50.0 * twice / np.maximum(count, 1), np.nan)[None, :]
    result = np.full(values.shape, np.nan)
    for column in range(values.shape[1]):
        known = np.sort(reference[:, column][~np.isnan(reference[:, column])])
        if len(known) < max(smallest, 1):
            continue
        wanted = values[:, column]
        below, up_to = np.searchsorted(known, wanted, "left"), np.searchsorted(known, wanted, "right")
        standing = 50.0 * (below + up_to) / len(known)
        result[:, column] = np.where(np.isnan(wanted), np.nan, standing)
    return result


def aggregate(
    panel: pd.DataFrame, name: str, *, by: str = "tier", switches: Mapping[str, bool] | None = None
) -> pd.DataFrame:
    """Return the figure of whole groups: the sum of the amounts over the sum of net revenue expenditure.

    Parameters
    ----------
    panel : DataFrame
        From ``load_panel()``, rows built for successors or not.
    name : str
        An indicator that is a ratio to net revenue expenditure.
    by : str
        A key of the councils: "tier", "class" or "region".
    switches : mapping of str to bool, optional
        As in ``compute_indicators``.

    Returns
    -------
    DataFrame
        One row a group, one column a year. Every principal council counts that published both amounts, however
        small its net revenue expenditure; rows built for successors do not.

    Raises
    ------
    DataError
        If there is no such indicator or key, or a switch is unknown.
    """
    setting = chosen(switches)
    describe(name)
    frame = panel if "built" in panel.columns else with_lineage(panel)
    frame = frame.reset_index(drop=True).assign(tier=tiers(frame["class"]).to_numpy())
    if by not in frame:
        raise DataError(f"'{by}' is not a column of the councils; choose tier, class or region.")
    books = Books(frame, setting, smallest=-np.inf)
    size = books.net_revenue_expenditure
    amounts = REGISTRY[name](books) * size
    own = ~frame["built"].astype(bool) & amounts.notna()
    keys = [frame.loc[own, by], frame.loc[own, "year"]]
    return (amounts[own].groupby(keys).sum() / size[own].groupby(keys).sum()).unstack("year")
