"""What the back test's predictions come to: by band, by class or region, before each notice, beside other rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from resilience.backtest.rolling import CAPACITY, POOLED_FROM, Backtest
from resilience.model.bands import NAMES
from resilience.tables.events import EventRegister


def bands_record(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return, for each band, how many councils were in it and what share went on to an event.

    Only origins whose horizon has closed count: of a half-observed one the events are seen and the councils without
    one are not yet certain. Within a closed origin, a council abolished before its end counts only if it had an event.
    """
    closed = predictions.groupby("origin")["observed"].transform("median") >= 0.999
    rows = predictions[closed & ((predictions["observed"] >= 0.999) | predictions["event"])]
    whole = rows.groupby("band").agg(councils=("event", "size"), events=("event", "sum"), mean_chance=("risk", "mean"))
    whole["share"] = whole["events"] / whole["councils"]
    return whole.reindex(list(NAMES))


def lead_times(events: EventRegister, predictions: pd.DataFrame) -> pd.DataFrame:
    """Return each council that issued a section 114(3) notice with its rank at every origin before.

    Returns
    -------
    DataFrame
        ``council, notice`` (date) and one column an origin: the rank then, missing where not at risk.
    """
    rows = events.rows
    notices = rows[(rows["event_type"] == "s114_notice") & rows["severe"]]
    notices = notices[notices["known"] >= "2018-01-01"].sort_values("known").drop_duplicates("ons_code")
    ranks = predictions.pivot(index="ons_code", columns="origin", values="rank")
    ranks.columns = [f"{one.year}" for one in ranks.columns]
    result = notices[["ons_code", "council", "known"]].rename(columns={"known": "notice"})
    return result.merge(ranks.reset_index(), on="ons_code", how="left").drop(columns="ons_code")


def by_group(predictions: pd.DataFrame, group: str, *, capacity: int = CAPACITY) -> pd.DataFrame:
    """Return events, those on the top list of their origin, and observed over expected, by class or region."""
    rows = predictions[predictions["origin"] >= pd.Timestamp(POOLED_FROM, 1, 1)]
    listed = rows["rank"] <= capacity
    table = (
        rows.assign(listed=listed, caught=listed & rows["event"])
        .groupby(group)
        .agg(
            rows=("event", "size"),
            events=("event", "sum"),
            listed=("listed", "sum"),
            caught=("caught", "sum"),
            expected=("risk_observed", "sum"),
        )
    )
    table["observed_expected"] = table["events"] / table["expected"]
    return table


def best_of(rivals: Mapping[str, Any], measure: str = "auc") -> str:
    """Return the name of the rule that does best; the prior alone is ours and no rival."""
    others = {name: found for name, found in rivals.items() if name != "prior alone"}
    return max(others, key=lambda name: others[name][measure]["value"] or 0.0)


def best_rival(result: Backtest, measure: str = "auc") -> str:
    """Return the name of the rule that does best over the pooled origins."""
    return best_of(result.pooled["rivals"], measure)
