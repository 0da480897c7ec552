"""The record as a page that an audit committee can follow: caught, missed, false alarms, other people's rules."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from resilience.backtest import record
from resilience.backtest.full import FullRecord
from resilience.backtest.past_lists import CAUGHT, MISSED, January
from resilience.backtest.rivals import UPPER_FIRST, rivals
from resilience.backtest.rolling import CAPACITY, Backtest
from resilience.backtest.summaries import best_of, by_group, lead_times
from resilience.model.scoring import ScoredDay
from resilience.report.plain import plain
from resilience.report.views import record_beside
from resilience.report.views.address import Address
from resilience.report.views.past_lists import fate_of, reasons
from resilience.report.wording.general import CLASS_PLURALS
from resilience.report.wording.past_lists import first_up
from resilience.report.wording.record import PRIOR


def view(scored: ScoredDay, full: FullRecord, lists: list[January], address: Address) -> dict[str, Any]:
    """Return everything the record page shows.

    Parameters
    ----------
    scored : ScoredDay
    full : FullRecord
        Of the same indicators and register.
    lists : list of January
        From ``backtest.past_lists.januaries``.
    address : callable
        From a council's code to the address of its page, or None.
    """
    result = full.result
    rows = record.pooled_rows(result)
    rules, ranges = _rules(result), record.ranges(rows)
    years = plain(record.years(lists, result).reset_index().to_dict("records"))
    return {
        "horizon": scored.model.horizon,
        "capacity": CAPACITY,
        "register_to": scored.events.until,
        **asdict(record.totals(rows)),
        "recall": result.pooled["model"][record.RECALL],
        "closed": _closed(result),
        "beside": record_beside.tables(full),
        "auc_upper": result.pooled["model"]["auc_upper_tier"],
        "rules": rules,
        "best": max((one for one in rules if not one["ours"]), key=lambda one: (one["caught"], one["auc"])),
        "years": years,
        "surprises": [str(one["year"]) for one in years if record.surprising(one)],
        "missed_rows": _event_rows(scored, lists, MISSED, address),
        "caught_rows": _event_rows(scored, lists, CAUGHT, address),
        "false_rows": [
            {**row, "years": ", ".join(map(str, row["years"])), "href": address(row["ons_code"])}
            for row in plain(record.false_alarms(lists, scored).to_dict("records"))
        ],
        "ranges": ranges,
        "too_low": [one for one in ranges if record.surprising(one)],
        "bands": [
            {
                "name": str(name),
                "councils": int(row["councils"]),
                "events": int(row["events"]),
                "share": float(row["share"]),
            }
            for name, row in record.closed_bands(lists, result).astype(float).iterrows()
        ],
        "leads": _leads(scored, result),
        "lead_years": [origin[:4] for origin in result.settings["origins"]],
        "groups": _groups(result),
        "draws": result.settings["bootstrap_draws"],
    }


def _closed(result: Backtest) -> dict[str, Any] | None:
    """Return the closed lists' own figures, which come first; nothing where none has closed."""
    if not result.closed:
        return None
    rows = record.pooled_rows(result)
    rows = rows[rows["closed"].astype(bool)]
    best = best_of(result.closed["rivals"])
    rule = next((one for one in rivals() if one.name == best), None)
    return {
        **asdict(record.totals(rows)),
        "recall": result.closed["model"][record.RECALL],
        "auc": result.closed["model"]["auc"],
        "rule": rule.label if rule else best,
        "rule_auc": result.closed["rivals"][best]["auc"],
        "less": result.closed["differences"][best]["auc"],
    }


def _rules(result: Backtest) -> list[dict[str, Any]]:
    """Return the model and each rule with what it caught, the best first, and where the rule was published."""
    known = {one.name: one for one in rivals()}
    rows = []
    for name, row in record.rules(result).iterrows():
        rule, own = known.get(str(name)), name == ""
        published = rule is not None and not str(name).endswith(UPPER_FIRST)
        rows.append(
            {
                "label": "This model" if own else rule.label if rule else PRIOR,
                "own": own,
                "ours": rule is None,
                "url": rule.url if rule and published else "",
                "rule": rule.rule if rule and published else "",
                "caught": int(row["caught"]),
                "share": float(row["share"]),
                "auc": float(row["auc"]),
                "difference": row["difference"],
            }
        )
    return rows


def _event_rows(scored: ScoredDay, lists: list[January], mark: str, address: Address) -> list[dict[str, Any]]:
    by_year = {one.year: one for one in lists}
    rows = []
    for row in record.last_lists(lists, mark).to_dict("records"):
        one = by_year[row["january"]]
        rows.append(
            {
                "council": row["council"],
                "href": address(row["ons_code"]),
                "january": one.year,
                "rank": int(row["rank"]),
                "risk": float(row["risk"]),
                "fate": fate_of(scored, one, row),
                "reasons": reasons(one, row["ons_code"]),
            }
        )
    return rows


def _leads(scored: ScoredDay, result: Backtest) -> list[dict[str, Any]]:
    table = lead_times(scored.events, result.predictions)
    years = [name for name in table.columns if name.isdigit()]
    return [
        {
            "council": row["council"].removesuffix(" County Council"),
            "notice": pd.Timestamp(row["notice"]).date(),
            "ranks": [None if np.isnan(row[year]) else int(row[year]) for year in years],
        }
        for row in table.to_dict("records")
    ]


def _groups(result: Backtest) -> list[dict[str, Any]]:
    return [
        {
            "name": first_up(CLASS_PLURALS[str(name)]),
            **{key: int(row[key]) for key in ("rows", "events", "listed", "caught")},
            "expected": float(row["expected"]),
        }
        for name, row in by_group(result.predictions, "class", capacity=CAPACITY).iterrows()
    ]
