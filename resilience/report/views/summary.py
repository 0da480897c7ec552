"""A result as it prints itself in Python: a scored day, a back test, the whole record."""

from __future__ import annotations

from typing import Any

from resilience.backtest.full import FullRecord
from resilience.backtest.rolling import Backtest
from resilience.backtest.track_record import reserves_ranks, track_record
from resilience.formatting import day
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY, NOT_SCORABLE
from resilience.model.scoring import ScoredDay
from resilience.report.views import record
from resilience.report.views.claims import claims
from resilience.report.wording import bands as wording
from resilience.report.wording.general import CLASS_NAMES

#: So many councils are named; ``table`` has them all.
SHOWN = 10


def view(result: ScoredDay | Backtest | FullRecord) -> dict[str, Any]:
    """Return everything that the summary of a result shows.

    Parameters
    ----------
    result : ScoredDay, Backtest or FullRecord

    Returns
    -------
    dict
        ``introduction``; ``tables``, each with ``title``, ``words``, ``columns``, ``rows`` of text and ``left`` (how
        many columns stand to the left); and ``notes``, sentences that end it.
    """
    if isinstance(result, ScoredDay):
        return _of_day(result)
    full = result if isinstance(result, FullRecord) else FullRecord(result, [], {}, None, None)
    shown = record.view(full)
    return {
        "introduction": shown["introduction"],
        "tables": [{**one, "left": 1} for one in shown["tables"]],
        "notes": [],
    }


def _of_day(scored: ScoredDay) -> dict[str, Any]:
    count = scored.table["status"].value_counts()
    ranked, horizon, model = int(count.get(AT_RISK, 0)), scored.model.horizon, scored.model
    facts = [
        ["Day", day(scored.as_of)],
        ["Outcome looked for", f"first event ({model.outcome}) within {horizon} months"],
        ["Councils ranked", str(ranked)],
        ["With an event already", str(int(count.get(EVENT_ALREADY, 0)))],
        ["That cannot be scored", str(int(count.get(NOT_SCORABLE, 0)))],
        ["First events expected", f"{scored.expected:.0f} among the councils ranked"],
        ["Register of events to", day(scored.events.until)],
        ["Trained on", f"{model.training['event_rows']} event rows of {model.training['rows']:,}"]
        if model.training
        else ["Trained on", "nothing: prior alone"],
    ]
    tables = [{"title": "", "words": "", "columns": ["", ""], "rows": facts, "left": 2}]
    if ranked:
        tables.append(_first(scored, ranked))
    return {
        "introduction": f"Council financial resilience: the list of {day(scored.as_of)}",
        "tables": tables,
        "notes": _notes(scored) if ranked else [],
    }


def _first(scored: ScoredDay, ranked: int) -> dict[str, Any]:
    first, reserves = scored.at_risk.head(SHOWN), reserves_ranks(scored)
    rows = [
        [
            str(row["council"]),
            CLASS_NAMES[row["class"]],
            str(row["outturn_year"]),
            str(row["rank"]),
            str(reserves[code]),
            str(row["band"]),
        ]
        for code, row in first.iterrows()
    ]
    columns = ["Council", "Class", "Figures of", "Rank", "Rank by reserves", "Band (ranks)"]
    title = f"The first {len(rows)} of {ranked} councils ranked"
    return {"title": title, "words": "", "columns": columns, "rows": rows, "left": 3}


def _notes(scored: ScoredDay) -> list[str]:
    """Say what followed for the band at the head of the list and, of the outcome it was tried on, what is claimed."""
    horizon = scored.model.horizon
    said = [wording.headline_record(str(scored.at_risk["band"].iloc[0]), track_record(scored), horizon)]
    if (scored.model.outcome, horizon) == ("distress", 24):
        said.append(claims()["claim"])
    return [one for one in said if one]
