"""Origin × council: what was known then, and what happened next.

An *origin* is a day on which a list could have been drawn up (1 January by custom). For each council in being on
that day the table gives what was known (figures published and events announced before it) and, kept well apart,
what followed within the horizon.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd

from resilience.councils import load_councils
from resilience.errors import DataError
from resilience.events import OUTCOMES, onsets
from resilience.indicators.compute import KEYS
from resilience.indicators.definitions import by_source

HORIZONS = (12, 24, 36)

AT_RISK = "at risk"
EVENT_ALREADY = "event already"
NOT_SCORABLE = "cannot be scored"

#: A council whose last complete return is older than this many years on the day cannot be scored.
OLDEST_RETURN_YEARS = 4
#: A single line missing from the newest year is carried forward from at most this many years before it.
CARRY_YEARS = 3

#: Without these nothing can be said of a council.
CORE = "reserves_ratio"


def known_on(indicators: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return what was known of each council in being on a day, one row a council.

    Parameters
    ----------
    indicators : DataFrame
        From ``compute_indicators``.
    as_of : date
        Only years whose figures came out before this day count.

    Returns
    -------
    DataFrame
        Index ``ons_code``. The columns of ``indicators``: keys are those of the newest year known with net revenue
        expenditure and reserves; an indicator missing in that year is the council's own last figure of at most
        three years before (never another council's), and ``carried`` names those with their year, e.g.
        "unallocated_ratio 2023-24; …". A council without any such year has missing figures. An indicator from a
        publication other than the outturn counts only where that too came out before the day (``known_from_…``).
    """
    day = pd.Timestamp(as_of)
    register = load_councils()
    starts, ends = pd.to_datetime(register["start_date"]), pd.to_datetime(register["end_date"])
    in_being = (starts.isna() | (starts <= day)) & (ends.isna() | (ends >= day))
    being = register[in_being].drop_duplicates("ons_code").set_index("ons_code")

    known = indicators[
        (pd.to_datetime(indicators["known_from"]) < day)
        & indicators["ons_code"].isin(being.index)
        & (indicators["year"] >= day.year - OLDEST_RETURN_YEARS - CARRY_YEARS)
    ].sort_values(["ons_code", "year"], kind="stable")
    known = _without_unpublished(known, day)
    figures = [n for n in indicators.columns if n not in KEYS and not n.startswith("known_from_")]

    complete = known[known[CORE].notna() & (known["year"] >= day.year - OLDEST_RETURN_YEARS)]
    newest = complete.drop_duplicates("ons_code", keep="last").set_index("ons_code")
    result = newest.reindex(being.index)
    for name, source in (("council", "council"), ("class", "class"), ("region", "region"), ("tier", "tier")):
        result[name] = being[source]

    ages = known["year"].to_numpy() - known["ons_code"].map(newest["year"]).to_numpy()
    values = result[figures].to_numpy(dtype=float)
    carried = [""] * len(result)
    for age in range(-1, -CARRY_YEARS - 1, -1):
        older = known[ages == age].set_index("ons_code").reindex(result.index)
        fill = older[figures].to_numpy(dtype=float)
        take = np.isnan(values) & ~np.isnan(fill)
        values = np.where(take, fill, values)
        years = older["outturn_year"].to_numpy()
        for row, column in zip(*np.nonzero(take), strict=True):
            carried[row] += f"{figures[column]} {years[row]}; "
            # An unallocated balance of exactly nought is worth a second look wherever it is shown.
            if figures[column] == "unallocated_ratio" and "unallocated_zero" in str(older["flags"].iloc[row]):
                result.iloc[row, result.columns.get_loc("flags")] += ";unallocated_zero"
    result[figures] = values
    result["carried"] = [text.removesuffix("; ") for text in carried]
    result["built"] = result["built"].fillna(False).astype(bool)
    result.index.name = "ons_code"
    return result


def _without_unpublished(known: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Blank the figures of publications that came out on the day or later, though the outturn beside them was out."""
    known = known.copy()
    for source, names in by_source().items():
        column = f"known_from_{source}"
        if column in known:
            out = (pd.to_datetime(known[column]) < day).to_numpy()
            known.loc[~out, [name for name in names if name in known]] = np.nan
    return known


def risk_set(
    indicators: pd.DataFrame,
    events: pd.DataFrame,
    origins: Iterable[date],
    *,
    horizon: int = 24,
    outcome: str = "distress",
) -> pd.DataFrame:
    """Build the table of origins × councils.

    Parameters
    ----------
    indicators : DataFrame
        From ``compute_indicators``.
    events : DataFrame
        From ``load_events``.
    origins : iterable of date
        The days to look from.
    horizon : {12, 24, 36}
        Months looked ahead.
    outcome : {"distress", "severe"}
        What counts as an event.

    Returns
    -------
    DataFrame
        One row an origin and council in being then: ``origin``, ``ons_code``, all of :func:`known_on`, ``status``
        ("at risk", "event already" or "cannot be scored"), and what came next: ``event`` (bool), ``event_date``,
        ``observed`` (share of the horizon that was observed: less than 1 where the register or the council ends
        sooner) and ``closed`` (the whole horizon lies within the register).

    Raises
    ------
    DataError
        If the horizon or outcome is none of those above.
    """
    if horizon not in HORIZONS:
        raise DataError(f"A horizon of {horizon} months is not kept; choose one of 12, 24, 36.")
    if outcome not in OUTCOMES:
        raise DataError(f"'{outcome}' is no outcome; choose one of {', '.join(OUTCOMES)}.")
    first = onsets(events, outcome=outcome)
    register_end = pd.Timestamp(events.attrs["to"]) + pd.Timedelta(days=1)
    ends = load_councils().drop_duplicates("ons_code").set_index("ons_code")["end_date"]
    ends = pd.to_datetime(ends)
    tables = []
    for origin in origins:
        start = pd.Timestamp(origin)
        until = start + pd.DateOffset(months=horizon)
        table = known_on(indicators, start.date()).reset_index()
        happened = first["date"].reindex(table["ons_code"]).reset_index(drop=True)
        before = (happened < start).to_numpy()
        table.insert(0, "origin", start)
        table["status"] = np.where(before, EVENT_ALREADY, np.where(table[CORE].notna(), AT_RISK, NOT_SCORABLE))
        # A council that is abolished is watched until its last day.
        watched_to = table["ons_code"].map(ends).add(pd.Timedelta(days=1)).fillna(until).clip(upper=until)
        watched_to = watched_to.clip(upper=register_end)
        table["event"] = ((happened >= start) & (happened < watched_to)).to_numpy()
        table["event_date"] = happened.where(happened < watched_to)
        table["observed"] = ((watched_to - start) / (until - start)).clip(lower=0.0)
        table.loc[table["event"], "observed"] = table.loc[table["event"], "observed"].clip(lower=1e-9)
        table["closed"] = bool(until <= register_end)
        tables.append(table)
    rows = pd.concat(tables, ignore_index=True)
    rows.attrs = {"horizon": horizon, "outcome": outcome}
    return rows


def yearly(first: int, last: int) -> list[date]:
    """Return 1 January of each year from first to last."""
    return [date(year, 1, 1) for year in range(first, last + 1)]
