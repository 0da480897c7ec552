"""One council's assessment as plain values, in the form of ``docs/schemas/assessment.schema.json``."""

from __future__ import annotations

from typing import Any

import pandas as pd

from resilience import __version__
from resilience.analysis.explain import Explanation
from resilience.model.risk_set import AT_RISK
from resilience.report.plain import plain
from resilience.report.views.council import Assessment
from resilience.report.views.council_beyond import content as beyond
from resilience.report.wording import caveats
from resilience.report.wording import council as wording
from resilience.report.wording.general import SCORE_IS
from resilience.report.wording.indicators import contribution
from resilience.report.wording.levers import WARNING

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
        "status_text": wording.status_text(why),
        "headline": wording.headline(why, one.horizon),
        "score": score(why) if at_risk else None,
        "how_sure": wording.how_sure(why, one.horizon) if at_risk else [],
        "change": _change(why) if len(why.change) else None,
        "before_the_event": {"as_of": str(why.before_event.as_of), **score(why.before_event)}
        if why.before_event
        else None,
        "what_would_change_it": _rows(one.levers),
        "what_would_change_it_warning": WARNING,
        "history": _rows(one.history.rename(columns={"on": "day"})),
        "indicators": _indicators(one),
        "other_definitions": _rows(one.switches.drop(columns="level")),
        "events": _rows(one.events.drop(columns="known").assign(known=_days(one.events["known"]))),
        "neighbours": _rows(one.peers.drop(columns="event_date")),
        **beyond(one.beyond),
        "sources": _rows(one.sources.assign(released=_days(one.sources["released"]))),
        "flags": caveats.flags(why),
        "cannot_see": caveats.cannot_see(why),
    }


def score(why: Explanation) -> dict[str, Any]:
    """Return the chance and its exact sum."""
    return {
        "chance": plain(why.risk, DIGITS),
        "low": plain(why.low, DIGITS),
        "high": plain(why.high, DIGITS),
        "band": why.band,
        "rank": why.rank,
        "of": why.of,
        "log_odds": plain(why.log_odds, DIGITS),
        "reference_log_odds": plain(why.reference, DIGITS),
        "reference_chance": plain(why.reference_chance, DIGITS),
        "contributions": _rows(_in_words(why).reset_index()),
    }


def _in_words(why: Explanation) -> pd.DataFrame:
    """Return the contributions with a sentence where their evidence stands."""
    said = [contribution(row, why.class_) for row in why.contributions.itertuples()]
    return why.contributions.assign(evidence=said).rename(columns={"evidence": "sentence"})


def _change(why: Explanation) -> dict[str, Any]:
    return {
        "from": str(why.change_from),
        "chance_then": plain(why.risk_then, DIGITS),
        "parts": _rows(why.change.reset_index()),
    }


def _indicators(one: Assessment) -> list[dict[str, Any]]:
    rows = _rows(one.indicators.drop(columns=["meaning", "series"]))
    for row, series in zip(rows, one.indicators["series"], strict=True):
        row["series"] = {str(year): plain(value, DIGITS) for year, value in series.items()}
    return rows


def _days(values: pd.Series) -> list[str | None]:
    return [None if pd.isna(value) else str(pd.Timestamp(value).date()) for value in values]


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [plain(row, DIGITS) for row in table.to_dict("records")]
