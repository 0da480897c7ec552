"""The record in words an audit committee follows: caught, missed, false alarms, and everybody else's rules beside."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from resilience.backtest.rivals import UPPER_FIRST, rivals
from resilience.backtest.rolling import POOLED_FROM, Backtest, bands_record, by_group, lead_times
from resilience.model.calibration import BANDS
from resilience.model.scoring import ScoredDay
from resilience.report.views.past_lists import CAUGHT, FALSE_ALARM, MISSED, OPEN, January
from resilience.report.views.watchlist import CAPACITY
from resilience.report.wording.general import CLASS_PLURALS

#: Ends of the ranges of chances in the calibration table.
RANGES = (0.0, 0.02, 0.05, 0.10, 0.25, 0.50, 1.0)
RECALL = f"recall_at_{CAPACITY}"


def record_values(
    run: ScoredDay, result: Backtest, lists: list[January], address: Callable[[str], str | None]
) -> dict[str, Any]:
    """Return everything the record page shows.

    Parameters
    ----------
    run : ScoredDay
    result : Backtest
        Of the same indicators and register.
    lists : list of January
        From ``site_history.januaries``.
    address : callable
        From a council's code to the address of its page, or None.
    """
    pooled = result.predictions
    if (pooled["origin"] >= pd.Timestamp(POOLED_FROM, 1, 1)).any():
        pooled = pooled[pooled["origin"] >= pd.Timestamp(POOLED_FROM, 1, 1)]
    pooled = pooled[pooled["observed"] > 0]
    listed, event = pooled["rank"] <= CAPACITY, pooled["event"]
    closed = pooled["observed"] >= 0.999
    rules = _rules(result)
    until = int(result.predictions["origin"].max().year)
    ranges = _ranges(pooled)
    years = [_year(one, result) for one in lists if one.year <= until]
    return {
        "horizon": run.model.horizon,
        "capacity": CAPACITY,
        "register_to": run.events.until,
        "first": int(pooled["origin"].min().year),
        "last": int(pooled["origin"].max().year),
        "lists": pooled["origin"].nunique(),
        "events": int(event.sum()),
        "councils": pooled.loc[event, "ons_code"].nunique(),
        "caught": int((listed & event).sum()),
        "missed": int((~listed & event).sum()),
        "places": int(listed.sum()),
        "no_event": int((listed & ~event & closed).sum()),
        "open": int((listed & ~event & ~closed).sum()),
        "recall": result.pooled["model"][RECALL],
        "auc": result.pooled["model"]["auc"],
        "auc_upper": result.pooled["model"]["auc_upper_tier"],
        "expected": float(pooled["risk_observed"].sum()),
        "rules": rules,
        "best": max((one for one in rules if not one["ours"]), key=lambda one: (one["caught"], one["auc"])),
        "years": years,
        "surprises": [str(one["year"]) for one in years if one["events"] >= 2 * one["expected"] + 2],
        "missed_rows": _event_rows(lists, MISSED, address),
        "caught_rows": _event_rows(lists, CAUGHT, address),
        "false_rows": _false_alarms(lists, run, address),
        "ranges": ranges,
        "too_low": [one for one in ranges if one["events"] >= 2 * one["expected"] + 2],
        "bands": _bands(result, [one.year for one in lists if one.closed]),
        "leads": _leads(run, result),
        "lead_years": [str(pd.Timestamp(one).year) for one in result.settings["origins"]],
        "groups": _groups(result),
        "draws": result.settings["bootstrap_draws"],
    }


def _rules(result: Backtest) -> list[dict[str, Any]]:
    """Return the model and each rule with what it caught, the best first."""
    known = {one.name: one for one in rivals()}
    events = result.pooled["events"]
    found = [_rule("This model", result.pooled["model"], None, events, own=True)]
    for name, measures in result.pooled["rivals"].items():
        rule = known.get(name)
        label = rule.label if rule else "Equal weights, nothing learnt from past events"
        entry = _rule(label, measures, result.pooled["differences"][name].get(RECALL), events)
        entry["url"] = rule.url if rule and not name.endswith(UPPER_FIRST) else ""
        entry["rule"] = rule.rule if rule and not name.endswith(UPPER_FIRST) else ""
        entry["ours"] = rule is None
        found.append(entry)
    return sorted(found, key=lambda one: (-one["caught"], -one["auc"]))


def _rule(label: str, measures: dict, difference: dict | None, events: int, *, own: bool = False) -> dict[str, Any]:
    share = measures[RECALL]["value"] or 0.0
    return {
        "label": label,
        "own": own,
        "ours": own,
        "url": "",
        "rule": "",
        "caught": round(share * events),
        "share": share,
        "auc": measures["auc"]["value"] or 0.0,
        "difference": difference,
    }


def _year(one: January, result: Backtest) -> dict[str, Any]:
    rows = result.predictions[result.predictions["origin"].dt.year == one.year]
    return {
        "year": one.year,
        "closed": one.closed,
        "at_risk": len(one.table),
        "events": one.events,
        "expected": float(rows["risk_observed"].sum()),
        "caught": one.count(CAUGHT),
        "missed": one.count(MISSED),
        "without": one.count(FALSE_ALARM) + one.count(OPEN),
    }


def _event_rows(lists: list[January], mark: str, address: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """Return each council once that was caught (or missed), by the last list before its event."""
    tables = [one.table[one.table["event"]].assign(january=one.year) for one in lists]
    last = pd.concat(tables).sort_values("january", kind="stable").drop_duplicates("ons_code", keep="last")
    rows = last[last["mark"] == mark].sort_values("event_date", kind="stable")
    return [
        {
            "council": row["council"],
            "href": address(row["ons_code"]),
            "january": int(row["january"]),
            "rank": int(row["rank"]),
            "risk": float(row["risk"]),
            "fate": row["fate"],
            "reasons": row["reasons"],
        }
        for row in rows.to_dict("records")
    ]


def _false_alarms(lists: list[January], run: ScoredDay, address: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """Return councils that stood among the first thirty and had had no event when the register ends."""
    first = run.events.onsets(outcome=run.model.outcome)
    closed = [one for one in lists if one.closed]
    if not closed:
        return []
    listed = pd.concat([one.table[one.table["rank"] <= CAPACITY].assign(january=one.year) for one in closed])
    never = listed[~listed["ons_code"].isin(first.index)]
    rows = [
        {
            "council": group["council"].iloc[-1],
            "href": address(code),
            "years": ", ".join(str(year) for year in group["january"]),
            "times": len(group),
            "best": int(group["rank"].min()),
        }
        for code, group in never.groupby("ons_code")
    ]
    return sorted(rows, key=lambda row: (-row["times"], row["best"], row["council"]))


def _ranges(pooled: pd.DataFrame) -> list[dict[str, Any]]:
    """Set the events expected beside those that came, by the chance given."""
    result = []
    for low, high in pairwise(RANGES):
        rows = pooled[(pooled["risk"] >= low) & (pooled["risk"] < high)]
        if len(rows):
            result.append(
                {
                    "low": low,
                    "high": high,
                    "councils": len(rows),
                    "expected": float(rows["risk_observed"].sum()),
                    "events": int(rows["event"].sum()),
                }
            )
    return result


def _bands(result: Backtest, closed: list[int]) -> list[dict[str, Any]]:
    """Return each band's record over the lists whose horizon is over: half a horizon would show events only."""
    table = bands_record(result.predictions[result.predictions["origin"].dt.year.isin(closed)])
    return [
        {"name": name, "councils": int(row["councils"]), "events": int(row["events"]), "share": float(row["share"])}
        for name, row in table.iterrows()
        if name in dict(BANDS) and pd.notna(row["councils"])
    ]


def _leads(run: ScoredDay, result: Backtest) -> list[dict[str, Any]]:
    table = lead_times(run.events, result.predictions)
    years = [name for name in table.columns if name.isdigit()]
    return [
        {
            "council": row["council"].removesuffix(" County Council"),
            "notice": row["notice"],
            "ranks": [None if np.isnan(row[year]) else int(row[year]) for year in years],
        }
        for row in table.to_dict("records")
    ]


def _groups(result: Backtest) -> list[dict[str, Any]]:
    table = by_group(result.predictions, "class", capacity=CAPACITY)
    return [
        {
            "name": CLASS_PLURALS[name][0].upper() + CLASS_PLURALS[name][1:],
            **{key: int(row[key]) for key in ("rows", "events", "listed", "caught")},
            "expected": float(row["expected"]),
        }
        for name, row in table.iterrows()
    ]
