"""The record an audit committee can follow: what the lists caught and missed, false alarms, other rules, bands."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from resilience.backtest.past_lists import CAUGHT, FALSE_ALARM, MISSED, OPEN, January
from resilience.backtest.rolling import CAPACITY, POOLED_FROM, Backtest
from resilience.backtest.summaries import bands_record
from resilience.model.bands import NAMES
from resilience.model.scoring import ScoredDay

#: Ends of the ranges of chances in the calibration table.
RANGES = (0.0, 0.02, 0.05, 0.10, 0.25, 0.50, 1.0)
#: The back test's measure of events among the first of each list.
RECALL = f"recall_at_{CAPACITY}"
#: From this many times the events expected, and two more, their number counts as a surprise.
SURPRISE = 2


@dataclass(frozen=True)
class Totals:
    """What the lists over which the figures are pooled came to.

    Attributes
    ----------
    first, last, lists : int
        The Januaries, and how many.
    events, councils : int
        First events within a horizon, a council counting once a list; how many councils these were.
    caught, missed : int
        Of the events.
    places : int
        On the lists.
    no_event, open : int
        Places without an event, the horizon being over, and not.
    expected : float
        Events.
    """

    first: int
    last: int
    lists: int
    events: int
    councils: int
    caught: int
    missed: int
    places: int
    no_event: int
    open: int
    expected: float


def pooled_rows(result: Backtest) -> pd.DataFrame:
    """Return the predictions that the pooled figures are of: those observed, of the later origins where there are."""
    rows = result.predictions
    later = rows["origin"] >= pd.Timestamp(POOLED_FROM, 1, 1)
    rows = rows[later] if later.any() else rows
    return rows[rows["observed"] > 0]


def totals(rows: pd.DataFrame) -> Totals:
    """Add up what the lists came to.

    Parameters
    ----------
    rows : DataFrame
        From `pooled_rows`.
    """
    listed, event, closed = rows["rank"] <= CAPACITY, rows["event"], rows["observed"] >= 0.999
    return Totals(
        first=int(rows["origin"].min().year),
        last=int(rows["origin"].max().year),
        lists=rows["origin"].nunique(),
        events=int(event.sum()),
        councils=rows.loc[event, "ons_code"].nunique(),
        caught=int((listed & event).sum()),
        missed=int((~listed & event).sum()),
        places=int(listed.sum()),
        no_event=int((listed & ~event & closed).sum()),
        open=int((listed & ~event & ~closed).sum()),
        expected=float(rows["risk_observed"].sum()),
    )


def ranges(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Set the events expected beside those that came, by the chance given: ``low, high, councils, expected, events``.

    Parameters
    ----------
    rows : DataFrame
        From `pooled_rows`.
    """
    result = []
    for low, high in pairwise(RANGES):
        part = rows[(rows["risk"] >= low) & (rows["risk"] < high)]
        if len(part):
            counts = {"councils": len(part), "events": int(part["event"].sum())}
            result.append({"low": low, "high": high, "expected": float(part["risk_observed"].sum()), **counts})
    return result


def surprising(row: dict[str, Any]) -> bool:
    """Say whether far more events came than expected; of a row with ``events`` and ``expected``."""
    return bool(row["events"] >= SURPRISE * row["expected"] + SURPRISE)


def rules(result: Backtest) -> pd.DataFrame:
    """Return what the model and each other rule caught, the best first.

    Returns
    -------
    DataFrame
        Index the rule's name, "" for the model; ``caught`` (events), ``share``, ``auc``, and ``difference``: model less
        rule in that share, with its interval (None for the model).
    """
    events = result.pooled["events"]
    found = [("", result.pooled["model"], None)]
    differences = result.pooled["differences"]
    found += [(name, measures, differences[name].get(RECALL)) for name, measures in result.pooled["rivals"].items()]
    table = pd.DataFrame(
        [
            {
                "name": name,
                "share": measures[RECALL]["value"] or 0.0,
                "auc": measures["auc"]["value"] or 0.0,
                "difference": difference,
            }
            for name, measures, difference in found
        ]
    )
    table["caught"] = (table["share"] * events).map(round)
    order = sorted(table.index, key=lambda at: (-table.at[at, "caught"], -table.at[at, "auc"]))
    return table.loc[order].set_index("name")


def years(lists: list[January], result: Backtest) -> pd.DataFrame:
    """Return what each list came to that the back test looked at.

    Returns
    -------
    DataFrame
        Index the year; ``closed, at_risk, expected, events, caught, missed, without`` (places without an event).
    """
    until = int(result.predictions["origin"].max().year)
    expected = result.predictions.groupby(result.predictions["origin"].dt.year)["risk_observed"].sum()
    rows = [
        {
            "year": one.year,
            "closed": one.closed,
            "at_risk": len(one.table),
            "events": one.events,
            "expected": float(expected.get(one.year, 0.0)),
            "caught": one.count(CAUGHT),
            "missed": one.count(MISSED),
            "without": one.count(FALSE_ALARM) + one.count(OPEN),
        }
        for one in lists
        if one.year <= until
    ]
    return pd.DataFrame(rows).set_index("year")


def last_lists(lists: list[January], mark: str) -> pd.DataFrame:
    """Return each council once that was caught, or missed, by the last list before its event.

    Returns
    -------
    DataFrame
        The rows of ``January.table`` with ``january``, the list's year, the oldest event first.
    """
    tables = [one.table[one.table["event"]].assign(january=one.year) for one in lists]
    last = pd.concat(tables).sort_values("january", kind="stable").drop_duplicates("ons_code", keep="last")
    return last[last["mark"] == mark].sort_values("event_date", kind="stable")


def false_alarms(lists: list[January], scored: ScoredDay) -> pd.DataFrame:
    """Return councils among the first of a closed list that had had no event when the register ends.

    Returns
    -------
    DataFrame
        ``ons_code, council, years`` (a tuple of Januaries), ``times, best`` (the highest place), those listed most
        often first; empty where no list's horizon is over.
    """
    happened = scored.events.onsets(outcome=scored.model.outcome).index
    tables = [one.table[one.table["rank"] <= CAPACITY].assign(january=one.year) for one in lists if one.closed]
    columns = ["ons_code", "council", "years", "times", "best"]
    if not tables:
        return pd.DataFrame(columns=columns)
    listed = pd.concat(tables)
    never = listed[~listed["ons_code"].isin(happened)].groupby("ons_code")
    table = never.agg(
        council=("council", "last"), years=("january", tuple), times=("january", "size"), best=("rank", "min")
    ).reset_index()
    return table.sort_values(["times", "best", "council"], ascending=[False, True, True], ignore_index=True)[columns]


def closed_bands(lists: list[January], result: Backtest) -> pd.DataFrame:
    """Return each band's record over the lists whose horizon is over: half a horizon would show events only."""
    closed = [one.year for one in lists if one.closed]
    table = bands_record(result.predictions[result.predictions["origin"].dt.year.isin(closed)])
    return table.loc[[name for name in table.index if name in NAMES and pd.notna(table.at[name, "councils"])]]
