"""Mergers as a page: councils that do not exist yet, areas whose new councils are not stated, past mergers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from resilience.analysis.mergers.past import past_mergers
from resilience.analysis.mergers.proposed import PAST_ERROR, Merger
from resilience.councils.proposals import unstated
from resilience.formatting import chance, chance_range, day, signed
from resilience.model.scoring import ScoredDay
from resilience.report.views.address import Address
from resilience.report.views.merger import plan_row
from resilience.report.wording import mergers as wording
from resilience.tables.events import describe


def view(scored: ScoredDay, mergers: Mapping[str, Merger], past: pd.DataFrame, address: Address) -> dict[str, Any]:
    """Return everything the page on mergers shows.

    Parameters
    ----------
    scored : ScoredDay
    mergers : mapping of str to Merger
        From ``every_merger``.
    past : DataFrame
        From ``past.evidence``.
    address : callable
        From a council's code to its page.
    """
    plans = [plan_row(one) for one in mergers.values()]
    for plan in plans:
        for row in plan["brings"]:
            row["href"] = address(row["ons_code"])
    return {
        "as_of": scored.as_of,
        "plans": plans,
        "open_areas": [
            {
                "area": row["area"],
                "status": "" if row["status"] == "see note" else row["status"],
                "begins": wording.vesting(row["vesting_date"]) if row["vesting_date"][:1] == "2" else "",
                "note": row["note"],
            }
            for row in unstated(scored.as_of).to_dict("records")
        ],
        "past": [_past_row(row, address) for row in past.to_dict("records")],
        "summary": wording.past(past_mergers(past)),
        "support": wording.SUPPORT.replace(" (docs/mergers.md)", ""),
        "register_to": scored.events.until,
        "past_error": PAST_ERROR,
    }


def _past_row(row: Mapping[Any, Any], address: Address) -> dict[str, Any]:
    event, gone = past_event(row), pd.notna(row["abolished"])
    if event:
        now = event + (", before it began" if row["event_date"] < pd.Timestamp(row["vested"]) else "")
    else:
        now = f"no event before it was abolished in {row['abolished'].year}" if gone else "no event"
    return {
        "council": row["council"],
        "href": address(row["ons_code"]),
        "vested": row["vested"],
        "figures": row["figures"],
        "chance": wording.no_sum(row["risk"]) or chance(row["risk"]),
        "range": chance_range(row["risk_low"], row["risk_high"]),
        "place": _place(row),
        "highest": highest_predecessor(row),
        "with_event": row["with_event"] or "–",
        "followed": now[:1].upper() + now[1:],
        "event": bool(event),
        "now": "" if event or gone else chance(row["risk_now"]),
        "times": wording.compared(row["error"]),
    }


def _place(row: Mapping[Any, Any]) -> str:
    return "–" if np.isnan(row["place"]) else f"{row['place']:.0f} of {row['of']}"


def past_event(row: Mapping[Any, Any]) -> str:
    """Say the first event of a past merger's council: "exceptional financial support, 1 February 2023"; "" if none."""
    if not row["event_type"]:
        return ""
    return describe(pd.Series({"event_type": row["event_type"], "date": row["event_date"]}))


def highest_predecessor(row: Mapping[Any, Any]) -> str:
    """Say which predecessor's chance was highest on the eve; a dash where none was at risk."""
    return f"{row['highest_predecessor']}, {chance(row['highest_risk'])}" if row["highest_predecessor"] else "–"


def evidence_rows(past: pd.DataFrame) -> list[dict[str, str]]:
    """Return the past mergers as docs/mergers.md shows them: the eve, and what followed, in figures."""
    rows = []
    for row in past.to_dict("records"):
        event, gone = past_event(row), pd.notna(row["abolished"])
        before = " (before vesting)" if event and row["event_date"] < pd.Timestamp(row["vested"]) else ""
        after = f"abolished {row['abolished'].year}" if gone else chance(row["risk_now"])
        rows.append(
            {
                "council": row["council"],
                "vested": day(row["vested"]),
                "figures": row["figures"] or "–",
                "chance": wording.no_sum(row["risk"])
                or f"{100 * row['risk']:.2f}% ({chance_range(row['risk_low'], row['risk_high'])})",
                "place": _place(row),
                "highest": highest_predecessor(row),
                "with_event": row["with_event"] or "–",
                "event": event + before if event else "none to the end of the register",
                "now": "event" if event else after,
                "error": "–" if np.isnan(row["error"]) else signed(row["error"], 1),
            }
        )
    return rows
