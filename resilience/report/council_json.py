"""One council's assessment as plain values, in the form of ``docs/schemas/assessment.schema.json``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from resilience import __version__
from resilience.explanation import Explanation
from resilience.model.risk_set import AT_RISK
from resilience.report import council as told
from resilience.report.council import Assessment
from resilience.report.council_beyond import content as beyond
from resilience.report.words import SCORE_IS
from resilience.whatif import WARNING

#: Chances and log-odds are written with so many digits: enough to add up to 1e-9.
DIGITS = 12


def content(one: Assessment) -> dict[str, Any]:
    """Return the assessment as dictionaries, lists, text, numbers and nothing else."""
    why = one.explanation
    at_risk = why.status == AT_RISK
    return {
        "what": SCORE_IS,
        "as_of": str(why.as_of),
        "horizon_months": one.horizon,
        "version": __version__,
        "council": {
            "ons_code": why.ons_code,
            "name": why.council,
            "class": why.class_,
            "tier": why.tier,
            "region": one.facts.region,
            "predecessors": list(one.facts.predecessors),
        },
        "status": why.status,
        "status_text": why.status_text,
        "headline": told.headline(one),
        "score": score(why) if at_risk else None,
        "how_sure": told.how_sure(one) if at_risk else [],
        "change": _change(why) if len(why.change) else None,
        "before_the_event": {"as_of": str(why.eve.as_of), **score(why.eve)} if why.eve else None,
        "what_would_change_it": _rows(one.levers),
        "what_would_change_it_warning": WARNING,
        "history": _rows(one.history.rename(columns={"on": "day"})),
        "indicators": _indicators(one),
        "other_definitions": _rows(one.switches.drop(columns="level")),
        "events": _rows(one.events.drop(columns="known").assign(known=_days(one.events["known"]))),
        "neighbours": _rows(one.peers.drop(columns="event_date")),
        **beyond(one.beyond),
        "sources": _rows(one.sources.assign(released=_days(one.sources["released"]))),
        "flags": list(why.flags),
        "cannot_see": list(why.cannot_see),
    }


def score(why: Explanation) -> dict[str, Any]:
    """Return the chance and its exact sum."""
    return {
        "chance": _value(why.risk),
        "low": _value(why.low),
        "high": _value(why.high),
        "band": why.band,
        "rank": why.rank,
        "of": why.of,
        "log_odds": _value(why.log_odds),
        "reference_log_odds": _value(why.reference),
        "reference_chance": _value(why.reference_chance),
        "contributions": _rows(why.contributions.reset_index()),
    }


def _change(why: Explanation) -> dict[str, Any]:
    return {
        "from": str(why.change_from),
        "chance_then": _value(why.risk_then),
        "parts": _rows(why.change.reset_index()),
    }


def _indicators(one: Assessment) -> list[dict[str, Any]]:
    rows = _rows(one.indicators.drop(columns=["meaning", "series"]))
    for row, series in zip(rows, one.indicators["series"], strict=True):
        row["series"] = {str(year): _value(value) for year, value in series.items()}
    return rows


def _days(values: pd.Series) -> list[str | None]:
    return [None if pd.isna(value) else str(pd.Timestamp(value).date()) for value in values]


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): _value(value) for name, value in row.items()} for row in table.to_dict("records")]


def _value(value: Any) -> Any:
    """Make a value fit for JSON: missing is null, a day is text, a number is Python's own."""
    if isinstance(value, list):
        return value
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return round(float(value), DIGITS)
    return value
